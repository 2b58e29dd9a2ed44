"""Naive books of one client, kept beside the application: from what the commands were told, every move of money is
written down in a list, and what is owed on a day is its sum."""

import datetime
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.problem import Rejected
from domain.receivables import update_receivable_terms
from errors import Forbidden
from models import Application, Payment, SalesDocument
from models.collaborator import Role
from tests.ways import Walk
from tests.writing import Writer

D = Decimal
LIMIT = D(6000)
RATE = {"MXN": D(1), "USD": D(18)}


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(D("0.01"), ROUND_HALF_UP)


@dataclass
class Move:
    """What changes what is owed, on a day: on a document, or left of a payment or a credit note."""

    day: datetime.date
    owner: UUID
    is_document: bool
    currency: str
    amount: Decimal


@dataclass(eq=False)
class Applied:
    """What of a payment or a credit note pays a document, from a day on."""

    source: UUID
    document: UUID
    amount: Decimal
    of_source: Decimal
    day: datetime.date


@dataclass
class Books:
    """Every move, in no order, and what is applied now."""

    moves: list[Move] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    currencies: dict[UUID, str] = field(default_factory=dict)
    gone: set[UUID] = field(default_factory=set)
    """Documents that were cancelled or replaced, payments that were reversed."""

    def add(self, day: datetime.date, owner: UUID, currency: str, amount: Decimal, *, document: bool) -> None:
        self.currencies[owner] = currency
        self.moves.append(Move(day, owner, document, currency, amount))

    def of(self, owner: UUID, *, document: bool, day: datetime.date = datetime.date.max) -> Decimal:
        return sum(
            (m.amount for m in self.moves if m.owner == owner and m.is_document is document and m.day <= day), D(0)
        )

    def owed(self, document: UUID, day: datetime.date = datetime.date.max) -> Decimal:
        return self.of(document, document=True, day=day)

    def left(self, source: UUID, day: datetime.date = datetime.date.max) -> Decimal:
        return -self.of(source, document=False, day=day)

    def since(self, owner: UUID) -> datetime.date:
        """When it began."""
        return next(move.day for move in self.moves if move.owner == owner)

    def balance(self, day: datetime.date, *, documents: bool) -> Decimal:
        """In pesos; each document, payment and credit note is rounded by itself."""
        owners = {(m.owner, m.currency) for m in self.moves if m.is_document is documents}
        return sum((cents(self.of(id, document=documents, day=day) * RATE[c]) for id, c in owners), D(0))

    # What happens

    def charge(self, row: Any, day: datetime.date) -> None:
        self.add(day, row.id, row.currency, row.total, document=True)

    def receive(self, source: UUID, currency: str, amount: Decimal, day: datetime.date) -> None:
        self.add(day, source, currency, -amount, document=False)

    def apply(
        self, source: UUID, document: UUID, day: datetime.date, amounts: tuple[Decimal, Decimal] | None = None
    ) -> None:
        """As much as can be, by the rates, unless amounts are stated."""
        left, owed = self.left(source), self.owed(document)
        if left <= 0 or owed <= 0:
            return
        of, to = self.currencies[source], self.currencies[document]
        if amounts is None and of == to:
            amounts = (min(left, owed),) * 2
        elif amounts is None:
            whole, of_owed = cents(left * RATE[of] / RATE[to]), min(left, cents(owed * RATE[to] / RATE[of]))
            amounts = (max(whole, D("0.01")), left) if whole <= owed else (owed, max(of_owed, D("0.01")))
        one = Applied(source, document, *amounts, self.first_day(day, (document, amounts[0]), (source, amounts[1])))
        self.applied.append(one)
        self.add(one.day, document, to, -one.amount, document=True)
        self.add(one.day, source, of, one.of_source, document=False)

    def first_day(self, day: datetime.date, *taken: tuple[UUID, Decimal]) -> datetime.date:
        """The first one, from a day on, since when there was never less of each than is taken of it."""

        def is_there(first: datetime.date) -> bool:
            later = [first, *(one for one in days if one > first)]
            return all(abs(self.standing(owner, one)) >= amount for owner, amount in taken for one in later)

        days = sorted({move.day for move in self.moves} | {day})
        return next(one for one in days if one >= day and is_there(one))

    def standing(self, owner: UUID, day: datetime.date) -> Decimal:
        """What is owed of a document, or left of a payment or a credit note."""
        return sum((m.amount for m in self.moves if m.owner == owner and m.day <= day), D(0))

    def undo(self, one: Applied, day: datetime.date) -> None:
        day = max(day, one.day)
        self.applied.remove(one)
        self.add(day, one.document, self.currencies[one.document], one.amount, document=True)
        self.add(day, one.source, self.currencies[one.source], -one.of_source, document=False)

    def on_document(self, document: UUID) -> list[Applied]:
        return [one for one in self.applied if one.document == document]

    def of_source(self, source: UUID) -> list[Applied]:
        return [one for one in self.applied if one.source == source]

    def take_back(self, source: UUID, day: datetime.date) -> None:
        """A payment or a credit note never was."""
        for one in self.of_source(source):
            self.undo(one, day)
        left = self.left(source)
        day = max(self.first_day(max(day, self.since(source)), (source, left)), self.since(source))
        self.add(day, source, self.currencies[source], left, document=False)
        self.gone.add(source)

    def withdraw(self, document: UUID, day: datetime.date) -> None:
        """A document, on which nothing is applied any more, is owed no more."""
        owed = self.owed(document)
        day = self.first_day(max(day, self.since(document)), (document, owed))
        self.add(day, document, self.currencies[document], -owed, document=True)
        self.gone.add(document)


class Bookkeeping(Walk):
    """A client on credit, an administrator, somebody who may not pass the limit, and the naive books."""

    def __init__(self) -> None:
        super().__init__()
        self.company = type(self).make()
        self.admin = Writer(self.company)
        self.seller = Writer(self.company, Role.BILLING)
        self.client = self.company.billable(rfc="EKU9003173C9", legal_name="ESCUELA KEMPER URGATE")
        self.books = Books()
        self.assumed: set[UUID] = set()
        """Payments that were only assumed."""
        self.first = self.clock = datetime.datetime(2026, 3, 2, 18, tzinfo=datetime.UTC)
        self.tick(0)
        self.limit: Decimal | None = None
        self.agree(LIMIT)

    @property
    def day(self) -> datetime.date:
        return self.clock.date()

    def tick(self, days: int) -> None:
        self.clock += datetime.timedelta(days=days, minutes=1)
        self.admin.now = self.seller.now = self.clock

    def attempt(self, command: Any, values: dict[str, Any], who: Writer | None = None) -> Any:
        self.tick(0)
        try:
            return type(self).run(who or self.admin, command, values)
        except (Rejected, Forbidden):
            return None

    def agree(self, limit: Decimal | None) -> None:
        """Credit up to the limit, or cash."""
        credit = {"terms": "CREDIT", "credit_days": 30, "credit_limit": limit, "confirmed": True}
        terms = {"client_id": self.client} | ({"terms": "CASH", "credit_limit": None} if limit is None else credit)
        type(self).run(self.admin, update_receivable_terms, terms)
        self.limit = limit

    # What is there

    def documents(self, *states: str) -> list[Any]:
        query = select(SalesDocument.__table__).where(SalesDocument.company_id == self.company.id)
        rows = self.company.owner.execute(query.order_by(SalesDocument.id)).all()
        return [row for row in rows if row.state in states] if states else list(rows)

    def in_force(self, type_: str) -> list[Any]:
        return [row for row in self.documents("STAMPED", "SENT", "PARTIALLY_PAID", "PAID") if row.type == type_]

    def open_debts(self) -> list[Any]:
        rows = self.documents("STAMPED", "SENT", "PARTIALLY_PAID")
        return [row for row in rows if row.type != "CREDIT_NOTE"]

    def credit_notes(self) -> list[Any]:
        return [row for row in self.in_force("CREDIT_NOTE") if row.state != "PAID"]

    def payments(self) -> list[Any]:
        query = select(Payment.__table__).where(Payment.company_id == self.company.id, Payment.reversed_at.is_(None))
        return list(self.company.owner.execute(query.order_by(Payment.id)).all())

    def applications(self) -> list[Any]:
        table = Application.__table__
        query = select(table).where(table.c.company_id == self.company.id, table.c.undone_at.is_(None))
        return list(self.company.owner.execute(query.order_by(table.c.id)).all())

    # What is written down of payments that are only assumed

    def assumed_on(self, document: UUID) -> list[UUID]:
        return [one.source for one in self.books.on_document(document) if one.source in self.assumed]

    def dropped(self, document: UUID) -> bool:
        """Payments that were only assumed are gone, as of their day; whether there were any."""
        sources = self.assumed_on(document)
        for source in sources:
            self.books.take_back(source, self.books.since(source))
        return bool(sources)
