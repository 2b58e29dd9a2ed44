"""What the server says in the client page, under which policy, and where the page is."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from server.access.tokens import Persona
from server.http.web import web_routes

PERSONA = Persona(name="Ana </script>", role="ADMIN", email="ana@demo.mx", token="eyJ")
TEMPLATE = (
    '<meta property="csp-nonce" nonce="{{nonce}}"><script type="application/json" id="ficha">{{ficha}}</script>'
    '<script type="module" src="./assets/index-HASH.js"></script>'
)


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(TEMPLATE)
    (tmp_path / "assets" / "index-HASH.js").write_text("export {}")
    return tmp_path


def get(
    path: str, dist: Path, base_url: str = "http://127.0.0.1:8000", origin: str | None = None, **values: Any
) -> httpx.Response:
    arguments: dict[str, Any] = {"store": "http://127.0.0.1:8333", "personas": lambda: [PERSONA], **values}
    app = Starlette(routes=web_routes(dist=dist, **arguments))

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url) as client:
            return await client.get(path, headers={"Origin": origin} if origin else {})

    return asyncio.run(ask())


def start_of(text: str) -> dict[str, Any]:
    return json.loads(re.findall(r'id="ficha">(.*?)</script>', text)[0])


@pytest.mark.claims("README.md", "Open <http://127.0.0.1:8000/>: it leads to the client page at `/app`.")
def test_the_root_leads_to_the_page(dist: Path) -> None:
    response = get("/", dist)
    assert (response.status_code, response.headers["location"]) == (307, "/app")


@pytest.mark.parametrize("path", ["/app", "/app/", "/app/clients/cli_1/billing"])
def test_every_address_below_is_the_page(dist: Path, path: str) -> None:
    response = get(path, dist)
    assert response.status_code == 200
    assert 'src="/app/assets/index-HASH.js"' in response.text
    start = start_of(response.text)
    assert (start["base"], start["graphql"], start["graphiql"]) == ("/app", "/graphql", "")
    assert start["personas"] == [PERSONA]


def test_the_policy_names_this_server_the_store_and_the_issuers(dist: Path) -> None:
    issuers = [{"issuer": "https://id.example.mx/realm", "client": "ficha"}]
    response = get("/app", dist, issuers=issuers)
    nonce = re.findall(r'nonce="([^"]+)"', response.text)[0]
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "connect-src": "'self' http://127.0.0.1:8333 https://id.example.mx",
        "style-src": f"'self' 'nonce-{nonce}'",
        "img-src": "'self' data: blob:",
        "frame-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert response.headers["cache-control"] == "no-store"
    assert get("/app", dist).text != get("/app", dist).text  # a nonce is of one response


def test_files_are_shown_from_where_their_links_lead(dist: Path) -> None:
    response = get("/app", dist, files=["https://ficha.example.mx", "https://files.example.mx/ficha"])
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy["img-src"] == "'self' data: blob: https://ficha.example.mx https://files.example.mx"
    assert policy["frame-src"] == "'self' https://ficha.example.mx https://files.example.mx"
    assert policy["script-src"] == "'self'"


@pytest.mark.parametrize(
    ("base_url", "host", "shown"),
    [
        ("http://localhost:8000", None, True),
        ("http://ficha.example.mx", "ficha.example.mx", True),
        ("http://other.example.mx", "ficha.example.mx", False),
    ],
)
def test_tokens_are_for_this_machine_and_the_servers_own_name(
    dist: Path, base_url: str, host: str | None, shown: bool
) -> None:
    start = start_of(get("/app", dist, base_url, host=host).text)
    assert start["personas"] == ([PERSONA] if shown else [])


@pytest.mark.claims(
    "docs/security.md", "Scripts of other origins, those of `FICHA_CORS_ORIGINS` included, get no token either."
)
def test_a_script_of_another_origin_reads_no_token(dist: Path) -> None:
    response = get("/app", dist, origin="http://localhost:5173")
    assert (response.status_code, start_of(response.text)["personas"]) == (200, [])


def test_until_it_is_built_the_page_is_unavailable(tmp_path: Path) -> None:
    response = get("/app", tmp_path / "nothing")
    assert response.status_code == 503
    assert response.json()["errors"][0]["message"] == "La página no está construida: ejecute make web."
    assert get("/app/assets/index-HASH.js", tmp_path / "nothing").status_code == 404


def test_assets_are_cached_for_good(dist: Path) -> None:
    response = get("/app/assets/index-HASH.js", dist)
    assert (response.status_code, response.text) == (200, "export {}")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
