"""Reads untrusted files in a child process with limits, because parsing them in the server's own process could exhaust
its time or memory.

    with Readers() as readers:
        result = await readers.read(Reader("storage.pdf:read_pdf"), file, company_id)

One process of ours (`storage.reading_child`) has the libraries loaded and forks a child for each file; the child has
no environment, no way back but one answer in JSON of a bounded size, and ends with its file. At most `AT_ONCE`
children run, at most `EACH` of one company. Who waits, waits in the company's own line; the lines are served in
turn.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections import Counter, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

import orjson

from errors import Overloaded, Unavailable
from storage.reading_child import CPU_SECONDS, KILL, READ, SECONDS, message

AT_ONCE: Final = 4
"""Children that one process of Ficha runs side by side."""
EACH: Final = 2
"""Of these, those of one company."""
WAITING: Final = 50
"""Files of one company that wait; one more is refused."""

_PROGRAM: Final = Path(__file__).with_name("reading_child.py")
_PIECE: Final = 1 << 16
_BUSY: Final = "Se leen demasiados archivos a la vez: intente de nuevo."
_AWAY: Final = "El lector de archivos no responde: intente de nuevo."


class UnreadableError(Exception):
    """The file cannot be read: its reader failed on it, or came to a limit. The text says why, for a log."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A function that reads a file: `module:name`, of an open binary file to a value of JSON's types. Its module is
    loaded by the child alone. The answer may have `most_bytes` as JSON, and take `cpu_seconds` of CPU time, which
    are to be less than `SECONDS`."""

    function: str
    most_bytes: int = 1 << 18
    cpu_seconds: int = CPU_SECONDS


class Readers:
    """The children of this process, and who waits for them. Used from one event loop at a time; to be closed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._jobs = count(1)
        self._turns = _Turns()

    def __enter__(self) -> "Readers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the processes."""
        if self._control:
            self._control.close()
        if self._process:
            # It ends with our end of the socket, and its children with it.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            self._process.kill()
            self._process.wait()
        self._process = self._control = None

    async def read(self, reader: Reader, file: BinaryIO, company_id: UUID) -> Any:
        """What the reader answers to the file, which must have a descriptor.

        Raises `UnreadableError`, for which the file is to blame; `errors.Overloaded` and `errors.Unavailable`, for
        which it is not. Its cancellation ends the child.
        """
        async with self._turns.of(company_id):
            return await self._read(reader, file)

    async def read_content(self, reader: Reader, content: bytes, company_id: UUID) -> Any:
        """As `read`, of what is in no file."""
        with TemporaryFile() as opened:
            file = cast("BinaryIO", opened)
            file.write(content)
            file.flush()
            return await self.read(reader, file, company_id)

    async def _read(self, reader: Reader, file: BinaryIO) -> Any:
        ours, theirs = socket.socketpair()
        with ours:
            ours.setblocking(False)
            job = next(self._jobs)
            with theirs:
                self._send(message(READ, job, reader.function, reader.cpu_seconds), [file.fileno(), theirs.fileno()])
            try:
                async with asyncio.timeout(SECONDS):
                    content = await _received(ours, reader.most_bytes)
            except TimeoutError:
                # The limit of CPU time is less than that: it is the machine that is slow, not the file.
                raise Overloaded(_BUSY) from None
            finally:
                with contextlib.suppress(OSError):
                    self._send(message(KILL, job), [], anew=False)
        if content is None:
            raise UnreadableError(f"the answer has more than {reader.most_bytes} bytes")
        try:
            # An answer of megabytes takes a while.
            answer = await asyncio.to_thread(orjson.loads, content) if len(content) > _PIECE else orjson.loads(content)
        except ValueError:
            if self._process is None or self._process.poll() is not None:
                raise Unavailable(_AWAY) from None
            raise UnreadableError(f"its reader was ended, perhaps after {reader.cpu_seconds} s of CPU time") from None
        if "failed" in answer:
            raise UnreadableError(answer["failed"])
        return answer["result"]

    def _send(self, content: bytes, descriptors: list[int], *, anew: bool = True) -> None:
        """Sends a message to the process, which is started if it is not running."""
        for _ in range(2):
            if anew and (self._process is None or self._process.poll() is not None):
                self._start()
            try:
                if self._control:
                    socket.send_fds(self._control, [content], descriptors)
                return
            except OSError:
                if not anew:
                    return
                self.close()
        raise Unavailable(_AWAY)

    def _start(self) -> None:
        self.close()
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(_PROGRAM), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # Nothing of ours is in what a child could be made to give away; a key press that ends the server
                # does not come to it as well.
                env={name: os.environ[name] for name in ("LANG", "LC_ALL", "TMPDIR") if name in os.environ},
                cwd="/",
                start_new_session=True,
            )


async def _received(ours: socket.socket, most: int) -> bytes | None:
    """All that comes, or None where it is more than that."""
    loop = asyncio.get_running_loop()
    content = bytearray()
    while piece := await loop.sock_recv(ours, _PIECE):
        content += piece
        if len(content) > most:
            return None
    return bytes(content)


class _Turns:
    """Who may read now: a line for each company, and the lines in turn."""

    def __init__(self) -> None:
        self._running = Counter[UUID]()
        self._lines: dict[UUID, deque[asyncio.Future[None]]] = {}
        """The queues that are not empty; the first is served next."""

    @asynccontextmanager
    async def of(self, company_id: UUID) -> AsyncGenerator[None]:
        """Within, it is the company's turn. Raises `errors.Overloaded`."""
        await self._enter(company_id)
        try:
            yield
        finally:
            self._leave(company_id)

    def _has_room(self, company_id: UUID) -> bool:
        return self._running.total() < AT_ONCE and self._running[company_id] < EACH

    async def _enter(self, company_id: UUID) -> None:
        if company_id not in self._lines and self._has_room(company_id):
            self._running[company_id] += 1
            return
        line = self._lines.setdefault(company_id, deque())
        if len(line) >= WAITING:
            raise Overloaded(_BUSY)
        turn = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave(company_id)
            else:
                line.remove(turn)
                if not line:
                    del self._lines[company_id]
            raise

    def _leave(self, company_id: UUID) -> None:
        self._running[company_id] -= 1
        if not self._running[company_id]:
            del self._running[company_id]
        while served := next((each for each in self._lines if self._has_room(each)), None):
            line = self._lines.pop(served)
            turn = line.popleft()
            if line:
                self._lines[served] = line
            if not turn.done():
                self._running[served] += 1
                turn.set_result(None)
