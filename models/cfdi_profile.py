"""What electronic invoicing needs of a client as the receptor of a CFDI (datos de CFDI)."""

import datetime
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Owned, Versioned, line_of, matching, of_client, one_code
from models.catalogs import CFDI_USES, COUNTRIES, CURRENCIES, PAYMENT_FORMS, PAYMENT_METHODS, TAX_REGIMES
from models.client import RFC_PATTERN


class CfdiProfile(Owned, Versioned, Base):
    """One version of the data; it holds from `valid_from` until `valid_to`, and the current one has no end."""

    __tablename__ = "cfdi_profile"

    client_id: Mapped[UUID]
    valid_from: Mapped[datetime.datetime]
    valid_to: Mapped[datetime.datetime | None]
    rfc: Mapped[str | None]
    name: Mapped[str | None] = line_of(300)
    tax_regime: Mapped[str | None]
    cfdi_use: Mapped[str | None]
    postal_code: Mapped[str | None]
    payment_form: Mapped[str | None]
    payment_method: Mapped[str | None]
    currency: Mapped[str | None]
    tax_residence: Mapped[str | None]
    tax_id: Mapped[str | None] = line_of(40)

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            Index(
                "uq_cfdi_profile_current",
                "company_id",
                "client_id",
                unique=True,
                postgresql_where=text("valid_to is null"),
            ),
            ExcludeConstraint(
                ("company_id", "="),
                ("client_id", "="),
                (text("tstzrange(valid_from, valid_to)"), "&&"),
                name="ex_cfdi_profile_one_at_a_time",
                using="gist",
            ),
            CheckConstraint("valid_from < valid_to", name="valid"),
            CheckConstraint("tax_residence <> 'MEX'", name="tax_residence"),
            matching("rfc", RFC_PATTERN),
            matching("postal_code", "^[0-9]{5}$"),
            one_code("tax_regime", TAX_REGIMES),
            one_code("cfdi_use", CFDI_USES),
            one_code("payment_form", PAYMENT_FORMS),
            one_code("payment_method", PAYMENT_METHODS),
            one_code("currency", CURRENCIES),
            one_code("tax_residence", COUNTRIES, name="tax_residence_code"),
        )
