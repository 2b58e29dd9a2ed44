"""Fair queues for scarce resources: database connections and Python's time.

`Turns` bounds the operations under way, `Workshop` makes what takes Python long, documents read and compiled, in
threads. Both serve companies in turn, and within a company its viewers (a collaborator, or an API key); both have
queues of bounded length and waiting time: after that, or if the queue is full, `Overloaded`. All limits are per
process.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from errors import Overloaded
from loaders.stopping import Stop
from models.viewer import Viewer
from server.garbage import compiling

T = TypeVar("T")

MOST_WAITING = 1000
MOST_WAITING_OF_COMPANY = 400
MOST_WAITING_OF_VIEWER = 200
SECONDS_IN_LINE = 5.0
RETRY_AFTER = 2


class Party(NamedTuple):
    """Who asks."""

    company: UUID
    viewer: UUID

    @classmethod
    def of(cls, viewer: Viewer) -> "Party":
        """An API key is a party of its own."""
        return cls(viewer.company_id, viewer.acting_id)


def _overloaded() -> Overloaded:
    return Overloaded(
        f"Hay demasiadas operaciones en espera y ésta no se hizo: intente de nuevo en {RETRY_AFTER} s.", RETRY_AFTER
    )


@dataclass(eq=False, slots=True)
class _Waiter:
    party: Party
    heavy: bool
    due: float
    turn: "asyncio.Future[None]"


@dataclass(slots=True)
class _Company:
    """What a company has under way, and who of it waits: lines of viewers, for heavy operations and for others."""

    held: int = 0
    heavy: int = 0
    viewers: dict[UUID, int] = field(default_factory=dict[UUID, int])
    waiting: int = 0
    lines: "OrderedDict[tuple[UUID, bool], deque[_Waiter]]" = field(
        default_factory=OrderedDict[tuple[UUID, bool], "deque[_Waiter]"]
    )


class Turns:
    """Lets at most `places` operations be under way, as many as there are connections to the database.

    A company has at most half of them, so that another one finds its own half free however long those take; a viewer
    has one less, so that a colleague finds one. Of what may take long (`heavy`) a company has at most an eighth of the
    places under way, and all companies together a quarter. Where there is a place, to take it is to count it.
    """

    def __init__(self, places: int, seconds: float = SECONDS_IN_LINE) -> None:
        self.places = places
        self.of_company = max(1, places // 2)
        self.of_viewer = max(1, self.of_company - 1)
        self.heavy = max(1, places // 4)
        self.heavy_of_company = max(1, places // 8)
        self._seconds = seconds
        self._held = 0
        self._heavy = 0
        self._companies: OrderedDict[UUID, _Company] = OrderedDict()
        """The parties with work in progress or waiting; of those waiting, the next one comes first."""
        self._waiting: dict[_Waiter, None] = {}
        """All that wait, in order of arrival."""
        self._timer: asyncio.TimerHandle | None = None

    def turn(self, party: Party, *, heavy: bool = False) -> "Turn":
        """One operation's turn: `async with` it. Overloaded where it does not come."""
        return Turn(self, party, heavy)

    @property
    def held(self) -> int:
        """How many are under way."""
        return self._held

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    async def take(self, party: Party, heavy: bool) -> None:
        """Waits for a place, which must be given back. Overloaded after waiting too long."""
        company = self._companies.get(party.company)
        if company is None:
            company = self._companies[party.company] = _Company()
        # Whoever waits does so for want of a place that they may have: a free one is nobody else's.
        if (party.viewer, heavy) not in company.lines and self._may(company, party.viewer, heavy):
            self._count(company, party.viewer, heavy, 1)
            return
        await self._wait(company, party, heavy)

    def give(self, party: Party, heavy: bool) -> None:
        """Gives the place to the next in the queue."""
        company = self._companies[party.company]
        self._count(company, party.viewer, heavy, -1)
        if self._waiting:
            self._serve()
        self._tidy(party.company, company)

    def _may(self, company: _Company, viewer: UUID, heavy: bool) -> bool:
        if self._held >= self.places or company.held >= self.of_company:
            return False
        if company.viewers.get(viewer, 0) >= self.of_viewer:
            return False
        return not heavy or (company.heavy < self.heavy_of_company and self._heavy < self.heavy)

    def _count(self, company: _Company, viewer: UUID, heavy: bool, one: int) -> None:
        self._held += one
        company.held += one
        held = company.viewers.get(viewer, 0) + one
        if held:
            company.viewers[viewer] = held
        else:
            del company.viewers[viewer]
        if heavy:
            self._heavy += one
            company.heavy += one

    def _tidy(self, id: UUID, company: _Company) -> None:
        if not company.held and not company.waiting:
            self._companies.pop(id, None)

    async def _wait(self, company: _Company, party: Party, heavy: bool) -> None:
        of_viewer = sum(len(line) for (viewer, _), line in company.lines.items() if viewer == party.viewer)
        if (
            len(self._waiting) >= MOST_WAITING
            or company.waiting >= MOST_WAITING_OF_COMPANY
            or of_viewer >= MOST_WAITING_OF_VIEWER
        ):
            self._tidy(party.company, company)
            raise _overloaded()
        loop = asyncio.get_running_loop()
        waiter = _Waiter(party, heavy, loop.time() + self._seconds, loop.create_future())
        self._waiting[waiter] = None
        company.waiting += 1
        company.lines.setdefault((party.viewer, heavy), deque()).append(waiter)
        if self._timer is None:
            self._timer = loop.call_at(waiter.due, self._expire)
        try:
            await waiter.turn
        except BaseException:
            turn = waiter.turn
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.give(party, heavy)  # it came as it was given up
            else:
                self._leave(company, waiter)
                self._tidy(party.company, company)
            raise

    def _leave(self, company: _Company, waiter: _Waiter) -> None:
        """Removes a waiter from the queues."""
        if waiter not in self._waiting:
            return
        del self._waiting[waiter]
        company.waiting -= 1
        key = waiter.party.viewer, waiter.heavy
        line = company.lines[key]
        line.remove(waiter)
        if not line:
            del company.lines[key]

    def _serve(self) -> None:
        """Gives the free places to those who may have them: to companies in turn, in each to its viewers in turn."""
        served = True
        while served and self._held < self.places:
            served = False
            for id, company in self._companies.items():
                if company.waiting and company.held < self.of_company and self._serve_one(company):
                    self._companies.move_to_end(id)
                    served = True
                    break

    def _serve_one(self, company: _Company) -> bool:
        for key in list(company.lines):
            viewer, heavy = key
            while (line := company.lines.get(key)) and self._may(company, viewer, heavy):
                waiter = line[0]
                self._leave(company, waiter)
                if waiter.turn.done():  # cancelled, and has not noticed yet
                    continue
                if key in company.lines:
                    company.lines.move_to_end(key)
                self._count(company, viewer, heavy, 1)
                waiter.turn.set_result(None)
                return True
        return False

    def _expire(self) -> None:
        """Sends those away who have waited for too long."""
        loop = asyncio.get_running_loop()
        self._timer = None
        for waiter in list(self._waiting):
            if waiter.due > loop.time():
                self._timer = loop.call_at(waiter.due, self._expire)
                break
            self._leave(self._companies[waiter.party.company], waiter)
            if not waiter.turn.done():
                waiter.turn.set_exception(_overloaded())


class Turn:
    """A turn of `Turns`, as an asynchronous context manager."""

    __slots__ = ("_heavy", "_party", "_turns")

    def __init__(self, turns: Turns, party: Party, heavy: bool) -> None:
        self._turns = turns
        self._party = party
        self._heavy = heavy

    async def __aenter__(self) -> None:
        await self._turns.take(self._party, self._heavy)

    async def __aexit__(self, *_: object) -> None:
        self._turns.give(self._party, self._heavy)


HALF_LIFE = 10.0
"""Seconds after which half of what one has used is forgotten."""
_MOST_ACCOUNTS = 10_000


class Usage:
    """How much of Python's time companies and viewers have used of late, in seconds."""

    def __init__(self) -> None:
        self._used: dict[UUID, tuple[float, float]] = {}

    def of(self, who: UUID) -> float:
        """What is not forgotten yet."""
        used, at = self._used.get(who, (0.0, 0.0))
        return used * 0.5 ** ((time.monotonic() - at) / HALF_LIFE) if used else 0.0

    def charge(self, party: Party, seconds: float) -> None:
        """Adds to the account of the viewer, and to that of the company."""
        if len(self._used) >= _MOST_ACCOUNTS:
            self._used = {who: account for who, account in self._used.items() if self.of(who) > 0.001}
        for who in set(party):
            self._used[who] = self.of(who) + seconds, time.monotonic()


@dataclass(eq=False, slots=True)
class _Job:
    party: Party
    size: int
    number: int
    turn: "asyncio.Future[None]"


class _Lane:
    """One thread, with a line of those who want something made by it."""

    def __init__(self, name: str, usage: Usage, seconds: float) -> None:
        self._thread = ThreadPoolExecutor(1, name)
        self._usage = usage
        self._seconds = seconds
        self._numbers = count()
        self._line: list[_Job] = []
        self._is_busy = False
        self._since: float | None = None

    @property
    def waiting(self) -> int:
        """How many wait for it."""
        return len(self._line)

    @property
    def busy_seconds(self) -> float:
        """For how long it has been at what it does now."""
        since = self._since  # the thread may end it meanwhile
        return time.monotonic() - since if since else 0.0

    async def make(self, party: Party, size: int, find: Callable[[], T | None], make: Callable[[], T]) -> T:
        """The result of `make` in the thread, unless `find` has one when its turn comes."""
        await self._take(party, size)
        try:
            known = find()
        except BaseException:
            self._next()
            raise
        if known is not None:
            self._next()
            return known
        stop, spent = Stop(), list[float]()

        def work() -> T:
            started, self._since = time.thread_time(), time.monotonic()
            try:
                with compiling(), stop.heeded():
                    return make()
            finally:
                self._since = None
                spent.append(time.thread_time() - started)

        future = self._thread.submit(work)
        # In this order: the waiter has stored the result before the next one looks for it.
        waiting = asyncio.wrap_future(future)
        future.add_done_callback(partial(self._done, asyncio.get_running_loop(), party, spent))
        try:
            return await waiting
        except asyncio.CancelledError:
            stop.requested = True  # the thread is free once it heeds this, and not before
            raise

    async def _take(self, party: Party, size: int) -> None:
        if not self._is_busy:
            self._is_busy = True
            return
        if len(self._line) >= MOST_WAITING or sum(job.party == party for job in self._line) >= MOST_WAITING_OF_VIEWER:
            raise _overloaded()
        job = _Job(party, size, next(self._numbers), asyncio.get_running_loop().create_future())
        self._line.append(job)
        try:
            async with asyncio.timeout(self._seconds):
                await job.turn
        except BaseException as error:
            if job in self._line:
                self._line.remove(job)
            elif job.turn.done() and not job.turn.cancelled():
                self._next()
            if isinstance(error, TimeoutError):
                raise _overloaded() from None
            raise

    def _done(self, loop: asyncio.AbstractEventLoop, party: Party, spent: Sequence[float], _: "Future[Any]") -> None:
        """In the thread: what follows is for the event loop to do."""
        try:
            loop.call_soon_threadsafe(self._end, party, spent)
        except RuntimeError:  # the loop has ended
            self._is_busy = False

    def _end(self, party: Party, spent: Sequence[float]) -> None:
        self._usage.charge(party, sum(spent))
        self._next()

    def _next(self) -> None:
        """The party that recently used least comes first; of equal ones, the smaller document."""
        waiting = [job for job in self._line if not job.turn.done()]  # some were cancelled, and have not noticed yet
        if not waiting:
            self._is_busy = False
            return
        job = min(waiting, key=self._rank)
        self._line.remove(job)
        job.turn.set_result(None)

    def _rank(self, job: _Job) -> tuple[float, float, int, int]:
        return self._usage.of(job.party.company), self._usage.of(job.party.viewer), job.size, job.number


class Workshop:
    """Runs work in threads, in the order of `Usage`. Small work has a thread of its own, so that it does not wait
    for work that takes a second."""

    def __init__(self, seconds: float = SECONDS_IN_LINE) -> None:
        self.usage = Usage()
        self._small = _Lane("small", self.usage, seconds)
        self._large = _Lane("large", self.usage, seconds)

    @property
    def busy_seconds(self) -> float:
        """For how long a thread has been at the same document or plan."""
        return max(self._small.busy_seconds, self._large.busy_seconds)

    @property
    def waiting(self) -> Mapping[tuple[str, ...], int]:
        """How many wait for each thread."""
        return {("small",): self._small.waiting, ("large",): self._large.waiting}

    async def make(
        self, party: Party, size: int, find: Callable[[], T | None], make: Callable[[], T], *, small: bool
    ) -> T:
        """The result of `make`, unless `find` finds one that was made in the meantime. `size` grows with the time it
        takes. If the caller is cancelled, the work ends at its next check (`loaders.stopping`)."""
        return await (self._small if small else self._large).make(party, size, find, make)
