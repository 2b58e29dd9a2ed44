"""Clients that send heads without end, bodies that do not come, and framing that two servers would read differently."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import Any

import psutil
import pytest
from starlette.types import Receive, Scope, Send

from server.http import front
from server.settings import Settings
from tests.fixtures import Server, listening
from tests.hostile.raw import connected, exchange, read_all, read_until, status

HEAD = b"POST /graphql HTTP/1.1\r\nHost: ficha\r\nContent-Type: application/json\r\n"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the number of headers and the length of the body, or takes part in a WebSocket's greetings."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    if scope["path"] == "/unread":
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        return
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length, more = length + len(message["body"]), message["more_body"]
    body = b"%d %d" % (len(scope["headers"]), length)
    size = int(scope["query_string"] or 0)
    headers = [(b"content-length", b"%d" % (len(body) + size))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body + bytes(size)})


@pytest.fixture(scope="module")
def url() -> Generator[str]:
    """A server with the bounds that Ficha has."""
    with listening(echo) as url:
        yield url


@contextlib.contextmanager
def bounded(**variables: int) -> Iterator[str]:
    """A server with other settings."""
    given = {f"FICHA_{name.upper()}": str(value) for name, value in variables.items()}
    with listening(echo, Settings.from_env(given)) as url:
        yield url


def refusal(answer: bytes) -> tuple[int, str]:
    """Status and code of a response that is nothing but an error; it must have its form and end the connection."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    assert b"content-type: application/json" in lines
    assert b"connection: close" in lines
    assert any(line.startswith(b"x-request-id: ") for line in lines)
    [error] = json.loads(body)["errors"]
    assert error["message"]
    return status(answer), error["extensions"]["code"]


# Heads.


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: ficha\r\nX: " + b"x" * 70_000, id="one header"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: ficha\r\n" + b"X: 1\r\n" * 12_000, id="many headers"),
        pytest.param(b"GET /" + b"x" * 70_000, id="an address"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: ficha\r\n" + b"x" * 70_000, id="a name"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: ficha\r\n" + b"X: 1\r\n" * 100 + b"\r\n", id="101 lines"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: ficha\r\nX: " + b"x" * 66_000 + b"\r\n\r\n", id="whole but long"),
        pytest.param(b"\r\n" * 40_000, id="blank lines"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: ficha\r\n\r\nGET / HTTP/1.1\r\nHost: ficha\r\n" + b"X: 1\r\n" * 101 + b"\r\n",
            id="behind another",
        ),
    ],
)
def test_a_head_is_bounded(url: str, head: bytes) -> None:
    answer = exchange(url, head)
    if answer.startswith(b"HTTP/1.1 200"):  # the request before it is answered; then the connection ends
        assert answer.count(b"HTTP/1.1 200") == 1
    else:
        assert refusal(answer) in ((431, "BAD_REQUEST"), (400, "BAD_REQUEST"))


def test_what_fits_is_taken(url: str) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 600) for number in range(99))
    answer = exchange(url, b"GET / HTTP/1.1\r\nHost: ficha\r\n" + lines + b"\r\nGET / HTTP/1.0\r\n\r\n")
    assert answer.count(b"100 0") == 1
    assert answer.count(b"HTTP/1.1 200 OK") == 2


def test_fifty_megabytes_of_header_cost_nothing(url: str) -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    with connected(url) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ficha\r\nX: ")
        for _ in range(800):
            connection.sendall(b"x" * 65_536)
    assert process.memory_info().rss - before < 20_000_000


@pytest.mark.claims(
    "docs/deployment.md",
    "| first line and headers of a request | 64 kB, 100 lines, 10 s from the connection's opening or the "
    "request's first byte | 431 or 408, closed |",
)
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="silent"),
        pytest.param(b"GET / HT", id="half a line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: ficha\r\n", id="half a head"),
    ],
)
def test_a_head_must_come_in_time(url: str, sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.2)
    assert refusal(exchange(url, sent)) == (408, "REQUEST_TIMEOUT")


def test_a_second_head_must_come_in_time_too(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.2)
    with connected(url) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ficha\r\n\r\n")
        assert read_until(connection, b"1 0").endswith(b"1 0")
        connection.sendall(b"GET / HTTP")
        assert refusal(read_all(connection)) == (408, "REQUEST_TIMEOUT")


def test_dripping_does_not_help(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "HEAD_SECONDS", 0.5)
    for drop in (b"x", b"\r\n"):
        with connected(url) as connection, contextlib.suppress(ConnectionError):
            connection.sendall(b"\r\n" if drop == b"\r\n" else b"GET / HTTP/1.1\r\nX: ")
            connection.settimeout(0.05)
            answer = b""
            while not answer:
                connection.sendall(drop)
                with contextlib.suppress(TimeoutError):
                    answer = connection.recv(4096)
            assert status(answer) == 408


# Bodies.


@pytest.mark.claims(
    "docs/deployment.md",
    "| body | 30 s without a byte, or less than 1 kB/s on average after 30 s | 408, closed |",
)
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(HEAD + b"Content-Length: 100\r\n\r\n{", id="a length"),
        pytest.param(HEAD + b"Content-Length: 100\r\n\r\n", id="nothing of it"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", id="half a chunk"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX: ", id="half a trailer"),
        pytest.param(HEAD + b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n", id="continued"),
    ],
)
def test_a_body_must_come(url: str, sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "BODY_SECONDS", 0.2)
    answer = exchange(url, sent)
    assert refusal(answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")) == (408, "REQUEST_TIMEOUT")


def test_a_dripped_body_is_given_up_and_a_slow_one_is_not(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "BODY_SECONDS", 0.5)
    with connected(url) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
        connection.settimeout(0.02)
        answer = b""
        while not answer:
            connection.sendall(b"x")  # some 50 bytes a second
            with contextlib.suppress(TimeoutError):
                answer = connection.recv(4096)
        connection.settimeout(60)
        assert refusal(answer + read_all(connection)) == (408, "REQUEST_TIMEOUT")
    with connected(url) as connection:
        connection.sendall(HEAD + b"Content-Length: 20000\r\nConnection: close\r\n\r\n")
        connection.settimeout(0.05)
        for _ in range(20):  # a second and more: at least twice as long as a body may be silent
            connection.sendall(b"x" * 1000)
            with contextlib.suppress(TimeoutError):
                connection.recv(1)
        connection.settimeout(60)
        assert b"4 20000" in read_all(connection)


@pytest.mark.claims(
    "docs/deployment.md",
    "| body | 1 MB for `/graphql`; 34 MB on the wire with all of its framing, which may be as much as the"
    " body and 64 kB; 10,000 chunks | 413, closed |",
)
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"Content-Length: 99999999999\r\n\r\n", id="a length"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 400_000, id="an extension"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 300_000 + b"\r\na\r\n", id="a long extension"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"x" * 400_000, id="a trailer"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: 1\r\n" * 60_000, id="trailers"),
        pytest.param(b"Content-Length: " + b"9" * 40 + b"\r\n\r\n", id="more than a number"),
    ],
)
def test_what_surrounds_a_body_is_bounded(url: str, sent: bytes) -> None:
    assert refusal(exchange(url, HEAD + sent)) in ((413, "BAD_REQUEST"), (400, "BAD_REQUEST"))


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("path", "piece"),
    [
        pytest.param(b"/graphql", b"1\r\na\r\n", id="of a byte"),
        pytest.param(b"/graphql", b"5\r\naaaaa\r\n", id="as much as their frames"),
        pytest.param(b"/graphql", b"20\r\n" + b"a" * 32 + b"\r\n", id="of 32 bytes"),
        pytest.param(b"/graphql", b"1;x=" + b"y" * 500 + b"\r\na\r\n", id="with extensions"),
        pytest.param(b"/unread", b"1\r\na\r\n", id="unread"),
        pytest.param(b"/unread", b"4000\r\n" + b"a" * 16_384 + b"\r\n", id="unread and large"),
    ],
)
def test_a_body_of_crumbs_is_soon_refused(path: bytes, piece: bytes) -> None:
    """Each chunk takes as long as a hundred kilobytes of one: their number is bounded, in one read as well."""
    with listening(echo) as url, connected(url) as connection:
        spent, before = 0, time.process_time()
        flood = piece * (65_536 // len(piece))
        with contextlib.suppress(ConnectionError):
            connection.sendall(CHUNKED.replace(b"/graphql", path))
            while spent < 30_000_000:
                connection.sendall(flood)
                spent += len(flood)
        assert time.process_time() - before < 0.5
        assert spent < 10_000_000  # the rest is what the system's buffers hold
        answer = read_all(connection)
        assert status(answer) in (401, 413) or not answer


def test_a_body_in_small_parts_is_taken(url: str) -> None:
    parts = b"".join(b"%x\r\n%s\r\n" % (n % 40 + 1, b"a" * (n % 40 + 1)) for n in range(front.MOST_CHUNKS - 1))
    answer = exchange(url, CHUNKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + parts + b"0\r\n\r\n")
    assert status(answer) == 200


@pytest.mark.claims(
    "docs/deployment.md",
    "| body of a request that is answered without it | 1 MB and 5 s after the answer | closed |",
)
def test_a_body_that_nobody_wants_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its request was answered for its head: dripping on holds the connection no longer."""
    monkeypatch.setattr(front, "_REST_SECONDS", 0.2)
    with listening(echo) as url, connected(url) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(HEAD.replace(b"/graphql", b"/unread") + b"Content-Length: 100000\r\n\r\n{")
        assert status(connection.recv(4096)) == 401
        connection.settimeout(0.02)
        while True:
            connection.sendall(b"x")
            with contextlib.suppress(TimeoutError):
                if not connection.recv(4096):
                    break


def test_what_follows_an_unwanted_body_is_answered(url: str) -> None:
    with connected(url) as connection:
        connection.sendall(HEAD.replace(b"/graphql", b"/unread") + b"Content-Length: 100000\r\n\r\n{")
        assert status(read_until(connection, b"\r\n\r\n")) == 401
        connection.sendall(b"x" * 99_999)
        for _ in range(2):
            connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{")
            connection.sendall(b"}")
            assert read_until(connection, b"3 2").endswith(b"3 2")


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_responses_are_sent_at_once(loop: str) -> None:
    """Of sockets made as `ficha serve` makes its own, too."""
    server = Server(echo, Settings.from_env({}), loop)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        assert server.done_starting.wait(60)
        with connected(f"http://127.0.0.1:{listener.getsockname()[1]}") as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert status(connection.recv(4096)) == 200
            [served] = server.server_state.connections
            accepted: Any = served.transport.get_extra_info("socket")  # type: ignore[union-attr]
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    finally:
        server.should_exit = True
        thread.join()


def test_trailers_are_no_headers(url: str) -> None:
    chunked = HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = exchange(url, chunked + b"2\r\nab\r\n0\r\nAuthorization: Bearer x\r\n\r\n")
    assert answer.endswith(b"4 2")


# Framing.


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost:\r\n\r\n", id="an empty host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", id="two hosts"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", id="a host twice"),
        pytest.param(b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", id="two hosts of 1.0"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", id="a path in the host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", id="a user in the host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", id="half a host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a:99999999\r\n\r\n", id="no port"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", id="a blank in the host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\xc3\xb1o\r\n\r\n", id="bytes in the host"),
        pytest.param(HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="CL and TE"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", id="TE and CL"),
        pytest.param(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", id="two lengths"),
        pytest.param(HEAD + b"Content-Length: -1\r\n\r\n", id="a negative length"),
        pytest.param(HEAD + b"Content-Length: +2\r\n\r\n{}", id="a signed length"),
        pytest.param(HEAD + b"Content-Length: 0x2\r\n\r\n{}", id="a length in hex"),
        pytest.param(HEAD + b"Content-Length: 2, 2\r\n\r\n{}", id="a list of lengths"),
        pytest.param(HEAD + b"Transfer-Encoding: gzip\r\n\r\n", id="another coding"),
        pytest.param(HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", id="a coding like chunked"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", id="chunked and more"),
        pytest.param(HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", id="a blank before the colon"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\nx\r\n\r\n", id="no size of a chunk"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", id="a negative chunk"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 20 + b"\r\n", id="a huge chunk"),
        pytest.param(b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="chunks in 1.0"),
        pytest.param(b"GET / HTTP/1.1\nHost: a\n\n", id="bare line feeds"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", id="a folded line"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\0\r\n\r\n", id="a zero byte"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX y: 1\r\n\r\n", id="a blank in a name"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n", id="no name"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", id="no colon"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\rY: 2\r\n\r\n", id="a bare return"),
        pytest.param(b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", id="another version"),
        pytest.param(b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n", id="another method"),
        pytest.param(b"GET http://ficha HTTP/1.1\r\nHost: ficha\r\n\r\n", id="an address without a path"),
        pytest.param(b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", id="bytes in the path"),
        pytest.param(b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", id="a tunnel"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="HTTP/2"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="TLS"),
    ],
)
def test_bad_framing_is_refused(url: str, sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "BODY_SECONDS", 0.5)
    assert refusal(exchange(url, sent)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET http://other/graphql?1 HTTP/1.1\r\nHost: ficha\r\nConnection: close\r\n\r\n",
        b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: ficha\r\nConnection: close\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: ficha\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [::1]:8000\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: ficha\r\nX: \xff\xfe\r\nConnection: close\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_what_is_odd_but_sound_is_answered(url: str, sent: bytes) -> None:
    assert status(exchange(url, sent)) == 200


def test_what_asks_for_another_protocol_is_answered_in_this_one(url: str) -> None:
    """curl --http2 does so at its first request, and goes on with the connection."""
    asks = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n"
    with connected(url) as connection:
        connection.sendall(asks)
        assert status(connection.recv(4096)) == 200
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert status(read_all(connection)) == 200


@pytest.mark.claims(
    "docs/deployment.md",
    "| requests sent without waiting for their responses | 16 | closed |",
)
def test_a_flood_of_requests_at_once_is_cut_off(url: str) -> None:
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    few = exchange(url, request * 10 + b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert few.count(b"HTTP/1.1 200 OK") == 11
    assert exchange(url, request * 100_000).count(b"HTTP/1.1 200 OK") < 1000


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("requests", [1, 2, 5])
def test_who_leaves_is_no_fault_of_ours(loop: str, requests: int, caplog: pytest.LogCaptureFixture) -> None:
    """With requests behind the one that is being answered, too."""
    asked, left, sent = threading.Event(), threading.Event(), threading.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await echo(scope, receive, send)
            return
        asked.set()
        await asyncio.to_thread(left.wait, 60)
        try:
            await receive()
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
            await send({"type": "http.response.body", "body": b"x"})
        finally:
            sent.set()

    server = Server(slow, Settings.from_env({}), loop)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert server.done_starting.wait(60)
        with connected(server.url) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * requests)
            assert asked.wait(60)
            [served] = server.server_state.connections
            # As the operating system does where the client has gone, and Ficha where it wants the place.
            server.servers[0].get_loop().call_soon_threadsafe(served.transport.abort)  # type: ignore[union-attr]
            assert read_all(connection) == b""
        left.set()
        assert sent.wait(60)
    finally:
        server.should_exit = True
        thread.join()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


# Connections.


@pytest.mark.claims(
    "docs/deployment.md",
    "| connections | `FICHA_MAX_CONNECTIONS`; a new one replaces the one that has waited longest without "
    "a request | 503 `OVERLOADED` if all have one |",
)
def test_a_new_connection_takes_the_place_of_the_idle_one() -> None:
    with bounded(max_connections=5) as url, ExitStack() as stack:
        held = [stack.enter_context(connected(url)) for _ in range(20)]
        for connection in held:
            with contextlib.suppress(ConnectionError):
                connection.sendall(b"GET / HT")
        # All of them wait for a head: whoever asks is answered.
        for _ in range(10):
            assert status(exchange(url, b"GET / HTTP/1.0\r\n\r\n")) == 200


def test_one_connection_too_many_is_told_so() -> None:
    with bounded(max_connections=3) as url, ExitStack() as stack:
        for _ in range(3):
            busy = stack.enter_context(connected(url))
            busy.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
        deadline = time.monotonic() + 60
        while (answer := exchange(url, b"GET / HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200"):
            assert time.monotonic() < deadline
        assert refusal(answer) == (503, "OVERLOADED")
        assert b"\r\nretry-after: 1\r\n" in answer
        stack.close()
        while status(exchange(url, b"GET / HTTP/1.0\r\n\r\n")) != 200:
            assert time.monotonic() < deadline


@pytest.mark.claims(
    "docs/deployment.md",
    "| connections of one address (IPv6: /64) | `FICHA_MAX_CONNECTIONS_PER_ADDRESS`; not for proxies "
    "named in `FORWARDED_ALLOW_IPS` | 503 `OVERLOADED` |",
)
def test_one_address_has_a_number_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "192.0.2.1")
    with bounded(max_connections_per_address=3) as url, ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(connected(url))
        # Both sides of the loopback are one address here.
        assert refusal(exchange(url, b"GET / HTTP/1.0\r\n\r\n")) == (503, "OVERLOADED")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "127.0.0.1")  # a proxy speaks for many
    with bounded(max_connections_per_address=3) as url, ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(connected(url))
        assert status(exchange(url, b"GET / HTTP/1.0\r\n\r\n")) == 200


@pytest.mark.claims(
    "docs/operating.md",
    "| a client reads a response too slowly | it is cut off after 30 s with less than 1 kB/s; a file holds no thread "
    "and no connection to the store meanwhile |",
)
@pytest.mark.claims(
    "docs/deployment.md",
    "| response that the client does not take | less than 1 kB/s for 30 s | closed |",
)
def test_readers_who_take_nothing_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "READER_SECONDS", 0.6)
    with listening(echo) as url, ExitStack() as stack:
        for ending in (b"keep-alive", b"close"):
            reader = stack.enter_context(socket.socket())
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.settimeout(60)
            reader.connect(("127.0.0.1", int(url.rpartition(":")[2])))
            reader.sendall(b"GET /?50000000 HTTP/1.1\r\nHost: a\r\nConnection: " + ending + b"\r\n\r\n")
            assert reader.recv(15, socket.MSG_WAITALL) == b"HTTP/1.1 200 OK"
            # That the server has let go shows when what it had sent is read: less than all, and then no more.
            ended = psutil.Process()
            deadline = time.monotonic() + 60
            while any(each.laddr.port == reader.getsockname()[1] for each in _of_server(ended, url)):
                assert time.monotonic() < deadline
            assert len(read_all(reader)) < 50_000_000


def _of_server(process: psutil.Process, url: str) -> list[Any]:
    """The server's open connections, seen from the client."""
    port = int(url.rpartition(":")[2])
    return [
        each._replace(laddr=each.raddr)
        for each in process.net_connections("tcp")
        if each.status == "ESTABLISHED" and each.laddr.port == port and each.raddr
    ]


# WebSockets.


def test_a_web_socket_lives_on(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "READER_SECONDS"):
        monkeypatch.setattr(front, name, 0.2)
    opening = (
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with connected(url) as connection:
        connection.sendall(opening)
        assert status(read_until(connection, b"\r\n\r\n")) == 101
        other = exchange(url, b"")  # ends after HEAD_SECONDS
        assert status(other) == 408
        connection.sendall(b"\x89\x80\0\0\0\0")  # a ping
        assert connection.recv(2, socket.MSG_WAITALL) == b"\x8a\x00"


@pytest.mark.parametrize(
    "line",
    [
        b"Sec-WebSocket-Version: 1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX: " + b"x" * 20_000,
    ],
)
def test_a_bad_opening_of_a_web_socket_is_no_fault_of_ours(url: str, line: bytes) -> None:
    opening = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" + line + b"\r\n\r\n"
    assert 400 <= status(exchange(url, opening)) < 500
