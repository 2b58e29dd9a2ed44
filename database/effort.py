"""What is asked of PostgreSQL: by one operation, for whoever began it to report, and by the whole process."""

from bisect import bisect_left
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from psycopg.pq.abc import PGresult

BOUNDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds, of the buckets in which durations are counted."""


@dataclass(slots=True)
class Durations:
    """How many took how long. Cheaper than a metric of Prometheus' client, which takes a lock: it is filled by the
    event loop alone."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    """Of each bucket, and of those beyond the last one."""
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


@dataclass(slots=True)
class Totals:
    """Of this process."""

    statements: int = 0
    rows: int = 0
    batches: int = 0
    keys: int = 0
    """Of dataloaders: a batch is one statement for many keys."""
    round_trips: Durations = field(default_factory=Durations)


TOTALS: Final = Totals()


@dataclass(slots=True, eq=False)
class Effort:
    """What one operation asked of PostgreSQL so far, whichever task of it did."""

    request_id: str = ""
    statements: int = 0
    rows: int = 0
    """That PostgreSQL sent: a plan's statement sends one, in which all of the answer is."""
    seconds: float = 0.0
    """Waited for PostgreSQL, by all of its tasks together."""

    def sent(self, statements: Sequence[str], results: Sequence[PGresult], seconds: float) -> None:
        """SQL was sent in one round trip, which took so long; no results where it failed."""
        self.statements += len(statements)
        self.rows += sum([result.ntuples for result in results])
        self.seconds += seconds


EFFORT: Final[ContextVar[Effort | None]] = ContextVar("ficha.effort", default=None)
"""That of the operation under way; tasks inherit it."""


def note(statements: Sequence[str], results: Sequence[PGresult], seconds: float) -> None:
    """A round trip to PostgreSQL has ended: counts it for the process, and for the operation that it was made for."""
    TOTALS.statements += len(statements)
    TOTALS.rows += sum([result.ntuples for result in results])
    TOTALS.round_trips.add(seconds)
    if effort := EFFORT.get():
        effort.sent(statements, results, seconds)
