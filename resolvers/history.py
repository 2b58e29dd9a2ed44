"""The history of a client."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from strawberry import Info

from domain.months import YearMonth as Month
from domain.months import bounds
from loaders.operation import Rows
from loaders.statements import Order
from models.history import HistoryEventKind
from resolvers.context import operation, viewer
from resolvers.relation import page
from schema.enums import OrderDirection
from schema.scalars import YearMonth


def history(
    root: Any,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    month: YearMonth | None = None,
    kinds: list[HistoryEventKind] | None = None,
    order: OrderDirection = OrderDirection.DESC,
) -> Any:
    """A page of the events, of one month of the company's calendar and of some kinds if asked."""
    return page(
        "history",
        root,
        info,
        first=first,
        after=after,
        last=last,
        before=before,
        filter=_condition(month, kinds, viewer(info).time_zone),
        order=(Order("OCCURRED_AT", order is OrderDirection.DESC),),
    )


def _condition(month: YearMonth | None, kinds: Sequence[HistoryEventKind] | None, zone: ZoneInfo) -> dict[str, Any]:
    condition: dict[str, Any] = {}
    if month is not None:
        start, end = bounds(Month.parse(month), zone)
        condition["occurred_at"] = {"gte": start, "lt": end}
    if kinds is not None:
        condition["kind"] = {"in_": [kind.value for kind in kinds]}
    return condition


def total_count(root: Rows, info: Info) -> Any:
    """All of the history, whatever the month and the kinds."""
    request = replace(root.request, shape=replace(root.request.shape, filter=()), values={})
    return operation(info).count(root.relation, request, root.parent)


def filtered_count(root: Rows, info: Info) -> Any:
    """The events of the month and kinds that were asked for."""
    return operation(info).count(root.relation, root.request, root.parent)


def hidden_count(root: Rows, info: Info) -> Any:
    """The events of the month and kinds that were asked for and are about something the viewer may not see."""
    if root.parent is None:
        raise TypeError("a history has a parent")
    return operation(info).count_hidden(root.relation, root.request, root.parent)


def detail(key: str) -> Any:
    """A resolver: a value kept with the event. Money and dates are kept as the text that they are shown as."""

    def resolve(root: Any) -> Any:
        return root.details[key]

    return resolve
