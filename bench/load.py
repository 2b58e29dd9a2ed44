"""The load: requests over kept connections, each sent when the one before it on its connection was answered.

wrk makes it where it is installed; otherwise this module does, as a program that prints the same line:
python -m bench.load URL BODIES AUTHORIZATION CONNECTIONS SECONDS [KEYS]. It takes several times wrk's CPU.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load; times in seconds. `failed` are answers of a status other than 200, and lost connections."""

    requests: int
    seconds: float
    median: float
    p99: float
    bytes: int
    failed: int


def generator() -> str:
    """What makes the load here."""
    return "wrk" if shutil.which("wrk") else "bench.load"


def put(
    url: str, bodies: Path, authorization: str, connections: int, seconds: float, cores: set[int], keys: str = ""
) -> Load:
    """Asks the bodies in turn on so many connections for so long, each with an `Idempotency-Key` that begins with
    `keys`, unless it is empty; the load runs on those cores, if any are given."""
    length, own = str(max(1, round(seconds))), [keys] if keys else []
    if generator() == "wrk":
        script = str(HERE / "load.lua")
        options = ["-t1", f"-c{connections}", f"-d{length}s", "--timeout", "60s"]
        command = ["wrk", *options, "-s", script, url, "--", str(bodies), authorization, *own]
    else:
        values = (url, str(bodies), authorization, str(connections), length, *own)
        command = [sys.executable, "-m", "bench.load", *values]
    if cores and shutil.which("taskset"):
        command = ["taskset", "-c", ",".join(map(str, sorted(cores))), *command]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    return Load(**json.loads(output.strip().splitlines()[-1]))


class HttpConnection(asyncio.Protocol):
    """Asks, reads an answer with a Content-Length, asks again, until the time is over."""

    def __init__(self, run: "Run") -> None:
        self._run = run
        self._buffer = bytearray()
        self._awaited = -1
        self._ok = False
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # asyncio's contract for TCP
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(next(self._run.requests))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._awaited < 0:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._buffer[:end].lower()
            self._ok = b" 200 " in head.partition(b"\r\n")[0]
            self._awaited = end + 4 + int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(self._buffer) >= self._awaited:
            self._run.answered(time.perf_counter() - self._asked, self._awaited, self._ok)
            self._buffer.clear()
            self._awaited = -1
            if time.perf_counter() < self._run.end:
                self._ask()
            else:
                self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        if time.perf_counter() < self._run.end:
            self._run.failed += 1
        self.done.set_result(None)


class Run:
    """A load by this module."""

    def __init__(self, url: str, bodies: Path, authorization: str, seconds: float, keys: str = "") -> None:
        place = urlsplit(url)
        self.host, self.port = place.hostname or "", place.port or 80
        head = (
            f"POST /graphql HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
            f"Authorization: {authorization}\r\n"
        )

        def request(number: int, body: bytes) -> bytes:
            key = f"Idempotency-Key: {keys}{number}\r\n" if keys else ""
            return f"{head}{key}Content-Length: {len(body)}\r\n\r\n".encode() + body

        self.requests = cycle([request(*each) for each in enumerate(bodies.read_bytes().splitlines())])
        self._times: list[float] = []
        self._bytes = 0
        self.failed = 0
        self.end = time.perf_counter() + seconds

    def answered(self, seconds: float, size: int, ok: bool) -> None:
        """Notes an answer."""
        self._times.append(seconds)
        self._bytes += size
        self.failed += not ok

    async def go(self, connections: int) -> Load:
        """Opens the connections and waits for the end."""
        started = time.perf_counter()
        loop = asyncio.get_running_loop()
        opened = [
            await loop.create_connection(lambda: HttpConnection(self), self.host, self.port) for _ in range(connections)
        ]
        await asyncio.gather(*(connection.done for _, connection in opened))
        times = sorted(self._times)
        at = [times[int(len(times) * part)] for part in (0.5, 0.99)]
        return Load(len(times), time.perf_counter() - started, *at, self._bytes, self.failed)


if __name__ == "__main__":
    url, file, authorization, connections, seconds, *keys = sys.argv[1:]
    load = asyncio.run(Run(url, Path(file), authorization, float(seconds), *keys).go(int(connections)))
    print(json.dumps({name: getattr(load, name) for name in Load.__slots__}))  # noqa: T201  # what `put` reads
