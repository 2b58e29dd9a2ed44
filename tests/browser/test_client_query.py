"""The client page shows with which query each of its tabs is read: in GraphiQL, for the same client."""

import json
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from server.http.graphiql import read_operations
from tests.browser.chromium import GraphiQL
from tests.browser.client_screen import ClientScreen, Tab, kemper_id
from tests.fixtures import Ficha
from tests.pages import ROOT

OPERATIONS: dict[Tab, str] = {
    "": "ClientProfile",
    "commercial": "ClientHistory",
    "follow-ups": "ClientFollowUps",
    "billing": "ClientBilling",
    "documents": "ClientDocuments",
}


def test_each_tab_leads_to_its_query(screen: ClientScreen, live_server: Ficha) -> None:
    offered = {operation["title"] for operation in read_operations(ROOT / "operations")}
    for tab, operation in OPERATIONS.items():
        screen.open_client(kemper_id(), tab)
        link = screen.page.get_by_role("link", name="Ver la consulta de esta pestaña en GraphiQL")
        expect(link).to_be_visible()
        where = urlsplit(link.get_attribute("href") or "")
        shown = parse_qs(where.fragment)
        assert (where.path, shown["operation"]) == ("/graphiql", [operation])
        assert operation in offered
        assert json.loads(shown["variables"][0]) == {"id": kemper_id()}

    screen.page.goto("about:blank")
    graphiql = GraphiQL(screen.page, live_server.url, where.fragment)
    documents = graphiql.execute()["data"]["client"]
    assert (documents["id"], documents["documents"]["nodes"][0]["kind"]) == (kemper_id(), "TECHNICAL")
