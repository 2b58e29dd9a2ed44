"""Pages of other origins: those in the settings are let in, the others are told nothing."""

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from server.settings import Settings
from tests.fixtures import Ficha, serving
from tests.http.test_subscriptions import opened

APP = "https://app.example.mx"
STRANGERS = (
    "https://evil.example",
    "http://app.example.mx",
    "https://app.example.mx:8443",
    f"{APP}.evil.example",
    "null",
)
ASKING = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
QUERY = {"query": "{ __typename }"}


@pytest.fixture(scope="module")
def open_ficha(demo_settings: Settings) -> Generator[Ficha]:
    """A Ficha that pages of one origin may ask."""
    with serving(replace(demo_settings, cors_origins=(APP,), rate_limit="1000/minute")) as ficha:
        yield ficha


def told(response: httpx.Response) -> dict[str, str]:
    """What the answer tells browsers of other origins."""
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-")}


def varies(response: httpx.Response) -> bool:
    """Whether a cache knows that the answer depends on the origin."""
    return "Origin" in response.headers["vary"].split(", ")


@pytest.mark.claims(
    "docs/protocol.md",
    "`FICHA_CORS_ORIGINS` says whose pages may.",
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_of_the_origin_may_ask(open_ficha: Ficha, method: str) -> None:
    asking = {"Origin": APP, **ASKING, "Access-Control-Request-Method": method}
    response = open_ficha.http.options("/graphql", headers=asking)
    assert (response.status_code, varies(response)) == (200, True)
    assert told(response) == {
        "access-control-allow-origin": APP,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "authorization,content-type",
        "access-control-max-age": "86400",
    }


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "QUERY"])
def test_no_page_may_use_other_methods(open_ficha: Ficha, method: str) -> None:
    asking = {"Origin": APP, **ASKING, "Access-Control-Request-Method": method}
    assert open_ficha.http.options("/graphql", headers=asking).status_code == 400


@pytest.mark.parametrize(
    ("method", "given", "known", "status"),
    [
        ("POST", {"json": QUERY}, True, 200),
        ("POST", {"json": {"query": "{"}, "headers": {"Accept": "application/graphql-response+json"}}, True, 400),
        ("POST", {"json": QUERY}, False, 401),
        ("POST", {"content": b"{}", "headers": {"Content-Type": "text/plain"}}, True, 415),
        ("POST", {"json": QUERY, "headers": {"Accept": "text/html"}}, True, 406),
        ("POST", {"json": {"query": "a" * 1_000_000}}, True, 413),
        ("GET", {"params": QUERY}, True, 200),
        ("GET", {"params": {"query": "mutation { __typename }"}}, True, 405),
    ],
)
def test_the_page_reads_every_answer_and_its_headers(
    open_ficha: Ficha, method: str, given: Mapping[str, Any], known: bool, status: int
) -> None:
    """Of an error too: it tells the page what to do."""
    credentials = {"Authorization": f"Bearer {open_ficha.token('admin@demo.mx')}"} if known else {}

    def ask(**more: str) -> httpx.Response:
        headers = credentials | given.get("headers", {}) | more
        return open_ficha.http.request(method, "/graphql", **{**given, "headers": headers})

    mine = ask(Origin=APP)
    assert (mine.status_code, varies(mine)) == (status, True)
    assert told(mine) == {
        "access-control-allow-origin": APP,
        "access-control-expose-headers": (
            "Content-Disposition, Content-Range, ETag, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After,"
            " X-Ficha-Position, X-Request-Id"
        ),
    }
    for stranger in STRANGERS:
        theirs = ask(Origin=stranger)
        assert (theirs.status_code, told(theirs), varies(theirs)) == (status, {}, True)
    nobodys = ask()
    assert (nobodys.status_code, told(nobodys), varies(nobodys)) == (status, {}, True)


def test_an_answer_that_still_holds_says_so_to_the_page(open_ficha: Ficha) -> None:
    headers = {"Authorization": f"Bearer {open_ficha.token('admin@demo.mx')}", "Origin": APP}
    first = open_ficha.http.get("/graphql", params=QUERY, headers=headers)
    again = open_ficha.http.get("/graphql", params=QUERY, headers=headers | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.headers["access-control-allow-origin"], varies(again)) == (304, APP, True)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_other_pages_may_not_ask(open_ficha: Ficha, stranger: str) -> None:
    response = open_ficha.http.options("/graphql", headers={"Origin": stranger, **ASKING})
    assert (response.status_code, told(response), varies(response)) == (400, {}, True)


def test_without_the_setting_no_page_may(live_server: Ficha) -> None:
    for origin in (APP, live_server.url):
        response = live_server.http.options("/graphql", headers={"Origin": origin, **ASKING})
        assert (response.status_code, told(response)) == (405, {})


LOCAL = ("http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:8080")
NOT_LOCAL = (
    "https://localhost:5173",
    "http://localhost.evil.example:5173",
    "http://localhost:5173.evil.example",
    "http://127.0.0.1.evil.example:3000",
    "http://127x0.0.1:3000",
    "http://localhost:",
)


@pytest.mark.claims(
    "docs/protocol.md",
    "Where database and store are the embedded ones, pages of this machine may as well, on any port.",
)
def test_front_ends_of_this_machine_may_ask_the_embedded_servers(demo_settings: Settings) -> None:
    with serving(replace(demo_settings, cors_origins=Settings.from_env({}).cors_origins)) as ficha:
        for origin in LOCAL:
            response = ficha.http.options("/graphql", headers={"Origin": origin, **ASKING})
            assert (response.status_code, told(response)["access-control-allow-origin"]) == (200, origin)
            with opened(ficha, origin=origin) as socket:
                socket.send("ping")
                assert socket.receive() == {"type": "pong"}
        for origin in NOT_LOCAL:
            response = ficha.http.options("/graphql", headers={"Origin": origin, **ASKING})
            assert (response.status_code, told(response)) == (400, {})
            with pytest.raises(InvalidStatus), opened(ficha, origin=origin):
                pass
