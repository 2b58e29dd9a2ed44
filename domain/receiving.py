"""Money that is received from a client: what a payment states, and what it is applied to.

A payment has its own currency. What is applied of it to a document is an amount in the document's currency and one in
its own, by the rates of both unless it is stated; what is left is the client's credit balance (saldo a favor).
"""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from domain import ledger
from domain.document_state import tell
from domain.fields import CODE_UNKNOWN, OUT_OF_RANGE, Field, code_of, fields_of, money, shown
from domain.inputs import Input
from domain.ledger import Source, left, open_amount
from domain.problem import Problem, error, reject, warning
from domain.taxes import MOST_TOTAL, decimals_of, most_at, payable
from domain.work import UnitOfWork
from models import Application, Client, Payment, SalesDocument
from models.catalogs import PAYMENT_FORMS
from models.history import HistoryEventKind
from models.sales_document import OWING
from models.viewer import Permission

PAID_IN_FUTURE: Final = error("La fecha de pago no puede ser futura.", "The payment cannot be in the future.")
PAYMENT_LEFT: Final = warning(
    "Queda una parte por aplicar{left}: es saldo a favor del cliente.",
    "A part is left to apply{left}: it is the client's credit balance.",
)

PAYMENT_REFUNDED: Final = error(
    "Una parte de este pago ya se reembolsó{amount}: ya no se revierte.",
    "A part of this payment was refunded{amount}: it can no longer be reversed.",
)


TO_BE_DEFINED: Final = "99"
"""The payment form of what is yet to be paid."""


def _form(text: str) -> str:
    code = code_of(PAYMENT_FORMS)(text)
    if code == TO_BE_DEFINED:
        raise reject(CODE_UNKNOWN, code=code)
    return code


def positive(value: Decimal, currency: str = "") -> Decimal:
    """An amount of money that can be paid in the currency: of a cent or more, of a yen in whole yens."""
    decimals = decimals_of(currency)
    amount = money(value, decimals)
    if amount <= 0:
        raise reject(OUT_OF_RANGE, least=shown(Decimal(1).scaleb(-decimals)), most=shown(money(Decimal(10) ** 15)))
    return amount


FIELDS: Final = fields_of(
    Payment,
    "amount",
    "payment_form",
    "paid_at",
    "reference",
    amount=Field(positive),
    payment_form=Field(_form),
)


async def read_payment(work: UnitOfWork, input: Input) -> dict[str, Any]:
    """What an input states of a payment, by default of now."""
    values = await work.read(FIELDS, input.with_defaults(paid_at=work.now), creating=True)
    if values["paid_at"] > work.now:
        raise reject(PAID_IN_FUTURE).at("paid_at")
    return values


async def receive(
    work: UnitOfWork, client: Client, document: SalesDocument | None, values: Mapping[str, Any]
) -> Payment:
    """Adds a payment, in the document's currency unless its values say another, and applies it to the document as far
    as that is owed."""
    payment = await add_payment(work, client, document, values)
    if document:
        await apply_to(work, client, payment, document)
        warn_of_rest(work, payment, "amount")
    return payment


async def add_payment(
    work: UnitOfWork, client: Client, document: SalesDocument | None, values: Mapping[str, Any]
) -> Payment:
    """Adds a payment, which counts on the client's credit balance. The history of its document, or the client's, learns
    of it as of when it was paid."""
    currency = {"currency": document.currency, "exchange_rate": document.exchange_rate} if document else {}
    values = {**currency, **values}
    if values["amount"] * values["exchange_rate"] >= MOST_TOTAL:
        raise reject(OUT_OF_RANGE, least="0.01", most=shown(most_at(values["exchange_rate"]))).at("amount")
    payment = await work.add(
        work.new(
            Payment,
            client_id=client.id,
            sales_document_id=document and document.id,
            registered_by_id=work.viewer.collaborator_id,
            **values,
        )
    )
    await ledger.receive(work, client, payment, day_of(work, payment))
    details = {"amount": payment.amount, "currency": payment.currency}
    if document:
        kind = HistoryEventKind.SALES_DOCUMENT_PAYMENT_REGISTERED
        tell(work, kind, client, document, payment.paid_at, **details)
    else:
        texts = {name: shown(value) for name, value in details.items()}
        work.record(HistoryEventKind.PAYMENT_RECEIVED, client, details=texts, occurred_at=payment.paid_at)
    return payment


def day_of(work: UnitOfWork, payment: Payment) -> datetime.date:
    """The day of a payment where the company is."""
    return work.viewer.today(payment.paid_at)


async def apply_to(
    work: UnitOfWork,
    client: Client,
    source: Source,
    document: SalesDocument,
    amount: Decimal | None = None,
    source_amount: Decimal | None = None,
) -> Application | None:
    """Applies what is left of a payment or a credit note to a document that is owed, by default as much as can be; None
    where there is nothing to apply."""
    if isinstance(source, Payment) and not source.assumed:
        await drop_assumed(work, client, document)
    amounts = shares(source, document, amount, source_amount) if document.state in OWING else None
    if amounts is None:
        return None
    on = day_of(work, source) if isinstance(source, Payment) else work.today
    application = await ledger.apply(work, client, source, document, *amounts, on=on)
    work.touch(document)
    return application


def shares(
    source: Source, document: SalesDocument, amount: Decimal | None = None, source_amount: Decimal | None = None
) -> tuple[Decimal, Decimal] | None:
    """What is applied: in the document's currency, and in the source's. What is not stated follows from the rates, and
    may be more than is left or owed; None where nothing is left, or nothing owed."""
    balance, rest = open_amount(document), left(source)
    if balance <= 0 or rest <= 0:
        return None
    if source.currency == document.currency:
        both = next((each for each in (amount, source_amount) if each is not None), min(balance, rest))
        return both, both
    if amount is not None:
        return amount, _follows(source, document, amount, rest) if source_amount is None else source_amount
    if source_amount is not None:
        return _follows(document, source, source_amount, balance), source_amount
    whole = in_currency_of(document, source, rest)
    return (whole, rest) if whole <= balance else (balance, min(rest, in_currency_of(source, document, balance)))


def _follows(to: Source, of: Source, amount: Decimal, most: Decimal) -> Decimal:
    """What an amount of one is of the other. Where that is more than there is only because amounts are rounded, it is
    all that there is."""
    exact = in_currency_of(to, of, amount)
    return most if exact > most and in_currency_of(of, to, most) >= amount else exact


def in_currency_of(to: Source, of: Source, amount: Decimal) -> Decimal:
    """An amount of one in the currency of the other, by their rates in the company's currency; never nothing."""
    return payable(amount * of.exchange_rate / to.exchange_rate, to.currency)


async def drop_assumed(work: UnitOfWork, client: Client, document: SalesDocument) -> bool:
    """A payment that was only assumed is replaced by those that are known. Whether there was one."""
    there = False
    for application in await ledger.applications_on(work, document):
        source = await ledger.source_of(work, application)
        if isinstance(source, Payment) and source.assumed:
            await take_back(work, client, source, day_of(work, source))
            there = True
    return there


async def take_back(work: UnitOfWork, client: Client, payment: Payment, on: datetime.date | None = None) -> None:
    """The payment no longer counts: what was applied of it is owed again. The history of each document learns of it."""
    if payment.refunded:
        raise reject(PAYMENT_REFUNDED, amount=work.disclosed(Permission.SALES_READ, shown(payment.refunded)))
    for application in await ledger.applications_of(work, payment):
        document = await ledger.undo(work, client, application, on)
        work.touch(document)
        kind = HistoryEventKind.SALES_DOCUMENT_PAYMENT_REVERSED
        tell(work, kind, client, document, amount=application.amount, currency=document.currency)
    await ledger.reverse(work, client, payment, on)


def warn_of_rest(work: UnitOfWork, payment: Payment, *path: str | int) -> None:
    """Warns of what is left to apply."""
    if rest := left(payment):
        disclosed = work.disclosed(Permission.SALES_READ, f"{shown(rest)} {payment.currency}")
        work.warnings.append(Problem(PAYMENT_LEFT, path, {"left": disclosed}))
