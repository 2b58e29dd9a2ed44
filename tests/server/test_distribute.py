"""`ficha distribute`: refused where there is no Citus. Where FICHA_TEST_CITUS_URL leads to one, it has distributed the
worker's database, and companies move while they are used."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

import models
from errors import CommandRefused
from server import distribute
from server.settings import Settings
from tests import citus
from tests.fixtures import Company, Ficha, global_id

CITUS_URL = os.environ.get("FICHA_TEST_CITUS_URL", "")
on_citus = pytest.mark.skipif(not CITUS_URL, reason="FICHA_TEST_CITUS_URL leads to no Citus")


@pytest.mark.skipif(bool(CITUS_URL), reason="this PostgreSQL has Citus")
def test_a_postgresql_without_citus_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url) as connection, pytest.raises(CommandRefused, match="has no extension citus"):
        distribute.missing(connection)


@pytest.mark.skipif(bool(CITUS_URL), reason="this PostgreSQL has Citus")
def test_an_ordinary_database_stays_so(database_url: str) -> None:
    distribute.complete(database_url)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select to_regclass('pg_dist_partition')").fetchone() == (None,)


LACKING = distribute.Missing(
    servers=["one:5432", "two:5432"],
    copied=["company"],
    distributed=["client", "contact"],
    references=[("contact", "fk_contact_client_id", "foreign key …")],
    triggers=[],
    functions=["ficha_company()"],
    unset=True,
    logs_in=False,
)


@pytest.mark.claims(
    "docs/distributed.md",
    "`ficha distribute` divides each table of companies into 32 parts (`--shards`), copies `company` and",
)
def test_what_will_be_done_is_said() -> None:
    assert list(LACKING.lines(32)) == [
        "servers: one:5432, two:5432",
        "copied to each of them, as they are of no company: company",
        "distributed by company_id into 32 parts: client, contact",
        "1 foreign keys and 0 triggers are dropped and made again",
        "1 functions are brought to every server",
        "set for the database on each: timezone = UTC, datestyle = ISO, jit = off, max_parallel_workers_per_gather = 0",
        "the role ficha_app may log in from now on: pg_hba.conf says from where",
    ]


@pytest.fixture
def coordinator(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.mark.claims(
    "docs/distributed.md",
    "Run again, it does what is missing.",
)
@on_citus
def test_nothing_is_missing_afterwards(coordinator: psycopg.Connection[Any]) -> None:
    assert distribute.missing(coordinator).is_nothing


@pytest.mark.claims(
    "docs/distributed.md",
    "`checks.companies` of `/health/ready` asks one company of each server:",
)
@on_citus
def test_ready_asks_a_company_of_each_server(company: Callable[..., Company], live_server: Ficha) -> None:
    company()
    checks = live_server.http.get("/health/ready").json()["checks"]
    assert (checks["database"], checks["companies"]) == ("ok", "ok")


PLACE = """
select shardid, nodename, nodeport from pg_dist_placement join pg_dist_node using (groupid)
where shardid = get_shard_id_for_distribution_column('client', %s::uuid)
"""
MOVE = "select citus_move_shard_placement(%s, %s, %s, %s, %s, 'force_logical')"
NOTE = """
mutation ($input: UpdateClientInput!) { updateClient(input: $input) { client { version } userErrors { code } } }
"""
READ = "query ($id: ID!) { client(id: $id) { version contacts { name } } }"


@pytest.mark.claims(
    "docs/distributed.md",
    "moves one part, with all companies in it, to another server while they are used.",
)
@on_citus
@pytest.mark.timeout(300)
def test_a_company_moves_to_another_server_while_it_is_used(
    coordinator: psycopg.Connection[Any], company: Callable[..., Company], settings: Settings
) -> None:
    own = company()
    id = own.client()
    own.add(models.Contact, client_id=id, name="Eva")
    client = global_id(models.Client, id)
    row: Any = coordinator.execute(PLACE, [own.id]).fetchone()
    shard, *there = row
    others = [list(each) for each in citus.servers(settings.database_url) if list(each) != there]
    versions: list[int] = []
    moved = threading.Event()

    def use() -> None:
        number = 0
        while not moved.is_set() or number < 3:
            number += 1
            done = own.insist(NOTE, input={"id": client, "internalNote": f"Nota {number}"}).data["updateClient"]
            assert done["userErrors"] == []
            versions.append(done["client"]["version"])
            assert own.insist(READ, id=client).data["client"] == {
                "version": versions[-1],
                "contacts": [{"name": "Eva"}],
            }

    with ThreadPoolExecutor(1) as pool:
        using = pool.submit(use)
        try:
            coordinator.execute(MOVE, [shard, *there, *others[0]])
        finally:
            moved.set()
        using.result()
    assert coordinator.execute(PLACE, [own.id]).fetchone() == (shard, *others[0])
    assert versions == list(range(2, len(versions) + 2))
