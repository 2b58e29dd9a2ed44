"""One form of error on every route and method, an id on every response, and logs that tell nothing of anybody."""

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import Generator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import websockets
from websockets.sync.client import connect

from server.http.access_log import template
from server.settings import Settings
from tests.fixtures import Company, Ficha, global_id, own_process, serving
from tests.hostile.raw import exchange, status
from tests.pages import demand_graphiql, demand_web
from tests.uploading import LINKS, upload

ORIGIN = "https://app.example.mx"
PATHS = [
    "/graphql", "/graphql/", "/graphiql", "/graphiql/", "/graphiql/assets/", "/graphiql/assets/none.js",
    "/graphiql/assets/..%2f..%2findex.html", "/graphiql/assets/%00", "/graphiql/assets/" + "a" * 5000,
    "/documents", "/documents/", "/documents/x", "/documents/x/file", "/documents/%00/view", "/documents/a/b/c",
    "/files", "/files/", "/files/x", "/files/x.1.y", "/files/%ff%00", "/files/a/b",
    "/health", "/health/live", "/health/ready", "/health/live/", "/avatars/ana.svg", "/avatars/ANA.svg", "/avatars/",
    "/logos/", "/logos/a/b.png", "/logos/%00/%00.png",
    "/", "//", "/favicon.ico", "/robots.txt", "/.env", "/%2e%2e/", "/ñ", "/" + "a" * 9000, "*",
]  # fmt: skip
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]


@pytest.fixture(scope="module")
def ficha(demo_settings: Settings) -> Generator[Ficha]:
    """A Ficha with an origin and GraphiQL."""
    with serving(replace(demo_settings, cors_origins=(ORIGIN,), graphiql=True)) as ficha:
        yield ficha


def ask(ficha: Ficha, method: str, path: str, *headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in lower case and body."""
    lines = "".join(f"{line}\r\n" for line in headers)
    target = path.encode() if path.isascii() else path.encode("utf-8")
    sent = method.encode() + b" " + target + f" HTTP/1.1\r\nHost: ficha\r\nConnection: close\r\n{lines}\r\n".encode()
    head, _, body = exchange(ficha.url, sent).partition(b"\r\n\r\n")
    fields = [line.partition(b": ") for line in head.split(b"\r\n")[1:]]
    names = [name.decode().lower() for name, _, _ in fields]
    assert len(names) == len(set(names)), names
    return status(head), {name.decode().lower(): value.decode() for name, _, value in fields}, body


@pytest.mark.claims(
    "README.md",
    "Each has a stable `extensions.code`.",
)
@pytest.mark.claims(
    "docs/errors.md",
    "Every response outside of `/graphql` that is an error has the same form, and so has every refused "
    "handshake of a WebSocket.",
)
@pytest.mark.parametrize("method", METHODS)
def test_every_route_and_method_has_an_id_and_one_form(ficha: Ficha, method: str) -> None:
    for path in PATHS:
        code, headers, body = ask(ficha, method, path, "X-Request-Id: mine-1", f"Origin: {ORIGIN}")
        where = (method, path[:60], code, body[:200])
        assert 200 <= code < 500, where
        # What is no sound HTTP is answered before anyone reads the headers.
        assert headers["x-request-id"] == "mine-1" or (code == 400 and headers["connection"] == "close"), where
        if code >= 400 and method != "HEAD":
            assert headers["content-type"].startswith("application/json"), where
            [error] = json.loads(body)["errors"]
            assert error["message"], where
            assert re.fullmatch("[A-Z_]+", error["extensions"]["code"]), where
        if code == 405:
            assert headers["allow"], where


@pytest.mark.parametrize(
    ("method", "path", "expected", "code", "allow"),
    [
        ("PUT", "/graphql", 405, "METHOD_NOT_ALLOWED", "GET, HEAD, POST"),
        ("DELETE", "/files/x", 405, "METHOD_NOT_ALLOWED", "GET, HEAD"),
        ("POST", "/documents/x/file", 405, "METHOD_NOT_ALLOWED", "GET, HEAD"),
        ("GET", "/documents/x/file", 401, "UNAUTHENTICATED", None),
        ("POST", "/health/live", 405, "METHOD_NOT_ALLOWED", "GET, HEAD"),
        ("POST", "/graphiql", 405, "METHOD_NOT_ALLOWED", "GET, HEAD"),
        ("GET", "/nothing", 404, "NOT_FOUND", None),
        ("GET", "/files/x", 403, "LINK_INVALID", None),
    ],
)
def test_the_code_says_what_was_wrong(
    ficha: Ficha, method: str, path: str, expected: int, code: str, allow: str | None
) -> None:
    found, headers, body = ask(ficha, method, path)
    assert (found, json.loads(body)["errors"][0]["extensions"]["code"], headers.get("allow")) == (expected, code, allow)
    assert re.fullmatch("[0-9a-f]{32}", headers["x-request-id"])


def test_preflights_have_an_id(ficha: Ficha) -> None:
    asks = ("Access-Control-Request-Method: POST", "X-Request-Id: p-1")
    found, headers, _ = ask(ficha, "OPTIONS", "/graphql", f"Origin: {ORIGIN}", *asks)
    assert (found, headers["x-request-id"], headers["access-control-allow-origin"]) == (200, "p-1", ORIGIN)
    found, headers, body = ask(ficha, "OPTIONS", "/graphql", "Origin: https://evil.example", *asks)
    assert (found, headers["x-request-id"]) == (400, "p-1")
    assert json.loads(body)["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert "access-control-allow-origin" not in headers


@pytest.mark.claims(
    "docs/errors.md",
    "Every response has an `X-Request-Id`: the client's own, if it sent one of 1 to 64 letters, digits, "
    "dots, dashes or underscores; else the trace id of its `traceparent`.",
)
def test_an_id_that_could_be_anything_is_replaced(ficha: Ficha) -> None:
    for given in ("a" * 65, "a b", "ñ", "<x>", ""):
        for path in ("/graphql", "/health/live", "/none"):
            _, headers, _ = ask(ficha, "GET", path, f"X-Request-Id: {given}")
            assert re.fullmatch("[0-9a-f]{32}", headers["x-request-id"])


# WebSockets.

VERSION, KEY = b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
STRANGER = b"Origin: https://evil.example"


@pytest.mark.claims(
    "docs/errors.md",
    "and so has every refused handshake of a WebSocket.",
    "Every response has an `X-Request-Id`: the client's own,",
)
@pytest.mark.claims("README.md", "Every response carries `X-Request-Id`")
@pytest.mark.claims("docs/protocol.md", "A handshake that opens no WebSocket is refused in the form of [all errors]")
@pytest.mark.parametrize(
    ("line", "headers", "expected", "code"),
    [
        ("GET /graphql", [VERSION, KEY, STRANGER], 403, "BAD_REQUEST"),
        ("GET /nothing", [VERSION, KEY], 404, "NOT_FOUND"),
        ("GET /files/x", [VERSION, KEY], 404, "NOT_FOUND"),
        ("GET /graphiql/assets/x.js", [VERSION, KEY], 404, "NOT_FOUND"),
        ("GET /health/live", [VERSION, KEY, STRANGER], 404, "NOT_FOUND"),
        ("POST /graphql", [VERSION, KEY], 405, "BAD_REQUEST"),
        ("GET /graphql", [b"Sec-WebSocket-Version: 8", KEY], 400, "BAD_REQUEST"),
        ("GET /graphql", [KEY], 400, "BAD_REQUEST"),
        ("GET /graphql", [VERSION], 400, "BAD_REQUEST"),
        ("GET /graphql", [VERSION, b"Sec-WebSocket-Key: short"], 400, "BAD_REQUEST"),
        ("GET /graphql", [VERSION, KEY, KEY], 400, "BAD_REQUEST"),
        ("GET /graphql", [VERSION, KEY, b"Sec-WebSocket-Extensions: ,;=,"], 400, "BAD_REQUEST"),
    ],
)
def test_a_handshake_that_is_refused_has_an_id_and_the_one_form(
    ficha: Ficha, line: str, headers: list[bytes], expected: int, code: str
) -> None:
    opening = [line.encode() + b" HTTP/1.1", b"Host: a", b"Connection: Upgrade", b"Upgrade: websocket", *headers]
    for given, kept in (("mine-1", "mine-1"), ("a b", "[0-9a-f]{32}")):
        sent = b"\r\n".join([*opening, b"X-Request-Id: " + given.encode(), b"", b""])
        head, _, body = exchange(ficha.url, sent).partition(b"\r\n\r\n")
        [error] = json.loads(body)["errors"]
        assert (status(head), error["extensions"]["code"], bool(error["message"])) == (expected, code, True)
        lines = head.lower().split(b"\r\n")
        assert b"content-type: application/json" in lines
        [id] = [line.partition(b": ")[2].decode() for line in lines if line.startswith(b"x-request-id: ")]
        assert re.fullmatch(kept, id)


@pytest.mark.claims("docs/errors.md", "Every response has an `X-Request-Id`: the client's own,")
def test_a_handshake_that_is_answered_has_an_id(ficha: Ficha) -> None:
    address = ficha.url.replace("http", "ws") + "/graphql"
    with connect(address, additional_headers={"X-Request-Id": "mine-1"}, proxy=None) as socket:
        assert socket.response
        assert socket.response.headers.get_all("X-Request-Id") == ["mine-1"]


# Logs.


def test_the_access_log_knows_templates_only() -> None:
    assert [template(path) for path in ("/graphql", "/files/abc.1.x", "/avatars/ana.svg", "/graphiql/assets/x.js")] == [
        "/graphql", "/files/{link}", "/avatars/{name}", "/graphiql/assets/{file}",
    ]  # fmt: skip
    assert template("/documents/file_x/view") == "/documents/{id}"
    assert [template(path) for path in ("/", "/app", "/app/assets/x.js", "/app/clientes/ana")] == [
        "/", "/app", "/app/assets/{file}", "/app/{path}",
    ]  # fmt: skip
    assert {template(path) for path in ("/graphql/x", "/ana@example.mx", "/filesx")} == {"*"}


@pytest.mark.claims(
    "docs/documents.md",
    "Anyone with a link can read the file, so treat it like the file; Ficha does not log it.",
)
@pytest.mark.claims(
    "docs/operating.md",
    "With `FICHA_LOG_LEVEL=info` each response is one line: method, template of the path, status, request"
    " id, as `GET /files/{link} 200 5f0c…`.",
)
@pytest.mark.claims(
    "README.md",
    "Every response carries `X-Request-Id`, which is also in the log.",
)
def test_logs_hold_no_secrets(ficha: Ficha, owner: Any, caplog: pytest.LogCaptureFixture) -> None:
    """At the level at which libraries say most."""
    names = ("", "ficha", "ficha.access", "uvicorn", "uvicorn.error", "uvicorn.asgi", "websockets", "websockets.server")
    with contextlib.ExitStack() as stack:
        for name in names:
            stack.enter_context(caplog.at_level(logging.DEBUG, name))
        mine = Company(ficha, owner)
        document = upload(mine, b"texto", clientId=global_id_of(mine))["document"]
        link = mine.ask(LINKS, id=document["id"]).data["document"]["downloadUrl"]
        token = ficha.token(mine.email(next(iter(mine.people))))
        http = ficha.http
        http.get(link)
        http.get("/graphql", params={"query": "{ viewer { permissions } }", "secreto": "unico-1"})
        http.get(f"/{token}", headers={"Authorization": f"Bearer {token}"})
        http.get("/graphql?query=%7B", headers={"Authorization": f"Bearer {token}"})
        exchange(ficha.url, b"GET /unico-2?x HTTP/1.1\r\nHost: a b\r\n\r\n")
        asyncio.run(converse(ficha.url, token))
    text = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith(("ficha", "uvicorn")))
    assert "GET /files/{link} 200" in text
    signature = link.rpartition(".")[2]
    for secret in (token, signature, urlsplit(link).path, "unico-1", "unico-2", "unico-3", "permissions"):
        assert secret not in text, secret
    addressed = {record.name for record in caplog.records if "127.0.0.1" in record.getMessage()}
    assert not {name for name in addressed if name.startswith("uvicorn") or name == "ficha.access"}


def test_the_log_of_a_process_holds_no_secrets(ficha: Ficha, owner: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """Where uvicorn has configured its own logging."""
    mine = Company(ficha, owner)
    token = ficha.token(mine.email(next(iter(mine.people))))
    with own_process(ficha.settings, FICHA_LOG_LEVEL="debug") as (running, url):
        asyncio.run(converse(url, token))
        assert httpx.get(f"{url}/graphql?query=unico-4", trust_env=False).status_code == 401
        running.terminate()
        assert running.stdout
        log = running.stdout.read() + capfd.readouterr().err
    assert "GET /graphql 401" in log
    for secret in (token, "unico-3", "unico-4"):
        assert secret not in log, secret


def global_id_of(company: Company) -> str:
    from models import Client

    return global_id(Client, company.client())


async def converse(url: str, token: str) -> None:
    """Opens a WebSocket and introduces itself."""
    address = url.replace("http", "ws") + "/graphql?secreto=unico-3"
    async with websockets.connect(address, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"


# The demo's tokens in the pages.

PAGES = pytest.mark.parametrize("path", ["/graphiql", "/app"])


@pytest.fixture(scope="module")
def demo(demo_settings: Settings) -> Generator[Ficha]:
    """A Ficha with both pages."""
    with serving(replace(demo_settings, graphiql=True, web=True)) as ficha:
        yield ficha


@PAGES
@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LocalHost:8000",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.9.8.7:1",
        "[::1]",
        "[::1]:8000",
        "[::ffff:127.0.0.1]",
    ],
)
def test_a_page_knows_the_tokens_at_home(demo: Ficha, path: str, host: str) -> None:
    answer = page(demo, path, host)
    assert (answer.status_code, has_token(answer.text), answer.headers["cache-control"]) == (200, True, "no-store")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@PAGES
@pytest.mark.parametrize(
    "host",
    [
        "evil.mx", "127.0.0.1.evil.mx", "localhost.evil.mx", "evil.mx:8000", "localhost.", "127.0.0.1.", "127.1",
        "2130706433", "0.0.0.0:80", "10.0.0.1", "[::]", "[::ffff:10.0.0.1]", "127.0.0.1.nip.io", "xlocalhost",
        "api.example.mx", "128.0.0.1", "127.999.999.999", "[::1].evil.mx", "0127.0.0.1",
    ],
)  # fmt: skip
def test_a_page_has_no_token_elsewhere(demo: Ficha, path: str, host: str) -> None:
    answer = page(demo, path, host)
    assert (answer.status_code == 400) or (answer.status_code, has_token(answer.text)) == (200, False)


@PAGES
@pytest.mark.parametrize(
    "line", ["", "Host: user@localhost", "Host: localhost, evil.mx", "Host: localhost\r\nHost: evil.mx"]
)
def test_a_page_has_no_token_without_a_sound_host(demo: Ficha, path: str, line: str) -> None:
    lines = f"{line}\r\n" if line else ""
    for version in ("1.1", "1.0"):
        answer = exchange(demo.url, f"GET {path} HTTP/{version}\r\n{lines}Connection: close\r\n\r\n".encode())
        assert not has_token(answer.decode("utf-8", "replace"))


@PAGES
@pytest.mark.claims(
    "docs/security.md",
    "GraphiQL and the client page hold tokens of the demo's people, the administrator among them, only where the "
    "request's `Host` is a loopback address or the host of `FICHA_PUBLIC_URL`; under any other name, as a page of "
    "another site can give this machine, and behind a proxy that names itself (`Forwarded`, `X-Forwarded-…`, "
    "`X-Real-IP`, `Via`), or from another machine, they have none.",
)
def test_a_page_has_no_token_through_a_proxy_but_on_its_own_name(demo_settings: Settings, path: str) -> None:
    def shows(ficha: Ficha, host: str, **headers: str) -> bool:
        return has_token(page(ficha, path, host, **headers).text)

    pages = replace(demo_settings, graphiql=True, web=True)
    with serving(replace(pages, public_url="https://Api.Example.MX:8443")) as ficha:
        assert shows(ficha, "api.example.mx")
        assert shows(ficha, "API.example.mx:8443")
        assert not shows(ficha, "api.example.mx.evil.mx")
        assert not shows(ficha, "apiXexample.mx")
        for name in ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via", "Forwarded"):
            assert not shows(ficha, "localhost", **{name: "192.0.2.1"})
    with serving(replace(pages, demo=False)) as ficha:
        assert not shows(ficha, "localhost")


def has_token(text: str) -> bool:
    """Whether a page is filled in with a token: that of the administrator, or of somebody to see the demo as."""
    return "Bearer " in text or '"token": "' in text


def page(ficha: Ficha, path: str, host: str, **headers: str) -> httpx.Response:
    demand_graphiql()
    demand_web()
    return ficha.http.get(path, headers={"Host": host, **headers})
