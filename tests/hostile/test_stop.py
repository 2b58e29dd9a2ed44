"""`ficha serve` ends when it is told to, whatever its clients do."""

import contextlib
import json
import re
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from server.settings import Settings
from tests.fixtures import own_process
from tests.hostile.raw import connected, exchange, status

HALF_BODY = b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n%s\r\n{"
STUCK = {
    "silent": b"",
    "half a head": b"GET /graphql HT",
    "half a body": HALF_BODY % b"",
    "a WebSocket": (
        b"GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    ),
    "kept alive": b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n",
    "a reader of nothing": b"GET /graphiql HTTP/1.1\r\nHost: a\r\n\r\n",
}


def stick(stack: ExitStack, url: str, each: int, token: str) -> None:
    """Opens so many connections of each kind, and leaves them stuck."""
    admitted = {"half a body": HALF_BODY % f"Authorization: Bearer {token}\r\n".encode()}
    for sent in (STUCK | admitted).values():
        for _ in range(each):
            connection = stack.enter_context(connected(url))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(sent)
    assert status(exchange(url, b"GET /health/live HTTP/1.0\r\n\r\n")) == 200


def token(settings: Settings) -> str:
    from server.access.tokens import issue

    return issue(settings, "admin@demo.mx", 1)


@pytest.mark.claims(
    "README.md",
    "Ctrl-C stops everything.",
)
@pytest.mark.claims(
    "docs/deployment.md",
    "Then it closes what is left, whatever clients do, writes the audit log, and ends; 28 s after the "
    "signal at the latest.",
)
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_its_grace(demo_settings: Settings, sent: signal.Signals) -> None:
    with own_process(demo_settings, FICHA_STOP_SECONDS=1) as (running, url), ExitStack() as stack:
        stick(stack, url, 5, token(demo_settings))
        running.send_signal(sent)
        assert running.wait(60) == 0


@pytest.mark.claims(
    "docs/deployment.md",
    "A second SIGTERM ends the process at once.",
)
def test_a_second_signal_ends_it_at_once(demo_settings: Settings) -> None:
    with own_process(demo_settings, FICHA_STOP_SECONDS=600) as (running, url), ExitStack() as stack:
        stick(stack, url, 2, token(demo_settings))
        running.send_signal(signal.SIGTERM)
        # It takes no more connections: the first signal has arrived.
        with contextlib.suppress(ConnectionError):
            while True:
                exchange(url, b"GET /health/live HTTP/1.0\r\n\r\n")
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 128 + signal.SIGTERM


@pytest.mark.claims(
    "docs/deployment.md",
    "After SIGTERM a process takes no more connections, closes idle ones and WebSockets (code 1012: "
    "clients connect again), and lets requests finish for `FICHA_STOP_SECONDS` (20).",
)
def test_without_clients_it_ends_in_no_time_and_lets_requests_finish(demo_settings: Settings) -> None:
    with own_process(demo_settings, FICHA_STOP_SECONDS=600) as (running, url), connected(url) as connection:
        body = b'{"query": "{ viewer { permissions } }"}'
        head = f"POST /graphql HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token(demo_settings)}\r\n".encode()
        connection.sendall(head + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body))
        connection.sendall(body[:10])
        assert status(exchange(url, b"GET /health/live HTTP/1.0\r\n\r\n")) == 200
        running.send_signal(signal.SIGTERM)
        with contextlib.suppress(ConnectionError):
            while True:
                exchange(url, b"GET /health/live HTTP/1.0\r\n\r\n")
        connection.sendall(body[10:])
        answer = connection.recv(65_536)
        assert status(answer) == 200
        assert b"connection: close" in answer
        assert running.wait(60) == 0


@pytest.mark.hostile
@pytest.mark.timeout(300)
def test_measure_the_stop_under_200_stuck_connections(demo_settings: Settings) -> None:
    with own_process(demo_settings, FICHA_STOP_SECONDS=20) as (running, url), ExitStack() as stack:
        stick(stack, url, 34, token(demo_settings))
        began = time.monotonic()
        running.send_signal(signal.SIGTERM)
        running.wait(120)
        seconds = time.monotonic() - began
    print(f"P5: SIGTERM under {34 * len(STUCK)} stuck connections: ended after {seconds:.1f} s (at most 30)")  # noqa: T201
    assert seconds <= 30


@pytest.mark.hostile
def test_measure_fifty_megabytes_of_header(demo_settings: Settings) -> None:
    with own_process(demo_settings, FICHA_STOP_SECONDS=1) as (running, url):
        server = psutil.Process(running.pid)
        exchange(url, b"GET /health/live HTTP/1.0\r\n\r\n")
        before, memory = sum(server.cpu_times()[:2]), server.memory_info().rss
        with connected(url) as connection, contextlib.suppress(ConnectionError):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: ficha\r\nX: ")
            for _ in range(800):
                connection.sendall(b"x" * 65_536)
        assert status(exchange(url, b"GET /health/live HTTP/1.0\r\n\r\n")) == 200
        seconds, grown = sum(server.cpu_times()[:2]) - before, server.memory_info().rss - memory
    print(f"P5: 50 MB of header: {seconds:.2f} s of CPU (less than 0.2), {grown / 1e6:+.1f} MB")  # noqa: T201
    assert seconds < 0.2


@pytest.mark.parametrize("level", ["warning", "debug"])
def test_what_is_cut_off_at_the_end_is_one_line_of_the_log(demo_settings: Settings, tmp_path: Path, level: str) -> None:
    """Requests that wait for a locked table, bodies that never end and WebSockets."""
    body = json.dumps({"query": "{ clients { totalCount nodes { legalName } } }"}).encode()
    head = f"Content-Type: application/json\r\nAuthorization: Bearer {token(demo_settings)}\r\n"
    request = f"POST /graphql HTTP/1.1\r\nHost: a\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    log = tmp_path / "log"
    with (
        log.open("w") as written,
        own_process(demo_settings, log=written, FICHA_STOP_SECONDS=1, FICHA_LOG_LEVEL=level) as (running, url),
        psycopg.connect(demo_settings.database_url) as owner,
        ExitStack() as stack,
    ):
        owner.execute("lock table client")
        stick(stack, url, 2, token(demo_settings))
        for _ in range(5):
            stack.enter_context(connected(url)).sendall(request)
        until_waiting(owner, 3)
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
    text = log.read_text()
    [line] = [line for line in text.splitlines() if "stopping with" in line]
    assert re.search(r"stopping with \d+ connections and ([5-9]|1[0-9]) requests", line)
    assert ("CancelledError" in text) is (level == "debug"), text
    assert "ERROR" not in text


def until_waiting(owner: psycopg.Connection[Any], number: int) -> None:
    """Until so many sessions wait for a lock of the owner's."""
    waiting = "select count(*) from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"
    for _ in range(600):
        [count] = owner.execute(waiting).fetchone() or [0]
        if count >= number:
            return
        time.sleep(0.05)
    raise AssertionError(f"{count} of {number} wait")
