"""Connections to PostgreSQL that break in every way, on each event loop: a read is answered, or fails at once."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import psycopg
import pytest
import uvloop

from database.line import WAITING_A_PLACE, Line
from database.opening import open_pool
from database.wire import Pool, rows
from errors import Overloaded, StorageFull, TimedOut, Unavailable
from models.ids import uuid7
from server.settings import Settings
from tests.faults.descriptors import leaving
from tests.faults.proxy import Proxy

T = TypeVar("T")
COMPANY = uuid7()
WAYS = ("terminated", "reset", "ended")
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}

Run = Callable[[Callable[[], Awaitable[T]]], T]


@pytest.fixture(params=LOOPS)
def run(request: pytest.FixtureRequest) -> Run[Any]:
    """Runs a coroutine on one of the loops; nothing may take for ever."""

    def do(what: Callable[[], Awaitable[T]]) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(300):
                return await what()

        with asyncio.Runner(loop_factory=LOOPS[request.param]) as runner:
            return runner.run(bounded())

    return do


@pytest.fixture
def proxy(demo_settings: Settings) -> Iterator[Proxy]:
    """Between the test and its PostgreSQL."""
    with Proxy(demo_settings.database_url).running() as proxy:
        yield proxy


async def ask(pool: Pool, sql: str = "select 7", *, read_only: bool = True) -> Any:
    """The one value that the statement brings back."""
    [result] = await pool.within(COMPANY, [(sql, ())], read_only=read_only)
    return rows(result)[0][0]


async def fill(pool: Pool, number: int, mark: str = "") -> int:
    """Has the pool open so many connections, which are at rest then, and returns the process of one of them."""
    sleeping = f"select pg_backend_pid() from pg_sleep(0.2) -- {mark}"  # noqa: S608  # of our own
    return (await asyncio.gather(*(ask(pool, sleeping) for _ in range(number))))[0]


def ends(proxy: Proxy, mark: str) -> dict[str, Callable[[], None]]:
    """The ways in which connections end."""
    return {"terminated": lambda: terminate(proxy.direct, mark), "reset": proxy.reset, "ended": proxy.end}


def terminate(url: str, mark: str) -> None:
    """Ends the backends whose last statement or name has the mark; returns when they are gone."""
    query = (
        "select pg_terminate_backend(pid, 20000) from pg_stat_activity"
        " where pid <> pg_backend_pid() and strpos(query || application_name, %s) > 0"
    )
    with psycopg.connect(url, autocommit=True) as owner:
        assert owner.execute(query, (mark,)).fetchall()


async def waiting(proxy: Proxy, mark: str) -> None:
    """Until a statement with the mark sleeps, or waits for a lock, in PostgreSQL."""
    query = (
        "select count(*) from pg_stat_activity"
        " where (wait_event = 'PgSleep' or wait_event_type = 'Lock') and strpos(query, %s) > 0"
    )

    def number() -> int:
        with psycopg.connect(proxy.direct, autocommit=True) as owner:
            found = owner.execute(query, (mark,)).fetchone()
            return found[0] if found else 0

    deadline = time.monotonic() + 60
    while not await asyncio.to_thread(number):
        assert time.monotonic() < deadline


@pytest.mark.claims(
    "docs/operating.md",
    "| connections break while nobody uses them (failover, restart, a pooler's idle timeout) | nothing: a"
    " connection is checked when it is taken, and replaced |",
)
@pytest.mark.parametrize("way", WAYS)
def test_closed_at_rest(run: Run[Any], proxy: Proxy, way: str) -> None:
    """All of them at once, as by a failover or a pooler's idle timeout: nobody notices."""

    async def go() -> None:
        async with open_pool(proxy.url, 4) as pool:
            pids: set[int] = set()
            for _ in range(3):
                mark = uuid7().hex
                pids.add(await fill(pool, 4, mark))
                await asyncio.to_thread(ends(proxy, mark)[way])
                assert await asyncio.gather(*(ask(pool) for _ in range(30))) == [7] * 30
            assert len(pids) == 3

    run(go)


@pytest.mark.claims(
    "docs/operating.md",
    "| the connection of a read breaks | the read is sent once more on a new connection |",
)
@pytest.mark.parametrize("way", WAYS)
def test_a_read_in_flight_is_asked_once_more(run: Run[Any], proxy: Proxy, way: str) -> None:
    """It waits for a lock that is given when its first connection has ended."""

    async def go() -> None:
        async with open_pool(proxy.url, 2) as pool:
            for key in range(3):
                mark = uuid7().hex
                with psycopg.connect(proxy.direct, autocommit=True) as owner:
                    owner.execute("select pg_advisory_lock(%s)", (key,))
                    asking = asyncio.create_task(ask(pool, f"select pg_advisory_lock_shared({key}) is null -- {mark}"))
                    await waiting(proxy, mark)
                    await asyncio.to_thread(ends(proxy, mark)[way])
                assert await asking is False

    run(go)


def test_in_the_middle_of_a_result(run: Run[Any], proxy: Proxy) -> None:
    async def go() -> None:
        async with open_pool(proxy.url, 1) as pool:
            for number in (1, 10, 5_000, 500_000):
                assert await ask(pool) == 7
                proxy.cut_after(number)
                assert len(await ask(pool, "select repeat('x', 1000000)")) == 1_000_000

    run(go)


def test_what_writes_is_not_asked_again(run: Run[Any], proxy: Proxy) -> None:
    async def go() -> None:
        async with open_pool(proxy.url, 1) as pool:
            await ask(pool)
            accepted = proxy.accepted
            proxy.cut_after(1)
            with pytest.raises(Unavailable):
                await ask(pool, read_only=False)
            assert proxy.accepted == accepted
            assert await ask(pool, read_only=False) == 7

    run(go)


@pytest.mark.claims(
    "docs/operating.md",
    "From then on requests are answered at once, without a try of their own, and a probe looks every 0.25 "
    "s whether it is back.",
    "A PostgreSQL that answers nothing for two seconds more than an operation may take, or does not take "
    "a cancellation within 3 s, is away too.",
)
def test_silence_ends(run: Run[Any], proxy: Proxy) -> None:
    """A PostgreSQL that answers nothing is away as soon as that is known, and back as soon as it answers."""

    async def go() -> None:
        async with open_pool(proxy.url, 3, 1) as pool:
            await fill(pool, 3)
            proxy.fall_silent()
            with pytest.raises(Unavailable):
                await ask(pool)
            accepted = proxy.accepted
            for _ in range(20):
                with pytest.raises(Unavailable):
                    await ask(pool)
            assert proxy.accepted <= accepted + 2, "each asks for itself whether it is back"
            proxy.speak()
            await pool.wait()
            assert await ask(pool) == 7

    run(go)


def test_who_gives_up_on_a_silent_connection_waits_for_nothing(run: Run[Any], proxy: Proxy) -> None:
    async def go() -> None:
        async with open_pool(proxy.url, 1, 60) as pool:
            await fill(pool, 1)
            proxy.fall_silent()
            asking = asyncio.create_task(ask(pool))
            await asyncio.sleep(0.1)
            asking.cancel()
            done, _ = await asyncio.wait([asking], timeout=30)
            assert done
            # Not even the cancellation was taken: the next one is told at once.
            with pytest.raises(Unavailable):
                await ask(pool)

    run(go)


@pytest.mark.claims(
    "docs/operating.md",
    "The first refused connection marks PostgreSQL as away.",
)
def test_who_is_refused_is_told_at_once(run: Run[Any], demo_settings: Settings) -> None:
    """Nobody listens there, and after the first one nobody tries but the probe."""

    async def go() -> None:
        url = demo_settings.database_url.replace(
            str(psycopg.conninfo.conninfo_to_dict(demo_settings.database_url)["port"]), "1"
        )
        async with open_pool(url, 2) as pool:
            asked = await asyncio.gather(*(ask(pool) for _ in range(200)), return_exceptions=True)
            assert {type(error) for error in asked} == {Unavailable}

    run(go)


def test_a_host_that_says_nothing_is_waited_for_once(run: Run[Any], proxy: Proxy) -> None:
    """As the machine of a former primary that has lost its power; the others answer at once from then on."""
    proxy.fall_silent()
    login, _, direct = proxy.direct.rpartition("@")
    silent = proxy.url.rpartition("@")[2].partition("/")[0]

    async def go() -> None:
        async with open_pool(f"{login}@{silent},{direct}", 4) as pool:
            assert await ask(pool) == 7
            assert proxy.accepted == 1
            await fill(pool, 4)
            assert proxy.accepted == 1

    run(go)


@pytest.mark.claims(
    "docs/operating.md",
    "| PostgreSQL cannot be reached, starts or shuts down | 503 `UNAVAILABLE`, `Retry-After: 1`, no data |",
    "| no place in the line for a connection, or 5 s in it; too many connections, a lock not given in "
    "time | 503 `OVERLOADED`, `Retry-After: 1`, no data |",
)
def test_errors_of_postgresql_have_codes(run: Run[Any], demo_settings: Settings) -> None:
    def raising(state: str) -> str:
        return f"do $$ begin raise exception 'x' using errcode = '{state}'; end $$"

    expected = {
        "53100": StorageFull, "58030": Unavailable, "57P03": Unavailable, "08006": Unavailable,
        "53300": Overloaded, "53200": Overloaded, "55P03": Overloaded, "40001": Overloaded,
        "57014": TimedOut,
    }  # fmt: skip

    async def go() -> dict[str, Any]:
        found: dict[str, Any] = {}
        async with open_pool(demo_settings.database_url, 1) as pool:
            for state in expected:
                try:
                    await ask(pool, raising(state))
                except Exception as error:  # noqa: BLE001  # it is looked at
                    found[state] = type(error)
        return found

    assert run(go) == expected


@pytest.mark.claims(
    "docs/operating.md",
    "Each connection of the pool has at most 128 waiting for it, in the order in which they came.",
)
def test_the_line_is_bounded_in_number_and_time(run: Run[Any]) -> None:
    async def go() -> None:
        line = Line(1, 0.2)
        await line.enter()
        waiting = [asyncio.create_task(line.enter()) for _ in range(WAITING_A_PLACE)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await line.enter()
        assert {type(error) for error in await asyncio.gather(*waiting, return_exceptions=True)} == {Overloaded}
        line.leave()
        # In turn; and a place that was given to one who leaves in the same moment goes to the next.
        order: list[int] = []

        async def take(number: int) -> None:
            async with line:
                order.append(number)
                await asyncio.sleep(0)

        await line.enter()
        tasks = [asyncio.create_task(take(number)) for number in range(5)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        line.leave()
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert order == [2, 3, 4]
        await line.enter()

    run(go)


@pytest.mark.parametrize("left", [0, 1])
def test_no_descriptor_is_left_to_connect_or_to_wait_by(run: Run[Any], demo_settings: Settings, left: int) -> None:
    async def go() -> None:
        async with open_pool(demo_settings.database_url, 2) as pool:
            for read_only in (True, False):
                with leaving(os.getpid(), left), pytest.raises(Unavailable):
                    await ask(pool, read_only=read_only)
                await pool.wait()
                assert await ask(pool) == 7
                await pool.close()  # those that are idle

    run(go)
