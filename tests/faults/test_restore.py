"""The rehearsal: a system that is written to is backed up, lost, and restored to an instant; `make restore-drill`.

Base backup and WAL by PostgreSQL's own programs, the objects by copies; then `ficha check` is clean, every answer is
that of the instant, and every file has its bytes.
"""

import asyncio
import contextlib
import datetime
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from models.ids import uuid7
from server import migrate
from server.embedded import S3
from server.settings import Settings
from server.store import open_store
from tests.faults.postgres import Postgres, running_postgres
from tests.faults.store import BUCKET, Store, running_store
from tests.faults.test_outage import CREATE, client, outcome, send, until
from tests.fixtures import Company, owning, serving
from tests.server.test_check import create, whole
from tests.server.test_cli import ROOT, configured, ficha
from tests.uploading import links, upload

FEW, MANY = 40, 2_000
"""Clients that are written at once with the backup, in the short form and in the whole one."""

PAGE = """
query ($after: String) {
  clients(first: 50, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
    pageInfo { endCursor hasNextPage }
    nodes {
      id version revision legalName tradeName updatedAt contacts { id name } receivables { balance owed creditBalance }
      history(first: 50) { nodes { id occurredAt summary } }
      deals(first: 20) { nodes { id title state } } followUps(first: 20) { nodes { id key name state } }
      salesDocuments(first: 20) { nodes { id folio state total } }
      documents(first: 20) { nodes { id name size sha256 } }
    }
  }
}
"""


def everything(company: Company) -> list[Any]:
    """All that the API says of the company's clients."""
    after, nodes = None, list[Any]()
    while True:
        page = company.insist(PAGE, after=after).data["clients"]
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes
        after = page["pageInfo"]["endCursor"]


@contextlib.contextmanager
def following(folder: Path, env: dict[str, str], log: Path) -> Iterator[None]:
    """`ficha backup --follow`, once it receives."""
    command = [sys.executable, "-m", "server.command.cli", "backup", str(folder), "--follow", "--every", "1"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FICHA_")}
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, cwd=ROOT, env=inherited | env, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as running,
    ):
        try:
            assert running.stdout
            assert running.stdout.readline().startswith("receiving into "), log.read_text()
            yield
        finally:
            running.terminate()


class Writing:
    """Somebody who writes all the while, and notes what was acknowledged."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._ends = threading.Event()
        self.acknowledged: list[str] = []

    def _run(self) -> None:
        while not self._ends.is_set():
            name = secrets.token_hex(10)  # like no other: a similar one may be the same client
            if outcome(send(self._company, CREATE, name, input={"legalName": name})) == (200, ""):
                self.acknowledged.append(name)

    @contextlib.contextmanager
    def running(self) -> Iterator["Writing"]:
        with ThreadPoolExecutor(2) as threads:
            working = [threads.submit(self._run) for _ in range(2)]
            try:
                yield self
            finally:
                self._ends.set()
            for each in working:
                each.result()


@pytest.mark.claims(
    "docs/operating.md",
    "`make restore-drill` rehearses it:",
    "Then `ficha check` is clean, each answer is the same, and each file has its bytes.",
    "| `ficha backup FOLDER --follow` | receives all that PostgreSQL writes (`pg_receivewal`, on the replication slot"
    " `ficha_backup`) and copies new objects each minute; keep it running |",
    "| `ficha backup FOLDER` | a base backup (`pg_basebackup`), verified, and the objects that are new; once a day |",
    "| `ficha restore FOLDER --at INSTANT --into DIRECTORY` | makes a data directory that recovers to the instant when"
    " PostgreSQL is started on it |",
)
@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.deep)])
def test_what_is_lost_is_restored_to_an_instant(settings: Settings, tmp_path: Path, number: int) -> None:
    backup = tmp_path / "backup"
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(running_store())
        postgres = stack.enter_context(running_postgres())
        migrate.upgrade(postgres.url)
        own = on(settings, postgres, store)
        env = configured(own.database_url, store.s3) | {"FICHA_S3_BUCKET": BUCKET}
        with serving(own) as served, owning(own.database_url) as owner:
            company = Company(served, owner, name="Respaldada")
            whole(company)
            stack.enter_context(following(backup, env, tmp_path / "log"))
            with Writing(company).running() as writing:
                until(lambda: len(writing.acknowledged) >= number // 2)
                done = ficha("backup", str(backup), **env)
                assert done.returncode == 0, done.stderr
                until(lambda: len(writing.acknowledged) >= number)
            of = create(company, "Client", legalName="CON ARCHIVOS")
            files = {name: secrets.token_hex(50_000).encode() for name in ("primero", "segundo")}
            ids = {
                name: upload(company, content, name=f"{name}.txt", clientId=of)["document"]["id"]
                for name, content in files.items()
            }
            noted, names = everything(company), set(writing.acknowledged)
            instant = owner.exec_driver_sql("select clock_timestamp()").scalar_one()
            # What follows is undone: writes, and a file that is purged for good.
            for each in range(20):
                assert outcome(send(company, CREATE, **client(each))) == (200, "")
            purge(own, owner, ids["primero"])
            owner.exec_driver_sql("select pg_switch_wal()")
            until(lambda: wal_is_there(postgres, backup))
            until(lambda: any((backup / "gone").rglob("*")))
        postgres.kill()

        restored = stack.enter_context(place(postgres))
        at = instant.astimezone(datetime.UTC).isoformat()
        done = ficha("restore", str(backup), "--at", at, "--into", str(restored.data))
        assert done.returncode == 0, done.stderr
        restored.start()
        stack.callback(restored.stop)
        until(lambda: not recovers(restored))
        own = on(settings, restored, store)
        env |= {"FICHA_DATABASE_URL": own.database_url}
        done = ficha("restore", str(backup), "--objects", **env)
        assert (done.returncode, done.stdout.splitlines()[0].startswith("objects: ")) == (0, True), done.stderr
        done = ficha("check", "--contents", "--json", **env)
        assert (done.returncode, json.loads(done.stdout)["clean"]) == (0, True), done.stdout
        with serving(own) as served:
            company.ficha = served
            assert everything(company) == noted
            legal = {node["legalName"] for node in noted}
            assert names <= legal
            for name, content in files.items():
                link = links(company, ids[name])["downloadUrl"]
                assert httpx.get(link, trust_env=False, timeout=60).content == content
            assert outcome(send(company, CREATE, **client(1))) == (200, "")  # and it goes on


def on(settings: Settings, postgres: Postgres, store: Store) -> Settings:
    """The settings of a Ficha on these two."""
    keys = {"s3_access_key": store.keys[0][0], "s3_secret_key": store.keys[0][1], "s3_bucket": BUCKET}
    where = {"s3_endpoint": store.s3.endpoint, "s3_public_endpoint": store.s3.endpoint}
    return replace(settings, database_url=postgres.url, rate_limit="off", sweep_minutes=0, **keys, **where)


def purge(settings: Settings, owner: Any, id: str) -> None:
    """Deletes a file, and has it swept as if that had been long ago."""
    document = id.partition("_")[2]
    owner.exec_driver_sql("update document set deleted_at = now() - interval '400 days' where id = %s", (document,))
    env = configured(
        settings.database_url,
        S3(endpoint=settings.s3_endpoint, access_key=settings.s3_access_key, secret_key=settings.s3_secret_key),
    )
    done = ficha("sweep", **env, FICHA_S3_BUCKET=settings.s3_bucket)
    assert done.returncode == 0, done.stderr


def wal_is_there(postgres: Postgres, backup: Path) -> bool:
    """Whether all that PostgreSQL has written so far was received."""
    with psycopg.connect(postgres.url) as owner:
        query = "select restart_lsn >= %s::pg_lsn from pg_replication_slots where slot_name = 'ficha_backup'"
        lsn = owner.execute("select pg_current_wal_lsn()").fetchone()
        row = owner.execute(query, lsn).fetchone()
    return bool(row and row[0]) and any((backup / "wal").iterdir())


@contextlib.contextmanager
def place(lost: Postgres) -> Iterator[Postgres]:
    """Where the lost PostgreSQL is restored: a directory of its own, with the same password."""
    with tempfile.TemporaryDirectory(prefix="ficha-restored-", ignore_cleanup_errors=True) as directory:
        restored = Postgres(Path(directory), replace(lost.known, ports={}))
        restored.data.parent.mkdir(mode=0o755)
        yield restored


def recovers(postgres: Postgres) -> bool:
    with psycopg.connect(postgres.url) as owner:
        row = owner.execute("select pg_is_in_recovery()").fetchone()
        return bool(row and row[0])


def test_only_what_lies_after_a_base_backup_is_restored(tmp_path: Path) -> None:
    (tmp_path / "base" / "2026-11-30T080000.000000Z").mkdir(parents=True)
    into = tmp_path / "into"
    done = ficha("restore", str(tmp_path), "--at", "2026-11-30T07:59:59Z", "--into", str(into))
    assert (done.returncode, done.stderr) == (1, f"ficha: no base backup in {tmp_path / 'base'} had ended by then\n")
    into.mkdir()
    (into / "there").touch()
    done = ficha("restore", str(tmp_path), "--at", "2026-11-30T08:00:00Z", "--into", str(into))
    assert (done.returncode, done.stderr) == (1, f"ficha: {into} is not empty: nothing was changed\n")
    done = ficha("restore", str(tmp_path), "--at", "2026-11-30T08:00:00", "--into", str(into))
    assert (done.returncode, "has no time zone, as Z for UTC" in done.stderr) == (2, True)
    assert ficha("restore", str(tmp_path)).returncode == 2


@pytest.mark.claims(
    "docs/operating.md",
    "`--keep-days` removes older base backups, what only those need of the WAL, and copies of objects that the store"
    " has not had for so long.",
)
def test_what_is_older_is_removed(tmp_path: Path) -> None:
    from server.backup import prune

    now = datetime.datetime.now(datetime.UTC)
    days = [now - datetime.timedelta(days=each) for each in (40, 35, 20, 1)]
    for number, at in enumerate(days, start=1):
        base = tmp_path / "base" / at.strftime("%Y-%m-%dT%H%M%S.%fZ")
        base.mkdir(parents=True)
        (base / "backup_label").write_text(f"START WAL LOCATION: 0/{number}000028 (file {number:024})\n")
        (tmp_path / "gone" / at.date().isoformat()).mkdir(parents=True)
    (tmp_path / "wal").mkdir()
    for number in range(6):
        (tmp_path / "wal" / f"{number:024}").touch()
    removed = [path.relative_to(tmp_path).parts[0] for path in prune(tmp_path, datetime.timedelta(days=30))]
    # Of 35 days ago stays: what was written 30 days ago is restored from it.
    assert removed == ["base", "gone", "gone"]
    assert len(list((tmp_path / "base").iterdir())) == 3
    assert sorted(int(each.name) for each in (tmp_path / "wal").iterdir()) == [2, 3, 4, 5]


@pytest.mark.claims(
    "docs/operating.md",
    "| `ficha restore FOLDER --objects` | puts the objects back that the store lacks |",
    "Objects never change, so a copy of each is enough; copies of those that were purged since are set aside, for an"
    " instant before.",
)
def test_objects_are_copied_once_set_aside_and_put_back(settings: Settings, tmp_path: Path) -> None:
    from server.backup import copy_objects, put_objects

    own = replace(settings, s3_bucket=f"backup-{uuid7().hex[:12]}")

    def run(doing: Any) -> Any:
        return asyncio.run(doing)

    with open_store(own) as store:
        run(store.ensure_bucket())
        contents = {f"a/{name}": uuid7().bytes * size for name, size in {"one": 1, "two": 300_000}.items()}
        for key, content in contents.items():
            run(store.put(key, content, "text/plain"))
        assert [copy_objects(store, tmp_path) for _ in range(2)] == [(2, 0), (0, 0)]
        run(store.remove(["a/one"]))
        assert copy_objects(store, tmp_path) == (0, 1)
        run(store.remove(["a/two"]))
        assert put_objects(store, tmp_path) == 2
        assert {key: run(store.get(key)) for key in contents} == contents
        assert put_objects(store, tmp_path) == 0


def test_a_program_that_fails_is_one_line(tmp_path: Path) -> None:
    env = configured(
        "postgresql://ficha:hush@127.0.0.1:1/ficha", S3(endpoint="http://127.0.0.1:1", access_key="a", secret_key="s")
    )
    done = ficha("backup", str(tmp_path), **env)
    assert done.returncode == 1
    assert done.stderr.startswith("ficha: pg_basebackup failed: error: ")
    assert "hush" not in done.stderr
