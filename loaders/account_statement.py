"""What a client owed at the end of a day, by currency, and the lines of its statement of account: sums over the ledger.

They take values of a request beside their parent's key, so they are relations of no entity: `Operation.computed` reads
them."""

import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Numeric,
    Text,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

import models
from loaders.entity import TODAY, Query, bind, of_company
from loaders.receivables import AGES
from loaders.relation import Computed
from models.base import alias_of
from models.ledger import LedgerEntryKind
from models.sales_document import SalesDocumentType
from models.viewer import Permission

DAY = bind("as_of", Date())
FIRST_DAY, LAST_DAY = bind("first_day", Date()), bind("last_day", Date())
CURRENCY = bind("currency", Text())
CURSOR = tuple_(bind("cursor_day", Date()), bind("cursor_instant", DateTime(timezone=True)), bind("cursor_id", Uuid()))
SIZE = bind("size", Integer())

_MONEY = Numeric(18, 2)
_PARTS = ("owed", "credit_balance", "overdue_balance", *AGES, "credit_used")


def _by_the_end_of(day: ColumnElement[Any], entry: FromClause) -> ColumnElement[bool]:
    """Whether the entry counts when the day ended. Today all do that are on record: where a company's zone moved back
    over midnight, some are of the day that it has not reached again. One bound, which an index serves."""
    end_of_time: ColumnElement[Any] = literal_column("'infinity'::date", Date())
    return entry.c.effective_on <= case((day >= TODAY, end_of_time), else_=day)


def _items_of(parent: FromClause, client_id: ColumnElement[Any]) -> FromClause:
    """What every document, payment and credit note came to by the end of the day, in its own currency and rounded in
    the company's: where nothing remained of it, there is no row."""
    entry, document = alias_of(models.LedgerEntry), alias_of(models.SalesDocument)
    on_document = entry.c.sales_document_id.is_not(None)
    item = case(
        (on_document, entry.c.sales_document_id), else_=func.coalesce(entry.c.payment_id, entry.c.credit_note_id)
    )
    sums = (
        select(
            entry.c.currency,
            entry.c.sales_document_id,
            func.sum(entry.c.amount).label("amount"),
            func.round(func.sum(entry.c.amount) * entry.c.exchange_rate, 2).label("company_amount"),
        )
        .where(*of_company(entry, entry.c.client_id == client_id, _by_the_end_of(DAY, entry)))
        .group_by(entry.c.currency, entry.c.exchange_rate, entry.c.sales_document_id, item)
        .having(func.sum(entry.c.amount) != 0)
        .correlate(parent)
        .lateral()
    )
    is_it = of_company(document, document.c.client_id == client_id, document.c.id == sums.c.sales_document_id)
    counts = or_(document.c.type == SalesDocumentType.INVOICE, document.c.on_credit)
    return (
        select(*sums.c, document.c.due_on, counts.label("counts_as_credit"))
        .select_from(sums.outerjoin(document, and_(*is_it)))
        .correlate(parent)
        .lateral()
    )


def balances_of(parent: FromClause, client_id: ColumnElement[Any]) -> Query:
    """A row for each currency in which something was owed or left when the day ended: in that currency, and
    (`company_`) in the company's. A document's due date is that of now."""
    item = _items_of(parent, client_id)
    late = DAY - item.c.due_on
    of_document = item.c.sales_document_id.is_not(None)
    conditions: dict[str, ColumnElement[bool]] = {
        "owed": of_document,
        "credit_balance": item.c.sales_document_id.is_(None),
        "overdue_balance": and_(of_document, late > 0),
        "current": and_(of_document, or_(item.c.due_on.is_(None), late <= 0)),
        "up_to_30": and_(of_document, late.between(1, 30)),
        "up_to_60": and_(of_document, late.between(31, 60)),
        "up_to_90": and_(of_document, late.between(61, 90)),
        "over_90": and_(of_document, late > 90),
        "credit_used": and_(of_document, item.c.counts_as_credit),
    }

    def total(name: str, amount: ColumnElement[Decimal]) -> ColumnElement[Decimal]:
        shown = -amount if name == "credit_balance" else amount
        return cast(func.coalesce(func.sum(shown).filter(conditions[name]), 0), _MONEY)

    return (
        select(
            item.c.currency,
            *(total(name, item.c.amount).label(name) for name in _PARTS),
            *(total(name, item.c.company_amount).label(f"company_{name}") for name in _PARTS),
        )
        .select_from(item)
        .group_by(item.c.currency)
        .order_by(item.c.currency)
        .correlate(parent)
    )


BALANCES = Computed(
    "BalancesOnDay",
    ("currency", *_PARTS, *(f"company_{name}" for name in _PARTS)),
    balances_of,
    many=True,
    permission=Permission.BILLING_READ,
)
"""Of a client (its id): what was owed and left when the day `as_of` ended."""


def openings_of(parent: FromClause, client_id: ColumnElement[Any]) -> Query:
    """A row for each currency: the balance before the first day, if that is not nothing."""
    entry = alias_of(models.LedgerEntry)
    balance = func.sum(entry.c.amount)
    return (
        select(entry.c.currency, cast(balance, _MONEY).label("balance"))
        .where(*of_company(entry, entry.c.client_id == client_id, entry.c.effective_on < FIRST_DAY))
        .group_by(entry.c.currency)
        .having(balance != 0)
        .correlate(parent)
    )


OPENINGS = Computed(
    "OpeningBalance", ("currency", "balance"), openings_of, many=True, permission=Permission.BILLING_READ
)
"""Of a client: its balances before `first_day`, each in its currency."""


_COLUMNS = (
    "id", "kind", "effective_on", "recorded_at", "amount", "sales_document_id", "payment_id", "credit_note_id",
    "application_id", "reverses_id",
)  # fmt: skip
_SHOWN = ("balance", "document_type", "folio", "origin_folio", "reference")


def lines_of(parent: FromClause, client_id: ColumnElement[Any], *, backward: bool = False) -> Query:
    """The entries of the period in one currency with the balance after each, in the order in which they took effect.

    Where both sides of what was applied are in the currency, they cancel out and are no lines; sides in two currencies
    are. At most `size` lines, the first ones after the cursor, or backward the last ones before it; the balance counts
    all that came before.
    """
    entry = alias_of(models.LedgerEntry)
    of_client = of_company(entry, entry.c.client_id == client_id, entry.c.currency == CURRENCY)
    same = [entry.c.application_id, entry.c.effective_on, entry.c.recorded_at]
    both_sides = func.sum(entry.c.amount).over(partition_by=same)
    entries = (
        select(*(entry.c[name] for name in _COLUMNS), both_sides.label("both_sides"))
        .where(*of_client, entry.c.effective_on >= FIRST_DAY, _by_the_end_of(LAST_DAY, entry))
        .correlate(parent)
        .lateral()
    )
    before = alias_of(models.LedgerEntry)
    opening = (
        select(func.coalesce(func.sum(before.c.amount), 0))
        .where(
            *of_company(
                before,
                before.c.client_id == client_id,
                before.c.currency == CURRENCY,
                before.c.effective_on < FIRST_DAY,
            )
        )
        .correlate(parent)
        .scalar_subquery()
    )
    order = (entries.c.effective_on, entries.c.recorded_at, entries.c.id)
    changes = or_(entries.c.kind != LedgerEntryKind.APPLICATION, entries.c.both_sides != 0)
    lines = (
        select(
            *(entries.c[name] for name in _COLUMNS),
            cast(opening + func.sum(entries.c.amount).over(order_by=order), _MONEY).label("balance"),
        )
        .select_from(entries)
        .where(changes)
        .correlate(parent)
        .lateral()
    )
    place = (lines.c.effective_on, lines.c.recorded_at, lines.c.id)
    page = (
        select(*lines.c)
        .where(tuple_(*place) < CURSOR if backward else tuple_(*place) > CURSOR)
        .order_by(*(each.desc() if backward else each for each in place))
        .limit(SIZE)
        .correlate(parent)
        .lateral()
    )
    return _with_names(page, client_id).order_by(page.c.effective_on, page.c.recorded_at, page.c.id).correlate(parent)


def _with_names(line: FromClause, client_id: ColumnElement[Any]) -> Query:
    """The lines, with what their documents and payments are called."""
    document, origin = alias_of(models.SalesDocument), alias_of(models.SalesDocument)
    payment, application = alias_of(models.Payment), alias_of(models.Application)

    def of_client(table: FromClause, id: ColumnElement[Any]) -> ColumnElement[bool]:
        return and_(*of_company(table, table.c.client_id == client_id, table.c.id == id))

    on = func.coalesce(line.c.sales_document_id, application.c.sales_document_id, line.c.credit_note_id)
    source = (
        line.outerjoin(application, of_client(application, line.c.application_id))
        .outerjoin(document, of_client(document, on))
        .outerjoin(origin, of_client(origin, line.c.credit_note_id))
        .outerjoin(payment, of_client(payment, line.c.payment_id))
    )
    return select(
        *(line.c[name] for name in (*_COLUMNS, "balance")),
        document.c.type.label("document_type"),
        document.c.folio,
        origin.c.folio.label("origin_folio"),
        payment.c.reference,
    ).select_from(source)


def _lines(*, backward: bool) -> Computed:
    return Computed(
        "AccountStatementLine",
        (*_COLUMNS, *_SHOWN),
        partial(lines_of, backward=backward),
        many=True,
        permission=Permission.BILLING_READ,
    )


LINES, LAST_LINES = _lines(backward=False), _lines(backward=True)
"""Of a client: lines of its statement of account from `first_day` to `last_day`, after a cursor or before it."""

Place = tuple[datetime.date, datetime.datetime, UUID]
"""Where a line is in the order of its statement."""


def end_of(first_day: datetime.date, *, backward: bool) -> Place:
    """The place before all lines of a period, or backward the one behind them."""
    if backward:
        return datetime.date.max, datetime.datetime.max.replace(tzinfo=datetime.UTC), UUID(int=2**128 - 1)
    return first_day, datetime.datetime.min.replace(tzinfo=datetime.UTC), UUID(int=0)
