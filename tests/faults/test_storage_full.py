"""The disk of PostgreSQL is full, or that of the store: whoever writes is told so, who reads is answered, and all is
well with room again."""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from sqlalchemy import text

import models
from server.embedded import S3
from server.settings import Settings
from tests.cfdi import cfdi
from tests.faults.postgres import Postgres
from tests.faults.store import BUCKET, Store, running_store
from tests.faults.test_outage import CREATE, READ, client, outcome, ready, send, until
from tests.faults.test_survive import company_of
from tests.fixtures import ROOT, Company, global_id, owning
from tests.hostile.test_cfdi import IMPORT
from tests.server.test_cli import configured, ficha
from tests.uploading import COMPLETE, codes, complete, links, prepare, upload
from tests.uploading import send as send_parts


@pytest.fixture
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB, or of as many as the test says."""
    tmp_path.chmod(0o755)
    disk = tmp_path / "disk"
    disk.mkdir()
    options = f"size={getattr(request, 'param', 8)}m,mode=0777"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no right to mount a file system")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@contextlib.contextmanager
def filled(disk: Path, room: int = 0) -> Iterator[None]:
    """A disk that has no room within, or so many bytes."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while shutil.disk_usage(disk).free > room:
            file.write(b"x" * 4096)
    assert shutil.disk_usage(disk).free < room + 4096
    try:
        yield
    finally:
        filler.unlink()


@pytest.mark.claims(
    "docs/operating.md",
    "| PostgreSQL's disk is full (`53100`) | 503 `STORAGE_FULL`, `Retry-After: 30`, nothing saved; what only reads is"
    " answered |",
)
def test_who_writes_is_told_and_who_reads_is_answered(fragile: Any, postgres: Postgres, small_disk: Path) -> None:
    mine = fragile()
    with psycopg.connect(postgres.url, autocommit=True) as owner:
        space = small_disk / "space"
        space.mkdir()
        os.chown(space, psutil.Process(owner.info.backend_pid).uids().real, -1)
        owner.execute(f"create tablespace small location '{space}'".encode())
        try:
            owner.execute("alter table client set tablespace small")
            with filled(small_disk):
                outcomes = {outcome(send(mine, CREATE, **client(number))) for number in range(300)}
                assert outcomes <= {(200, ""), (503, "STORAGE_FULL")}
                refused = send(mine, CREATE, **client(1_000))
                assert outcome(refused) == (503, "STORAGE_FULL")
                assert refused.headers["Retry-After"] == "30"
                read = send(mine, READ)
                assert outcome(read) == (200, "")
            assert outcome(send(mine, CREATE, **client(1_000))) == (200, "")
        finally:
            owner.execute("alter table client set tablespace pg_default")
            owner.execute("drop tablespace small")


@contextlib.contextmanager
def with_store(fragile: Any, postgres: Postgres, directory: Path) -> Iterator[tuple[Company, Store]]:
    """A company whose files are in a store of their own, in that directory."""
    with running_store(directory) as store, owning(postgres.url) as owner:
        keys = {"s3_access_key": store.keys[0][0], "s3_secret_key": store.keys[0][1], "s3_bucket": BUCKET}
        served = fragile(s3_endpoint=store.s3.endpoint, s3_public_endpoint=store.s3.endpoint, **keys)
        yield Company(served.ficha, owner), store


def read_file(company: Company, document: str) -> bytes:
    return httpx.get(links(company, document)["downloadUrl"], trust_env=False, timeout=60).content


def unsound(company: Company, store: Store) -> list[str]:
    """What `ficha check` finds of the company's files: that rows and objects agree, and that each has its bytes."""
    env = configured(company.ficha.settings.database_url, store.s3)
    checked = ficha("check", "--only", "objects", "--contents", "--json", **env | {"FICHA_S3_BUCKET": BUCKET})
    findings = [each for part in json.loads(checked.stdout)["parts"] for each in part["findings"]]
    return [each for each in findings if global_id(models.Company, company.id) in each]


FULL, MISSING = [("STORE_UNAVAILABLE", "")], [("FILE_MISSING", "")]


@pytest.mark.claims(
    "docs/operating.md",
    "| the object store's disk is full | the store refuses what is sent to it, with a 5xx of its own; completing an"
    " upload and importing a CFDI `STORE_UNAVAILABLE`, nothing half done; files are read as before. The same upload can"
    " be sent and completed once there is room |",
)
@pytest.mark.parametrize("small_disk", [64], indirect=True)
def test_files_that_find_no_room_are_refused_and_nothing_is_half_done(
    fragile: Any, postgres: Postgres, small_disk: Path
) -> None:
    contents = {name: secrets.token_hex(150_000).encode() for name in ("kept", "sent", "late")}
    invoice = f"{cfdi()}<!-- {secrets.token_hex(50_000)} -->"  # which the store cannot make small
    with with_store(fragile, postgres, small_disk) as (mine, store):
        of = global_id(models.Client, mine.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9"))
        kept = upload(mine, contents["kept"], clientId=of)["document"]["id"]
        sent, late = (prepare(mine, contents[name], clientId=of)["documentUpload"] for name in ("sent", "late"))
        assert send_parts(sent, contents["sent"]) == [204]
        with filled(small_disk):
            assert send_parts(late, contents["late"]) == [500]
            for upload_id, codes_of_it in ((sent, FULL), (late, MISSING)):
                refused = complete(mine, upload_id)
                assert (refused["document"], codes(refused)) == (None, codes_of_it)
            refused = mine.ask(IMPORT, input={"xml": invoice}).data["importCfdi"]
            assert (refused["salesDocument"], codes(refused)) == (None, FULL)
            assert read_file(mine, kept) == contents["kept"]
            assert (outcome(send(mine, READ)), ready(mine.ficha)) == ((200, ""), 200)
            assert unsound(mine, store) == []
        # The store looks once a minute whether there is room.
        until(lambda: complete(mine, sent)["document"] is not None)
        until(lambda: send_parts(late, contents["late"]) == [204])
        for name, its_upload in (("sent", sent), ("late", late)):
            assert read_file(mine, complete(mine, its_upload)["document"]["id"]) == contents[name]
        done = mine.ask(IMPORT, input={"xml": invoice}).data["importCfdi"]
        assert codes(done) == []
        assert unsound(mine, store) == []


@pytest.mark.deep
@pytest.mark.parametrize("small_disk", [96], indirect=True)
def test_uploads_fill_the_stores_disk(fragile: Any, postgres: Postgres, small_disk: Path) -> None:
    """Several at once, until each was refused some times, and on with room: what was completed has its bytes."""
    files, refusals, lock = dict[str, bytes](), Counter[str](), threading.Lock()

    def send_one(company: Company, of: str) -> bool:
        content = secrets.token_hex(250_000).encode()
        prepared = prepare(company, content, clientId=of)["documentUpload"]
        statuses = send_parts(prepared, content)
        payload = complete(company, prepared)
        with lock:
            if document := payload["document"]:
                files[document["id"]] = content
            refusals.update([*(str(status) for status in statuses), *(code for code, _ in codes(payload))])
        return document is not None

    with with_store(fragile, postgres, small_disk) as (mine, store):
        of = global_id(models.Client, mine.client())

        def use(_: int, *, until_it_is_full: bool) -> None:
            times = 0
            while times < 5:
                times += send_one(mine, of) is not until_it_is_full

        with ThreadPoolExecutor(4) as threads:
            with filled(small_disk, 32 << 20):
                list(threads.map(lambda each: use(each, until_it_is_full=True), range(4)))
                saved = len(files)
                assert saved > 0
            list(threads.map(lambda each: use(each, until_it_is_full=False), range(4)))
        assert len(files) >= saved + 20
        assert set(refusals) <= {"204", "500", "STORE_UNAVAILABLE", "FILE_MISSING"}
        assert {id: read_file(mine, id) for id in files} == files
        assert unsound(mine, store) == []


@pytest.mark.claims(
    "docs/operating.md",
    "| the disk with the process's folder for temporary files (`TMPDIR`) is full | the file that was sent is not taken:"
    " 503 `STORAGE_FULL`; it may be completed when there is room |",
)
def test_no_room_to_read_what_was_sent(settings: Settings, postgres: Postgres, small_disk: Path) -> None:
    own = replace(settings, database_url=postgres.url)
    with company_of(own, TMPDIR=small_disk) as (company, _):
        content = secrets.token_hex(50_000).encode()
        prepared = prepare(company, content, clientId=global_id(models.Client, company.client()))["documentUpload"]
        send_parts(prepared, content)
        with filled(small_disk):
            refused = send(company, COMPLETE, input={"uploadId": prepared["id"]})
            assert (outcome(refused), refused.headers["Retry-After"]) == ((503, "STORAGE_FULL"), "30")
        document = complete(company, prepared)["document"]
        assert document["size"] == len(content)
        owner = company.owner
        assert (
            owner.execute(text("select count(*) from document where company_id = :id"), {"id": company.id}).scalar()
            == 1
        )


def test_no_folder_can_be_written_to(demo_settings: Settings) -> None:
    script = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
sys.argv = ["ficha", "serve"]
runpy.run_module("server.command.cli", run_name="__main__")
"""
    own = demo_settings
    store = S3(endpoint=own.s3_endpoint, access_key=own.s3_access_key, secret_key=own.s3_secret_key)
    env = configured(own.database_url, store) | {"PORT": "0"}
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env, check=False, cwd=ROOT)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.splitlines()[-1] == "ficha: no folder for temporary files can be written to: name one in TMPDIR"
