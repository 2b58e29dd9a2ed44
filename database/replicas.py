"""Replicas of the database: what only reads is read there, where they have what the viewer wrote and are not late.

A look a second at the primary and at each replica tells how late it is: since when the primary has been further than
the replica is now. That needs no clock of another machine, and a replica of a primary at rest is not late.

Whether a replica has what a viewer wrote it says itself, in the round trip of the read; if not, the primary is asked.
"""

import asyncio
import bisect
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from uuid import UUID

import psycopg
from psycopg.pq.abc import PGresult

from database.faults import Silent
from database.opening import open_pool
from database.positions import OF_PRIMARY, OF_REPLICA, UNKNOWN, Position, Positions
from database.wire import PgConnection, Pool, Sent, of_pooler, rows
from errors import FichaError, Retryable

log = logging.getLogger("ficha.replicas")

LOOK_SECONDS: Final = 1
"""Between two looks."""
PATIENCE_SECONDS: Final = 3
"""How long a replica may take for one: much longer than it ever does under load."""
MOST_SEEN: Final = 3600
"""Positions of the primary that are remembered, about one a second: as late as a replica is ever said to be."""

OK: Final = "ok"
LATE: Final = "late"
AWAY: Final = "away"
PRIMARY: Final = "primary"
"""It has been promoted: it is the primary that FICHA_DATABASE_URL leads to, or soon will."""


class Replica:
    """One of them. `name` is what it is called where strangers see it; `url` leads to it alone."""

    def __init__(self, name: str, url: str, size: int, seconds: int, *, pooled: bool) -> None:
        self.name = name
        self.pool = open_pool(url, size, seconds, pooled=pooled, standby=True)
        self.state = AWAY
        self.position = Position(0, 0)
        """As of the last look."""
        self.reads = Counter[str]()
        """How many it answered (`fresh`), had not come far enough for (`stale`), or failed to answer (`failed`)."""
        self._url = url
        self._connection: PgConnection | None = None

    async def read(
        self, company_id: UUID, statements: Sequence[Sent], *, by_values: bool
    ) -> tuple[Position, list[PGresult]]:
        """The result of each statement, and a position that it is not behind."""
        located = [(OF_REPLICA, ()), *statements]
        place, *results = await self.pool.within(company_id, located, read_only=True, by_values=by_values)
        return Position(*rows(place)[0]), results

    async def look(self) -> bool:
        """How far it is, on a connection of its own. False if it is no replica any more; raises psycopg.Error and
        OSError."""
        if self._connection is None or not self._connection.is_usable:
            self._drop()
            # One that prepares nothing: a pooler may send each look over another connection.
            kind = of_pooler({})
            self._connection = await kind.open(self._url, standby=True, autocommit=True, prepare_threshold=None)
        try:
            place, role = await self._connection.ask([(OF_REPLICA, ()), ("select pg_is_in_recovery()", ())])
        except BaseException:
            self._drop()
            raise
        self.position = Position(*rows(place)[0])
        return rows(role)[0][0]

    async def close(self) -> None:
        """Ends its connections."""
        self._drop()
        await self.pool.close()

    def _drop(self) -> None:
        if self._connection:
            self._connection.finish()
            self._connection = None


class Replicas:
    """The replicas of the primary, none more than so many `seconds` late while it is read. `written` is where viewers
    wrote last."""

    def __init__(self, primary: Pool, replicas: Sequence[Replica], seconds: float, written: Positions) -> None:
        self._primary = primary
        self._replicas = replicas
        self._seconds = seconds
        self.written = written
        self._seen: list[tuple[Position, float]] = []
        """Where the primary was, and when it was first seen there."""
        self._first = UNKNOWN
        """Where it was when this process began: a replica that has not come so far may lack a migration."""

    def __iter__(self) -> Iterator[Replica]:
        return iter(self._replicas)

    def reading(self, who: UUID, stated: Position | None) -> "Reading":
        """What reads for one request of the viewer, who states where they have written."""
        return Reading(self._primary, self._replica_for(who), self.written, who, stated)

    def _replica_for(self, who: UUID) -> Replica | None:
        """The same for all requests of a viewer, as long as it can be: what they see does not go back in time."""
        usable = [replica for replica in self._replicas if replica.state == OK]
        return usable[who.int % len(usable)] if usable else None

    def lag(self, replica: Replica) -> tuple[float, int]:
        """For how many seconds, and by how many bytes, the primary has been further."""
        if not self._seen or replica.position >= self._seen[-1][0]:
            return 0.0, 0
        _, since = self._seen[bisect.bisect(self._seen, (replica.position, float("inf")))]
        return time.monotonic() - since, max(0, self._seen[-1][0].byte - replica.position.byte)

    async def watch(self) -> None:
        """Looks for as long as the process serves."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Looks once: at the primary first, so that a replica that is not late has come at least as far."""
        with contextlib.suppress(psycopg.Error, FichaError, TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._look_at_primary()
        await asyncio.gather(*(self._look_at(replica) for replica in self._replicas))

    async def _look_at_primary(self) -> None:
        async with self._primary.connection() as connection:
            timeline = "select last_value from ficha_timeline"
            place, known = await connection.ask([(OF_PRIMARY, ()), (timeline, ())])
            position = Position(*rows(place)[0])
            if rows(known)[0][0] != position.timeline:
                # Who follows it gets this too; a replica that has gone another way does not.
                await connection.ask([("select setval('ficha_timeline', $1::bigint)", (position.timeline,))])
        self._first = min(self._first, position)
        if not self._seen or position > self._seen[-1][0]:
            self._seen.append((position, time.monotonic()))
            del self._seen[:-MOST_SEEN]

    async def _look_at(self, replica: Replica) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                is_replica = await replica.look()
        except TimeoutError:
            # Those who wait for it are answered by the primary.
            replica.pool.lose(Silent(f"a replica has not answered for {PATIENCE_SECONDS} s"))
            self._note(replica, AWAY)
        except (psycopg.Error, OSError):
            self._note(replica, AWAY)
        else:
            is_late = replica.position < self._first or self.lag(replica)[0] > self._seconds
            self._note(replica, PRIMARY if not is_replica else LATE if is_late else OK)

    @staticmethod
    def _note(replica: Replica, state: str) -> None:
        if state != replica.state:
            log.warning("%s is %s: it is %s", replica.name, state, "read" if state == OK else "left out")
        replica.state = state

    async def close(self) -> None:
        """Ends their connections."""
        for replica in self._replicas:
            await replica.close()
        await self.written.close()


class Reading:
    """Reads for one request: from a replica; once that fails or has not come far enough, from the primary."""

    def __init__(
        self, primary: Pool, replica: Replica | None, written: Positions, who: UUID, stated: Position | None
    ) -> None:
        self._primary = primary
        self._replica = replica
        self._written = written
        self._who = who
        self._needed = stated
        self._is_known = False
        """Whether it was looked up where the viewer wrote last."""

    async def within(
        self, company_id: UUID, statements: Iterable[Sent], *, read_only: bool = False, by_values: bool = False
    ) -> list[PGresult]:
        """As `Pool.within`, of what only reads."""
        batch = list(statements)
        if self._replica:
            results = await self._replicated(self._replica, company_id, batch, by_values=by_values)
            if results is not None:
                return results
            self._replica = None
        return await self._primary.within(company_id, batch, read_only=read_only, by_values=by_values)

    async def _replicated(
        self, replica: Replica, company_id: UUID, batch: Sequence[Sent], *, by_values: bool
    ) -> list[PGresult] | None:
        """The results as the replica has them; None where they are for the primary to say."""
        if not self._is_known:
            noted = await self._written.find(self._who)
            self._needed = max(filter(None, (self._needed, noted)), default=None)
            self._is_known = True
        if self._needed == UNKNOWN:
            return None
        try:
            position, results = await replica.read(company_id, batch, by_values=by_values)
        except Retryable:
            replica.reads["failed"] += 1
            return None
        is_fresh = self._needed is None or position >= self._needed
        replica.reads["fresh" if is_fresh else "stale"] += 1
        return results if is_fresh else None
