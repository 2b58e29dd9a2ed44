"""Tells the subscriptions of every process what was committed.

What travels are ids alone: a subscriber reads what they lead to as its own viewer, who may see less than who wrote.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from errors import FichaError
from models import Client, HistoryEvent
from server.channels import Channel

_EVENTS_A_NOTICE = 100
"""A notification of PostgreSQL's holds at most 8,000 bytes."""
_MOST_WAITING = 1000
"""Events that a subscriber has not taken yet."""


class SubscriptionLost(FichaError):
    """Changes may have been missed: the subscriber is to read anew and subscribe again."""

    code = "SUBSCRIPTION_LOST"

    def __init__(self) -> None:
        super().__init__("Se pudo perder algún cambio: lea de nuevo y suscríbase otra vez.")


# The side that writes


@dataclass(frozen=True, slots=True)
class Written:
    """What a session has written so far: the new events of each client that was touched."""

    company_id: UUID
    events: dict[UUID, list[UUID]] = field(default_factory=dict[UUID, list[UUID]])

    def news(self) -> Iterator[str]:
        """As a channel carries it."""
        for client, events in self.events.items():
            for first in range(0, max(len(events), 1), _EVENTS_A_NOTICE):
                part = events[first : first + _EVENTS_A_NOTICE]
                yield orjson.dumps({"company": self.company_id, "client": client, "events": part}).decode()


def written(session: AsyncSession, company_id: UUID) -> Written:
    """What the session will write, told of from now on."""
    found = Written(company_id)

    def note(flushed: Any, *_: Any) -> None:
        for record in (*flushed.new, *flushed.deleted, *(one for one in flushed.dirty if flushed.is_modified(one))):
            client = record.id if isinstance(record, Client) else getattr(record, "client_id", None)
            if client is not None:
                events = found.events.setdefault(client, [])
                if isinstance(record, HistoryEvent):
                    events.append(record.id)

    event.listen(session.sync_session, "before_flush", note)
    return found


# The side that listens


@dataclass(eq=False)
class Listener:
    """One subscriber to one client."""

    _events: list[UUID] = field(default_factory=list[UUID])
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _lost: bool = False

    def tell(self, events: Sequence[UUID]) -> None:
        """Something changed."""
        self._events += events
        self._lost = self._lost or len(self._events) > _MOST_WAITING
        self._news.set()

    def lose(self) -> None:
        """Nobody knows what changed."""
        self._lost = True
        self._news.set()

    async def changes(self) -> AsyncIterator[list[UUID]]:
        """The new events each time that the client changed; changes that come while one is dealt with are one."""
        while True:
            await self._news.wait()
            self._news.clear()
            if self._lost:
                raise SubscriptionLost
            events, self._events = self._events, []
            yield events


class Changes:
    """Hears what all processes commit, while there is anybody to tell."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._listeners: dict[tuple[UUID, UUID], set[Listener]] = {}
        self._hearing: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._ready = asyncio.Event()
        """Of the task that hears now: set once it does, or never will."""

    @contextlib.asynccontextmanager
    async def listening(self, company_id: UUID, client_id: UUID) -> AsyncGenerator[Listener]:
        """Listens to the client within; what is committed from then on is heard."""
        listener, key = Listener(), (company_id, client_id)
        self._listeners.setdefault(key, set()).add(listener)
        try:
            if self._hearing is None:
                self._ready = asyncio.Event()
                self._hearing = asyncio.create_task(self._hear(self._ready))
                self._hearing.add_done_callback(self._ended)
            await self._ready.wait()
            yield listener
        finally:
            self._listeners[key].discard(listener)
            if not self._listeners[key]:
                del self._listeners[key]
            if not self._listeners and self._hearing:
                self._hearing.cancel()
                # Who comes next does not wait for the end of this one, nor lose what it hears by it.
                self._ending.add(self._hearing)
                self._hearing = None

    async def _hear(self, ready: asyncio.Event) -> None:
        async with self._channel.hearing() as news:
            ready.set()
            async for text in news:
                told = orjson.loads(text)
                key = UUID(told["company"]), UUID(told["client"])
                for listener in self._listeners.get(key, ()):
                    listener.tell([UUID(id) for id in told["events"]])

    def _ended(self, hearing: asyncio.Task[None]) -> None:
        """The connection is lost. Subscribers come back, and with the first a new connection."""
        if hearing in self._ending:
            self._ending.discard(hearing)
            return
        self._hearing = None
        self._ready.set()
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.lose()
        error = None if hearing.cancelled() else hearing.exception()
        if error is not None and not isinstance(error, self._channel.lost):
            raise error
