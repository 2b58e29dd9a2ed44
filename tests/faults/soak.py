"""Everything at once, for an hour: `make soak`, or `python -m tests.faults.soak --minutes 5 --seed 7`.

Ficha serves from two processes, on a PostgreSQL behind a proxy and on a store; people write, read, send files, leave
and read slowly, while one thing after the other is killed, stopped or stalled, in an order that follows from the seed.
In the end whatever was acknowledged is there, once; every file has its bytes; nobody was told of a fault of ours; and
`ficha check` is clean.
"""

import argparse
import contextlib
import json
import os
import random
import secrets
import signal
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import IO, Any

import httpx
import psycopg

from models.collaborator import Role
from server import migrate
from server.settings import Settings
from tests.faults.descriptors import leaving
from tests.faults.postgres import Postgres, running_postgres
from tests.faults.proxy import Proxy
from tests.faults.store import BUCKET, Store, running_store
from tests.faults.test_outage import CREATE, READ, locked, outcome, send, until
from tests.fixtures import Company, Ficha, own_process, owning
from tests.hostile.raw import connected
from tests.server.test_check import create, whole
from tests.server.test_cli import configured, ficha
from tests.server.test_workers import workers
from tests.uploading import complete, links, prepare
from tests.uploading import send as send_parts

ALLOWED = {"", "UNAVAILABLE", "OVERLOADED", "TIMEOUT", "OUTCOME_UNKNOWN", "SAVED_UNREAD", "gone"}
"""Codes of responses; `gone`: the connection broke, as a process was killed."""


@dataclass
class World:
    """All that runs, and what was acknowledged."""

    company: Company
    running: Any
    postgres: Postgres
    proxy: Proxy
    store: Store
    random: random.Random
    log: IO[str]
    """What Ficha logs."""
    client: str
    """Whose files are sent."""
    ends: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    outcomes: Counter[str] = field(default_factory=Counter[str])
    faults: Counter[str] = field(default_factory=Counter[str])
    sent: list[str] = field(default_factory=list[str])
    """Names of clients that were sent, each with a key of its own."""
    acknowledged: set[str] = field(default_factory=set[str])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """Documents by their ids, once they were completed."""

    def ask(self, query: str, key: str | None = None, **variables: Any) -> str:
        """The code of the response."""
        try:
            status, code = outcome(send(self.company, query, key, **variables))
        except httpx.TransportError:
            code, status = "gone", 0
        with self.lock:
            self.outcomes[code if status < 500 or code else str(status)] += 1
        return code

    @property
    def not_allowed(self) -> dict[str, int]:
        """How many responses had each code that is not allowed."""
        with self.lock:
            return {code: number for code, number in self.outcomes.items() if code not in ALLOWED}

    def first_fault(self) -> str:
        """What is logged of the first request that failed by a fault of ours, if one did, whoever had sent it."""
        self.log.seek(0)
        _, found, after = self.log.read().partition(" failed at ")
        return found and "\n".join(after.splitlines()[:60])

    @property
    def is_ready(self) -> bool:
        """Whether it says so."""
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.company.ficha.url}/health/ready", trust_env=False, timeout=10).status_code == 200
        return False


# Those who use it.


def write(world: World) -> None:
    """Creates clients, each with a key; what was not acknowledged is sent again with it, once or twice."""
    while not world.ends.is_set():
        name = secrets.token_hex(10)  # like no other: a similar one may be the same client
        with world.lock:
            world.sent.append(name)
        for _ in range(3):
            if world.ask(CREATE, name, input={"legalName": name}) in ("", "SAVED_UNREAD"):
                world.acknowledged.add(name)
                break


def read(world: World) -> None:
    """Reads lists."""
    while not world.ends.is_set():
        world.ask(READ)


def attach(world: World) -> None:
    """Sends files."""
    while not world.ends.is_set():
        content = secrets.token_hex(25_000).encode()
        with contextlib.suppress(httpx.TransportError, KeyError, TypeError, ValueError, AssertionError):
            prepared = prepare(world.company, content, clientId=world.client)["documentUpload"]
            send_parts(prepared, content)
            document = complete(world.company, prepared)["document"]
            world.files[document["id"]] = content


def leave(world: World) -> None:
    """Asks, and leaves before the answer."""
    token = world.company.ficha.token(world.company.email(Role.ADMIN))
    body = json.dumps({"query": READ}).encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    while not world.ends.wait(0.05):
        with contextlib.suppress(OSError), connected(world.company.ficha.url) as leaving:
            leaving.sendall(head.encode() + body)


def dawdle(world: World) -> None:
    """Reads a long page, a few bytes a second."""
    while not world.ends.is_set():
        with contextlib.suppress(OSError), connected(world.company.ficha.url) as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.sendall(b"GET /schema.graphql HTTP/1.1\r\nHost: a\r\n\r\n" * 4)
            for _ in range(5):
                reader.recv(100)
                if world.ends.wait(1):
                    break


USERS = (write, write, write, read, read, attach, leave, dawdle)


# What befalls it.


def kill_postgres(world: World) -> None:
    world.postgres.kill()
    world.ends.wait(world.random.uniform(0, 3))
    world.postgres.start()


def stop_postgres(world: World) -> None:
    with world.postgres.paused():
        world.ends.wait(world.random.uniform(0.5, 6))


def reset_connections(world: World) -> None:
    world.proxy.reset()


def cut_an_answer(world: World) -> None:
    world.proxy.cut_after(world.random.choice((1, 10, 1_000, 30_000)))


def swallow_bytes(world: World) -> None:
    world.proxy.fall_silent()
    world.ends.wait(world.random.uniform(0.5, 5))
    world.proxy.speak()


def end_backends(world: World) -> None:
    with psycopg.connect(world.postgres.url, autocommit=True) as owner:
        owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'ficha%'")


def lock_a_table(world: World) -> None:
    with locked(world.postgres.url, "contact"):
        world.ends.wait(world.random.uniform(0.5, 3))


def kill_store(world: World) -> None:
    world.store.kill()
    world.ends.wait(world.random.uniform(0, 2))
    world.store.run()


def stop_store(world: World) -> None:
    with world.store.paused():
        world.ends.wait(world.random.uniform(0.5, 6))


def kill_a_process(world: World) -> None:
    if serving := sorted(workers(world.running)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(world.random.choice(serving), signal.SIGKILL)


def replace_processes(world: World) -> None:
    world.running.send_signal(signal.SIGHUP)


def take_descriptors(world: World) -> None:
    for pid in workers(world.running):
        # It may end before or meanwhile.
        ended = contextlib.suppress(ProcessLookupError, FileNotFoundError)
        with ended, leaving(pid, 2), contextlib.ExitStack() as stack:
            for _ in range(20):
                with contextlib.suppress(OSError):
                    stack.enter_context(connected(world.company.ficha.url))
            world.ends.wait(1)


FAULTS: tuple[Callable[[World], None], ...] = (
    kill_postgres, stop_postgres, reset_connections, cut_an_answer, swallow_bytes, end_backends, lock_a_table,
    kill_store, stop_store, kill_a_process, replace_processes, take_descriptors,
)  # fmt: skip


@contextlib.contextmanager
def world(settings: Settings, seed: int) -> Iterator[World]:
    """Runs all of it for the time of the block."""
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(running_store())
        postgres = stack.enter_context(running_postgres())
        migrate.upgrade(postgres.url)
        proxy = stack.enter_context(Proxy(postgres.url).running())
        keys = {"s3_access_key": store.keys[0][0], "s3_secret_key": store.keys[0][1], "s3_bucket": BUCKET}
        own = replace(settings, database_url=proxy.url, s3_endpoint=store.s3.endpoint, **keys)
        shown = {
            "FICHA_WORKERS": 2,
            "FICHA_DRAIN_SECONDS": 1,
            "FICHA_SIGN_IN_LIMIT": "off",
            "FICHA_OPERATION_SECONDS": 10,
        }
        log = stack.enter_context(tempfile.TemporaryFile("w+"))
        running, url = stack.enter_context(own_process(own, log, **shown, FICHA_DATABASE_DIRECT_URL=proxy.url))
        http = stack.enter_context(httpx.Client(base_url=url, timeout=60, trust_env=False))
        owner = stack.enter_context(owning(postgres.url))
        company = Company(Ficha(url, replace(own, database_url=postgres.url), http), owner)
        whole(company)
        order = random.Random(seed)  # noqa: S311  # nothing secret
        client = create(company, "Client", legalName=f"CON ARCHIVOS {secrets.token_hex(10)}")
        yield World(company, running, postgres, proxy, store, order, log, client)


def soak(settings: Settings, seconds: float, seed: int, show: Callable[[str], None] = print) -> None:
    """Runs for so long, and fails where anything was lost, doubled, spoilt, or told as a fault of ours."""
    with world(settings, seed) as running, ThreadPoolExecutor(len(USERS)) as threads:
        users = [threads.submit(each, running) for each in USERS]
        end = time.monotonic() + seconds
        order = list[Callable[[World], None]]()
        try:
            while time.monotonic() < end and not running.not_allowed:
                if not order:
                    order = running.random.sample(FAULTS, len(FAULTS))  # each of them, before one comes again
                    show(f"{(end - time.monotonic()) / 60:.0f} minutes to go, {len(running.sent)} writes sent")
                fault = order.pop()
                running.faults[fault.__name__] += 1
                fault(running)
                until(lambda: running.is_ready)
                time.sleep(running.random.uniform(0.2, 1))
        finally:
            running.ends.set()
        for user in users:
            user.result()  # it went on to the end
        until(lambda: running.is_ready)
        judge(running, show)


def judge(world: World, show: Callable[[str], None]) -> None:
    """What was acknowledged is there, once; the rest is, after it was sent again; files have their bytes."""
    own = world.company.ficha.settings
    query = "select legal_name from client where company_id = %s and legal_name = any(%s)"

    def names() -> Counter[str]:
        with psycopg.connect(world.postgres.url) as owner:
            return Counter(name for (name,) in owner.execute(query, (world.company.id, world.sent)))

    assert not (codes := world.not_allowed), f"{codes}\n{world.first_fault()}"
    assert not (fault := world.first_fault()), fault
    there = names()
    assert world.acknowledged <= set(there), f"lost: {sorted(world.acknowledged - set(there))[:5]}"

    def send_again(name: str) -> None:
        until(lambda: world.ask(CREATE, name, input={"legalName": name}) == "")

    with ThreadPoolExecutor(8) as senders:  # each looks for its like among tens of thousands
        list(senders.map(send_again, sorted(set(world.sent) - world.acknowledged)))
    assert names() == Counter(world.sent), "not each exactly once"
    for id, content in world.files.items():
        link = links(world.company, id)["downloadUrl"]
        assert httpx.get(link, trust_env=False, timeout=60).content == content, id
    env = configured(world.postgres.url, world.store.s3) | {"FICHA_S3_BUCKET": own.s3_bucket}
    checked = ficha("check", "--contents", "--json", **env)
    assert json.loads(checked.stdout)["clean"], checked.stdout
    show(f"faults: {dict(sorted(world.faults.items()))}")
    show(f"responses by code: {dict(sorted(world.outcomes.items()))}")
    show(
        f"{len(world.acknowledged)} of {len(world.sent)} writes acknowledged at once or when sent again, none lost,"
        f" none doubled; {len(world.files)} files; ficha check is clean"
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    arguments = parser.parse_args()
    show = partial(print, flush=True)
    show(f"seed {arguments.seed}")
    with tempfile.TemporaryDirectory(prefix="ficha-soak-") as folder:
        settings = Settings.from_env({"FICHA_DATA_DIR": folder, "FICHA_DEMO": "on"})
        soak(settings, arguments.minutes * 60, arguments.seed, show)


if __name__ == "__main__":
    main()
