"""What `/health/live` and `/health/ready` say, and that the store and Redis may be away."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import httpx
import orjson
import psycopg
import pytest

from database.opening import open_pool
from models import Client
from models.collaborator import Role
from server.execution.executor import NOBODY
from server.execution.fairness import Workshop
from server.http.health import Liveness
from server.settings import Settings
from tests.fixtures import Company, global_id, own_process, serving
from tests.server.test_workers import free_ports, until
from tests.uploading import links, upload


def ready(url: str) -> tuple[int, dict[str, str]]:
    response = httpx.get(f"{url}/health/ready", trust_env=False, timeout=60)
    return response.status_code, response.json()["checks"]


@pytest.mark.claims(
    "docs/operating.md",
    "`GET /health/ready` answers 200 while requests are served, and 503 while PostgreSQL is `away`, lacks a migration"
    " (`outdated`), has had one after which this release cannot serve (`superseded`) or the process is `stopping`.",
    "`checks` names the state of each: `database`, `migrations`, `store`, and with Redis `notifications` and"
    " `rateLimits`.",
)
def test_a_migration_that_is_missing_is_named(new_database: str, demo_settings: Settings) -> None:
    with serving(replace(demo_settings, database_url=new_database)) as ficha:
        assert ready(ficha.url) == (200, {"database": "ok", "migrations": "ok", "store": "ok"})
        with psycopg.connect(new_database, autocommit=True) as owner:
            for number, state in (("0039", "outdated"), ("9999", "ok")):
                owner.execute("update alembic_version set version_num = %s", [number])
                assert ready(ficha.url)[1]["migrations"] == state
            owner.execute("drop table alembic_version")
        assert ready(ficha.url)[0] == 503


@pytest.mark.claims(
    "docs/operating.md",
    "It answers 503 where the process serves nobody for good:",
)
def test_a_process_that_serves_nobody_is_not_alive(demo_settings: Settings) -> None:
    """All connections are lent and none came back, or a thread is at the same document, for longer than that."""

    async def run() -> list[tuple[int, Any]]:
        workshop, go_on = Workshop(), threading.Event()
        async with open_pool(demo_settings.database_url, 1) as pool:
            stuck = {"pool": lambda: pool.stuck_seconds, "compiler": lambda: workshop.busy_seconds}
            liveness, responses = Liveness(0, stuck), list[Any]()

            async def look() -> None:
                responses.append(await liveness.live(cast("Any", None)))

            await look()
            async with pool.connection():
                await look()
            begun = asyncio.Event()
            loop = asyncio.get_running_loop()

            def make() -> bool:
                loop.call_soon_threadsafe(begun.set)
                return go_on.wait(60)

            making = asyncio.create_task(workshop.make(NOBODY, 1, lambda: None, make, small=True))
            await begun.wait()
            await look()
            go_on.set()
            await making
            await look()
        return [(response.status_code, orjson.loads(response.body).get("checks")) for response in responses]

    assert asyncio.run(run()) == [(200, None), (503, {"pool": "stuck"}), (503, {"compiler": "stuck"}), (200, None)]


@pytest.mark.claims(
    "docs/operating.md",
    "| the object store is away when Ficha starts, or later | GraphQL as ever; files 503 `FILES_UNAVAILABLE`, uploads"
    " `STORE_UNAVAILABLE` |",
    "Without the last three much is served, so they alone change nothing.",
)
def test_the_store_may_be_away_at_the_start(company: Callable[..., Company]) -> None:
    mine = company()
    token = mine.ficha.token(mine.email(Role.ADMIN))
    nowhere = f"http://127.0.0.1:{free_ports(1)}"
    with own_process(replace(mine.ficha.settings, s3_endpoint=nowhere)) as (_, url):
        body = {"query": "{ viewer { permissions } }"}
        response = httpx.post(
            f"{url}/graphql", json=body, headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        assert response.status_code == 200
        assert ready(url) == (200, {"database": "ok", "migrations": "ok", "store": "away"})


@pytest.mark.claims(
    "docs/operating.md",
    "| the object store takes connections and says nothing | the same, within 10 s |",
)
def test_a_silent_store_delays_a_file_by_ten_seconds_at_most(company: Callable[..., Company]) -> None:
    mine = company()
    document = upload(mine, b"hola", clientId=global_id(Client, mine.client()))["document"]
    link = links(mine, document["id"])["downloadUrl"]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with own_process(replace(mine.ficha.settings, s3_endpoint=endpoint)) as (_, url):
            began = time.monotonic()
            path = link.removeprefix(mine.ficha.url)
            response = httpx.get(url + path, trust_env=False, timeout=60)
            assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (
                503,
                "FILES_UNAVAILABLE",
            )
            assert time.monotonic() - began < 10
            assert ready(url)[0] == 200


@pytest.mark.claims(
    "docs/operating.md",
    "| Redis of `FICHA_RATE_LIMIT_STORAGE` is away | answers without a limit |",
)
def test_redis_may_be_away(company: Callable[..., Company]) -> None:
    mine = company()
    nowhere = f"redis://127.0.0.1:{free_ports(1)}"
    changes = {"FICHA_RATE_LIMIT_STORAGE": nowhere, "FICHA_NOTIFICATIONS": nowhere, "FICHA_RATE_LIMIT": "1/hour"}
    token = mine.ficha.token(mine.email(Role.ADMIN))
    with own_process(mine.ficha.settings, **changes) as (_, url):
        for _ in range(3):
            body = {"query": "{ viewer { permissions } }"}
            headers = {"Authorization": f"Bearer {token}"}
            assert httpx.post(f"{url}/graphql", json=body, headers=headers, trust_env=False).status_code == 200
        until(lambda: ready(url)[1]["rateLimits"] == "away")
        checks = {"database": "ok", "migrations": "ok", "store": "ok", "notifications": "away", "rateLimits": "away"}
        assert ready(url) == (200, checks)
