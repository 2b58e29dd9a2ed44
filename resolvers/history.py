"""The history of a client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from domain import sentences
from domain.months import YearMonth as Month
from domain.months import bounds
from loaders.page import Order
from loaders.reads import Counted, Detail
from models.history import CHANGE_PERMISSIONS, Change, HistoryEventKind
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


@filled("kind", "details", "as_prospect")
def summary(context: Context, event: Mapping[str, Any]) -> str:
    """What happened, as a sentence in the viewer's language."""
    kind = HistoryEventKind(event["kind"])
    return sentences.summary(kind, event["details"], context.language, as_prospect=event["as_prospect"])


@filled("kind", "details")
def change_label(context: Context, event: Mapping[str, Any]) -> str:
    """What was done, in agreement with what it was done to."""
    change = Change(event["details"]["change"])
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
        return to_camel_case(self.name.removesuffix("_id"))

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


@filled("kind", "details")
def changes(context: Context, event: Mapping[str, Any]) -> list[Edited]:
    """What the viewer may see of the changes."""
    kind = HistoryEventKind(event["kind"])
    return [
        Edited(change["field"], change["from"], change["to"], kind, context)
        for change in event["details"]["changes"]
        if CHANGE_PERMISSIONS.get(change["field"]) in (None, *context.viewer.permissions)
    ]
