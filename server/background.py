"""What one process does beside serving requests."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def in_background(*work: Callable[[], Coroutine[Any, Any, None]]) -> AsyncGenerator[None]:
    """Runs these for the time of the block, and cancels what of them has not ended then."""
    tasks = [asyncio.create_task(each()) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
