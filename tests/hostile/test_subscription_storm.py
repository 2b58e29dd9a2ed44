"""All that one caller may watch, and one change that each of it is to hear."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest

import models
from models.collaborator import Role
from server.execution import fairness
from server.execution.fairness import Party, Turns
from server.http import websocket
from server.http.websocket import MOST_CONNECTIONS, MOST_OPERATIONS
from server.http.websocket import _Turns as TurnsOfOne
from tests.fixtures import Company, Ficha, global_id
from tests.http.test_subscriptions import CHANGED, UPDATE, listening, signed_in

CONNECTIONS = 2


def test_a_change_reaches_every_subscription_however_many_there_are(
    live_server: Ficha, owner: Any, company: Callable[..., Company], monkeypatch: pytest.MonkeyPatch
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
        for socket in sockets:
            socket.settle()
        listening(owner)
        changed = live_server.ask(mine.email(Role.ADMIN), UPDATE, input={"id": id, "tradeName": "Nuevo"})
        assert changed.data["updateClient"]["userErrors"] == []
        for socket in sockets:
            told = [socket.receive() for _ in names]
            assert {message["type"] for message in told} == {"next"}
            assert {message["id"] for message in told} == names


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
