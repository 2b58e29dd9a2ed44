"""GraphiQL on the demo, the network cut: it loads, answers ClientDetail, documents and explores the schema."""

from typing import Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import GraphiQL


class LiveServer(Protocol):
    """What the fixture `live_server` gives: a running Ficha with the demo data."""

    @property
    def url(self) -> str: ...


@pytest.mark.claims(
    "README.md",
    "GraphiQL opens with one tab for each file of [`operations/`](operations/README.md) and the token "
    "filled in; it loads nothing from other machines.",
)
def test_client_detail_runs_with_the_network_cut(page: Page, live_server: LiveServer) -> None:
    graphiql = GraphiQL(page, live_server.url)

    expect(page).to_have_title("Ficha · GraphiQL")
    assert graphiql.tabs[0] == "ClientDetail"
    response = graphiql.execute()
    assert "errors" not in response
    expect(graphiql.response).to_contain_text('"legalName": "ESCUELA KEMPER URGATE"')

    assert {urlsplit(request.url)._replace(path="").geturl() for request in graphiql.requests} == {live_server.url}
    assert graphiql.complaints == []


def test_docs_and_explorer_show_the_schema(page: Page, live_server: LiveServer) -> None:
    graphiql = GraphiQL(page, live_server.url)

    graphiql.press("Show Documentation Explorer")
    graphiql.docs.get_by_role("link", name="Query", exact=True).click()
    expect(graphiql.docs).to_contain_text("client")
    graphiql.press("Show GraphiQL Explorer")
    expect(graphiql.explorer.get_by_role("textbox", name="Query Name")).to_have_value("ClientDetail")
    expect(graphiql.explorer).to_contain_text("legalName")

    assert graphiql.complaints == []


def test_prettify_lays_out_the_operation(page: Page, live_server: LiveServer) -> None:
    graphiql = GraphiQL(page, live_server.url)
    graphiql.insert("query   Added{__typename}\n\n")

    graphiql.press("Prettify query")

    expect(graphiql.operation).to_contain_text("query Added {")
    assert graphiql.text("operation.graphql").startswith("query Added {\n  __typename\n}\n\n")
    assert graphiql.complaints == []
