"""What was applied of payments and credit notes to sales documents (aplicaciones)."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Columns, Owned, Versioned
from models.columns import money
from models.constraints import index, of_record, refers


def stands(c: Columns) -> ColumnElement[bool]:
    """Whether it was not undone."""
    return c["undone_at"].is_(None)


class Application(Owned, Versioned, Base):
    """What was applied of a payment, or of a credit note, to one document; undone, it no longer counts."""

    __tablename__ = "application"

    client_id: Mapped[UUID]
    payment_id: Mapped[UUID | None]
    credit_note_id: Mapped[UUID | None]
    sales_document_id: Mapped[UUID]
    amount: Mapped[Decimal] = money()
    """In the document's currency."""
    source_amount: Mapped[Decimal] = money()
    """The same in the currency of the payment or the credit note."""
    applied_on: Mapped[datetime.date]
    applied_by_id: Mapped[UUID | None]
    undone_at: Mapped[datetime.datetime | None]

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_record("sales_document", "sales_document_id", ondelete="CASCADE"),
            of_record("sales_document", "credit_note_id", ondelete="CASCADE"),
            of_record("payment", "payment_id", ondelete="CASCADE"),
            refers("collaborator", "applied_by_id"),
            UniqueConstraint("company_id", "client_id", "id"),
            index("ix_application_sales_document", "client_id", "sales_document_id"),
            index("ix_application_payment", "client_id", "payment_id"),
            index("ix_application_credit_note", "client_id", "credit_note_id"),
            CheckConstraint("(payment_id is null) <> (credit_note_id is null)", name="source"),
            CheckConstraint("credit_note_id <> sales_document_id", name="another"),
            CheckConstraint("least(amount, source_amount) > 0", name="amounts"),
        )
