"""What the server answers for GraphiQL, before any browser runs it."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from server.http.graphiql import graphiql_routes


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A build of two files; next to it lies one that is nobody's business."""
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text('<script type="application/json" id="ficha">{{ficha}}</script>')
    (dist / "assets" / "main-HASH.js").write_text("export {}")
    (tmp_path / "secret").write_text("secret")
    return dist


@pytest.fixture
def operations(tmp_path: Path) -> Path:
    operations = tmp_path / "operations"
    operations.mkdir()
    return operations


def get(path: str, dist: Path, operations: Path, token: str | None = None, **headers: str) -> httpx.Response:
    app = Starlette(routes=graphiql_routes(dist=dist, operations=operations, token=lambda: token))

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


def start_of(response: httpx.Response) -> dict[str, Any]:
    """What the page opens with, cut out as a browser does: up to the first end of a script."""
    data = re.search(r'id="ficha">(.*?)</script', response.text, re.DOTALL)
    assert data
    return json.loads(data[1])


def test_page_hands_over_the_operations_and_the_token(dist: Path, operations: Path) -> None:
    (operations / "billing.graphql").write_text("query ClientBilling { a }")
    (operations / "client_detail.graphql").write_text("query ClientDetail($id: ID!) { a }")
    (operations / "client_detail.variables.json").write_text('{"id": "Ñ"}')

    response = get("/graphiql", dist, operations, token="t0k3n")

    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert start_of(response) == {
        "url": "/graphql",
        "accept": "/invitations/accept",
        "issuers": [],
        "headers": {"Authorization": "Bearer t0k3n"},
        "personas": [],
        "clientPage": "",
        "operations": [
            {
                "name": "client_detail",
                "title": "ClientDetail",
                "kind": "query",
                "purpose": "",
                "query": "query ClientDetail($id: ID!) { a }",
                "variables": '{"id": "Ñ"}',
            },
            {
                "name": "billing",
                "title": "ClientBilling",
                "kind": "query",
                "purpose": "",
                "query": "query ClientBilling { a }",
                "variables": "",
            },
        ],
    }


def test_page_without_a_token_fills_in_no_header(dist: Path, operations: Path) -> None:
    assert start_of(get("/graphiql", dist, operations)) == {
        "url": "/graphql",
        "accept": "/invitations/accept",
        "issuers": [],
        "headers": None,
        "personas": [],
        "clientPage": "",
        "operations": [],
    }


def test_an_operation_cannot_break_out_of_its_script(dist: Path, operations: Path) -> None:
    query = "# </script><script>alert(1)</script><!--\n{ a }"
    (operations / "evil.graphql").write_text(query)

    response = get("/graphiql", dist, operations)

    assert start_of(response)["operations"][0]["query"] == query
    assert response.text.count("<script") == 1


def test_an_unbuilt_page_says_what_to_run(tmp_path: Path, operations: Path) -> None:
    response = get("/graphiql", tmp_path / "nothing", operations)

    assert response.status_code == 503
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert get("/graphiql/assets/main-HASH.js", tmp_path / "nothing", operations).status_code == 404


def test_assets_are_cached_for_good(dist: Path, operations: Path) -> None:
    asset = "/graphiql/assets/main-HASH.js"

    response = get(asset, dist, operations)

    assert (response.status_code, response.text) == (200, "export {}")
    assert response.headers["content-type"].partition(";")[0] in ("text/javascript", "application/javascript")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = get(asset, dist, operations, **{"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")


@pytest.mark.parametrize("path", ["../index.html", "..%2findex.html", "%2e%2e/%2e%2e/secret", "..%2f..%2fsecret", ""])
def test_assets_end_at_their_folder(path: str, dist: Path, operations: Path) -> None:
    assert get(f"/graphiql/assets/{path}", dist, operations).status_code == 404
