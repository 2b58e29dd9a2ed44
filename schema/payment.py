"""Payments, what was applied of them, and what is left: the client's credit balance."""

import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from domain import payment as commands
from domain.policy import SalesDocumentAction
from models.viewer import Permission
from resolvers import catalogs as codes
from schema.catalogs import SatPaymentForm
from schema.client import Client
from schema.collaborator import Collaborator
from schema.fields import answered, column, related
from schema.inputs import Command, Ref, about, required, value
from schema.ledger import LedgerEntry
from schema.mutations import mutation
from schema.node import Node
from schema.sales_document import SalesCreditNote, SalesDocument


@strawberry.type(
    description="Money received from a client (pago), in its own currency. What is left of it is the client's credit"
    " balance (saldo a favor)."
)
class ClientPayment(Node):
    amount: Decimal = column("Amount (monto), 2 decimals.")
    currency: str = column("Its currency, SAT's c_Moneda (ISO 4217).")
    exchange_rate: Decimal = column("Units of the company's currency for one of the payment's (tipo de cambio).")
    payment_form: SatPaymentForm | None = answered(codes.payment_form, "How it was paid (forma de pago).")
    paid_at: datetime.datetime = column("When it was received.")
    reference: str | None = column("The payer's or the bank's reference.")
    assumed: bool = column(
        "Whether it is only assumed because its invoice says PUE (paid in one go); a payment that is registered or"
        " imported replaces it."
    )
    applications: list["CreditApplication"] = related("How it is applied to documents, oldest first (aplicaciones).")
    applied: Decimal = column("The part that is applied to documents, in its currency.")
    refunded: Decimal = column("The part that was paid back to the client.")
    left: Decimal = column("What is left to apply or to refund (por aplicar).")
    registered_by: Collaborator | None = related("Who registered it.")
    reversed_at: datetime.datetime | None = column("When it was reversed; a reversed payment no longer counts.")
    uuid: UUID | None = column("Fiscal folio of the CFDI (type P) that states it.")
    client: Client | None = related("Who paid.")
    sales_document: SalesDocument | None = related("The document that it was registered on; null if there was none.")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.type(description="A part of a payment or a credit note that is applied to a document (aplicación).")
class CreditApplication(Node):
    amount: Decimal = column("In the document's currency, 2 decimals.")
    currency: str = column("The document's currency, SAT's c_Moneda (ISO 4217).")
    source_amount: Decimal = column("The same in the currency of the payment or the credit note, 2 decimals.")
    source_currency: str = column("The currency of the payment or the credit note, SAT's c_Moneda (ISO 4217).")
    applied_on: datetime.date = column("The day from which it counts, in the company's time zone.")
    applied_by: Collaborator | None = related("Who applied it.")
    undone_at: datetime.datetime | None = column("When it was undone; from then on it no longer counts.")
    payment: ClientPayment | None = related("The payment; null where a credit note is applied.")
    credit_note: SalesCreditNote | None = related("The credit note; null where a payment is applied.")
    sales_document: SalesDocument | None = related("The document.")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


# Inputs


@strawberry.input(
    description="How much of a payment or a credit note is applied to a document. Without amounts it is as much as"
    " possible; if one amount is stated, the other follows from the exchange rates."
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
        "The document. Without `applications` the payment is applied to it, up to what is owed."
    )
    client_id: Ref["Client"] | None = value("The client who paid, if no document is stated.")
    amount: Decimal = required(
        "Amount in the payment's currency; what exceeds the debt is the client's credit balance."
    )
    currency: str | None = value("SAT's c_Moneda; by default the document's currency, or else the company's.")
    exchange_rate: Decimal | None = value(
        "Units of the company's currency for one of the payment's; by default the document's rate, if the currency is"
        " the same."
    )
    payment_form: str = required("How it was paid, SAT's c_FormaPago; not `99`.")
    paid_at: datetime.datetime | None = value("When it was received; by default now.")
    reference: str | None = value("The payer's or the bank's reference.")
    applications: list[AppliedInput] | None = value("The documents that it pays, in this order, at most 200.")
    expected_version: int | None = value("The document's `version` that was read.")


@strawberry.input(description="A payment or a credit note with something left; not a type of the schema itself.")
class CreditSourceInput(Command):
    payment_id: Ref["ClientPayment"] | None = value("The payment.")
    credit_note_id: Ref["SalesDocument"] | None = value("The credit note, if it is not a payment.")


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
        ClientPayment,
        "Registers a payment. What is not applied to documents is the client's credit balance (saldo a favor). It"
        " replaces a payment that was only assumed.",
        needs=SalesDocumentAction.REGISTER_PAYMENT,
    ),
    mutation(
        about("ReversePaymentInput", "The payment to reverse."),
        commands.reverse_payment,
        ClientPayment,
        "Reverses a payment. It no longer counts, and the documents that it paid are owed again.",
        needs=Permission.BILLING_WRITE,
    ),
    mutation(
        ApplyCreditInput,
        commands.apply_credit,
        CreditApplication,
        "Applies what is left of a payment or a credit note to a document of the same client.",
        needs=Permission.BILLING_WRITE,
    ),
    mutation(
        about("UndoApplicationInput", "The application to undo."),
        commands.undo_application,
        CreditApplication,
        "Undoes an application: the document is owed again, and the amount is credit balance again.",
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
