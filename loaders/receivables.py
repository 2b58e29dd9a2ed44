"""What a client owes and may still owe (cuentas por cobrar), in the company's currency."""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Numeric, and_, case, cast, func, or_, select

import models
from loaders.entity import TODAY, Entity, Query, of_company
from loaders.relation import ToMany
from models.base import alias_of
from models.sales_document import counts_as_credit, is_owed, unpaid_in_company_currency
from models.viewer import Permission

AGES = ("current", "up_to_30", "up_to_60", "up_to_90", "over_90")
"""What is owed, by the days that have passed since it fell due."""

COLUMNS = (
    "client_id",
    "terms",
    "credit_days",
    "credit_limit",
    "balance",
    "overdue_balance",
    *AGES,
    "credit_used",
    "credit_available",
    "version",
)


class ReceivableTermsEntity(Entity, model=models.ReceivableTerms, prefix="trm"):
    permission = Permission.BILLING_READ


RELATIONS = {
    "exposure": ToMany(models.SalesDocument, on="client_id", key="client_id", order=("due_on",), where=is_owed),
}
"""Every document that is owed; the amounts of those that count are what is used of the limit."""


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
            total().label("balance"),
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
    return (
        select(
            client_id.label("client_id"),
            terms.c.terms,
            terms.c.credit_days,
            terms.c.credit_limit,
            sums.c.balance,
            sums.c.overdue_balance,
            *(sums.c[name] for name in AGES),
            sums.c.credit_used,
            (terms.c.credit_limit - sums.c.credit_used).label("credit_available"),
            terms.c.version,
        )
        .select_from(sums.outerjoin(terms, and_(*of_company(terms, terms.c.client_id == client_id))))
        .correlate(parent)
    )
