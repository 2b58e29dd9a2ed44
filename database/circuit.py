"""Opens connections while PostgreSQL is there; while it is away says so at once, and looks whether it is back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import psycopg

from database.faults import fault_of, unavailable
from errors import FichaError

if TYPE_CHECKING:
    from database.wire import PgConnection

log = logging.getLogger("ficha.database")

PROBE_SECONDS = 0.25
"""How often it is looked whether PostgreSQL is back."""


class Circuit:
    """Shared by all who open connections to one database. Each of the `openings` opens one to another of its hosts, and
    is bounded in time.

    The host that opened the last one is asked first. So a machine that is gone and answers nothing is waited for once,
    and not by each new connection, as where libpq goes through the hosts in their order.
    """

    def __init__(self, openings: "Sequence[Callable[[], Awaitable[PgConnection]]]") -> None:
        self._openings = [*openings]
        self._fault: FichaError | None = None
        self._probing: set[asyncio.Task[None]] = set()

    @property
    def is_away(self) -> bool:
        """Whether PostgreSQL accepts no connections, as far as is known."""
        return self._fault is not None

    async def connect(self) -> "PgConnection":
        """A new connection. Unavailable or Overloaded if PostgreSQL accepts none, at once if that is known."""
        if self._fault:
            raise type(self._fault)(self._fault.message)
        faults: list[Exception] = []
        for opening in [*self._openings]:
            try:
                connection = await opening()
            except (psycopg.Error, OSError) as error:
                faults.append(error)
                continue
            self._prefer(opening)
            return connection
        # Any reason, even a refused password: the client can only try again later. What PostgreSQL itself says tells
        # more than that another host is a standby or refuses.
        error = next((each for each in faults if getattr(each, "sqlstate", None)), faults[0])
        fault = fault_of(error) or unavailable()
        self.trip(fault, error)
        raise fault from error

    def trip(self, fault: FichaError, reason: Exception) -> None:
        """PostgreSQL accepts no connections: others do not try until it is back."""
        if not self._probing:
            log.warning("PostgreSQL is away: %s", " ".join(str(reason).split()))
            self._probing = {asyncio.create_task(self._probe(opening)) for opening in self._openings}
        self._fault = fault

    async def close(self) -> None:
        """Looks no longer."""
        probing, self._probing = self._probing, set[asyncio.Task[None]]()
        for task in probing:
            task.cancel()
        if probing:
            await asyncio.wait(probing)

    async def _probe(self, opening: "Callable[[], Awaitable[PgConnection]]") -> None:
        """Looks at one host, beside the others: it waits for none of those that answer nothing."""
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            try:
                connection = await opening()
            except (psycopg.Error, OSError) as error:
                self._fault = fault_of(error) or unavailable()
                continue
            connection.finish()
            self._prefer(opening)
            self._fault = None
            log.warning("PostgreSQL is back")
            others, self._probing = self._probing - {asyncio.current_task()}, set()
            for other in others:
                other.cancel()
            return

    def _prefer(self, opening: "Callable[[], Awaitable[PgConnection]]") -> None:
        """It is asked first from now on."""
        if self._openings[0] is not opening:
            self._openings.remove(opening)
            self._openings.insert(0, opening)
