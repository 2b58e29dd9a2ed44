"""Receives what every process commits, by a channel, and passes it on to listeners by subject."""

import asyncio
import contextlib
import datetime
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from database.channels import Channel
from errors import FichaError

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_MOST_WAITING = 1000
"""Items that a subscriber has not taken yet."""


class SubscriptionLost(FichaError):
    """Changes may have been missed: the subscriber is to read anew and subscribe again."""

    code = "SUBSCRIPTION_LOST"

    def __init__(self) -> None:
        super().__init__("Se pudo perder algún cambio: lea de nuevo y suscríbase otra vez.")


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """What was heard at an instant. `work` is what its listeners have in common, under keys of their own: what one of
    them reads of it, the others need not."""

    heard_at: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))
    work: dict[Any, Any] = field(default_factory=dict[Any, Any])


@dataclass(eq=False)
class Listener(Generic[V]):
    """One subscriber to one subject."""

    _items: list[V] = field(default_factory=list[V])
    _last: Message = field(default_factory=Message)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _lost: bool = False

    def tell(self, message: Message, items: Sequence[V]) -> None:
        """Something changed."""
        self._items += items
        self._last = message
        self._lost = self._lost or len(self._items) > _MOST_WAITING
        self._news.set()

    def lose(self) -> None:
        """Changes may have been missed."""
        self._lost = True
        self._news.set()

    async def changes(self) -> AsyncIterator[tuple[Message, list[V]]]:
        """The news of each change of the subject, with the message that brought them. Changes during the handling of
        one are merged: all of them, with the last message."""
        while True:
            await self._news.wait()
            self._news.clear()
            if self._lost:
                raise SubscriptionLost
            yield self._taken()

    def _taken(self) -> tuple[Message, list[V]]:
        """What is waiting, which is kept no longer: a message holds all that its listeners made of it."""
        news = self._last, self._items
        self._last, self._items = Message(), []
        return news


class Hearing(Generic[K, V]):
    """Receives what all processes commit, while there are listeners. `read` returns the subjects of a message and
    their news."""

    def __init__(self, channel: Channel, read: Callable[[str], tuple[K, Sequence[V]]]) -> None:
        self._channel = channel
        self._read = read
        self._listeners: dict[K, set[Listener[V]]] = {}
        self._hearing: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._ready = asyncio.Event()
        """Of the task that hears now: set once it does, or never will."""

    @property
    def listeners(self) -> int:
        """How many listen."""
        return sum(map(len, list(self._listeners.values())))

    @contextlib.asynccontextmanager
    async def listening(self, key: K) -> AsyncGenerator[Listener[V]]:
        """A context that listens to the subject: everything committed from then on is received."""
        listener = Listener[V]()
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
                key, items = self._read(text)
                self._tell(key, Message(), items)

    def _tell(self, key: K, message: Message, items: Sequence[V]) -> None:
        for listener in self._listeners.get(key, ()):
            listener.tell(message, items)

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
