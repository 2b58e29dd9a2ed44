"""Ways of CFDI that were issued elsewhere: invoices, credit notes and payments that relate to each other, in any order
of arrival."""

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.cfdi import read_cfdi
from domain.cfdi_import import import_cfdi
from tests.cfdi import LINE, cfdi, credit, payment
from tests.hostile.bookkeeping import RATE, Bookkeeping, D, cents

TOTAL = D(1160)
LARGE = {
    "lines": LINE.replace("1000.00", "3000.00").replace("160.00", "480.00").replace("500.00", "1500.00"),
    "taxes": '<cfdi:Impuestos TotalImpuestosTrasladados="480.00"/>',
    "SubTotal": "3000.00",
    "Total": "3480.00",
}

HALF = {
    "lines": LINE.replace("1000.00", "500.00").replace("160.00", "80.00").replace("500.00", "250.00", 1),
    "taxes": '<cfdi:Impuestos TotalImpuestosTrasladados="80.00"/>',
    "SubTotal": "500.00",
    "Total": "580.00",
}


class Importing(Bookkeeping):
    """What was issued elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[str, list[tuple[str, UUID, Decimal]]] = {}
        """For each fiscal folio that is not on record: what waits for it, why, and of how much."""
        self.advances: dict[UUID, list[UUID]] = {}
        """Of each invoice, the advances on record that it refers to."""
        self.applying: set[tuple[UUID, UUID]] = set()
        """Credit notes that apply an advance, each with an invoice on record that it says."""
        self.late: list[str] = []
        """Payments that are not on record, and were replaced."""

    @rule(
        currency=st.sampled_from(list(RATE)),
        at_once=st.booleans(),
        large=st.booleans(),
        relation=st.sampled_from(["", "02", "04", "05", "07"]),
        place=st.integers(0, 99),
        future=st.booleans(),
        back=st.integers(0, 10),
    )
    def import_invoice(
        self, currency: str, at_once: bool, large: bool, relation: str, place: int, future: bool, back: int
    ) -> None:
        """It stands alone, or refers to another, which may come later."""
        there = [row for row in self.in_force("INVOICE") if row.uuid]
        old = there[place % len(there)] if there and not future else None
        uuid = str(old.uuid) if old else str(uuid4())
        related = {"related": [uuid], "relation": relation} if relation else {}
        self.invoice(str(uuid4()), currency, at_once, large, back, old, related)
        if relation in ("04", "07") and not old:
            [row] = [row for row in self.documents() if row.id not in self.before]
            self.waiting.setdefault(uuid, []).append((relation, row.id, D(0)))

    @precondition(lambda self: self.waiting)
    @rule(place=st.integers(0, 99), at_once=st.booleans(), large=st.booleans(), back=st.integers(0, 10))
    def what_was_waited_for_comes(self, place: int, at_once: bool, large: bool, back: int) -> None:
        uuids = list(self.waiting)
        self.invoice(uuids[place % len(uuids)], "MXN", at_once, large, back, None, {})

    before: set[UUID]

    def invoice(
        self, uuid: str, currency: str, at_once: bool, large: bool, back: int, old: Any, related: dict[str, Any]
    ) -> None:
        moment = self.clock - datetime.timedelta(days=back)
        values: dict[str, Any] = {"Folio": str(uuid4().int % 10**8), "Moneda": currency, "Fecha": self.stated(moment)}
        values |= {"TipoCambio": str(RATE[currency])} if currency != "MXN" else {}
        values |= {"MetodoPago": "PUE", "FormaPago": "03"} if at_once else {}
        self.before = {row.id for row in self.documents()}
        row = self.attempt(
            import_cfdi, {"cfdi": read_cfdi(cfdi(uuid=uuid, **values, **related, **(LARGE if large else {})))}
        )
        assert row
        self.books.charge(row, moment.date())
        relation = related.get("relation")
        if old and relation == "04":
            self.replaced(old.id, row.id, moment.date())
        if old and relation == "07":
            self.advances[row.id] = [old.id]
        if at_once:
            self.assume(row)
        for why, id, amount in self.waiting.pop(uuid, ()):
            self.meet(why, id, amount, row)

    def meet(self, why: str, id: UUID, amount: Decimal, row: Any) -> None:
        """What waited for an invoice finds it."""
        if id in self.books.gone:
            return
        if why == "04":
            self.replaced(row.id, id, self.books.since(row.id))
        elif why == "07":
            self.advances.setdefault(id, []).append(row.id)
            [other] = [one for one in self.documents() if one.id == id]
            if other.payment_method == "PUE" and self.dropped(id):
                self.assume(other)
        elif why == "PAID":
            self.pay_stated(id, row, amount)
        else:
            self.reduce(id, row, why, self.books.since(row.id))

    def assume(self, invoice: Any) -> None:
        """What says PUE is paid on its day, but for the advances: what a credit note applies of them, or else all."""
        rows = {row.id: row for row in self.documents()}
        advances = [rows[id] for id in self.advances.get(invoice.id, ()) if id not in self.books.gone]
        paid_before = sum((cents(r.total * RATE[r.currency] / RATE[invoice.currency]) for r in advances), D(0))
        amount = self.books.owed(invoice.id)
        if not self.is_advance_applied(invoice.id):
            amount = min(amount, invoice.total - paid_before)
        if amount <= 0:
            return
        ids = [one.id for one in self.payments() if one.assumed and one.sales_document_id == invoice.id]
        source = max(ids, default=uuid4())  # one that is gone already is nothing, on each day
        day = self.books.since(invoice.id)
        self.assumed.add(source)
        self.books.gone.discard(source)
        self.books.receive(source, invoice.currency, amount, day)
        self.books.apply(source, invoice.id, day)

    def is_advance_applied(self, invoice: UUID) -> bool:
        return any((one.source, invoice) in self.applying for one in self.books.on_document(invoice))

    def replaced(self, old: UUID, by: UUID, day: datetime.date) -> None:
        """What was paid on the old one is paid on the other."""
        if old in self.books.gone:
            return
        there = [one for one in self.books.on_document(old) if one.source not in self.assumed]
        for source in self.assumed_on(old):
            self.books.take_back(source, max(day, self.books.since(source)))
        for one in there:
            self.books.undo(one, day)
        self.books.withdraw(old, day)
        notes = {row.id for row in self.documents() if row.type == "CREDIT_NOTE"}
        for one in there:
            if one.source not in notes:
                self.dropped(by)
            self.books.apply(one.source, by, self.day if one.source in notes else self.books.since(one.source))

    @staticmethod
    def stated(moment: datetime.datetime) -> str:
        return (moment - datetime.timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%S")

    def imported(self) -> list[Any]:
        return [r for r in self.documents() if r.type == "INVOICE" and r.uuid is not None and r.currency == "MXN"]

    def some(self, place: int, two: bool, future: bool) -> tuple[list[Any], list[str]]:
        """One or two invoices of those that were imported, and folios of theirs and of one that is to come."""
        there = self.imported()
        rows = [there[(place + k) % len(there)] for k in range(2 if two and len(there) > 1 else 1)] if there else []
        return rows, [str(row.uuid) for row in rows] + [str(uuid4())] * (future or not rows)

    @rule(
        place=st.integers(0, 99),
        two=st.booleans(),
        future=st.booleans(),
        relation=st.sampled_from(["01", "03", "07"]),
        back=st.integers(0, 5),
    )
    def import_credit_note(self, place: int, two: bool, future: bool, relation: str, back: int) -> None:
        """On invoices that are here, or to come; 07 applies an advance."""
        rows, uuids = self.some(place, two, future)
        moment = self.clock - datetime.timedelta(days=back)
        values = {"Folio": str(uuid4().int % 10**8), "related": uuids, "relation": relation}
        note = self.attempt(import_cfdi, {"cfdi": read_cfdi(credit("", Fecha=self.stated(moment), **values))})
        assert note
        self.books.receive(note.id, "MXN", TOTAL, moment.date())
        for row in rows:
            self.reduce(note.id, row, relation, moment.date())
        for uuid in uuids[len(rows) :]:
            self.waiting.setdefault(uuid, []).append((f"E{relation}", note.id, D(0)))

    def reduce(self, note: UUID, row: Any, relation: str, day: datetime.date) -> None:
        """An advance takes the place of what was only assumed to be paid, of which the rest is assumed anew."""
        is_advance = relation.endswith("07")
        if is_advance:
            self.applying.add((note, row.id))
        if row.currency != "MXN" or row.id in self.books.gone:
            return
        is_assumed = is_advance and row.payment_method == "PUE" and self.books.left(note) > 0
        differs = is_assumed and self.books.owed(row.id) != self.books.left(note)
        assumed = differs and (self.dropped(row.id) or self.is_covered(row))
        self.books.apply(note, row.id, day)
        if assumed:
            self.assume(row)

    def is_covered(self, row: Any) -> bool:
        """Whether nothing was assumed to be paid, as its advances are all of it."""
        rows = {one.id: one for one in self.documents()}
        advances = [rows[id] for id in self.advances.get(row.id, ()) if id not in self.books.gone]
        before = sum((cents(one.total * RATE[one.currency]) for one in advances), D(0))
        payments = {one.id for one in self.payments()}
        is_paid = any(one.source in payments for one in self.books.on_document(row.id))
        return not is_paid and not self.is_advance_applied(row.id) and before >= row.total

    @rule(
        place=st.integers(0, 99),
        amount=st.sampled_from(["100.00", "580.00", "1160.00"]),
        two=st.booleans(),
        future=st.booleans(),
        back=st.integers(0, 3),
        answer=st.sampled_from(["", "", "NEW", "ONE"]),
        replaces=st.sampled_from(["", "", "HERE", "LATER"]),
    )
    def import_payment(
        self, place: int, amount: str, two: bool, future: bool, back: int, answer: str, replaces: str
    ) -> None:
        """A REP: one that is new, or resembles one that was registered by hand, or replaces another."""
        rows, uuids = self.some(place, two, future)
        here = [*dict.fromkeys(str(one.uuid) for one in self.payments() if one.uuid)]
        folios = {"HERE": here, "LATER": [str(uuid4())]}.get(replaces)
        old = folios[place % len(folios)] if folios else None
        is_here = self.rep(rows, uuids, D(amount), self.clock - datetime.timedelta(days=back), answer, old, place)
        if is_here and replaces == "LATER" and old:
            self.late.append(old)

    @precondition(lambda self: self.by_hand())
    @rule(place=st.integers(0, 99), other=st.booleans(), back=st.sampled_from([0, 0, 0, 1]))
    def the_cfdi_of_a_payment_comes(self, place: int, other: bool, back: int) -> None:
        """Of one that was registered by hand, on that day or another, on what it was registered on or on another."""
        payments = self.by_hand()
        one = payments[place % len(payments)]
        on = {each.document for each in self.books.of_source(one.id)}
        rows = [row for row in self.imported() if other or row.id in on or not on][:2]
        if one.amount * 100 % 2:
            rows = rows[:1]
        uuids = [str(row.uuid) for row in rows] or [str(uuid4())]
        self.rep(rows, uuids, one.amount / len(uuids), one.paid_at - datetime.timedelta(days=back), "", None, place)

    def by_hand(self) -> list[Any]:
        there = [one for one in self.payments() if one.uuid is None and not one.assumed and one.currency == "MXN"]
        return [one for one in there if one.amount >= 1]

    def rep(
        self,
        rows: list[Any],
        uuids: list[str],
        amount: Decimal,
        moment: datetime.datetime,
        answer: str,
        old: str | None,
        place: int,
    ) -> bool:
        """Whether it comes in: of so much on each of the folios, the first of which are those of the rows."""
        whole, uuid = amount * len(uuids), str(uuid4())
        alike = [one for one in self.payments() if self.is_alike(one, whole, {row.id for row in rows})]
        one = alike[place % len(alike)].id if answer == "ONE" and alike else uuid4()
        fields = {"new_payment": True} if answer == "NEW" else {"payment_id": one} if answer == "ONE" else {}
        related = {"related": [old], "relation": "04"} if old else {}
        stated = ((each, f"{amount:.2f}") for each in uuids)
        text = payment(*stated, at=self.stated(moment), uuid=uuid, **related)
        taken_back = [each for each in self.payments() if old and str(each.uuid) == old]
        self.attempt(import_cfdi, {"cfdi": read_cfdi(text)} | fields)

        there = [each for each in self.payments() if str(each.uuid) == uuid]
        same = [each for each in alike if each.paid_at.date() == moment.date() and each.payment_form == "03"]
        same = [] if answer == "NEW" else [each for each in alike if each.id == one] if answer == "ONE" else same
        unclear = answer == "ONE" if not same else len(same) > 1
        refused = (unclear or (bool(alike) and not same and answer != "NEW")) or any(r.refunded for r in taken_back)
        assert bool(there) is not refused
        if refused:
            return False
        for each in taken_back:
            self.books.take_back(each.id, max(moment.date(), each.paid_at.date()))
        [paid] = there
        assert not same or paid.id == same[0].id, "counted twice"
        by_hand = {each.document for each in self.books.of_source(paid.id)}
        if not same:
            self.books.receive(paid.id, "MXN", whole, moment.date())
        for row in rows:
            if row.id not in by_hand:
                self.pay_stated(paid.id, row, amount)
        for each in uuids[len(rows) :]:
            self.waiting.setdefault(each, []).append(("PAID", paid.id, amount))
        return True

    def is_alike(self, one: Any, amount: Decimal, documents: set[UUID]) -> bool:
        """Whether a payment may be the one that a REP states."""
        on = {each.document for each in self.books.of_source(one.id)}
        by_hand = one.uuid is None and not one.assumed
        return by_hand and (one.currency, one.amount) == ("MXN", amount) and (not on or bool(on & documents))

    def pay_stated(self, source: UUID, row: Any, amount: Decimal) -> None:
        """What a REP states of an invoice, as far as that is owed."""
        if self.books.left(source) <= 0 or row.id in self.books.gone:
            return
        self.dropped(row.id)
        paid = min(amount, self.books.owed(row.id), self.books.left(source))
        self.books.apply(source, row.id, self.books.since(source), (paid, paid))

    @precondition(lambda self: [row for row in self.in_force("INVOICE") if row.uuid and row.currency == "USD"])
    @rule(place=st.integers(0, 99), amount=st.sampled_from(["100.00", "580.00", "1160.00"]), in_pesos=st.booleans())
    def import_payment_of_dollars(self, place: int, amount: str, in_pesos: bool) -> None:
        """In dollars or in pesos; what is more than is owed is left in the payment's currency."""
        rows = [row for row in self.in_force("INVOICE") if row.uuid and row.currency == "USD"]
        row, uuid = rows[place % len(rows)], str(uuid4())
        whole = D(amount) * (18 if in_pesos else 1)
        how = {"amount": f"{whole:.2f}", "at": self.stated(self.clock), "uuid": uuid}
        if in_pesos:
            how |= {"of_document": 'MonedaDR="USD" EquivalenciaDR="0.0555555556"'}
        else:
            how |= {"of_document": 'MonedaDR="USD"', "of_payment": 'MonedaP="USD" TipoCambioP="18"'}
        fields = {"cfdi": read_cfdi(payment((str(row.uuid), amount), **how)), "new_payment": True}
        assert self.attempt(import_cfdi, fields)
        self.dropped(row.id)
        [paid] = [each for each in self.payments() if str(each.uuid) == uuid]
        self.books.receive(paid.id, paid.currency, whole, self.day)
        part = min(D(amount), self.books.owed(row.id))
        self.books.apply(paid.id, row.id, self.day, (part, cents(whole * part / D(amount))))

    @precondition(lambda self: self.late)
    @rule(place=st.integers(0, 99))
    def a_replaced_payment_comes_late(self, place: int) -> None:
        """It changes nothing."""
        uuid = self.late[place % len(self.late)]
        before = self.payments()
        self.attempt(import_cfdi, {"cfdi": read_cfdi(payment((str(uuid4()), "1160.00"), uuid=uuid))})
        assert self.payments() == before
