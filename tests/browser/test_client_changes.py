"""What the client page changes besides forms of one record: several clients at once, orders, credits, links, drafts;
and what is shown before the server has said yes."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

import models
from models.collaborator import Role
from tests.browser.client_screen import ClientScreen
from tests.fixtures import Company, global_id

ScreenOf = Callable[..., ClientScreen]


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company(name="Comercial de Pruebas")


def client_of(mine: Company, **values: Any) -> str:
    return global_id(models.Client, mine.client(**values))


# Several at once


def test_clients_are_assigned_deleted_and_restored_together(screen_of: ScreenOf, mine: Company) -> None:
    for name in ("ALFA", "BRAVO", "CHARLIE"):
        mine.client(legal_name=name)
    screen = screen_of(mine)
    screen.open_list()
    page = screen.page

    for name in ("ALFA", "CHARLIE"):
        page.get_by_role("checkbox", name=f"Elegir {name}").click()
    bar = page.get_by_role("region", name="Acciones sobre los elegidos")
    expect(bar.get_by_role("status")).to_have_text("2 elegidos")
    assert screen.violations() == []
    screen.press("Asignar a un colaborador")
    owner = mine.ask("{ viewer { collaborator { name } } }").data["viewer"]["collaborator"]["name"]
    screen.choose("ownerId", owner)
    screen.save("Asignar")
    expect(screen.notices).to_contain_text("2 clientes cambiaron")
    for name, assigned in (("ALFA", True), ("BRAVO", False), ("CHARLIE", True)):
        row = screen.row(name)
        (expect(row).to_contain_text if assigned else expect(row).not_to_contain_text)(owner)
    expect(bar).to_have_count(0)

    page.get_by_role("checkbox", name="Elegir todos los de la página").click()
    expect(bar.get_by_role("status")).to_have_text("3 elegidos")
    page.get_by_role("checkbox", name="Elegir BRAVO").click()
    bar.get_by_role("button", name="Eliminar").click()
    screen.confirm()
    expect(screen.table("Clientes").get_by_role("rowheader")).to_have_text(["BRAVO"])

    screen.press("Eliminados")
    expect(screen.row("CHARLIE")).to_be_visible()
    page.get_by_role("checkbox", name="Elegir CHARLIE").click()
    bar.get_by_role("button", name="Restaurar").click()
    expect(screen.table("Clientes").get_by_role("rowheader")).to_have_text(["ALFA"])
    assert screen.complaints == []


def test_who_may_not_change_clients_chooses_none(screen_of: ScreenOf, mine: Company) -> None:
    mine.client(legal_name="ALFA")
    screen = screen_of(mine, Role.READ_ONLY)
    screen.open_list()
    expect(screen.page.get_by_role("checkbox")).to_have_count(0)


# Orders


def contacts_of(screen: ClientScreen) -> Locator:
    return screen.table("Contactos").get_by_role("rowheader").locator(".strong")


@pytest.fixture
def listed(mine: Company) -> str:
    """A client with three contacts."""
    id = mine.client()
    for place, name in enumerate(("Ana", "Beto", "Carla")):
        mine.add(models.Contact, client_id=id, name=name, position=place)
    return global_id(models.Client, id)


def test_an_order_is_made_by_keyboard(screen_of: ScreenOf, mine: Company, listed: str) -> None:
    screen = screen_of(mine)
    screen.open_client(listed)

    with saved(screen, "ReorderContacts"):
        screen.page.get_by_role("button", name="Mover Ana: lugar 1 de 3").press("ArrowDown")
    expect(contacts_of(screen)).to_have_text(["Beto", "Ana", "Carla"])
    again = screen.page.get_by_role("button", name="Mover Ana: lugar 2 de 3")
    expect(again).to_be_focused()
    assert contacts_in(mine, listed) == ["Beto", "Ana", "Carla"]
    with saved(screen, "ReorderContacts"):
        again.press("ArrowDown")
    expect(contacts_of(screen)).to_have_text(["Beto", "Carla", "Ana"])
    assert contacts_in(mine, listed) == ["Beto", "Carla", "Ana"]
    assert screen.violations() == []
    assert screen.complaints == []


def test_an_order_is_made_by_mouse(screen_of: ScreenOf, mine: Company, listed: str) -> None:
    screen = screen_of(mine)
    screen.open_client(listed)
    handle = screen.page.get_by_role("button", name="Mover Carla")
    first = screen.page.get_by_role("button", name="Mover Ana").bounding_box()
    assert first

    handle.hover()
    screen.page.mouse.down()
    screen.page.mouse.move(first["x"] + 5, first["y"] + 5, steps=8)
    expect(contacts_of(screen)).to_have_text(["Carla", "Ana", "Beto"])
    with saved(screen, "ReorderContacts"):
        screen.page.mouse.up()

    expect(contacts_of(screen)).to_have_text(["Carla", "Ana", "Beto"])
    assert contacts_in(mine, listed) == ["Carla", "Ana", "Beto"]


def test_an_order_that_is_not_saved_is_the_old_one_again(screen_of: ScreenOf, mine: Company, listed: str) -> None:
    screen = screen_of(mine)
    screen.open_client(listed)
    held: list[Route] = []
    screen.page.route("**/graphql", holding("mutation ReorderContacts", held))

    screen.page.get_by_role("button", name="Mover Ana").press("ArrowDown")
    expect(contacts_of(screen)).to_have_text(["Beto", "Ana", "Carla"])
    until(screen, held).abort()

    expect(screen.notices).to_contain_text("No se guardó")
    expect(contacts_of(screen)).to_have_text(["Ana", "Beto", "Carla"])


# What is shown at once


def test_a_follow_up_is_done_at_once_and_open_again_if_that_is_refused(screen_of: ScreenOf, mine: Company) -> None:
    id = mine.client()
    mine.add(models.FollowUp, client_id=id, name="Llamar")
    screen = screen_of(mine)
    screen.open_client(global_id(models.Client, id), "follow-ups")
    row = screen.row("Llamar")
    expect(row).to_contain_text("Pendiente")
    held: list[Route] = []
    screen.page.route("**/graphql", holding("mutation CompleteFollowUp", held))

    screen.press("Marcar como realizado: Llamar")
    expect(row).to_contain_text("Realizado")
    until(screen, held).abort()
    expect(row).to_contain_text("Pendiente")

    screen.page.unroute("**/graphql")
    screen.press("Marcar como realizado: Llamar")
    expect(row).to_contain_text("Realizado")
    screen.page.reload()
    expect(row).to_contain_text("Realizado")


def test_a_list_that_is_open_stays_while_the_form_is_checked(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    screen.open_client(client_of(mine), "billing")
    screen.press("Agregar cuenta bancaria")
    held: list[Route] = []
    screen.page.route("**/graphql", holding('"validateOnly":true', held))
    screen.fill(accountNumber="12")
    checked = until(screen, held)

    screen.dialog.locator('[data-field="role"] button').first.click()
    option = screen.page.get_by_role("option").nth(1)
    option.evaluate("option => { option.dataset.seen = '1' }")
    with screen.page.expect_response("**/graphql"):
        checked.continue_()
    expect(screen.dialog.locator('[data-field="accountNumber"]')).to_contain_text("dígitos")

    expect(option).to_have_attribute("data-seen", "1")  # the same element: nothing was made anew
    chosen = option.inner_text()
    option.click()
    expect(screen.dialog.locator('[data-field="role"] button').first).to_contain_text(chosen)


# Credits, links, drafts


@pytest.fixture
def invoiced(mine: Company) -> tuple[str, str]:
    """A client, and an invoice of 1,160.00 that was sent to it."""
    client = global_id(models.Client, mine.billable(legal_name="ESCUELA KEMPER URGATE"))
    line = {"description": "Silla", "productCode": "56101504", "unitCode": "H87", "quantity": "10", "unitPrice": "100"}
    created = mine.ask(CREATE, input={"clientId": client, "type": "INVOICE", "lines": [line]})
    id = created.data["createSalesDocument"]["salesDocument"]["id"]
    assert mine.ask(SEND, input={"id": id, "overrideReason": "Prueba"}).data["sendSalesDocument"]["userErrors"] == []
    return client, id


CREATE = """mutation ($input: CreateSalesDocumentInput!) {
  createSalesDocument(input: $input) { salesDocument { id } userErrors { code message } }
}"""
SEND = """mutation ($input: SendSalesDocumentInput!) {
  sendSalesDocument(input: $input) { userErrors { code message } }
}"""
PAY = """mutation ($input: RegisterPaymentInput!) { registerPayment(input: $input) { userErrors { code message } } }"""


def test_a_credit_note_begins_with_the_invoices_lines(
    screen_of: ScreenOf, mine: Company, invoiced: tuple[str, str]
) -> None:
    _, invoice = invoiced
    screen = screen_of(mine)
    screen.page.goto(f"{screen.url}/sales-documents/{invoice}")

    screen.press("Emitir una nota de crédito")
    line = screen.dialog.locator(".line")
    expect(line.get_by_label("Descripción")).to_have_value("Silla")
    line.get_by_label("Cantidad").fill("2")
    screen.save()

    expect(screen.page.get_by_role("heading", name="NC-1")).to_be_visible()
    expect(screen.page.locator(".totals")).to_contain_text("232.00")


def test_what_is_left_of_a_payment_is_applied_undone_and_paid_back(
    screen_of: ScreenOf, mine: Company, invoiced: tuple[str, str]
) -> None:
    client, invoice = invoiced
    payment = {"clientId": client, "amount": "1500", "paymentForm": "03", "reference": "SPEI 77"}
    assert mine.ask(PAY, input=payment).data["registerPayment"]["userErrors"] == []
    screen = screen_of(mine)
    screen.open_client(client, "billing")
    owed = screen.card("Cuentas por cobrar")
    credit = owed.get_by_role("row").filter(has_text="SPEI 77")
    expect(credit).to_contain_text("1,500.00")

    credit.get_by_role("button", name="Aplicar").click()
    screen.choose("salesDocumentId", "F-1")
    screen.save("Aplicar")
    expect(credit).to_contain_text("340.00")
    credit.get_by_role("button", name="Devolver").click()
    screen.fill(amount="40")
    screen.save("Devolver")
    expect(credit).to_contain_text("300.00")

    screen.page.goto(f"{screen.url}/sales-documents/{invoice}")
    applied = screen.card("Aplicado")
    expect(applied).to_contain_text("1,160.00")
    assert screen.violations() == []
    applied.get_by_role("button", name="Deshacer la aplicación").click()
    screen.confirm()
    expect(applied).to_have_count(0)


def test_a_link_to_the_statement_is_made_copied_and_revoked(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    screen.open_client(client_of(mine), "billing")
    links = screen.page.get_by_role("region", name="Ligas para el cliente")
    expect(links).to_contain_text("Sin ligas vigentes")

    links.get_by_role("button", name="Crear liga").click()
    screen.dialog.get_by_role("button", name="Crear liga").click()
    address = screen.dialog.locator("code")
    expect(address).to_contain_text("/statements/")
    url = address.inner_text()
    opened = mine.ficha.http.get(url)
    assert (opened.status_code, opened.headers["content-type"]) == (200, "application/pdf")
    screen.press("Listo")
    expect(links).to_contain_text("Vigente hasta el")

    links.get_by_role("button", name="Revocar").click()
    screen.confirm()
    expect(links).to_contain_text("Sin ligas vigentes")
    assert mine.ficha.http.get(url).status_code == 404
    assert screen.complaints == []


def test_the_lines_of_a_draft_are_edited(screen_of: ScreenOf, mine: Company) -> None:
    client = global_id(models.Client, mine.billable())
    tax = {"tax": "003", "kind": "TRANSFERRED", "factor": "RATE", "rate": "0.080000"}
    line = {"description": "Dulces", "productCode": "50161800", "unitCode": "H87", "quantity": "1", "unitPrice": "100"}
    created = mine.ask(CREATE, input={"clientId": client, "type": "QUOTE", "lines": [line | {"taxes": [tax]}]})
    screen = screen_of(mine)
    id = created.data["createSalesDocument"]["salesDocument"]["id"]
    screen.page.goto(f"{screen.url}/sales-documents/{id}")
    expect(screen.page.locator(".totals")).to_contain_text("108.00")

    screen.press("Editar")
    screen.dialog.locator(".line").get_by_label("Cantidad").fill("3")
    screen.save()

    expect(screen.page.locator(".totals")).to_contain_text("324.00")  # the tax that has no name here was kept


# Parts


def holding(text: str, held: list[Route]) -> Callable[[Route], None]:
    """Keeps the requests whose body has the text; the others go on."""

    def handle(route: Route) -> None:
        if text in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    return handle


def until(screen: ClientScreen, held: list[Route]) -> Route:
    """The request that is held, once it was sent."""
    while not held:
        screen.page.evaluate("() => new Promise(requestAnimationFrame)")
    return held.pop()


@contextmanager
def saved(screen: ClientScreen, operation: str) -> Generator[None]:
    """What is done within sends the operation, and its answer has come."""
    with screen.page.expect_response(lambda response: operation in (response.request.post_data or "")):
        yield


def contacts_in(mine: Company, client: str) -> list[str]:
    """The names of a client's contacts, in the order on record."""
    query = "query ($id: ID!) { client(id: $id) { contacts { name } } }"
    return [each["name"] for each in mine.ask(query, id=client).data["client"]["contacts"]]
