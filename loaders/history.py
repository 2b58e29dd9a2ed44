"""The history of a client, and the months that its drop-down offers."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Text,
    cast,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, array

import models
from loaders.entity import NOW, Derived, Entity, Hidden, Query, bind, of_company
from loaders.relation import ToNamed, ToOne
from models.base import alias_of
from models.history import UNSAID, HistoryEventKind
from models.viewer import Permission

MONTH_STARTS = bind("month_starts", ARRAY(DateTime(timezone=True)))
"""The instants at which the months begin in the company's zone, from January of `FIRST_YEAR` to the current one. Handed
in rather than computed by PostgreSQL, so that one time zone database decides (Python's tzdata, pinned), however old the
server's is."""

FIRST_YEAR = 2000
"""No record of Ficha is older."""


SEARCHED = tuple(
    dict.fromkeys(["label", *(each.key for kind in HistoryEventKind for each in kind.declared.details if each.is_text)])
)
"""The details whose text a search looks in. The values of edits are not among them: some are of records that the viewer
may not see."""


class HistoryEventEntity(Entity, model=models.HistoryEvent, prefix="evt"):
    permission = Permission.HISTORY_READ
    visible = lambda c: ~Hidden(c["kind"])  # noqa: E731  # a declaration
    discriminator = "kind"
    type_names = {kind.value: kind.type_name for kind in HistoryEventKind}
    orders = {"OCCURRED_AT": lambda c: c["occurred_at"]}
    created_at = Derived(lambda c: c["recorded_at"])
    updated_at = created_at
    said = Derived(lambda c: c["details"].op("-")(array([*UNSAID], type_=Text())))
    """The details, as far as sentences need them."""
    search = lambda c: func.ficha_fold(func.concat_ws(" ", *(c["details"][key].astext for key in SEARCHED)))  # noqa: E731  # a declaration

    client = ToOne(models.Client, on="client_id")
    actor = ToOne(models.Collaborator, on="actor_id", joined=True)
    api_key = ToNamed(models.ApiKey, on="api_key_id", joined=True)
    deal = ToOne(models.Deal, on="deal_id", joined=True)
    sales_document = ToOne(models.SalesDocument, on="sales_document_id", joined=True)
    origin_document = ToOne(models.SalesDocument, on="origin_document_id", joined=True)
    contact = ToOne(models.Contact, on="subject_id")
    address = ToOne(models.Address, on="subject_id")
    bank_account = ToOne(models.BankAccount, on="subject_id")
    follow_up = ToOne(models.FollowUp, on="subject_id")
    document = ToOne(models.Document, on="subject_id")


def months_of(parent: FromClause, client_id: ColumnElement[Any]) -> Query:
    """Every month from the record's creation to now, newest first, with its number of events, zeros included. What was
    brought in from before, as a CFDI, is history too: then the months begin with the first event that is seen."""
    client, event = alias_of(models.Client), alias_of(models.HistoryEvent)
    seen = HistoryEventEntity.conditions(event, event.c.client_id == client_id)
    kinds = (
        select(
            func.width_bucket(event.c.occurred_at, MONTH_STARTS).label("month"),
            event.c.kind,
            func.count().label("events"),
        )
        .where(*seen)
        .group_by("month", event.c.kind)
        .correlate(parent)
        .lateral()
    )
    counts = select(
        kinds.c.month,
        cast(func.sum(kinds.c.events), Integer).label("events"),
        func.jsonb_object_agg(kinds.c.kind, kinds.c.events, type_=JSONB()).label("by_kind"),
    )
    counts = counts.group_by(kinds.c.month).correlate(parent).lateral()
    # One row of the index that the history is read by.
    earliest = select(event.c.occurred_at).where(*seen).order_by(event.c.occurred_at).limit(1).correlate(parent)
    beginning = func.least(client.c.created_at, earliest.scalar_subquery())
    first, last = (func.width_bucket(instant, MONTH_STARTS) for instant in (beginning, NOW))
    months = (
        func.generate_series(func.greatest(first, 1), last)
        .table_valued(column("number", Integer()))
        .render_derived("month")
    )
    by_kind = func.coalesce(counts.c.by_kind, literal_column("'{}'::jsonb", JSONB())).label("by_kind")
    ordinal = months.c.number - 1
    day = func.make_date(FIRST_YEAR + ordinal // 12, ordinal % 12 + 1, 1)
    return (
        select(
            func.to_char(day, "YYYY-MM").label("month"), func.coalesce(counts.c.events, 0).label("event_count"), by_kind
        )
        .select_from(client.join(months, true()).outerjoin(counts, counts.c.month == months.c.number))
        .where(*of_company(client, client.c.id == client_id))
        .order_by(months.c.number.desc())
        .correlate(parent)
    )
