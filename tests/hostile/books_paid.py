"""Ways of paying by hand: on one document, on several or on none, in two currencies; credit notes; what is applied,
undone, refunded and reversed."""

import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.cancellation import cancel_sales_document
from domain.payment import apply_credit, refund_credit, register_payment, reverse_payment, undo_application
from domain.sales_document import create_sales_document, send_sales_document
from tests.hostile.bookkeeping import RATE, Bookkeeping, D
from tests.hostile.books_sold import CHAIRS


class Paying(Bookkeeping):
    """What is paid and credited here."""

    @precondition(lambda self: self.open_debts())
    @rule(
        place=st.integers(0, 99),
        amount=st.sampled_from(["0.01", "333.33", "580", "1160", "20880", "30000"]),
        currency=st.sampled_from(list(RATE)),
        back=st.integers(0, 3),
    )
    def pay(self, place: int, amount: str, currency: str, back: int) -> None:
        rows = self.open_debts()
        row, at = rows[place % len(rows)], self.clock - datetime.timedelta(days=back)
        fields = {"sales_document_id": row.id, "amount": D(amount), "currency": currency, "payment_form": "03"}
        one = self.attempt(register_payment, fields | {"exchange_rate": RATE[currency], "paid_at": at})
        assert one
        self.dropped(row.id)
        self.books.receive(one.id, currency, D(amount), at.date())
        self.books.apply(one.id, row.id, at.date())

    @rule(
        amount=st.sampled_from(["0.01", "1160", "2000", "30000"]),
        places=st.lists(st.integers(0, 99), max_size=3),
        back=st.integers(0, 3),
    )
    def pay_several(self, amount: str, places: list[int], back: int) -> None:
        """Pesos on several documents, or on none: each takes what it is owed, and something has to be left for each."""
        rows = [row for row in self.open_debts() if row.currency == "MXN"]
        chosen = [rows[index] for index in dict.fromkeys(place % len(rows) for place in places)] if rows else []
        at = self.clock - datetime.timedelta(days=back)
        fields = {"client_id": self.client, "amount": D(amount), "payment_form": "03", "paid_at": at}
        one = self.attempt(register_payment, fields | {"applications": [{"sales_document_id": r.id} for r in chosen]})
        for row in chosen if one else ():
            self.dropped(row.id)
        before = sum((self.books.owed(row.id) for row in chosen[:-1]), D(0))
        assert bool(one) is (not chosen or before < D(amount))
        if one:
            self.books.receive(one.id, "MXN", D(amount), at.date())
            for row in chosen:
                self.books.apply(one.id, row.id, at.date())

    @precondition(lambda self: self.in_force("INVOICE"))
    @rule(place=st.integers(0, 99), quantity=st.integers(1, 2))
    def credit_by_hand(self, place: int, quantity: int) -> None:
        rows = self.in_force("INVOICE")
        invoice = rows[place % len(rows)]
        values = {"client_id": self.client, "type": "CREDIT_NOTE", "invoice_id": invoice.id}
        lines = [CHAIRS | {"quantity": D(quantity)}]
        draft = self.attempt(create_sales_document, values | {"lines": lines, "currency": invoice.currency})
        note = draft and self.attempt(send_sales_document, {"id": draft.id})
        if note:
            self.books.receive(note.id, note.currency, note.total, self.day)
            self.books.apply(note.id, invoice.id, self.day)

    @precondition(lambda self: self.credit_notes())
    @rule(place=st.integers(0, 99))
    def take_a_note_back(self, place: int) -> None:
        notes = [row for row in self.credit_notes() if row.uuid is None]
        if notes and self.attempt(cancel_sales_document, {"id": notes[place % len(notes)].id}):
            self.books.take_back(notes[place % len(notes)].id, self.day)

    @precondition(lambda self: self.sources() and self.open_debts())
    @rule(place=st.integers(0, 99), onto=st.integers(0, 99))
    def apply(self, place: int, onto: int) -> None:
        """What is left of a payment or a credit note. A known payment takes the place of one that is only assumed."""
        sources, rows = self.sources(), self.open_debts()
        (fields, source), row = sources[place % len(sources)], rows[onto % len(rows)]
        if self.attempt(apply_credit, fields | {"sales_document_id": row.id}):
            if "payment_id" in fields:
                self.dropped(row.id)
            day = source.paid_at.date() if "payment_id" in fields else self.day
            self.books.apply(source.id, row.id, day)

    def sources(self) -> list[tuple[dict[str, Any], Any]]:
        payments = [({"payment_id": one.id}, one) for one in self.payments()]
        return payments + [({"credit_note_id": one.id}, one) for one in self.credit_notes()]

    @precondition(lambda self: self.books.applied)
    @rule(place=st.integers(0, 99))
    def undo(self, place: int) -> None:
        there = self.applications()
        row = there[place % len(there)]
        if self.attempt(undo_application, {"id": row.id}):
            source, document = row.payment_id or row.credit_note_id, row.sales_document_id
            alike = [one for one in self.books.of_source(source) if one.document == document]
            self.books.undo(next(one for one in alike if one.amount == row.amount), self.day)

    @precondition(lambda self: self.sources())
    @rule(place=st.integers(0, 99), part=st.booleans())
    def refund(self, place: int, part: bool) -> None:
        sources = self.sources()
        fields, source = sources[place % len(sources)]
        left = self.books.left(source.id)
        done = self.attempt(refund_credit, fields | ({"amount": D("0.01")} if part else {}))
        assert bool(done) is (left > 0)
        if done:
            self.books.add(self.day, source.id, source.currency, D("0.01") if part else left, document=False)

    @precondition(lambda self: self.payments())
    @rule(place=st.integers(0, 99))
    def reverse(self, place: int) -> None:
        payments = self.payments()
        one = payments[place % len(payments)]
        done = self.attempt(reverse_payment, {"id": one.id})
        assert bool(done) is (not one.refunded)
        if done:
            self.books.take_back(one.id, self.day)
