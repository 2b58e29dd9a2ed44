"""The company (tenant) that owns a set of records, and its number sequences."""

import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.catalogs import CURRENCIES, TAX_REGIMES
from models.client import RFC_PATTERN
from models.columns import line_of
from models.constraints import matching, one_code


class Company(Base):
    """A company that uses Ficha (empresa)."""

    __tablename__ = "company"
    __table_args__ = (
        # Over all companies, whichever one asks.
        Index("uq_company_rfc", "rfc", unique=True, postgresql_where=text("not rfc_repeated")),
        CheckConstraint(
            "cardinality(working_weekdays) between 1 and 7 and working_weekdays <@ '{1,2,3,4,5,6,7}'",
            name="working_weekdays",
        ),
        matching("rfc", RFC_PATTERN),
        matching("postal_code", "^[0-9]{5}$"),
        one_code("tax_regime", TAX_REGIMES),
        one_code("currency", CURRENCIES),
        CheckConstraint("char_length(time_zone) between 1 and 100", name="time_zone"),
        CheckConstraint("jsonb_typeof(role_permissions) = 'object'", name="role_permissions"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = line_of(300)
    rfc: Mapped[str]
    rfc_repeated: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether an older company had the same RFC when that was still possible. `ficha check` lists them."""
    tax_regime: Mapped[str | None]
    """As issuer of its CFDIs (régimen fiscal), SAT's c_RegimenFiscal; null in companies older than the column."""
    postal_code: Mapped[str]
    """Where it issues its documents (lugar de expedición)."""
    time_zone: Mapped[str] = mapped_column(server_default=text("'America/Mexico_City'"))
    """IANA zone in which its days and months begin."""
    currency: Mapped[str] = mapped_column(server_default=text("'MXN'"))
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    role_permissions: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """The bundles of the roles that the company changed: a list of permissions by role. See `models.viewer.bundle`."""
    working_weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default=text("'{1,2,3,4,5}'"))
    """The days of the week on which it works, from 1, Monday, to 7."""
    keeps_official_holidays: Mapped[bool] = mapped_column(server_default=text("true"))
    """Whether Mexico's official holidays are days off."""
    logo_path: Mapped[str | None]
    """The path of its logo."""
    suspended_at: Mapped[datetime.datetime | None]
    """Since when nobody in it can sign in; null while they can."""
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    updated_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))


class CompanySequence(Base):
    """The last number given out of a company's sequence, as of the follow-ups' keys. Folios are `FolioSeries`'."""

    __tablename__ = "company_sequence"
    __table_args__ = (
        PrimaryKeyConstraint("company_id", "name"),
        ForeignKeyConstraint(["company_id"], ["company.id"]),
        CheckConstraint("value > 0", name="value"),
    )

    company_id: Mapped[UUID]
    name: Mapped[str]
    value: Mapped[int] = mapped_column(BigInteger)
