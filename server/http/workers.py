"""Several processes on one port: uvicorn's supervisor, with our server in each.

It starts them anew when they die or no longer answer; SIGHUP replaces them one after the other, a new one first. All
are forked from one process that has imported what they serve with and does nothing else (Python's forkserver): see
`server.preload`.
"""

import ctypes
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from multiprocessing import forkserver
from typing import Final

from uvicorn import Config
from uvicorn._subprocess import subprocess_started
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import multiprocess

from server.http import front
from server.settings import Settings
from server.telemetry import logs

log = logging.getLogger("ficha.workers")

LEAVE: Final = signal.SIGUSR1
"""Sent to a process that is replaced: the others take its new connections."""
START_SECONDS: Final = 120
"""In which a process begins to serve."""
_LOOK_SECONDS: Final = 0.5
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG
_PRELOADED: Final = "server.preload"
_FORKED: Final = multiprocessing.get_context("forkserver")


def end_with_parent() -> None:
    """Has this process end with the one that made it, however that ends."""
    ctypes.CDLL(None, use_errno=True).prctl(_DIE_WITH_PARENT, signal.SIGTERM, 0, 0, 0)


def begin_loading() -> None:
    """Starts the process that others are forked from, which loads what they serve with while this one does the rest."""
    _FORKED.set_forkserver_preload([_PRELOADED])
    forkserver.ensure_running()


MakeServer = Callable[[Settings], front.Server]


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

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        """What it does; it ends with its parent, however that ends."""
        end_with_parent()
        threading.Thread(target=self.always_pong, daemon=True).start()
        try:
            server = self._server = self.config.make(self.config.settings)
        except Exception as error:  # noqa: BLE001  # whatever it is, it would be so for the next one too
            log.error("a process could not begin: %s", error)
            sys.exit(STARTUP_FAILURE)
        signal.signal(LEAVE, lambda _signal, _frame: server.leave())
        server.run(sockets)

    def pong(self) -> None:
        """Answers whether it serves, also while it is only beginning."""
        self.child_conn.recv()
        self.child_conn.send(bool(self._server and self._server.started))

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
        self, settings: Settings, make: MakeServer, listener: socket.socket, ready: Callable[[], None]
    ) -> None:
        multiprocess.Process = Worker  # pyright: ignore[reportPrivateImportUsage]  # what uvicorn's supervisor makes
        super().__init__(WorkersConfig(settings, make), [listener])
        self._ready = ready

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

    def terminate_all(self) -> None:
        """All end: nobody is to wait for a connection that none of them takes."""
        for each in self.sockets:
            each.close()
        for worker in self.processes:
            worker.tell(signal.SIGTERM)
