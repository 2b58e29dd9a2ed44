"""The metrics of one process, for Prometheus, on a port of their own.

All of them are numbers that are at hand anyway, or that the event loop alone counts, and are read when Prometheus asks:
its client's own counters take a lock each time. Labels have few values: no path, operation or code that a client
makes up is one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from database.effort import TOTALS, Durations
from server import __version__

Labels = tuple[str, ...]
Numbers = Callable[[], float | Mapping[Labels, float]]
"""Reads a number, or one for each combination of the labels' values."""


@dataclass(frozen=True, slots=True)
class Source:
    """A metric, and what it is read from."""

    kind: Literal["gauge", "counter", "histogram"]
    name: str
    description: str
    read: Callable[[], float | Mapping[Labels, float] | Mapping[Labels, Durations]]
    labels: Labels


OTHER: Final = "other"
"""The operation of a document that is not known."""


class Metrics:
    """Counts for one application, and reads what others count."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self._requests = Counter[Labels]()
        self._errors = Counter[Labels]()
        self._operations = defaultdict[Labels, Durations](Durations)
        self._compiling = Durations()
        self.gauge("ficha_build_info", "Always 1, of this version.", lambda: {(__version__,): 1}, "version")
        self.counter("ficha_requests", "HTTP responses.", lambda: self._requests, "path", "status")
        self.counter(
            "ficha_errors",
            "Errors in answers, and requests that were refused or left, by code.",
            lambda: self._errors,
            "code",
        )
        self.histogram(
            "ficha_operation_seconds",
            f"Operations, by the name of those that are known; the others are `{OTHER}`.",
            lambda: self._operations,
            "operation",
            "kind",
        )
        self.histogram("ficha_compile_seconds", "Compilation of plans.", lambda: {(): self._compiling})
        self.histogram("ficha_round_trip_seconds", "Statements sent together.", lambda: {(): TOTALS.round_trips})
        self.counter("ficha_statements", "SQL statements sent.", lambda: TOTALS.statements)
        self.counter("ficha_rows", "Rows that PostgreSQL sent.", lambda: TOTALS.rows)
        self.counter("ficha_loader_batches", "Statements of dataloaders.", lambda: TOTALS.batches)
        self.counter("ficha_loader_keys", "Keys in the batches of dataloaders.", lambda: TOTALS.keys)

    def responded(self, path: str, status: int) -> None:
        """A response began; `path` is a template."""
        self._requests[path, str(status)] += 1

    def failed(self, codes: Iterable[str]) -> None:
        """An answer has errors of these codes."""
        for code in codes:
            self._errors[(code,)] += 1

    def operated(self, operation: str, kind: str, seconds: float) -> None:
        """An operation has ended; `operation` is the name of a known one, or `OTHER`."""
        self._operations[operation, kind].add(seconds)

    def compiled(self, seconds: float) -> None:
        """A plan was compiled."""
        self._compiling.add(seconds)

    def gauge(self, name: str, description: str, read: Numbers, *labels: str) -> None:
        """A number that rises and falls."""
        self.sources.append(Source("gauge", name, description, read, labels))

    def counter(self, name: str, description: str, read: Numbers, *labels: str) -> None:
        """A number that only rises; Prometheus adds `_total` to its name."""
        self.sources.append(Source("counter", name, description, read, labels))

    def histogram(
        self, name: str, description: str, read: Callable[[], Mapping[Labels, Durations]], *labels: str
    ) -> None:
        """How many took how long."""
        self.sources.append(Source("histogram", name, description, read, labels))
