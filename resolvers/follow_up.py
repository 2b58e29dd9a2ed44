"""Follow-ups of the company, of a span of days where a calendar asks for one."""

import datetime
from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from domain.fields import FIRST_DAY, LAST_DAY
from domain.months import end_of_day
from errors import BadInput
from loaders.deleted import Deleted
from loaders.page import Order
from models.viewer import Viewer
from resolvers.reading import paged
from resolvers.relation import listed_or_deleted

MOST_DAYS = 62
"""Of a span: two months of a calendar."""

First = Annotated[datetime.date | None, strawberry.argument(name="from")]
"""`from` is a word of Python's."""


def _listed(
    viewer: Viewer,
    filter: Any = None,
    order_by: Any = None,
    search: str | None = None,
    from_: First = None,
    to: datetime.date | None = None,
    deleted: Deleted = Deleted.EXCLUDE,
) -> Mapping[str, Any]:
    """The company's follow-ups; those of a span of days in the order in which they begin."""
    arguments = dict(listed_or_deleted(viewer, filter, order_by, search, deleted))
    if from_ is not None or to is not None:
        since, until = _span(from_, to, viewer)
        arguments["filter"] = (arguments["filter"] or {}) | {"days": {"since": since, "until": until}}
        arguments["order"] = arguments["order"] or (Order("STARTS_AT", descending=False),)
    return arguments


def _span(
    first: datetime.date | None, last: datetime.date | None, viewer: Viewer
) -> tuple[datetime.datetime, datetime.datetime]:
    """From the beginning of the first day to the end of the last one, where the company is."""
    if first is None or last is None:
        raise BadInput("BAD_SPAN", "Indique from y to, el primer día y el último.", "from" if first is None else "to")
    demand_span(first, last)
    days = (last - first).days + 1
    if days > MOST_DAYS:
        raise BadInput("SPAN_TOO_LONG", f"Un rango tiene a lo más {MOST_DAYS} días; éste tiene {days}: acórtelo.", "to")
    return end_of_day(first - datetime.timedelta(days=1), viewer.time_zone), end_of_day(last, viewer.time_zone)


def demand_span(first: datetime.date | None, last: datetime.date | None) -> None:
    """BadInput where a day is out of the calendar's, or the last one comes before the first. Either may be open."""
    for name, day in (("from", first), ("to", last)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise BadInput("BAD_SPAN", f"El día {day} debe estar entre {FIRST_DAY} y {LAST_DAY}.", name)
    if first is not None and last is not None and last < first:
        raise BadInput("BAD_SPAN", f"El último día, {last}, no puede ser anterior al primero, {first}.", "to")


def follow_ups(filter_input: Any, order_input: Any) -> Any:
    """A resolver: a page of the company's follow-ups."""
    return paged(_listed, filter=filter_input | None, order_by=list[order_input] | None)
