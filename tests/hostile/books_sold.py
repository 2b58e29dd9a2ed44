"""Ways of selling: on credit and for cash, paid at once, converted whole, in part and several together, cancelled."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from domain.cancellation import cancel_sales_document
from domain.conversion import convert_sales_document
from domain.sales_document import create_sales_document, send_sales_document
from models import SalesDocumentLine
from tests.hostile.bookkeeping import LIMIT, RATE, Bookkeeping, D, cents

CHAIRS = {
    "description": "Silla",
    "product_code": "56101504",
    "unit_code": "H87",
    "quantity": D(2),
    "unit_price": D(500),
}
PENS = CHAIRS | {"description": "Pluma", "unit_price": D("10.03")}
"""With IVA 11.6348 each: two are 23.27, and one and one 23.26."""


class Selling(Bookkeeping):
    """What is sold here."""

    def __init__(self) -> None:
        super().__init__()
        self.handed_on: dict[UUID, dict[UUID, Decimal]] = {}
        """Of each sales note: the invoices made of it that are in force, and what of it each came to."""

    @rule(limit=st.sampled_from([None, D(100), LIMIT, 2 * LIMIT]))
    def terms_change(self, limit: Decimal | None) -> None:
        self.tick(0)
        self.agree(limit)

    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        self.tick(days)

    @rule(
        type_=st.sampled_from(["SALES_NOTE", "INVOICE"]),
        goods=st.sampled_from([CHAIRS, CHAIRS, PENS]),
        currency=st.sampled_from(list(RATE)),
        at_once=st.booleans(),
        paid=st.booleans(),
        may=st.booleans(),
    )
    def sell(self, type_: str, goods: Any, currency: str, at_once: bool, paid: bool, may: bool) -> None:
        how = {"payment_form": "03", "payment_method": "PUE"} if at_once else {}
        values = {"client_id": self.client, "type": type_, "lines": [goods], "currency": currency}
        draft = self.attempt(create_sales_document, values | how | {"exchange_rate": RATE[currency]})
        fields = {"id": draft.id} | ({"payment": {"payment_form": "03"}} if paid else {})
        sent = self.attempt(send_sales_document, fields, self.admin if may else self.seller)
        if sent is None:
            return
        self.books.charge(sent, self.day)
        if paid:
            [source] = {one.id for one in self.payments()} - set(self.books.currencies)
            self.books.receive(source, currency, sent.total, self.day)
            self.books.apply(source, sent.id, self.day)
        elif not may:
            self.within_the_limit()

    @rule(goods=st.sampled_from([CHAIRS, PENS]), currency=st.sampled_from(["MXN", "MXN", "USD"]), paid=st.booleans())
    def sell_two_notes(self, goods: Any, currency: str, paid: bool) -> None:
        """Which may become one invoice."""
        for is_paid in (paid, False):
            self.sell("SALES_NOTE", goods, currency, at_once=False, paid=is_paid, may=True)

    def within_the_limit(self) -> None:
        """Whoever may not pass the limit, and took some of it, left the rest."""
        owing = [row for row in self.documents() if row.type == "INVOICE" or row.on_credit]
        used = sum((cents(self.books.owed(row.id) * RATE[row.currency]) for row in owing), D(0))
        assert self.limit is None or used <= self.limit, "past the limit without the permission"

    @precondition(lambda self: self.in_force("SALES_NOTE"))
    @rule(place=st.integers(0, 99), may=st.booleans(), whole=st.booleans())
    def convert(self, place: int, may: bool, whole: bool) -> None:
        rows = self.in_force("SALES_NOTE")
        note = rows[place % len(rows)]
        part = {} if whole else {"lines": [{"line_id": self.line_of(note).id, "quantity": D(1)}]}
        self.become_one([note], {"id": note.id} | part, may)

    @precondition(lambda self: len(self.in_force("SALES_NOTE")) > 1)
    @rule(places=st.lists(st.integers(0, 99), min_size=2, max_size=4), may=st.booleans())
    def combine(self, places: list[int], may: bool) -> None:
        """Several sales notes become one invoice: all of them, or none."""
        rows = self.in_force("SALES_NOTE")
        notes = [rows[index] for index in dict.fromkeys(place % len(rows) for place in places)]
        invoice = self.become_one(notes, {"id": notes[0].id, "other_ids": [note.id for note in notes[1:]]}, may)
        assert invoice is None or len({note.currency for note in notes}) == 1

    def become_one(self, notes: list[Any], fields: dict[str, Any], may: bool) -> Any:
        """Their payments are the invoice's, and what each note is converted into, it owes no more."""
        lines = {note.id: self.line_of(note) for note in notes}
        took_credit = any(self.books.owed(note.id) > 0 for note in notes if not note.on_credit)
        invoice = self.attempt(convert_sales_document, fields | {"to": "INVOICE"}, self.admin if may else self.seller)
        if invoice is None:
            return None
        self.books.charge(invoice, self.day)
        for note in notes:
            for one in self.books.on_document(note.id):
                self.books.undo(one, self.day)
                if amount := min(one.amount, self.books.owed(invoice.id)):
                    both = (amount, cents(one.of_source * amount / one.amount))
                    self.books.apply(one.source, invoice.id, self.day, both)
            before, now = lines[note.id], self.line_of(note)
            share = cents((now.converted - before.converted) * now.unit_price * D("1.16"))
            self.handed_on.setdefault(note.id, {})[invoice.id] = share
            self.owes_the_rest(note)
        if took_credit and not may:
            self.within_the_limit()
        assert self.due_and_credit(invoice) == (
            min((note.due_on for note in notes if note.due_on), default=None),
            any(note.on_credit for note in notes),
        )
        return invoice

    def due_and_credit(self, invoice: Any) -> tuple[Any, bool]:
        [row] = [row for row in self.documents() if row.id == invoice.id]
        return row.due_on, row.on_credit

    def owes_the_rest(self, note: Any) -> None:
        """What no invoice took over; nothing where nothing remains to be converted."""
        line = self.line_of(note)
        rest = D(0) if line.converted == line.quantity else note.total - sum(self.handed_on[note.id].values())
        paid = sum((one.amount for one in self.books.on_document(note.id)), D(0))
        owed = self.books.owed(note.id)
        self.books.add(self.day, note.id, note.currency, max(rest - paid, D(0)) - owed, document=True)

    def line_of(self, note: Any) -> Any:
        query = select(SalesDocumentLine.__table__).where(SalesDocumentLine.sales_document_id == note.id)
        return self.company.owner.execute(query).one()

    @precondition(lambda self: self.documents())
    @rule(place=st.integers(0, 99))
    def cancel(self, place: int) -> None:
        rows = self.documents()
        row = rows[place % len(rows)]
        if row.uuid or row.type == "CREDIT_NOTE":
            return
        if self.attempt(cancel_sales_document, {"id": row.id}) is None or row.state == "DRAFT":
            return
        for one in self.books.on_document(row.id):
            self.books.undo(one, self.day)
        self.books.withdraw(row.id, self.day)
        for note in self.documents():
            if self.handed_on.get(note.id, {}).pop(row.id, None) and note.state != "CANCELLED":
                self.owes_the_rest(note)
