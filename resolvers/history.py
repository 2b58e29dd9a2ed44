"""The history of a client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from domain.months import YearMonth as Month
from domain.months import bounds
from loaders.page import Order
from loaders.reads import Counted, Detail
from models.history import CHANGE_PERMISSIONS, HistoryEventKind
from models.viewer import Viewer
from resolvers.context import Context
from resolvers.reading import filled, paged, resolver
from resolvers.relation import OrderDirection
from schema.scalars import YearMonth


@paged
def history(
    viewer: Viewer,
    month: YearMonth | None = None,
    kinds: list[HistoryEventKind] | None = None,
    order: OrderDirection = OrderDirection.DESC,
) -> Mapping[str, Any]:
    """The events of one month of the company's calendar, and of some kinds."""
    condition: dict[str, Any] = {}
    if month is not None:
        start, end = bounds(Month.parse(month), viewer.time_zone)
        condition["occurred_at"] = {"gte": start, "lt": end}
    if kinds is not None:
        condition["kind"] = {"in_": [kind.value for kind in kinds]}
    return {"filter": condition, "order": (Order("OCCURRED_AT", order is OrderDirection.DESC),)}


total_count = resolver(Counted(filtered=False))
filtered_count = resolver(Counted())
hidden_count = resolver(Counted(hidden=True))


def detail(key: str) -> Any:
    """A resolver: a value kept with the event. Money and dates are kept as the text that they are shown as."""
    return resolver(Detail(key))


@dataclass(frozen=True, slots=True)
class Edited:
    """One value of an edit, as text."""

    field: str
    from_: str | None
    to: str | None


@filled("details")
def changes(context: Context, event: Mapping[str, Any]) -> list[Edited]:
    """What the viewer may see of the changes. The screen knows a reference by the field that shows it: `owner_id` is
    `owner` there."""
    return [
        Edited(to_camel_case(change["field"].removesuffix("_id")), change["from"], change["to"])
        for change in event["details"]["changes"]
        if CHANGE_PERMISSIONS.get(change["field"]) in (None, *context.viewer.permissions)
    ]
