"""All that one caller may watch, and one change that each of it is to hear."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from threading import Semaphore
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

import models
from database.hearing import Hearing
from models.collaborator import Role
from models.viewer import Viewer
from server.execution import fairness
from server.execution.audience import Audience
from server.execution.fairness import Party, Turns
from server.http import websocket
from server.http.websocket import MOST_CONNECTIONS, MOST_OPERATIONS
from server.http.websocket import _Turns as TurnsOfOne
from tests.fixtures import Company, Ficha, global_id
from tests.http.test_subscriptions import CHANGED, UPDATE, signed_in

CONNECTIONS = 2


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Waits until so many more subscriptions hear of changes."""
    listening, entered = Hearing[Any, Any].listening, Semaphore(0)

    @asynccontextmanager
    async def counted(hearing: Hearing[Any, Any], key: Any) -> AsyncIterator[Any]:
        async with listening(hearing, key) as listener:
            entered.release()
            yield listener

    def wait(number: int) -> None:
        for _ in range(number):
            assert entered.acquire(timeout=60)

    monkeypatch.setattr(Hearing, "listening", counted)
    return wait


def test_a_change_reaches_every_subscription_however_many_there_are(
    live_server: Ficha,
    company: Callable[..., Company],
    begun: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The line holds one event of each connection, as the real one does."""
    assert MOST_CONNECTIONS <= fairness.MOST_WAITING_OF_VIEWER
    monkeypatch.setattr(fairness, "MOST_WAITING_OF_VIEWER", CONNECTIONS)
    monkeypatch.setattr(websocket, "PING_SECONDS", 3600)  # a socket that nobody reads yet answers no ping
    mine = company()
    id = global_id(models.Client, mine.client())
    names = {str(number) for number in range(MOST_OPERATIONS)}
    with ExitStack() as stack:
        sockets = [stack.enter_context(signed_in(live_server, mine.email(Role.ADMIN))) for _ in range(CONNECTIONS)]
        for socket in sockets:
            for name in names:
                socket.subscribe(name, CHANGED, id=id)
        begun(len(sockets) * len(names))
        changed = live_server.ask(mine.email(Role.ADMIN), UPDATE, input={"id": id, "tradeName": "Nuevo"})
        assert changed.data["updateClient"]["userErrors"] == []
        for socket in sockets:
            told = [socket.receive() for _ in names]
            assert {message["type"] for message in told} == {"next"}
            assert {message["id"] for message in told} == names


PERSONAL = """subscription ($id: ID!) { clientChanged(id: $id) { tradeName
  actions { action allowed } documents { nodes { downloadUrl } } } }"""
EVENTS = """subscription ($id: ID!) { historyEventAdded(clientId: $id) { occurredAtLabel
  ... on RecordChangedEvent { changes { field to } } } }"""


@pytest.mark.claims(
    "docs/protocol.md",
    "Those who subscribe to one client by the same operation, with the same permissions, read an event once for all of"
    " them.",
)
def test_who_is_shown_the_same_of_a_change_reads_it_once(
    live_server: Ficha,
    company: Callable[..., Company],
    statements: Callable[[], list[int]],
    begun: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(websocket, "PING_SECONDS", 3600)  # a socket that nobody reads yet answers no ping
    mine = company()
    id = global_id(models.Client, mine.client(owner_id=mine.people[Role.SALES]))
    update: dict[str, Any] = {"id": id, "tradeName": "Primero"}
    assert mine.insist(UPDATE, input=update).data["updateClient"]["userErrors"] == []
    statements()
    assert mine.insist(UPDATE, input=update | {"tradeName": "Segundo"}).data["updateClient"]["userErrors"] == []
    of_mutation = sum(statements())
    documents = {"changed": CHANGED, "personal": PERSONAL, "events": EVENTS}
    names = {f"{name} {number}" for name in documents for number in range(MOST_OPERATIONS // len(documents))}
    roles = [Role.ADMIN, Role.ADMIN, Role.SALES, Role.SALES, Role.READ_ONLY]
    with ExitStack() as stack:
        sockets = [stack.enter_context(signed_in(live_server, mine.email(role))) for role in roles]
        for socket in sockets:
            for name in names:
                socket.subscribe(name, documents[name.split()[0]], id=id)
        begun(len(sockets) * len(names))
        statements()
        assert mine.insist(UPDATE, input=update | {"tradeName": "Nuevo"}).data["updateClient"]["userErrors"] == []
        told = [
            {message["id"]: message["payload"] for message in map(socket.receive, [60] * len(names))}
            for socket in sockets
        ]
    # One for each operation, and each of three sets of permissions.
    assert sum(statements()) - of_mutation == len(documents) * len(set(roles))
    for payloads, role in zip(told, roles, strict=True):
        assert payloads.keys() == names
        for name, payload in payloads.items():
            assert payload == payloads[f"{name.split()[0]} 0"]
        assert payloads["changed 0"]["data"]["clientChanged"]["tradeName"] == "Nuevo"
        actions = {
            each["action"]: each["allowed"] for each in payloads["personal 0"]["data"]["clientChanged"]["actions"]
        }
        assert actions["EDIT"] is (role is not Role.READ_ONLY)
        assert payloads["events 0"]["data"]["historyEventAdded"]["changes"] == [{"field": "tradeName", "to": "Nuevo"}]


def test_who_leaves_takes_nothing_from_those_who_wait_with_them(
    live_server: Ficha,
    company: Callable[..., Company],
    begun: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All but one leave while one of them reads the change for all, and others wait for that."""
    monkeypatch.setattr(websocket, "PING_SECONDS", 3600)
    mine = company()
    id = global_id(models.Client, mine.client())
    document = "subscription ($id: ID!) { clientChanged(id: $id) { tradeName contacts { name } } }"
    waiting = "select count(*) from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"
    url = live_server.settings.database_url
    with ExitStack() as stack:
        sockets = [stack.enter_context(signed_in(live_server, mine.email(Role.ADMIN))) for _ in range(3)]
        for socket in sockets:
            socket.subscribe("1", document, id=id)
        begun(len(sockets))
        with psycopg.connect(url) as locking:
            locking.execute("lock table contact in access exclusive mode")
            assert mine.insist(UPDATE, input={"id": id, "tradeName": "Uno"}).data["updateClient"]["userErrors"] == []
            while locking.execute(waiting).fetchone() == (0,):
                pass
            for socket in sockets[1:]:
                socket.send("complete", id="1")
                socket.settle()
            locking.rollback()
        for name in ("Uno", "Dos"):
            told = sockets[0].receive()["payload"]["data"]["clientChanged"]
            assert told == {"tradeName": name, "contacts": []}
            if name == "Uno":
                mine.insist(UPDATE, input={"id": id, "tradeName": "Dos"})


def test_who_leaves_while_they_wait_cancels_nothing() -> None:
    async def play() -> None:
        audience = Audience()
        viewer = Viewer(UUID(int=1), UUID(int=2), Role.ADMIN, ZoneInfo("UTC"))
        assert await audience.find(viewer) is None
        leaving, staying = (asyncio.create_task(audience.find(viewer)) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.wait((leaving,))
        audience.tell(viewer, [b"{}"], personal=False)
        assert await staying == [b"{}"]
        assert await audience.find(viewer) == [b"{}"]

    asyncio.run(play())


def test_nothing_of_a_change_is_kept_when_it_was_told(
    live_server: Ficha, company: Callable[..., Company], begun: Callable[[int], None]
) -> None:
    """The next change may come in days, and what is shown of one may be large."""
    mine = company()
    id = global_id(models.Client, mine.client())
    with ExitStack() as stack:
        sockets = [stack.enter_context(signed_in(live_server, mine.email(Role.ADMIN))) for _ in range(CONNECTIONS)]
        for socket in sockets:
            socket.subscribe("personal", PERSONAL, id=id)
        begun(CONNECTIONS)
        assert mine.insist(UPDATE, input={"id": id, "tradeName": "Nuevo"}).data["updateClient"]["userErrors"] == []
        for socket in sockets:
            assert socket.receive()["id"] == "personal"
            socket.settle()
        gc.collect()
        assert not [each for each in gc.get_objects() if isinstance(each, Audience)]


@pytest.mark.claims(
    "docs/protocol.md",
    "An event of a subscription takes a turn like a query; those of one connection wait one after"
    " the other, without a time limit.",
)
def test_an_event_waits_for_longer_than_the_line_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "RETRY_AFTER", 0)
    somebody = Party(UUID(int=1), UUID(int=2))

    async def play() -> None:
        turns = Turns(1, seconds=0.01)
        await turns.take(somebody, False)
        one = TurnsOfOne(turns, asyncio.Lock(), somebody, heavy=False)
        waiting = asyncio.create_task(one.take_in_time())
        await asyncio.wait((waiting,), timeout=0.1)  # it is sent away from the line many times
        assert not waiting.done()
        turns.give(somebody, False)
        await waiting
        one.give()
        assert turns.waiting == 0

    asyncio.run(play())
