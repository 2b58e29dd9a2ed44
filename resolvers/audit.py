"""The audit log."""

import datetime
import json
from collections.abc import Mapping
from typing import Any

from loaders.page import Order
from models.audit import AuditEventKind
from models.viewer import Viewer
from resolvers.context import Context
from resolvers.reading import filled, paged


@paged
def audit_log(
    _: Viewer,
    kinds: list[AuditEventKind] | None = None,
    since: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
) -> Mapping[str, Any]:
    """The events, newest first, optionally of some kinds and a span of time."""
    condition: dict[str, Any] = {}
    if kinds is not None:
        condition["kind"] = {"in_": [kind.value for kind in kinds]}
    bounds = {"gte": since, "lt": until}
    if period := {operator: instant for operator, instant in bounds.items() if instant is not None}:
        condition["occurred_at"] = period
    return {"filter": condition, "order": (Order("OCCURRED_AT", descending=True),)}


@filled("details")
def details(_: Context, event: Mapping[str, Any]) -> str:
    """As JSON text, its names in order."""
    return json.dumps(event["details"], ensure_ascii=False, sort_keys=True)
