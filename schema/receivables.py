"""On what terms a client pays, and what it owes."""

from decimal import Decimal

import strawberry

from resolvers import receivables as answers
from resolvers import sales_document as document_answers
from schema.enums import ExposureReason, PaymentTerms
from schema.fields import answered, column, related
from schema.sales_document import SalesDocument


@strawberry.type(
    description="What is owed by the days since it fell due (antigüedad de saldos); the parts of `balance`."
)
class Ageing:
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
    counts_as_credit: bool = strawberry.field(name="counts", description="Whether it counts against the limit.")
    exposure_reason: ExposureReason = strawberry.field(name="reason", description="Why.")


@strawberry.type(description="The client's terms and debts (cuentas por cobrar), in the company's currency.")
class Receivables:
    terms: PaymentTerms | None = column("Payment terms (condiciones de pago); null when none were agreed.")
    credit_days: int | None = column("Credit days (días de crédito); 0 for cash, null when no terms were agreed.")
    credit_limit: Decimal | None = column("Credit limit (límite de crédito). Null: no limit was set. 0: no credit.")
    balance: Decimal = column("What the client owes on its invoices and sales notes (saldo), 2 decimals.")
    overdue_balance: Decimal = column("The part of the balance whose due date has passed (saldo vencido).")
    ageing: Ageing = answered(answers.ageing, "The balance by age (antigüedad de saldos).")
    credit_used: Decimal = column(
        "What counts against the limit: unpaid invoices, and sales notes on credit; no quotes."
    )
    credit_available: Decimal | None = column(
        "Limit less what is used; negative when the limit is exceeded, null when there is no limit."
    )
    exposure: list[ExposureLine] = related(
        "Every document that makes up the balance, the oldest debt first; the amounts of those that count are"
        " `creditUsed`."
    )
    version: int | None = column("Counts the writes of the terms, for `expectedVersion`.")
