"""What a client owes and is owed, where documents alone do not say it: money that pays several invoices or none yet, in
another currency, credit notes, refunds, and invoices that replace others."""

import datetime
from decimal import Decimal
from typing import Any

from demo.book import chance
from demo.story import Story, touch
from models import Application, Cancellation, CfdiRelation, LedgerEntry, Payment, SalesDocument
from models.cancellation import CancellationReason, SatCancellationState
from models.history import HistoryEventKind
from models.ledger import LedgerEntryKind
from models.sales_document import SalesDocumentState, SalesDocumentType


class Ledger:
    """The ledger of one client. What follows from its entries, such as what is paid of a document, PostgreSQL derives
    when they are put in."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.book = story.book
        # Of its own, so that the story's other values stay what they were.
        self.source = chance(f"{story.client.id} ledger")

    def charge(self, at: str, folio: str, *lines: tuple[int, str], **values: Any) -> SalesDocument:
        """An invoice from elsewhere, which is owed."""
        invoice = self.story.import_cfdi(at, folio, *lines, **values)
        self._enter(at, LedgerEntryKind.CHARGE, invoice, invoice.total, sales_document_id=invoice.id)
        return invoice

    def credit(self, at: str, folio: str, invoice: SalesDocument, *lines: tuple[int, str]) -> SalesDocument:
        """A credit note from elsewhere on an invoice that is paid: the client's credit balance."""
        type_ = SalesDocumentType.CREDIT_NOTE
        note = self.story.import_cfdi(at, folio, *lines, type_=type_, payment_method="PUE", payment_form="03")
        note.origin_id, note.due_on, note.on_credit = invoice.id, None, False
        self._enter(at, LedgerEntryKind.CREDIT, note, -note.total, credit_note_id=note.id)
        self.relate(at, note, "01", invoice)
        return note

    def receive(self, at: str, amount: str, currency: str = "MXN", exchange_rate: str = "1", **values: Any) -> Payment:
        """Money from the client, of which nothing is applied yet."""
        when = self.book.at(at)
        payment: Payment = self._add(
            Payment,
            when,
            amount=Decimal(amount),
            currency=currency,
            exchange_rate=Decimal(exchange_rate),
            paid_at=when,
            registered_by_id=self.story.biller.id,
            applied=Decimal(0),
            refunded=Decimal(0),
            **{"payment_form": "03", "assumed": False} | values,
        )
        self._enter(at, LedgerEntryKind.PAYMENT, payment, -payment.amount, payment_id=payment.id)
        if payment.sales_document_id is None:
            self._tell(HistoryEventKind.PAYMENT_RECEIVED, when, amount, currency)
        return payment

    def apply(
        self, at: str, source: Payment, document: SalesDocument, amount: str | None = None, of_source: str | None = None
    ) -> Application:
        """Applies an amount in the document's currency, by default all that is owed, and as much in the source's."""
        when = self.book.at(at)
        applied = document.total - document.paid if amount is None else Decimal(amount)
        taken = applied if of_source is None else Decimal(of_source)
        application: Application = self._add(
            Application,
            when,
            sales_document_id=document.id,
            amount=applied,
            source_amount=taken,
            applied_on=self.book.day(when),
            applied_by_id=self.story.biller.id,
            payment_id=source.id,
        )
        both = {"application_id": application.id, "payment_id": source.id}
        self._enter(at, LedgerEntryKind.APPLICATION, source, taken, **both)
        self._enter(at, LedgerEntryKind.APPLICATION, document, -applied, sales_document_id=document.id, **both)
        document.paid += applied
        source.applied += taken
        whole = document.paid == document.total
        self.story.move(document, SalesDocumentState.PAID if whole else SalesDocumentState.PARTIALLY_PAID, when)
        kind = HistoryEventKind.CREDIT_APPLIED
        if when == source.paid_at:
            kind = HistoryEventKind.SALES_DOCUMENT_PAYMENT_REGISTERED
        self.story.tell_payment(kind, document, when, applied)
        return application

    def undo(self, at: str, application: Application, state: SalesDocumentState) -> None:
        """What was applied is left of the payment again, and the document is in the state that it had before."""
        when = self.book.at(at)
        of_it = [entry for entry in self.book.of(LedgerEntry) if entry.application_id == application.id]
        for entry in of_it:
            places = {name: getattr(entry, name) for name in ("sales_document_id", "payment_id", "application_id")}
            self._enter(at, entry.kind, entry, -entry.amount, reverses_id=entry.id, **places)
        application.undone_at = when
        touch(application, when)
        document = next(row for row in self.book.of(SalesDocument) if row.id == application.sales_document_id)
        payment = next(row for row in self.book.of(Payment) if row.id == application.payment_id)
        document.paid -= application.amount
        payment.applied -= application.source_amount
        self.story.move(document, state, when)
        kind = HistoryEventKind.CREDIT_APPLICATION_UNDONE
        self.story.tell_payment(kind, document, when, application.amount)

    def assume_paid(self, document: SalesDocument, at: str) -> None:
        """The invoice says PUE, and is assumed to be paid on its day."""
        form = document.payment_form
        payment = self.receive(at, str(document.total), sales_document_id=document.id, assumed=True, payment_form=form)
        self.apply(at, payment, document)

    def refund(self, at: str, payment: Payment, amount: str) -> None:
        """Pays a part of the payment back."""
        self._enter(at, LedgerEntryKind.REFUND, payment, Decimal(amount), payment_id=payment.id)
        payment.refunded += Decimal(amount)
        self._tell(HistoryEventKind.CREDIT_REFUNDED, self.book.at(at), amount, payment.currency)

    def replace(self, at: str, replaced: SalesDocument, by: SalesDocument) -> None:
        """The invoice is owed no more: another one replaces it (relation 04), and the SAT is asked to cancel it."""
        when = self.book.at(at)
        self.relate(at, by, "04", replaced)
        charge = next(one for one in self.book.of(LedgerEntry) if one.sales_document_id == replaced.id)
        place = {"sales_document_id": replaced.id, "reverses_id": charge.id}
        self._enter(at, LedgerEntryKind.CHARGE, replaced, -charge.amount, **place)
        self._add(
            Cancellation,
            when,
            sales_document_id=replaced.id,
            reason=CancellationReason.ERRORS_WITH_RELATION,
            substitute_uuid=by.uuid,
            substitute_id=by.id,
            requested_at=when,
            requested_by_id=self.story.biller.id,
            sat_state=SatCancellationState.REQUESTED,
        )
        details = {"from_state": replaced.state, "to_state": SalesDocumentState.CANCELLED}
        replaced.state = SalesDocumentState.CANCELLED
        touch(replaced, when)
        kind = HistoryEventKind.SALES_DOCUMENT_STATE_CHANGED
        self.story.tell(kind, when, self.story.biller, sales_document_id=replaced.id, details=details)

    def relate(self, at: str, document: SalesDocument, type_: str, other: SalesDocument) -> None:
        """The document's CFDI refers to another one."""
        values = {"type": type_, "uuid": other.uuid, "related_id": other.id}
        self._add(CfdiRelation, self.book.at(at), sales_document_id=document.id, **values)

    def _tell(self, kind: HistoryEventKind, when: datetime.datetime, amount: str, currency: str) -> None:
        details = {"amount": amount, "currency": currency}
        self.story.tell(kind, when, self.story.biller, details=details)

    def _enter(
        self, at: str, kind: LedgerEntryKind, of: Payment | SalesDocument | LedgerEntry, amount: Decimal, **places: Any
    ) -> None:
        when = self.book.at(at)
        self._add(
            LedgerEntry,
            when,
            kind=kind,
            currency=of.currency,
            exchange_rate=of.exchange_rate,
            amount=amount,
            effective_on=self.book.day(when),
            actor_id=self.story.biller.id,
            **places,
        )

    def _add(self, model: type[Any], when: datetime.datetime, **values: Any) -> Any:
        return self.book.add(model, when, self.source, client_id=self.story.client.id, **values)


def tell_all(story: Story) -> None:
    """A client whose invoices are issued by another system: all that its ledger can hold."""
    ledger = Ledger(story)
    chairs = ledger.charge("2026-06-08 10:15", "A-101", (10, "chair"))
    desks = ledger.charge("2026-06-22 12:40", "A-102", (5, "desk"))
    both = ledger.receive("2026-07-03 11:05", "22500.00", reference="SPEI 0703118")
    ledger.apply("2026-07-03 11:05", both, chairs)
    ledger.apply("2026-07-03 11:05", both, desks)  # 117.80 are left: the client's credit balance

    dollars = {"currency": "USD", "exchange_rate": "18.25"}
    projectors = ledger.charge("2026-07-14 09:30", "A-103", (4, "projector"), **dollars)
    pesos = ledger.receive("2026-08-05 13:20", "30000.00", reference="SPEI 0805442", sales_document_id=projectors.id)
    ledger.apply("2026-08-05 13:20", pesos, projectors, "1643.84", "30000.00")
    paper = ledger.charge("2026-08-10 10:00", "A-104", (10, "paper"))
    wired = ledger.receive(
        "2026-08-19 16:45", "500.00", "USD", "18.4325", reference="WIRE 88213", sales_document_id=paper.id
    )
    ledger.apply("2026-08-19 16:45", wired, paper, "9216.25", "500.00")

    wrong = ledger.charge("2026-08-24 11:10", "A-105", (3, "laptop"))
    right = ledger.charge("2026-08-26 09:50", "A-106", (2, "laptop"))
    ledger.replace("2026-08-26 09:50", wrong, right)

    at_once = {"payment_method": "PUE", "payment_form": "03"}
    service = ledger.charge("2026-09-02 12:00", "A-107", (1, "support"), **at_once)
    ledger.assume_paid(service, "2026-09-02 12:00")
    six = ledger.charge("2026-09-09 10:30", "A-108", (6, "chair"))
    over = ledger.receive("2026-09-18 14:15", "5000.00", reference="SPEI 0918007", sales_document_id=six.id)
    ledger.apply("2026-09-18 14:15", over, six)
    ledger.refund("2026-09-21 10:00", over, "201.08")
    advance = ledger.charge("2026-10-05 13:00", "A-109", (1, "advance"), **at_once)
    ledger.assume_paid(advance, "2026-10-05 13:00")
    ledger.credit("2026-10-12 17:25", "NC-12", six, (1, "chair"))


def replace_one(story: Story) -> None:
    """An invoice from elsewhere, and the one that replaces it."""
    ledger = Ledger(story)
    wrong = ledger.charge("2026-10-06 10:00", "B-7", (3, "paper"))
    ledger.replace("2026-10-07 10:00", wrong, ledger.charge("2026-10-07 10:00", "B-8", (2, "paper")))
