"""Which tabs GraphiQL opens with, from one visit to the next, and with which token."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
import strawberry
import uvicorn
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL

from server.http.graphiql import graphiql_routes
from tests.browser.chromium import GraphiQL

DIST = Path(__file__).parents[2] / "graphiql" / "dist"


@strawberry.type
class Query:
    @strawberry.field
    def version(self) -> str:
        return "1"


class Site:
    """GraphiQL over a folder of operations and a token that a test changes as it goes."""

    def __init__(self, operations: Path) -> None:
        self.operations = operations
        self.token = "first"
        routes = graphiql_routes(dist=DIST, operations=operations, token=lambda: self.token)
        self.app = Starlette(routes=[*routes, Route("/graphql", GraphQL(strawberry.Schema(Query)))])
        self.url = ""

    def offer(self, name: str, query: str, **variables: str) -> None:
        (self.operations / f"{name}.graphql").write_text(query)
        if variables:
            (self.operations / f"{name}.variables.json").write_text(json.dumps(variables))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(site.app, log_level="warning"))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        site.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield site
        server.should_exit = True
        thread.join()


@pytest.mark.claims(
    "operations/README.md",
    "GraphiQL does not open tabs for them, because they change data.",
)
def test_one_tab_per_operation_the_whole_record_first(page: Page, site: Site) -> None:
    site.offer("billing", "query Billing { version }")
    site.offer("client_detail", "query ClientDetail($id: ID!) { version }", id="1")

    graphiql = GraphiQL(page, site.url)

    assert graphiql.tabs == ["ClientDetail", "Billing"]
    assert graphiql.text("operation.graphql") == "query ClientDetail($id: ID!) { version }"
    assert graphiql.text("variables.json") == '{"id": "1"}'
    graphiql.select_tab("Billing")
    assert graphiql.text("operation.graphql") == "query Billing { version }"
    assert graphiql.text("variables.json") == ""
    assert graphiql.text("request-headers.json") == '{\n  "Authorization": "Bearer first"\n}'


def test_an_edited_tab_outlives_a_reload_and_a_new_version(page: Page, site: Site) -> None:
    site.offer("billing", "query Billing { version }")
    graphiql = GraphiQL(page, site.url)
    graphiql.insert("# mine\n")
    site.offer("billing", "query Billing { version __typename }")

    graphiql.reload()

    assert graphiql.tabs == ["Billing"]
    assert graphiql.text("operation.graphql") == "# mine\nquery Billing { version }"
    assert graphiql.execute() == {"data": {"version": "1"}}


def test_an_untouched_tab_follows_its_operation_and_new_ones_join(page: Page, site: Site) -> None:
    site.offer("billing", "query Billing { version }", id="1")
    graphiql = GraphiQL(page, site.url)
    site.offer("billing", "query Billing { version __typename }", id="2")
    site.offer("deals", "query Deals { version }")

    graphiql.reload()

    assert graphiql.tabs == ["Billing", "Deals"]
    assert graphiql.text("operation.graphql") == "query Billing { version __typename }"
    assert graphiql.text("variables.json") == '{"id": "2"}'


def test_a_closed_tab_stays_closed(page: Page, site: Site) -> None:
    site.offer("billing", "query Billing { version }")
    site.offer("deals", "query Deals { version }")
    graphiql = GraphiQL(page, site.url)
    graphiql.close_tab("Billing")

    graphiql.reload()

    assert graphiql.tabs == ["Deals"]


def test_an_address_opens_an_operation_in_a_tab_of_its_own(page: Page, site: Site) -> None:
    site.offer("billing", "query Billing { version }", id="1")

    graphiql = GraphiQL(page, site.url, urlencode({"operation": "Billing", "variables": '{"id": "7"}'}))

    assert graphiql.tabs == ["Billing", "Billing"]
    assert graphiql.text("variables.json") == '{"id": "7"}'
    assert page.url == f"{site.url}/graphiql"
    graphiql.insert("# mine\n")
    page.goto("about:blank")
    again = GraphiQL(page, site.url, urlencode({"operation": "Billing", "variables": '{"id": "8"}'}))
    assert again.tabs == ["Billing", "Billing"]
    assert again.text("operation.graphql") == "query Billing { version }"
    assert again.text("variables.json") == '{"id": "8"}'
    assert again.complaints == []


def test_a_mutation_that_an_address_shows_saves_nothing(page: Page, site: Site) -> None:
    (site.operations / "mutations").mkdir()
    (site.operations / "mutations" / "update_client.graphql").write_text("mutation UpdateClient { version }")
    stated = {"input": {"id": "7", "validateOnly": False}}

    graphiql = GraphiQL(page, site.url, urlencode({"operation": "UpdateClient", "variables": json.dumps(stated)}))

    assert json.loads(graphiql.text("variables.json")) == {"input": {"id": "7", "validateOnly": True}}


def test_an_address_of_an_unknown_operation_changes_nothing(page: Page, site: Site) -> None:
    site.offer("billing", "query Billing { version }", id="1")

    assert GraphiQL(page, site.url, "operation=Nothing").tabs == ["Billing"]


def test_the_new_token_wins_and_none_is_kept_in_the_browser(page: Page, site: Site) -> None:
    site.offer("billing", "query Billing { version }")
    graphiql = GraphiQL(page, site.url)
    graphiql.insert("# mine\n")
    site.token = "second"

    graphiql.requests.clear()
    graphiql.reload()
    graphiql.execute()

    sent = [request.headers["authorization"] for request in graphiql.requests if request.method == "POST"]
    assert set(sent) == {"Bearer second"}
    assert len(sent) >= 2  # introspection, then Execute
    assert graphiql.text("request-headers.json") == '{\n  "Authorization": "Bearer second"\n}'
    assert "Bearer" not in page.evaluate("JSON.stringify(localStorage)")
    assert graphiql.complaints == []
