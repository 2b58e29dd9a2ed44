"""The client page while the connection comes and goes: nothing that was typed is lost, nothing is done twice, and what
could not be loaded says so."""

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

import models
from tests.browser.client_screen import ClientScreen, kemper_id
from tests.fixtures import Company, global_id

ScreenOf = Callable[..., ClientScreen]

NAMES = "query ($id: ID!) { client(id: $id) { contacts { name } } }"
UPDATE = "mutation ($input: UpdateClientInput!) { updateClient(input: $input) { userErrors { code } } }"


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company(name="Comercial de Pruebas")


def contacts(mine: Company, client: str) -> list[str]:
    return [contact["name"] for contact in mine.ask(NAMES, id=client).data["client"]["contacts"]]


def lose_answers(page: Page, operation: str) -> None:
    """The server does what `operation` says, and the page never hears of it."""

    def handle(route: Route) -> None:
        if operation in (route.request.post_data or "") and "validateOnly" not in (route.request.post_data or ""):
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/graphql", handle)


def add_in_vain(screen: ClientScreen, client: str, name: str) -> None:
    """Adds a contact of whom the page does not hear that they were added; its form stays open."""
    screen.open_client(client)
    screen.press("Agregar contacto")
    screen.fill(name=name)
    lose_answers(screen.page, "CreateContact")
    screen.dialog.get_by_role("button", name="Guardar").click()
    expect(screen.dialog.get_by_role("alert")).to_have_text("No hay conexión con el servidor.")
    screen.page.unroute("**/graphql")


def test_what_is_saved_again_after_its_answer_was_lost_is_done_once(screen_of: ScreenOf, mine: Company) -> None:
    client = global_id(models.Client, mine.client())
    screen = screen_of(mine)
    add_in_vain(screen, client, "Ana")
    assert contacts(mine, client) == ["Ana"]

    screen.save()
    expect(screen.table("Contactos").get_by_role("rowheader")).to_have_text(["Ana"])
    assert contacts(mine, client) == ["Ana"]


def test_what_is_changed_before_it_is_saved_again_is_another_record(screen_of: ScreenOf, mine: Company) -> None:
    """A key stands for one input: the same key with another one would be refused."""
    client = global_id(models.Client, mine.client())
    screen = screen_of(mine)
    add_in_vain(screen, client, "Ana")

    screen.fill(name="Beto")
    screen.save()
    expect(screen.table("Contactos").get_by_role("rowheader")).to_have_text(["Ana", "Beto"])


@pytest.mark.parametrize("tab", ["", "commercial"])
def test_a_form_stays_open_when_the_record_cannot_be_read_again(screen_of: ScreenOf, mine: Company, tab: str) -> None:
    """What is shown stays, and is read again once the server can be reached."""
    client = global_id(models.Client, mine.client())
    screen = screen_of(mine)
    page = screen.page
    screen.open_client(client, tab)  # type: ignore[arg-type]
    field = {"": "name", "commercial": "title"}[tab]
    screen.press({"": "Agregar contacto", "commercial": "Nuevo trato"}[tab])
    typed = screen.dialog.locator(f'[data-field="{field}"] input')
    typed.fill("Escrito con esmero")
    page.wait_for_load_state("networkidle")

    lost: list[Route] = []

    def cut(route: Route) -> None:
        lost.append(route)
        route.abort()

    page.route("**/graphql", cut)
    for number in itertools.count(1):  # what is changed before the server listens is not told
        renamed = mine.ask(UPDATE, input={"id": client, "tradeName": f"La Nueva {number}"})
        assert renamed.data["updateClient"]["userErrors"] == []
        page.evaluate("() => new Promise(requestAnimationFrame)")
        if lost:
            break
    page.wait_for_load_state("networkidle")
    expect(typed).to_have_value("Escrito con esmero")

    page.unroute("**/graphql")
    expect(page.locator(".record-facts")).to_contain_text("La Nueva")
    expect(typed).to_have_value("Escrito con esmero")


def test_a_search_that_is_not_answered_shows_no_other_rows(screen: ClientScreen) -> None:
    screen.open_list()
    screen.page.route("**/graphql", lambda route: route.abort())

    screen.page.get_by_role("searchbox").fill("kemper")

    expect(screen.page.get_by_role("alert")).to_contain_text("No hay conexión con el servidor.")
    expect(screen.table("Clientes")).to_have_count(0)
    screen.page.unroute("**/graphql")
    screen.press("Reintentar")
    expect(screen.table("Clientes").get_by_role("row")).to_have_count(2)


@pytest.mark.parametrize(
    ("role", "name"),
    [("tab", "Facturación y ventas"), ("button", "Nueva cotización"), ("link", "Tratos"), ("link", "Configuración")],
)
def test_what_cannot_be_loaded_says_so_and_the_rest_stays(screen: ClientScreen, role: str, name: str) -> None:
    """Without a connection, and after a new version whose scripts have other names."""
    page = screen.page
    screen.open_client(kemper_id())
    page.wait_for_load_state("networkidle")
    page.route("**/assets/*.js", lambda route: route.abort())

    page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]

    expect(page.get_by_role("alert")).to_contain_text("No se pudo cargar")
    expect(page.get_by_role("link", name="Clientes").first).to_be_visible()
    page.unroute("**/assets/*.js")
    screen.press("Reintentar")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("main h1")).to_be_visible()
