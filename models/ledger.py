"""The ledger of what clients owe and are owed (libro de saldos).

It is append-only. An entry counts on a document, or on the client's credit balance (saldo a favor) where it names none;
a positive amount is owed more. What is owed on a document is the sum of its entries, and so are a document's `paid`,
`credited` and state, a payment's `applied` and `refunded`, and a client's balance, which the database itself derives
from each entry (the function `ficha_post`).
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned
from models.columns import choice, money
from models.constraints import index, of_client, of_record, one_of, refers


class LedgerEntryKind(StrEnum):
    """What an entry records."""

    CHARGE = "CHARGE"
    PAYMENT = "PAYMENT"
    CREDIT = "CREDIT"
    APPLICATION = "APPLICATION"
    REFUND = "REFUND"
    ADJUSTMENT = "ADJUSTMENT"


REVERSED: Final = (
    "client_id", "kind", "currency", "exchange_rate", "sales_document_id", "payment_id", "credit_note_id",
    "application_id",
)  # fmt: skip
"""What a reversal has of the entry that it takes back; its amount is the opposite."""


class LedgerEntry(Owned, Base):
    """An entry, never changed once written; a mistake is undone by another that `reverses` it."""

    __tablename__ = "ledger_entry"

    client_id: Mapped[UUID]
    kind: Mapped[LedgerEntryKind] = choice(LedgerEntryKind)
    currency: Mapped[str]
    exchange_rate: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    """Units of the company's currency for one of the entry's: that of the document, or of the payment."""
    amount: Mapped[Decimal] = money()
    effective_on: Mapped[datetime.date]
    """The day from which it counts, in the company's time zone."""
    recorded_at: Mapped[datetime.datetime]
    actor_id: Mapped[UUID | None]
    api_key_id: Mapped[UUID | None]
    sales_document_id: Mapped[UUID | None]
    """The document on which it counts; null: the client's credit balance."""
    payment_id: Mapped[UUID | None]
    credit_note_id: Mapped[UUID | None]
    """Where it comes from: a payment, or a credit note."""
    application_id: Mapped[UUID | None]
    """The application of which it is one of two sides."""
    reverses_id: Mapped[UUID | None]

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        of_document = "(sales_document_id is not null)"
        return (
            of_client(),
            of_record("sales_document", "sales_document_id", ondelete="CASCADE"),
            of_record("sales_document", "credit_note_id", ondelete="CASCADE"),
            of_record("payment", "payment_id", ondelete="CASCADE"),
            of_record("application", "application_id", ondelete="CASCADE"),
            refers("ledger_entry", "reverses_id", ondelete="CASCADE"),
            refers("collaborator", "actor_id"),
            refers("api_key", "api_key_id"),
            index("uq_ledger_entry_reverses", "reverses_id"),
            index("ix_ledger_entry_day", "client_id", "effective_on", "recorded_at", "id"),
            index("ix_ledger_entry_sales_document", "client_id", "sales_document_id"),
            index("ix_ledger_entry_payment", "client_id", "payment_id"),
            index("ix_ledger_entry_credit_note", "client_id", "credit_note_id"),
            index("ix_ledger_entry_application", "client_id", "application_id"),
            one_of("kind", LedgerEntryKind),
            CheckConstraint("exchange_rate > 0", name="exchange_rate"),
            CheckConstraint(f"kind <> 'CHARGE' or {of_document}", name="charge"),
            CheckConstraint(
                "kind <> 'CREDIT' or credit_note_id is not null and sales_document_id is null", name="credit"
            ),
            CheckConstraint(
                "kind <> 'REFUND' or num_nonnulls(payment_id, credit_note_id) = 1 and sales_document_id is null",
                name="refund",
            ),
            CheckConstraint("(kind = 'APPLICATION') = (application_id is not null)", name="application"),
            CheckConstraint(
                "(application_id is null) or num_nonnulls(payment_id, credit_note_id) = 1", name="application_source"
            ),
            CheckConstraint("kind <> 'PAYMENT' or num_nonnulls(payment_id, sales_document_id) = 1", name="payment"),
            CheckConstraint(f"kind <> 'ADJUSTMENT' or {of_document}", name="adjustment"),
            CheckConstraint("amount <> 0", name="amount"),
        )
