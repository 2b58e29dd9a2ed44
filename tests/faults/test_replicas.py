"""Queries are answered by a real replica, which may be behind, late, dead or silent: viewers read what they wrote."""

import asyncio
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from database.opening import open_pool
from database.positions import Position
from errors import Unavailable
from models.collaborator import Role
from server import migrate
from server.doctor import examine
from server.settings import Settings
from tests.faults.patroni import free_ports, until
from tests.faults.postgres import Postgres, running_postgres
from tests.fixtures import WAYS, Company, Ficha, demanded, own_process, owning, serving
from tests.pooler import pooling

NAMES = "{ clients { nodes { legalName } } }"
CREATE = "mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } userErrors { code } } }"
POSITION = "X-Ficha-Position"


@pytest.fixture(scope="module")
def primary() -> Iterator[Postgres]:
    with running_postgres() as postgres:
        migrate.upgrade(postgres.url)
        yield postgres


@pytest.fixture(scope="module")
def replica(primary: Postgres) -> Iterator[Postgres]:
    with running_postgres(primary) as postgres:
        yield postgres


@pytest.fixture
def served(primary: Postgres, replica: Postgres, settings: Settings) -> Iterator[Callable[..., Ficha]]:
    """Serves Ficha on both with those settings, from when the replica is read."""
    with ExitStack() as stack:

        def serve(**changes: Any) -> Ficha:
            options = {
                "database_url": primary.url, "database_replica_urls": (replica.url,), "rate_limit": "off",
                "sweep_minutes": 0, "database_replica_lag_seconds": 3600, **changes,
            }  # fmt: skip
            ficha = stack.enter_context(serving(replace(settings, **options)))
            until(lambda: state(ficha) == "ok", "the replica")
            return ficha

        yield serve


def state(ficha: Ficha, name: str = "replica1") -> str:
    """What `/health/ready` says of the replica. It changes nothing."""
    response = ficha.http.get("/health/ready")
    assert response.status_code == 200
    return response.json()["checks"][name]


@contextmanager
def behind(replica: Postgres) -> Iterator[None]:
    """Within, the replica stays where it is."""
    with psycopg.connect(replica.url, autocommit=True) as owner:
        owner.execute("select pg_wal_replay_pause()")
        try:
            yield
        finally:
            owner.execute("select pg_wal_replay_resume()")


def company(ficha: Ficha, primary: Postgres, replica: Postgres) -> Company:
    """One that the replica has."""
    with owning(primary.url) as owner:
        mine = Company(ficha, owner)
    caught_up(primary, replica)
    assert names(mine) == []
    return mine


def caught_up(primary: Postgres, replica: Postgres) -> None:
    """The replica has all that is there."""
    with psycopg.connect(primary.url) as one, psycopg.connect(replica.url, autocommit=True) as other:
        [position] = one.execute("select pg_current_wal_insert_lsn()::text").fetchone() or [None]
        reached = "select pg_last_wal_replay_lsn() >= %s::pg_lsn"
        until(lambda: other.execute(reached, [position]).fetchone() == (True,), "the replica")


def send(mine: Company, query: str, ficha: Ficha | None = None, position: str = "", **variables: Any) -> httpx.Response:
    """Asks as the administrator, by way of a Ficha, and states a position."""
    headers = {"Authorization": f"Bearer {mine.ficha.token(mine.email(Role.ADMIN))}"}
    if position:
        headers[POSITION] = position
    body = {"query": query, "variables": variables}
    return (ficha or mine.ficha).http.post("/graphql", json=body, headers=headers)


def names(mine: Company, ficha: Ficha | None = None, position: str = "") -> list[str]:
    """The names of the company's clients, as a query shows them."""
    nodes = send(mine, NAMES, ficha, position).json()["data"]["clients"]["nodes"]
    return [node["legalName"] for node in nodes]


def create(mine: Company, name: str) -> str:
    """Has a client created; returns where that was written."""
    response = send(mine, CREATE, input={"legalName": name})
    assert response.json()["data"]["createClient"]["userErrors"] == []
    return response.headers[POSITION]


def others_write(mine: Company, primary: Postgres, name: str) -> None:
    """Somebody else, not by way of Ficha."""
    with owning(primary.url) as owner:
        Company.client(mine_of(mine, owner), legal_name=name)


def mine_of(mine: Company, owner: Any) -> Company:
    mine.owner = owner
    return mine


@pytest.mark.claims(
    "docs/protocol.md",
    "Where replicas answer queries, the response to a mutation has the header `X-Ficha-Position`.",
    "what they read is then no older than the mutation, whichever process and replica answers.",
    "What others wrote may be missing for `FICHA_DATABASE_REPLICA_LAG_SECONDS`.",
)
@pytest.mark.claims(
    "docs/operating.md",
    "`FICHA_DATABASE_REPLICA_URLS` names servers that follow the primary: queries are answered there.",
    "A replica says in the round trip of each read how far it is; if it lacks what the viewer has written, "
    "the primary answers.",
)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_who_has_written_reads_it_and_the_others_read_the_replica(
    served: Any, primary: Postgres, replica: Postgres, way: Any
) -> None:
    ficha = served(**way)
    other = served(**way)  # another process
    mine = company(ficha, primary, replica)
    assert names(mine, other) == []
    with behind(replica):
        others_write(mine, primary, "De otros")
        assert names(mine) == names(mine, other) == [], "the primary was asked"
        position = create(mine, "Propio")
        assert names(mine) == ["De otros", "Propio"]
        assert names(mine, other) == [], "the primary was asked"
        assert names(mine, other, position) == ["De otros", "Propio"]
    caught_up(primary, replica)
    assert names(mine, other) == ["De otros", "Propio"]
    with behind(replica):
        others_write(mine, primary, "Más de otros")
        # The replica has what was written, and so answers.
        assert names(mine, None, position) == ["De otros", "Propio"]


@pytest.mark.claims(
    "docs/protocol.md",
    "Without it, what a collaborator or an API key wrote through a process is read through the same process; "
    "through all of them with `FICHA_RATE_LIMIT_STORAGE=redis://…`.",
)
def test_redis_tells_the_other_processes(served: Any, primary: Postgres, replica: Postgres, tmp_path: Path) -> None:
    [port] = free_ports(1)
    command = [demanded(shutil.which("redis-server"), "redis-server"), "--port", str(port), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tmp_path) as redis:
        try:
            storage = {"rate_limit_storage": f"redis://127.0.0.1:{port}"}
            ficha, other = served(**storage), served(**storage)
            mine = company(ficha, primary, replica)
            with behind(replica):
                for name in ("Uno", "Dos"):
                    create(mine, name)
                assert names(mine, other) == ["Dos", "Uno"]
                others_write(mine, primary, "De otros")
                redis.terminate()
                redis.wait(60)
                # Nobody knows any more who has written what.
                assert names(mine, other) == ["De otros", "Dos", "Uno"]
        finally:
            redis.terminate()


@pytest.mark.claims(
    "docs/operating.md",
    "**Late** is a replica where the primary has been further for more than `FICHA_DATABASE_REPLICA_LAG_SECONDS`.",
    "One that is late, dead or silent is left out and comes back by itself; where all are, the primary "
    "answers everything.",
)
def test_a_late_replica_is_left_out_until_it_has_caught_up(served: Any, primary: Postgres, replica: Postgres) -> None:
    ficha = served(database_replica_lag_seconds=1)
    mine = company(ficha, primary, replica)
    with behind(replica):
        others_write(mine, primary, "De otros")
        until(lambda: state(ficha) == "late", "that it is late")
        assert names(mine) == ["De otros"]
    until(lambda: state(ficha) == "ok", "that it is not late")
    with behind(replica):
        others_write(mine, primary, "Más de otros")
        assert names(mine) == ["De otros"]


def test_a_dead_replica_is_left_out_until_it_is_back(served: Any, primary: Postgres, replica: Postgres) -> None:
    ficha = served()
    mine = company(ficha, primary, replica)
    replica.kill()
    try:
        others_write(mine, primary, "De otros")
        assert names(mine) == ["De otros"]
        until(lambda: state(ficha) == "away", "that it is away")
    finally:
        replica.start()
    until(lambda: state(ficha) == "ok", "that it is back")


def test_a_silent_replica_delays_nobody_for_long(served: Any, primary: Postgres, replica: Postgres) -> None:
    """Those who wait for it already are answered by the primary, before their time is up."""
    ficha = served(operation_seconds=60)
    mine = company(ficha, primary, replica)
    with replica.paused():
        began = time.monotonic()
        assert names(mine) == []
        assert time.monotonic() - began < 50
        assert state(ficha) == "away"
    until(lambda: state(ficha) == "ok", "that it is back")


@pytest.mark.claims(
    "docs/protocol.md",
    "One that is no position is refused with status 400.",
)
def test_what_is_no_position_is_refused(served: Any, primary: Postgres, replica: Postgres) -> None:
    mine = company(served(), primary, replica)
    for text in ("0/16B3748", "00000001-16B3748", "x" * 25):
        response = send(mine, NAMES, None, text)
        assert response.status_code == 400
        assert response.json()["errors"][0]["message"].startswith(POSITION)
    assert names(mine, None, "FFFFFFFF-FFFFFFFFFFFFFFFF") == []


def test_a_position_of_another_timeline_is_not_reached_by_bytes() -> None:
    written, followed = Position(2, 90), Position(1, 100)
    assert followed < written
    assert sorted(map(str, (written, followed))) == [str(followed), str(written)]
    assert Position.read(str(written)) == written


def test_a_replica_says_the_timeline_that_its_primary_has_written(
    served: Any, primary: Postgres, replica: Postgres
) -> None:
    """One that has not got that has followed another: what is written on this one it does not have."""
    ficha = served()
    mine = company(ficha, primary, replica)
    position = Position.read(create(mine, "Propio"))
    assert position
    caught_up(primary, replica)
    with behind(replica):
        others_write(mine, primary, "De otros")
        assert names(mine, None, str(position)) == ["Propio"]
        assert names(mine, None, str(Position(position.timeline + 1, 0))) == ["De otros", "Propio"]


def test_behind_a_pooler(served: Any, primary: Postgres, replica: Postgres, tmp_path: Path) -> None:
    """Each has one of its own."""
    folders = [tmp_path / name for name in ("primary", "replica")]
    for folder in folders:
        folder.mkdir()
    with pooling(primary.url, folders[0]) as first, pooling(replica.url, folders[1]) as second:
        pooled = {"database_url": first, "database_replica_urls": (second,), "transaction_pooling": True}
        mine = company(served(**pooled, database_direct_url=primary.url), primary, replica)
        with behind(replica):
            others_write(mine, primary, "De otros")
            assert names(mine) == []
            create(mine, "Propio")
            assert names(mine) == ["De otros", "Propio"]


def test_the_doctor_looks_at_each(primary: Postgres, replica: Postgres, settings: Settings) -> None:
    urls = replica.url, primary.url, replica.url.replace("ficha:", "nobody:")
    named = replace(settings, database_url=primary.url, database_replica_urls=urls)
    findings = {finding.what: finding for finding in examine(named)}
    assert findings["replica 1"].well
    assert re.search(r"answers in [0-9.]+ ms, [0-9]+ bytes behind the primary$", findings["replica 1"].says)
    assert findings["replica 2"].says.endswith(" is the primary, and left out while it is")
    assert not findings["replica 3"].well


def of_both(first: Postgres, second: Postgres) -> str:
    """A URL that names both, and means the one that is the primary."""
    host = second.url.rpartition("@")[2]
    return f"{first.url.removesuffix('/ficha')},{host}?target_session_attrs=primary"


@pytest.mark.claims(
    "docs/operating.md",
    "A server that says it is a standby is not connected to.",
    "`FICHA_DATABASE_URL` names all servers, and Ficha connects to the one that is the primary:",
)
def test_a_standby_is_not_connected_to(primary: Postgres, replica: Postgres) -> None:
    async def run() -> None:
        async with open_pool(replica.url, 1) as pool:
            with pytest.raises(Unavailable):
                async with pool.connection():
                    pass
        async with open_pool(of_both(replica, primary), 1) as pool, pool.connection() as connection:
            assert not connection.is_standby

    asyncio.run(run())
    migrate.upgrade(of_both(replica, primary))


@pytest.mark.claims(
    "docs/operating.md",
    "Nor do replicas (`replica1`, `replica2`, … in the order of the setting), each of which is `ok`, `late`, "
    "`away`, or `primary` once it was promoted.",
    "Name all servers of the cluster, also the primary: one that is not a replica now is left out, and no "
    "setting changes with a failover.",
    "While there is no primary, mutations get `UNAVAILABLE`.",
    "Queries are answered by the replicas, for viewers who were looked up no longer than "
    "`FICHA_VIEWER_CACHE_SECONDS` ago.",
    "Once there is a primary again, each process finds it by itself: it looks at all servers every 0.25 s.",
)
def test_a_promotion_needs_no_restart(settings: Settings) -> None:
    """Without a primary queries are answered all the same; with a new one everything is."""
    with running_postgres() as first, running_postgres(first) as second:
        url = of_both(first, second)
        migrate.upgrade(url)
        options = {
            "database_url": url, "database_replica_urls": (first.url, second.url), "rate_limit": "off",
            "sweep_minutes": 0, "viewer_cache_seconds": 300, "database_replica_lag_seconds": 60,
        }  # fmt: skip
        with serving(replace(settings, **options)) as ficha:
            until(lambda: (state(ficha), state(ficha, "replica2")) == ("primary", "ok"), "the replica")
            mine = company(ficha, first, second)
            position = Position.read(create(mine, "Antes"))
            caught_up(first, second)
            first.kill()
            assert names(mine) == ["Antes"]
            refused = send(mine, CREATE, input={"legalName": "Entretanto"})
            assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
            with psycopg.connect(second.url, autocommit=True) as owner:
                owner.execute("select pg_promote()")
            responses: list[httpx.Response] = []

            def is_done() -> bool:
                responses.append(send(mine, CREATE, input={"legalName": "Después"}))
                return responses[-1].status_code == 200

            until(is_done, "the new primary")
            later = Position.read(responses[-1].headers[POSITION])
            assert position
            assert later
            assert (later.timeline, position < later) == (2, True)
            assert names(mine) == ["Antes", "Después"]
            until(lambda: (state(ficha), state(ficha, "replica2")) == ("away", "primary"), "the roles")


@pytest.mark.claims(
    "docs/operating.md",
    "Each process looks once a second, and shows `ficha_replica_lag_seconds`, `ficha_replica_lag_bytes` and "
    "`ficha_replica_reads`.",
)
def test_the_lag_is_shown(primary: Postgres, replica: Postgres, settings: Settings) -> None:
    pointed = replace(settings, database_url=primary.url)
    more = {"FICHA_DATABASE_REPLICA_URLS": replica.url, "FICHA_METRICS_PORT": 0}
    with own_process(pointed, **more) as (running, url):
        assert running.stdout
        metrics = running.stdout.readline().split()[1]
        http = httpx.Client(trust_env=False, timeout=60)

        def shown(name: str) -> float:
            lines = http.get(metrics).text.splitlines()
            [value] = (line.split()[1] for line in lines if line.startswith(f'{name}{{replica="replica1"}}'))
            return float(value)

        until(lambda: http.get(f"{url}/health/ready").json()["checks"]["replica1"] == "ok", "the replica")
        assert (shown("ficha_replica_up"), shown("ficha_replica_lag_seconds")) == (1, 0)
        with behind(replica), psycopg.connect(primary.url, autocommit=True) as owner:
            owner.execute("select pg_logical_emit_message(false, 'test', repeat('x', 10000), true)")
            until(lambda: shown("ficha_replica_lag_bytes") > 10_000, "the lag")
            assert shown("ficha_replica_lag_seconds") > 0
        until(lambda: shown("ficha_replica_lag_bytes") == 0, "the replica")
        http.close()
