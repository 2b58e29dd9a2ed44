"""Of all processes on one database, one keeps house at a time: it sweeps, renews overdue amounts and draws what is left
of thumbnails. An advisory lock of PostgreSQL decides which, and goes with the connection that holds it. Another one,
which all of them hold, says which release each is of: `ficha migrate` takes nothing away from one that serves."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

import psycopg

from database.wire import PgConnection, rows
from errors import FichaError
from server.background import in_background
from server.bring_up import PRESENCE
from server.migration_steps import newest

log = logging.getLogger("ficha.leader")

LOCK: Final = 7_261_954
PAUSE_SECONDS: Final = 10
"""Between two looks of a process whether it could lead."""
LOOK_SECONDS: Final = 1
"""Between two looks of the leader whether it still has the lock."""


LEAD: Final = "select pg_try_advisory_lock($1::bigint)"
PRESENT: Final = "select pg_advisory_lock_shared($1::integer, $2::integer)"


class Leader:
    """This process, as one of those that serve and may lead. `url` leads to PostgreSQL with no pooler between."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.leads = False
        """Whether it does now."""

    async def keep_house(self, *work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Says that this process serves, and does the work whenever it leads, until it is cancelled."""
        while True:
            try:
                await self._present(*work)
            except (psycopg.Error, OSError, FichaError) as error:
                log.info("nobody could be asked who keeps house: %s", type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _present(self, *work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """On one connection, as long as it lasts."""
        connection = await PgConnection.open(self._url, autocommit=True)
        try:
            await connection.ask([(PRESENT, (PRESENCE, int(newest())))])
            while connection.is_usable:
                if work and rows((await connection.ask([(LEAD, (LOCK,))]))[0])[0][0]:
                    await self._work(connection, *work)
                else:
                    await asyncio.sleep(PAUSE_SECONDS)
        finally:
            connection.finish()

    async def _work(self, connection: PgConnection, *work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.leads = True
        try:
            async with in_background(*work):
                while connection.is_usable:  # noqa: ASYNC110  # PostgreSQL tells nobody that a connection is gone
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            self.leads = False
