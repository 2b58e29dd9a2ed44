"""What else befalls a process that serves: PostgreSQL and the store stand still, descriptors run out, clocks jump,
clients leave and others only wait. It goes on, and is as before once that is over."""

import contextlib
import json
import resource
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from sqlalchemy import text

import models
from models.collaborator import Role
from models.ids import uuid7
from server.settings import Settings
from tests.faults.descriptors import leaving
from tests.faults.postgres import Postgres
from tests.faults.proxy import Proxy
from tests.faults.sockets import resting
from tests.faults.store import BUCKET, Store, running_store
from tests.faults.test_outage import CREATE, READ, client, locked, outcome, ready, send, until, waiting_for_contacts
from tests.fixtures import Company, Ficha, demanded, global_id, own_process, owning
from tests.hostile.raw import connected
from tests.http.test_subscriptions import UPDATE, listening, signed_in
from tests.uploading import COMPLETE, links, prepare, upload
from tests.uploading import send as send_parts

TOLD = {(503, "UNAVAILABLE"), (503, "OVERLOADED"), (200, "TIMEOUT")}
"""What a client gets while something that Ficha needs does not answer."""


@contextlib.contextmanager
def company_of(settings: Settings, **variables: object) -> Iterator[tuple[Company, psutil.Process]]:
    """A company on a Ficha in a process of its own."""
    with (
        own_process(settings, FICHA_SIGN_IN_LIMIT="off", **variables) as (running, url),
        httpx.Client(base_url=url, timeout=60, trust_env=False) as http,
        owning(settings.database_url) as owner,
    ):
        yield Company(Ficha(url, settings, http), owner), psutil.Process(running.pid)


# What Ficha stands on.


@pytest.mark.claims(
    "docs/operating.md",
    "| PostgreSQL stands still (its processes are stopped, a disk hangs), or the network between swallows bytes | 503"
    " `UNAVAILABLE` or `TIMEOUT`; a write with an `Idempotency-Key` is saved once, whether it is sent again or not |",
)
def test_postgresql_stands_still(fragile: Any, postgres: Postgres) -> None:
    company = fragile(operation_seconds=1, viewer_cache_seconds=300)
    assert send(company, READ).status_code == 200
    with ThreadPoolExecutor(20) as threads:
        with postgres.paused():
            reads = [threads.submit(send, company, READ) for _ in range(10)]
            writes = [threads.submit(send, company, CREATE, f"still-{each}", **client(each)) for each in range(10)]
            assert {outcome(each.result()) for each in (*reads, *writes)} <= TOLD | {(200, "OUTCOME_UNKNOWN")}
            assert company.ficha.http.get("/health/live").status_code == 200
            assert ready(company.ficha) == 503
        until(lambda: send(company, READ).status_code == 200 and ready(company.ficha) == 200)
        for each in range(10):
            until(lambda: outcome(send(company, CREATE, f"still-{each}", **client(each))) == (200, ""))  # noqa: B023
    with psycopg.connect(postgres.url) as owner:
        names = owner.execute("select legal_name from client where company_id = %s", (company.id,)).fetchall()
    assert Counter(name for (name,) in names) == Counter(client(each)["input"]["legalName"] for each in range(10))


def test_bytes_are_swallowed_between(fragile: Any, postgres: Postgres) -> None:
    """By a network that takes them and says nothing, where also nothing that was sent arrives."""
    with Proxy(postgres.url).running() as proxy:
        company = fragile(database_url=proxy.url, operation_seconds=1, viewer_cache_seconds=300)
        with owning(postgres.url) as owner:
            company = Company(company.ficha, owner)
            assert send(company, READ).status_code == 200
            proxy.fall_silent()
            with ThreadPoolExecutor(20) as threads:
                asked = [threads.submit(send, company, READ) for _ in range(20)]
                assert {outcome(each.result()) for each in asked} <= TOLD
            assert outcome(send(company, CREATE, "silent", **client(1))) in TOLD
            proxy.speak()
            until(lambda: outcome(send(company, CREATE, "silent", **client(1))) == (200, ""))
            names = owner.execute(text("select legal_name from client where company_id = :id"), {"id": company.id})
            assert names.scalars().all() == [client(1)["input"]["legalName"]]


@pytest.fixture
def store() -> Iterator[Store]:
    with running_store() as store:
        yield store


@pytest.mark.claims(
    "docs/operating.md",
    "| the object store is killed, or stands still, while files are read and sent | files 503 `FILES_UNAVAILABLE` or"
    " cut off,"
    " uploads `STORE_UNAVAILABLE`; what was completed before is there when it is back |",
)
@pytest.mark.parametrize("way", ["killed", "still"])
def test_the_store_goes_and_comes_back(fragile: Any, postgres: Postgres, store: Store, way: str) -> None:
    keys = {"s3_access_key": store.keys[0][0], "s3_secret_key": store.keys[0][1], "s3_bucket": BUCKET}
    served = fragile(
        s3_endpoint=store.s3.endpoint, s3_public_endpoint=store.s3.endpoint, viewer_cache_seconds=300, **keys
    )
    with owning(postgres.url) as owner:
        company = Company(served.ficha, owner)
        of = global_id(models.Client, company.client())
        content = b"hola" * 100_000
        link = links(company, upload(company, content, clientId=of)["document"]["id"])["downloadUrl"]

        def status() -> tuple[int, str]:
            response = httpx.get(link, trust_env=False, timeout=60)
            return (200, "") if response.content == content else outcome(response)

        with contextlib.ExitStack() as away:
            if way == "killed":
                store.kill()
                away.callback(store.run)
            else:
                away.enter_context(store.paused())
            assert status() == (503, "FILES_UNAVAILABLE")
            assert outcome(send(company, READ)) == (200, "")
            assert ready(company.ficha) == 200
        until(lambda: status() == (200, ""))


# What a process has of the system.


@pytest.mark.claims(
    "docs/operating.md",
    "| the process has no descriptors left | connections that are open are served, new ones wait or are closed; what"
    " needs a descriptor itself is 503 `OVERLOADED` or `UNAVAILABLE`, and nothing of it is done; all is as before when"
    " some are free again |",
)
def test_descriptors_run_out(settings: Settings, postgres: Postgres) -> None:
    with company_of(replace(settings, database_url=postgres.url)) as (company, process):
        assert send(company, READ).status_code == 200  # and so on a connection that is kept open
        soft, hard = process.rlimit(psutil.RLIMIT_NOFILE)
        process.rlimit(psutil.RLIMIT_NOFILE, (process.num_fds() + 5, hard))
        with contextlib.ExitStack() as stack:
            for _ in range(50):
                with contextlib.suppress(OSError):
                    stack.enter_context(connected(company.ficha.url))
            until(lambda: process.num_fds() >= process.rlimit(psutil.RLIMIT_NOFILE)[0] - 2)
            assert {outcome(send(company, READ)) for _ in range(20)} <= {(200, ""), *TOLD}
        process.rlimit(psutil.RLIMIT_NOFILE, (soft, hard))
        until(lambda: httpx.get(f"{company.ficha.url}/health/ready", trust_env=False).status_code == 200)
        assert {outcome(send(company, READ)) for _ in range(20)} == {(200, "")}


def test_whatever_finds_no_descriptor_says_so(settings: Settings, postgres: Postgres) -> None:
    with company_of(replace(settings, database_url=postgres.url)) as (company, process):
        company.ficha.http.get("/health/live")  # and so on a connection that is kept open
        of = global_id(models.Client, company.client())
        seen = set[tuple[int, str]]()
        for number in range(5):
            prepared = prepare(company, b"hola", clientId=of)["documentUpload"]
            send_parts(prepared, b"hola")
            asked: list[tuple[str, str, dict[str, Any]]] = [
                (COMPLETE, f"complete-{number}", {"input": {"uploadId": prepared["id"]}}),
                (CREATE, f"create-{number}", client(number)),
                (READ, "", {}),
            ]

            def outcomes() -> list[tuple[int, str]]:
                return [outcome(send(company, query, key, **values)) for query, key, values in asked]  # noqa: B023

            with leaving(process.pid, number):
                seen |= {*outcomes()}
            until(lambda: outcomes() == [(200, "")] * 3)
        assert seen == {(200, ""), (503, "OVERLOADED")}


def faketime() -> str:
    """libfaketime, by which a process sees the clock that a file says."""
    libraries = [
        *Path("/usr/lib").glob("*/faketime/libfaketime.so.1"),
        *Path("/usr/lib/faketime").glob("libfaketime.so.1"),
    ]
    return demanded(str(libraries[0]) if libraries else None, "libfaketime")


@pytest.mark.claims(
    "docs/operating.md",
    "| the clock of the process jumps, forwards or back | nothing that waits is longer or shorter; tokens, links"
    " and keys"
    " count by the clock as it is |",
)
def test_the_clock_jumps(settings: Settings, postgres: Postgres, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("+0")
    shown = {
        "LD_PRELOAD": faketime(), "FAKETIME_TIMESTAMP_FILE": clock, "FAKETIME_NO_CACHE": 1,
        "FAKETIME_DONT_FAKE_MONOTONIC": 1,
    }  # fmt: skip
    own = replace(settings, database_url=postgres.url)
    with company_of(own, FICHA_VIEWER_CACHE_SECONDS=0, FICHA_OPERATION_SECONDS=60, **shown) as (company, _):
        company.client()
        answers = list[tuple[int, str]]()
        # A token is good for a day; the skew that is tolerated is 30 s.
        for number, jump in enumerate(("+0", "+3h", "-3h", "+2d", "+0", "-20s")):
            clock.write_text(jump)
            answers.append(outcome(send(company, CREATE, f"jump-{number}", **client(number))))
            if jump == "+2d":
                continue
            with ThreadPoolExecutor(1) as threads:
                with locked(postgres.url, "contact"):
                    waiting = threads.submit(send, company, READ)
                    until(lambda: waiting_for_contacts(postgres) == 1)
                    clock.write_text("+5h")  # while an operation waits
                clock.write_text(jump)
                answers.append(outcome(waiting.result()))
        expired = (401, "UNAUTHENTICATED")
        assert answers == [(200, "")] * 6 + [expired] + [(200, "")] * 4
        names = send(company, "{ clients(first: 50) { nodes { legalName } } }").json()["data"]["clients"]["nodes"]
        assert len(names) == 6


# Clients.


@pytest.mark.claims(
    "docs/operating.md",
    "| a client leaves in the middle of a query, over HTTP or a WebSocket | its statement is cancelled in PostgreSQL"
    " within a"
    " second; a mutation is done to its end |",
)
def test_a_subscriber_that_leaves_has_its_statement_cancelled(fragile: Any, postgres: Postgres) -> None:
    """While it reads a change. Over HTTP: `test_who_leaves_has_their_statement_cancelled`."""
    company = fragile(operation_seconds=60, viewer_cache_seconds=300)
    with owning(postgres.url) as owner:
        company = Company(company.ficha, owner)
        id = global_id(models.Client, company.client())
        query = "subscription ($id: ID!) { clientChanged(id: $id) { tradeName contacts { name } } }"
        with contextlib.ExitStack() as leaving:
            subscriber = leaving.enter_context(signed_in(company.ficha, company.email(Role.ADMIN)))
            subscriber.send("subscribe", id="1", payload={"query": query, "variables": {"id": id}})
            listening(owner)
            until(lambda: hears(company, id, subscriber))
            with locked(postgres.url, "contact"):
                assert send(company, UPDATE, input={"id": id, "tradeName": "Nuevo"}).status_code == 200
                until(lambda: waiting_for_contacts(postgres) == 1)
                leaving.close()
                until(lambda: waiting_for_contacts(postgres) == 0)
        assert send(company, READ).status_code == 200


def hears(company: Company, id: str, subscriber: Any) -> bool:
    """Whether the subscriber is told of a change that is made now; it may only be about to listen."""
    assert send(company, UPDATE, input={"id": id, "tradeName": uuid7().hex}).status_code == 200
    with contextlib.suppress(TimeoutError):
        return subscriber.receive(0.5)["type"] == "next"
    return False


def test_a_mutation_of_a_client_that_leaves_is_done(fragile: Any, postgres: Postgres) -> None:
    company = fragile(operation_seconds=60, viewer_cache_seconds=300)
    token = company.ficha.token(company.email(Role.ADMIN))
    body = json.dumps({"query": CREATE, "variables": client(1)}).encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with psycopg.connect(postgres.url) as owner:
        owner.execute("lock table history_event in access exclusive mode")
        with connected(company.ficha.url) as leaving:
            leaving.sendall(head.encode() + body)
            until(lambda: waiting_for(postgres, "history_event") == 1)
        owner.rollback()
    until(lambda: len(send(company, READ).json()["data"]["clients"]["nodes"]) == 1)


def waiting_for(postgres: Postgres, table: str) -> int:
    """How many sessions wait for a lock of the table."""
    with psycopg.connect(postgres.url, autocommit=True) as owner:
        query = "select count(*) from pg_locks where not granted and relation = %s::regclass"
        row = owner.execute(query, (table,)).fetchone()
        return row[0] if row else 0


CONNECTIONS_OF_ONE = 20
"""WebSockets of one caller."""


@pytest.mark.claims(
    "docs/operating.md",
    "| 10,000 WebSockets are idle | each takes about 50 kB with a subscription; other requests are answered as usual |",
)
@pytest.mark.parametrize("number", [300, pytest.param(10_000, marks=pytest.mark.deep)])
def test_web_sockets_rest(settings: Settings, postgres: Postgres, number: int) -> None:
    """Each of a subscriber, who hears of a change; others are answered all the while."""
    limits = {"FICHA_MAX_CONNECTIONS": number + 500, "FICHA_MAX_CONNECTIONS_PER_ADDRESS": number + 500}
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, number + 2_000), hard))
    with company_of(replace(settings, database_url=postgres.url), **limits, FICHA_RATE_LIMIT="off") as (
        company,
        process,
    ):
        people = number // CONNECTIONS_OF_ONE
        emails = [f"{each}@{company.id.hex}.mx" for each in range(people)]
        for email in emails:
            company.add(models.Collaborator, name="Quien mira", email=email, role=Role.ADMIN)
        tokens = [company.ficha.token(email) for email in emails]
        id = global_id(models.Client, company.client())
        query = "subscription ($id: ID!) { clientChanged(id: $id) { tradeName } }"
        subscription = json.dumps(
            {"id": "1", "type": "subscribe", "payload": {"query": query, "variables": {"id": id}}}
        )
        assert send(company, READ).status_code == 200
        before = process.memory_info().rss
        with resting(company.ficha.url, tokens, CONNECTIONS_OF_ONE, subscription) as sockets:
            assert (sockets.admitted, sockets.lost) == (number, 0)
            taken = process.memory_info().rss - before
            until(lambda: subscribed(company, id, sockets, number))
            assert send(company, READ).status_code == 200
        print(  # noqa: T201
            f"\n{number} WebSockets, each with a subscription: {taken / 1e6:.0f} MB, {taken / number / 1e3:.1f} kB each"
        )
        until(lambda: len(process.net_connections("tcp")) < 100)
        assert send(company, READ).status_code == 200
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def subscribed(company: Company, id: str, sockets: Any, number: int) -> bool:
    """Whether all of them hear of a change that is made now; some may only be about to listen."""
    before = sockets.heard
    assert send(company, UPDATE, input={"id": id, "tradeName": uuid7().hex}).status_code == 200
    waiting = Counter[int]()
    while sockets.heard - before < number and waiting[0] < 200:
        waiting[0] += 1
        httpx.get(f"{company.ficha.url}/health/live", trust_env=False)
    return sockets.heard - before == number
