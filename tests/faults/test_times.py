"""How long an outage is felt, in seconds on a quiet machine: run by `make hostile`, which prints the figures."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

from models.collaborator import Role
from tests.faults.postgres import Postgres
from tests.faults.test_outage import CREATE, READ, client, locked, ready, send, until, waiting_for_contacts

pytestmark = pytest.mark.hostile


def terminated(postgres: Postgres) -> int:
    """How many connections of the application were ended."""
    with psycopg.connect(postgres.url, autocommit=True) as owner:
        query = "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid()"
        row = owner.execute(query + " and backend_type = 'client backend'").fetchone()
        return row[0] if row else 0


def seconds(do: Callable[[], Any]) -> float:
    started = time.monotonic()
    do()
    return time.monotonic() - started


def test_connections_that_were_ended_at_rest(fragile: Any, postgres: Postgres) -> None:
    company = fragile(viewer_cache_seconds=10)
    send(company, CREATE, **client(1))
    slowest, ended = 0.0, 0
    for _ in range(10):
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: send(company, READ), range(16)))
        ended += terminated(postgres)

        def read(_: int) -> float:
            started = time.monotonic()
            answer = send(company, READ)
            assert (answer.status_code, "errors" in answer.json()) == (200, False)
            return time.monotonic() - started

        with ThreadPoolExecutor(4) as threads:
            slowest = max(slowest, *threads.map(read, range(30)))
    print(f"\nP0: 300 of 300 answered after {ended} connections had ended; the slowest in {slowest:.3f} s")  # noqa: T201
    assert slowest < 1


def test_back_after_postgresql(fragile: Any, postgres: Postgres) -> None:
    company = fragile(viewer_cache_seconds=10)
    send(company, CREATE, **client(2))
    postgres.kill()
    refused = seconds(lambda: until(lambda: send(company, READ).status_code == 503))
    told = max(seconds(lambda: send(company, READ)) for _ in range(20))
    postgres.start()
    started = time.monotonic()
    until(lambda: send(company, READ).status_code == 200)
    back = time.monotonic() - started
    until(lambda: ready(company.ficha) == 200)
    ready_again = time.monotonic() - started
    print(  # noqa: T201
        f"\nP00: known to be away after {refused:.2f} s, then told in {told:.3f} s;"
        f" read {back:.2f} s and ready {ready_again:.2f} s after PostgreSQL answers"
    )
    assert max(back, ready_again) <= 2


def test_a_client_that_leaves(fragile: Any, postgres: Postgres) -> None:
    company = fragile(operation_seconds=60, viewer_cache_seconds=300)
    send(company, CREATE, **client(3))
    headers = {"Authorization": f"Bearer {company.ficha.token(company.email(Role.ADMIN))}"}

    with locked(postgres.url, "contact"):
        with httpx.Client(base_url=company.ficha.url, trust_env=False) as leaving, ThreadPoolExecutor(1) as threads:
            asked = threads.submit(leaving.post, "/graphql", json={"query": READ}, headers=headers, timeout=2)
            until(lambda: waiting_for_contacts(postgres) == 1)
            with pytest.raises(httpx.ReadTimeout):
                asked.result()
        took = seconds(lambda: until(lambda: waiting_for_contacts(postgres) == 0))
    print(f"\nP01: the statement was cancelled {took:.2f} s after its client had left")  # noqa: T201
    assert took <= 1
