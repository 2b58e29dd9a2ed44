"""The history of a client."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from strawberry import ID
from strawberry.utils.str_converters import to_camel_case

from domain import sentences
from domain.months import YearMonth as Month
from domain.months import bounds, end_of_day, month_of
from domain.work import utc_now
from errors import BadInput
from loaders.collaborator import CollaboratorEntity
from loaders.ids import decode_as
from loaders.page import Order
from loaders.reads import Chosen, Constant, Counted, Detail, Related
from models.external_event import SUBJECTS
from models.history import CHANGE_PERMISSIONS, Change, HistoryEventKind
from models.viewer import Viewer
from resolvers.context import Context
from resolvers.follow_up import First, demand_span
from resolvers.reading import filled, paged, resolver
from resolvers.relation import OrderDirection
from schema.scalars import CURRENT, YearMonth


@paged
def history(
    viewer: Viewer,
    month: YearMonth | None = None,
    from_: First = None,
    to: datetime.date | None = None,
    kinds: list[HistoryEventKind] | None = None,
    actor_id: ID | None = None,
    search: str | None = None,
    order: OrderDirection = OrderDirection.DESC,
) -> Mapping[str, Any]:
    """The events of one month or of a span of days of the company's calendar, of some kinds, by somebody."""
    condition: dict[str, Any] = {}
    if period := _period(viewer, month, from_, to):
        condition["occurred_at"] = period
    if kinds is not None:
        condition["kind"] = {"in_": [kind.value for kind in kinds]}
    if actor_id is not None:
        condition["actor_id"] = {"eq": decode_as(CollaboratorEntity, actor_id, "actorId")}
    direction = (Order("OCCURRED_AT", order is OrderDirection.DESC),)
    return {"filter": condition, "order": direction, "search": search}


def _period(
    viewer: Viewer, month: YearMonth | None, first: datetime.date | None, last: datetime.date | None
) -> Mapping[str, Any]:
    """The instants of a month, or of the days from the first to the last one, either of which may be open."""
    if month is not None:
        if first is not None or last is not None:
            raise BadInput("BAD_SPAN", "Indique month, o bien from y to, pero no ambos.", "month")
        chosen = month_of(utc_now(), viewer.time_zone) if month == CURRENT else Month.parse(month)
        start, end = bounds(chosen, viewer.time_zone)
        return {"gte": start, "lt": end}
    demand_span(first, last)
    since = {"gte": end_of_day(first - datetime.timedelta(days=1), viewer.time_zone)} if first else {}
    return since | ({"lt": end_of_day(last, viewer.time_zone)} if last else {})


unfiltered_count = resolver(Counted(filtered=False))
hidden_count = resolver(Counted(hidden=True))


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many events of a kind a month has."""

    kind: HistoryEventKind
    count: int


@filled("by_kind")
def by_kind(_: Context, month: Mapping[str, Any]) -> list[KindCount]:
    """In the order of the kinds' declarations."""
    counts: Mapping[str, int] = month["by_kind"]
    return [KindCount(kind, counts[kind]) for kind in HistoryEventKind if kind in counts]


def detail(key: str) -> Any:
    """A resolver: a value kept with the event. Money and dates are kept as the text that they are shown as."""
    return resolver(Detail(key))


def subject(relation: str) -> Any:
    """A resolver: the record that the relation leads to."""
    return resolver(Related(relation))


def subject_deleted(relation: str) -> Any:
    """A resolver: whether that record is deleted. A sales document is cancelled instead."""
    if relation == "sales_document":
        return resolver(Constant(lambda _: False))
    column = f"{relation}.deleted_at"

    @filled(column, unseen={column: None})
    def deleted(_: Context, event: Mapping[str, Any]) -> bool:
        return event[column] is not None

    return deleted


_OF_EXTERNAL = Chosen("subject", tuple(SUBJECTS), "client")
_DELETED = tuple(f"{name}.deleted_at" for name in (*SUBJECTS, "client") if name != "sales_document")

external_subject = resolver(_OF_EXTERNAL)
"""The record that an event of another system is about."""


@filled("details", *_DELETED, unseen=dict.fromkeys(_DELETED))
def external_subject_deleted(_: Context, event: Mapping[str, Any]) -> bool:
    """Whether that record is deleted."""
    return event.get(f"{_OF_EXTERNAL.relation(event['details'])}.deleted_at") is not None


@filled("kind", "said", "as_prospect")
def summary(context: Context, event: Mapping[str, Any]) -> str:
    """What happened, as a sentence in the viewer's language."""
    kind = HistoryEventKind(event["kind"])
    return sentences.summary(kind, event["said"], context.language, as_prospect=event["as_prospect"])


@filled("kind", "said")
def change_label(context: Context, event: Mapping[str, Any]) -> str:
    """What was done, in agreement with what it was done to."""
    change = Change(event["said"]["change"])
    return sentences.change_label(HistoryEventKind(event["kind"]), change, context.language)


@dataclass(frozen=True, slots=True)
class Edited:
    """One value of an edit, as text of that day, and what it is called in the viewer's language."""

    name: str
    """The column."""
    from_: str | None
    to: str | None
    kind: HistoryEventKind
    context: Context

    @property
    def field(self) -> str:
        """The screen knows a reference by the field that shows it: `owner_id` is `owner` there."""
        return _shown_name(self.name)

    @property
    def field_label(self) -> str:
        return sentences.field_label(self.kind, self.name, self.context.language)

    @property
    def from_label(self) -> str | None:
        return self._shown(self.from_)

    @property
    def to_label(self) -> str | None:
        return self._shown(self.to)

    def _shown(self, value: str | None) -> str | None:
        context = self.context
        return sentences.value_label(self.kind, self.name, value, context.language, context.viewer.time_zone)


@lru_cache(5_000)
def _shown_name(column: str) -> str:
    return to_camel_case(column.removesuffix("_id"))


@filled("kind", "details")
def changes(context: Context, event: Mapping[str, Any]) -> list[Edited]:
    """What the viewer may see of the changes."""
    kind = HistoryEventKind(event["kind"])
    return [
        Edited(change["field"], change["from"], change["to"], kind, context)
        for change in event["details"]["changes"]
        if CHANGE_PERMISSIONS.get(change["field"]) in (None, *context.viewer.permissions)
    ]
