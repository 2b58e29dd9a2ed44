"""What is known of one operation while it is done, and when it has ended."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from psycopg.pq.abc import PGresult

from database.effort import EFFORT, Effort
from models.viewer import Viewer
from planner.plan import ParsedOperation
from server.telemetry.traceparent import trace_id

if TYPE_CHECKING:
    from server.telemetry.traces import Span

MOST_NOTED: Final = 50
"""Round trips whose SQL is noted, of an operation that may be slow."""
OBSERVED: Final = "ficha.observed"
"""The key of an ASGI scope under which a request's `Observed` is."""
LONGEST_NAME: Final = 64
"""Characters of an operation's name that are logged."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Statements that were sent together, and for how many seconds they were waited for."""

    statements: Sequence[str]
    seconds: float


@dataclass(slots=True, eq=False)
class Observed(Effort):
    """One operation, or what was asked to be one. Nothing that its variables or its answer hold is here.

    It must be part of no reference cycle, so that it is freed with its request.
    """

    began: float = field(default_factory=time.perf_counter)
    operation: ParsedOperation | None = None
    hash: str | None = None
    """The document's SHA-256."""
    viewer: Viewer | None = None
    """Once admitted."""
    cost: int | None = None
    code: str | None = None
    """Of its first error."""
    is_document_cached: bool = False
    plans_cached: int = 0
    plans_compiled: int = 0
    events: int | None = None
    """Sent to a subscriber."""
    traceparent: str | None = None
    """The caller's."""
    span: "Span | None" = None
    """Where traces are made."""
    round_trips: list[RoundTrip] | None = None
    """Where slow operations are logged."""

    def sent(self, statements: Sequence[str], results: Sequence[PGresult], seconds: float) -> None:
        Effort.sent(self, statements, results, seconds)  # `super()` does not know the class that `slots` makes anew
        if self.round_trips is not None and len(self.round_trips) < MOST_NOTED:
            self.round_trips.append(RoundTrip(statements, seconds))
        if self.span is not None:
            self.span.sent(statements, seconds)

    @property
    def seconds_so_far(self) -> float:
        """Since it began."""
        return time.perf_counter() - self.began

    @property
    def name(self) -> str | None:
        """As its document calls it."""
        name = self.operation and self.operation.definition.name
        return name.value[:LONGEST_NAME] if name else None

    @property
    def kind(self) -> str | None:
        """`query`, `mutation` or `subscription`."""
        return self.operation and self.operation.definition.operation.value

    def fields(self) -> dict[str, Any]:
        """For a log."""
        viewer = self.viewer
        fields: dict[str, Any] = {
            "statements": self.statements,
            "rows": self.rows,
            "sql_ms": milliseconds(self.seconds),
        }
        if viewer is not None:
            fields |= {"company": viewer.company_id, "viewer": viewer.collaborator_id}
            if viewer.api_key_id:
                fields["api_key"] = viewer.api_key_id
        if self.operation is not None:
            fields |= {
                "kind": self.kind,
                "operation": self.name,
                "hash": self.hash,
                "cost": self.cost,
                "document_cached": self.is_document_cached,
                "plans_cached": self.plans_cached,
                "plans_compiled": self.plans_compiled,
            }
        if self.code:
            fields["code"] = self.code
        if self.events is not None:
            fields["events"] = self.events
        return fields


def current() -> Observed | None:
    """The operation that this task works for."""
    effort = EFFORT.get()
    return effort if isinstance(effort, Observed) else None


def outgoing_headers() -> Mapping[str, str]:
    """For a request to another service, on behalf of the operation under way: its trace goes on there. Where no traces
    are made here, the caller's is passed on."""
    observed = current()
    if observed is None:
        return {}
    if observed.span:
        return observed.span.headers
    stated = observed.traceparent
    return {"traceparent": stated} if stated and trace_id([stated]) else {}


def milliseconds(seconds: float) -> float:
    """For a log."""
    return round(seconds * 1000, 2)
