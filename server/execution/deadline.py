"""Ends what takes too long."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from server.execution.errors import late

T = TypeVar("T")


class Deadline:
    """Gives everything that is done `within` it so many seconds.

    There is one timer for all, set for the one that began first: to make one for each request, as `asyncio.timeout`
    does, and to take it back, costs a twentieth of what Ficha does for a short answer.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: dict[asyncio.Task[Any], float | None] = {}
        """The deadline of each operation, oldest first; None once it was cancelled."""
        self._timer: asyncio.TimerHandle | None = None

    async def within(self, doing: Awaitable[T]) -> T:
        """Its result. TimedOut if it was cancelled because it took too long."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task  # noqa: S101  # a coroutine of a server is run by one
        self._running[task] = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._end)
        try:
            done = await doing
        except asyncio.CancelledError as error:
            # Unless somebody else cancelled it as well.
            if self._running[task] is None and not task.uncancel():
                raise late(self._seconds) from error
            raise
        else:
            # The cancellation interrupted a commit, whose outcome is unknown: that error is raised.
            if self._running[task] is None:
                task.uncancel()
            return done
        finally:
            del self._running[task]

    def _end(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        for task, due in self._running.items():
            if due is None:
                continue
            if due > loop.time():
                self._timer = loop.call_at(due, self._end)
                break
            self._running[task] = None
            task.cancel()
