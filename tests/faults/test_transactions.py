"""A transaction that fails because of its connection is done again on another one; what follows it may fail alone."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest
from psycopg.pq.abc import PGresult
from sqlalchemy import text

from database.channels import ByPostgreSQL
from database.opening import open_pool
from database.wire import rows
from domain.work import UnitOfWork
from errors import OutcomeUnknown
from models import Client
from models.ids import uuid7
from server.work import UnitsOfWork
from tests.fixtures import Company
from tests.writing import Writer


@pytest.mark.claims(
    "docs/operating.md",
    "a write that meets a read-only server (the old primary) gets a new connection",
)
def test_a_write_that_meets_a_read_only_server_gets_another_connection(company: Callable[..., Company]) -> None:
    backends: list[int] = []

    async def write(work: Any, _: Any) -> None:
        backends.append(await work.session.scalar(text("select pg_backend_pid()")))
        if len(backends) == 1:
            # As after a failover: this server is no longer the primary.
            await work.session.execute(text("set transaction read only"))
        await work.session.execute(text("update client set version = version"))

    Writer(company()).do(write, {})
    first, second = backends
    assert first != second


class Following:
    """A change of a client, with a statement that follows its commit."""

    def __init__(self, mine: Company, sql: str) -> None:
        self.mine, self.sql = mine, sql
        self.client = mine.client(legal_name="Antes")
        self.results: list[PGresult] = []

    async def __call__(self, work: UnitOfWork, _: Any) -> None:
        client = await work.get(Client, self.client, lock=True)
        assert client
        client.legal_name = "Después"
        work.session.follow(self.mine.id, (self.sql, ()), self.results.append)

    @property
    def name(self) -> str:
        """What the client is called now."""
        query = text("select legal_name from client where id = :id")
        return self.mine.owner.execute(query, {"id": self.client}).scalar_one()


READS = "select legal_name, current_setting('transaction_read_only') from client"


def test_what_follows_a_commit_reads_what_it_wrote_and_no_more(company: Callable[..., Company]) -> None:
    """Behind the company's wall, and without a right to write."""
    company().client(legal_name="De otra empresa")
    change = Following(company(), READS)
    Writer(change.mine).do(change, {})
    [result] = change.results
    assert rows(result) == [("Después", "on")]


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 / 0",
        "update client set legal_name = 'Otro'",
        "select nothing",
        "select pg_terminate_backend(pg_backend_pid())",
    ],
)
def test_what_follows_a_commit_may_fail(company: Callable[..., Company], sql: str) -> None:
    """Also by the end of its connection: what was committed is so all the same, and whoever comes next gets another."""
    change = Following(company(), sql)
    Writer(change.mine).do(change, {})
    assert change.results == []
    assert change.name == "Después"


def test_nothing_follows_what_is_not_committed(company: Callable[..., Company]) -> None:
    change = Following(company(), READS)

    async def refused(work: UnitOfWork, input: Any) -> None:
        await change(work, input)
        # PostgreSQL looks at the commit alone.
        await work.session.execute(text("create temp table once (n int unique deferrable initially deferred)"))
        await work.session.execute(text("insert into once values (1), (1)"))

    async def discarded(work: UnitOfWork, input: Any) -> None:
        await change(work, input)
        work.discard()

    with pytest.raises(psycopg.errors.UniqueViolation):
        Writer(change.mine).do(refused, {})
    Writer(change.mine).do(discarded, {})
    assert change.results == []
    assert change.name == "Antes"


def test_who_leaves_while_it_follows_does_not_know_what_became_of_it(company: Callable[..., Company]) -> None:
    """The commit was done, but nobody was told so."""
    mark = uuid7().hex
    change = Following(company(), f"select pg_sleep(60) -- {mark}")
    writer, direct = Writer(change.mine), change.mine.ficha.settings.database_url

    async def run() -> None:
        pool = open_pool(direct, 1)
        units = UnitsOfWork(pool)
        doing = asyncio.create_task(units.run(writer.viewer, writer.now, lambda work: change(work, None)))
        await sleeping(direct, mark)
        doing.cancel()
        with pytest.raises(OutcomeUnknown):
            await doing
        await pool.close()

    asyncio.run(run())
    assert change.name == "Después"


class Announcing(ByPostgreSQL):
    """A broker that takes news after the commit, and does not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = asyncio.Event()

    async def committed(self, news: Sequence[str]) -> None:
        del news
        self.begun.set()
        await asyncio.Event().wait()


def test_who_leaves_after_the_commit_ends_nobody_elses_connection(company: Callable[..., Company]) -> None:
    change = Following(company(), "select 1")
    writer, channel = Writer(change.mine), Announcing()

    async def run() -> None:
        pool = open_pool(change.mine.ficha.settings.database_url, 1)
        units = UnitsOfWork(pool, channel)
        doing = asyncio.create_task(units.run(writer.viewer, writer.now, lambda work: change(work, None)))
        await channel.begun.wait()
        async with pool.connection() as connection:
            doing.cancel()
            with pytest.raises(OutcomeUnknown):
                await doing
            [result] = await connection.ask([("select 1", ())])
            assert rows(result) == [(1,)]
        await pool.close()

    asyncio.run(run())
    assert change.name == "Después"


async def sleeping(url: str, mark: str) -> None:
    """Until a statement with the mark sleeps in PostgreSQL."""
    query = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and strpos(query, %s) > 0"
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as owner:
        while True:
            cursor = await owner.execute(query, (mark,))
            if await cursor.fetchone() != (0,):
                return
