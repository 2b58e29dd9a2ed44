"""On what terms a client pays: cash, or credit for so many days up to a limit. No limit (null) is not a limit of 0."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import func, select

from domain import history
from domain.fields import Field, fields_of
from domain.inputs import ABSENT, Expecting, Input, Maybe, OnClient
from domain.policy import ClientAction
from domain.problem import Problem, Rejected, error, warning
from domain.work import UnitOfWork
from models import Client, ReceivableTerms, SalesDocument
from models.history import Change, HistoryEventKind
from models.receivables import PaymentTerms
from models.sales_document import counts_as_credit, is_owed, unpaid_in_company_currency
from models.viewer import Permission

CASH_WITHOUT_CREDIT: Final = error(
    "De contado no hay días de crédito ni límite.", "Cash terms have neither credit days nor a limit."
)
CREDIT_DAYS_REQUIRED: Final = error("A crédito, indique los días.", "On credit, state the days.")
CREDIT_LIMIT_BELOW_USED: Final = warning(
    "El límite es menor que lo ya usado{used}. Confírmelo.",
    "The limit is below what is already used{used}. Please confirm it.",
)


FIELDS = fields_of(ReceivableTerms, terms=Field(default=PaymentTerms.CASH))


WITHOUT_TERMS: Final = {"assumes_paid": True}
"""What holds where no terms were agreed."""


class TermsInput(Input):
    """Payment terms. A limit below what is used has to be `confirmed`."""

    credit_days: Maybe[int]
    confirmed: Maybe[bool]


class UpdateTerms(TermsInput, OnClient, Expecting):
    """Changes to payment terms."""


async def balance(work: UnitOfWork, client: Client, *, on_credit: bool = False) -> Decimal:
    """What the client owes, in the company's currency; `on_credit`, only what counts against the limit: invoices, and
    sales notes on credit. Quotes never are owed."""
    c = SalesDocument.__table__.c
    query = select(func.coalesce(func.sum(unpaid_in_company_currency(c)), Decimal("0.00"))).where(
        c["company_id"] == work.company_id,
        c["client_id"] == client.id,
        counts_as_credit(c) if on_credit else is_owed(c),
    )
    return (await work.session.execute(query)).scalar_one()


async def terms_of(work: UnitOfWork, client: Client) -> ReceivableTerms | None:
    """The client's terms; None where none were agreed, which is cash."""
    return await work.session.scalar(work.of(ReceivableTerms, ReceivableTerms.client_id == client.id))


async def update_receivable_terms(work: UnitOfWork, input: UpdateTerms) -> ReceivableTerms:
    """Changes what the input states. A limit below what is already used has to be `confirmed`."""
    client = await work.client(input.client_id, ClientAction.EDIT_BILLING)
    current = await terms_of(work, client)
    if current:
        work.comes_after(current)
    work.expect_any(current, input)
    return await change_terms(work, client, current, input)


async def change_terms(
    work: UnitOfWork, client: Client, current: ReceivableTerms | None, input: TermsInput
) -> ReceivableTerms:
    """Writes the terms, with the event of what differs."""
    before = history.snapshot(current, FIELDS) if current else dict.fromkeys(FIELDS) | WITHOUT_TERMS
    terms = await set_terms(work, client, current, input)
    changes = await history.differences(work, FIELDS, before, history.snapshot(terms, FIELDS))
    if changes:
        if current:
            work.touch(current)
        change = Change.UPDATED if current else Change.CREATED
        history.note(work, HistoryEventKind.RECEIVABLE_TERMS_CHANGED, client, change, terms.terms, changes)
    return terms


async def set_terms(
    work: UnitOfWork, client: Client, current: ReceivableTerms | None, input: TermsInput
) -> ReceivableTerms:
    """Writes the terms, without a word in the history."""
    values = await work.read(FIELDS, input, creating=current is None)
    stated = (history.snapshot(current, FIELDS) if current else {}) | values
    if stated["terms"] is PaymentTerms.CASH and input.credit_days is ABSENT:
        stated["credit_days"] = 0
    _judge(stated)
    limit = stated["credit_limit"]
    if limit is not None and (not current or limit != current.credit_limit):
        used = await balance(work, client, on_credit=True)
        if limit < used:
            disclosed = work.disclosed(Permission.BILLING_READ, format(used, "f"))
            problem = Problem(CREDIT_LIMIT_BELOW_USED, ("credit_limit",), {"used": disclosed})
            if not input.confirmed:
                raise Rejected(problem)
            work.warnings.append(problem)
    if current is None:
        return await work.add(work.new(ReceivableTerms, client_id=client.id, **stated))
    for name, value in stated.items():
        setattr(current, name, value)
    return current


def _judge(stated: Mapping[str, Any]) -> None:
    if stated["terms"] is PaymentTerms.CASH and (stated["credit_days"] or stated["credit_limit"]):
        raise Rejected(Problem(CASH_WITHOUT_CREDIT, ("terms",)))
    if stated["terms"] is PaymentTerms.CREDIT and not stated["credit_days"]:
        raise Rejected(Problem(CREDIT_DAYS_REQUIRED, ("credit_days",)))
