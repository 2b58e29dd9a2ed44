"""What GraphiQL offers beside the editor: the guide, people to see the demo as, live updates, the docs' search."""

import json
from uuid import UUID

from playwright.sync_api import Page, expect
from sqlalchemy import Connection, text
from strawberry.utils.str_converters import to_camel_case

from database.channels import NAME
from domain.changes import Changes
from server.http.graphiql import SCREEN, TRIED
from tests.browser.chromium import GraphiQL, demand_graphiql
from tests.fixtures import Ficha

KEMPER = UUID("01992a57-7a00-7922-bcd9-6cf8a85e77bf")


def title(name: str) -> str:
    camel = to_camel_case(name)
    return camel[0].upper() + camel[1:]


def guide_of(graphiql: GraphiQL) -> None:
    graphiql.press("Show Guide")


def test_a_first_visit_shows_what_the_tabs_are(page: Page, live_server: Ficha) -> None:
    demand_graphiql()
    page.goto(f"{live_server.url}/graphiql")
    guide = page.get_by_role("region", name="Guide")
    expect(guide).to_contain_text("Each tab is an operation of a client’s record")
    guide.get_by_role("searchbox", name="Find an operation").fill("drop-down")
    expect(guide.get_by_role("button")).to_have_text(["HistoryMonths"])


def test_tabs_are_in_the_order_of_the_screen_with_changes_and_live_updates(page: Page, live_server: Ficha) -> None:
    tabs = GraphiQL(page, live_server.url).tabs
    assert tabs[: len(SCREEN)] == [title(name) for name in SCREEN]
    assert tabs[-6:] == [*(title(name) for name in TRIED), "ClientChanged", "HistoryEventAdded"]


def test_a_closed_tab_comes_back_by_the_guides_button(page: Page, live_server: Ficha) -> None:
    graphiql = GraphiQL(page, live_server.url)
    graphiql.select_tab("ClientHeader")
    graphiql.close_tab("ClientHeader")
    assert "ClientHeader" not in graphiql.tabs
    guide_of(graphiql)
    page.get_by_role("region", name="Guide").get_by_role("button", name="ClientHeader", exact=True).click()
    expect(graphiql.operation).to_contain_text("query ClientHeader")
    assert graphiql.tabs[-1] == "ClientHeader"
    assert graphiql.complaints == []


def test_a_mutation_saves_nothing(page: Page, live_server: Ficha) -> None:
    graphiql = GraphiQL(page, live_server.url)
    graphiql.select_tab("UpdateClient")
    expect(graphiql.operation).to_contain_text("mutation UpdateClient")
    assert json.loads(graphiql.text("variables.json"))["input"]["validateOnly"] is True


def test_see_as_is_for_all_tabs(page: Page, live_server: Ficha) -> None:
    graphiql = GraphiQL(page, live_server.url)
    graphiql.select_tab("ClientHeader")
    administrator = graphiql.execute()
    assert "DELETE" in administrator["data"]["client"]["availableActions"]
    # GraphiQL stores which tab is active a moment after it shows it.
    page.wait_for_function(
        "title => { const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'));"
        " return tabs[activeTabIndex].title === title; }",
        arg="ClientHeader",
    )
    graphiql.requests.clear()
    page.get_by_label("See as").select_option(label="Joaquín Ávila Ponce · READ_ONLY")
    expect(graphiql.operation).to_contain_text("query ClientHeader")
    reader = graphiql.execute()
    assert reader["data"]["client"]["availableActions"] == []
    tokens = {request.headers["authorization"] for request in graphiql.requests if request.method == "POST"}
    assert len(tokens) == 1
    kept = {name: text for name, text in page.evaluate("({ ...localStorage })").items() if "Bearer ey" in text}
    assert kept == {}


def test_a_subscription_shows_a_change(page: Page, live_server: Ficha, owner: Connection) -> None:
    graphiql = GraphiQL(page, live_server.url)
    graphiql.select_tab("ClientChanged")
    expect(graphiql.operation).to_contain_text("subscription ClientChanged")
    with page.expect_websocket() as opening:
        graphiql.press("Execute query")
    socket = opening.value
    # The demo is everybody's, and stays as it is: its client is only announced. What comes before the server listens
    # is not told.
    company = owner.execute(text("select company_id from client where id = :id"), {"id": KEMPER}).scalar_one()
    [news] = Changes(company, {KEMPER: []}).news()
    while "clientChanged" not in graphiql.text("response.json"):
        owner.execute(text("select pg_notify(:channel, :news)"), {"channel": NAME, "news": news})
        page.evaluate("() => new Promise(requestAnimationFrame)")
    with socket.expect_event("close"):
        graphiql.press("Stop query")
    assert graphiql.complaints == []


def test_the_docs_search_knows_spanish_terms(page: Page, live_server: Ficha) -> None:
    graphiql = GraphiQL(page, live_server.url)
    graphiql.press("Show Documentation Explorer")
    for words, field in (("razon social", "legalName"), ("tarifa", "priceList"), ("folio fiscal", "uuid")):
        page.get_by_placeholder("Ctrl Alt K").fill(words)
        expect(page.get_by_role("listbox")).to_contain_text(field)
        page.get_by_placeholder("Ctrl Alt K").fill("")


def test_a_federations_fields_come_last(page: Page, live_server: Ficha) -> None:
    graphiql = GraphiQL(page, live_server.url)
    graphiql.press("Show Documentation Explorer")
    graphiql.docs.get_by_role("link", name="Query", exact=True).click()
    fields = graphiql.docs.locator(".graphiql-doc-explorer-field-name").all_inner_texts()
    assert fields[0][0] != "_"
    own = [name for name in fields if name.startswith("_")]
    assert fields[len(fields) - len(own) :] == own
