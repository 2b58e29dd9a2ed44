"""Notes when an event loop was held: when its thread used more CPU time in one go than it may.

CPU time of the loop's thread, not time: a machine that is busy with other things holds no loop.
"""

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

LIMIT = 0.05
"""Seconds of CPU."""
_BEAT = 0.002


class Watchdog:
    """An ASGI application around another one, whose event loop it watches. `held` has, of each time that the loop was
    held, the seconds, and where it was."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app
        self._beaten = 0.0
        self._where = ""
        self._over = threading.Event()
        self.held: list[tuple[float, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            self._start()
        try:
            await self._app(scope, receive, send)
        finally:
            if scope["type"] == "lifespan":
                self._over.set()

    def _start(self) -> None:
        self._beaten = time.thread_time()
        self._beat(asyncio.get_running_loop())
        clock = time.pthread_getcpuclockid(threading.get_ident())
        threading.Thread(target=self._look, args=(threading.get_ident(), clock), daemon=True).start()

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        now = time.thread_time()
        if now - self._beaten > LIMIT:
            self.held.append((round(now - self._beaten, 3), self._where))
        self._beaten, self._where = now, ""
        loop.call_later(_BEAT, self._beat, loop)

    def _look(self, thread: int, clock: int) -> None:
        while not self._over.wait(_BEAT):
            beaten = self._beaten
            if time.clock_gettime(clock) - beaten > LIMIT / 2 and not self._where:
                frame = sys._current_frames().get(thread)
                where = "".join(traceback.format_stack(frame, 40)[-12:]) if frame else ""
                if beaten == self._beaten:
                    self._where = where
