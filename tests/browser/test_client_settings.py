"""The settings of the client page, in a company of the test's own: who sees them, and what is done there."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

import models
from demo.files import png
from models.collaborator import Role
from tests.browser.client_screen import ClientScreen
from tests.fixtures import Company, global_id

ScreenOf = Callable[..., ClientScreen]
SECTIONS = {
    "company": "Etapas de los tratos",
    "collaborators": "Colaboradores",
    "roles": "Roles y permisos",
    "api-keys": "Llaves de API",
    "series": "Series y folios",
    "price-lists": "Tarifas",
    "accounts": "Cuentas bancarias",
    "audit": "Bitácora",
}
"""By section, the title of one of its parts."""


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company(name="Comercial de Pruebas")


def open_settings(screen: ClientScreen, section: str) -> None:
    screen.page.goto(f"{screen.url}/settings/{section}")
    expect(screen.card(SECTIONS[section])).to_be_visible()


def test_every_section_by_its_link(screen_of: ScreenOf, mine: Company) -> None:
    mine.client()
    screen = screen_of(mine)
    screen.open_list()

    screen.page.get_by_role("link", name="Configuración").click()

    links = screen.page.get_by_role("navigation", name="Secciones de la configuración").get_by_role("link")
    expect(links).to_have_count(len(SECTIONS))
    for place, (section, title) in enumerate(SECTIONS.items()):
        links.nth(place).click()
        expect(screen.page).to_have_url(f"{screen.url}/settings/{section}")
        expect(links.nth(place)).to_have_attribute("aria-current", "page")
        expect(screen.card(title)).to_be_visible()
        screen.page.wait_for_load_state("networkidle")
        assert screen.violations() == [], section
    assert screen.complaints == []


def test_who_may_set_nothing_is_led_to_nothing(screen_of: ScreenOf, mine: Company) -> None:
    mine.client(owner_id=mine.people[Role.SALES])
    screen = screen_of(mine, Role.SALES)
    screen.open_list()
    expect(screen.page.get_by_role("link", name="Configuración")).to_have_count(0)

    screen.page.goto(f"{screen.url}/settings/audit")

    expect(screen.page.get_by_role("heading", name="Sin permiso para ver esto")).to_be_visible()


def test_the_company_and_its_lists_are_edited(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    open_settings(screen, "company")

    screen.card("Comercial de Pruebas").get_by_role("button", name="Editar").click()
    screen.fill(name="Comercial de Pruebas del Norte", postalCode="06010")
    screen.dialog.get_by_text("Sábado").click()
    screen.save()
    identity = screen.card("Comercial de Pruebas del Norte")
    expect(identity).to_contain_text("06010")
    expect(identity).to_contain_text("Viernes, Sábado")

    screen.press("Agregar a «Motivos de trato no ganado»")
    screen.fill(name="Sin presupuesto")
    screen.save()
    screen.press("Editar: Sin presupuesto")
    screen.dialog.get_by_text("Se puede elegir").click()
    screen.save()
    expect(
        screen.card("Motivos de trato no ganado").get_by_role("listitem").filter(has_text="Sin presupuesto")
    ).to_contain_text("Inactiva")


def test_a_collaborator_is_invited_edited_suspended_and_resumed(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    open_settings(screen, "collaborators")

    screen.card("Colaboradores").get_by_role("button", name="Invitar").click()
    screen.fill(name="Marisol Echeverría", email="marisol@pruebas.mx", jobTitle="Ejecutiva")
    screen.dialog.get_by_role("button", name="Invitar", exact=True).click()
    expect(screen.dialog).to_contain_text("Entréguela a Marisol Echeverría")
    expect(screen.dialog.locator("code")).to_contain_text("fi_")
    assert screen.violations() == []
    screen.dialog.get_by_role("button", name="Listo").click()
    expect(screen.row("Marisol Echeverría")).to_contain_text("Invitado")

    screen.act("Marisol Echeverría", "Editar")
    screen.choose("role", "Gerente de ventas")
    screen.save()
    expect(screen.row("Marisol Echeverría")).to_contain_text("Gerente de ventas")

    screen.act("Marisol Echeverría", "Suspender")
    screen.save("Suspender")
    expect(screen.row("Marisol Echeverría")).to_have_count(0)
    screen.page.get_by_role("button", name="Activos Estado").click()
    screen.page.get_by_role("option", name="Suspendidos").click()
    screen.act("Marisol Echeverría", "Reactivar")
    expect(screen.row("Marisol Echeverría")).to_have_count(0)
    assert screen.complaints == []


def test_a_role_gets_a_permission_and_its_default_ones_again(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    open_settings(screen, "roles")
    line = screen.card("Roles y permisos").get_by_role("listitem").filter(has_text="Consulta")

    screen.act("Consulta", "Editar")
    screen.dialog.get_by_text("Ver saldos y cobranza").click()
    screen.save()
    expect(line).to_contain_text("Con cambios de la empresa")
    expect(screen.row("Ver saldos y cobranza").get_by_role("cell").last).to_contain_text("Sí")

    screen.act("Consulta", "Restaurar los predeterminados")
    screen.confirm()
    expect(line).not_to_contain_text("Con cambios de la empresa")
    expect(screen.row("Ver saldos y cobranza").get_by_role("cell").last).to_contain_text("No")


def test_the_logo_the_default_reminders_and_the_order_of_stages(
    screen_of: ScreenOf, mine: Company, tmp_path: Path
) -> None:
    for place, name in ((10, "Alfa"), (11, "Bravo")):
        mine.add(models.FunnelStage, name=name, position=place)
    picture = tmp_path / "logo.png"
    picture.write_bytes(png(300, 100, (10, 90, 130)))
    screen = screen_of(mine)
    open_settings(screen, "company")

    logo = screen.card("Logotipo")
    screen.attach("Elegir el logotipo", picture)
    expect(logo.get_by_role("img", name="Logotipo")).to_be_visible()
    logo.get_by_role("button", name="Quitar el logotipo").click()
    expect(logo).to_contain_text("Sin logotipo")

    screen.press("Editar los recordatorios predeterminados")
    screen.dialog.get_by_role("button", name="Agregar").click()
    screen.dialog.get_by_label("Días").fill("5")
    screen.save()
    expect(screen.card("Recordatorios predeterminados")).to_contain_text("5 días antes del vencimiento, a las 9:00")

    stages = screen.card("Etapas de los tratos").get_by_role("listitem")
    expect(stages.last).to_contain_text("Bravo")
    last = stages.last.get_by_role("button", name="Mover Bravo")
    with screen.page.expect_response(lambda response: "Alfa" in response.text() and "position" in response.text()):
        last.press("ArrowUp")
    expect(stages.last).to_contain_text("Alfa")
    query = "{ viewer { company { funnelStages { name } } } }"
    names = [stage["name"] for stage in mine.ask(query).data["viewer"]["company"]["funnelStages"]]
    assert names[-2:] == ["Bravo", "Alfa"]
    assert screen.violations() == []
    assert screen.complaints == []


def test_a_key_is_shown_once_and_revoked(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    open_settings(screen, "api-keys")

    screen.press("Nueva llave")
    screen.fill(name="Tienda en línea")
    screen.dialog.get_by_text("Ver sus clientes").click()
    screen.dialog.get_by_role("button", name="Nueva llave", exact=True).click()
    secret = screen.dialog.locator("code")
    expect(secret).to_contain_text("fk_")
    assert viewer_of(mine, secret.inner_text()) == ["clients:read"]
    screen.dialog.get_by_role("button", name="Listo").click()
    row = screen.row("Tienda en línea")
    expect(row).to_contain_text("Vigente")
    assert "fk_" not in screen.page.content()

    screen.press("Revocar: Tienda en línea")
    screen.confirm()
    expect(row).to_contain_text("Revocada el")
    open_settings(screen, "audit")
    expect(screen.row("Llave de API creada")).to_contain_text("Tienda en línea")
    expect(screen.row("Llave de API revocada")).to_contain_text("Tienda en línea")


def viewer_of(mine: Company, key: str) -> Any:
    """The permissions of whoever has the key."""
    headers = {"Authorization": f"Bearer {key}"}
    answer = mine.ficha.http.post("/graphql", json={"query": "{ viewer { permissions } }"}, headers=headers)
    return answer.json()["data"]["viewer"]["permissions"]


def test_a_series_and_an_account_are_added_and_edited(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    open_settings(screen, "series")
    screen.press("Nueva serie")
    screen.choose("type", "Factura")
    screen.fill(series="fn", nextNumber="100")
    screen.save()
    expect(screen.row("FN")).to_contain_text("100")
    screen.press("Editar: FN")
    screen.fill(nextNumber="500")
    screen.save()
    expect(screen.row("FN")).to_contain_text("500")

    open_settings(screen, "accounts")
    screen.press("Nueva cuenta")
    screen.fill(accountNumber="014180655012345674", description="Cobranza en línea")
    screen.save()
    expect(screen.row("Cobranza en línea")).to_contain_text("Santander")
    screen.act("Cobranza en línea", "Eliminar")
    screen.confirm()
    expect(screen.row("Cobranza en línea")).to_have_count(0)
    assert screen.complaints == []


def test_a_price_list_is_filled_and_assigned_to_a_client(screen_of: ScreenOf, mine: Company) -> None:
    client = global_id(models.Client, mine.client())
    screen = screen_of(mine)
    open_settings(screen, "price-lists")
    screen.press("Nueva tarifa")
    screen.fill(name="Escolar", description="Escuelas")
    screen.save()

    screen.press("Escolar")
    prices = screen.card("Precios de Escolar")
    prices.get_by_role("button", name="Agregar un precio").click()
    screen.fill(sku="SILLA", unitPrice="689.5", description="Silla apilable", productCode="56101504")
    screen.page.get_by_role("option", name="56101504").dispatch_event("click")
    assert screen.violations() == []
    screen.save()
    row = screen.row("SILLA")
    for text in ("Silla apilable", "56101504 · H87", "689.500000 MXN", "IVA 16 %"):
        expect(row).to_contain_text(text)
    screen.act("SILLA", "Editar")
    screen.fill(unitPrice="720")
    screen.save()
    expect(row).to_contain_text("720.000000 MXN")
    assert screen.violations() == []

    screen.open_client(client)
    side = screen.page.get_by_role("complementary")
    expect(side).to_contain_text("Sin tarifa predeterminada")
    screen.page.get_by_role("region", name="Acciones").get_by_role("button", name="Editar").click()
    screen.choose("priceListId", "Escolar")
    screen.save()
    expect(side).to_contain_text("Escolar (MXN)")

    open_settings(screen, "price-lists")
    screen.act("Escolar", "Eliminar")
    screen.confirm()
    expect(screen.notices).to_contain_text("No se guardó")
    screen.press("Escolar")
    screen.act("SILLA", "Eliminar")
    screen.confirm()
    expect(row).to_have_count(0)
    assert screen.complaints == []


def test_the_taxes_of_a_price_are_changed(screen_of: ScreenOf, mine: Company) -> None:
    prices = mine.add(models.PriceList, name="Escolar")
    item = {"price_list_id": prices, "product_code": "56101504", "unit_code": "H87", "unit_price": 100}
    mine.add(models.PriceListItem, **item, sku="SILLA", description="Silla", taxes=[IVA])
    mine.add(models.PriceListItem, **item, sku="RENTA", description="Renta", taxes=[IVA, WITHHELD_ISR])
    screen = screen_of(mine)
    page = screen.page
    open_settings(screen, "price-lists")
    screen.press("Escolar")

    screen.act("SILLA", "Editar")
    expect(screen.dialog.locator('[data-field="taxes"]')).not_to_contain_text("Otros impuestos")
    screen.choose("taxes", "No objeto de impuesto")
    screen.save()
    expect(screen.row("SILLA")).to_contain_text("No objeto de impuesto")
    assert taxes_of(mine, prices) == {"SILLA": ("01", []), "RENTA": ("02", ["002 0.160000", "001 0.012500"])}

    page.get_by_role("button", name="Acciones de SILLA").press("Enter")
    expect(page.get_by_role("menuitem", name="Editar")).to_be_focused()
    page.keyboard.press("Enter")
    screen.dialog.get_by_role("button", name="Impuesto").press("Enter")
    expect(page.get_by_role("option", name="No objeto de impuesto")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="IVA 8 %")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox")).to_have_count(0)
    screen.dialog.get_by_role("button", name="Guardar").press("Enter")
    expect(screen.row("SILLA")).to_contain_text("IVA 8 %")

    # Taxes without a name of their own stay, whatever else is changed.
    expect(screen.row("RENTA")).to_contain_text("Otros impuestos")
    screen.act("RENTA", "Editar")
    expect(screen.dialog.locator('[data-field="taxes"]')).to_contain_text("Otros impuestos")
    screen.fill(unitPrice="120")
    screen.save()
    expect(screen.row("RENTA")).to_contain_text("120.000000 MXN")
    assert taxes_of(mine, prices) == {
        "SILLA": ("02", ["002 0.080000"]),
        "RENTA": ("02", ["002 0.160000", "001 0.012500"]),
    }
    assert screen.complaints == []


IVA = {"tax": "002", "kind": "TRANSFERRED", "factor": "RATE", "rate": "0.160000"}
WITHHELD_ISR = {"tax": "001", "kind": "WITHHELD", "factor": "RATE", "rate": "0.012500"}


def taxes_of(mine: Company, prices: UUID) -> dict[str, tuple[str, list[str]]]:
    """Of each item of a list, by its code, how it is taxed."""
    query = """query ($id: ID!) { node(id: $id) { ... on SalesPriceList { items {
        nodes { sku taxObject taxes { tax rate } } } } } }"""
    nodes = mine.ask(query, id=global_id(models.PriceList, prices)).data["node"]["items"]["nodes"]
    return {
        node["sku"]: (node["taxObject"], [f"{tax['tax']} {tax['rate']}" for tax in node["taxes"]]) for node in nodes
    }


def test_a_collaborator_gets_a_picture_and_their_initials_again(
    screen_of: ScreenOf, mine: Company, tmp_path: Path
) -> None:
    picture = tmp_path / "yo.png"
    picture.write_bytes(png(80, 80, (10, 90, 130)))
    client = global_id(models.Client, mine.client(owner_id=mine.people[Role.ADMIN]))
    screen = screen_of(mine)
    screen.open_client(client)
    drawn = screen.page.get_by_role("complementary").locator("img.avatar")
    initials = drawn.get_attribute("src")

    screen.press("Cuenta de Admin")
    screen.attach("Elegir la foto", picture)
    expect(drawn).not_to_have_attribute("src", initials or "")
    expect(drawn).to_have_attribute("src", re.compile(r"\.webp$"))
    expect(drawn).not_to_have_js_property("naturalWidth", 0)

    open_settings(screen, "collaborators")
    screen.act("Admin", "Quitar la foto")
    expect(screen.row("Admin").locator("img.avatar")).not_to_have_attribute("src", re.compile(r"\.webp$"))
    assert screen.complaints == []
