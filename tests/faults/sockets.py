"""Thousands of WebSockets that rest, from one thread: each answers pings, and hears what it has subscribed to."""

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

_HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: ficha\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
_PING, _ACK, _NEXT = b'"type":"ping"', b'"type":"connection_ack"', b'"type":"next"'


def frame(text: str) -> bytes:
    """A message of a client: masked, with a mask of zeros."""
    content = text.encode()
    size = bytes([0x80 | len(content)]) if len(content) < 126 else b"\xfe" + len(content).to_bytes(2, "big")
    return b"\x81" + size + b"\0\0\0\0" + content


class _Resting(asyncio.Protocol):
    def __init__(self, sockets: "Sockets", token: str, subscription: str | None) -> None:
        self._sockets = sockets
        self._messages = [json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})]
        if subscription:
            self._messages.append(subscription)
        self.settled = asyncio.get_running_loop().create_future()
        """Once it was let in, or lost."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._transport.write(_HANDSHAKE)
        self._sockets.transports.append(self._transport)

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"HTTP/1.1 101") or (_ACK in data and self._messages):
            self._transport.write(frame(self._messages.pop(0)))
        if _ACK in data:
            self._sockets.admitted += 1
            self._settle()
        self._sockets.heard += data.count(_NEXT)
        if _PING in data:
            self._transport.write(frame('{"type":"pong"}'))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's
        self._sockets.lost += 1
        self._settle()

    def _settle(self) -> None:
        if not self.settled.done():
            self.settled.set_result(None)


class Sockets:
    """How many were let in, were lost, and heard of a change."""

    def __init__(self) -> None:
        self.transports: list[asyncio.Transport] = []
        self.admitted = self.lost = self.heard = 0

    async def open(self, url: str, tokens: Sequence[str], each: int, subscription: str | None) -> None:
        """Opens so many for each token, fifty at a time."""
        where, places = urlsplit(url), asyncio.Semaphore(50)
        loop = asyncio.get_running_loop()

        async def one(token: str) -> None:
            async with places:
                _, resting = await loop.create_connection(
                    lambda: _Resting(self, token, subscription), where.hostname, where.port
                )
                await resting.settled

        await asyncio.gather(*(one(token) for token in tokens for _ in range(each)))


@contextmanager
def resting(url: str, tokens: Sequence[str], each: int, subscription: str | None = None) -> Iterator[Sockets]:
    """So many for each token, for the time of the block."""
    sockets, ready, ending = Sockets(), threading.Event(), threading.Event()

    async def run() -> None:
        await sockets.open(url, tokens, each, subscription)
        ready.set()
        await asyncio.to_thread(ending.wait)
        for transport in sockets.transports:
            transport.abort()
        await asyncio.sleep(0)

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="sockets")
    thread.start()
    try:
        assert ready.wait(550)
        yield sockets
    finally:
        ending.set()
        thread.join()
