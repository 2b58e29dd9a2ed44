"""A cluster of three PostgreSQL under Patroni on loopback, with an etcd: its nodes are killed, and it goes on.

The settings are those of docs/operating.md. PostgreSQL is the embedded one's, and etcd the system's.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx
import psycopg

from server import embedded, migrate
from tests.faults.postgres import kill_family
from tests.fixtures import demanded

PASSWORD = "hush"
NAMES = ("a", "b", "c")
SECONDS_TO_FOLLOW = 60
"""After which a node that does not follow the primary is made anew."""
SECONDS = 300
"""For what a busy machine may take long for."""
LEAST_TTL = 20
"""Seconds; Patroni takes no fewer. After that long without a sign the others know that a node's machine is gone."""

# By these nothing that was acknowledged is lost, and a PostgreSQL that dies is replaced, not waited for.
CLUSTER: Mapping[str, Any] = {
    "ttl": LEAST_TTL,
    "loop_wait": 1,
    "retry_timeout": 3,
    "primary_start_timeout": 0,
    "synchronous_mode": True,
    "failsafe_mode": True,
    "maximum_lag_on_failover": 1_048_576,
}
POSTGRESQL: Mapping[str, Any] = {
    "wal_log_hints": "on",
    "hot_standby_feedback": "on",
    "max_connections": 100,
    "shared_buffers": "32MB",
    "wal_keep_size": "128MB",
    "jit": "off",
    # A test's data need not outlive a power cut.
    "fsync": "off",
}


def free_ports(number: int) -> list[int]:
    """As many ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def until(true: Callable[[], Any], what: str) -> float:
    """Waits for it, and returns when it came."""
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline, f"{what} takes too long"
        time.sleep(0.02)
    return time.monotonic()


@dataclass
class Program:
    """A program of the cluster, as a user who is not root, with its log in the home that it may write to."""

    home: Path
    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        launcher = embedded.launcher(self.home, signal.SIGTERM)
        with self.log() as log:
            self.process = subprocess.Popen(
                [*launcher, *self.command],
                cwd=self.home,
                env={"PATH": os.environ["PATH"], "HOME": str(self.home)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def log(self) -> IO[bytes]:
        return (self.home / f"{self.name}.log").open("ab")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@dataclass
class Node:
    """A PostgreSQL with its Patroni."""

    name: str
    home: Path
    etcd: int
    port: int = 0
    api: int = 0
    patroni: Program = field(init=False)

    def __post_init__(self) -> None:
        self.port, self.api = free_ports(2)
        file = self.home / f"{self.name}.json"
        file.write_text(json.dumps(self._configuration()))  # which is YAML too
        self.patroni = Program(self.home, self.name, [sys.executable, "-m", "patroni", str(file)])

    def _configuration(self) -> Mapping[str, Any]:
        def address(port: int) -> Mapping[str, str]:
            return {"listen": f"127.0.0.1:{port}", "connect_address": f"127.0.0.1:{port}"}

        def login(user: str) -> Mapping[str, str]:
            return {"username": user, "password": PASSWORD}

        options = {"encoding": "UTF8", "locale": "C", "lc-ctype": "C.UTF-8", "locale-provider": "builtin"}
        options |= {"builtin-locale": "C.UTF-8"}
        return {
            "scope": "ficha",
            "name": self.name,
            "restapi": address(self.api),
            "etcd3": {"host": f"127.0.0.1:{self.etcd}"},
            "bootstrap": {
                "dcs": {**CLUSTER, "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": POSTGRESQL}},
                "initdb": [*({name: value} for name, value in options.items()), "data-checksums", "no-sync"],
            },
            "postgresql": {
                **address(self.port),
                "data_dir": str(self.data),
                "bin_dir": str(embedded.postgres_binaries()),
                "pgpass": str(self.home / f"{self.name}.pgpass"),
                "pg_hba": [f"host {what} all 127.0.0.1/32 scram-sha-256" for what in ("all", "replication")],
                "authentication": {"superuser": login("ficha"), "replication": login("replicator")}
                | {"rewind": login("rewinder")},
                "parameters": {"unix_socket_directories": ""},
            },
        }

    @property
    def data(self) -> Path:
        return self.home / self.name

    @property
    def url(self) -> str:
        """The owner's, of this node alone."""
        return f"postgresql://ficha:{PASSWORD}@127.0.0.1:{self.port}/ficha"

    @property
    def administration(self) -> str:
        """The database that is there before any other."""
        return self.url.removesuffix("ficha") + "postgres"

    def state(self) -> Mapping[str, Any]:
        """What Patroni says of the cluster; nothing where it says nothing."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.api}/cluster", trust_env=False, timeout=5).json()
        except (httpx.HTTPError, ValueError):
            return {}

    def is_stuck(self) -> bool:
        """Whether it waits for what no primary has: it has diverged, and Patroni has not seen it."""
        members = self.state().get("members", ())
        return any(
            each["name"] == self.name and each["state"] != "streaming" for each in members if each["role"] != "leader"
        )

    def remake(self) -> None:
        """A copy of the primary anew, as an operator does by `patronictl reinit`."""
        with suppress(httpx.HTTPError):
            url = f"http://127.0.0.1:{self.api}/reinitialize"
            httpx.post(url, json={"force": True}, trust_env=False, timeout=30)

    def is_primary(self) -> bool:
        """Whether it takes writes."""
        try:
            with psycopg.connect(self.administration, autocommit=True, connect_timeout=2) as connection:
                return connection.execute("select pg_is_in_recovery()").fetchone() == (False,)
        except psycopg.Error:
            return False

    def kill_postgresql(self) -> None:
        """As if it had crashed: Patroni is there to see it."""
        kill_family(self.data / "postmaster.pid")

    def kill(self) -> None:
        """As if the machine had lost its power."""
        self.patroni.end(signal.SIGKILL)
        self.kill_postgresql()


class Cluster:
    """Three nodes, of which one is the primary and one confirms each commit."""

    def __init__(self, home: Path) -> None:
        self._home = home
        client, peer = free_ports(2)
        clients, peers = (f"http://127.0.0.1:{port}" for port in (client, peer))
        etcd = demanded(shutil.which("etcd"), "etcd")
        command = [etcd, "--name", "ficha", "--data-dir", str(home / "etcd"), "--unsafe-no-fsync"]
        command += ["--listen-client-urls", clients, "--advertise-client-urls", clients]
        command += ["--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers]
        self._etcd = Program(home, "etcd", [*command, "--initial-cluster", f"ficha={peers}"])
        self.nodes = [Node(name, home, client) for name in NAMES]

    @property
    def url(self) -> str:
        """The owner's, of all nodes."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql://ficha:{PASSWORD}@{hosts}/ficha"

    @property
    def primary(self) -> Node:
        """The node that takes writes."""
        until(lambda: any(node.is_primary() for node in self.nodes), "a primary")
        return next(node for node in self.nodes if node.is_primary())

    @property
    def replicas(self) -> list[Node]:
        """The others."""
        primary = self.primary
        return [node for node in self.nodes if node is not primary]

    def start(self) -> None:
        """With an empty database of the name `ficha`, migrated."""
        self._etcd.start()
        for node in self.nodes:
            node.patroni.start()
        self.wait()
        with psycopg.connect(self.primary.administration, autocommit=True) as owner:
            owner.execute("create database ficha")
        migrate.upgrade(f"{self.url}?target_session_attrs=primary")

    def stop(self) -> None:
        for node in self.nodes:
            if node.patroni.process:
                node.patroni.process.send_signal(signal.SIGTERM)
        for node in self.nodes:
            node.patroni.end()
            kill_family(node.data / "postmaster.pid")
        self._etcd.end()

    def wait(self) -> None:
        """Until it is whole: a primary, and two that follow it, of which one confirms each commit."""
        begun, remade = time.monotonic(), set[str]()

        def is_whole() -> bool:
            if time.monotonic() - begun > SECONDS_TO_FOLLOW:
                for node in self.nodes:
                    if node.name not in remade and node.is_stuck():
                        remade.add(node.name)
                        node.remake()
            return self._is_whole()

        try:
            until(is_whole, "the cluster")
        except AssertionError as error:
            for node in self.nodes:
                log = self._home / f"{node.name}.log"
                error.add_note(f"{node.name}: {node.state()}\n{log.read_text()[-3000:]}")
            raise

    def _is_whole(self) -> bool:
        states = next(filter(None, (node.state() for node in self.nodes)), {})
        members = [(each["role"], each["state"]) for each in states.get("members", ())]
        return sorted(members) == [("leader", "running"), ("replica", "streaming"), ("sync_standby", "streaming")]

    def switch_over(self) -> None:
        """The standby that confirms each commit becomes the primary, in order."""
        node = self.primary
        body = {"leader": node.name}
        api = f"http://127.0.0.1:{node.api}/switchover"
        httpx.post(api, json=body, trust_env=False, timeout=SECONDS).raise_for_status()


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """For the time of the block."""
    demanded(shutil.which("etcd"), "etcd")
    home = Path(tempfile.mkdtemp(prefix="ficha-cluster-"))
    if account := embedded.account_for(home):
        os.chown(home, *account)
    cluster = Cluster(home)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(home, ignore_errors=True)
