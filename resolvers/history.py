"""The history of a client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from strawberry import Info
from strawberry.utils.str_converters import to_camel_case

from domain.months import YearMonth as Month
from domain.months import bounds
from loaders.operation import Rows
from loaders.page import Order
from loaders.reads import Counted, Detail, Filled, Paged, reads
from models.history import CHANGE_PERMISSIONS, HistoryEventKind
from models.viewer import Viewer
from resolvers.context import Context, context, operation, viewer
from resolvers.relation import OrderDirection, page
from schema.scalars import YearMonth


def asked(viewer: Viewer, given: Mapping[str, Any]) -> dict[str, Any]:
    """The page that the history's arguments ask for: of one month of the company's calendar and of some kinds."""
    condition: dict[str, Any] = {}
    if given.get("month") is not None:
        start, end = bounds(Month.parse(given["month"]), viewer.time_zone)
        condition["occurred_at"] = {"gte": start, "lt": end}
    if given.get("kinds") is not None:
        condition["kind"] = {"in_": [kind.value for kind in given["kinds"]]}
    page = {name: given.get(name) for name in ("first", "after", "last", "before")}
    newest_first = given.get("order", OrderDirection.DESC) is OrderDirection.DESC
    return page | {"filter": condition, "order": (Order("OCCURRED_AT", newest_first),)}


@reads(Paged(asked))
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
    """A page of the client's events."""
    given = {"first": first, "after": after, "last": last, "before": before}
    return page(root, info, asked(viewer(info), given | {"month": month, "kinds": kinds, "order": order}))


@reads(Counted(filtered=False))
def total_count(root: Rows, info: Info) -> Any:
    """All of the history, whatever the month and the kinds."""
    return operation(info).count(root.relation, root.request, root.parent, filtered=False)


@reads(Counted())
def filtered_count(root: Rows, info: Info) -> Any:
    """The events of the month and kinds that were asked for."""
    return operation(info).count(root.relation, root.request, root.parent)


@reads(Counted(hidden=True))
def hidden_count(root: Rows, info: Info) -> Any:
    """The events of the month and kinds that were asked for and are about something the viewer may not see."""
    return operation(info).count(root.relation, root.request, root.parent, hidden=True)


def detail(key: str) -> Any:
    """A resolver: a value kept with the event. Money and dates are kept as the text that they are shown as."""

    @reads(Detail(key))
    def resolve(root: Any) -> Any:
        return root.details.get(key)

    return resolve


@dataclass(frozen=True, slots=True)
class Edited:
    """One value of an edit, as text."""

    field: str
    from_: str | None
    to: str | None


def _edited(context: Context, row: Mapping[str, Any]) -> list[Edited]:
    """What the viewer may see of the changes. The screen knows a reference by the field that shows it: `owner_id` is
    `owner` there."""
    return [
        Edited(to_camel_case(change["field"].removesuffix("_id")), change["from"], change["to"])
        for change in row["details"]["changes"]
        if CHANGE_PERMISSIONS.get(change["field"]) in (None, *context.viewer.permissions)
    ]


@reads(Filled(("details",), _edited))
def changes(root: Any, info: Info) -> Any:
    """What an edit changed."""
    return _edited(context(info), {"details": root.details})
