"""The books are right whatever happens in whatever order: a naive re-computation in Python, from what the commands were
told, agrees with the ledger, with the documents and with the API, as of every day; and no way leads past the limit of
credit without the permission."""

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis.stateful import invariant
from sqlalchemy import select, text

from models import Client
from tests.books import AGES, age_of
from tests.fixtures import Company, global_id
from tests.hostile.bookkeeping import RATE, D, cents
from tests.hostile.books_imported import Importing
from tests.hostile.books_paid import Paying
from tests.hostile.books_sold import Selling
from tests.ways import walk

SUMS = f"balance owed creditBalance overdueBalance creditUsed ageing {{ {' '.join(AGES)} }}"
AS_OF = f"query ($id: ID!, $day: Date!) {{ client(id: $id) {{ receivablesAsOf(day: $day) {{ {SUMS} }} }} }}"
STATEMENT = """
query ($id: ID!, $from: Date!, $to: Date!, $currency: String!, $after: String) {
  client(id: $id) {
    statement(from: $from, to: $to, currency: $currency) {
      openingBalance closingBalance owed creditBalance
      lines(first: 100, after: $after) {
        nodes { day charge credit balance }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""


class Ways(Selling, Paying, Importing):
    """All of it, and what holds whatever was done."""

    @invariant()
    def the_ledger_is_the_naive_books(self) -> None:
        query = text(LEDGER)
        days = {move.day for move in self.books.moves} | {self.first.date(), self.day}
        for day in sorted(days)[-3:]:
            row = self.company.owner.execute(query, {"company": self.company.id, "day": day}).one()
            expected = (self.books.balance(day, documents=True), -self.books.balance(day, documents=False))
            assert (row.owed, row.credit) == expected, day
        table = Client.__table__
        query = select(table.c.balance, table.c.credit_balance).where(table.c.id == self.client)
        [(balance, left)] = self.company.owner.execute(query).all()
        last = datetime.date.max
        assert left == -self.books.balance(last, documents=False)
        assert balance == self.books.balance(last, documents=True) - left

    @invariant()
    def what_is_overdue_is_kept_with_its_days(self) -> None:
        table = Client.__table__
        query = select(table.c.overdue_cents, table.c.overdue_after, table.c.overdue_until)
        [(kept, after, until)] = self.company.owner.execute(query.where(table.c.id == self.client)).all()
        amounts = [(row.due_on, cents(self.books.owed(row.id) * RATE[row.currency])) for row in self.documents()]
        owed = [(due, amount) for due, amount in amounts if due and amount]
        late = [amount for due, amount in owed if after and due <= after]
        assert D(kept) == 100 * sum(late, D(0))
        assert after == max((due for due, _ in owed if after and due <= after), default=None)
        assert until == min((due for due, _ in owed if not after or due > after), default=None)

    @invariant()
    def documents_say_what_the_ledger_does(self) -> None:
        for row in self.documents():
            if row.type == "CREDIT_NOTE":
                continue
            owed = self.books.owed(row.id)
            live = row.state not in ("DRAFT", "CANCELLED", "CONVERTED")
            assert owed == (row.total - row.paid - row.credited if live else 0)
            assert (row.state == "PAID") is (live and owed == 0)

    @invariant()
    def what_is_applied_is_what_was_written_down(self) -> None:
        rows = ((r.payment_id or r.credit_note_id, r.sales_document_id, r.amount, r.source_amount, r.applied_on)
                for r in self.applications())  # fmt: skip
        noted = ((one.source, one.document, one.amount, one.of_source, one.day) for one in self.books.applied)
        assert Counter(rows) == Counter(noted)

    @invariant()
    def nothing_is_less_than_nothing_on_any_day(self) -> None:
        assert self.company.owner.execute(text(IMPOSSIBLE), {"company": self.company.id}).all() == []

    def teardown(self) -> None:
        """The API says the same, now and on every day on which something changed."""
        client = global_id(Client, self.client)
        query = "query ($id: ID!) { client(id: $id) { receivables { balance owed creditBalance } } }"
        answer = self.company.ask(query, id=client).data["client"]["receivables"]
        said = self.said(datetime.date.max)
        assert answer == {name: said[name] for name in answer}
        today = datetime.datetime.now(datetime.UTC).date()
        days = sorted({move.day for move in self.books.moves if move.day < today})
        for day in days:
            answer = self.company.ask(AS_OF, id=client, day=day.isoformat()).data["client"]["receivablesAsOf"]
            assert answer == self.said(day), day
        for place in {0, len(days) // 2} if days else ():
            for currency in RATE:
                self.compare_statement(client, currency, days[place], days[max(place, len(days) - 2)])

    def said(self, day: datetime.date) -> dict[str, Any]:
        """In pesos, as the API writes it."""
        owed, left = self.books.balance(day, documents=True), -self.books.balance(day, documents=False)
        sums = {"balance": owed - left, "owed": owed, "creditBalance": left, "overdueBalance": D(0), "creditUsed": D(0)}
        ages = dict.fromkeys(AGES, D(0))
        for row in self.documents():
            amount = cents(self.books.owed(row.id, day) * RATE[row.currency])
            ages[age_of(row.due_on, day)] += amount
            sums["overdueBalance"] += amount if row.due_on and row.due_on < day else 0
            sums["creditUsed"] += amount if row.type == "INVOICE" or row.on_credit else 0
        return _texts(sums) | {"ageing": _texts(ages)}

    def compare_statement(self, client: str, currency: str, first: datetime.date, last: datetime.date) -> None:
        """Its lines lead from what was owed before the first day to what was owed on the last one."""
        period = {"id": client, "currency": currency, "from": first.isoformat(), "to": last.isoformat()}
        lines: list[Any] = []
        page: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
        statement: dict[str, Any] = {}
        while page["hasNextPage"]:
            answer = self.company.ask(STATEMENT, **period, after=page["endCursor"])
            statement = answer.data["client"]["statement"]
            lines += statement["lines"]["nodes"]
            page = statement["lines"]["pageInfo"]
        moves = [move for move in self.books.moves if move.currency == currency]
        by_day = [(day, sum((m.amount for m in moves if m.day <= day), D(0))) for day in _days(first, last)]
        owed = sum((m.amount for m in moves if m.day <= last and m.is_document), D(0))
        opening = sum((m.amount for m in moves if m.day < first), D(0))
        expected = {"openingBalance": opening, "closingBalance": by_day[-1][1], "owed": owed}
        expected["creditBalance"] = owed - by_day[-1][1]
        assert {name: statement[name] for name in expected} == _texts(expected)
        balance = opening
        for line in lines:
            balance += D(line["charge"] or 0) - D(line["credit"] or 0)
            assert D(line["balance"]) == balance
        for day, total in by_day:
            before = [line for line in lines if line["day"] <= day.isoformat()]
            assert D(before[-1]["balance"] if before else opening) == total, day


def _texts(amounts: dict[str, Decimal]) -> dict[str, str]:
    return {name: f"{cents(amount):f}" for name, amount in amounts.items()}


def _days(first: datetime.date, last: datetime.date) -> Sequence[datetime.date]:
    return [first + datetime.timedelta(days=days) for days in range((last - first).days + 1)]


LEDGER = """
select coalesce(sum(amount) filter (where owed), 0) as owed, coalesce(-sum(amount) filter (where not owed), 0) as credit
from (
    select sales_document_id is not null as owed, round(sum(amount) * exchange_rate, 2) as amount
    from ledger_entry where company_id = :company and effective_on <= :day
    group by sales_document_id is not null, coalesce(sales_document_id, payment_id, credit_note_id), exchange_rate
) one
"""
IMPOSSIBLE = """
select item, effective_on, amount from (
    select coalesce(sales_document_id, payment_id, credit_note_id) as item, sales_document_id is not null as owed,
        effective_on, sum(sum(amount)) over (
            partition by sales_document_id is not null, coalesce(sales_document_id, payment_id, credit_note_id)
            order by effective_on
        ) as amount
    from ledger_entry where company_id = :company
    group by sales_document_id is not null, coalesce(sales_document_id, payment_id, credit_note_id), effective_on
) one where amount * (case when owed then 1 else -1 end) < 0
"""
"""Documents on which less than nothing is owed on a day, and payments and credit notes of which less is left."""


def test_the_books_are_right_on_any_way(company: Callable[..., Company], demo_settings: Any) -> None:
    walk(Ways, company, demo_settings, ways=20, steps=25, derandomize=True)


@pytest.mark.deep
@pytest.mark.timeout(14400)
def test_two_thousand_ways(company: Callable[..., Company], demo_settings: Any) -> None:
    walk(Ways, company, demo_settings, ways=2000, steps=30, derandomize=False)
