"""Subscriptions over graphql-transport-ws: who hears of what, from whichever process, and when a connection ends."""

import asyncio
import datetime
import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import update
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

import models
import server.http.websocket as served
from models.collaborator import Role
from tests.fixtures import Company, Ficha, demanded, global_id, serving

CHANGED = "subscription ($id: ID!) { clientChanged(id: $id) { tradeName version viewerCanDelete } }"
ADDED = "subscription ($id: ID!) { historyEventAdded(clientId: $id) { __typename actor { name } } }"
UPDATE = (
    "mutation ($input: UpdateClientInput!) { updateClient(input: $input) { client { version } userErrors { code } } }"
)


class Socket:
    """A client of the protocol."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def send(self, kind: str, **parts: Any) -> None:
        self._connection.send(json.dumps({"type": kind, **parts}))

    def raw(self, message: str | bytes) -> None:
        self._connection.send(message)

    def receive(self, seconds: float = 60) -> Any:
        return json.loads(self._connection.recv(seconds))

    def subscribe(self, name: str, query: str, /, **variables: Any) -> None:
        self.send("subscribe", id=name, payload={"query": query, "variables": variables})

    def settle(self) -> None:
        """All that was sent was taken: the server answers in order."""
        self.send("ping")
        assert self.receive() == {"type": "pong"}

    def closed(self) -> int:
        """The code with which the server ends the connection."""
        try:
            while True:
                self._connection.recv(60)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0


@contextmanager
def opened(ficha: Ficha, **options: Any) -> Iterator[Socket]:
    # The client sends no pings of its own: on a busy machine it would take a slow answer for none.
    given = {
        "subprotocols": ["graphql-transport-ws"],
        "proxy": None,
        "open_timeout": 60,
        "ping_interval": None,
    } | options
    with connect(ficha.url.replace("http", "ws") + "/graphql", **given) as connection:
        yield Socket(connection)


@contextmanager
def signed_in(ficha: Ficha, email: str) -> Iterator[Socket]:
    with opened(ficha) as socket:
        socket.send("connection_init", payload={"Authorization": f"Bearer {ficha.token(email)}"})
        assert socket.receive() == {"type": "connection_ack"}
        yield socket


def listening(owner: Any, most: int = 1) -> None:
    """Waits until the server's LISTEN stands: only then is a change heard."""
    deadline = time.monotonic() + 60
    query = (
        "select count(*) from pg_stat_activity where query = 'listen ficha_changes' and datname = current_database()"
    )
    while owner.exec_driver_sql(query).scalar_one() < most:
        assert time.monotonic() < deadline, "nobody listens"


class Channel:
    """What carries changes, and the Ficha whose subscribers hear them by it; its twin writes as another process."""

    def __init__(self, ficha: Ficha, owner: Any, redis: Any = None) -> None:
        self.ficha = ficha
        self._owner = owner
        self._redis = redis

    def listening(self) -> None:
        """Waits until it is heard."""
        if self._redis is None:
            listening(self._owner)
            return
        deadline = time.monotonic() + 60
        while dict(self._redis.pubsub_numsub("ficha_changes")) != {b"ficha_changes": 1}:
            assert time.monotonic() < deadline, self._redis.pubsub_numsub("ficha_changes")

    def cut(self) -> None:
        """Ends the connection on which it is heard."""
        if self._redis is not None:
            self._redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
            return
        self._owner.exec_driver_sql(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where query = 'listen ficha_changes' and datname = current_database()"
        )


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the module's own."""
    socket = tmp_path_factory.mktemp("redis") / "redis.sock"
    command = [
        demanded(shutil.which("redis-server"), "redis-server"),
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--save",
        "",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            for line in process.stdout:
                if "eady to accept connections" in line:
                    break
            yield f"unix://{socket}"
        finally:
            process.terminate()


@pytest.fixture(params=["postgresql", "redis"])
def channel(request: pytest.FixtureRequest, live_server: Ficha, owner: Any) -> Iterator[Channel]:
    """Each way that changes can take."""
    if request.param == "postgresql":
        yield Channel(live_server, owner)
        return
    url = request.getfixturevalue("redis_url")
    settings = replace(live_server.settings, notifications=url)
    with serving(settings) as ficha, serving(settings) as ficha.twin, Redis.from_url(url) as redis:
        yield Channel(ficha, owner, redis)


@pytest.mark.claims(
    "docs/protocol.md",
    "Changes are heard from all processes, through PostgreSQL ([ADR 23](adr/0023-changes-by-notify.md)) "
    "or, with `FICHA_NOTIFICATIONS=redis://…`, through Redis ([ADR 29](adr/0029-changes-by-redis.md)).",
    "`clientChanged(id:)` and `historyEventAdded(clientId:)`, over a WebSocket on `/graphql` by the "
    "protocol `graphql-transport-ws` (the npm package `graphql-ws`).",
)
def test_a_change_is_told_with_the_record_as_it_is_then(channel: Channel, company: Callable[..., Company]) -> None:
    mine = company()
    id = global_id(models.Client, mine.client())
    with signed_in(channel.ficha, mine.email(Role.ADMIN)) as socket:
        socket.subscribe("1", CHANGED, id=id)
        socket.subscribe("2", ADDED, id=id)
        socket.settle()
        channel.listening()
        # Written by another process: the twin has nothing in common but the database and the channel.
        assert channel.ficha.twin
        channel.ficha.twin.ask(mine.email(Role.ADMIN), UPDATE, input={"id": id, "tradeName": "El Águila"})
        told = sorted((socket.receive() for _ in range(2)), key=lambda message: message["id"])
    cost = {"requested": 1, "limit": 10_000}
    client = {"tradeName": "El Águila", "version": 2, "viewerCanDelete": True}
    event = {"__typename": "ClientChangedEvent", "actor": {"name": "Admin"}}
    assert told == [
        {"type": "next", "id": "1", "payload": {"data": {"clientChanged": client}, "extensions": {"cost": cost}}},
        {
            "type": "next",
            "id": "2",
            "payload": {"data": {"historyEventAdded": event}, "extensions": {"cost": cost | {"requested": 2}}},
        },
    ]


@pytest.mark.claims(
    "docs/protocol.md",
    "Each event is read anew as the subscriber's own viewer: what they may not see is not sent.",
)
def test_who_does_not_see_the_client_hears_nothing(channel: Channel, company: Callable[..., Company]) -> None:
    mine, other = company(), company()
    mine.ficha = channel.ficha
    hidden = global_id(models.Client, mine.client())
    seen = global_id(models.Client, mine.client(owner_id=mine.people[Role.SALES]))
    with (
        signed_in(channel.ficha, mine.email(Role.SALES)) as sales,
        signed_in(channel.ficha, other.email(Role.ADMIN)) as spy,
    ):
        for number, id in enumerate((hidden, seen)):
            sales.subscribe(str(number), CHANGED, id=id)
            spy.subscribe(str(number), CHANGED, id=id)
        sales.settle()
        spy.settle()
        channel.listening()
        for id in (hidden, seen):
            assert mine.ask(UPDATE, input={"id": id, "tradeName": "Nuevo"}).data["updateClient"]["userErrors"] == []
        assert sales.receive()["id"] == "1"
        sales.settle()
        spy.settle()


def test_what_the_kind_of_event_hides_is_not_told(
    live_server: Ficha, owner: Any, company: Callable[..., Company]
) -> None:
    mine = company()
    client = mine.client()
    id = global_id(models.Client, client)
    billing = """
    mutation ($input: UpdateReceivableTermsInput!) { updateReceivableTerms(input: $input) { userErrors { code path } } }
    """
    with signed_in(live_server, mine.email(Role.READ_ONLY)) as socket:
        socket.subscribe("1", ADDED, id=id)
        socket.settle()
        listening(owner)
        given = {"clientId": id, "terms": "CREDIT", "creditDays": 15}
        assert mine.ask(billing, input=given).data["updateReceivableTerms"]["userErrors"] == []
        mine.ask(UPDATE, input={"id": id, "tradeName": "Nuevo"})
        assert socket.receive()["payload"]["data"]["historyEventAdded"]["__typename"] == "ClientChangedEvent"


def test_events_that_are_hidden_keep_nobody_s_place(demo_settings: Any, owner: Any) -> None:
    """A place in turn is given back whether or not the viewer is shown anything of the event."""
    with serving(replace(demo_settings, database_pool_size=7)) as ficha:
        mine = Company(ficha, owner)
        id = global_id(models.Client, mine.client())
        billing = """
        mutation ($input: UpdateReceivableTermsInput!) { updateReceivableTerms(input: $input) { userErrors { code } } }
        """
        with signed_in(ficha, mine.email(Role.READ_ONLY)) as socket:
            socket.subscribe("1", ADDED, id=id)
            socket.settle()
            listening(owner)
            for days in range(1, 11):
                given = {"clientId": id, "terms": "CREDIT", "creditDays": days}
                assert mine.ask(billing, input=given).data["updateReceivableTerms"]["userErrors"] == []
            mine.ask(UPDATE, input={"id": id, "tradeName": "Nuevo"})
            assert socket.receive()["payload"]["data"]["historyEventAdded"]["__typename"] == "ClientChangedEvent"


@pytest.mark.claims(
    "docs/protocol.md",
    "Only subscriptions are answered there.",
)
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { clientChanged(id: "junk") { id } }', "BAD_ID"),
        ("subscription ($id: ID!) { clientChanged(id: $id) { id } }", "BAD_USER_INPUT"),
        (
            'subscription { clientChanged(id: "cli_x") { deals(first: 100) { nodes { client { deals(first: 100) '
            "{ nodes { id } } } } } } }",
            "LIMIT_EXCEEDED",
        ),
    ],
)
def test_what_cannot_be_watched_ends_with_an_error_of_its_own(live_server: Ficha, query: str, code: str) -> None:
    with signed_in(live_server, "admin@demo.mx") as socket:
        socket.subscribe("1", query)
        message = socket.receive()
        assert (message["type"], message["id"], message["payload"][0]["extensions"]["code"]) == ("error", "1", code)
        socket.subscribe("1", query)  # the id is free again, and the connection goes on
        assert socket.receive()["type"] == "error"


@pytest.mark.claims(
    "docs/protocol.md",
    "| 4400 | a message was not part of the protocol |",
    "| 4401 | a request came before `connection_init` |",
    "| 1009 | a message had more than 100,000 characters |",
)
@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["junk"], 4400),
        (["5"], 4400),
        (['{"type": 5}'], 4400),
        ([b"\x00"], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{ a }"}}'], 4401),
        (['{"type": "connection_init"}'], 4403),
        (['{"type": "connection_init", "payload": {"authorization": "Bearer junk"}}'], 4403),
        (['{"type": "ping", "payload": "' + "a" * 100_000 + '"}'], 1009),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, list) else None,
)
def test_who_breaks_the_protocol_is_disconnected(live_server: Ficha, messages: list[str | bytes], code: int) -> None:
    with opened(live_server) as socket:
        for message in messages:
            socket.raw(message)
        assert socket.closed() == code


@pytest.mark.claims(
    "docs/protocol.md",
    "| 4429 | `connection_init` came twice, or the caller has 20 connections already |",
)
@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "connection_init"}, 4429),
        ({"type": "unknown"}, 4400),
        ({"type": "subscribe", "payload": {}}, 4400),
    ],
    ids=str,
)
def test_who_breaks_the_protocol_later_is_disconnected_too(live_server: Ficha, message: Any, code: int) -> None:
    with signed_in(live_server, "admin@demo.mx") as socket:
        socket.send(**{"kind": message["type"]} | {k: v for k, v in message.items() if k != "type"})
        assert socket.closed() == code


@pytest.mark.claims(
    "docs/protocol.md",
    "| 4409 | the id of an operation under way was used again |",
)
@pytest.mark.parametrize("name", ["1", "ñ" * 200, "😀" * 50], ids=["short", "long", "of many bytes"])
def test_an_id_is_used_once_at_a_time(live_server: Ficha, company: Callable[..., Company], name: str) -> None:
    mine = company()
    id = global_id(models.Client, mine.client())
    with signed_in(live_server, mine.email(Role.ADMIN)) as socket:
        socket.subscribe(name, CHANGED, id=id)
        socket.send("complete", id=name)
        socket.subscribe(name, CHANGED, id=id)
        socket.settle()
        socket.subscribe(name, CHANGED, id=id)
        assert socket.closed() == 4409


@pytest.mark.claims(
    "docs/protocol.md",
    "One connection has at most 50 subscriptions at a time.",
)
def test_a_connection_watches_so_many_and_no_more(
    live_server: Ficha, company: Callable[..., Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "MOST_OPERATIONS", 2)
    mine = company()
    id = global_id(models.Client, mine.client())
    with signed_in(live_server, mine.email(Role.ADMIN)) as socket:
        for name in "abc":
            socket.subscribe(name, CHANGED, id=id)
        message = socket.receive()
        assert (message["id"], message["payload"][0]["extensions"]["limit"]) == ("c", "subscriptions")


def test_a_caller_opens_so_many_and_no_more(
    live_server: Ficha, company: Callable[..., Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "MOST_CONNECTIONS", 1)
    mine = company()
    with signed_in(live_server, mine.email(Role.ADMIN)), opened(live_server) as second:
        second.send("connection_init", payload={"authorization": f"Bearer {live_server.token(mine.email(Role.ADMIN))}"})
        assert second.closed() == 4429


def test_who_says_nothing_is_disconnected(live_server: Ficha, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "INIT_SECONDS", 0.1)
    with opened(live_server) as socket:
        assert socket.closed() == 4408


@pytest.mark.claims(
    "docs/protocol.md",
    "| 4408 | `connection_init` did not come in 5 s, or a ping (every 25 s) was not answered until the next |",
)
def test_who_answers_no_ping_is_disconnected(live_server: Ficha, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "PING_SECONDS", 1)
    with signed_in(live_server, "admin@demo.mx") as socket:
        assert socket.receive() == {"type": "ping"}
        socket.send("pong")
        assert socket.receive() == {"type": "ping"}
        assert socket.closed() == 4408


@pytest.mark.claims(
    "docs/protocol.md",
    "| 4408 | a message was not read within 10 s |",
)
def test_who_does_not_read_is_disconnected(live_server: Ficha, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the moment at which the system takes no more of what the client does not read, which is known here alone: so
    much fits into its buffers that a test could only guess when they are full."""
    monkeypatch.setattr(served, "READ_SECONDS", 0.1)
    sent: list[str] = []

    async def send_text(_: WebSocket, data: str) -> None:
        sent.append(json.loads(data)["type"])
        if sent[-1] == "pong":
            await asyncio.Event().wait()

    monkeypatch.setattr(WebSocket, "send_text", send_text)
    with opened(live_server) as socket:
        socket.send("connection_init", payload={"Authorization": f"Bearer {live_server.token('admin@demo.mx')}"})
        socket.send("ping")
        assert socket.closed() == 4408
    assert sent == ["connection_ack", "pong"]


@pytest.mark.claims(
    "docs/security.md",
    "A WebSocket is closed with 4403 at its next look-up.",
)
@pytest.mark.claims(
    "docs/protocol.md",
    "| 4403 | the credentials are invalid, or no longer valid |",
    'The payload of `connection_init` is `{"Authorization": "Bearer …"}`; the connection ends with the credentials.',
)
@pytest.mark.parametrize("of", [models.Collaborator, models.Company], ids=["collaborator", "company"])
def test_the_connection_ends_with_the_token(
    demo_settings: Any, monkeypatch: pytest.MonkeyPatch, company: Callable[..., Company], of: type[models.Base]
) -> None:
    mine = company()
    monkeypatch.setattr(served, "PING_SECONDS", 1)
    with (
        serving(replace(demo_settings, viewer_cache_seconds=0)) as ficha,
        signed_in(ficha, mine.email(Role.ADMIN)) as socket,
    ):
        if of is models.Company:
            suspended = update(of).where(of.__table__.c.id == mine.id)
            mine.owner.execute(suspended.values(suspended_at=datetime.datetime.now(datetime.UTC)))
        else:
            mine.change(of, mine.people[Role.ADMIN], active=False)
        assert socket.closed() == 4403


@pytest.mark.claims(
    "docs/protocol.md",
    "| 4406 | the client requested another subprotocol |",
)
def test_other_subprotocols_are_not_spoken(live_server: Ficha) -> None:
    with opened(live_server, subprotocols=["graphql-ws"]) as socket:
        assert socket.closed() == 4406


@pytest.mark.claims(
    "docs/protocol.md",
    "A handshake that opens no WebSocket is refused in the form of [all errors](errors.md): status 403 "
    "for a browser's page of another origin than this server's or those in `FICHA_CORS_ORIGINS`, 404 at "
    "any other address, 400, 405 or 426 where it is none of RFC 6455.",
)
def test_pages_of_other_origins_do_not_get_in(demo_settings: Any, live_server: Ficha) -> None:
    with pytest.raises(InvalidStatus) as refused, opened(live_server, origin="https://evil.example"):
        pass
    assert refused.value.response.status_code == 403
    with opened(live_server, origin=live_server.url) as socket:
        socket.send("ping")
        assert socket.receive() == {"type": "pong"}
    with (
        serving(replace(demo_settings, cors_origins=("https://app.example.mx",))) as ficha,
        opened(ficha, origin="https://app.example.mx") as socket,
    ):
        socket.send("ping")
        assert socket.receive() == {"type": "pong"}


def test_undeclared_variables_are_ignored_however_deep_they_are(
    live_server: Ficha, company: Callable[..., Company], owner: Any
) -> None:
    mine = company()
    id = global_id(models.Client, mine.client())
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    with signed_in(live_server, mine.email(Role.ADMIN)) as socket:
        socket.subscribe("1", CHANGED, id=id, other=deep)
        socket.settle()
        listening(owner)
        mine.insist(UPDATE, input={"id": id, "tradeName": "Nuevo"})
        assert socket.receive()["payload"]["data"]["clientChanged"]["tradeName"] == "Nuevo"


def test_who_comes_as_the_last_one_leaves_hears(channel: Channel, company: Callable[..., Company]) -> None:
    """Hearing ends with the last subscriber, and begins with the next, who does not suffer from that end."""
    mine = company()
    id = global_id(models.Client, mine.client())
    with signed_in(channel.ficha, mine.email(Role.ADMIN)) as socket:
        for number in range(20):
            socket.subscribe(str(number), CHANGED, id=id)
            if number % 2:
                socket.settle()
            socket.send("complete", id=str(number))
        socket.subscribe("last", CHANGED, id=id)
        socket.settle()
        channel.listening()
        assert channel.ficha.twin
        channel.ficha.twin.ask(mine.email(Role.ADMIN), UPDATE, input={"id": id, "tradeName": "Al final"})
        message = socket.receive()
    assert (message["id"], message["payload"]["data"]["clientChanged"]["tradeName"]) == ("last", "Al final")


@pytest.mark.claims(
    "docs/protocol.md",
    "After `SUBSCRIPTION_LOST` read again and subscribe again.",
)
def test_a_connection_that_is_lost_is_told(channel: Channel, company: Callable[..., Company]) -> None:
    mine = company()
    mine.ficha = channel.ficha
    id = global_id(models.Client, mine.client())
    with signed_in(channel.ficha, mine.email(Role.ADMIN)) as socket:
        socket.subscribe("1", CHANGED, id=id)
        socket.settle()
        channel.listening()
        channel.cut()
        message = socket.receive()
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "SUBSCRIPTION_LOST")
        socket.subscribe("1", CHANGED, id=id)
        socket.settle()
        channel.listening()
        mine.ask(UPDATE, input={"id": id, "tradeName": "Otra vez"})
        assert socket.receive()["payload"]["data"]["clientChanged"]["tradeName"] == "Otra vez"


def test_who_writes_does_not_wait_for_a_redis_that_is_away(
    demo_settings: Any, company: Callable[..., Company], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What was committed stays, and the log says that nobody was told; a subscriber is told that it cannot listen."""
    mine = company()
    id = global_id(models.Client, mine.client())
    away = replace(demo_settings, notifications=f"unix://{tmp_path}/nobody.sock")
    with serving(away) as mine.ficha:
        written = mine.ask(UPDATE, input={"id": id, "tradeName": "Guardado"}).data["updateClient"]
        assert written == {"client": {"version": 2}, "userErrors": []}
        with signed_in(mine.ficha, mine.email(Role.ADMIN)) as socket:
            socket.subscribe("1", CHANGED, id=id)
            assert socket.receive()["payload"][0]["extensions"]["code"] == "SUBSCRIPTION_LOST"
    assert [record.name for record in caplog.records if "not told" in record.getMessage()] == ["ficha.channels"]
