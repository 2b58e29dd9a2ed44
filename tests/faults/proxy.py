"""A TCP proxy that fails as a network does: it resets, ends, cuts in the middle of an answer, falls silent."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit


class Proxy:
    """Forwards to one address. Its methods may be called from any thread."""

    def __init__(self, url: str) -> None:
        self.direct = url
        self._target = urlsplit(url)
        self._up = threading.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self._left: int | None = None
        self.port = 0
        self.accepted = 0
        """How many connections came."""

    @property
    def url(self) -> str:
        """The target's URL by way of this."""
        target = self._target
        return target._replace(netloc=f"{target.username}:{target.password}@127.0.0.1:{self.port}").geturl()

    def reset(self) -> None:
        """Ends every connection by RST."""
        self._do(self._reset)

    def end(self) -> None:
        """Ends every connection by FIN."""
        self._do(lambda: [writer.close() for writer in self._writers])

    def fall_silent(self) -> None:
        """Takes what comes, and connections too, and forwards nothing."""
        self._do(self._flowing.clear)

    def speak(self) -> None:
        """Forwards again."""
        self._do(self._flowing.set)

    def cut_after(self, number: int) -> None:
        """Resets all once so many more bytes have come from the server."""

        def cut() -> None:
            self._left = number

        self._do(cut)

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        """Proxies for the time of the block."""
        thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="proxy")
        thread.start()
        assert self._up.wait(60)
        try:
            yield self
        finally:
            self._do(self._ending.set)
            thread.join()

    def _do(self, what: Callable[[], Any]) -> None:
        async def do() -> None:
            what()

        asyncio.run_coroutine_threadsafe(do(), self._loop).result(10)

    async def _run(self) -> None:
        self._loop, self._flowing, self._ending = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        self._flowing.set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._up.set()
        await self._ending.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._reset()
        await asyncio.sleep(0)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Tasks of our own: asyncio's server tells its log of those that are cancelled.
        self._tasks.append(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._writers.add(writer)
        try:
            await self._flowing.wait()
            from_server, to_server = await asyncio.open_connection(self._target.hostname, self._target.port)
            self._writers.add(to_server)
            await asyncio.gather(
                self._pipe(reader, to_server, counted=False), self._pipe(from_server, writer, counted=True)
            )
        except OSError:
            writer.close()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(4096):
                await self._flowing.wait()
                if counted and self._left is not None:
                    data = data[: self._left]
                    self._left -= len(data)
                writer.write(data)
                await writer.drain()
                if self._left == 0:
                    self._left = None
                    self._reset()
        writer.close()
        self._writers.discard(writer)

    def _reset(self) -> None:
        for writer in self._writers:
            connection = writer.get_extra_info("socket")
            if connection.fileno() >= 0:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        self._writers.clear()
