"""Opens connections while PostgreSQL is there; while it is away says so at once, and looks whether it is back."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import psycopg

from database.faults import fault_of, unavailable
from errors import FichaError

if TYPE_CHECKING:
    from database.wire import PgConnection

log = logging.getLogger("ficha.database")

PROBE_SECONDS = 0.5
"""How often it is looked whether PostgreSQL is back."""


class Circuit:
    """Shared by all who open connections to one database. `opening` opens one and is bounded in time."""

    def __init__(self, opening: "Callable[[], Awaitable[PgConnection]]") -> None:
        self._opening = opening
        self._fault: FichaError | None = None
        self._probing: asyncio.Task[None] | None = None

    @property
    def is_away(self) -> bool:
        """Whether PostgreSQL accepts no connections, as far as is known."""
        return self._fault is not None

    async def connect(self) -> "PgConnection":
        """A new connection. Unavailable or Overloaded if PostgreSQL accepts none, at once if that is known."""
        if self._fault:
            raise type(self._fault)(self._fault.message)
        try:
            return await self._opening()
        except (psycopg.Error, OSError) as error:
            # Any reason, even a refused password: the client can only try again later.
            fault = fault_of(error) or unavailable()
            self.trip(fault, error)
            raise fault from error

    def trip(self, fault: FichaError, reason: Exception) -> None:
        """PostgreSQL accepts no connections: others do not try until it is back."""
        if self._probing is None:
            log.warning("PostgreSQL is away: %s", " ".join(str(reason).split()))
            self._probing = asyncio.create_task(self._probe())
        self._fault = fault

    async def close(self) -> None:
        """Looks no longer."""
        if self._probing:
            self._probing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._probing
            self._probing = None

    async def _probe(self) -> None:
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            try:
                connection = await self._opening()
            except (psycopg.Error, OSError) as error:
                self._fault = fault_of(error) or unavailable()
                continue
            self._fault = self._probing = None
            log.warning("PostgreSQL is back")
            await connection.close()
            return
