"""The ledger of what a client owes and is owed."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.ledger import LedgerEntryKind
from schema.client import Client
from schema.collaborator import Collaborator
from schema.enums import describe
from schema.fields import column, related
from schema.node import Node
from schema.sales_document import CreditNote, SalesDocument

if TYPE_CHECKING:
    from schema.payment import Payment

describe(
    LedgerEntryKind,
    "What an entry of the ledger records (tipo de movimiento).",
    CHARGE="Cargo: a document is owed.",
    PAYMENT="Pago: money was received.",
    CREDIT="Abono: a credit note was issued.",
    APPLICATION="Aplicación: a payment or a credit note was applied to a document; it has two sides.",
    REFUND="Reembolso: what was left was paid back.",
    ADJUSTMENT="Ajuste: other documents took over what a document owed.",
)


@strawberry.type(
    description="An entry of the client's ledger (movimiento), never changed; a mistake is undone by another. It counts"
    " on a document, or on the client's credit balance where it names none."
)
class LedgerEntry(Node):
    kind: LedgerEntryKind = column("What it records.")
    amount: Decimal = column("What the client owes more, 2 decimals; less where it is negative.")
    currency: str = column("Its currency, SAT's c_Moneda (ISO 4217).")
    exchange_rate: Decimal = column("Units of the company's currency for one of the entry's.")
    effective_on: datetime.date = column("The day from which it counts, in the company's time zone.")
    recorded_at: datetime.datetime = column("When it was recorded.")
    actor: Collaborator | None = related("Who recorded it.")
    client: Client | None = related("The client.")
    sales_document: SalesDocument | None = related("The document on which it counts.")
    payment: Annotated["Payment", strawberry.lazy("schema.payment")] | None = related("The payment that it is of.")
    credit_note: CreditNote | None = related("The credit note that it is of.")
    reverses: Annotated["LedgerEntry", strawberry.lazy("schema.ledger")] | None = related("The entry that it undoes.")
