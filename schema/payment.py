"""Payments, what was applied of them, and what is left: the client's credit balance."""

import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from domain import payment as commands
from domain.policy import SalesDocumentAction
from models.viewer import Permission
from resolvers import catalogs as codes
from schema.catalogs import PaymentForm
from schema.client import Client
from schema.collaborator import Collaborator
from schema.fields import answered, column, related
from schema.inputs import Command, Ref, about, required, value
from schema.ledger import LedgerEntry
from schema.mutations import mutation
from schema.node import Node
from schema.sales_document import CreditNote, SalesDocument


@strawberry.type(
    description="Money received from a client (pago), in its own currency. What is left of it is the client's credit"
    " balance (saldo a favor)."
)
class Payment(Node):
    amount: Decimal = column("Amount (monto), 2 decimals.")
    currency: str = column("Its currency, SAT's c_Moneda (ISO 4217).")
    exchange_rate: Decimal = column("Units of the company's currency for one of the payment's (tipo de cambio).")
    payment_form: PaymentForm | None = answered(codes.payment_form, "How it was paid (forma de pago).")
    paid_at: datetime.datetime = column("When it was received.")
    reference: str | None = column("The payer's or the bank's reference.")
    assumed: bool = column(
        "Whether it is only assumed, as its invoice says PUE (paid at once); a payment that is known replaces it."
    )
    applications: list["Application"] = related(
        "What of it is applied to which documents, oldest first (aplicaciones)."
    )
    applied: Decimal = column("What of it is applied to documents, in its currency.")
    refunded: Decimal = column("What of it was paid back to the client.")
    left: Decimal = column("What is left to apply or to refund (por aplicar).")
    registered_by: Collaborator | None = related("Who registered it.")
    reversed_at: datetime.datetime | None = column("When it was reversed; a reversed payment no longer counts.")
    uuid: UUID | None = column("Fiscal folio of the CFDI (type P) that states it.")
    client: Client | None = related("Who paid.")
    sales_document: SalesDocument | None = related(
        "The document that it was registered on; null where it was received on none, or first of several."
    )
    version: int = column("Version number of the record; send it back as `expectedVersion`.")


@strawberry.type(description="What of a payment, or of a credit note, is applied to a document (aplicación).")
class Application(Node):
    amount: Decimal = column("In the document's currency, 2 decimals.")
    source_amount: Decimal = column("The same in the currency of the payment or the credit note, 2 decimals.")
    applied_on: datetime.date = column("The day from which it counts, in the company's time zone.")
    applied_by: Collaborator | None = related("Who applied it.")
    undone_at: datetime.datetime | None = column("When it was undone; then it no longer counts.")
    payment: Payment | None = related("The payment, where it is one.")
    credit_note: CreditNote | None = related("The credit note, where it is one.")
    sales_document: SalesDocument | None = related("The document.")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")


# Inputs


@strawberry.input(
    description="What of a payment or a credit note is applied to a document. Without amounts it is as much as can be;"
    " one follows from the other by the rates of both."
)
class AppliedInput:
    sales_document_id: Ref["SalesDocument"] = required("A sales note or an invoice that is owed, of the same client.")
    amount: Decimal | None = value("In the document's currency, at most its balance.")
    source_amount: Decimal | None = value("In the currency of the payment or the credit note, at most what is left.")


@strawberry.input(
    description="Money that was received: on a sales note or an invoice, on several (`applications`), or on none yet."
)
class RegisterPaymentInput(Command):
    sales_document_id: Ref["SalesDocument"] | None = value(
        "The document: without `applications` the payment is applied to it, as far as it is owed."
    )
    client_id: Ref["Client"] | None = value("Without a document, the client who paid.")
    amount: Decimal = required("Amount in the payment's currency; what is more than is owed is credit balance.")
    currency: str | None = value("SAT's c_Moneda; by default the document's currency, or else the company's.")
    exchange_rate: Decimal | None = value(
        "Units of the company's currency for one of the payment's; by default the document's, where the currency is."
    )
    payment_form: str = required("How it was paid, SAT's c_FormaPago; not `99`.")
    paid_at: datetime.datetime | None = value("When it was received; by default now.")
    reference: str | None = value("The payer's or the bank's reference.")
    applications: list[AppliedInput] | None = value("What it pays of which documents, in this order, at most 200.")
    expected_version: int | None = value("The document's `version` that was read.")


@strawberry.input(description="A payment or a credit note of which something is left; not a type of the schema itself.")
class CreditSourceInput(Command):
    payment_id: Ref["Payment"] | None = value("The payment.")
    credit_note_id: Ref["SalesDocument"] | None = value("Instead of it, the credit note.")


@strawberry.input(description="What is left of a payment or a credit note, and what it is applied to.")
class ApplyCreditInput(CreditSourceInput, AppliedInput):
    pass


@strawberry.input(description="What is left of a payment or a credit note, and how much of it is paid back.")
class RefundCreditInput(CreditSourceInput):
    amount: Decimal | None = value("Amount in its currency; by default all that is left.")


MUTATIONS = (
    mutation(
        RegisterPaymentInput,
        commands.register_payment,
        Payment,
        "Registers a payment. What is not applied to documents is the client's credit balance (saldo a favor). One that"
        " was only assumed is replaced.",
        needs=SalesDocumentAction.REGISTER_PAYMENT,
    ),
    mutation(
        about("ReversePaymentInput", "The payment that no longer counts."),
        commands.reverse_payment,
        Payment,
        "Reverses a payment, which no longer counts: what it was applied to is owed again.",
        needs=Permission.BILLING_WRITE,
    ),
    mutation(
        ApplyCreditInput,
        commands.apply_credit,
        Application,
        "Applies what is left of a payment or a credit note to a document of the same client.",
        needs=Permission.BILLING_WRITE,
    ),
    mutation(
        about("UndoApplicationInput", "What no longer counts as applied."),
        commands.undo_application,
        Application,
        "Undoes what was applied: the document is owed again, and the client has the credit balance.",
        needs=Permission.BILLING_WRITE,
    ),
    mutation(
        RefundCreditInput,
        commands.refund_credit,
        LedgerEntry,
        "Pays back what is left of a payment or a credit note.",
        needs=Permission.BILLING_WRITE,
    ),
)
