"""The log of slow operations, with their SQL and PostgreSQL's plans for it."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import psycopg

from database.wire import Pool
from errors import FichaError
from loaders.recent import Recent
from server.telemetry.logs import fields
from server.telemetry.observed import Observed, RoundTrip, milliseconds

log = logging.getLogger("ficha.slow")

MOST_A_SECOND: Final = 10
"""Operations that are logged."""
MOST_SHOWN: Final = 3
"""Round trips of one operation: those that took longest."""
MOST_PLANNED: Final = 500
"""Statements whose plan this process has logged, and does not ask for again."""
LONGEST_SQL: Final = 50_000
"""Characters."""


class SlowLog:
    """Logs operations that take so many seconds or more; PostgreSQL is asked for its plans over the pool."""

    def __init__(self, seconds: float, pool: Pool) -> None:
        self._seconds = seconds
        self._pool = pool
        self._planned: Recent[str, bool] = Recent(MOST_PLANNED)
        self._explaining: asyncio.Task[None] | None = None
        self._second = self._number = 0

    def prepare(self, observed: Observed) -> None:
        """From now on, what it sends is noted."""
        observed.round_trips = []

    def look(self, observed: Observed, seconds: float) -> None:
        """It has ended after so long. The plans follow in a line of their own, as soon as PostgreSQL has said them; one
        operation at a time, so that a slow PostgreSQL is not asked for more than that."""
        if seconds < self._seconds or self._is_full():
            return
        trips = sorted(observed.round_trips or (), key=lambda trip: -trip.seconds)[:MOST_SHOWN]
        shown = [{"ms": milliseconds(trip.seconds), "sql": _shortened(trip)} for trip in trips]
        known = {"request_id": observed.request_id, "ms": milliseconds(seconds), **observed.fields()}
        log.warning("slow operation", extra=fields(**known, round_trips=shown))
        new = [sql for trip in trips for sql in trip.statements if self._planned.get(sql) is None]
        if new and observed.viewer and (self._explaining is None or self._explaining.done()):
            explaining = self._explain(observed.request_id, observed.viewer.company_id, new)
            self._explaining = asyncio.create_task(explaining)

    def _is_full(self) -> bool:
        """Whether enough were logged in this second: when all are slow, the log is not to make it worse."""
        now = int(time.monotonic())
        if now != self._second:
            self._second, self._number = now, 0
        self._number += 1
        return self._number > MOST_A_SECOND

    async def close(self) -> None:
        """Asks for no more plans."""
        if self._explaining:
            self._explaining.cancel()
            await asyncio.wait([self._explaining])

    async def _explain(self, request_id: str, company_id: UUID, statements: Sequence[str]) -> None:
        for sql in dict.fromkeys(statements):
            self._planned.put(sql, True)
            try:
                plan = await self._pool.plan(company_id, sql)
            except (psycopg.Error, FichaError) as error:  # such as `commit`, which has no plan
                log.debug("no plan: %s", type(error).__name__)
                continue
            log.warning(
                "plan of a slow operation", extra=fields(request_id=request_id, sql=sql[:LONGEST_SQL], plan=plan)
            )


def _shortened(trip: RoundTrip) -> str:
    return "; ".join(trip.statements)[:LONGEST_SQL]
