"""What Ficha sends where Citus distributes the tables, on a PostgreSQL without it: it is PostgreSQL's own SQL."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import pytest

import models
from database import opening
from database.opening import CITUS, open_pool
from database.wire import DistributedConnection, PgConnection, Pool, rows
from models.collaborator import Role
from server.settings import Settings
from tests.fixtures import Company, Ficha, each_way, global_id, serving
from tests.operations.test_statements import STATEMENTS, document, variables

T = TypeVar("T")
COMPANY = UUID("5803eb8d-81cd-4557-8719-26632d2fa434")
MINE = "select current_setting('ficha.company_id', true)"


@pytest.fixture(scope="module", autouse=True)
def taken_for_distributed() -> Iterator[None]:
    async def is_distributed(_: PgConnection) -> bool:
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "is_distributed", is_distributed)
        yield


@pytest.fixture(scope="module")
def apart(live_server: Ficha) -> Iterator[Ficha]:
    with serving(live_server.settings) as ficha:
        ficha.twin = live_server
        yield ficha


@pytest.fixture
def run(settings: Settings) -> Callable[[Callable[[PgConnection], Awaitable[Any]]], Any]:
    """Does something with a connection."""

    def do(what: Callable[[PgConnection], Awaitable[T]]) -> T:
        async def go() -> T:
            async with open_pool(settings.database_url, 1) as pool, pool.connection() as connection:
                assert isinstance(connection, DistributedConnection)
                return await what(connection)

        return asyncio.run(go())

    return do


@pytest.mark.parametrize("name", STATEMENTS)
def test_an_operation_is_answered_as_ever(apart: Ficha, name: str) -> None:
    assert apart.ask("admin@demo.mx", document(name), **variables(name)).data


@each_way
def test_so_it_is_in_other_ways(live_server: Ficha, way: Mapping[str, bool]) -> None:
    with serving(replace(live_server.settings, **way)) as ficha:
        ficha.twin = live_server
        for name in STATEMENTS:
            assert ficha.ask("admin@demo.mx", document(name), **variables(name)).data


CONTACTS = """
mutation ($input: CreateContactsInput!) {
  createContacts(input: $input) { results { contact { name } } userErrors { code path } }
}
"""


def test_many_rows_are_added_by_one_list_of_values(apart: Ficha, company: Callable[..., Company]) -> None:
    own = company()
    own.ficha = apart
    client = global_id(models.Client, own.client())
    rows_ = [{"clientId": client, "name": f"Contacto {number}"} for number in range(30)]
    answer = own.ask(CONTACTS, Role.ADMIN, input={"rows": rows_}).data["createContacts"]
    assert [each["contact"] for each in answer["results"]] == [{"name": each["name"]} for each in rows_]
    assert answer["userErrors"] == []


def test_the_wall_ends_with_the_transaction(run: Any) -> None:
    async def do(connection: PgConnection) -> list[str]:
        within = await connection.within(COMPANY, [(MINE, ())], read_only=True)
        after = await connection.ask([(MINE, ())])
        return [rows(result)[0][0] for result in (*within, *after)]

    assert run(do) == [str(COMPANY), ""]


def test_a_statement_that_fails_leaves_no_transaction_behind(run: Any) -> None:
    async def do(connection: PgConnection) -> list[Any]:
        with pytest.raises(psycopg.errors.DivisionByZero):
            await connection.within(COMPANY, [("select 1", ()), ("select 1 / 0", ()), ("select 2", ())])
        return [connection.info.transaction_status, *await connection.within(COMPANY, [(MINE, ())])]

    status, result = run(do)
    assert status == psycopg.pq.TransactionStatus.IDLE
    assert rows(result) == [(str(COMPANY),)]


def test_what_is_read_behind_a_commit_may_fail(run: Any) -> None:
    async def do(connection: PgConnection) -> tuple[Any, int]:
        following = connection.reading(COMPANY, ("select 1 / 0", ()))
        results = await connection.commit_and_read([("begin", ()), ("select 7", ()), ("commit", ())], following)
        return connection.info.transaction_status, len(results)

    # Those of the commit, and of the two that begin to read.
    assert run(do) == (psycopg.pq.TransactionStatus.IDLE, 5)


def test_what_only_reads_does_not_write(run: Any) -> None:
    async def do(connection: PgConnection) -> None:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await connection.within(COMPANY, [("delete from holiday", ())], read_only=True)

    run(do)


@pytest.mark.claims(
    "docs/distributed.md",
    "What reads has the company's id written into the statement,",
)
def test_the_company_is_written_into_what_reads(run: Any) -> None:
    async def do(connection: PgConnection) -> list[Any]:
        query = "select id from client where company_id = $1 and id = $2 and $1 <> $2"
        await connection.within(COMPANY, [(query, (COMPANY, UUID(int=1)))], read_only=True)
        [result] = await connection.ask([("select statement from pg_prepared_statements", ())])
        return [statement for (statement,) in rows(result) if "client" in statement]

    own = f"'{COMPANY}'::uuid"
    expected = "select id from client where company_id = {own} and id = $1 and {own} <> $1"
    assert run(do) == [expected.replace("{own}", own)]


def test_settings_are_those_of_citus(run: Any) -> None:
    async def do(connection: PgConnection) -> dict[str, Any]:
        results = await connection.ask([(f"show {name}", ()) for name in CITUS])
        return {name: rows(result)[0][0] for name, result in zip(CITUS, results, strict=True)}

    assert run(do) == CITUS


@pytest.mark.claims(
    "docs/distributed.md",
    "It sees by itself that Citus distributes the tables.",
)
def test_a_pool_looks_once_whether_tables_are_distributed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[PgConnection] = []

    async def is_distributed(connection: PgConnection) -> bool:
        looks.append(connection)
        return False

    async def go() -> list[type[PgConnection]]:
        async with open_pool(settings.database_url, 2) as pool:
            return await kinds(pool)

    async def kinds(pool: Pool) -> list[type[PgConnection]]:
        async with pool.connection() as one, pool.connection() as other:
            return [type(one), type(other)]

    monkeypatch.setattr(opening, "is_distributed", is_distributed)
    assert asyncio.run(go()) == [PgConnection, PgConnection]
    assert len(looks) == 1
