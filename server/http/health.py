"""`/health/live`: the process can serve somebody. `/health/ready`: it has what it needs for that, with reasons.

PostgreSQL is asked on a connection of its own: on one of the pool it would wait behind the operations, and under load a
balancer would take away a process that works.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, cast
from uuid import UUID

import orjson
import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from database.opening import is_distributed
from database.replicas import Replica
from database.wire import PgConnection, of_pooler, rows
from errors import FichaError, Unavailable
from server.bring_up import HAD, outdated_by
from server.dependency import Dependency
from server.http.negotiation import JSON
from server.http.refusals import shown
from server.migration_steps import needed, newest

log = logging.getLogger("ficha.health")

PATIENCE_SECONDS = 5
"""How long PostgreSQL may take for a row: much longer than it ever does under load."""
STUCK_SECONDS: Final = 120
"""Beside the longest time of an operation."""
OK: Final = "ok"
AWAY: Final = "away"
OUTDATED: Final = "outdated"
SUPERSEDED: Final = "superseded"
PARTLY: Final = "partly"
"""Of the companies' servers, where Citus distributes them: some do not answer, and their companies are not served."""
STOPPING: Final = "stopping"

_MESSAGES: Final[Mapping[str, str]] = {
    AWAY: "La base de datos no responde.",
    OUTDATED: "Faltan migraciones.",
    SUPERSEDED: "La base de datos ya no admite esta versión de Ficha.",
}


class Liveness:
    """Whether the process can serve anybody. `stuck` tells by each reason for how many seconds nothing has moved."""

    def __init__(self, seconds: float, stuck: Mapping[str, Callable[[], float]]) -> None:
        """It is taken to be for good after `seconds`: longer than all that has an end of its own."""
        self._seconds = seconds
        self._stuck = stuck

    async def live(self, _: Request) -> Response:
        """200, or 503 with the reasons where the process has to be started anew."""
        reasons = {name: "stuck" for name, seconds in self._stuck.items() if seconds() > self._seconds}
        if not reasons:
            return JSONResponse({"status": OK})
        log.error("nobody is served any more: %s", ", ".join(reasons))
        return _refused("El proceso ya no atiende a nadie.", reasons)


class Readiness:
    """Looks whether what the process needs is there. Requests that come while it looks share what it finds."""

    def __init__(
        self,
        url: str,
        others: Mapping[str, Dependency],
        reach: Callable[[], Awaitable[PgConnection]],
        replicas: Iterable[Replica] = (),
    ) -> None:
        """`others` and `replicas` are looked after elsewhere; without them much is served all the same. `reach` opens
        one of the application's own connections, for what is asked within a company's wall."""
        self._url = url
        self._companies = Companies(reach)
        self._distributed: bool | None = None
        self._others = others
        self._replicas = [*replicas]
        self._connection: PgConnection | None = None
        self._looking: asyncio.Task[Mapping[str, str]] | None = None
        self.is_stopping = False
        """Whether the process is about to end."""

    async def ready(self, _: Request) -> Response:
        """200 where requests are served, 503 where they are not; `checks` has the state of each dependency."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        checks = {**await asyncio.shield(self._looking)}
        needed = all(state in (OK, PARTLY) for state in checks.values())
        checks |= {name: OK if each.is_there else AWAY for name, each in self._others.items()}
        checks |= {replica.name: replica.state for replica in self._replicas}
        if self.is_stopping:
            return _refused("El proceso se detiene.", {"process": STOPPING} | checks)
        if needed:
            return JSONResponse({"status": OK, "checks": checks})
        message = AWAY if AWAY in (checks.get("database"), checks.get("companies")) else checks["migrations"]
        return _refused(_MESSAGES[message], checks)

    def stop(self) -> None:
        """From now on the process is about to end: nobody sends it new requests any more."""
        self.is_stopping = True

    async def close(self) -> None:
        """Looks no longer."""
        if self._looking:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        self._companies.close()
        self._drop()

    async def _look(self) -> Mapping[str, str]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                state = await self._migrations()
        except (psycopg.Error, OSError) as error:  # TimeoutError is an OSError
            log.warning("PostgreSQL does not answer: %s", " ".join(str(error).split()) or "it is silent")
            return {"database": AWAY}
        finally:
            self._looking = None
        checks = {"database": OK, "migrations": state}
        return {**checks, "companies": await self._companies.look()} if self._distributed else checks

    async def _migrations(self) -> str:
        """Whether the database has what this release needs."""
        if self._connection is None or not self._connection.is_usable:
            self._drop()
            try:
                # One that prepares nothing: a pooler may send each look over another connection.
                self._connection = await of_pooler({}).open(self._url, autocommit=True, prepare_threshold=None)
            except psycopg.errors.TooManyConnections:
                return OK  # it is there, and busy
        try:
            if self._distributed is None:
                self._distributed = await is_distributed(self._connection)
            had, recovery = await self._connection.ask([(HAD, ()), ("select pg_is_in_recovery()", ())])
        except psycopg.errors.UndefinedTable:
            return OUTDATED
        except BaseException:
            self._drop()
            raise
        if rows(recovery) == [(True,)]:
            self._drop()  # a pooler may lead to another server by now
            raise psycopg.OperationalError("the server is a standby")
        for number, note in rows(had):
            if number >= needed():
                return SUPERSEDED if outdated_by(note, newest()) else OK
        return OUTDATED

    def _drop(self) -> None:
        if self._connection:
            self._connection.finish()
            self._connection = None


class Companies:
    """Whether the servers over which Citus distributes the companies answer: one company of each is asked for its
    collaborators, within its wall."""

    def __init__(self, reach: Callable[[], Awaitable[PgConnection]]) -> None:
        self._reach = reach
        self._connection: PgConnection | None = None

    async def look(self) -> str:
        """OK, PARTLY or AWAY."""
        answers: list[bool] = []
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                for (company_id,) in await self._one_of_each():
                    answers.append(await self._answers(company_id))
        except (psycopg.Error, OSError) as error:
            log.warning("the servers of the companies do not answer: %s", " ".join(str(error).split()) or "silent")
            self.close()
            answers.append(False)
        return OK if all(answers) else PARTLY if any(answers) else AWAY

    async def _one_of_each(self) -> list[tuple[UUID]]:
        if self._connection is None or not self._connection.is_usable:
            self.close()
            self._connection = await self._reach()
        [result] = await self._connection.ask([(_ONE_OF_EACH, ())])
        return cast("list[tuple[UUID]]", rows(result))

    async def _answers(self, company_id: UUID) -> bool:
        assert self._connection is not None  # noqa: S101  # it was asked which company to ask
        try:
            [result] = await self._connection.within(company_id, [(_HAS_COLLABORATORS, (company_id,))], read_only=True)
        except psycopg.Error as error:
            if self._connection.closed:
                raise
            log.warning("a server of companies does not answer: %s", " ".join(str(error).split()))
            return False
        return rows(result) == [(True,)]

    def close(self) -> None:
        """Looks no longer."""
        if self._connection:
            self._connection.finish()
            self._connection = None


_ONE_OF_EACH: Final = """
select distinct on (placement.groupid) company from ficha_companies() company
join pg_dist_placement placement on placement.shardid = get_shard_id_for_distribution_column('collaborator', company)
order by placement.groupid, company
"""
_HAS_COLLABORATORS: Final = "select exists (select from collaborator where company_id = $1)"


def _refused(message: str, checks: Mapping[str, str]) -> Response:
    error: FichaError = Unavailable(message)
    body: dict[str, Any] = {"status": "unavailable", "checks": checks, "errors": [shown(error)]}
    return Response(orjson.dumps(body), 503, {"Cache-Control": "no-store", "Retry-After": "1"}, JSON)
