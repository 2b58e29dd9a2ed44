"""Uploads while things fail: the store away at each step, the API killed at each step, two hundred at once.

After that and a sweep, each document has its object, each object its document, and what its sender was told holds.
"""

import asyncio
import datetime
import hashlib
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from database.opening import open_pool
from database.transactions import transaction
from domain.sweep import GRACE, sweep
from models import Client, Document
from server import embedded
from server.settings import Settings
from server.store import open_store
from storage.keys import company_prefix
from tests.cfdi import cfdi
from tests.fixtures import Company, Ficha, global_id, own_process, serving
from tests.hostile.test_cfdi import IMPORT
from tests.uploading import codes, complete, links, prepare, send, upload
from tests.writing import events, rows

ROOT = Path(__file__).resolve().parents[2]
RETENTION = datetime.timedelta(days=30)


def swept(company: Company, settings: Settings) -> None:
    """Sweeps as a sweep would two days from now."""

    async def run() -> None:
        pool = open_pool(settings.database_url, 2)
        now = datetime.datetime.now(datetime.UTC) + 2 * GRACE
        try:
            with open_store(settings) as store:
                done = await sweep(partial(transaction, pool, company.id), store, company.id, now, RETENTION)
            assert done.missing == 0
        finally:
            await pool.close()

    asyncio.run(run())


def consistent(company: Company, owner: Any, settings: Settings) -> dict[str, bytes]:
    """The company's files by name, after it was found that rows and objects are the same ones."""
    documents = rows(owner, company, Document, "object_key", "name", "sha256")
    with open_store(settings) as store:
        objects = asyncio.run(store.list_objects(company_prefix(company.id)))
        assert sorted(each.key for each in objects) == sorted(key for key, _, _ in documents)
        contents = {name: asyncio.run(store.get(key)) for key, name, _ in documents}
    for _, name, digest in documents:
        assert hashlib.sha256(contents[name]).hexdigest() == digest
    return contents


@pytest.mark.claims(
    "docs/documents.md",
    "| the store is away or full | `STORE_UNAVAILABLE`: complete it again later |",
)
def test_the_store_may_be_away_at_each_step(company: Any, owner: Any, tmp_path: Path) -> None:
    mine = company()
    client = global_id(Client, mine.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9"))
    own = Settings.from_env({"FICHA_DATA_DIR": str(tmp_path)})

    def store() -> Any:
        return embedded.services(own, "test", database=False)

    with store() as running:
        settings = replace(mine.ficha.settings, s3_endpoint="", s3_public_endpoint="").with_services(running)
        app = serving(settings)
        ficha = app.__enter__()
    try:
        mine.ficha = ficha
        # Away while it is announced: nobody minds.
        prepared = prepare(mine, b"hola", clientId=client, name="a.txt")["documentUpload"]
        # Away while it is sent: the sender is told, and tries again.
        with pytest.raises(httpx.ConnectError):
            send(prepared, b"hola")
        with store():
            assert send(prepared, b"hola") == [204]
        # Away while it is completed: the sender is told, and tries again.
        assert codes(complete(mine, prepared)) == [("STORE_UNAVAILABLE", "")]
        # Away while a CFDI is brought in, whose XML is stored first.
        assert codes(mine.ask(IMPORT, input={"xml": cfdi()}).data["importCfdi"]) == [("STORE_UNAVAILABLE", "")]
        assert rows(owner, mine, Document, "id") == []
        with store():
            document = complete(mine, prepared)["document"]
            assert httpx.get(links(mine, document["id"])["downloadUrl"], trust_env=False, timeout=60).content == b"hola"
            swept(mine, settings)
            assert consistent(mine, owner, settings) == {"a.txt": b"hola"}
    finally:
        app.__exit__(None, None, None)


@contextmanager
def asking(company: Company, address: str) -> Iterator[None]:
    """The company asks the Ficha at that address."""
    before = company.ficha
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as http:
        company.ficha = Ficha(address, before.settings, http)
        try:
            yield
        finally:
            company.ficha = before


def test_the_api_may_be_killed_at_each_step(company: Any, owner: Any) -> None:
    mine: Company = company()
    client = global_id(Client, mine.client())
    settings = mine.ficha.settings
    files = {f"{number}.txt": f"archivo {number}".encode() for number in range(24)}
    told: set[str] = set()

    with own_process(settings) as (running, address), asking(mine, address):
        # Killed after the announcement: the forms are as good as before.
        uploads = {
            name: prepare(mine, text, clientId=client, name=name)["documentUpload"] for name, text in files.items()
        }
        running.send_signal(signal.SIGKILL)
        running.wait()
    for name, text in files.items():
        assert send(uploads[name], text) == [204]

    with own_process(settings) as (running, address), asking(mine, address):
        # Killed amid completions, when the sixth has been answered.
        with ThreadPoolExecutor(12) as threads:
            jobs = {threads.submit(complete, mine, uploads[name]): name for name in files}
            for job in as_completed(jobs):
                if isinstance(job.exception(), httpx.HTTPError):
                    continue
                assert codes(job.result()) == []
                told.add(jobs[job])
                if len(told) == 6:
                    running.send_signal(signal.SIGKILL)
        running.wait()
    assert 6 <= len(told) < len(files)

    # What was told to be done is done; the rest can be completed again, by another process.
    assert told <= set(rows(owner, mine, Document, "name"))
    for prepared in uploads.values():
        assert complete(mine, prepared)["userErrors"] == []
    assert len(events(owner, mine)) == len(files)
    swept(mine, settings)
    assert consistent(mine, owner, settings) == files


def test_two_hundred_uploads_at_once(company: Any, owner: Any) -> None:
    mine: Company = company()
    client = global_id(Client, mine.client())
    files = {f"{number}.txt": f"archivo {number}".encode() for number in range(200)}
    # The machine may have other things to do: that nobody waits longer than usual is not what is asked here.
    patient = replace(mine.ficha.settings, operation_seconds=120)
    with serving(patient) as mine.ficha, ThreadPoolExecutor(200) as threads:
        jobs = [threads.submit(upload, mine, text, clientId=client, name=name) for name, text in files.items()]
        assert [codes(job.result()) for job in jobs] == [[]] * 200
    assert len(events(owner, mine)) == 200
    assert consistent(mine, owner, patient) == files
