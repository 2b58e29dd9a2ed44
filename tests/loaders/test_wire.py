"""`Connection.ask`: one transaction, one round trip; whatever goes wrong, the connection is whole or gone."""

import asyncio
import datetime
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import psutil
import psycopg
import pytest
import uvloop
from psycopg import errors

from database import wire
from database.opening import open_pool
from database.wire import PgConnection, Pool, rows
from errors import BadInput
from loaders.arrays import Instants
from loaders.reader import Reader
from loaders.statement import Statement
from models.collaborator import Role
from models.ids import uuid7
from models.viewer import Viewer
from server.settings import Settings

T = TypeVar("T")
PREPARED = "select count(*) from pg_prepared_statements"


def values(results: Any) -> list[Any]:
    """What each result holds, where that is one value."""
    return [rows(result)[0][0] for result in results]


@pytest.fixture
def run(demo_settings: Settings) -> Callable[[Callable[[Pool], Awaitable[Any]]], Any]:
    """Does something with a pool of two connections."""

    def do(what: Callable[[Pool], Awaitable[T]]) -> T:
        async def go() -> T:
            async with open_pool(demo_settings.database_url, 2) as pool:
                return await what(pool)

        return asyncio.run(go())

    return do


def on_one(run: Any, what: Callable[[PgConnection], Awaitable[T]]) -> T:
    """Does something with one connection."""

    async def go(pool: Pool) -> T:
        async with pool.connection() as connection:
            return await what(connection)

    return run(go)


@pytest.mark.claims(
    "docs/reading.md",
    "The `Reader` (`loaders/reader.py`) gathers the statements of one tick and sends them together: one "
    "connection, one transaction, one round trip "
    "([performance](performance.md#reads-are-sent-through-libpqs-pipeline-by-our-own-few-lines)).",
)
def test_statements_are_one_transaction_and_leave_nothing(run: Any) -> None:
    company = uuid7()

    async def go(connection: PgConnection) -> None:
        current = "select current_setting('ficha.company_id', true)"
        number = "select pg_current_xact_id()::text"
        seen, one, two = values(await connection.within(company, [(current, ()), (number, ()), (number, ())]))
        assert (seen, one == two) == (str(company), True)
        assert values(await connection.ask([(current, ())])) == [""]
        with pytest.raises(errors.ReadOnlySqlTransaction):
            await connection.within(company, [("update client set version = 1", ())], read_only=True)

    on_one(run, go)


def test_the_first_error_is_told_and_the_connection_goes_on(run: Any) -> None:
    async def go(connection: PgConnection) -> None:
        divide, read = "select 1 / $1::int", "select $1::int"
        for _ in range(3):
            with pytest.raises(errors.DivisionByZero):
                await connection.ask([(read, (1,)), (divide, (0,)), ("select no_such_column", ())])
            assert values(await connection.ask([(divide, (1,)), (read, (7,))])) == [1, 7]
            with pytest.raises(errors.UndefinedColumn):
                await connection.ask([("select no_such_column", ())])
        # What was prepared before something failed still is, once; what could not be prepared is not remembered.
        assert values(await connection.ask([(PREPARED, ())])) == [3]

    on_one(run, go)


def test_one_text_with_numbers_of_any_size(run: Any) -> None:
    async def go(connection: PgConnection) -> None:
        for number in (1, 40_000, 5_000_000_000, -1, 2**63 - 1):
            assert values(await connection.ask([("select $1::numeric::text", (number,))])) == [str(number)]

    on_one(run, go)


def test_a_connection_prepares_so_many_and_no_more(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_MOST_PREPARED", 5)

    async def go(connection: PgConnection) -> None:
        for number in range(12):
            # Two at once, of which one was prepared long ago.
            asked = [(f"select {number}", ()), ("select 'kept'", ()), (f"select {number}", ())]
            assert values(await connection.ask(asked)) == [number, "kept", number]
        assert values(await connection.ask([(PREPARED, ())])) == [5]
        assert values(await connection.ask([("select 0", ())])) == [0]

    on_one(run, go)


def test_a_statement_that_brings_back_something_else_now_is_prepared_anew(run: Any, owner: Any) -> None:
    table = f"changing_{uuid7().hex}"

    async def go(connection: PgConnection) -> None:
        everything = f"table {table}"
        assert rows(*await connection.ask([(everything, ())])) == [(1,)]
        await asyncio.to_thread(owner.exec_driver_sql, f"alter table {table} add b int default 2")
        with pytest.raises(errors.FeatureNotSupported):
            await connection.ask([(everything, ())])
        assert rows(*await connection.ask([(everything, ())])) == [(1, 2)]

    owner.exec_driver_sql(f"create table {table} as select 1 as a")
    owner.exec_driver_sql(f"grant select on {table} to ficha_app")
    try:
        on_one(run, go)
    finally:
        owner.exec_driver_sql(f"drop table {table}")


def test_texts_longer_than_any_buffer_go_both_ways(run: Any) -> None:
    text = "ñ€😀" * 1_000_000

    async def go(connection: PgConnection) -> None:
        echo = "select $1::text"
        sent = [(echo, (f"{number}{text}",)) for number in range(4)]
        assert values(await connection.ask(sent)) == [f"{number}{text}" for number in range(4)]

    on_one(run, go)


def test_who_gives_up_stops_postgresql_too(run: Any, owner: Any) -> None:
    """The connection is given up as well, and the pool has another."""
    mark = f"-- {uuid7()}"
    # PostgreSQL calls it active from its parsing on, and forgets a cancellation that comes before it is executed.
    running = "select count(*) from pg_stat_activity where query like %s and wait_event = 'PgSleep'"

    def active() -> int:
        return owner.exec_driver_sql(running, (f"%{mark[3:]}",)).scalar_one()

    async def until(number: int) -> None:
        deadline = time.monotonic() + 60
        while await asyncio.to_thread(active) != number:
            assert time.monotonic() < deadline

    async def go(pool: Pool) -> None:
        for _ in range(3):

            async def sleep() -> None:
                async with pool.connection() as connection:
                    await connection.ask([(f"select pg_sleep(60) {mark}", ())])

            task = asyncio.create_task(sleep())
            await until(1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until(0)
        async with pool.connection() as one, pool.connection() as other:
            assert values([*await one.ask([("select 1", ())]), *await other.ask([("select 2", ())])]) == [1, 2]

    run(go)


def test_who_gives_up_while_a_long_list_is_written_leaves_the_connection(run: Any) -> None:
    """A thread writes it, with what belongs to the connection: nobody else gets that."""
    sent = [("select cardinality($1::text[])", ([*map(str, range(300_000))],))]

    async def go(pool: Pool) -> None:
        async with pool.connection() as connection:
            assert values(await connection.ask(sent)) == [300_000]
            asking = asyncio.create_task(connection.ask(sent))
            await asyncio.sleep(0)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await connection.abandon()
            assert connection.closed
        async with pool.connection() as one, pool.connection() as other:
            assert values([*await one.ask([("select 1", ())]), *await other.ask([("select 2", ())])]) == [1, 2]

    run(go)


def test_a_backend_that_dies_is_an_error_and_another_takes_its_place(run: Any, owner: Any) -> None:
    async def go(pool: Pool) -> None:
        async with pool.connection() as connection:
            asking = asyncio.create_task(connection.ask([("select pg_sleep(60)", ())]))
            pid = connection.info.backend_pid
            ended = "select pg_terminate_backend(%s, 20000)"
            assert await asyncio.to_thread(lambda: owner.exec_driver_sql(ended, (pid,)).scalar_one())
            with pytest.raises(psycopg.OperationalError):
                await asking
            assert connection.closed
        async with pool.connection() as one, pool.connection() as other:
            assert values([*await one.ask([("select 1", ())]), *await other.ask([("select 2", ())])]) == [1, 2]

    run(go)


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_what_psycopg_reads_itself_is_not_in_the_way(demo_settings: Settings, new_loop: Any) -> None:
    async def go() -> list[Any]:
        async with open_pool(demo_settings.database_url, 1) as pool, pool.connection() as connection:
            found: list[Any] = []
            for number in range(20):
                found += values(await connection.ask([(f"select {number}", ())]))
                row = await (await connection.execute(f"select repeat('x', 100000), -{number}")).fetchone()
                found.append(row[1] if row else None)
            return found

    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(go()) == [part for number in range(20) for part in (number, -number)]


def test_a_connection_that_ends_while_nobody_asks_leaves_no_descriptor(run: Any, owner: Any) -> None:
    process = psutil.Process()

    async def go(pool: Pool) -> None:
        async with pool.connection() as connection:
            await connection.ask([("select 1", ())])
            watched = process.num_fds()
            ended = "select pg_terminate_backend(%s, 20000)"
            pid = connection.info.backend_pid
            assert await asyncio.to_thread(lambda: owner.exec_driver_sql(ended, (pid,)).scalar_one())
            deadline = time.monotonic() + 60
            while process.num_fds() != watched - 1:
                assert time.monotonic() < deadline
                await asyncio.sleep(0)
            with pytest.raises(psycopg.OperationalError):
                await connection.ask([("select 1", ())])
            assert process.num_fds() == watched - 2

    run(go)


def test_of_two_statements_of_a_tick_the_one_that_fails_fails_alone(run: Any) -> None:
    now = datetime.datetime.now(datetime.UTC)
    viewer = Viewer(uuid7(), uuid7(), Role.ADMIN, ZoneInfo("America/Mexico_City"))
    number = Statement("select $1::text::int", ("number",), lambda row: row[0])

    async def go(pool: Pool) -> list[Any]:
        reader = Reader(pool, viewer, now, Instants([now]))
        asked = [reader.run(number, number=given) for given in ("1", str(2**40), "3")]
        return await asyncio.gather(*asked, return_exceptions=True)

    first, second, third = run(go)
    assert (first, third) == ([1], [3])
    assert isinstance(second, BadInput)
    assert second.code == "BAD_VALUE"
