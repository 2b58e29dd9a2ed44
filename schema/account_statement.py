"""A client's statement of account (estado de cuenta), and what it owed on a day of the past."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain import account_statement as domain
from models.ledger import LedgerEntryKind
from resolvers import account_statement as answers
from schema.fields import answered, column, shows
from schema.node import PageInfo
from schema.receivables import CurrencyBalance, ReceivablesAgeing
from schema.sales_document import SalesCreditNote, SalesDocument
from schema.scalars import Url

if TYPE_CHECKING:
    from schema.payment import ClientPayment


@strawberry.type(
    description="What the client owed at the end of a day (saldos a una fecha), in the company's currency. Each"
    " document counts as what its entries of the ledger come to by then, and by its due date of now."
)
@shows(domain.PastReceivables, answers.PERMISSIONS)
class PastReceivables:
    day: datetime.date = column("The day, in the company's time zone.")
    currency: str = column("The company's currency, SAT's c_Moneda (ISO 4217).")
    balance: Decimal = column("What the client owed, less its credit balance (saldo), 2 decimals.")
    owed: Decimal = column("What the client owed on its invoices and sales notes (adeudo), 2 decimals.")
    credit_balance: Decimal = column("What was not applied to a document (saldo a favor), 2 decimals.")
    overdue_balance: Decimal = column("The part of `owed` whose due date had passed (saldo vencido), 2 decimals.")
    ageing: ReceivablesAgeing = column("`owed` by age on that day (antigüedad de saldos).")
    credit_used: Decimal = column("What counted against the credit limit, 2 decimals.")
    currencies: list[CurrencyBalance] = column("The same by currency, each in its own.")


@strawberry.type(
    description="A line of a statement of account (movimiento): an entry of the ledger that changes the client's"
    " balance."
)
@shows(domain.StatementLine)
class AccountStatementLine:
    day: datetime.date = column("The day from which it counts, in the company's time zone.")
    kind: LedgerEntryKind = column("What it records.")
    text: str = answered(answers.text, "What happened, in the viewer's language.")
    folio: str | None = column("The folio of its document; null without one, and without the permission `sales:read`.")
    reference: str | None = column("The payer's or the bank's reference of its payment; null as `folio` is.")
    currency: str = column("The statement's currency, SAT's c_Moneda (ISO 4217).")
    charge: Decimal | None = column("What the client owes more by it (cargo), 2 decimals; null for a credit.")
    credit: Decimal | None = column("What the client owes less by it (abono), 2 decimals; null for a charge.")
    balance: Decimal = column("What the client owes after it (saldo), 2 decimals.")
    sales_document: SalesDocument | None = answered(answers.sales_document, "The document on which it counts.")
    payment: Annotated["ClientPayment", strawberry.lazy("schema.payment")] | None = answered(
        answers.payment, "The payment that it is of."
    )
    credit_note: SalesCreditNote | None = answered(answers.credit_note, "The credit note that it is of.")


@strawberry.type(description="A line of a statement of account, with its place there.")
@shows(answers.LineEdge)
class AccountStatementLineEdge:
    cursor: str = column("The line's place in the statement, for `after`.")
    node: AccountStatementLine = column("The line.")


@strawberry.type(description="A page of the lines of a statement of account, in the order in which they took effect.")
@shows(answers.LinePage)
class AccountStatementLineConnection:
    nodes: list[AccountStatementLine] = column("The lines of the page.")
    edges: list[AccountStatementLineEdge] = column("The lines of the page with their cursors.")
    page_info: PageInfo = column("Where the page lies.")


@strawberry.type(description="Where a file can be downloaded (liga de descarga).")
@shows(answers.FileLink)
class StatementFileLink:
    url: Url = column(
        "The address. It answers for five minutes unless the server is set otherwise, while the viewer may see the"
        " statement."
    )
    expires_at: datetime.datetime = column("When it expires.")


@strawberry.type(
    description="A client's statement of account (estado de cuenta) in one currency: the opening balance and the lines"
    " come to the closing balance, which is the opening balance of the next period."
)
@shows(domain.AccountStatement, answers.PERMISSIONS)
class AccountStatement:
    from_: datetime.date = strawberry.field(name="from", description="The first day, in the company's time zone.")
    to: datetime.date = column("The last day, that day included.")
    currency: str = column("Its currency, SAT's c_Moneda (ISO 4217).")
    opening_balance: Decimal = column("What the client owed before the first day (saldo inicial), 2 decimals.")
    lines: AccountStatementLineConnection = answered(
        answers.lines,
        "Its lines, in the order in which they took effect. What was applied within the currency does not change the"
        " balance and is no line.",
    )
    closing_balance: Decimal = column("What the client owed at the end of the last day (saldo final), 2 decimals.")
    owed: Decimal = column("Of the closing balance, what was owed on documents (adeudo), 2 decimals.")
    credit_balance: Decimal = column("What was not applied to a document then (saldo a favor), 2 decimals.")
    ageing: ReceivablesAgeing = column(
        "`owed` by age on the last day (antigüedad de saldos), in the statement's currency."
    )
    pdf: StatementFileLink = answered(
        answers.pdf,
        "It as PDF (tagged, PDF/UA-1), in the viewer's language; of at most 2,000 lines.",
    )
    xlsx: StatementFileLink = answered(
        answers.xlsx, "It as a workbook (XLSX), in the viewer's language; of at most 2,000 lines."
    )
