"""The board of the client page: deals are moved within their stage and to other stages, by mouse and by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Route, expect

import models
from models.collaborator import Role
from tests.browser.client_screen import ClientScreen
from tests.browser.test_client_changes import holding, saved, until
from tests.fixtures import Company

ScreenOf = Callable[..., ClientScreen]
STAGES = ("Contacto", "Propuesta")


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    """A company with two stages: in the first one are three deals of a client, in the second one is one of another."""
    mine = company(name="Comercial de Pruebas")
    proposal = mine.add(models.FunnelStage, name="Propuesta", position=1)
    client = mine.client(legal_name="ALFA")
    for title in ("Uno", "Dos", "Tres"):
        mine.add(models.Deal, client_id=client, title=title)
    mine.add(models.Deal, client_id=mine.client(legal_name="BRAVO"), title="Cuatro", stage_id=proposal)
    return mine


def open_board(screen: ClientScreen, query: str = "") -> None:
    screen.page.goto(f"{screen.url}/deals{query}")
    expect(screen.page.get_by_role("listitem").first).to_be_visible()


def titles(screen: ClientScreen, stage: str) -> Locator:
    return screen.page.get_by_role("region", name=stage).get_by_role("listitem").locator("strong")


def handle(screen: ClientScreen, title: str) -> Locator:
    return screen.page.get_by_role("button", name=f"Mover {title}:")


def on_record(mine: Company) -> list[list[str]]:
    """The titles of the stages' deals in their order."""
    query = """query ($filter: ClientDealFilter) {
      deals(filter: $filter, orderBy: [{ field: POSITION }]) { nodes { title } }
    }"""
    stages = [mine.ask(query, filter={"stage": {"name": {"eq": stage}}}).data["deals"]["nodes"] for stage in STAGES]
    return [[deal["title"] for deal in deals] for deals in stages]


def test_a_deal_is_moved_by_keyboard(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    open_board(screen)
    expect(titles(screen, "Contacto")).to_have_text(["Uno", "Dos", "Tres"])

    with saved(screen, "MoveDeal"):
        handle(screen, "Uno").press("ArrowDown")
    expect(titles(screen, "Contacto")).to_have_text(["Dos", "Uno", "Tres"])
    expect(screen.page.get_by_role("button", name="Mover Uno: Contacto, lugar 2 de 3")).to_be_focused()
    assert on_record(mine) == [["Dos", "Uno", "Tres"], ["Cuatro"]]
    with saved(screen, "MoveDeal"):
        screen.page.keyboard.press("ArrowRight")
    expect(titles(screen, "Propuesta")).to_have_text(["Cuatro", "Uno"])
    expect(screen.page.get_by_role("button", name="Mover Uno: Propuesta, lugar 2 de 2")).to_be_focused()
    assert on_record(mine) == [["Dos", "Tres"], ["Cuatro", "Uno"]]
    with saved(screen, "MoveDeal"):
        screen.page.keyboard.press("ArrowUp")

    expect(titles(screen, "Propuesta")).to_have_text(["Uno", "Cuatro"])
    expect(titles(screen, "Contacto")).to_have_text(["Dos", "Tres"])
    assert on_record(mine) == [["Dos", "Tres"], ["Uno", "Cuatro"]]
    screen.page.reload()
    expect(titles(screen, "Propuesta")).to_have_text(["Uno", "Cuatro"])
    assert screen.violations() == []
    assert screen.complaints == []


def test_a_deal_is_moved_by_mouse(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    open_board(screen)
    expect(titles(screen, "Propuesta")).to_have_text(["Cuatro"])
    fourth = screen.page.get_by_role("listitem").filter(has_text="Cuatro").bounding_box()
    assert fourth

    handle(screen, "Dos").hover()
    screen.page.mouse.down()
    screen.page.mouse.move(fourth["x"] + 20, fourth["y"] + 5, steps=8)
    expect(titles(screen, "Propuesta")).to_have_text(["Dos", "Cuatro"])
    with saved(screen, "MoveDeal"):
        screen.page.mouse.up()

    expect(titles(screen, "Contacto")).to_have_text(["Uno", "Tres"])
    assert on_record(mine) == [["Uno", "Tres"], ["Dos", "Cuatro"]]


def test_a_deal_is_where_it_was_if_that_is_refused(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    open_board(screen)
    held: list[Route] = []
    screen.page.route("**/graphql", holding("mutation MoveDeal", held))

    handle(screen, "Tres").press("ArrowRight")
    expect(titles(screen, "Propuesta")).to_have_text(["Cuatro", "Tres"])
    until(screen, held).abort()

    expect(screen.notices).to_contain_text("No se guardó")
    expect(titles(screen, "Contacto")).to_have_text(["Uno", "Dos", "Tres"])
    expect(titles(screen, "Propuesta")).to_have_text(["Cuatro"])


def test_the_board_of_one_client(screen_of: ScreenOf, mine: Company) -> None:
    [client] = mine.ask('{ clients(filter: { legalName: { eq: "BRAVO" } }) { nodes { id } } }').data["clients"]["nodes"]
    screen = screen_of(mine)
    screen.open_client(client["id"], "commercial")

    screen.card("Tratos").get_by_role("link", name="Ver en el embudo").click()
    expect(titles(screen, "Propuesta")).to_have_text(["Cuatro"])
    expect(titles(screen, "Contacto")).to_have_count(0)

    screen.page.get_by_role("link", name="Los de todos los clientes").click()
    expect(titles(screen, "Contacto")).to_have_text(["Uno", "Dos", "Tres"])
    screen.page.get_by_role("region", name="Propuesta").get_by_role("link", name="BRAVO").click()
    expect(screen.row("Cuatro")).to_be_visible()


def test_the_board_on_a_phone_in_the_dark(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    screen.page.emulate_media(color_scheme="dark")
    screen.page.set_viewport_size({"width": 390, "height": 844})
    open_board(screen)
    expect(titles(screen, "Propuesta")).to_have_text(["Cuatro"])

    assert screen.page.evaluate("document.documentElement.scrollWidth") == 390
    assert screen.violations() == []
    assert screen.origins == {mine.ficha.url}


def test_who_may_not_change_deals_moves_none(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine, Role.READ_ONLY)
    open_board(screen)
    expect(titles(screen, "Contacto")).to_have_text(["Uno", "Dos", "Tres"])
    expect(screen.page.get_by_role("button", name="Mover")).to_have_count(0)


def test_an_unused_stage_is_deleted_and_one_in_use_is_not(screen_of: ScreenOf, mine: Company) -> None:
    mine.add(models.FunnelStage, name="Sobra", position=2)
    screen = screen_of(mine)
    screen.page.goto(f"{screen.url}/settings/company")
    stages = screen.card("Etapas de los tratos").get_by_role("listitem")
    expect(stages).to_have_count(3)

    for stage in ("Sobra", "Propuesta"):
        screen.press(f"Eliminar: {stage}")
        screen.confirm()
        expect(stages).to_have_count(2)
    expect(screen.notices).to_contain_text("No se guardó")
