"""A bounded queue for connections, first come first served, with a maximum waiting time."""

import asyncio
from collections import deque

from database.faults import overloaded

WAITING_A_PLACE = 128
"""How many may wait for each place: more than a burst of operations of a few milliseconds ever has."""
LONGEST_WAIT = 5.0
"""Seconds."""

_Waiter = tuple[float, "asyncio.Future[None]"]


class Line:
    """A number of `places`, each for one holder at a time. Overloaded if the queue is full or the wait too long.

    One timer serves all who wait, set for the first of them: one for each would cost more than what they wait for.
    """

    def __init__(self, places: int, seconds: float = LONGEST_WAIT) -> None:
        self._places = self._free = places
        self._most = places * WAITING_A_PLACE
        self._seconds = seconds
        self._waiting: deque[_Waiter] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def held(self) -> int:
        """Places that are taken."""
        return self._places - self._free

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._waiting)

    def try_enter(self) -> bool:
        """Takes a place if one is free."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    async def enter(self) -> None:
        """Takes a place, and waits for it if it must."""
        if self.try_enter():
            return
        if len(self._waiting) >= self._most:
            raise overloaded()
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiting.append((loop.time() + self._seconds, waiter))
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._refuse)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.leave()  # it was given the place in the same moment
            raise

    def leave(self) -> None:
        """Gives the place to the next."""
        while self._waiting:
            _, waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1

    async def __aenter__(self) -> None:
        await self.enter()

    async def __aexit__(self, *_: object) -> None:
        self.leave()

    def _refuse(self) -> None:
        """Those who have waited too long."""
        loop = asyncio.get_running_loop()
        self._timer = None
        while self._waiting:
            due, waiter = self._waiting[0]
            if not waiter.done() and due > loop.time():
                self._timer = loop.call_at(due, self._refuse)
                return
            self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(overloaded())
