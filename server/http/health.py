"""`/health/live`: the process answers. `/health/ready`: PostgreSQL answers it, on a connection of its own.

On a connection of the pool it would wait behind the operations: under load a balancer would take away a process that
works.
"""

import asyncio
import logging

import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from database.wire import PgConnection
from errors import Unavailable
from server.http.refusals import refuse

log = logging.getLogger("ficha.health")

PATIENCE_SECONDS = 5
"""How long PostgreSQL may take for `select 1`: much longer than it ever does under load."""


async def live(_: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


class Readiness:
    """Looks whether PostgreSQL is there. Requests that come while it looks share what it finds."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: PgConnection | None = None
        self._looking: asyncio.Task[bool] | None = None

    async def ready(self, _: Request) -> Response:
        """200 where PostgreSQL answers, 503 where it does not."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        if await asyncio.shield(self._looking):
            return JSONResponse({"status": "ok"})
        return refuse(Unavailable("La base de datos no responde."), 503, {"Retry-After": "1"})

    async def close(self) -> None:
        """Looks no longer."""
        if self._looking:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        self._drop()

    async def _look(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._is_there()
        except (psycopg.Error, OSError) as error:  # TimeoutError is an OSError
            log.warning("PostgreSQL does not answer: %s", " ".join(str(error).split()) or "it is silent")
            return False
        finally:
            self._looking = None

    async def _is_there(self) -> bool:
        if self._connection is None or not self._connection.is_usable:
            self._drop()
            try:
                self._connection = await PgConnection.open(self._url, autocommit=True, prepare_threshold=None)
            except psycopg.errors.TooManyConnections:
                return True  # it is there, and busy
        try:
            await self._connection.ask([("select 1", ())])
        except BaseException:
            self._drop()
            raise
        return True

    def _drop(self) -> None:
        if self._connection:
            self._connection.finish()
            self._connection = None
