"""Random books of a client: documents, payments, credit notes, and what was applied, refunded, undone and cancelled of
them, on days in any order; and a naive computation of what follows from them on a day."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

import models
from models.ids import uuid7
from tests.fixtures import NOON, Company

BEGINNING = datetime.date(2025, 6, 1)
DAYS = 400
RATES = {"MXN": Decimal(1), "USD": Decimal("18.4377"), "EUR": Decimal("20.000001")}
AGES = ("current", "upTo30", "upTo60", "upTo90", "over90")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass
class Item:
    """A document, payment or credit note, and what is open or left of it."""

    id: UUID
    column: str
    currency: str
    rate: Decimal
    open: Decimal
    day: datetime.date
    due_on: datetime.date | None = None
    counts: bool = False
    applied: list[tuple["Item", UUID, Decimal, Decimal, datetime.date, tuple[UUID, UUID]]] = field(default_factory=list)
    first: UUID | None = None
    untouched: bool = True


class Book:
    """The rows of one client's book. `write` puts them into the database; the rest is computed from them in Python."""

    def __init__(self, seed: int, client_id: UUID) -> None:
        self.random = Random(seed)  # noqa: S311  # repeatable
        self.client_id = client_id
        self.rows: dict[type[models.Base], list[dict[str, Any]]] = defaultdict(list)
        self.entries: list[dict[str, Any]] = []
        self.debts: list[Item] = []
        self.sources: list[Item] = []
        self._instant = NOON
        for _ in range(self.random.randint(1, 25)):
            self.random.choice((self._charge, self._charge, self._receive, self._credit, self._apply, self._apply,
                                self._undo, self._refund, self._cancel, self._adjust))()  # fmt: skip

    # What happens

    def _charge(self) -> None:
        type_ = self.random.choice(("INVOICE", "INVOICE", "SALES_NOTE"))
        on_credit = self.random.random() < 0.5
        item = self._item("sales_document_id", counts=type_ == "INVOICE" or on_credit)
        item.due_on = self.random.choice((None, item.day + datetime.timedelta(days=self.random.randint(0, 120))))
        self._document(item, type_, due_on=item.due_on, on_credit=on_credit)
        self._post(item, "CHARGE", item.open, item.day)
        self.debts.append(item)

    def _receive(self) -> None:
        item = self._item("payment_id")
        self.rows[models.Payment].append(
            {"id": item.id, "amount": item.open, "currency": item.currency, "exchange_rate": item.rate,
             "payment_form": "03", "paid_at": NOON, "reference": f"Ref {item.id.hex[-4:]}"}
        )  # fmt: skip
        self._post(item, "PAYMENT", -item.open, item.day)
        self.sources.append(item)

    def _credit(self) -> None:
        item = self._item("credit_note_id")
        self._document(item, "CREDIT_NOTE")
        self._post(item, "CREDIT", -item.open, item.day)
        self.sources.append(item)

    def _apply(self) -> None:
        source, debt = self._some(self.sources), self._some(self.debts)
        if not source or not debt:
            return
        of_source = cents(source.open * Decimal(self.random.choice(("0.33", "1"))))
        amount = of_source
        if source.currency != debt.currency:
            amount = cents(of_source * source.rate / debt.rate)
        if amount > debt.open:
            amount, of_source = debt.open, min(source.open, cents(debt.open * debt.rate / source.rate))
            if source.currency == debt.currency:
                amount = of_source = min(debt.open, source.open)
        if min(amount, of_source) <= 0:
            return
        day, application = self._later(max(source.day, debt.day)), uuid7()
        self.rows[models.Application].append(
            {"id": application, "sales_document_id": debt.id, source.column: source.id, "amount": amount,
             "source_amount": of_source, "applied_on": day}
        )  # fmt: skip
        more = {"application_id": application}
        pair = (
            self._post(source, "APPLICATION", of_source, day, tick=False, **more),
            self._post(debt, "APPLICATION", -amount, day, **{source.column: source.id}, **more),
        )
        source.open -= of_source
        debt.open -= amount
        source.untouched = debt.untouched = False
        debt.applied.append((source, application, amount, of_source, day, pair))

    def _undo(self) -> None:
        debt = self._some([each for each in self.debts if each.applied], opened=False)
        if not debt:
            return
        source, application, amount, of_source, since, (one, other) = debt.applied.pop()
        day, more = self._later(since), {"application_id": application}
        self._post(source, "APPLICATION", -of_source, day, tick=False, reverses_id=one, **more)
        self._post(debt, "APPLICATION", amount, day, reverses_id=other, **{source.column: source.id}, **more)
        for row in self.rows[models.Application]:
            if row["id"] == application:
                row["undone_at"] = NOON
        source.open += of_source
        debt.open += amount

    def _refund(self) -> None:
        if source := self._some(self.sources):
            amount = max(Decimal("0.01"), cents(source.open / self.random.choice((1, 3))))
            self._post(source, "REFUND", amount, self._later(source.day))
            source.open -= amount
            source.untouched = False

    def _cancel(self) -> None:
        """What nothing was applied to, or of, never was."""
        items = [each for each in self.debts + self.sources if each.untouched and each.open]
        if items:
            item = self.random.choice(items)
            row = next(entry for entry in self.entries if entry["id"] == item.first)
            self._post(item, row["kind"], -row["amount"], self._later(item.day), reverses_id=row["id"])
            item.open, item.untouched = Decimal(0), False
            for row in self.rows[models.Payment]:
                if row["id"] == item.id:
                    row["reversed_at"] = NOON
            for row in self.rows[models.SalesDocument]:
                if row["id"] == item.id:
                    row["state"] = "CANCELLED"

    def _adjust(self) -> None:
        debt = self._some(self.debts)
        if debt and debt.open > 1:
            self._post(debt, "ADJUSTMENT", Decimal("-0.57"), self._later(debt.day))
            debt.open -= Decimal("0.57")
            debt.untouched = False

    # How it is written

    def _item(self, column: str, *, counts: bool = False) -> Item:
        currency = self.random.choice(("MXN", "MXN", "USD", "EUR"))
        rate = (
            RATES[currency]
            if currency == "MXN"
            else RATES[currency] + Decimal(self.random.randint(0, 999_999)).scaleb(-6)
        )
        amount = Decimal(self.random.randint(1, 5_000_000)).scaleb(-2)
        day = BEGINNING + datetime.timedelta(days=self.random.randrange(DAYS - 120))
        return Item(uuid7(), column, currency, rate, amount, day, counts=counts)

    def _document(self, item: Item, type_: str, **values: Any) -> None:
        self.rows[models.SalesDocument].append(
            {"id": item.id, "type": type_, "series": item.id.hex[-12:], "number": 1, "state": "SENT",
             "issued_at": NOON, "currency": item.currency, "exchange_rate": item.rate, "subtotal": item.open,
             "total": item.open, "uuid": None if type_ == "SALES_NOTE" else uuid4(), **values}
        )  # fmt: skip

    def _post(
        self, item: Item, kind: str, amount: Decimal, day: datetime.date, *, tick: bool = True, **more: Any
    ) -> UUID:
        entry = {
            "id": uuid7(), "kind": kind, "currency": item.currency, "exchange_rate": item.rate, "amount": amount,
            "effective_on": day, "recorded_at": self._instant, item.column: item.id, **more,
        }  # fmt: skip
        self.entries.append(entry)
        item.first = item.first or entry["id"]
        if tick and self.random.random() < 0.7:
            self._instant += datetime.timedelta(seconds=1)
        return entry["id"]

    def _some(self, items: Sequence[Item], *, opened: bool = True) -> Item | None:
        items = [each for each in items if each.open > 0] if opened else items
        return self.random.choice(items) if items else None

    def _later(self, day: datetime.date) -> datetime.date:
        return day + datetime.timedelta(days=self.random.choice((0, 0, 1, 30)))

    def write(self, company: Company) -> None:
        """Puts it into the database, whose trigger derives the rest."""
        for model in (models.SalesDocument, models.Payment, models.Application):
            for row in self.rows[model]:
                company.owner.execute(insert(model).values(company_id=company.id, client_id=self.client_id, **row))
        names = dict.fromkeys(name for entry in self.entries for name in entry)
        if self.entries:
            whole = [dict.fromkeys(names) | entry | {"company_id": company.id, "client_id": self.client_id}
                     for entry in self.entries]  # fmt: skip
            company.owner.execute(insert(models.LedgerEntry), whole)

    # What follows from it

    def currencies(self) -> Sequence[str]:
        return sorted({entry["currency"] for entry in self.entries} | {"MXN"})

    def days(self) -> Sequence[datetime.date]:
        """Some days: the first and the last one of an entry, those about them, and some others."""
        days = sorted({entry["effective_on"] for entry in self.entries}) or [BEGINNING]
        some = {days[0] - datetime.timedelta(days=1), days[0], days[len(days) // 2], days[-1]}
        return sorted(some | {BEGINNING + datetime.timedelta(days=self.random.randrange(DAYS)) for _ in range(2)})

    def receivables(self, day: datetime.date) -> Mapping[str, Any]:
        """As `receivablesAsOf` shows it."""
        shown: dict[str, Any] = dict.fromkeys(
            ("owed", "creditBalance", "overdueBalance", "creditUsed"), Decimal("0.00")
        )
        shown["ageing"] = dict.fromkeys(AGES, Decimal("0.00"))
        by_currency: dict[str, list[Decimal]] = {}
        for item, amount in self._standing(day):
            own = cents(amount * item.rate)
            sums = by_currency.setdefault(item.currency, [Decimal("0.00"), Decimal("0.00")])
            if item.column != "sales_document_id":
                shown["creditBalance"] -= own
                sums[1] -= amount
                continue
            sums[0] += amount
            shown["owed"] += own
            shown["ageing"][age_of(item.due_on, day)] += own
            shown["overdueBalance"] += own if item.due_on and item.due_on < day else 0
            shown["creditUsed"] += own if item.counts else 0
        shown["balance"] = shown["owed"] - shown["creditBalance"]
        shown["currencies"] = [
            {"currency": currency, "owed": owed, "creditBalance": credit, "balance": owed - credit}
            for currency, (owed, credit) in sorted(by_currency.items())
        ]
        return shown

    def balance(self, day: datetime.date, currency: str) -> Decimal:
        """In the currency, at the end of the day."""
        entries = (e for e in self.entries if e["currency"] == currency and e["effective_on"] <= day)
        return sum((entry["amount"] for entry in entries), Decimal("0.00"))

    def _standing(self, day: datetime.date) -> Iterator[tuple[Item, Decimal]]:
        for item in self.debts + self.sources:
            amount = Decimal(0)
            for entry in self.entries:
                of = next(name for name in ("sales_document_id", "payment_id", "credit_note_id") if entry.get(name))
                if entry["effective_on"] <= day and entry[of] == item.id and of == item.column:
                    amount += entry["amount"]
            if amount:
                yield item, amount


def age_of(due_on: datetime.date | None, day: datetime.date) -> str:
    late = (day - due_on).days if due_on else 0
    return next((name for name, most in zip(AGES, (0, 30, 60, 90), strict=False) if late <= most), AGES[-1])


def text_of(value: Any) -> Any:
    """Amounts as the API writes them."""
    match value:
        case Decimal():
            return f"{cents(value):f}"
        case dict():
            return {name: text_of(part) for name, part in value.items()}
        case list():
            return [text_of(part) for part in value]
        case _:
            return value


def total(amounts: Iterable[str | None]) -> Decimal:
    """Of amounts as the API writes them."""
    return sum((Decimal(amount) for amount in amounts if amount), Decimal("0.00"))
