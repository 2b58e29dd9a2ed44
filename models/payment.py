"""Payments (pagos) received on invoices and sales notes."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from models.base import Base, Owned, Versioned, line_of, money, refers


class Payment(Owned, Versioned, Base):
    """Money received on one document, in that document's currency; a reversed payment no longer counts."""

    __tablename__ = "payment"

    client_id: Mapped[UUID]
    sales_document_id: Mapped[UUID]
    amount: Mapped[Decimal] = money()
    payment_form: Mapped[str]
    paid_at: Mapped[datetime.datetime]
    reference: Mapped[str | None] = line_of(200)
    registered_by_id: Mapped[UUID | None]
    reversed_at: Mapped[datetime.datetime | None]
    uuid: Mapped[UUID | None]
    """The fiscal folio of the CFDI (type P) that states it, perhaps with others."""

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            refers("sales_document", "client_id", "sales_document_id", key=("client_id", "id"), ondelete="CASCADE"),
            refers("collaborator", "registered_by_id"),
            Index("ix_payment_sales_document", "company_id", "client_id", "sales_document_id", "paid_at", "id"),
            Index("ix_payment_uuid", "company_id", "uuid"),
            CheckConstraint("amount > 0", name="amount"),
        )
