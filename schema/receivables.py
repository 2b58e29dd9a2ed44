"""On what terms a client pays, and what it owes."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import ID

import models
from domain import receivables as commands
from domain.policy import ClientAction
from models.receivables import ExposureReason, PaymentTerms
from resolvers import receivables as answers
from resolvers import sales_document as document_answers
from schema.enums import describe, label, name_fields
from schema.fields import answered, column, related
from schema.filters import FichaDecimalFilter, FichaIntFilter, Filter, filter_input
from schema.inputs import OnClient, value
from schema.mutations import mutation
from schema.sales_document import SalesCreditNote, SalesDocument, SalesInvoice

if TYPE_CHECKING:
    from schema.payment import ClientPayment

describe(
    PaymentTerms,
    "When a client pays (condiciones de pago).",
    name="ClientPaymentTerms",
    CASH=label("Contado", "Cash"),
    CREDIT=label("Crédito", "Credit"),
)

describe(
    ExposureReason,
    "Why what is owed on a document counts against the credit limit (límite de crédito), or does not.",
    INVOICE=label("Factura por pagar", "Unpaid invoice", "an unpaid invoice counts."),
    CREDIT_SALES_NOTE=label("Nota de venta a crédito", "Sales note on credit", "it counts."),
    CASH_SALES_NOTE=label("Nota de venta de contado", "Sales note in cash", "to be paid at once, it does not count."),
    NOT_OWED=label("Sin adeudo", "Not owed", "it is not owed."),
)


name_fields(
    models.ReceivableTerms,
    terms=label("Condiciones de pago", "Payment terms"),
    credit_days=label("Días de crédito", "Credit days"),
    credit_limit=label("Límite de crédito", "Credit limit"),
    overdue_days=label("Días de gracia", "Days of grace"),
    assumes_paid=label("Se dan por pagadas las facturas de contado", "Cash invoices count as paid"),
)


@filter_input("Conditions on terms and debts.")
class ReceivablesFilter:
    terms: Filter[PaymentTerms] | None = value("Payment terms.")
    credit_days: FichaIntFilter | None = value("Credit days.")
    credit_limit: FichaDecimalFilter | None = value("Credit limit; `eq: null` finds those without one.")
    balance: FichaDecimalFilter | None = value("What the client owes, less its credit balance.")
    owed: FichaDecimalFilter | None = value("What the client owes on documents.")
    credit_balance: FichaDecimalFilter | None = value("What is not applied to a document.")
    overdue_balance: FichaDecimalFilter | None = value("What is overdue.")
    credit_used: FichaDecimalFilter | None = value("What counts against the limit.")
    credit_available: FichaDecimalFilter | None = value("What is left of the limit.")


@strawberry.type(description="What is owed by the days since it fell due (antigüedad de saldos); the parts of `owed`.")
class ReceivablesAgeing:
    currency: str = column("Currency of the amounts, SAT's c_Moneda (ISO 4217).")
    current: Decimal = column("Not yet due (por vencer), 2 decimals.")
    up_to_30: Decimal = column("1 to 30 days late.")
    up_to_60: Decimal = column("31 to 60 days late.")
    up_to_90: Decimal = column("61 to 90 days late.")
    over_90: Decimal = column("More than 90 days late.")


@strawberry.type(description="A document that is owed, and what it means for the credit (crédito utilizado).")
class ExposureLine:
    document: SalesDocument = answered(document_answers.itself, "The document.")
    exposure: Decimal = strawberry.field(
        name="amount", description="What is owed on it, in the company's currency, 2 decimals."
    )
    company_currency: str = strawberry.field(
        name="currency", description="The company's currency, SAT's c_Moneda (ISO 4217)."
    )
    counts_as_credit: bool = strawberry.field(name="counts", description="Whether it counts against the limit.")
    exposure_reason: ExposureReason = strawberry.field(name="reason", description="Why.")


@strawberry.type(description="What is owed and left in one currency (saldo por moneda).")
class CurrencyBalance:
    currency: str = column("SAT's c_Moneda (ISO 4217).")
    owed: Decimal = column("What the client owes on its invoices and sales notes, 2 decimals.")
    credit_balance: Decimal = column("What was paid or credited and is not applied to a document, 2 decimals.")
    balance: Decimal = column("`owed` less `creditBalance`, 2 decimals.")


@strawberry.type(description="The client's terms and debts (cuentas por cobrar), in the company's currency.")
class Receivables:
    id: ID = answered(
        answers.receivables_id,
        "Id by which a cache keeps it; it never changes. It is read with its client, and not by `node`.",
    )
    currency: str = column("The company's currency, SAT's c_Moneda (ISO 4217).")
    terms: PaymentTerms | None = column("Payment terms (condiciones de pago); null when none were agreed.")
    credit_days: int | None = column("Credit days (días de crédito); 0 for cash, null when no terms were agreed.")
    credit_limit: Decimal | None = column("Credit limit (límite de crédito). Null: no limit was set. 0: no credit.")
    overdue_days: int | None = column(
        "Nothing is sold on credit while something is overdue for more days than these; null: there is no such rule."
    )
    assumes_paid: bool | None = column(
        "Whether an imported invoice that says PUE is assumed to be paid on its day; null, as true, when no terms were"
        " agreed."
    )
    balance: Decimal = column(
        "What the client owes, less its credit balance: `owed` less `creditBalance` (saldo), 2 decimals. Negative where"
        " the company owes the client."
    )
    owed: Decimal = column("What the client owes on its invoices and sales notes (adeudo), 2 decimals.")
    credit_balance: Decimal = column(
        "What was paid or credited and is not applied to a document (saldo a favor), 2 decimals."
    )
    currencies: list[CurrencyBalance] = related("The same by currency, each in its own.")
    unapplied_payments: list[Annotated["ClientPayment", strawberry.lazy("schema.payment")]] = related(
        "The payments of which something is left (pagos por aplicar), oldest first."
    )
    unapplied_credit_notes: list[SalesCreditNote] = related(
        "The credit notes of which something is left (notas de crédito por aplicar), oldest first."
    )
    open_advances: list[SalesInvoice] = related(
        "The invoices of advances (anticipos, ClaveProdServ 84111506) that were paid and of which something is left"
        " (`advanceLeft`), oldest first. They are no credit balance: invoices refer to them (TipoRelacion 07), and"
        " credit notes with relation 07 take them off these, as a whole or in parts."
    )
    overdue_balance: Decimal = column("The part of the balance whose due date has passed (saldo vencido).")
    ageing: ReceivablesAgeing = answered(answers.ageing, "The balance by age (antigüedad de saldos).")
    credit_used: Decimal = column(
        "What counts against the limit: unpaid invoices, and sales notes on credit; no quotes."
    )
    credit_available: Decimal | None = column(
        "Limit less what is used; negative when the limit is exceeded, null when there is no limit."
    )
    exposure: list[ExposureLine] = related(
        "Every document that is owed, the oldest debt first; the amounts of those that count are `creditUsed`."
    )
    version: int | None = column("Version number of the terms; send it back as `expectedVersion`.")
    created_at: datetime.datetime | None = column("When the terms were agreed; null when there are none.")
    updated_at: datetime.datetime | None = column("When the terms were last changed; null when there are none.")


@strawberry.input(description="The terms of a new client.")
class ReceivableTermsInput:
    terms: PaymentTerms | None = value("Cash (contado), the default, or credit.")
    credit_days: int | None = value("Credit days; 0 for cash.")
    credit_limit: Decimal | None = value("Credit limit. Null: none was set. 0: no credit.")
    overdue_days: int | None = value(
        "Nothing is sold on credit while something is overdue for more days than these. Null: no such rule."
    )
    assumes_paid: bool | None = value(
        "Whether an imported invoice that says PUE is assumed to be paid on its day; by default it is."
    )


@strawberry.input(description="Changes to the client's terms.")
class UpdateReceivableTermsInput(ReceivableTermsInput, OnClient):
    confirmed: bool = value("Sets a limit even if it is below what is already used.", default=False)
    expected_version: int | None = value("The terms' `version` that was read.")


MUTATIONS = (
    mutation(
        UpdateReceivableTermsInput,
        commands.update_receivable_terms,
        None,
        "Changes the payment terms.",
        needs=ClientAction.EDIT_BILLING,
    ),
)
