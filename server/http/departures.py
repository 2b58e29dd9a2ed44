"""Detects clients that disconnect while their request is answered, and cancels the work."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

T = TypeVar("T")

SECONDS = 0.25
"""An operation that takes less is not looked after: nearly all are done by then, and a task for each would cost more
than what it saves."""


@dataclass(slots=True)
class _Answering:
    task: "asyncio.Task[object]"
    receive: Receive
    since: float
    watch: "asyncio.Task[None] | None" = None
    left: bool = False


class Departures:
    """Looks after all operations of a process, with one timer."""

    def __init__(self) -> None:
        self._answering: dict[int, _Answering] = {}
        """In the order in which they began, those that are not yet looked after."""
        self._timer: asyncio.TimerHandle | None = None

    async def within(self, receive: Receive, doing: Awaitable[T]) -> T:
        """Its result. ClientDisconnect if it was cancelled because the client disconnected; `receive` is that of the
        request, whose body was read."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task  # noqa: S101  # a coroutine of a server is run by one
        answering = _Answering(task, receive, loop.time())
        self._answering[id(answering)] = answering
        if self._timer is None:
            self._timer = loop.call_later(SECONDS, self._look)
        try:
            return await doing
        except asyncio.CancelledError as error:
            if answering.left and not task.uncancel():
                raise ClientDisconnect from error
            raise
        finally:
            self._answering.pop(id(answering), None)
            if answering.watch:
                answering.watch.cancel()

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        for key, answering in list(self._answering.items()):
            if answering.since + SECONDS > loop.time():
                self._timer = loop.call_at(answering.since + SECONDS, self._look)
                return
            del self._answering[key]
            answering.watch = loop.create_task(_watch(answering))


async def _watch(answering: _Answering) -> None:
    while (await answering.receive())["type"] != "http.disconnect":
        pass
    answering.left = True
    answering.task.cancel()
