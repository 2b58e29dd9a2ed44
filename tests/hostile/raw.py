"""Sockets that speak to a server byte by byte, as no client should."""

import contextlib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit


@contextlib.contextmanager
def connected(url: str, timeout: float = 60) -> Iterator[socket.socket]:
    """A connection to the server at `url`."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "", where.port or 80), timeout=timeout) as connection:
        yield connection


def read_all(connection: socket.socket) -> bytes:
    """What the server sends until it closes; a reset ends it too."""
    parts: list[bytes] = []
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def read_until(connection: socket.socket, ending: bytes) -> bytes:
    """What the server sends until this comes, in as many pieces as it pleases, or until it closes."""
    answer = b""
    while not answer.endswith(ending) and (part := connection.recv(1 << 16)):
        answer += part
    return answer


def exchange(url: str, sent: bytes) -> bytes:
    """What the server answers to these bytes until it closes."""
    with connected(url) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
        return read_all(connection)


def status(answer: bytes) -> int:
    """The status of the (first) response; 0 for none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0
