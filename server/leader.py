"""Of all processes on one database, one keeps house at a time: it sweeps, renews overdue amounts and draws what is left
of thumbnails. An advisory lock of PostgreSQL decides which, and goes with the connection that holds it."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, Final

import psycopg

from database.wire import PgConnection, rows
from errors import FichaError
from server.background import in_background

log = logging.getLogger("ficha.leader")

LOCK: Final = 7_261_954
PAUSE_SECONDS: Final = 10
"""Between two looks of a process whether it could lead."""
LOOK_SECONDS: Final = 1
"""Between two looks of the leader whether it still has the lock."""


class Leader:
    """This process, as one that may lead. `url` leads to PostgreSQL with no pooler between."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.leads = False
        """Whether it does now."""

    async def keep_house(self, *work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Does the work whenever this process leads, until it is cancelled."""
        while True:
            try:
                async with self._leading() as connection:
                    if connection:
                        await self._work(connection, *work)
            except (psycopg.Error, OSError, FichaError) as error:
                log.info("nobody could be asked who keeps house: %s", type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _work(self, connection: PgConnection, *work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.leads = True
        try:
            async with in_background(*work):
                while connection.is_usable:  # noqa: ASYNC110  # PostgreSQL tells nobody that a connection is gone
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            self.leads = False

    @contextlib.asynccontextmanager
    async def _leading(self) -> AsyncGenerator[PgConnection | None]:
        """The connection that holds the lock; None where another process has it."""
        connection = await PgConnection.open(self._url, autocommit=True)
        try:
            [result] = await connection.ask([("select pg_try_advisory_lock($1::bigint)", (LOCK,))])
            yield connection if rows(result)[0][0] else None
        finally:
            connection.finish()
