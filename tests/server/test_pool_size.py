"""FICHA_DATABASE_POOL_SIZE is the maximum, whatever a process does."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest
import websockets.sync.client as websockets
from websockets.typing import Subprotocol

import models
from models.collaborator import Role
from tests.fixtures import Company, global_id, own_process

SIZE = 8


@pytest.mark.claims("docs/settings.md", "Maximum number of database connections of one process.")
@pytest.mark.claims(
    "docs/operating.md",
    "`FICHA_DATABASE_POOL_SIZE` is the maximum for each process, all that it does included.",
)
def test_no_more_connections_are_open_under_load(company: Callable[..., Company]) -> None:
    """Reads, mutations, a subscription, health checks and the sweep at once."""
    mine = company()
    token = mine.ficha.token(mine.email(Role.ADMIN))
    id = global_id(models.Client, mine.client())
    name = f"counted-{mine.id.hex[:12]}"
    url = mine.ficha.settings.database_url
    settings = replace(mine.ficha.settings, database_url=f"{url}?application_name={name}")
    create = "mutation($i: CreateClientInput!) { createClient(input: $i) { client { id } } }"
    counts, done = list[int](), threading.Event()

    def count() -> None:
        with psycopg.connect(url, autocommit=True) as owner:
            # Those that write say for which request.
            query = "select count(*) from pg_stat_activity where application_name ~ %s"
            while not done.wait(0.005):
                counts.append(owner.execute(query, [f"^({name}|ficha load-)"]).fetchone()[0])  # pyright: ignore[reportOptionalSubscript]

    variables = {"FICHA_DATABASE_POOL_SIZE": SIZE, "FICHA_SWEEP_MINUTES": 1}
    with own_process(settings, **variables) as (_, address), ThreadPoolExecutor(32) as threads:
        counting = threads.submit(count)
        headers = {"Authorization": f"Bearer {token}"}
        http = httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=60)

        def ask(number: int) -> int:
            if number % 10 == 0:
                return http.get("/health/ready").status_code
            body: dict[str, Any] = {"query": "{ clients { nodes { legalName contacts { name } } } }"}
            if number % 3 == 0:
                body = {"query": create, "variables": {"i": {"legalName": f"CARGA {number}"}}}
            return http.post("/graphql", json=body, headers={"X-Request-Id": f"load-{number}"}).status_code

        socket_url = address.replace("http", "ws") + "/graphql"
        with (
            http,
            websockets.connect(socket_url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket,
        ):
            socket.send(json.dumps({"type": "connection_init", "payload": headers}))
            payload = {
                "query": "subscription($id: ID!) { clientChanged(id: $id) { tradeName } }",
                "variables": {"id": id},
            }
            socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            assert set(threads.map(ask, range(400))) == {200}
        done.set()
        counting.result()
    assert SIZE - 2 <= max(counts) <= SIZE


@pytest.mark.claims(
    "docs/operating.md",
    "What writes says for which request, as `application_name` in `pg_stat_activity`: `ficha` and the request id.",
)
def test_a_transaction_that_writes_says_for_which_request(company: Callable[..., Company]) -> None:
    mine = company()
    client = mine.client()
    update = "mutation($i: UpdateClientInput!) { updateClient(input: $i) { client { id } userErrors { code } } }"
    query = "select pid from pg_stat_activity where application_name = 'ficha writer-1' and wait_event_type = 'Lock'"
    headers = {"Authorization": f"Bearer {mine.ficha.token(mine.email(Role.ADMIN))}", "X-Request-Id": "writer-1"}
    body = {"query": update, "variables": {"i": {"id": global_id(models.Client, client), "tradeName": "OTRO"}}}
    url = mine.ficha.settings.database_url
    with (
        ThreadPoolExecutor(1) as threads,
        psycopg.connect(url) as holder,
        psycopg.connect(url, autocommit=True) as owner,
    ):
        holder.execute("select from client where id = %s for update", [client])
        updating = threads.submit(mine.ficha.http.post, "/graphql", json=body, headers=headers)
        waiting = threading.Event()
        while not owner.execute(query).fetchall():
            assert not updating.done()
            waiting.wait(0.05)
        holder.rollback()
        assert updating.result().json()["data"]["updateClient"]["userErrors"] == []
        assert owner.execute("select from pg_stat_activity where application_name = 'ficha writer-1'").fetchall() == []
