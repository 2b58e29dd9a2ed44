"""The floor: the planner's own statements behind Starlette and uvicorn, with nothing between.

No authentication, limits, parsing or validation: at the start each body is planned once; then a body is looked up, its
statement sent as Ficha sends it, and what PostgreSQL wrote is answered. Places that Python would fill stay as they are.

Usage: python -m bench.floor BODIES …, with the settings of `ficha serve`.
"""

import contextlib
import datetime
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, cast

import orjson
import psycopg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from database.opening import open_pool
from database.wire import Sent
from demo.scale import ESCALA
from domain.months import time_zone
from loaders.reader import Reader
from models.collaborator import Role
from models.viewer import Viewer, bundle
from planner.plans import Plan
from server.execution.calendar import calendar
from server.execution.executor import Executor, Planned
from server.garbage import settle
from server.settings import Settings


class Values(Reader):
    """Sends nothing."""

    def of(self, planned: Planned) -> Sent:
        """What would be sent."""
        statement = planned.plan.statement
        assert statement  # noqa: S101  # the operations read rows
        return statement.sql, statement.arguments({**self._common, **planned.values})


def administrator(database_url: str) -> Viewer:
    """Escala's."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "select c.id, company.time_zone from collaborator c join company on company.id = c.company_id"
            " where c.company_id = %s and c.role = 'ADMIN'",
            (ESCALA,),
        ).fetchone()
    assert row  # noqa: S101  # the data are Escala's
    return Viewer(ESCALA, row[0], Role.ADMIN, time_zone(row[1]), bundle(Role.ADMIN, None))


def plan(settings: Settings, files: list[Path]) -> dict[bytes, tuple[Sent, Plan]]:
    """What is sent for each body in the files, and its plan. Unplannable for one that is not one statement."""
    viewer = administrator(settings.database_url)
    now = datetime.datetime.now(datetime.UTC)
    values = Values(cast("Any", None), viewer, now, calendar(viewer, now))
    executor = Executor()
    sent: dict[bytes, tuple[Sent, Plan]] = {}
    for file in files:
        for body in file.read_bytes().splitlines():
            request = orjson.loads(body)
            planned = executor.plan(request["query"], request["variables"], None, viewer)
            sent[body] = values.of(planned), planned.plan
    return sent


def create_app(settings: Settings, sent: dict[bytes, tuple[Sent, Plan]]) -> Starlette:
    """Answers the bodies that were planned."""
    pool = open_pool(settings.database_url, settings.places)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        async with pool:
            yield

    async def answer(request: Request) -> Response:
        statement, plan = sent[await request.body()]
        [result] = await pool.within(ESCALA, [statement], read_only=True)
        assert plan.statement  # noqa: S101  # the operations read rows
        data: bytes = plan.statement.read(result)
        return Response(b'{"data":' + data + b"}", media_type="application/json")

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])], lifespan=lifespan)


class Server(uvicorn.Server):
    """Says where it is once it answers there."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        settle()
        host, port = self.servers[0].sockets[0].getsockname()
        print(f"http://{host}:{port}", flush=True)  # noqa: T201  # what `bench.contenders` reads


if __name__ == "__main__":
    settings = Settings.from_env(os.environ)
    sent = plan(settings, [Path(name) for name in sys.argv[1:]])
    Server(uvicorn.Config(create_app(settings, sent), port=0, log_level="warning")).run()
