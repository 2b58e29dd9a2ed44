"""What electronic invoicing needs of a client as the receptor of a CFDI (datos de CFDI)."""

import datetime
from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, Versioned
from models.catalogs import CFDI_USES, COUNTRIES, CURRENCIES, PAYMENT_FORMS, PAYMENT_METHODS, TAX_REGIMES
from models.client import RFC_PATTERN
from models.columns import choice, line_of
from models.constraints import index, matching, of_client, one_code, one_of
from models.spelling import CODE, POSTAL_CODE, RFC, spelt


class TaxpayerStatus(StrEnum):
    """What a constancia says of a taxpayer (estatus en el padrón)."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CANCELLED = "CANCELLED"


_FILTERED = ("cfdi_use", "payment_form", "payment_method", "postal_code", "tax_regime")
"""By which lists of clients are filtered."""


class CfdiProfile(Owned, Versioned, Base):
    """One version of the data; it holds from `valid_from` until `valid_to`, and the current one has no end."""

    __tablename__ = "cfdi_profile"

    client_id: Mapped[UUID]
    valid_from: Mapped[datetime.datetime]
    valid_to: Mapped[datetime.datetime | None]
    rfc: Mapped[str | None] = mapped_column(**spelt(RFC))
    name: Mapped[str | None] = line_of(300)
    tax_regime: Mapped[str | None] = mapped_column(**spelt(CODE))
    cfdi_use: Mapped[str | None] = mapped_column(**spelt(CODE))
    postal_code: Mapped[str | None] = mapped_column(**spelt(POSTAL_CODE))
    payment_form: Mapped[str | None] = mapped_column(**spelt(CODE))
    payment_method: Mapped[str | None] = mapped_column(**spelt(CODE))
    currency: Mapped[str | None] = mapped_column(**spelt(CODE))
    tax_residence: Mapped[str | None] = mapped_column(**spelt(CODE))
    tax_id: Mapped[str | None] = line_of(40)
    taxpayer_status: Mapped[TaxpayerStatus | None] = choice(TaxpayerStatus)
    """As the constancia that was applied last says; null where none did since the RFC is this one."""

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            index("uq_cfdi_profile_current", "client_id", where="valid_to is null"),
            index("ix_cfdi_profile_rfc", "rfc"),
            *(index(f"ix_cfdi_profile_{each}", each) for each in _FILTERED),
            ExcludeConstraint(
                ("company_id", "="),
                ("client_id", "="),
                (text("tstzrange(valid_from, valid_to)"), "&&"),
                name="ex_cfdi_profile_one_at_a_time",
                using="gist",
            ),
            one_of("taxpayer_status", TaxpayerStatus),
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
