"""What a client owes and may still owe (cuentas por cobrar), in the company's currency."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Numeric,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

import models
from loaders.entity import TODAY, Columns, CompoundQuery, Dated, Entity, Query, of_company, value_of
from loaders.relation import Amount, Computed, ToMany, ToManyThrough
from loaders.sales_document import advance_left, is_overdue
from models.base import alias_of
from models.payment import is_left, left
from models.sales_document import (
    SalesDocumentType,
    counts_as_credit,
    credit_left,
    is_advance,
    is_credit_left,
    is_owed,
    unpaid,
    unpaid_in_company_currency,
)
from models.viewer import Permission

AGES = ("current", "up_to_30", "up_to_60", "up_to_90", "over_90")
"""What is owed, by the days that have passed since it fell due."""

COLUMNS = (
    "client_id",
    "currency",
    "terms",
    "credit_days",
    "credit_limit",
    "overdue_days",
    "assumes_paid",
    "balance",
    "owed",
    "credit_balance",
    "overdue_balance",
    *AGES,
    "credit_used",
    "credit_available",
    "version",
    "created_at",
    "updated_at",
)


class ReceivableTermsEntity(Entity, model=models.ReceivableTerms, prefix="trm"):
    permission = Permission.BILLING_READ


def balances_of(parent: FromClause, client_id: ColumnElement[Any]) -> Query:
    """A row for each currency in which something is owed or left: what, in that currency."""
    owed, payment, note = alias_of(models.SalesDocument), alias_of(models.Payment), alias_of(models.SalesDocument)
    nothing = cast(0, Numeric(18, 2))

    def part(table: FromClause, condition: ColumnElement[bool], debt: Any, credit: Any) -> Query:
        return (
            select(table.c.currency, debt.label("owed"), credit.label("credit_balance"))
            .where(*of_company(table, table.c.client_id == client_id, condition))
            .correlate(parent)
        )

    parts = union_all(
        part(owed, is_owed(owed.c), unpaid(owed.c), nothing),
        part(payment, is_left(payment.c), nothing, left(payment.c)),
        part(note, is_credit_left(note.c), nothing, credit_left(note.c)),
    ).subquery()
    money = Numeric(18, 2)
    debt, credit = (cast(func.sum(parts.c[name]), money) for name in ("owed", "credit_balance"))
    return (
        select(
            parts.c.currency,
            debt.label("owed"),
            credit.label("credit_balance"),
            cast(debt - credit, money).label("balance"),
        )
        .group_by(parts.c.currency)
        .order_by(parts.c.currency)
    )


def is_open_advance(c: Columns) -> ColumnElement[bool]:
    """Whether an invoice of an advance was paid, and invoices took not all of it yet."""
    return and_(c["type"] == SalesDocumentType.INVOICE, c["paid"] > 0, advance_left(c) > 0)


RELATIONS = {
    "currencies": Computed(
        "CurrencyBalance", ("currency", "owed", "credit_balance", "balance"), balances_of, on="client_id", many=True
    ),
    "unapplied_payments": ToMany(models.Payment, on="client_id", key="client_id", order=("paid_at",), where=is_left),
    "unapplied_credit_notes": ToMany(
        models.SalesDocument, on="client_id", key="client_id", order=("issued_at",), where=is_credit_left
    ),
    "open_advances": ToManyThrough(
        models.SalesDocument,
        through=models.SalesDocumentLine,
        by="sales_document_id",
        on="client_id",
        key="client_id",
        where=is_advance,
        among=is_open_advance,
        order=("issued_at",),
    ),
    "exposure": ToMany(models.SalesDocument, on="client_id", key="client_id", order=("due_on",), where=is_owed),
}
"""Every document that is owed; the amounts of those that count are what is used of the limit."""


OF_CLIENT: dict[str, Callable[[Columns], ColumnElement[Any]]] = {
    "owed": lambda c: c["balance"] + c["credit_balance"],
    "credit_balance": lambda c: c["credit_balance"],
}
"""What the database keeps in the client's row, with each entry of the ledger."""


def _used(low: ColumnElement[Any], high: ColumnElement[Any]) -> tuple[str, Any, Any]:
    return "client_owed", func.greatest(low, case((high < 0, cast(literal("infinity", Text()), Numeric)))), null()


def _available(low: ColumnElement[Any], high: ColumnElement[Any]) -> tuple[str, Any, Any]:
    del high
    return "client_limit", low, null()


WITHIN = {"credit_used": _used, "credit_available": _available}
"""What is used of a limit is owed, and no less than nothing; what is left is at most the limit."""


def _holds(c: Columns) -> ColumnElement[bool]:
    """Whether the overdue amount of the client's row is today's."""
    after, until = c["overdue_after"], c["overdue_until"]
    return and_(or_(after.is_(None), after < TODAY), or_(until.is_(None), until >= TODAY))


def _lapsed() -> CompoundQuery:
    """The clients of which it is not: something fell due since, or the company's day went back with its time zone."""

    def where(name: str, *among: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> Query:
        client = alias_of(models.Client)
        return select(client.c.id).where(*of_company(client, *(test(client.c[name]) for test in among)))

    # Of a range that ends on both sides PostgreSQL expects few, and looks them up in the index.
    return union_all(
        where("overdue_until", lambda day: day >= literal(datetime.date.min), lambda day: day < TODAY),
        where("overdue_after", lambda day: day >= TODAY, lambda day: day <= literal(datetime.date.max)),
    )


def _overdue(c: Columns) -> ColumnElement[int]:
    """What is overdue of the client, in cents, summed from the open items."""
    late = alias_of(models.SalesDocument)
    total = func.coalesce(func.sum(unpaid_in_company_currency(late.c)), 0)
    return (
        select(cast(total * 100, BigInteger))
        .where(late.c.company_id == c["company_id"], late.c.client_id == c["id"], is_overdue(late.c))
        .scalar_subquery()
    )


OVERDUE = Dated("overdue_cents", _holds, _lapsed, _overdue)
IN_CENTS: dict[str, Amount] = {"balance": lambda c: c["balance_cents"], "overdue_balance": OVERDUE}


def receivables_of(parent: FromClause, client_id: ColumnElement[Any]) -> Query:
    """One row: the terms, null where none were set, and the sums over the client's owed documents."""
    terms = alias_of(models.ReceivableTerms)
    owed = alias_of(models.SalesDocument)
    owing = unpaid_in_company_currency(owed.c)
    late = TODAY - owed.c.due_on

    def total(when: ColumnElement[bool] | None = None) -> ColumnElement[Decimal]:
        amount = owing if when is None else case((when, owing), else_=0)
        return cast(func.coalesce(func.sum(amount), 0), Numeric(18, 2))

    sums = (
        select(
            total().label("owed"),
            total(owed.c.due_on < TODAY).label("overdue_balance"),
            total(or_(owed.c.due_on.is_(None), late <= 0)).label("current"),
            total(late.between(1, 30)).label("up_to_30"),
            total(late.between(31, 60)).label("up_to_60"),
            total(late.between(61, 90)).label("up_to_90"),
            total(late > 90).label("over_90"),
            total(counts_as_credit(owed.c)).label("credit_used"),
        )
        .where(*of_company(owed, owed.c.client_id == client_id, is_owed(owed.c)))
        .correlate(parent)
        .lateral()
    )
    client = alias_of(models.Client)
    credit = (
        select(client.c.credit_balance)
        .where(*of_company(client, client.c.id == client_id))
        .correlate(parent)
        .scalar_subquery()
    )
    return (
        select(
            client_id.label("client_id"),
            value_of(models.Company, "currency").label("currency"),
            terms.c.terms,
            terms.c.credit_days,
            terms.c.credit_limit,
            terms.c.overdue_days,
            terms.c.assumes_paid,
            cast(sums.c.owed - credit, Numeric(18, 2)).label("balance"),
            sums.c.owed,
            credit.label("credit_balance"),
            sums.c.overdue_balance,
            *(sums.c[name] for name in AGES),
            sums.c.credit_used,
            (terms.c.credit_limit - sums.c.credit_used).label("credit_available"),
            terms.c.version,
            terms.c.created_at,
            terms.c.updated_at,
        )
        .select_from(sums.outerjoin(terms, and_(*of_company(terms, terms.c.client_id == client_id))))
        .correlate(parent)
    )
