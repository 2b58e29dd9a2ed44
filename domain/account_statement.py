"""Statements of account (estados de cuenta), and what a client owed on a day of the past.

A statement is of one currency. What it says is computed from the ledger (`loaders.account_statement`); here is how it
is put in words, and which periods can be asked for.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from domain.fields import CODE_UNKNOWN, FIRST_DAY, currency_code
from domain.problem import Rejected, error, reject
from models.ledger import LedgerEntryKind
from models.sales_document import SalesDocumentType

DAY_IN_FUTURE: Final = error(
    "El día {day} todavía no llega: indique hoy, {today}, o uno anterior.",
    "The day {day} is still to come: state today, {today}, or an earlier one.",
)
DAY_TOO_EARLY: Final = error("El día {day} es anterior a {least}.", "The day {day} is before {least}.")
PERIOD_REVERSED: Final = error(
    "El periodo termina el {last}, antes de empezar el {first}: invierta los días.",
    "The period ends on {last}, before it begins on {first}: swap the days.",
)
MOST_LINES: Final = 2_000
"""Of a file."""

AGES: Final = ("current", "up_to_30", "up_to_60", "up_to_90", "over_90")
"""What is owed, by the days that have passed since it fell due."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a statement, both included."""

    first: datetime.date
    last: datetime.date


def past_day(day: datetime.date, today: datetime.date, path: str = "day") -> datetime.date:
    """The day, which is today or an earlier one."""
    if day > today:
        raise reject(DAY_IN_FUTURE, day=day, today=today).at(path)
    if day < FIRST_DAY:
        raise reject(DAY_TOO_EARLY, day=day, least=FIRST_DAY).at(path)
    return day


def period(first: datetime.date, last: datetime.date, today: datetime.date) -> Period:
    """The days from the first to the last, none of them in the future."""
    if last < first:
        raise reject(PERIOD_REVERSED, first=first, last=last).at("to")
    return Period(past_day(first, today, "from"), past_day(last, today, "to"))


def currency_of(text: str) -> str:
    """The currency's code."""
    try:
        if code := currency_code(text):
            return code
        raise reject(CODE_UNKNOWN, code=text)
    except Rejected as error:
        raise error.at("currency") from None


@dataclass(frozen=True, slots=True)
class CurrencyBalance:
    """What was owed and left in one currency."""

    currency: str
    owed: Decimal
    credit_balance: Decimal

    @property
    def balance(self) -> Decimal:
        """What was owed, less the credit balance."""
        return self.owed - self.credit_balance


@dataclass(frozen=True, slots=True)
class Aged:
    """What was owed by its age, in one currency."""

    currency: str
    current: Decimal
    up_to_30: Decimal
    up_to_60: Decimal
    up_to_90: Decimal
    over_90: Decimal


@dataclass(frozen=True, slots=True)
class PastReceivables:
    """What a client owed when a day ended, in the company's currency."""

    day: datetime.date
    currency: str
    owed: Decimal
    credit_balance: Decimal
    overdue_balance: Decimal
    credit_used: Decimal
    ageing: Aged
    currencies: Sequence[CurrencyBalance]

    @classmethod
    def of(cls, day: datetime.date, currency: str, rows: Iterable[Any]) -> "PastReceivables":
        """From the company's currency, and a row for each currency (`loaders.account_statement.BALANCES`)."""
        rows = list(rows)

        def total(name: str) -> Decimal:
            return sum((getattr(row, f"company_{name}") for row in rows), Decimal("0.00"))

        return cls(
            day=day,
            currency=currency,
            owed=total("owed"),
            credit_balance=total("credit_balance"),
            overdue_balance=total("overdue_balance"),
            credit_used=total("credit_used"),
            ageing=Aged(currency, **{name: total(name) for name in AGES}),
            currencies=[CurrencyBalance(row.currency, row.owed, row.credit_balance) for row in rows],
        )

    @property
    def balance(self) -> Decimal:
        """What the client owed, less its credit balance."""
        return self.owed - self.credit_balance


NOTHING: Final = Decimal("0.00")

_DOCUMENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "es": {
        SalesDocumentType.SALES_NOTE: "Nota de venta",
        SalesDocumentType.INVOICE: "Factura",
        SalesDocumentType.CREDIT_NOTE: "Nota de crédito",
        SalesDocumentType.QUOTE: "Cotización",
    },
    "en": {
        SalesDocumentType.SALES_NOTE: "Sales note",
        SalesDocumentType.INVOICE: "Invoice",
        SalesDocumentType.CREDIT_NOTE: "Credit note",
        SalesDocumentType.QUOTE: "Quote",
    },
}

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "es": {
        LedgerEntryKind.CHARGE: "{document}",
        LedgerEntryKind.PAYMENT: "Pago",
        LedgerEntryKind.CREDIT: "{document}",
        LedgerEntryKind.APPLICATION: "Aplicación en otra moneda: {document}",
        LedgerEntryKind.REFUND: "Reembolso",
        LedgerEntryKind.ADJUSTMENT: "Convertida en otro documento: {document}",
        "reversal": "Cancelación: {text}",
        "document": "Documento",
    },
    "en": {
        LedgerEntryKind.CHARGE: "{document}",
        LedgerEntryKind.PAYMENT: "Payment",
        LedgerEntryKind.CREDIT: "{document}",
        LedgerEntryKind.APPLICATION: "Applied in another currency: {document}",
        LedgerEntryKind.REFUND: "Refund",
        LedgerEntryKind.ADJUSTMENT: "Converted into another document: {document}",
        "reversal": "Reversal: {text}",
        "document": "Document",
    },
}


@dataclass(frozen=True, slots=True)
class StatementLine:
    """An entry of the ledger as a statement shows it. `names`: whether the viewer may see what its documents and
    payments are called."""

    row: Any
    names: bool
    currency: str

    @property
    def day(self) -> datetime.date:
        """The day from which it counts."""
        return self.row.effective_on

    @property
    def kind(self) -> LedgerEntryKind:
        """What it records."""
        return LedgerEntryKind(self.row.kind)

    @property
    def folio(self) -> str | None:
        """Of its document."""
        return self.row.folio if self.names else None

    @property
    def reference(self) -> str | None:
        """The payer's or the bank's reference of its payment."""
        return self.row.reference if self.names else None

    @property
    def charge(self) -> Decimal | None:
        """What the client owes more by it."""
        return self.row.amount if self.row.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        """What the client owes less by it."""
        return -self.row.amount if self.row.amount < 0 else None

    @property
    def balance(self) -> Decimal:
        """What the client owes after it."""
        return self.row.balance

    def text(self, language: str) -> str:
        """What happened, in Spanish or English."""
        texts = _TEXTS[language]
        name = _DOCUMENTS[language].get(self.row.document_type or "", texts["document"])
        document = f"{name} {self.folio}" if self.folio else name
        text = texts[self.kind].format(document=document)
        return texts["reversal"].format(text=text) if self.row.reverses_id else text


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """A client's statement of account in one currency, without its lines. `client` is its row."""

    client: Any
    period: Period
    currency: str
    opening_balance: Decimal
    owed: Decimal
    credit_balance: Decimal
    ageing: Aged

    @classmethod
    def of(
        cls, client: Any, period: Period, currency: str, before: Iterable[Any], after: Iterable[Any]
    ) -> "AccountStatement":
        """From the rows for each currency, of the balance before the period and of what was owed on its last day."""
        opening, closing = (next((row for row in rows if row.currency == currency), None) for rows in (before, after))
        return cls(
            client=client,
            period=period,
            currency=currency,
            opening_balance=opening.balance if opening else NOTHING,
            owed=closing.owed if closing else NOTHING,
            credit_balance=closing.credit_balance if closing else NOTHING,
            ageing=Aged(currency, **{name: getattr(closing, name) if closing else NOTHING for name in AGES}),
        )

    @property
    def closing_balance(self) -> Decimal:
        """What the client owed when the period ended, less its credit balance."""
        return self.owed - self.credit_balance

    @property
    def from_(self) -> datetime.date:
        """The first day."""
        return self.period.first

    @property
    def to(self) -> datetime.date:
        """The last day."""
        return self.period.last
