"""What one process does beside serving requests."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

log = logging.getLogger("ficha.background")


@asynccontextmanager
async def in_background(*work: Callable[[], Coroutine[Any, Any, None]]) -> AsyncGenerator[None]:
    """Runs these for the time of the block, and cancels what of them has not ended then."""
    tasks = [asyncio.create_task(each()) for each in work]
    for task in tasks:
        task.add_done_callback(_ended)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


def _ended(task: "asyncio.Task[None]") -> None:
    """It goes on until it is cancelled, unless it has a fault."""
    if not task.cancelled() and (error := task.exception()):
        log.error("work in the background has ended", exc_info=error)
