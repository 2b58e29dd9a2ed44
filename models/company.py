"""The company (tenant) that owns a set of records, and its number sequences."""

import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, line_of


class Company(Base):
    """A company that uses Ficha (empresa)."""

    __tablename__ = "company"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = line_of(300)
    rfc: Mapped[str]
    postal_code: Mapped[str]
    """Where it issues its documents (lugar de expedición)."""
    time_zone: Mapped[str] = mapped_column(server_default=text("'America/Mexico_City'"))
    """IANA zone in which its days and months begin."""
    currency: Mapped[str] = mapped_column(server_default=text("'MXN'"))
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    role_permissions: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """The bundles of the roles that the company changed: a list of permissions by role. See `models.viewer.bundle`."""


class CompanySequence(Base):
    """The last number given out of a company's sequence: follow-up keys, folios by type and series."""

    __tablename__ = "company_sequence"
    __table_args__ = (PrimaryKeyConstraint("company_id", "name"), ForeignKeyConstraint(["company_id"], ["company.id"]))

    company_id: Mapped[UUID]
    name: Mapped[str]
    value: Mapped[int] = mapped_column(BigInteger)
