"""PostgreSQL fails over under Patroni while clients read and write: nothing that was acknowledged is lost or doubled,
and the same process of Ficha goes on. `make failover` runs it whole, and prints what it measured."""

import os
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, pairwise
from pathlib import Path

import httpx
import psycopg
import pytest

import models
from models.ids import uuid7
from server.leader import LOCK
from server.settings import Settings
from tests.faults.patroni import PASSWORD, Cluster, Node, running_cluster, until
from tests.faults.test_outage import CREATE, READ, client, name, outcome, send
from tests.fixtures import KEPT, Company, Ficha, demanded, global_id, own_process, owning
from tests.http.test_subscriptions import CHANGED, UPDATE, signed_in
from tests.pooler import free_port, pooling, wait_for

FEW, MANY = 1, 20
"""How often PostgreSQL is killed in the short form, and in the whole."""
WRITERS, READERS = 3, 1
HAPROXY = """
defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  default-server inter 500ms fall 2 rise 1
listen primary
  bind 127.0.0.1:{listen}
  option httpchk GET /primary
"""
PGBOUNCER = "server_login_retry = 1\nquery_wait_timeout = 5"
SAVED = "SAVED_UNREAD"
"""The mutation was done, and the connection was lost while its record was read."""


@dataclass
class Gap:
    """What clients noticed of one failover, in seconds."""

    without_writes: float
    """Between two writes that were acknowledged, at the longest."""
    promotion: float
    """Until another node was the primary."""
    after_promotion: float
    """From there until a write was acknowledged."""


class Load:
    """Clients that create records, each under a key with which they ask until it is done, and clients that read."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._numbers = count()
        self._ended = threading.Event()
        self.saved: list[tuple[float, str]] = []
        """When each was acknowledged, and its name."""
        self.outcomes = Counter[tuple[int, str]]()

    def _send(self, query: str, key: str | None = None, **variables: object) -> str:
        found = outcome(send(self._company, query, key, **variables))
        self.outcomes[found] += 1
        return found[1] if found[0] == 200 else str(found)

    def _write(self) -> None:
        while not self._ended.is_set():
            number = next(self._numbers)
            while self._send(CREATE, f"key-{number}", **client(number)) not in ("", SAVED):
                time.sleep(0.02)
            self.saved.append((time.monotonic(), name(number)))

    def _read(self) -> None:
        while not self._ended.is_set():
            if self._send(READ):
                time.sleep(0.02)

    @contextmanager
    def running(self) -> Iterator["Load"]:
        """For the time of the block, and until all that was begun is done."""
        threads = [threading.Thread(target=each) for each in [self._write] * WRITERS + [self._read] * READERS]
        for thread in threads:
            thread.start()
        try:
            self.goes_on()
            yield self
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()

    def goes_on(self) -> None:
        """Until some more were saved."""
        more = len(self.saved) + 2 * WRITERS
        until(lambda: len(self.saved) >= more, "a write")

    def meanwhile(self, cluster: Cluster, happens: Callable[[Node], None]) -> Gap:
        """What they notice of something that happens to the primary."""
        cluster.wait()
        self.goes_on()
        primary = cluster.primary
        others = [node for node in cluster.nodes if node is not primary]
        began = time.monotonic()
        happening = threading.Thread(target=happens, args=[primary])
        happening.start()
        promoted = until(lambda: any(node.is_primary() for node in others), "another primary")
        self.goes_on()
        happening.join()
        times = sorted(at for at, _ in self.saved)
        gaps = [later - earlier for earlier, later in pairwise(times) if later > began]
        return Gap(max(gaps), promoted - began, next(at for at in times if at > promoted) - promoted)

    def check(self, cluster: Cluster) -> None:
        """Each that was acknowledged is there, once, and nobody was told anything but that the database is away."""
        with psycopg.connect(cluster.primary.url) as owner:
            query = "select legal_name from client where company_id = %s"
            names = Counter(found for (found,) in owner.execute(query, (self._company.id,)))
        assert [found for _, found in self.saved if names[found] != 1] == []
        assert set(self.outcomes) <= {(200, ""), (200, SAVED), (503, "UNAVAILABLE")}

    def shown(self, gaps: list[Gap]) -> str:
        """For people."""
        longest = (max(getattr(gap, part) for gap in gaps) for part in Gap.__dataclass_fields__)
        return (
            f"{len(self.saved)} acknowledged, 0 lost; longest without a write {next(longest):.2f} s, until promotion"
            f" {next(longest):.2f} s, good again after {next(longest):.2f} s; {dict(self.outcomes)}"
        )


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def fragile(cluster: Cluster, settings: Settings) -> Iterator[Company]:
    """A company on the cluster, served by a process that is started once."""
    with served(cluster, settings) as company:
        yield company


@contextmanager
def served(cluster: Cluster, settings: Settings, **variables: object) -> Iterator[Company]:
    """The same, with further settings."""
    cluster.wait()
    pointed = replace(settings, database_url=cluster.url)
    with (
        own_process(pointed, **{"FICHA_SWEEP_MINUTES": 60, **variables}) as (running, url),
        httpx.Client(base_url=url, timeout=60, trust_env=False, limits=KEPT) as http,
        owning(cluster.primary.url) as owner,
    ):
        company = Company(Ficha(url, pointed, http), owner)
        company.ask("{ viewer { id } }")  # the tokens are issued while it is there
        yield company
        assert running.poll() is None


def hears(company: Company, cluster: Cluster, id: str) -> bool:
    """Whether a subscriber hears of a change that is made now."""
    with (
        psycopg.connect(cluster.primary.url, autocommit=True) as owner,
        signed_in(company.ficha, next(iter(company.ficha._tokens))) as socket,
    ):
        socket.subscribe("1", CHANGED, id=id)
        query = "select count(*) from pg_stat_activity where query = 'listen ficha_changes'"
        until(lambda: owner.execute(query).fetchone() == (1,), "LISTEN")
        socket.settle()
        other = uuid7().hex
        send(company, UPDATE, input={"id": id, "tradeName": other})
        return socket.receive()["payload"]["data"]["clientChanged"]["tradeName"] == other


def keeps_house(cluster: Cluster) -> bool:
    """Whether somebody has the lock on the primary."""
    with psycopg.connect(cluster.primary.url) as owner:
        query = "select count(*) from pg_locks where locktype = 'advisory' and objid = %s and granted"
        return owner.execute(query, (LOCK,)).fetchone() == (1,)


@pytest.mark.claims(
    "docs/operating.md",
    "This is what `make failover` runs, with Patroni 4.1 and etcd 3.4: three servers on one machine, clients "
    "that write and read, and the primary killed.",
    "| what happens to the primary | acknowledged writes lost | what clients get meanwhile | longest without a write"
    " | Ficha is good again after the promotion |",
    "The settings of Patroni (its dynamic configuration):",
    "Keep PostgreSQL's socket out of the data directory: `pg_rewind` fails on it, and the server has to be copied "
    "again.",
)
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.deep)], ids=["few", "many"])
def test_postgresql_is_killed(cluster: Cluster, fragile: Company, number: int) -> None:
    id = global_id(models.Client, fragile.client())
    assert hears(fragile, cluster, id)
    with Load(fragile).running() as load:
        killed = [load.meanwhile(cluster, Node.kill_postgresql) for _ in range(number)]
        cluster.wait()
    load.check(cluster)
    print(f"\nPostgreSQL killed {number} times: {load.shown(killed)}")  # noqa: T201
    assert hears(fragile, cluster, id)
    until(lambda: keeps_house(cluster), "a leader")


@pytest.mark.timeout(1800)
def test_a_switchover(cluster: Cluster, fragile: Company) -> None:
    with Load(fragile).running() as load:
        gap = load.meanwhile(cluster, lambda _: cluster.switch_over())
        cluster.wait()
    load.check(cluster)
    print(f"\nswitched over: {load.shown([gap])}")  # noqa: T201


@contextmanager
def to_the_primary(cluster: Cluster, directory: Path) -> Iterator[str]:
    """The URL of an HAProxy that leads to the primary, as each Patroni says it."""
    listen = free_port()
    checks = "check on-marked-down shutdown-sessions"
    servers = [f"  server {node.name} 127.0.0.1:{node.port} port {node.api} {checks}" for node in cluster.nodes]
    file = directory / "haproxy.cfg"
    file.write_text(HAPROXY.format(listen=listen) + "\n".join(servers) + "\n")
    haproxy = demanded(shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin"), "haproxy")
    with subprocess.Popen([haproxy, "-q", "-db", "-f", str(file)]) as process:
        try:
            wait_for(listen, process)
            yield f"postgresql://ficha:{PASSWORD}@127.0.0.1:{listen}/ficha"
        finally:
            process.terminate()


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_through_a_pooler(cluster: Cluster, settings: Settings, tmp_path: Path) -> None:
    """pgbouncer in transaction mode, and behind it a proxy that knows the primary."""
    with to_the_primary(cluster, tmp_path) as primary, pooling(primary, tmp_path, PGBOUNCER) as pooled:
        variables = {"FICHA_DATABASE_URL": pooled, "FICHA_DATABASE_DIRECT_URL": cluster.url}
        with served(cluster, settings, FICHA_TRANSACTION_POOLING="on", **variables) as company:
            with Load(company).running() as load:
                gap = load.meanwhile(cluster, Node.kill_postgresql)
                cluster.wait()
            load.check(cluster)
    print(f"\nPostgreSQL killed behind pgbouncer: {load.shown([gap])}")  # noqa: T201


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_a_whole_node_is_killed(cluster: Cluster, fragile: Company) -> None:
    with Load(fragile).running() as load:
        primary = cluster.primary
        gap = load.meanwhile(cluster, Node.kill)
        primary.patroni.start()
        cluster.wait()
    load.check(cluster)
    print(f"\na node killed: {load.shown([gap])}")  # noqa: T201
