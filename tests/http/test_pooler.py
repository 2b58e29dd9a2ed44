"""Behind a pooler that gives connections to others between transactions: a real pgbouncer, with two to give."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest

import models
from database.opening import open_pool
from models.collaborator import Role
from server.settings import Settings
from server.store import open_store
from server.sweep import sweep_all
from tests.domain.test_sweep import RETENTION
from tests.fixtures import Company, Ficha, each_way, global_id, serving
from tests.http.test_subscriptions import CHANGED, UPDATE, listening, signed_in
from tests.operations.test_statements import STATEMENTS, document, variables
from tests.pooler import pooling


@pytest.fixture(scope="module")
def pooled_url(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The worker's database, through the pooler."""
    with pooling(demo_settings.database_url, tmp_path_factory.mktemp("pgbouncer")) as url:
        yield url


def pointed(direct: Ficha, url: str) -> Settings:
    """The settings of that Ficha, with the pooler between."""
    past = direct.settings.database_url
    return replace(direct.settings, database_url=url, database_direct_url=past, transaction_pooling=True)


@pytest.fixture(scope="module")
def behind(pooled_url: str, live_server: Ficha) -> Iterator[Ficha]:
    """A Ficha behind the pooler. Its twin is one that is not."""
    with serving(pointed(live_server, pooled_url)) as ficha:
        ficha.twin = live_server
        yield ficha


def through(behind: Ficha, company: Company) -> Company:
    company.ficha = behind
    return company


@pytest.mark.parametrize("name", STATEMENTS)
def test_an_operation_is_answered_as_without_a_pooler(behind: Ficha, name: str) -> None:
    assert behind.ask("admin@demo.mx", document(name), **variables(name)).data


@each_way
def test_so_it_is_in_other_ways(pooled_url: str, live_server: Ficha, way: Mapping[str, bool]) -> None:
    with serving(replace(pointed(live_server, pooled_url), **way)) as ficha:
        ficha.twin = live_server
        for name in STATEMENTS:
            assert ficha.ask("admin@demo.mx", document(name), **variables(name)).data


def test_companies_that_share_two_connections_see_their_own(behind: Ficha, company: Callable[..., Company]) -> None:
    """Reads and writes of two companies and two roles at once: whatever one left behind, another would show."""
    companies = [through(behind, company()) for _ in range(2)]
    clients = {each.id: each.client(legal_name=each.id.hex) for each in companies}
    read = "{ clients { totalCount nodes { legalName tradeName } } }"

    def turn(number: int) -> Any:
        mine = companies[number % 2]
        id = global_id(models.Client, clients[mine.id])
        email, key = mine.email(Role.ADMIN), {"id": id, "tradeName": f"Nombre {number}"}
        written = behind.http.post(
            "/graphql",
            json={"query": UPDATE, "variables": {"input": key}},
            headers={"Authorization": f"Bearer {behind.token(email)}"},
        ).json()
        seller = mine.email(Role.SALES)
        shown = [
            behind.http.post(
                "/graphql", json={"query": read}, headers={"Authorization": f"Bearer {behind.token(one)}"}
            ).json()["data"]["clients"]
            for one in (email, seller)
        ]
        names = [node["legalName"] for node in shown[0]["nodes"]]
        return mine.id.hex, written["data"]["updateClient"]["userErrors"], names, shown[1]["totalCount"]

    with ThreadPoolExecutor(16) as threads:
        turns = list(threads.map(turn, range(120)))
    assert [(errors, names, of_seller) for _, errors, names, of_seller in turns] == [
        ([], [name], 0) for name, *_ in turns
    ]


def test_a_change_is_heard_past_the_pooler(behind: Ficha, owner: Any, company: Callable[..., Company]) -> None:
    mine = through(behind, company())
    id = global_id(models.Client, mine.client())
    with signed_in(behind, mine.email(Role.ADMIN)) as heard:
        heard.subscribe("1", CHANGED, id=id)
        heard.settle()
        listening(owner)
        behind.ask(mine.email(Role.ADMIN), UPDATE, input={"id": id, "tradeName": "Otra"})
        told = heard.receive()["payload"]["data"]["clientChanged"]
    assert told == {"tradeName": "Otra", "version": 2, "viewerCanDelete": True}


def test_the_sweep_and_the_log_work_through_it(
    behind: Ficha, pooled_url: str, owner: Any, company: Callable[..., Company]
) -> None:
    mine = through(behind, company())
    for _ in range(3):
        mine.client()

    async def run() -> None:
        pool = open_pool(pooled_url, 1, pooled=True)
        try:
            with open_store(behind.settings) as store:
                await sweep_all(pool, store, RETENTION)
        finally:
            await pool.close()

    asyncio.run(run())
    tally = "select number from client_tally where company_id = %s"
    assert owner.exec_driver_sql(tally, (mine.id,)).scalars().all() == [3]


def test_nothing_is_left_on_a_connection(behind: Ficha, pooled_url: str) -> None:
    """What a transaction brought along is gone with it, and no statement stays prepared."""
    for _ in range(5):
        behind.ask("admin@demo.mx", "{ viewer { id } clients(first: 1) { nodes { id } } }")
    with psycopg.connect(pooled_url, autocommit=True, prepare_threshold=None) as connection:
        for _ in range(5):
            left = connection.execute(
                "select current_user = session_user, current_setting('ficha.company_id', true),"
                " current_setting('statement_timeout'), current_setting('transaction_read_only'),"
                " (select count(*) from pg_prepared_statements)"
            ).fetchone()
            assert left in ((True, "", "0", "off", 0), (True, None, "0", "off", 0))
