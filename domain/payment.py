"""Payments: money received on an invoice or a sales note, at most its balance; a mistaken one is reversed."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from domain import policy
from domain import sales_document as documents
from domain.fields import CODE_UNKNOWN, OUT_OF_RANGE, Field, code_of, fields_of, money, shown
from domain.inputs import Expecting, OnRecord
from domain.policy import NOT_FOUND, Asking, ClientAction, SalesDocumentAction
from domain.problem import PAYMENT_OVER_BALANCE, Problem, Rejected, error, reject
from domain.work import UnitOfWork
from models import Client, Payment, SalesDocument
from models.catalogs import PAYMENT_FORMS
from models.history import HistoryEventKind

PAYMENT_REVERSED: Final = error("PAYMENT_REVERSED", "El pago ya está revertido.", "The payment is already reversed.")
PAID_IN_FUTURE: Final = error(
    "PAID_IN_FUTURE", "La fecha de pago no puede ser futura.", "The payment cannot be in the future."
)


TO_BE_DEFINED = "99"
"""The payment form of what is yet to be paid."""


def _form(text: str) -> str:
    code = code_of(PAYMENT_FORMS)(text)
    if code == TO_BE_DEFINED:
        raise reject(CODE_UNKNOWN, code=code)
    return code


def _amount(value: Decimal) -> Decimal:
    amount = money(value)
    if not amount:
        raise reject(OUT_OF_RANGE, least="0.01", most=shown(money(Decimal(10) ** 15)))
    return amount


FIELDS = fields_of(
    Payment,
    but=["sales_document_id", "registered_by_id", "reversed_at", "uuid"],
    amount=Field(_amount),
    payment_form=Field(_form),
)


class RegisterPayment(Expecting):
    """Money received on a document."""

    sales_document_id: UUID


async def register_payment(work: UnitOfWork, input: RegisterPayment) -> Payment:
    """Money that was received, by default now."""
    path = "sales_document_id"
    client, document = await documents.locked(work, input.sales_document_id, path, ClientAction.EDIT_BILLING)
    with work.at(path):
        policy.check(work.viewer, SalesDocumentAction.REGISTER_PAYMENT, document)
    work.expect(document, input)
    values = await work.read(FIELDS, input.with_defaults(paid_at=work.now), creating=True)
    if values["paid_at"] > work.now:
        raise reject(PAID_IN_FUTURE).at("paid_at")
    return await receive(work, client, document, ("amount",), **values)


def paying(_: Asking, __: Any, facts: Any) -> Iterator[Problem]:
    """The reasons why no payment on an owed document can be registered."""
    if Decimal(facts.balance) <= 0:
        yield Problem(PAYMENT_OVER_BALANCE, values={"balance": facts.balance})


async def receive(
    work: UnitOfWork,
    client: Client,
    document: SalesDocument,
    path: tuple[str | int, ...],
    *,
    amount: Decimal,
    paid_at: datetime.datetime,
    uuid: UUID | None = None,
    **values: Any,
) -> Payment:
    """Adds a payment to a document that is owed; the document's state follows. `path` leads to the amount."""
    balance = document.total - document.paid - document.credited
    if amount > balance:
        raise Rejected(Problem(PAYMENT_OVER_BALANCE, path, {"balance": shown(balance)}))
    payment = await work.add(
        work.new(
            Payment,
            client_id=client.id,
            sales_document_id=document.id,
            amount=amount,
            paid_at=paid_at,
            uuid=uuid,
            registered_by_id=work.viewer.collaborator_id,
            **values,
        )
    )
    document.paid += amount
    work.touch(document)
    kind = HistoryEventKind.SALES_DOCUMENT_PAYMENT_REGISTERED
    documents.tell(work, kind, client, document, amount=amount, currency=document.currency)
    documents.settle(work, client, document)
    return payment


async def reverse_payment(work: UnitOfWork, input: OnRecord) -> Payment:
    """The payment no longer counts: the bank took it back, or it was a mistake."""
    client, payment = await work.part(Payment, input.id, ClientAction.EDIT_BILLING)
    work.expect(payment, input)
    if payment.reversed_at is not None:
        raise reject(PAYMENT_REVERSED).at("id")
    document = await work.get(SalesDocument, payment.sales_document_id)
    if document is None:
        raise reject(NOT_FOUND).at("id")
    payment.reversed_at = work.now
    work.touch(payment)
    document.paid -= payment.amount
    work.touch(document)
    kind = HistoryEventKind.SALES_DOCUMENT_PAYMENT_REVERSED
    documents.tell(work, kind, client, document, amount=payment.amount, currency=document.currency)
    documents.settle(work, client, document)
    return payment
