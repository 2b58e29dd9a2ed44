"""The API's addresses in a browser: GraphiQL or a page in the place of an error, and the schema as text."""

from dataclasses import replace
from typing import Any

import pytest
from graphql import build_schema

from schema import sdl
from tests.fixtures import Ficha, serving
from tests.http.test_error_page import BROWSER

PAGE = {"Accept": BROWSER}


@pytest.mark.claims("docs/protocol.md", "A browser that opens `/graphql` without a query is led to GraphiQL")
def test_a_browser_is_led_to_graphiql(demo_settings: Any) -> None:
    with serving(replace(demo_settings, graphiql=True)) as ficha:
        opened = ficha.http.get("/graphql", headers=PAGE)
        assert (opened.status_code, opened.headers["location"]) == (303, "/graphiql")
        assert "Accept" in opened.headers["vary"]
        # What asks as a program is answered as one, and so is a link with a query in it.
        assert ficha.http.get("/graphql").status_code == 401
        assert ficha.http.get("/graphql", params={"query": "{ __typename }"}, headers=PAGE).status_code == 401
        assert ficha.http.post("/graphql", json={"query": "{ __typename }"}, headers=PAGE).status_code == 401


@pytest.mark.claims("docs/protocol.md", "or, where that is not served, reads what the address is for.")
@pytest.mark.parametrize(
    ("language", "title"),
    [("es-MX", "Esta es una API de GraphQL"), ("en", "This is a GraphQL API")],
)
def test_without_graphiql_a_browser_reads_what_the_address_is_for(
    demo_settings: Any, language: str, title: str
) -> None:
    with serving(replace(demo_settings, graphiql=False)) as ficha:
        opened = ficha.http.get("/graphql", headers=PAGE | {"Accept-Language": language})
        assert (opened.status_code, opened.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert f"<h1>{title}</h1>" in opened.text


@pytest.mark.claims("docs/protocol.md", "`GET /schema.graphql` is the schema of this version as text")
def test_the_schema_is_text_that_a_browser_shows(live_server: Ficha) -> None:
    shown = live_server.http.get("/schema.graphql", headers=PAGE)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert shown.text == f"{sdl().rstrip()}\n"
    assert build_schema(shown.text).query_type
    again = live_server.http.get("/schema.graphql", headers={"If-None-Match": shown.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.claims("docs/protocol.md", "with `FICHA_INTROSPECTION=off` there is none.")
def test_without_introspection_there_is_no_schema(demo_settings: Any) -> None:
    with serving(replace(demo_settings, introspection=False)) as ficha:
        assert ficha.http.get("/schema.graphql").status_code == 404
