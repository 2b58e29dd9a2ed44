"""The ledger of what a client owes and is owed."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.ledger import LedgerEntryKind
from schema.collaborator import Collaborator, CollaboratorFilter
from schema.enums import describe, label
from schema.fields import column, related
from schema.filters import (
    FichaDateFilter,
    FichaDateTimeFilter,
    FichaDecimalFilter,
    FichaIdFilter,
    FichaStringFilter,
    Filter,
    filter_input,
    ordering,
)
from schema.inputs import value
from schema.node import Node
from schema.sales_document import SalesCreditNote, SalesDocument, SalesDocumentFilter

if TYPE_CHECKING:
    from schema.client import Client
    from schema.payment import ClientPayment


describe(
    LedgerEntryKind,
    "What an entry of the ledger records (tipo de movimiento).",
    CHARGE=label("Cargo", "Charge", "a document is owed."),
    PAYMENT=label("Pago", "Payment", "money was received."),
    CREDIT=label("Abono", "Credit note", "a credit note was issued."),
    APPLICATION=label(
        "Aplicación", "Application", "a payment or a credit note was applied to a document; it has two sides."
    ),
    REFUND=label("Reembolso", "Refund", "what was left was paid back."),
    ADJUSTMENT=label("Ajuste", "Adjustment", "other documents took over what a document owed."),
)


@filter_input("Conditions on an entry of the ledger.")
class LedgerEntryFilter:
    id: FichaIdFilter | None = value("Id.")
    kind: Filter[LedgerEntryKind] | None = value("What it records.")
    amount: FichaDecimalFilter | None = value("Amount, whatever the currency; negative where the client owes less.")
    currency: FichaStringFilter | None = value("Currency.")
    effective_on: FichaDateFilter | None = value("The day from which it counts.")
    recorded_at: FichaDateTimeFilter | None = value("When it was recorded.")
    sales_document: SalesDocumentFilter | None = value("The document on which it counts.")
    credit_note: SalesDocumentFilter | None = value("The credit note that it belongs to.")
    actor: CollaboratorFilter | None = value("Who recorded it.")


LedgerEntryOrder = ordering(
    "LedgerEntryOrder",
    "A term of an order of entries of the ledger.",
    "What entries of the ledger can be ordered by.",
    EFFECTIVE_ON=label("Fecha de efecto", "Effective date", "the day from which they count."),
    RECORDED_AT=label("Fecha de registro", "Recorded", "when they were recorded."),
)


@strawberry.type(
    description="An entry of the client's ledger (movimiento). It is never changed; a mistake is undone by another"
    " entry. It counts on a document, or on the client's credit balance where it names none."
)
class LedgerEntry(Node):
    kind: LedgerEntryKind = column("What it records (tipo de movimiento).")
    amount: Decimal = column("What the client owes more, 2 decimals; less where it is negative.")
    currency: str = column("Its currency, SAT's c_Moneda (ISO 4217).")
    exchange_rate: Decimal = column("Units of the company's currency for one of the entry's (tipo de cambio).")
    effective_on: datetime.date = column("The day from which it counts, in the company's time zone.")
    recorded_at: datetime.datetime = column("When it was recorded.")
    created_at: datetime.datetime = column("As `recordedAt`.")
    updated_at: datetime.datetime = column("As `recordedAt`: it is never changed.")
    actor: Collaborator | None = related("Who recorded it.")
    client: Annotated["Client", strawberry.lazy("schema.client")] | None = related("The client.")
    sales_document: SalesDocument | None = related(
        "The document on which it counts; null where it counts on the client's credit balance."
    )
    payment: Annotated["ClientPayment", strawberry.lazy("schema.payment")] | None = related(
        "The payment that it belongs to."
    )
    credit_note: SalesCreditNote | None = related("The credit note that it belongs to.")
    reverses: Annotated["LedgerEntry", strawberry.lazy("schema.ledger")] | None = related("The entry that it undoes.")
