"""The process in which untrusted files are read; `storage.reading` starts and directs it.

    python -I storage/reading_child.py <descriptor of a socket>

It loads the modules of the readers once and forks a child for each file. A child has a limit of CPU time, of memory
and of time, writes no file, and is ended on demand. All end when the other end of the socket is closed.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn

CPU_SECONDS: Final = 3
"""Of a child, unless its reader says more. Reading a constancia takes a tenth of one."""
SECONDS: Final = 8
"""How long a child may be there: less than an operation, by default. It gives way to the server, which may be busy."""
MEMORY: Final = 1 << 30
"""Bytes of address space that a child may take in addition to what its libraries have."""

READ: Final = b"r"
KILL: Final = b"k"
_MESSAGE: Final = struct.Struct("!cQB64s")
_NICE: Final = 10
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG
_NO_NEW_PRIVILEGES: Final = 38  # PR_SET_NO_NEW_PRIVS


def message(kind: bytes, job: int, function: str = "", cpu_seconds: int = CPU_SECONDS) -> bytes:
    """The messages to the process. `READ` carries two descriptors: the file, and a socket for the answer."""
    return _MESSAGE.pack(kind, job, cpu_seconds, function.encode())


def main(control: socket.socket) -> None:
    """Handles messages until the socket is closed."""
    running: dict[int, int] = {}
    while True:
        # The ended are looked for now and then: until then their numbers are nobody else's.
        heard, _, _ = select.select([control], [], [], 0.2 if running else None)
        for job, process in list(running.items()):
            if os.waitpid(process, os.WNOHANG)[0]:
                del running[job]
        if not heard:
            continue
        content, descriptors, _, _ = socket.recv_fds(control, _MESSAGE.size, 2)
        if len(content) < _MESSAGE.size:
            break
        kind, job, cpu_seconds, name = _MESSAGE.unpack(content)
        if kind == KILL:
            if job in running:
                os.kill(running[job], signal.SIGKILL)
            continue
        module, _, function = name.rstrip(b"\0").decode().partition(":")
        reader = getattr(importlib.import_module(module), function)
        gc.freeze()
        process = os.fork()
        if process == 0:
            control.close()
            _answer(reader, cpu_seconds, *descriptors)
        running[job] = process
        for descriptor in descriptors:
            os.close(descriptor)
    for process in running.values():
        os.kill(process, signal.SIGKILL)


def _answer(reader: Callable[[Any], Any], cpu_seconds: int, file: int, answer: int) -> NoReturn:
    """Reads the file and ends. It gives way to the server; the loading of modules, for which files wait, did not."""
    os.nice(_NICE)
    try:
        _limit(cpu_seconds)
        with open(file, "rb") as opened:
            opened.seek(0)
            said = json.dumps({"result": reader(opened)})
    except BaseException as error:  # noqa: BLE001  # whatever it is, it is the file's fault
        said = json.dumps({"failed": f"{type(error).__name__}: {str(error)[:500]}"})
    with contextlib.suppress(OSError):
        content = memoryview(said.encode())
        while content:
            content = content[os.write(answer, content) :]
    os._exit(0)


def _limit(cpu_seconds: int) -> None:
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        library.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)
    for name, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, MEMORY + _address_space()),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        with contextlib.suppress(ValueError, OSError):  # where a lower limit is set already
            resource.setrlimit(name, (most, most))


def _address_space() -> int:
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main(socket.socket(fileno=int(sys.argv[1])))
