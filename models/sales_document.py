"""Sales documents and their lines: quotes (cotizaciones), sales notes (notas de venta) and invoices (facturas)."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, Integer, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, Versioned, choice, length, money, of_client, one_of, refers


class SalesDocumentType(StrEnum):
    """The kind of sales document, in the order in which one becomes the next."""

    QUOTE = "QUOTE"
    SALES_NOTE = "SALES_NOTE"
    INVOICE = "INVOICE"


class SalesDocumentState(StrEnum):
    """Where a sales document stands. Overdue and expired are derived from the dates, not stored."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    CONVERTED = "CONVERTED"
    STAMPED = "STAMPED"
    VIEWED = "VIEWED"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    CANCELLED = "CANCELLED"


STATES = {
    SalesDocumentType.QUOTE: ("DRAFT", "SENT", "ACCEPTED", "REJECTED", "CONVERTED", "CANCELLED"),
    SalesDocumentType.SALES_NOTE: ("DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "CONVERTED", "CANCELLED"),
    SalesDocumentType.INVOICE: ("DRAFT", "STAMPED", "SENT", "VIEWED", "PARTIALLY_PAID", "PAID", "CANCELLED"),
}
"""The states that each type can be in."""

OWING = ("STAMPED", "SENT", "VIEWED", "PARTIALLY_PAID")
"""The states in which an invoice or a sales note is owed."""


class SalesDocument(Owned, Versioned, Base):
    """A quote, a sales note or an invoice, with its totals. `paid` is the sum of its payments, at most its total."""

    __tablename__ = "sales_document"

    client_id: Mapped[UUID]
    type: Mapped[SalesDocumentType] = choice(SalesDocumentType)
    series: Mapped[str]
    number: Mapped[int] = mapped_column(Integer)
    folio: Mapped[str] = mapped_column(Computed("series || '-' || number::text", persisted=True))
    state: Mapped[SalesDocumentState] = choice(SalesDocumentState)
    issued_at: Mapped[datetime.datetime]
    issued_by_id: Mapped[UUID | None]
    due_on: Mapped[datetime.date | None]
    """The day a debt falls due, in the company's zone."""
    expires_on: Mapped[datetime.date | None]
    """The last day a quote holds."""
    on_credit: Mapped[bool] = mapped_column(server_default=text("false"))
    currency: Mapped[str] = mapped_column(server_default=text("'MXN'"))
    exchange_rate: Mapped[Decimal] = mapped_column(Numeric(18, 6), server_default=text("1"))
    """Units of the company's currency for one of the document's."""
    subtotal: Mapped[Decimal] = money()
    discount: Mapped[Decimal] = money(server_default=text("0"))
    tax: Mapped[Decimal] = money(server_default=text("0"))
    total: Mapped[Decimal] = money()
    paid: Mapped[Decimal] = money(server_default=text("0"))
    origin_id: Mapped[UUID | None]
    """The document that this one was made from."""
    deal_id: Mapped[UUID | None]
    uuid: Mapped[UUID | None]
    """The fiscal folio (UUID) that the SAT's stamp gave an invoice."""
    notes: Mapped[str | None]

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        allowed = " or ".join(
            f"type = '{type_}' and state in ({', '.join(repr(s) for s in states)})" for type_, states in STATES.items()
        )
        owing = ", ".join(repr(s) for s in OWING)
        return (
            of_client(),
            refers("sales_document", "client_id", "origin_id", key=("client_id", "id")),
            refers("deal", "client_id", "deal_id", key=("client_id", "id")),
            refers("collaborator", "issued_by_id"),
            UniqueConstraint("company_id", "client_id", "id"),
            UniqueConstraint("company_id", "type", "series", "number"),
            Index("uq_sales_document_uuid", "company_id", "uuid", unique=True),
            Index("ix_sales_document_client", "company_id", "client_id", "issued_at", "id"),
            Index(
                "ix_sales_document_owed",
                "company_id",
                "client_id",
                postgresql_include=["due_on", "total", "paid", "exchange_rate"],
                postgresql_where=text(f"type <> 'QUOTE' and state in ({owing})"),
            ),
            Index("ix_sales_document_issued_at", "company_id", "issued_at", "id"),
            Index("ix_sales_document_origin", "company_id", "client_id", "origin_id"),
            Index("ix_sales_document_deal", "company_id", "client_id", "deal_id"),
            Index("ix_sales_document_folio", "company_id", "folio"),
            one_of("type", SalesDocumentType),
            CheckConstraint(allowed, name="state"),
            CheckConstraint("number > 0", name="number"),
            length("series", 25),
            length("notes", 10_000),
            CheckConstraint("exchange_rate > 0", name="exchange_rate"),
            CheckConstraint("total = subtotal - discount + tax", name="total"),
            CheckConstraint("least(subtotal, discount, total) >= 0", name="amounts"),
            CheckConstraint("paid between 0 and total", name="paid"),
            CheckConstraint("state <> 'PAID' or paid = total", name="paid_in_full"),
        )


class SalesDocumentLine(Owned, Base):
    """What is sold, in order: amount = round(quantity × unit price − discount, 2)."""

    __tablename__ = "sales_document_line"

    client_id: Mapped[UUID]
    sales_document_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(Integer)
    description: Mapped[str]
    product_code: Mapped[str]
    """SAT's c_ClaveProdServ."""
    unit_code: Mapped[str]
    """SAT's c_ClaveUnidad."""
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    unit_price: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    discount: Mapped[Decimal] = money(server_default=text("0"))
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(8, 6))
    """IVA as a fraction (0.160000); null is exempt."""
    amount: Mapped[Decimal] = money()
    tax: Mapped[Decimal] = money(server_default=text("0"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            refers("sales_document", "client_id", "sales_document_id", key=("client_id", "id"), ondelete="CASCADE"),
            UniqueConstraint("company_id", "client_id", "sales_document_id", "position"),
            length("description", 1000),
            CheckConstraint("quantity > 0 and unit_price >= 0 and discount >= 0", name="amounts"),
            CheckConstraint("amount = round(quantity * unit_price - discount, 2)", name="amount"),
        )
