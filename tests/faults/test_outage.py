"""PostgreSQL is away, slow or full: every way into Ficha says so, in one way, and works again when it is back."""

import hashlib
import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

import models
from models.collaborator import Role
from server.http import websocket
from server.settings import Settings
from tests.faults.postgres import Postgres
from tests.fixtures import WAYS, Company, Ficha, global_id, own_process, owning
from tests.hostile.raw import connected
from tests.http.test_subscriptions import signed_in
from tests.uploading import links, upload

READ = "{ clients { nodes { legalName contacts { name } } } }"
CREATE = "mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } userErrors { code } } }"


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request: pytest.FixtureRequest) -> Mapping[str, bool]:
    return request.param


def send(company: Company, query: str, key: str | None = None, **variables: Any) -> httpx.Response:
    """Asks as the administrator, once, whatever comes back."""
    headers = {"Authorization": f"Bearer {company.ficha.token(company.email(Role.ADMIN))}"}
    if key:
        headers["Idempotency-Key"] = key
    body = {"query": query, "variables": variables}
    return company.ficha.http.post("/graphql", json=body, headers=headers)


def name(number: int) -> str:
    """A name that is like no other: whoever has a similar one may be the same client."""
    return hashlib.sha256(str(number).encode()).hexdigest()[:20]


def client(number: int) -> dict[str, Any]:
    return {"input": {"legalName": name(number)}}


def outcome(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a response."""
    body = response.json()
    assert 'userErrors":[{' not in response.text
    return response.status_code, next((error["extensions"]["code"] for error in body.get("errors", ())), "")


def ready(ficha: Ficha) -> int:
    return ficha.http.get("/health/ready").status_code


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def locked(url: str, table: str) -> Iterator[psycopg.Connection[Any]]:
    """Nobody else reads or writes the table within."""
    with psycopg.connect(url) as owner:
        owner.execute(f"lock table {table} in access exclusive mode".encode())
        yield owner
        owner.rollback()


def waiting_for_contacts(postgres: Postgres) -> int:
    """How many statements wait for the table of contacts, which is locked."""
    with psycopg.connect(postgres.url, autocommit=True) as owner:
        query = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%contact%'"
        found = owner.execute(query).fetchone()
        return found[0] if found else 0


def socket_is_told(company: Company) -> int:
    """The code with which a new WebSocket is closed."""
    token = company.ficha.token(company.email(Role.ADMIN))
    url = f"{company.ficha.url.replace('http', 'ws')}/graphql"
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], open_timeout=60) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
        try:
            socket.recv(60)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0
    return 0


@pytest.mark.sampled(2)
@pytest.mark.claims(
    "docs/protocol.md",
    "Nothing of the operation was done.",
)
@pytest.mark.claims(
    "README.md",
    "`GET /health/live` and `GET /health/ready` need no token.",
)
@pytest.mark.claims(
    "docs/planner.md",
    "What the database itself refuses (it is away, it gave up) is not tried again.",
)
@pytest.mark.claims(
    "docs/operating.md",
    "It asks PostgreSQL on a connection of its own: 503 means that PostgreSQL is away, not that the process is busy.",
)
@pytest.mark.claims(
    "docs/protocol.md",
    "| 1013 | the database is away, so the credentials cannot be looked up: try again later |",
    "| too many operations in progress, or the database does not answer | 503 with `Retry-After` |",
)
def test_away_and_back(fragile: Any, postgres: Postgres, way: Mapping[str, bool]) -> None:
    company = fragile(**way, viewer_cache_seconds=300)
    stranger = fragile(**way)  # whose callers have to be looked up each time
    assert send(company, READ).status_code == send(stranger, READ).status_code == 200
    postgres.kill()
    try:
        asked: list[Callable[[], httpx.Response]] = [
            lambda: send(company, READ),
            lambda: send(company, CREATE, **client(1)),
            lambda: send(company, CREATE, key="once", **client(2)),
            lambda: send(stranger, READ),
            lambda: send(stranger, CREATE, **client(3)),
        ]
        with ThreadPoolExecutor(40) as threads:
            responses = list(threads.map(lambda ask: ask(), asked * 12))
        assert Counter(map(outcome, responses)) == {(503, "UNAVAILABLE"): 60}
        for response in responses:
            assert response.headers["Retry-After"] == "1"
            assert set(response.json()) <= {"errors", "extensions"}
            [error] = response.json()["errors"]
            assert error["extensions"] == {"code": "UNAVAILABLE", "retryable": True, "retryAfterSeconds": 1}
        assert ready(company.ficha) == 503
        assert company.ficha.http.get("/health/live").status_code == 200
        assert socket_is_told(stranger) == 1013
    finally:
        postgres.start()
    back = time.monotonic()
    until(lambda: send(company, READ).status_code == 200 and ready(company.ficha) == 200)
    until(lambda: send(stranger, CREATE, **client(1)).status_code == 200)
    assert time.monotonic() - back < 60
    assert send(company, CREATE, key="once", **client(2)).json()["data"]["createClient"]["client"]
    names = send(company, READ).json()["data"]["clients"]["nodes"]
    assert [node["legalName"] for node in names] == [name(2)], "what answered 503 was done"


@pytest.mark.claims(
    "docs/protocol.md",
    "An open connection stays open while the database is away; its credentials are looked up again before it receives "
    "anything.",
)
def test_an_open_web_socket_stays_open(fragile: Any, postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "PING_SECONDS", 1)
    company = fragile()
    subscription = {"query": 'subscription { clientChanged(id: "cli_x") { id } }'}
    with (
        signed_in(company.ficha, company.email(Role.ADMIN)) as socket,
        ThreadPoolExecutor(1) as elsewhere,
    ):

        def answered() -> Any:
            """What is no ping; those are answered."""
            while (message := socket.receive()) == {"type": "ping"}:
                socket.send("pong")
            return message

        killing = elsewhere.submit(postgres.kill)
        try:
            while not killing.done():
                socket.send("ping")
                assert answered() == {"type": "pong"}
            for _ in range(3):
                assert socket.receive() == {"type": "ping"}
                socket.send("pong")
            socket.send("subscribe", id="1", payload=subscription)
            failed = answered()
            [error] = failed["payload"]
            assert (failed["type"], error["extensions"]["code"]) == ("error", "UNAVAILABLE")
        finally:
            postgres.start()


@pytest.mark.claims(
    "docs/operating.md",
    "| … while the commit is on its way | with an `Idempotency-Key`: done again, which finds whether it "
    "was saved. Without: `OUTCOME_UNKNOWN`, never retried by Ficha |",
    "| the connection of a mutation breaks before its commit is sent | the mutation is done again from "
    "its beginning, at most four times |",
    "| … after the commit, while the payload is read | the data that could be read, and `SAVED_UNREAD` |",
)
def test_killed_under_mutations(fragile: Any, postgres: Postgres) -> None:
    """Each was done, was not done, or says that nobody knows; with a key it is done once."""
    company = fragile()
    codes: Counter[tuple[int, str]] = Counter()

    def work(number: int) -> tuple[int, str]:
        key = f"key-{number}" if number % 2 else None
        found = outcome(send(company, CREATE, key=key, **client(number)))
        codes[found] += 1
        while key and found[0] != 200:
            time.sleep(0.05)
            found = outcome(send(company, CREATE, key=key, **client(number)))
        return found

    with ThreadPoolExecutor(20) as threads:
        working = [threads.submit(work, number) for number in range(100)]
        until(lambda: sum(codes.values()) > 20)
        postgres.kill()
        postgres.start()
        found = [each.result() for each in working]
    # On a busy machine the line for connections may last too long meanwhile: OVERLOADED.
    refused = {(503, "UNAVAILABLE"), (503, "OVERLOADED")}
    assert set(codes) <= {(200, ""), *refused, (200, "OUTCOME_UNKNOWN"), (200, "SAVED_UNREAD")}
    with psycopg.connect(postgres.url) as owner:
        query = "select legal_name from client where company_id = %s"
        names = Counter(found for (found,) in owner.execute(query, (company.id,)))
    for number, (_, code) in enumerate(found):
        done = names[name(number)]
        assert done == 1 if code in ("", "SAVED_UNREAD") else done <= 1 if code == "OUTCOME_UNKNOWN" else done == 0, (
            number,
            code,
            done,
        )


@pytest.mark.sampled(2)
def test_a_locked_table_is_told_as_load(fragile: Any, postgres: Postgres, way: Mapping[str, bool]) -> None:
    """Nobody waits without an end, and the process is ready all the while."""
    company = fragile(**way, operation_seconds=1, database_pool_size=5, viewer_cache_seconds=300)
    send(company, CREATE, **client(1))
    with locked(postgres.url, "contact"), ThreadPoolExecutor(60) as threads:
        asked = [threads.submit(send, company, READ) for _ in range(60)]
        assert ready(company.ficha) == 200
        codes = Counter(outcome(each.result()) for each in asked)
    assert set(codes) <= {(200, "TIMEOUT"), (503, "OVERLOADED")}
    assert send(company, READ).status_code == 200


def test_all_wait_for_the_company_s_row(fragile: Any, postgres: Postgres) -> None:
    """The identity look-up has an end too."""
    company = fragile(operation_seconds=1, database_pool_size=5)
    with locked(postgres.url, "collaborator"), ThreadPoolExecutor(10) as threads:
        codes = Counter(map(outcome, threads.map(lambda _: send(company, READ), range(10))))
    assert set(codes) <= {(200, "TIMEOUT"), (503, "OVERLOADED")}
    assert send(company, READ).status_code == 200


@pytest.mark.claims(
    "docs/protocol.md",
    "A client that leaves has its query cancelled, in PostgreSQL too, within a second; so has one that "
    "ends a subscription or closes its WebSocket.",
)
def test_who_leaves_has_their_statement_cancelled(fragile: Any, postgres: Postgres, way: Mapping[str, bool]) -> None:
    company = fragile(**way, operation_seconds=60, viewer_cache_seconds=300)
    send(company, CREATE, **client(1))
    assert send(company, READ).status_code == 200
    token = company.ficha.token(company.email(Role.ADMIN))
    with locked(postgres.url, "contact"):
        body = json.dumps({"query": READ}).encode()
        head = f"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        with ExitStack() as leaving:
            for _ in range(3):
                leaving.enter_context(connected(company.ficha.url)).sendall(head.encode() + body)
            until(lambda: waiting_for_contacts(postgres) == 3)  # as many as one viewer may have under way
        until(lambda: waiting_for_contacts(postgres) == 0)
        assert ready(company.ficha) == 200
    assert send(company, READ).status_code == 200


def test_a_link_to_a_file_says_so_too(fragile: Any, postgres: Postgres) -> None:
    company = fragile(viewer_cache_seconds=300)
    with owning(postgres.url) as owner:
        company = Company(company.ficha, owner)
        of = global_id(models.Client, company.client())
    document = upload(company, b"hola", clientId=of)["document"]
    link = links(company, document["id"])["downloadUrl"]
    assert httpx.get(link, trust_env=False, timeout=60).content == b"hola"
    postgres.kill()
    try:
        until(lambda: send(company, READ).status_code == 503)
        refused = httpx.get(link, trust_env=False, timeout=60)
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (503, "FILES_UNAVAILABLE")
        assert refused.headers["Retry-After"]
    finally:
        postgres.start()
    until(lambda: httpx.get(link, trust_env=False, timeout=60).status_code == 200)


def test_connections_that_are_ended_again_and_again(fragile: Any, postgres: Postgres) -> None:
    """Two in a row are enough for SQLAlchemy's pool to give up: that is an outage, and none of our faults."""
    company = fragile(viewer_cache_seconds=300)
    done = threading.Event()

    def end() -> None:
        query = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
        while not done.is_set():
            with psycopg.connect(postgres.url, autocommit=True) as owner:
                owner.execute(query + " and backend_type = 'client backend'")

    with ThreadPoolExecutor(9) as threads:
        ending = threads.submit(end)
        answers = list(threads.map(lambda number: send(company, CREATE, **client(number)), range(80)))
        done.set()
        ending.result()
    assert {outcome(each)[1] for each in answers} <= {
        "",
        "UNAVAILABLE",
        "OUTCOME_UNKNOWN",
        "SAVED_UNREAD",
        "OVERLOADED",
    }
    until(lambda: outcome(send(company, READ)) == (200, ""))


@pytest.mark.claims("docs/operating.md", "**Shutdown** does not wait for a PostgreSQL that is away.")
def test_it_ends_without_postgresql(settings: Settings, postgres: Postgres) -> None:
    with own_process(replace(settings, database_url=postgres.url)) as (running, _):
        postgres.kill()
        running.send_signal(signal.SIGTERM)
        try:
            assert running.wait(60) == 0
        finally:
            postgres.start()
