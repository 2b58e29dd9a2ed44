"""The disk of PostgreSQL is full: whoever writes is told so, who reads is answered, and all is well with room again."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.faults.postgres import Postgres
from tests.faults.test_outage import CREATE, READ, client, outcome, send


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    tmp_path.chmod(0o755)
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m,mode=0777", "none", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no right to mount a file system")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


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
            filler = small_disk / "filler"
            filler.write_bytes(b"x" * 4096)
            with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * 4096)
            assert shutil.disk_usage(small_disk).free < 4096
            outcomes = {outcome(send(mine, CREATE, **client(number))) for number in range(300)}
            assert outcomes <= {(200, ""), (503, "STORAGE_FULL")}
            refused = send(mine, CREATE, **client(1_000))
            assert outcome(refused) == (503, "STORAGE_FULL")
            assert refused.headers["Retry-After"] == "30"
            read = send(mine, READ)
            assert outcome(read) == (200, "")
            filler.unlink()
            assert outcome(send(mine, CREATE, **client(1_000))) == (200, "")
        finally:
            owner.execute("alter table client set tablespace pg_default")
            owner.execute("drop tablespace small")
