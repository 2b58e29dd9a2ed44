"""The client page's pictures: what each shows is in a table for who does not see it, and in the answer of the API."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from models import Client, SalesDocument
from tests.browser.client_screen import ClientScreen, kemper_id
from tests.fixtures import Company, Ficha, global_id

BILLING = """query($id: ID!) { client(id: $id) { receivables { currency ageing {
  currentLabel upTo30Label upTo60Label upTo90Label over90Label
} } } }"""
MONTHS = "query($id: ID!) { client(id: $id) { historyMonths { monthLabel eventCount byKind { kindLabel count } } } }"
FUNNEL = """query($filter: ClientDealFilter) { dealsSummary(filter: $filter) { byStage {
  stage { name } totals { currency count estimatedValueLabel }
} } }"""


def picture(screen: ClientScreen, title: str) -> Locator:
    return screen.page.get_by_role("figure", name=title)


def texts(table: Locator) -> list[list[str]]:
    """The cells of a table's rows, its heads left out; also those of a table that is not seen."""
    return table.evaluate(
        "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )


def answer(live_server: Ficha, query: str, **variables: Any) -> Any:
    return live_server.ask("admin@demo.mx", query, **variables).data


def test_receivables_by_age(screen: ClientScreen, live_server: Ficha) -> None:
    screen.open_client(kemper_id(), "billing")
    shown = picture(screen, "Antigüedad de saldos")
    expect(shown.locator(".bar-fill")).to_have_count(5)

    receivables = answer(live_server, BILLING, id=kemper_id())["client"]["receivables"]

    names = ["Por vencer", "1 a 30 días", "31 a 60 días", "61 a 90 días", "Más de 90 días"]
    table = shown.get_by_role("table", name="Antigüedad de saldos")
    expect(table.get_by_role("columnheader").nth(1)).to_have_text(f"Por cobrar ({receivables['currency']})")
    assert texts(table) == [list(row) for row in zip(names, receivables["ageing"].values(), strict=True)]


@pytest.fixture
def billed(company: Callable[..., Company], screen_of: Callable[..., ClientScreen]) -> ClientScreen:
    """The billing tab of a client that was charged 200 and 20 days ago, whenever that is: the demo's days stay."""
    mine = company()
    client = mine.client()
    now = datetime.datetime.now(datetime.UTC)
    for number, ago in enumerate((200, 20), 1):
        at = now - datetime.timedelta(days=ago)
        mine.add(
            SalesDocument, client_id=client, type="INVOICE", series="A", number=number, issued_at=at, due_on=at.date(),
            subtotal=100 * number, total=100 * number,
        )  # fmt: skip
    screen = screen_of(mine)
    screen.open_client(global_id(Client, client), "billing")
    return screen


def test_the_balance_goes_from_the_first_day_to_the_last(billed: ClientScreen) -> None:
    screen = billed
    shown = picture(screen, "Evolución del saldo")
    expect(shown.locator("svg path.steps-line")).to_have_attribute("d", re.compile(r"^M0 [0-9.]+(H[0-9.]+V[0-9.]+)+$"))
    closing = screen.card("Estado de cuenta").locator("dd").nth(1)

    rows = texts(shown.get_by_role("table", name="Evolución del saldo"))
    assert [row[-1] for row in rows] == ["100.00", "300.00"]
    expect(closing).to_have_text(f"{rows[-1][-1]} MXN")

    svg = shown.locator("svg")
    box = svg.bounding_box()
    assert box
    svg.hover(position={"x": box["width"] - 1, "y": 20})
    expect(shown.locator(".readout")).to_contain_text(f"{rows[-1][-1]} MXN")
    svg.hover(position={"x": 1, "y": 20})
    expect(shown.locator(".readout")).to_contain_text("Saldo inicial")


def test_a_shorter_period_of_the_statement(billed: ClientScreen) -> None:
    screen = billed
    lines = picture(screen, "Evolución del saldo").locator("tbody tr")
    expect(lines).to_have_count(2)

    screen.page.get_by_role("button", name="Últimos 12 meses Periodo").click()
    screen.page.get_by_role("option", name="Últimos 3 meses").click()

    expect(lines).to_have_count(1)
    expect(lines.locator("td").last).to_have_text("300.00")


def test_activity_by_month_and_the_month_that_is_clicked(screen: ClientScreen, live_server: Ficha) -> None:
    screen.open_client(kemper_id(), "commercial")
    shown = picture(screen, "Actividad mensual")
    months = answer(live_server, MONTHS, id=kemper_id())["client"]["historyMonths"]

    expect(shown.locator(".stack-slot")).to_have_count(min(len(months), 24))
    rows = texts(shown.get_by_role("table", name="Actividad mensual"))
    assert rows == [
        [
            month["monthLabel"],
            " · ".join(f"{kind['kindLabel']}: {kind['count']}" for kind in month["byKind"]),
            str(month["eventCount"]),
        ]
        for month in months
    ]

    [october] = (place for place, month in enumerate(months) if month["monthLabel"] == "octubre de 2026")
    shown.locator(".stack-slot").nth(-1 - october).click()
    expect(screen.page.get_by_role("button", name="octubre de 2026 Mes")).to_be_visible()
    expect(screen.page.get_by_role("status").filter(has_text="eventos")).to_contain_text(
        f"{months[october]['eventCount']} eventos"
    )


def test_open_deals_by_stage(screen: ClientScreen, live_server: Ficha) -> None:
    screen.open_client(kemper_id(), "commercial")
    shown = picture(screen, "Tratos abiertos por etapa")
    expect(shown.locator(".bar-fill").first).to_be_visible()

    filter = {"client": {"id": {"eq": kemper_id()}}, "state": {"eq": "OPEN"}}
    stages = answer(live_server, FUNNEL, filter=filter)["dealsSummary"]["byStage"]

    assert texts(shown.get_by_role("table", name="Tratos abiertos por etapa")) == [
        [stage["stage"]["name"], str(total["count"]), f"{total['estimatedValueLabel']} {total['currency']}"]
        for stage in stages
        for total in stage["totals"]
    ]


def test_a_picture_is_shown_as_its_table(screen: ClientScreen) -> None:
    screen.open_client(kemper_id(), "billing")
    shown = picture(screen, "Antigüedad de saldos")

    screen.press("Ver tabla: Antigüedad de saldos")

    expect(shown.locator(".bar-fill")).to_have_count(0)
    expect(shown.get_by_role("cell")).to_have_count(5)
    expect(shown.get_by_role("cell").last).to_be_in_viewport()
    assert screen.violations() == []
    screen.press("Ver gráfica: Antigüedad de saldos")
    expect(shown.locator(".bar-fill")).to_have_count(5)
    assert screen.complaints == []
