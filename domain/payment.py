"""Payments: money received from a client, applied to what it owes; a mistaken one is reversed.

What is left of a payment or a credit note is the client's credit balance, which is applied later, or refunded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from domain import ledger, policy, receiving
from domain import sales_document as documents
from domain.document_state import tell
from domain.fields import currency_code, shown
from domain.inputs import Expecting, Input, Maybe, OnRecord, known
from domain.ledger import Source
from domain.policy import DOCUMENT_STATE, NOT_FOUND, Asking, ClientAction, SalesDocumentAction
from domain.problem import PAYMENT_OVER_BALANCE, Problem, Rejected, error, reject
from domain.sales_document import EXCHANGE_RATE_REQUIRED
from domain.text import TEXT_REQUIRED
from domain.work import UnitOfWork
from models import Application, Client, LedgerEntry, Payment, SalesDocument
from models.facts import sales_document_facts
from models.history import HistoryEventKind
from models.sales_document import DEBTS, OWING, SalesDocumentState, SalesDocumentType
from models.viewer import Permission

PAYMENT_REVERSED: Final = error("El pago ya está revertido.", "The payment is already reversed.")
AMOUNTS_DIFFER: Final = error(
    "El pago y el documento son de la misma moneda: los dos importes son el mismo, o indique solo uno.",
    "The payment and the document are in the same currency: both amounts are the same, or state only one.",
)
CREDIT_OVER_LEFT: Final = error(
    "Excede lo que queda por aplicar{left}.", "It is more than what is left to apply{left}."
)
APPLICATION_UNDONE: Final = error("Ya se deshizo esta aplicación.", "This application is already undone.")


M = TypeVar("M", Payment, SalesDocument)


class AppliedInput(Input):
    """What of a payment is applied to a document, in the document's currency and in the payment's."""

    sales_document_id: UUID
    amount: Maybe[Decimal]
    source_amount: Maybe[Decimal]


class RegisterPayment(Expecting):
    """Money received: on one document, on several, or on none yet."""

    sales_document_id: Maybe[UUID]
    client_id: Maybe[UUID]
    currency: Maybe[str]
    exchange_rate: Maybe[Decimal]
    applications: Maybe[Sequence[AppliedInput]]


class CreditSource(Input):
    """A payment or a credit note of which something is left."""

    payment_id: Maybe[UUID]
    credit_note_id: Maybe[UUID]


class ApplyCredit(CreditSource, AppliedInput):
    """What is left of a payment or a credit note, and the document that it is applied to."""


class RefundCredit(CreditSource):
    """What is left of a payment or a credit note, and how much of it is paid back."""

    amount: Maybe[Decimal]


async def register_payment(work: UnitOfWork, input: RegisterPayment) -> Payment:
    """Money that was received, by default now. Without `applications` it is applied to the document, as far as that is
    owed; what is left is the client's credit balance."""
    work.viewer.demand(Permission.BILLING_WRITE)
    path = "sales_document_id"
    document: SalesDocument | None = None
    if id := known(input.sales_document_id):
        client, document = await documents.locked(work, id, path, ClientAction.EDIT_BILLING)
        with work.at(path):
            policy.check(work.viewer, SalesDocumentAction.REGISTER_PAYMENT, document)
        work.expect(document, input)
    elif id := known(input.client_id):
        client = await work.client(id, ClientAction.EDIT_BILLING)
    else:
        raise reject(TEXT_REQUIRED).at(path)
    values = await receiving.read_payment(work, input) | await _currency(work, input, document)
    with work.at("amount"):
        receiving.positive(values["amount"], values["currency"])
    applied = known(input.applications)
    if applied is None and document:
        facts = await work.facts(sales_document_facts(work.company_id, document.id, work.today))
        with work.at(path):
            work.judge(tuple(paying(work, document, facts)))
        return await receiving.receive(work, client, document, values)
    payment = await receiving.add_payment(work, client, document, values)
    for place, each in enumerate(applied or ()):
        with work.at("applications", place):
            await _apply(work, client, payment, each)
    receiving.warn_of_rest(work, payment, "amount")
    return payment


async def _currency(work: UnitOfWork, input: RegisterPayment, document: SalesDocument | None) -> dict[str, Any]:
    """The payment's currency and rate: those of the document, or the company's, unless it states others."""
    company = await documents.company_of(work)
    stated = known(input.currency)
    if stated is None:
        currency = document.currency if document else company.currency
    else:
        with work.at("currency"):
            currency = currency_code(stated)
    rate = known(input.exchange_rate)
    if currency == company.currency:
        if rate not in (None, 1):
            raise reject(EXCHANGE_RATE_REQUIRED).at("exchange_rate")
        return {"currency": currency, "exchange_rate": Decimal(1)}
    if rate is None and document and document.currency == currency:
        rate = document.exchange_rate
    if rate is None:
        raise reject(EXCHANGE_RATE_REQUIRED).at("exchange_rate")
    with work.at("exchange_rate"):
        return {"currency": currency, "exchange_rate": documents.HEADER["exchange_rate"].parse(rate)}


def paying(asking: Asking, document: Any, facts: Any) -> Iterator[Problem]:
    """The reasons why no payment on an issued document can be registered. One that is only assumed to be paid can."""
    if facts.is_assumed_paid:
        return
    if document.state == SalesDocumentState.PAID:
        yield Problem(DOCUMENT_STATE)
    elif Decimal(facts.balance) <= 0:
        yield Problem(PAYMENT_OVER_BALANCE, values={"balance": _disclosed(asking, facts.balance)})


async def _apply(work: UnitOfWork, client: Client, source: Source, input: AppliedInput) -> Application:
    """Applies what the input says to a document of the client; what is more than is left, or owed, is refused."""
    document = await work.get(SalesDocument, input.sales_document_id)
    if document is None or document.client_id != client.id:
        raise reject(NOT_FOUND).at("sales_document_id")
    if isinstance(source, Payment):
        await receiving.drop_assumed(work, client, document)
    if document.type not in DEBTS or document.state not in OWING:
        raise reject(DOCUMENT_STATE).at("sales_document_id")
    amount = _read(work, input, "amount", document.currency)
    source_amount = _read(work, input, "source_amount", source.currency)
    if None not in (amount, source_amount) and amount != source_amount and source.currency == document.currency:
        raise reject(AMOUNTS_DIFFER).at("source_amount")
    amounts = receiving.shares(source, document, amount, source_amount)
    if amounts is None:
        raise _over_left(work, source)
    if amounts[0] > ledger.open_amount(document):
        balance = _disclosed(work, shown(ledger.open_amount(document)))
        name = "source_amount" if amount is None else "amount"
        raise Rejected(Problem(PAYMENT_OVER_BALANCE, (name,), {"balance": balance}))
    if amounts[1] > ledger.left(source):
        raise _over_left(work, source, "amount" if source_amount is None else "source_amount")
    application = await receiving.apply_to(work, client, source, document, *amounts)
    if application is None:
        raise _over_left(work, source)
    return application


def _read(work: UnitOfWork, input: Input, name: str, currency: str) -> Decimal | None:
    value = known(getattr(input, name))
    with work.at(name):
        return None if value is None else receiving.positive(value, currency)


def _over_left(work: UnitOfWork, source: Source, name: str = "source_amount") -> Rejected:
    left = _disclosed(work, f"{ledger.left(source):f} {source.currency}")
    return Rejected(Problem(CREDIT_OVER_LEFT, (name,), {"left": left}))


def _disclosed(asking: Asking, amount: object) -> str:
    """An amount of a document or a payment, in brackets; nothing to who may not read them."""
    return policy.disclosed(asking.viewer, Permission.SALES_READ, amount)


async def reverse_payment(work: UnitOfWork, input: OnRecord) -> Payment:
    """The payment no longer counts: the bank took it back, or it was a mistake."""
    client, payment = await work.part(Payment, input.id, ClientAction.EDIT_BILLING)
    work.expect(payment, input)
    if payment.reversed_at is not None:
        raise reject(PAYMENT_REVERSED).at("id")
    with work.at("id"):
        await receiving.take_back(work, client, payment)
    return payment


async def apply_credit(work: UnitOfWork, input: ApplyCredit) -> Application:
    """Applies what is left of a payment or a credit note to a document, by default as much as can be."""
    client, source = await _source(work, input)
    application = await _apply(work, client, source, input)
    await _tell_document(work, HistoryEventKind.CREDIT_APPLIED, client, application)
    return application


async def undo_application(work: UnitOfWork, input: OnRecord) -> Application:
    """What was applied is left again: the document is owed, and the client has the credit balance."""
    client, application = await work.part(Application, input.id, ClientAction.EDIT_BILLING)
    work.expect(application, input)
    if application.undone_at is not None:
        raise reject(APPLICATION_UNDONE).at("id")
    work.touch(await ledger.undo(work, client, application))
    await _tell_document(work, HistoryEventKind.CREDIT_APPLICATION_UNDONE, client, application)
    return application


async def refund_credit(work: UnitOfWork, input: RefundCredit) -> LedgerEntry:
    """Pays back what is left of a payment or a credit note, all of it unless an amount is stated."""
    client, source = await _source(work, input)
    rest = ledger.left(source)
    amount = _read(work, input, "amount", source.currency)
    amount = rest if amount is None else amount
    if amount > rest or amount <= 0:
        raise _over_left(work, source, "amount")
    work.touch(source)
    _tell(work, HistoryEventKind.CREDIT_REFUNDED, client, amount, source.currency)
    return await ledger.refund(work, client, source, amount)


def _tell(work: UnitOfWork, kind: HistoryEventKind, client: Client, amount: Decimal, currency: str) -> None:
    work.record(kind, client, details={"amount": shown(amount), "currency": currency})


async def _tell_document(work: UnitOfWork, kind: HistoryEventKind, client: Client, application: Application) -> None:
    document = await work.get(SalesDocument, application.sales_document_id)
    if document:
        tell(work, kind, client, document, amount=application.amount, currency=document.currency)


async def _source(work: UnitOfWork, input: CreditSource) -> tuple[Client, Source]:
    """The payment or the credit note, of which something may be left, and its client."""
    work.viewer.demand(Permission.BILLING_WRITE)
    payment_id, note_id = known(input.payment_id), known(input.credit_note_id)
    if (payment_id is None) == (note_id is None):
        raise reject(TEXT_REQUIRED).at("payment_id")
    with work.at("payment_id" if payment_id else "credit_note_id"):
        if payment_id:
            client, payment = await _part(work, Payment, payment_id)
            if payment.reversed_at is not None:
                raise reject(PAYMENT_REVERSED)
            return client, payment
        assert note_id  # noqa: S101  # one of the two is there
        client, note = await _part(work, SalesDocument, note_id)
        issued = note.state in (SalesDocumentState.STAMPED, SalesDocumentState.SENT)
        if note.type is not SalesDocumentType.CREDIT_NOTE or not issued:
            raise reject(DOCUMENT_STATE)
        return client, note


async def _part(work: UnitOfWork, model: type[M], id: UUID) -> tuple[Client, M]:
    """As `work.part`, whose problems are at the place where it is named."""
    try:
        return await work.part(model, id, ClientAction.EDIT_BILLING)
    except Rejected as rejected:
        raise Rejected(*(replace(each, path=()) for each in rejected.problems)) from None
