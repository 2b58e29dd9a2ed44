"""On what terms a client pays, and what it owes."""

from decimal import Decimal

import strawberry

from schema.enums import PaymentTerms
from schema.fields import column


@strawberry.type(description="The client's terms and debts (cuentas por cobrar), in the company's currency.")
class Receivables:
    terms: PaymentTerms | None = column("Payment terms (condiciones de pago); null when none were agreed.")
    credit_days: int | None = column("Credit days (días de crédito); 0 for cash, null when no terms were agreed.")
    credit_limit: Decimal | None = column("Credit limit (límite de crédito). Null: no limit was set. 0: no credit.")
    balance: Decimal = column("What the client owes on its invoices and sales notes (saldo), 2 decimals.")
    overdue_balance: Decimal = column("The part of the balance whose due date has passed (saldo vencido).")
    credit_used: Decimal = column(
        "What counts against the limit: unpaid invoices, and sales notes on credit; no quotes."
    )
    credit_available: Decimal | None = column(
        "Limit less what is used; negative when the limit is exceeded, null when there is no limit."
    )
    version: int | None = column("Counts the writes of the terms, for `expectedVersion`.")
