"""Who gets a turn, who waits, and for how long: the order and the bounds, on an event loop of the test's own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest

from errors import Overloaded
from loaders.stopping import check
from server.execution import fairness
from server.execution.fairness import Party, Turns, Usage, Workshop


def party(company: int, viewer: int = 0) -> Party:
    return Party(UUID(int=company), UUID(int=company * 1000 + viewer))


class Hall:
    """Operations that take turns: each goes on until it is told to end."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.running: list[str] = []
        self.began: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._ends: dict[str, asyncio.Event] = {}

    async def enter(self, name: str, who: Party, *, heavy: bool = False) -> None:
        """Begins an operation, and lets it come as far as it can."""
        self._ends[name] = asyncio.Event()

        async def operate() -> None:
            async with self.turns.turn(who, heavy=heavy):
                self.running.append(name)
                self.began.append(name)
                await self._ends[name].wait()
            self.running.remove(name)

        self.tasks[name] = asyncio.create_task(operate())
        await settle()

    async def leave(self, name: str) -> None:
        """Ends it."""
        self._ends[name].set()
        await self.tasks[name]
        await settle()

    async def close(self) -> None:
        """Ends all of them."""
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        assert (self.turns._held, self.turns._heavy, self.turns.waiting) == (0, 0, 0)
        assert not self.turns._companies


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def in_hall(places: int, play: Callable[[Hall], Coroutine[Any, Any, None]], seconds: float = 60) -> None:
    async def run() -> None:
        hall = Hall(Turns(places, seconds))
        await play(hall)
        await hall.close()

    asyncio.run(run())


@pytest.mark.claims(
    "docs/protocol.md",
    "| one company | half of the places | 8 |",
    "| one collaborator or API key | one less | 7 |",
    "There are three places fewer than `FICHA_DATABASE_POOL_SIZE` says (16):",
)
def test_a_company_has_at_most_half_of_the_places_and_a_viewer_one_less() -> None:
    async def play(hall: Hall) -> None:
        for number in range(6):
            await hall.enter(f"a{number}", party(1))
        assert hall.running == ["a0", "a1", "a2"]
        await hall.enter("colleague", party(1, 1))
        await hall.enter("other", party(2))
        assert hall.running == ["a0", "a1", "a2", "colleague", "other"]
        await hall.leave("a1")
        assert hall.began[-1] == "a3"
        assert hall.turns.waiting == 2

    in_hall(8, play)


@pytest.mark.claims(
    "docs/protocol.md",
    "| one company's heavy operations | an eighth | 2 |",
    "| all heavy operations | a quarter | 4 |",
)
def test_of_heavy_ones_a_company_has_an_eighth_and_all_together_a_quarter() -> None:
    async def play(hall: Hall) -> None:
        for company in (1, 2, 3):
            for number in range(3):
                await hall.enter(f"{company}h{number}", party(company, number), heavy=True)
        assert hall.running == ["1h0", "1h1", "2h0", "2h1"]
        # What is light goes past them, the same viewer's too.
        await hall.enter("3light", party(3))
        await hall.enter("1light", party(1, 2))
        assert hall.running[-2:] == ["3light", "1light"]
        await hall.leave("2h0")
        assert hall.began[-1] in ("1h2", "2h2", "3h0")

    in_hall(16, play)


@pytest.mark.claims(
    "docs/protocol.md",
    "Free places go to companies in turn, and within a company to its collaborators and keys in turn.",
)
def test_companies_are_served_in_turn_and_in_each_its_viewers() -> None:
    async def play(hall: Hall) -> None:
        # One place for each company, of two: all others wait.
        await hall.enter("1a0", party(1))
        await hall.enter("2a0", party(2))
        for name, who in [
            ("1a1", party(1)), ("1a2", party(1)), ("1b1", party(1, 1)), ("3a1", party(3)), ("2a1", party(2)),
            ("3a2", party(3)),
        ]:  # fmt: skip
            await hall.enter(name, who)
        for _ in range(8):
            await hall.leave(hall.running[0])
        order = hall.began
        assert order.index("3a1") < order.index("1a2")
        assert order.index("1b1") < order.index("1a2")
        assert order.index("2a1") < order.index("3a2")
        assert len(order) == 8

    in_hall(2, play)


@pytest.mark.parametrize("places", [1, 2, 3, 8, 1000])
def test_there_is_a_place_for_anybody_however_few_there_are(places: int) -> None:
    async def play(hall: Hall) -> None:
        await hall.enter("a", party(1), heavy=True)
        assert hall.running == ["a"]
        if places > 1:
            await hall.enter("b", party(2))
            assert hall.running == ["a", "b"]
        assert hall.turns.of_company <= max(1, places // 2)

    in_hall(places, play)


def test_who_gives_up_waiting_leaves_no_trace() -> None:
    async def play(hall: Hall) -> None:
        await hall.enter("a", party(1))
        await hall.enter("b", party(1))
        await hall.enter("c", party(1))
        hall.tasks["b"].cancel()
        await settle()
        assert hall.turns.waiting == 1
        await hall.leave("a")
        assert hall.running == ["c"]

    in_hall(1, play)


def test_a_turn_that_comes_to_who_is_being_cancelled_goes_on_to_the_next() -> None:
    async def play(hall: Hall) -> None:
        await hall.turns.take(party(1), False)
        for name in "bc":
            await hall.enter(name, party(1))
        hall.turns.give(party(1), False)  # it is b's from here on, who has not noticed yet
        hall.tasks["b"].cancel()
        await settle()
        assert hall.running == ["c"]

    in_hall(1, play)


def test_a_turn_does_not_go_to_who_has_been_cancelled() -> None:
    async def play(hall: Hall) -> None:
        await hall.turns.take(party(1), False)
        for name in "bc":
            await hall.enter(name, party(1))
        hall.tasks["b"].cancel()
        hall.turns.give(party(1), False)
        await settle()
        assert hall.running == ["c"]

    in_hall(1, play)


@pytest.mark.claims(
    "docs/protocol.md",
    "An operation that gets no turn within 5 seconds (half of `FICHA_OPERATION_SECONDS`, if that is"
    " less), or arrives when 200 of the viewer's, 400 of the company's or 1,000 operations in all are"
    " waiting, gets `OVERLOADED`: HTTP status 503 with `Retry-After`.",
)
def test_a_line_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "MOST_WAITING_OF_VIEWER", 2)
    monkeypatch.setattr(fairness, "MOST_WAITING_OF_COMPANY", 3)
    monkeypatch.setattr(fairness, "MOST_WAITING", 4)

    async def play(hall: Hall) -> None:
        await hall.enter("running", party(1))
        for name, who, full in [
            ("a1", party(1), False), ("a2", party(1), False), ("a3", party(1), True),
            ("b1", party(1, 1), False), ("b2", party(1, 1), True), ("c1", party(2), False), ("d1", party(3), True),
        ]:  # fmt: skip
            await hall.enter(name, who)
            assert hall.tasks[name].done() is full, name
            if full:
                error = hall.tasks[name].exception()
                assert isinstance(error, Overloaded)
                assert error.extensions == {"code": "OVERLOADED", "retryable": True, "retryAfterSeconds": 2}

    in_hall(1, play)


def test_nobody_waits_for_longer_than_the_line_allows() -> None:
    async def run() -> None:
        turns = Turns(1, 0.01)
        hall = Hall(turns)
        await hall.enter("running", party(1))
        await hall.enter("a", party(1))
        await hall.enter("b", party(2))
        for name in "ab":
            with pytest.raises(Overloaded):
                await hall.tasks[name]
        await hall.leave("running")
        assert not turns._companies
        await hall.enter("c", party(1))
        assert hall.running == ["c"]
        await hall.close()

    asyncio.run(run())


def test_where_nobody_is_in_the_way_nothing_is_waited_for() -> None:
    """A coroutine that never gives way: it ends at its first step."""
    turns = Turns(8)
    with pytest.raises(StopIteration):
        turns.take(party(1), False).send(None)
    assert turns._timer is None
    turns.give(party(1), False)
    assert not turns._companies


# The workshop


def crowd(play: Callable[[Workshop], Coroutine[Any, Any, None]], seconds: float = 60) -> None:
    asyncio.run(play(Workshop(seconds)))


async def piece(shop: Workshop, who: Party, size: int, make: Callable[[], Any], *, small: bool = False) -> Any:
    return await shop.make(who, size, lambda: None, make, small=small)


@pytest.mark.claims(
    "docs/protocol.md",
    "New documents are read and compiled once, one at a time; the company, and then the collaborator"
    " or key, that recently used least of this time comes first.",
)
def test_who_used_least_of_late_is_next_and_then_what_is_small() -> None:
    async def play(shop: Workshop) -> None:
        go, order = threading.Event(), list[str]()
        shop.usage.charge(party(1), 3)
        first = asyncio.create_task(piece(shop, party(1), 1, go.wait))
        await settle()
        waiting = [
            asyncio.create_task(piece(shop, who, size, lambda name=name: order.append(name)))
            for name, who, size in [
                ("greedy small", party(1), 1), ("large", party(2), 900), ("small", party(2), 5),
                ("colleague", party(1, 1), 7),
            ]
        ]  # fmt: skip
        await settle()
        go.set()
        await asyncio.gather(first, *waiting)
        assert order[:2] == ["small", "large"]
        assert order[2:] == ["colleague", "greedy small"]

    crowd(play)


@pytest.mark.claims(
    "docs/protocol.md",
    "Short documents and small operations do not wait for large ones.",
)
def test_what_is_small_waits_for_nothing_large() -> None:
    async def play(shop: Workshop) -> None:
        go = threading.Event()
        large = [asyncio.create_task(piece(shop, party(1), 1000, go.wait)) for _ in range(25)]
        await settle()
        assert await piece(shop, party(2), 1, lambda: "made", small=True) == "made"
        assert not any(task.done() for task in large)
        go.set()
        await asyncio.gather(*large)

    crowd(play)


def test_what_somebody_had_made_meanwhile_is_not_made_again() -> None:
    async def play(shop: Workshop) -> None:
        kept: list[str] = []

        async def ask() -> None:
            made = await shop.make(party(1), 1, lambda: kept[0] if kept else None, lambda: "made", small=False)
            if not kept:
                kept.append(made)
            else:
                kept.append("again") if made is not kept[0] else None

        await asyncio.gather(*(ask() for _ in range(20)))
        assert kept == ["made"]

    crowd(play)


def test_what_nobody_waits_for_ends_and_makes_room() -> None:
    async def play(shop: Workshop) -> None:
        begun, ended = threading.Event(), threading.Event()

        def endless() -> None:
            try:
                while True:
                    begun.set()
                    check()
            finally:
                ended.set()

        task = asyncio.create_task(piece(shop, party(1), 1000, endless))
        assert await asyncio.to_thread(begun.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(ended.wait, 60)
        assert await piece(shop, party(2), 1000, lambda: "next") == "next"
        assert shop.usage.of(UUID(int=1)) > 0

    crowd(play)


def test_what_cannot_be_made_makes_room_too() -> None:
    async def play(shop: Workshop) -> None:
        def fail() -> None:
            raise ZeroDivisionError

        for find in (lambda: None, fail):
            with pytest.raises(ZeroDivisionError):
                await shop.make(party(1), 1, find, fail, small=False)
        assert await piece(shop, party(1), 1, lambda: "next") == "next"

    crowd(play)


def test_who_waits_for_too_long_is_sent_away() -> None:
    async def play(shop: Workshop) -> None:
        go = threading.Event()
        first = asyncio.create_task(piece(shop, party(1), 1, go.wait))
        await settle()
        with pytest.raises(Overloaded):
            await piece(shop, party(2), 1, lambda: None)
        go.set()
        await first
        assert await piece(shop, party(2), 1, lambda: "next") == "next"

    crowd(play, 0.01)


def test_use_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(fairness.time, "monotonic", lambda: now[0])
    usage = Usage()
    usage.charge(party(1, 2), 8)
    assert (usage.of(UUID(int=1)), usage.of(UUID(int=1002)), usage.of(UUID(int=2))) == (8, 8, 0)
    now[0] += fairness.HALF_LIFE
    usage.charge(party(1, 3), 1)
    assert (usage.of(UUID(int=1)), usage.of(UUID(int=1002))) == (5, 4)
