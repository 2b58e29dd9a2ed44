"""A PostgreSQL of a test's own, to be killed."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from server import embedded
from tests.conftest import POSTGRES_OPTIONS


class Postgres:
    """It runs, until it is killed, and again after a start, at the same address."""

    def __init__(self, directory: Path, known: embedded.Known | None = None) -> None:
        """One on data that are restored has what was `known` of the other."""
        # What is committed outlives its processes, if not the machine.
        options = POSTGRES_OPTIONS | {"shared_buffers": "32MB", "max_connections": "60", "synchronous_commit": "on"}
        self.known = known or embedded.Known()
        self._server = embedded.Postgres(directory, self.known, options)

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self._server.directory

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
        family = self._family()
        for process in family:
            os.kill(process.pid, signal.SIGKILL)
        psutil.wait_procs(family, timeout=60)
        self._server.process.wait(60)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """All of its processes stand still within: connections stay, and nothing answers."""
        family = self._family()
        try:
            for process in family:
                process.suspend()
            yield
        finally:
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def _family(self) -> list[psutil.Process]:
        postmaster = psutil.Process(int(self._server.pid_file.read_text().split("\n")[0]))
        return [postmaster, *postmaster.children(recursive=True)]


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
