"""What takes too long is ended, each by its own time."""

import asyncio
import time
from collections.abc import Awaitable
from typing import Any

import pytest

from server.execution.deadline import Deadline

SECONDS = 0.2


async def outcome(doing: Awaitable[Any]) -> tuple[Any, float]:
    """What came of it, or the name of its error, and after how many seconds."""
    started = time.monotonic()
    try:
        come = await doing
    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  # it is looked at
        come = type(error).__name__
    return come, time.monotonic() - started


def test_each_has_its_own_time() -> None:
    async def run() -> list[tuple[Any, float]]:
        deadline, forever = Deadline(SECONDS), asyncio.Event()

        def stuck() -> Awaitable[tuple[Any, float]]:
            return outcome(deadline.within(forever.wait()))

        together = await asyncio.gather(*(stuck() for _ in range(5)))
        return [*together, await stuck(), await stuck()]

    for come, seconds in asyncio.run(run()):
        assert come == "TimedOut"
        assert SECONDS * 0.9 < seconds < 60


def test_one_that_begins_later_is_ended_later() -> None:
    async def run() -> list[tuple[Any, float]]:
        deadline, forever = Deadline(SECONDS), asyncio.Event()

        async def after(seconds: float) -> tuple[Any, float]:
            await asyncio.wait([asyncio.create_task(forever.wait())], timeout=seconds)
            return await outcome(deadline.within(forever.wait()))

        return await asyncio.gather(after(0), after(SECONDS / 2), after(SECONDS * 0.9))

    for come, seconds in asyncio.run(run()):
        assert come == "TimedOut"
        assert SECONDS * 0.9 < seconds < 60


def test_one_that_is_slow_to_end_holds_up_nobody() -> None:
    async def run() -> list[Any]:
        deadline, forever, other_ended = Deadline(SECONDS), asyncio.Event(), asyncio.Event()

        async def slow_to_end() -> None:
            try:
                await forever.wait()
            finally:
                await other_ended.wait()

        async def other() -> Any:
            await asyncio.wait([asyncio.create_task(forever.wait())], timeout=SECONDS / 2)
            come, _ = await outcome(deadline.within(forever.wait()))
            other_ended.set()
            return come

        slow = asyncio.create_task(outcome(deadline.within(slow_to_end())))
        return [await other(), (await slow)[0]]

    assert asyncio.run(run()) == ["TimedOut", "TimedOut"]


def test_the_others_go_on() -> None:
    async def run() -> list[Any]:
        deadline, forever = Deadline(SECONDS), asyncio.Event()

        async def done() -> str:
            return "done"

        async def wrong() -> str:
            # Of another's making, as one of a socket.
            raise TimeoutError

        together = (outcome(deadline.within(doing)) for doing in (forever.wait(), done(), wrong()))
        found = [come for come, _ in await asyncio.gather(*together)]
        assert deadline._running == {}
        return [*found, await deadline.within(done())]

    assert asyncio.run(run()) == ["TimedOut", "done", "TimeoutError", "done"]


@pytest.mark.parametrize("and_late", [False, True])
def test_who_is_cancelled_by_others_is_cancelled(and_late: bool) -> None:
    """Also when it is late in the same moment."""

    async def run() -> tuple[Any, int]:
        deadline, begun, forever = Deadline(3600), asyncio.Event(), asyncio.Event()

        async def stuck() -> None:
            begun.set()
            await forever.wait()

        task = asyncio.create_task(outcome(deadline.within(stuck())))
        await begun.wait()
        task.cancel()
        if and_late:
            deadline._running[task] = 0.0
        deadline._end()
        return (await task)[0], task.cancelling()

    assert asyncio.run(run()) == ("CancelledError", 1)
