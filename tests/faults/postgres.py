"""A PostgreSQL of a test's own, to be killed."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil

from server import embedded
from tests.conftest import POSTGRES_OPTIONS


class Postgres:
    """It runs, until it is killed, and again after a start, at the same address."""

    def __init__(self, directory: Path, known: embedded.Known | None = None) -> None:
        """One on the data of another has what was `known` of that."""
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

    def follow(self, primary: "Postgres") -> None:
        """Becomes a replica of that one."""
        home = self._server.home
        home.mkdir(mode=0o700, parents=True)
        if account := embedded.account_for(home):
            os.chown(home, *account)
        command = [str(embedded.postgres_binaries() / "pg_basebackup"), "--write-recovery-conf", "--checkpoint=fast"]
        command += ["--no-sync", f"--pgdata={self._server.directory}", f"--dbname={primary.url}"]
        launcher = embedded.launcher(home, signal.SIGTERM)
        subprocess.run([*launcher, *command], cwd=home, check=True, capture_output=True)

    def stop(self) -> None:
        """Its fast shutdown."""
        self._server.signal_stop()
        self._server.wait_until_stopped()

    def kill(self) -> None:
        """As a power cut does: the postmaster and all of its processes at once."""
        assert self._server.process
        kill_family(self._server.pid_file)
        self._server.process.wait(60)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """All of its processes stand still within: connections stay, and nothing answers."""
        family = family_of(self._server.pid_file)
        try:
            for process in family:
                with suppress(psutil.NoSuchProcess):  # one that did something by the way and is done
                    process.suspend()
            yield
        finally:
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.resume()


def kill_family(pid_file: Path) -> None:
    """Kills the postmaster and all of its processes at once, if it runs."""
    family = family_of(pid_file)
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=60)


def family_of(pid_file: Path) -> list[psutil.Process]:
    """The postmaster and all of its processes; none where it does not run."""
    try:
        postmaster = psutil.Process(int(pid_file.read_text().split("\n")[0]))
        # What one that was killed leaves behind may name a process of others.
        own = Path(postmaster.cwd()) == pid_file.parent
        return [postmaster, *postmaster.children(recursive=True)] if own else []
    except (FileNotFoundError, psutil.NoSuchProcess):
        return []


@contextmanager
def running_postgres(primary: Postgres | None = None) -> Iterator[Postgres]:
    """For the time of the block; a replica of the primary, if there is one."""
    directory = Path(tempfile.mkdtemp(prefix="ficha-fault-"))
    postgres = Postgres(directory, primary and replace(primary.known, ports={}))
    if primary:
        postgres.follow(primary)
    postgres.start()
    try:
        yield postgres
    finally:
        postgres.stop()
        shutil.rmtree(directory, ignore_errors=True)
