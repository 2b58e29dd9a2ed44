"""Posting to the ledger: whatever changes what a client owes or is owed goes through these functions.

A document that is owed is charged. A payment and a credit note count on the client's credit balance, until they are
applied to documents; what was applied can be undone, and what is left be refunded. From the entries the database
derives what is paid and credited of a document, its state, and the client's balance: see `models.ledger`.
"""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from sqlalchemy import Select, and_, func, literal, select, union_all
from sqlalchemy.orm.attributes import set_committed_value

from domain.document_state import move, moved
from domain.work import UnitOfWork
from models import Application, Client, LedgerEntry, Payment, SalesDocument
from models.ids import uuid7
from models.ledger import REVERSED, LedgerEntryKind
from models.sales_document import DEBTS, SalesDocumentState

Source = Payment | SalesDocument
"""What is applied to documents: a payment, or a credit note."""

Entry = dict[str, Any]

_K = LedgerEntryKind
_DERIVED: Final[dict[type, Sequence[str]]] = {
    SalesDocument: ("paid", "credited", "refunded", "state"),
    Payment: ("applied", "refunded"),
}
"""What the database derives from the entries."""


def left(source: Source) -> Decimal:
    """What is left of a payment or a credit note to apply or to refund, in its currency."""
    if isinstance(source, Payment):
        return source.amount - source.applied - source.refunded
    return source.total - source.credited - source.refunded


def open_amount(document: SalesDocument) -> Decimal:
    """What remains to be paid of a document, in its currency; nothing of one that is no debt."""
    return document.total - document.paid - document.credited if document.type in DEBTS else Decimal(0)


async def charge(work: UnitOfWork, client: Client, document: SalesDocument, on: datetime.date | None = None) -> None:
    """From now on the document is owed. One of nothing is paid at once."""
    if document.total:
        await _post(work, client, [_on_document(work, document, _K.CHARGE, document.total, on)], document)
    else:
        move(work, client, document, SalesDocumentState.PAID)


async def withdraw(work: UnitOfWork, client: Client, document: SalesDocument, on: datetime.date | None = None) -> None:
    """The document is owed no more: its charge, and what other documents took over of it, are reversed."""
    standing = await _standing(work, LedgerEntry.sales_document_id == document.id)
    on = await _first_day(work, on, (document, sum((entry.amount for entry in standing), Decimal(0))))
    await _post(work, client, [_reversal(work, entry, on) for entry in standing], document)


async def receive(work: UnitOfWork, client: Client, payment: Payment, on: datetime.date | None = None) -> None:
    """The payment counts on the client's credit balance."""
    await _post(work, client, [_of_source(work, payment, _K.PAYMENT, -payment.amount, on)], payment)


async def credit(work: UnitOfWork, client: Client, note: SalesDocument, on: datetime.date | None = None) -> None:
    """The credit note counts on the client's credit balance."""
    if note.total:
        await _post(work, client, [_of_source(work, note, _K.CREDIT, -note.total, on)], note)


async def apply(
    work: UnitOfWork,
    client: Client,
    source: Source,
    document: SalesDocument,
    amount: Decimal,
    source_amount: Decimal | None = None,
    on: datetime.date | None = None,
) -> Application:
    """What is applied of a payment or a credit note: `amount` in the document's currency, `source_amount` in its own,
    which is the same by default. It counts from `on`, or from the first day on which both are there."""
    of_source = amount if source_amount is None else source_amount
    on = await _first_day(work, on, (document, amount), (source, of_source))
    application = await work.add(
        work.new(
            Application,
            client_id=client.id,
            sales_document_id=document.id,
            amount=amount,
            source_amount=of_source,
            applied_on=on,
            applied_by_id=work.viewer.collaborator_id,
            **_source_of(source),
        )
    )
    entries = [
        _of_source(work, source, _K.APPLICATION, of_source, on),
        _on_document(work, document, _K.APPLICATION, -amount, on) | _source_of(source),
    ]
    entries = [entry | {"application_id": application.id} for entry in entries]
    await _post(work, client, entries, document, source)
    return application


async def undo(
    work: UnitOfWork, client: Client, application: Application, on: datetime.date | None = None
) -> SalesDocument:
    """What was applied counts on the client's credit balance again. The document that it was applied to."""
    source = await source_of(work, application)
    document = await work.get(SalesDocument, application.sales_document_id)
    if document is None:
        raise LookupError(f"no document of the application {application.id}")
    application.undone_at = work.now
    work.touch(application)
    standing = await _standing(work, LedgerEntry.application_id == application.id)
    await _post(work, client, [_reversal(work, entry, on) for entry in standing], document, source)
    return document


async def reverse(work: UnitOfWork, client: Client, payment: Payment, on: datetime.date | None = None) -> None:
    """The payment, of which nothing is applied, never came."""
    payment.reversed_at = work.now
    work.touch(payment)
    await _reverse_source(work, client, payment, on)


async def withdraw_credit(
    work: UnitOfWork, client: Client, note: SalesDocument, on: datetime.date | None = None
) -> None:
    """The credit note, of which nothing is applied, no longer counts."""
    await _reverse_source(work, client, note, on)


async def refund(
    work: UnitOfWork, client: Client, source: Source, amount: Decimal, on: datetime.date | None = None
) -> LedgerEntry:
    """What is paid back to the client of a payment or a credit note, in its currency."""
    entry = _of_source(work, source, _K.REFUND, amount, on)
    await _post(work, client, [entry], source)
    return cast("LedgerEntry", await work.get(LedgerEntry, entry["id"]))


async def adjust(
    work: UnitOfWork, client: Client, credited: Mapping[SalesDocument, Decimal], on: datetime.date | None = None
) -> None:
    """What other documents took over of these sales notes is so much from now on."""
    ids = [document.id for document in credited]
    standing = await _standing(work, LedgerEntry.sales_document_id.in_(ids), LedgerEntry.kind == _K.ADJUSTMENT)
    more = dict(credited)
    for document in more:
        more[document] += sum(
            (entry.amount for entry in standing if entry.sales_document_id == document.id), Decimal(0)
        )
    changed = {document: amount for document, amount in more.items() if amount}
    entries = [_on_document(work, document, _K.ADJUSTMENT, -amount, on) for document, amount in changed.items()]
    await _post(work, client, entries, *changed)


async def applications_on(work: UnitOfWork, *documents: SalesDocument) -> Sequence[Application]:
    """What is applied to the documents, oldest first."""
    return await _applications(work, Application.sales_document_id.in_([document.id for document in documents]))


async def applications_of(work: UnitOfWork, source: Source) -> Sequence[Application]:
    """What is applied of a payment or a credit note, oldest first."""
    (name, id), *_ = _source_of(source).items()
    return await _applications(work, getattr(Application, name) == id)


async def source_of(work: UnitOfWork, application: Application) -> Source:
    """The payment or the credit note that was applied."""
    source: Source | None = None
    if application.payment_id:
        source = await work.get(Payment, application.payment_id)
    elif application.credit_note_id:
        source = await work.get(SalesDocument, application.credit_note_id)
    if source is None:
        raise LookupError(f"no source of the application {application.id}")
    return source


# Entries


def _on_document(
    work: UnitOfWork, document: SalesDocument, kind: LedgerEntryKind, amount: Decimal, on: datetime.date | None
) -> Entry:
    return _entry(work, document, kind, amount, on) | {"sales_document_id": document.id}


def _of_source(
    work: UnitOfWork, source: Source, kind: LedgerEntryKind, amount: Decimal, on: datetime.date | None
) -> Entry:
    return _entry(work, source, kind, amount, on) | _source_of(source)


def _source_of(source: Source) -> dict[str, Any]:
    return {"payment_id" if isinstance(source, Payment) else "credit_note_id": source.id}


def _entry(work: UnitOfWork, record: Source, kind: LedgerEntryKind, amount: Decimal, on: datetime.date | None) -> Entry:
    return {
        "company_id": work.company_id,
        "id": uuid7(),
        "client_id": record.client_id,
        "kind": kind,
        "currency": record.currency,
        "exchange_rate": record.exchange_rate,
        "amount": amount,
        "effective_on": on or work.today,
        "recorded_at": work.now,
        "actor_id": work.viewer.collaborator_id,
        "api_key_id": work.viewer.api_key_id,
    }


def _reversal(work: UnitOfWork, entry: LedgerEntry, on: datetime.date | None) -> Entry:
    return {
        "company_id": work.company_id,
        "id": uuid7(),
        **{name: getattr(entry, name) for name in REVERSED},
        "amount": -entry.amount,
        "effective_on": max(on or work.today, entry.effective_on),
        "recorded_at": work.now,
        "actor_id": work.viewer.collaborator_id,
        "api_key_id": work.viewer.api_key_id,
        "reverses_id": entry.id,
    }


async def _first_day(work: UnitOfWork, on: datetime.date | None, *taken: tuple[Source, Decimal]) -> datetime.date:
    """The first day, from `on` or today, on which so much can be taken of each record, so that on no day less than
    nothing is owed of a document, or left of a payment or a credit note."""
    first = on or work.today
    changes = union_all(*(_changes(work, record, place) for place, (record, _) in enumerate(taken))).subquery()
    rows = (await work.session.execute(select(changes).order_by(changes.c.effective_on.desc()))).all()
    for place, (_, amount) in enumerate(taken):
        days = [(row.effective_on, row.change) for row in rows if row.place == place]
        there = sum((change for _, change in days), Decimal(0))
        for day, change in days:
            there -= change
            if there < amount:
                first = max(first, day)
                break
    return first


def _changes(work: UnitOfWork, record: Source, place: int) -> Select[int, datetime.date, Decimal]:
    """By how much what is owed of a document, or left of a payment or a credit note, changed on each day."""
    if isinstance(record, SalesDocument) and record.type in DEBTS:
        its, change = LedgerEntry.sales_document_id == record.id, func.sum(LedgerEntry.amount)
    else:
        (name, id), *_ = _source_of(record).items()
        its = and_(getattr(LedgerEntry, name) == id, LedgerEntry.sales_document_id.is_(None))
        change = -func.sum(LedgerEntry.amount)
    day = LedgerEntry.effective_on
    of = (LedgerEntry.company_id == work.company_id, LedgerEntry.client_id == record.client_id, its)
    return select(literal(place).label("place"), day, change.label("change")).where(*of).group_by(day)


async def _standing(work: UnitOfWork, *conditions: Any) -> Sequence[LedgerEntry]:
    """The entries for which this holds, but those that were reversed and their reversals."""
    reversal = LedgerEntry.__table__.alias()
    reversed_ = select(reversal.c.id).where(
        reversal.c.company_id == work.company_id, reversal.c.reverses_id == LedgerEntry.id
    )
    query = work.of(LedgerEntry, *conditions, LedgerEntry.reverses_id.is_(None), ~reversed_.exists())
    return (await work.session.scalars(query.order_by(LedgerEntry.id))).all()


async def _reverse_source(work: UnitOfWork, client: Client, source: Source, on: datetime.date | None) -> None:
    (name, id), *_ = _source_of(source).items()
    standing = await _standing(work, getattr(LedgerEntry, name) == id, LedgerEntry.kind.in_((_K.PAYMENT, _K.CREDIT)))
    on = await _first_day(work, on, (source, -sum((entry.amount for entry in standing), Decimal(0))))
    await _post(work, client, [_reversal(work, entry, on) for entry in standing], source)


async def _applications(work: UnitOfWork, condition: Any) -> Sequence[Application]:
    query = work.of(Application, condition, Application.undone_at.is_(None))
    return (await work.session.scalars(query.order_by(Application.id))).all()


async def _post(work: UnitOfWork, client: Client, entries: Sequence[Entry], *records: Source) -> None:
    """Adds the entries in one statement, after which the database derives what they mean for the records; the history
    learns of a document's new state."""
    if not entries:
        return
    columns = dict.fromkeys(name for entry in entries for name in entry)
    rows = [{name: entry.get(name) for name in columns} for entry in entries]
    work.session.insert(LedgerEntry, rows)
    before = {record: record.state for record in records if isinstance(record, SalesDocument)}
    for model, derived in _DERIVED.items():
        await _reread(work, [record for record in records if isinstance(record, model)], model, derived)
    for document, state in before.items():
        if state is not document.state:
            moved(work, client, document, state)


async def _reread(work: UnitOfWork, records: Sequence[Any], model: Any, names: Sequence[str]) -> None:
    """Takes what the database derived into the records."""
    if not records:
        return
    query = select(model.id, *(getattr(model, name) for name in names)).where(
        model.company_id == work.company_id, model.id.in_([record.id for record in records])
    )
    rows = {row.id: row for row in (await work.session.execute(query)).all()}
    for record in records:
        for name in names:
            set_committed_value(record, name, getattr(rows[record.id], name))


async def balance(work: UnitOfWork, client: Client) -> tuple[Decimal, Decimal]:
    """What the client owes less its credit balance, and this credit balance, in the company's currency."""
    query = select(Client.balance, Client.credit_balance).where(
        Client.company_id == work.company_id, Client.id == client.id
    )
    row = (await work.session.execute(query)).one()
    return row.balance, row.credit_balance
