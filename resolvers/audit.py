"""The audit log."""

import datetime
import json
from collections.abc import Mapping
from typing import Any

from strawberry import Info

from loaders.page import Order
from loaders.reads import Filled, Paged, reads
from models.audit import AuditEventKind
from models.viewer import Viewer
from resolvers.context import viewer
from resolvers.relation import page


def _asked(_: Viewer, given: Mapping[str, Any]) -> dict[str, Any]:
    """The page that the log's arguments ask for."""
    condition: dict[str, Any] = {}
    if given.get("kinds") is not None:
        condition["kind"] = {"in_": [kind.value for kind in given["kinds"]]}
    bounds = {"gte": given.get("since"), "lt": given.get("until")}
    if since_until := {operator: instant for operator, instant in bounds.items() if instant is not None}:
        condition["occurred_at"] = since_until
    page = {name: given.get(name) for name in ("first", "after", "last", "before")}
    return page | {"filter": condition, "order": (Order("OCCURRED_AT", descending=True),)}


@reads(Paged(_asked))
def audit_log(
    info: Info,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    kinds: list[AuditEventKind] | None = None,
    since: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
) -> Any:
    """A page of the events, newest first, of some kinds and of some time if asked."""
    given = {"first": first, "after": after, "last": last, "before": before}
    asked = _asked(viewer(info), given | {"kinds": kinds, "since": since, "until": until})
    return page(None, info, asked)


def _details(_: Any, row: Mapping[str, Any]) -> str:
    return json.dumps(row["details"], ensure_ascii=False, sort_keys=True)


@reads(Filled(("details",), _details))
def details(root: Any) -> str:
    """As JSON text, its names in order."""
    return _details(None, {"details": root.details})
