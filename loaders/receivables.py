"""What a client owes and may still owe (cuentas por cobrar), in the company's currency."""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Numeric, and_, case, cast, func, or_, select

import models
from loaders.entity import COMPANY, TODAY, Columns, Entity, Query
from loaders.sales_document import is_owed
from models.sales_document import SalesDocumentType
from models.viewer import Permission

COLUMNS = (
    "terms",
    "credit_days",
    "credit_limit",
    "balance",
    "overdue_balance",
    "credit_used",
    "credit_available",
    "version",
)


class ReceivableTermsEntity(Entity, model=models.ReceivableTerms, prefix="trm"):
    permission = Permission.BILLING_READ


def counts_as_credit(c: Columns) -> ColumnElement[bool]:
    """Whether an owed document uses up the credit limit: invoices and sales notes on credit, never quotes."""
    return or_(c["type"] == SalesDocumentType.INVOICE, c["on_credit"])


def receivables_of(parent: FromClause, client_id: ColumnElement[Any]) -> Query:
    """One row: the terms, null where none were set, and the sums over the client's owed documents."""
    terms = models.ReceivableTerms.__table__.alias()
    owed = models.SalesDocument.__table__.alias()
    owing = func.round((owed.c.total - owed.c.paid) * owed.c.exchange_rate, 2)

    def total(when: ColumnElement[bool] | None = None) -> ColumnElement[Decimal]:
        amount = owing if when is None else case((when, owing), else_=0)
        return cast(func.coalesce(func.sum(amount), 0), Numeric(18, 2))

    sums = (
        select(
            total().label("balance"),
            total(owed.c.due_on < TODAY).label("overdue_balance"),
            total(counts_as_credit(owed.c)).label("credit_used"),
        )
        .where(owed.c.company_id == COMPANY, owed.c.client_id == client_id, is_owed(owed.c))
        .correlate(parent)
        .lateral()
    )
    return select(
        terms.c.terms,
        terms.c.credit_days,
        terms.c.credit_limit,
        sums.c.balance,
        sums.c.overdue_balance,
        sums.c.credit_used,
        (terms.c.credit_limit - sums.c.credit_used).label("credit_available"),
        terms.c.version,
    ).select_from(sums.outerjoin(terms, and_(terms.c.company_id == COMPANY, terms.c.client_id == client_id))).correlate(parent)
