"""On what terms a client pays (cuentas por cobrar)."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Versioned
from models.columns import choice, money, number_of
from models.constraints import index, of_client, one_of


class PaymentTerms(StrEnum):
    """When a client pays."""

    CASH = "CASH"
    CREDIT = "CREDIT"


class ExposureReason(StrEnum):
    """Why what is owed on a document counts against the credit limit, or does not."""

    INVOICE = "INVOICE"
    CREDIT_SALES_NOTE = "CREDIT_SALES_NOTE"
    CASH_SALES_NOTE = "CASH_SALES_NOTE"
    NOT_OWED = "NOT_OWED"


class ReceivableTerms(Versioned, Base):
    """A client's payment terms. A null limit is no limit; a limit of 0 is no credit."""

    __tablename__ = "receivable_terms"
    __table_args__: Sequence[Any] = (
        PrimaryKeyConstraint("company_id", "client_id"),
        ForeignKeyConstraint(["company_id"], ["company.id"]),
        of_client(),
        *(index(f"ix_receivable_terms_{each}", each) for each in ("credit_days", "credit_limit", "overdue_days")),
        one_of("terms", PaymentTerms),
        CheckConstraint("terms = 'CREDIT' or credit_days = 0", name="cash"),
        CheckConstraint("terms = 'CREDIT' or coalesce(credit_limit, 0) = 0", name="cash_limit"),
        CheckConstraint("terms = 'CASH' or credit_days > 0", name="credit"),
        CheckConstraint("credit_limit >= 0", name="credit_limit"),
    )

    company_id: Mapped[UUID]
    client_id: Mapped[UUID]
    terms: Mapped[PaymentTerms] = choice(PaymentTerms)
    credit_days: Mapped[int] = number_of(0, 3650, server_default=text("0"))
    credit_limit: Mapped[Decimal | None] = money()
    overdue_days: Mapped[int | None] = number_of(0, 3650)
    """Nothing is sold on credit while something is overdue for more days than these; null: no such rule."""
    assumes_paid: Mapped[bool] = mapped_column(server_default=text("true"))
    """Whether an imported invoice that says PUE counts as paid on its day."""
