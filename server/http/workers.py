"""Several processes on one port: uvicorn's supervisor, with our server in each.

It starts them anew when they die or serve nobody any more; SIGHUP replaces them one after the other, a new one first,
which has the settings as they stand then: so secrets in files are replaced. All are forked from one process that has
imported what they serve with and does nothing else (Python's forkserver): see `server.preload`.
"""

import contextlib
import ctypes
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import forkserver
from typing import Final

from uvicorn import Config
from uvicorn._subprocess import subprocess_started
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import multiprocess

from server.http import front
from server.settings import Settings, SettingsError
from server.telemetry import logs

log = logging.getLogger("ficha.workers")

LEAVE: Final = signal.SIGUSR1
"""Sent to a process that is replaced: the others take its new connections."""
START_SECONDS: Final = 120
"""In which a process begins to serve."""
STUCK_SECONDS = 30
"""After which a process that serves nobody is ended: its event loop has not turned, or it is silent."""
_LOOK_SECONDS: Final = 0.5
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG
_PRELOADED: Final = "server.preload"
_FORKED: Final = multiprocessing.get_context("forkserver")


def end_with_parent() -> None:
    """Has this process end with the one that made it, however that ends."""
    ctypes.CDLL(None, use_errno=True).prctl(_DIE_WITH_PARENT, signal.SIGTERM, 0, 0, 0)


def begin_loading() -> None:
    """Starts the process that others are forked from, unless it runs: it loads what they serve with while this one does
    the rest."""
    _FORKED.set_forkserver_preload([_PRELOADED])
    forkserver.ensure_running()


MakeServer = Callable[[Settings], front.Server]
ReadSettings = Callable[[], Settings]


class WorkersConfig(Config):
    """uvicorn's, with what a process needs to make its server; it is pickled on the way there."""

    def __init__(self, settings: Settings, make: MakeServer) -> None:
        super().__init__(
            "",
            workers=settings.workers,
            log_config=logs.configuration(settings),
            log_level=settings.log_level,
            access_log=False,
            timeout_worker_healthcheck=START_SECONDS,
        )
        self.settings = settings
        self.make = make


class Worker(multiprocess.Process):
    """One of the processes."""

    config: WorkersConfig

    def __init__(self, config: WorkersConfig, sockets: list[socket.socket]) -> None:
        super().__init__(config, sockets)
        arguments = {"config": config, "target": self.target, "sockets": sockets, "stdin_fileno": None}
        self.process = _FORKED.Process(target=subprocess_started, kwargs=arguments)
        self._has_served = False
        self._well_at = time.monotonic()
        """When it last said that it serves, or begins to."""

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        """What it does; it ends with its parent, however that ends."""
        end_with_parent()
        parent = multiprocessing.parent_process()
        if parent is None or not parent.is_alive():
            sys.exit(0)  # it has ended before this one asked to be told
        threading.Thread(target=self.always_pong, daemon=True).start()
        try:
            server = self._server = self.config.make(self.config.settings)
        except Exception as error:  # noqa: BLE001  # whatever it is, it would be so for the next one too
            log.error("a process could not begin: %s", error)
            sys.exit(STARTUP_FAILURE)
        signal.signal(LEAVE, lambda _signal, _frame: server.leave())
        server.run(sockets)

    def pong(self) -> None:
        """Answers whether it serves (False while it is only beginning); None where its event loop is stuck."""
        self.child_conn.recv()
        server = self._server
        if not (isinstance(server, front.Server) and server.started):
            self.child_conn.send(False)
        else:
            self.child_conn.send(True if server.still_seconds < STUCK_SECONDS else None)

    def wait_until_ready(self, timeout: float, should_exit: threading.Event | None = None) -> bool:
        """Whether it serves, after so many seconds at most."""
        if super().wait_until_ready(timeout, should_exit):
            self._has_served, self._well_at = True, time.monotonic()
            return True
        return False

    def is_alive(self, timeout: float = 0) -> bool:  # noqa: ARG002  # uvicorn's, which would wait for each in turn
        """Whether it serves, or begins to: it has said so not long ago. Waits for nothing, since signals wait too."""
        if not self.process.is_alive():
            return False
        with contextlib.suppress(OSError, EOFError):
            while self.parent_conn.poll(0):
                serves: bool | None = self.parent_conn.recv()
                self._has_served = self._has_served or serves is True
                if serves is not None:
                    self._well_at = time.monotonic()
            self.parent_conn.send(b"ping")
        return time.monotonic() - self._well_at < (STUCK_SECONDS if self._has_served else START_SECONDS)

    def terminate(self) -> None:
        """It is replaced."""
        self.tell(LEAVE)

    def tell(self, number: int) -> None:
        """Sends the signal, after which nobody asks whether it is well."""
        if self.process.exitcode is None and self.process.pid:
            os.kill(self.process.pid, number)
            self.parent_conn.close()
            self.child_conn.close()


class Supervisor(multiprocess.Multiprocess):
    """Runs the processes, until a signal says to stop. `ready` is called when all of them serve."""

    processes: list[Worker]  # pyright: ignore[reportIncompatibleVariableOverride]  # see `__init__`

    def __init__(
        self, read: ReadSettings, make: MakeServer, listener: socket.socket, ready: Callable[[], None]
    ) -> None:
        """`read` reads the settings, now and for the processes that replace others; SettingsError where they are
        wrong."""
        begin_loading()
        multiprocess.Process = Worker  # pyright: ignore[reportPrivateImportUsage]  # what uvicorn's supervisor makes
        self._read = read
        self._make = make
        super().__init__(WorkersConfig(read(), make), [listener])
        self._ready = ready
        self._leaving: list[Worker] = []
        """Those that were replaced, and answer what they have begun."""

    @property
    def has_failed(self) -> bool:
        """Whether a process could not begin."""
        return any(worker.exitcode == STARTUP_FAILURE for worker in self.processes)

    def init_processes(self) -> None:
        """Starts them, and waits until they serve."""
        super().init_processes()
        for worker in self.processes:
            while worker.process.is_alive() and not worker.wait_until_ready(_LOOK_SECONDS, self.should_exit):
                self.handle_signals()
                if self.should_exit.is_set():
                    return
        if all(worker.process.is_alive() for worker in self.processes):
            self._ready()

    def restart_all(self) -> None:
        """Replaces each process by one with the settings of now. A signal to stop is obeyed meanwhile."""
        try:
            self.config = WorkersConfig(self._read(), self._make)
        except SettingsError as error:
            log.error("nothing is replaced, for the settings are wrong: %s", error)
            return
        for index, old in enumerate(self.processes):
            new = Worker(self.config, self.sockets)
            new.start()
            if not self._serves(new):
                new.kill()
                new.join()
                if not self.should_exit.is_set():
                    log.error("a new process did not serve in time: the others stay as they are")
                return
            self.processes[index] = new
            old.terminate()
            self._leaving.append(old)
            while old.process.is_alive():
                old.process.join(_LOOK_SECONDS)
                if self._is_to_stop():
                    return
            self._leaving.remove(old)

    def _serves(self, worker: Worker) -> bool:
        """Waits until it does; False where it does not in time, or all are to stop."""
        late = time.monotonic() + START_SECONDS
        while not worker.wait_until_ready(_LOOK_SECONDS, self.should_exit):
            if self._is_to_stop() or not worker.process.is_alive() or time.monotonic() > late:
                return False
        return True

    def _is_to_stop(self) -> bool:
        """Whether a signal to stop has come; another one to replace waits."""
        if any(number in self.signal_queue for number in (signal.SIGTERM, signal.SIGINT)):
            self.should_exit.set()
        return self.should_exit.is_set()

    def join_all(self) -> None:
        """Waits for all, those too that were replaced just before."""
        super().join_all()
        for worker in self._leaving:
            worker.join()

    def terminate_all(self) -> None:
        """All end: nobody is to wait for a connection that none of them takes."""
        for each in self.sockets:
            each.close()
        for worker in self.processes:
            worker.tell(signal.SIGTERM)
