"""Payments (pagos): money received from a client."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Numeric, UniqueConstraint, and_, case, cast, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Columns, Owned, Versioned
from models.catalogs import CURRENCIES, PAYMENT_FORMS
from models.columns import line_of, money
from models.constraints import index, of_client, of_record, one_code, refers


def left(c: Columns) -> ColumnElement[Decimal]:
    """What is left of a payment to apply or to refund, in its currency; nothing of a reversed one."""
    return case((c["reversed_at"].is_(None), c["amount"] - c["applied"] - c["refunded"]), else_=cast(0, Numeric(18, 2)))


def is_left(c: Columns) -> ColumnElement[bool]:
    """Whether anything is left of it: as the index has it."""
    return and_(c["reversed_at"].is_(None), c["applied"] + c["refunded"] < c["amount"])


class Payment(Owned, Versioned, Base):
    """Money received, in its own currency. What of it was applied to which documents is in `models.ledger`; the rest is
    the client's credit balance. A reversed payment no longer counts."""

    __tablename__ = "payment"
    __mapper_args__ = {"eager_defaults": True}

    client_id: Mapped[UUID]
    sales_document_id: Mapped[UUID | None]
    """The document that it was registered on; null: on none, or on several."""
    amount: Mapped[Decimal] = money()
    currency: Mapped[str]
    exchange_rate: Mapped[Decimal] = mapped_column(Numeric(18, 6), server_default=text("1"))
    """Units of the company's currency for one of the payment's."""
    applied: Mapped[Decimal] = money(server_default=text("0"))
    """How much of it was applied to documents; it follows from the ledger, as does `refunded`."""
    refunded: Mapped[Decimal] = money(server_default=text("0"))
    payment_form: Mapped[str]
    paid_at: Mapped[datetime.datetime]
    reference: Mapped[str | None] = line_of(200)
    assumed: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether it only is assumed, since its invoice says PUE (paid in full at once)."""
    registered_by_id: Mapped[UUID | None]
    reversed_at: Mapped[datetime.datetime | None]
    uuid: Mapped[UUID | None]
    """The fiscal folio of the CFDI (type P) that states it, perhaps with others."""

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            of_record("sales_document", "sales_document_id", ondelete="CASCADE"),
            refers("collaborator", "registered_by_id"),
            UniqueConstraint("company_id", "client_id", "id"),
            index("ix_payment_sales_document", "client_id", "sales_document_id", "paid_at", "id"),
            index("ix_payment_uuid", "uuid"),
            index("ix_payment_unapplied", "client_id", where="reversed_at is null and applied + refunded < amount"),
            CheckConstraint("amount > 0", name="amount"),
            CheckConstraint("exchange_rate > 0", name="exchange_rate"),
            CheckConstraint("least(applied, refunded) >= 0 and applied + refunded <= amount", name="applied"),
            CheckConstraint("reversed_at is null or applied + refunded = 0", name="reversed"),
            one_code("currency", CURRENCIES),
            # What a CFDI of elsewhere states is a fact.
            one_code("payment_form", PAYMENT_FORMS, unless="uuid is not null or assumed"),
        )
