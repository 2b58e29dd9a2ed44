"""Bodies that come slowly and many at a time: what is kept of them in memory is bounded, for one viewer and for all."""

import contextlib
import select
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack

import psutil
import pytest

from models.collaborator import Role
from server.http.requests import MOST_HELD_OF_VIEWER
from tests.fixtures import Company, Ficha
from tests.hostile.raw import connected, status

SIZE = 1_000_000
"""Of each body: as long as one may be."""


def head(company: Company, role: Role, size: int = SIZE) -> bytes:
    token = company.ficha.token(company.email(role))
    return (
        f"POST /graphql HTTP/1.1\r\nHost: ficha\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
    ).encode()


def in_parts(company: Company, role: Role) -> int:
    """The status of a sound query whose body comes in two parts, the first half of them long."""
    body = b'{"query": "{ __typename }"' + b" " * 200_000
    with connected(company.ficha.url) as connection:
        connection.sendall(head(company, role, len(body) + 1) + body)
        connection.settimeout(0.1)  # the first part is there by then, or the two are one
        with contextlib.suppress(TimeoutError):
            return status(connection.recv(4096))
        connection.settimeout(60)
        connection.sendall(b"}")
        return status(connection.recv(4096))


@pytest.mark.claims(
    "docs/deployment.md",
    "| bodies that are still coming, in memory | 16 MB of one viewer, 32 MB of a company, 64 MB of a "
    "process | 503 `OVERLOADED` |",
)
def test_unfinished_bodies_are_bounded(live_server: Ficha, company: Callable[..., Company]) -> None:
    mine, other = company(), company()
    almost = b'{"query": "' + b"a" * (SIZE - 1_000)
    before = psutil.Process().memory_info().rss
    with ExitStack() as stack:
        held = [stack.enter_context(connected(live_server.url)) for _ in range(60)]
        for connection in held:
            connection.sendall(head(mine, Role.ADMIN) + almost)
        refused: set[socket.socket] = set()
        deadline = time.monotonic() + 60
        while len(refused) < len(held) - MOST_HELD_OF_VIEWER // SIZE:
            assert time.monotonic() < deadline
            refused.update(select.select(held, [], [], 1)[0])
        for connection in refused:
            answer = connection.recv(4096)
            assert status(answer) == 503
            assert b"\r\nretry-after: " in answer
        assert psutil.Process().memory_info().rss - before < 60_000_000
        # Others of the company, and other companies, are not kept from theirs; nor the viewer from what is short.
        assert in_parts(mine, Role.SALES) == 200
        assert in_parts(other, Role.ADMIN) == 200
        assert mine.ask("{ __typename }").status == 200
    deadline = time.monotonic() + 60
    while in_parts(mine, Role.ADMIN) != 200:  # what they held is given back when they have gone
        assert time.monotonic() < deadline
