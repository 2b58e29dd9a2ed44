"""A PostgreSQL of a test's own, to be killed."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from server import embedded
from tests.conftest import POSTGRES_OPTIONS


class Postgres:
    """It runs, until it is killed, and again after a start, at the same address."""

    def __init__(self, directory: Path) -> None:
        # What is committed outlives its processes, if not the machine.
        options = POSTGRES_OPTIONS | {"shared_buffers": "32MB", "max_connections": "60", "synchronous_commit": "on"}
        self._server = embedded.Postgres(directory, embedded.Known(), options)

    @property
    def url(self) -> str:
        """Its owner's URL."""
        return self._server.url

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        self._server.start()
        self._server.wait_until_ready()

    def stop(self) -> None:
        """Its fast shutdown."""
        self._server.signal_stop()
        self._server.wait_until_stopped()

    def kill(self) -> None:
        """As a power cut does: the postmaster and all of its processes at once."""
        assert self._server.process
        postmaster = psutil.Process(int(self._server.pid_file.read_text().split("\n")[0]))
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            os.kill(process.pid, signal.SIGKILL)
        psutil.wait_procs(family, timeout=60)
        self._server.process.wait(60)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """For the time of the block."""
    directory = Path(tempfile.mkdtemp(prefix="ficha-fault-"))
    postgres = Postgres(directory)
    postgres.start()
    try:
        yield postgres
    finally:
        postgres.stop()
        shutil.rmtree(directory, ignore_errors=True)
