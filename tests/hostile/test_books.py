"""The books are right whatever happens in whatever order: a naive re-computation in Python, from what the commands were
told, agrees with the ledger, with the documents and with the API, as of every day; and no way leads past the limit of
credit without the permission."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select, text

from domain.cancellation import cancel_sales_document
from domain.cfdi import read_cfdi
from domain.cfdi_import import import_cfdi
from domain.conversion import convert_sales_document
from domain.payment import apply_credit, refund_credit, register_payment, reverse_payment, undo_application
from domain.problem import Rejected
from domain.receivables import update_receivable_terms
from domain.sales_document import create_sales_document, send_sales_document
from errors import Forbidden
from models import Application, Client, Payment, SalesDocument, SalesDocumentLine
from models.collaborator import Role
from tests.cfdi import cfdi, credit, payment
from tests.fixtures import Company, global_id
from tests.ways import Walk, walk
from tests.writing import Writer

D = Decimal
LIMIT = D(6000)
RATE = {"MXN": D(1), "USD": D(18)}
TOTAL = D(1160)
CHAIRS = {
    "description": "Silla",
    "product_code": "56101504",
    "unit_code": "H87",
    "quantity": D(2),
    "unit_price": D(500),
}


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


@dataclass
class Books:
    """The naive books: every move, in no order."""

    moves: list[Move] = field(default_factory=list)

    def add(self, day: datetime.date, owner: UUID, currency: str, amount: Decimal, *, document: bool) -> None:
        self.moves.append(Move(day, owner, document, currency, amount))

    def of(self, owner: UUID, *, document: bool, day: datetime.date = datetime.date.max) -> Decimal:
        return sum(
            (m.amount for m in self.moves if m.owner == owner and m.is_document is document and m.day <= day), D(0)
        )

    def balance(self, day: datetime.date, *, documents: bool) -> Decimal:
        """In pesos; each document, payment and credit note is rounded by itself."""
        owners = {(m.owner, m.currency) for m in self.moves if m.is_document is documents}
        return sum((cents(self.of(id, document=documents, day=day) * RATE[c]) for id, c in owners), D(0))


class Ways(Walk):
    """A client on credit, an administrator, and somebody who may not pass the limit."""

    def __init__(self) -> None:
        super().__init__()
        self.company = type(self).make()
        self.admin = Writer(self.company)
        self.seller = Writer(self.company, Role.BILLING)
        self.client = self.company.billable(rfc="EKU9003173C9", legal_name="ESCUELA KEMPER URGATE")
        self.books = Books()
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

    def documents(self, *states: str) -> list[Any]:
        query = select(SalesDocument.__table__).where(SalesDocument.company_id == self.company.id)
        rows = self.company.owner.execute(query.order_by(SalesDocument.id)).all()
        return [row for row in rows if row.state in states] if states else list(rows)

    def payments(self) -> list[Any]:
        query = select(Payment.__table__).where(Payment.company_id == self.company.id, Payment.reversed_at.is_(None))
        return list(self.company.owner.execute(query.order_by(Payment.id)).all())

    def applications(self, **of: UUID) -> list[Any]:
        table = Application.__table__
        query = select(table).where(table.c.company_id == self.company.id, table.c.undone_at.is_(None))
        for name, id in of.items():
            query = query.where(table.c[name] == id)
        return list(self.company.owner.execute(query.order_by(table.c.id)).all())

    # What is written down of what a command did

    def charged(self, row: Any, day: datetime.date) -> None:
        self.books.add(day, row.id, row.currency, row.total, document=True)

    def applied(self, source: UUID, currency: str, row: Any, day: datetime.date, amounts: tuple[D, D] | None) -> None:
        """What is applied of a source to a document: by the rates, as much as can be, unless amounts are stated."""
        left, owed = -self.books.of(source, document=False), self.books.of(row.id, document=True)
        if left <= 0 or owed <= 0:
            return
        if amounts is None and currency == row.currency:
            amounts = (min(left, owed),) * 2
        elif amounts is None:
            whole = cents(left * RATE[currency] / RATE[row.currency])
            of_owed = min(left, cents(owed * RATE[row.currency] / RATE[currency]))
            amounts = (max(whole, D("0.01")), left) if whole <= owed else (owed, max(of_owed, D("0.01")))
        self.books.add(day, row.id, row.currency, -amounts[0], document=True)
        self.books.add(day, source, currency, amounts[1], document=False)

    def undone(self, application: Any, day: datetime.date) -> None:
        currencies = {row.id: row.currency for row in [*self.documents(), *self.every_payment()]}
        source = application.payment_id or application.credit_note_id
        day = max(day, application.applied_on)
        document = application.sales_document_id
        self.books.add(day, document, currencies[document], application.amount, document=True)
        self.books.add(day, source, currencies[source], -application.source_amount, document=False)

    def every_payment(self) -> list[Any]:
        query = select(Payment.__table__).where(Payment.company_id == self.company.id)
        return list(self.company.owner.execute(query).all())

    def dropped(self, row: Any) -> None:
        """Payments that were only assumed are gone, as of their day."""
        for application in self.applications(sales_document_id=row.id):
            for assumed in [one for one in self.payments() if one.id == application.payment_id and one.assumed]:
                self.undone(application, assumed.paid_at.date())
                self.books.add(assumed.paid_at.date(), assumed.id, assumed.currency, assumed.amount, document=False)

    def agree(self, limit: Decimal | None) -> None:
        """Credit up to the limit, or cash."""
        credit = {"terms": "CREDIT", "credit_days": 30, "credit_limit": limit, "confirmed": True}
        terms = {"client_id": self.client} | ({"terms": "CASH", "credit_limit": None} if limit is None else credit)
        type(self).run(self.admin, update_receivable_terms, terms)
        self.limit = limit

    # Ways

    @rule(limit=st.sampled_from([None, D(100), LIMIT, 2 * LIMIT]))
    def terms_change(self, limit: Decimal | None) -> None:
        self.tick(0)
        self.agree(limit)

    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        self.tick(days)

    @rule(
        type_=st.sampled_from(["SALES_NOTE", "INVOICE"]),
        currency=st.sampled_from(list(RATE)),
        at_once=st.booleans(),
        paid=st.booleans(),
        may=st.booleans(),
    )
    def sell(self, type_: str, currency: str, at_once: bool, paid: bool, may: bool) -> None:
        how = {"payment_form": "03", "payment_method": "PUE"} if at_once else {}
        values = {"client_id": self.client, "type": type_, "lines": [CHAIRS], "currency": currency}
        draft = self.attempt(create_sales_document, values | how | {"exchange_rate": RATE[currency]})
        fields = {"id": draft.id} | ({"payment": {"payment_form": "03"}} if paid else {})
        sent = self.attempt(send_sales_document, fields, self.admin if may else self.seller)
        if sent is None:
            return
        self.charged(sent, self.day)
        if paid:
            [application] = self.applications(sales_document_id=sent.id)
            self.books.add(self.day, application.payment_id, currency, -TOTAL, document=False)
            self.applied(application.payment_id, currency, sent, self.day, None)
        if not may:
            self.within_the_limit(TOTAL if not paid else D(0))

    def within_the_limit(self, taken: Decimal) -> None:
        """Whoever may not pass the limit left some of it, unless nothing was taken of it."""
        used = sum(
            (cents(self.books.of(row.id, document=True) * RATE[row.currency])
             for row in self.documents() if row.type == "INVOICE" or row.on_credit),
            D(0),
        )  # fmt: skip
        assert not taken or self.limit is None or used <= self.limit, "past the limit without the permission"

    @precondition(lambda self: self.documents("SENT", "PARTIALLY_PAID", "PAID"))
    @rule(place=st.integers(0, 99), may=st.booleans(), whole=st.booleans())
    def convert(self, place: int, may: bool, whole: bool) -> None:
        rows = [row for row in self.documents("SENT", "PARTIALLY_PAID", "PAID") if row.type == "SALES_NOTE"]
        if not rows:
            return
        note = rows[place % len(rows)]
        before = self.applications(sales_document_id=note.id)
        who = self.admin if may else self.seller
        part = {} if whole else {"lines": [{"line_id": self.line_of(note), "quantity": D(1)}]}
        invoice = self.attempt(convert_sales_document, {"id": note.id, "to": "INVOICE"} | part, who)
        if invoice is None:
            return
        self.charged(invoice, self.day)
        for application in before:
            self.undone(application, self.day)
            source = application.payment_id or application.credit_note_id
            [currency] = {row.currency for row in [*self.payments(), *self.documents()] if row.id == source}
            both = (application.amount, application.source_amount)
            self.applied(source, currency, invoice, max(self.day, application.applied_on), both)
        # A payment may be more than is left of it, where parts of the note were invoiced before.
        taken = min(invoice.total, self.books.of(note.id, document=True))
        self.books.add(self.day, note.id, note.currency, -taken, document=True)

    def line_of(self, note: Any) -> UUID:
        query = select(SalesDocumentLine.id).where(SalesDocumentLine.sales_document_id == note.id)
        return self.company.owner.execute(query).scalar_one()

    @precondition(lambda self: self.documents())
    @rule(place=st.integers(0, 99))
    def cancel(self, place: int) -> None:
        rows = self.documents()
        row = rows[place % len(rows)]
        if row.uuid or row.type == "CREDIT_NOTE":
            return
        if self.attempt(cancel_sales_document, {"id": row.id}) is None or row.state == "DRAFT":
            return
        self.books.add(self.day, row.id, row.currency, -self.books.of(row.id, document=True), document=True)
        for origin in [one for one in self.documents() if one.id == row.origin_id and one.state != "CANCELLED"]:
            self.books.add(self.day, origin.id, origin.currency, row.total, document=True)

    @rule(
        currency=st.sampled_from(list(RATE)),
        at_once=st.booleans(),
        replaces=st.booleans(),
        place=st.integers(0, 99),
        back=st.integers(0, 10),
    )
    def import_invoice(self, currency: str, at_once: bool, replaces: bool, place: int, back: int) -> None:
        there = [row for row in self.documents("STAMPED", "SENT", "PARTIALLY_PAID", "PAID") if self.is_imported(row)]
        old = there[place % len(there)] if replaces and there else None
        moment = self.clock - datetime.timedelta(days=back)
        values: dict[str, Any] = {"Folio": str(uuid4().int % 10**8), "Moneda": currency, "Fecha": self.stated(moment)}
        values |= {"TipoCambio": str(RATE[currency])} if currency != "MXN" else {}
        values |= {"MetodoPago": "PUE", "FormaPago": "03"} if at_once else {}
        if old:
            values |= {"related": [str(old.uuid)], "relation": "04"}
        before = self.applications(sales_document_id=old.id) if old else []
        assumed = {one.id for one in self.payments() if one.assumed}
        row = self.attempt(import_cfdi, {"cfdi": read_cfdi(cfdi(uuid=str(uuid4()), **values))})
        assert row
        day = moment.date()
        self.charged(row, day)
        if old:
            self.replaced(old, row, before, assumed, day)
        owed = self.books.of(row.id, document=True)
        if at_once and owed > 0:
            [one] = [each for each in self.payments() if each.assumed and each.sales_document_id == row.id]
            self.books.add(day, one.id, currency, -owed, document=False)
            self.applied(one.id, currency, row, day, None)

    def replaced(self, old: Any, row: Any, before: list[Any], assumed: set[UUID], day: datetime.date) -> None:
        charged = max(day, next(m.day for m in self.books.moves if m.owner == old.id and m.is_document))
        for application in before:
            self.undone(application, day)
            if application.payment_id in assumed:
                one = next(each for each in self.every_payment() if each.id == application.payment_id)
                self.books.add(max(day, one.paid_at.date()), one.id, one.currency, one.amount, document=False)
        self.books.add(charged, old.id, old.currency, -old.total, document=True)
        for application in before:
            source = application.payment_id or application.credit_note_id
            if source in assumed:
                continue
            [one] = [each for each in [*self.payments(), *self.documents()] if each.id == source]
            on = one.paid_at.date() if application.payment_id else self.day
            self.applied(source, one.currency, row, on, None)

    @staticmethod
    def is_imported(row: Any) -> bool:
        return row.type == "INVOICE" and row.uuid is not None

    @staticmethod
    def stated(moment: datetime.datetime) -> str:
        return (moment - datetime.timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%S")

    @precondition(lambda self: [row for row in self.documents() if self.is_imported(row)])
    @rule(place=st.integers(0, 99), two=st.booleans())
    def import_credit_note(self, place: int, two: bool) -> None:
        there = [row for row in self.documents() if self.is_imported(row) and row.currency == "MXN"]
        if not there:
            return
        related = [there[(place + k) % len(there)] for k in range(2 if two and len(there) > 1 else 1)]
        values = {"Folio": str(uuid4().int % 10**8), "related": [str(row.uuid) for row in related]}
        xml = credit(str(related[0].uuid), Fecha=self.stated(self.clock), **values)
        note = self.attempt(import_cfdi, {"cfdi": read_cfdi(xml)})
        assert note
        self.books.add(self.day, note.id, "MXN", -TOTAL, document=False)
        for row in related:
            if row.state != "CANCELLED":
                self.applied(note.id, "MXN", row, self.day, None)

    @precondition(lambda self: [row for row in self.documents() if self.is_imported(row)])
    @rule(place=st.integers(0, 99), amount=st.sampled_from(["100.00", "580.00", "1160.00"]), two=st.booleans())
    def import_payment(self, place: int, amount: str, two: bool) -> None:
        there = [row for row in self.documents() if self.is_imported(row) and row.currency == "MXN"]
        if not there:
            return
        rows = [there[(place + k) % len(there)] for k in range(2 if two and len(there) > 1 else 1)]
        stated = payment(*((str(row.uuid), amount) for row in rows), at=self.stated(self.clock), uuid=str(uuid4()))
        before = {one.id for one in self.payments()}
        for row in rows:
            if row.state != "CANCELLED":
                self.dropped(row)
        done = self.attempt(import_cfdi, {"cfdi": read_cfdi(stated), "new_payment": True})
        assert done
        [one] = {one.id for one in self.payments()} - before
        self.books.add(self.day, one, "MXN", -D(amount) * len(rows), document=False)
        for row in rows:
            owed = self.books.of(row.id, document=True)
            if row.state != "CANCELLED" and owed > 0:
                self.applied(one, "MXN", row, self.day, (min(D(amount), owed),) * 2)

    @precondition(lambda self: self.documents("STAMPED", "SENT", "PARTIALLY_PAID"))
    @rule(
        place=st.integers(0, 99),
        amount=st.sampled_from(["0.01", "333.33", "1160", "20880", "30000"]),
        currency=st.sampled_from(list(RATE)),
        back=st.integers(0, 3),
    )
    def pay(self, place: int, amount: str, currency: str, back: int) -> None:
        rows = [row for row in self.documents("STAMPED", "SENT", "PARTIALLY_PAID") if row.type != "CREDIT_NOTE"]
        if not rows:
            return
        row, at = rows[place % len(rows)], self.clock - datetime.timedelta(days=back)
        fields = {"sales_document_id": row.id, "amount": D(amount), "currency": currency, "payment_form": "03"}
        one = self.attempt(register_payment, fields | {"exchange_rate": RATE[currency], "paid_at": at})
        assert one
        self.dropped(row)
        self.books.add(at.date(), one.id, currency, -D(amount), document=False)
        self.applied(one.id, currency, row, at.date(), None)

    @rule(
        amount=st.sampled_from(["0.01", "1160", "2000", "30000"]),
        places=st.lists(st.integers(0, 99), max_size=3),
    )
    def pay_several(self, amount: str, places: list[int]) -> None:
        """Pesos on several documents, or on none: each takes what it is owed, and something has to be left for each."""
        rows = [row for row in self.open_debts() if row.currency == "MXN"]
        chosen = [rows[index] for index in dict.fromkeys(place % len(rows) for place in places)] if rows else []
        applied = [{"sales_document_id": row.id} for row in chosen]
        fields = {"client_id": self.client, "amount": D(amount), "payment_form": "03", "applications": applied}
        one = self.attempt(register_payment, fields)
        before = sum((self.books.of(row.id, document=True) for row in chosen[:-1]), D(0))
        assert bool(one) is (not chosen or before < D(amount))
        if one:
            self.books.add(self.day, one.id, "MXN", -D(amount), document=False)
            for row in chosen:
                self.applied(one.id, "MXN", row, self.day, None)

    def open_debts(self) -> list[Any]:
        rows = self.documents("STAMPED", "SENT", "PARTIALLY_PAID")
        return [row for row in rows if row.type != "CREDIT_NOTE"]

    @precondition(lambda self: [row for row in self.documents() if row.type == "INVOICE"])
    @rule(place=st.integers(0, 99), quantity=st.integers(1, 2))
    def credit_by_hand(self, place: int, quantity: int) -> None:
        rows = [row for row in self.documents("STAMPED", "SENT", "PARTIALLY_PAID", "PAID") if row.type == "INVOICE"]
        if not rows:
            return
        invoice = rows[place % len(rows)]
        values = {"client_id": self.client, "type": "CREDIT_NOTE", "invoice_id": invoice.id}
        lines = [CHAIRS | {"quantity": D(quantity)}]
        draft = self.attempt(create_sales_document, values | {"lines": lines, "currency": invoice.currency})
        note = draft and self.attempt(send_sales_document, {"id": draft.id})
        if note:
            self.books.add(self.day, note.id, note.currency, -note.total, document=False)
            self.applied(note.id, note.currency, invoice, self.day, None)

    def notes(self) -> list[Any]:
        rows = self.documents("STAMPED", "SENT")
        return [row for row in rows if row.type == "CREDIT_NOTE"]

    @precondition(lambda self: self.notes())
    @rule(place=st.integers(0, 99))
    def take_a_note_back(self, place: int) -> None:
        notes = [row for row in self.notes() if row.uuid is None]
        if not notes:
            return
        note = notes[place % len(notes)]
        there = self.applications(credit_note_id=note.id)
        if self.attempt(cancel_sales_document, {"id": note.id}):
            for application in there:
                self.undone(application, self.day)
            self.books.add(self.day, note.id, note.currency, note.total, document=False)

    @precondition(lambda self: self.notes())
    @rule(place=st.integers(0, 99), onto=st.integers(0, 99))
    def apply_a_note(self, place: int, onto: int) -> None:
        notes, rows = self.notes(), self.open_debts()
        if rows:
            note, row = notes[place % len(notes)], rows[onto % len(rows)]
            if self.attempt(apply_credit, {"credit_note_id": note.id, "sales_document_id": row.id}):
                self.applied(note.id, note.currency, row, self.day, None)

    @precondition(lambda self: self.notes())
    @rule(place=st.integers(0, 99))
    def refund_a_note(self, place: int) -> None:
        notes = self.notes()
        note = notes[place % len(notes)]
        left = -self.books.of(note.id, document=False)
        if self.attempt(refund_credit, {"credit_note_id": note.id}):
            self.books.add(self.day, note.id, note.currency, left, document=False)

    @precondition(lambda self: self.payments())
    @rule(place=st.integers(0, 99), onto=st.integers(0, 99))
    def apply(self, place: int, onto: int) -> None:
        payments, rows = self.payments(), self.documents("STAMPED", "SENT", "PARTIALLY_PAID")
        rows = [row for row in rows if row.type != "CREDIT_NOTE"]
        if not rows:
            return
        one, row = payments[place % len(payments)], rows[onto % len(rows)]
        if one.assumed:
            return
        if self.attempt(apply_credit, {"payment_id": one.id, "sales_document_id": row.id}):
            self.applied(one.id, one.currency, row, one.paid_at.date(), None)

    @precondition(lambda self: self.applications())
    @rule(place=st.integers(0, 99))
    def undo(self, place: int) -> None:
        there = self.applications()
        one = there[place % len(there)]
        if self.attempt(undo_application, {"id": one.id}):
            self.undone(one, self.day)

    @precondition(lambda self: self.payments())
    @rule(place=st.integers(0, 99), part=st.booleans())
    def refund(self, place: int, part: bool) -> None:
        payments = self.payments()
        one = payments[place % len(payments)]
        fields = {"payment_id": one.id} | ({"amount": D("0.01")} if part else {})
        left = -self.books.of(one.id, document=False)
        done = self.attempt(refund_credit, fields)
        assert bool(done) is (left > 0)
        if done:
            self.books.add(self.day, one.id, one.currency, D("0.01") if part else left, document=False)

    @precondition(lambda self: self.payments())
    @rule(place=st.integers(0, 99))
    def reverse(self, place: int) -> None:
        payments = self.payments()
        one = payments[place % len(payments)]
        there = self.applications(payment_id=one.id)
        done = self.attempt(reverse_payment, {"id": one.id})
        assert bool(done) is (not one.refunded)
        if done:
            for application in there:
                self.undone(application, self.day)
            on = max(self.day, one.paid_at.date())
            self.books.add(on, one.id, one.currency, one.amount, document=False)

    # What holds on all of them

    @invariant()
    def the_ledger_is_the_naive_books(self) -> None:
        query = text(AS_OF)
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
    def documents_say_what_the_ledger_does(self) -> None:
        for row in self.documents():
            if row.type == "CREDIT_NOTE":
                continue
            owed = self.books.of(row.id, document=True)
            live = row.state not in ("DRAFT", "CANCELLED", "CONVERTED")
            assert owed == (row.total - row.paid - row.credited if live else 0)
            assert (row.state == "PAID") is (live and owed == 0)

    def teardown(self) -> None:
        """The API says the same, now and on every day on which something changed."""
        client, sums = global_id(Client, self.client), "{ balance owed creditBalance }"
        query = f"query ($id: ID!) {{ client(id: $id) {{ receivables {sums} }} }}"
        answer = self.company.ask(query, id=client).data["client"]["receivables"]
        assert answer == self.said(datetime.date.max)
        today = datetime.datetime.now(datetime.UTC).date()
        for day in sorted({move.day for move in self.books.moves if move.day < today}):
            query = f"query ($id: ID!, $day: Date!) {{ client(id: $id) {{ receivablesAsOf(day: $day) {sums} }} }}"
            answer = self.company.ask(query, id=client, day=day.isoformat()).data["client"]["receivablesAsOf"]
            assert answer == self.said(day), day

    def said(self, day: datetime.date) -> dict[str, str]:
        owed, left = self.books.balance(day, documents=True), -self.books.balance(day, documents=False)
        sums = {"balance": owed - left, "owed": owed, "creditBalance": left}
        return {name: f"{cents(amount):f}" for name, amount in sums.items()}


AS_OF = """
select coalesce(sum(amount) filter (where owed), 0) as owed, coalesce(-sum(amount) filter (where not owed), 0) as credit
from (
    select sales_document_id is not null as owed, round(sum(amount) * exchange_rate, 2) as amount
    from ledger_entry where company_id = :company and effective_on <= :day
    group by sales_document_id is not null, coalesce(sales_document_id, payment_id, credit_note_id), exchange_rate
) one
"""


def test_the_books_are_right_on_any_way(company: Callable[..., Company], demo_settings: Any) -> None:
    walk(Ways, company, demo_settings, ways=20, steps=25, derandomize=True)


@pytest.mark.deep
@pytest.mark.timeout(14400)
def test_two_thousand_ways(company: Callable[..., Company], demo_settings: Any) -> None:
    walk(Ways, company, demo_settings, ways=2000, steps=30, derandomize=False)
