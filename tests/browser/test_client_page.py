"""The client page on the demo: each phrase of the screen's manual is there, by mouse and by keyboard, and heard of by
a screen reader; nothing is asked of another machine."""

import gzip
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

import models
from tests.browser.client_screen import ClientScreen, Tab, kemper_id
from tests.fixtures import Company, Ficha, global_id
from tests.pages import ROOT, demand_web

MOST_SCRIPT = 250_000
"""Bytes of all scripts of list and record together, compressed by gzip."""
MOST_OTHERS = 40_000
OTHERS = {
    "AuditLog", "ApiKeys", "Board", "Collaborators", "CompanyBankAccounts", "CompanySettings", "FolioSeries",
    "ImportClients", "ItemFinder", "PriceLists", "Roles", "SettingsPage", "csv", "en", "exportClients", "session",
}  # fmt: skip
"""Scripts of the settings, the board, files of clients, a line's item of a price list, the English words and the
sign-in at an issuer, by the module that each begins with: a list and a record in Spanish load none of them."""
TABS: tuple[Tab, ...] = ("", "commercial", "follow-ups", "billing", "documents")
LOADED = {
    "": "Contactos",
    "commercial": "Historial",
    "follow-ups": "Seguimientos",
    "billing": "Datos bancarios",
    "documents": "Documentos",
}
"""By tab, the title of a part that is there once its record has come."""


def test_the_root_leads_to_the_page(screen: ClientScreen, live_server: Ficha) -> None:
    screen.page.goto(live_server.url)

    expect(screen.page).to_have_url(screen.url)
    expect(screen.page).to_have_title("Clientes · Ficha")


def test_the_list_leads_to_a_client(screen: ClientScreen) -> None:
    """Ingresa al listado de clientes; haz clic sobre el nombre: se despliega la pantalla de detalle."""
    screen.open_list()
    expect(screen.page.get_by_role("status").filter(has_text="resultados")).to_be_visible()

    screen.page.get_by_role("searchbox").fill("kemper")
    expect(screen.table("Clientes").get_by_role("row")).to_have_count(2)
    screen.page.get_by_role("link", name="ESCUELA KEMPER URGATE").click()

    expect(screen.page.get_by_role("heading", name="ESCUELA KEMPER URGATE")).to_be_visible()
    expect(screen.page).to_have_url(f"{screen.url}/clients/{kemper_id()}")
    assert screen.complaints == []


def test_the_list_is_ordered_filtered_and_sent_by_its_address(screen: ClientScreen) -> None:
    screen.open_list()
    first = screen.table("Clientes").get_by_role("row").nth(1)

    screen.press("Saldo")
    expect(screen.page.get_by_role("columnheader", name="Saldo")).to_have_attribute("aria-sort", "ascending")
    screen.press("Saldo")
    expect(first).to_contain_text("MUEBLES VALLE ALTO")
    screen.press("Con saldo vencido")
    expect(screen.page).to_have_url(re.compile("order=-BALANCE&overdue=1"))
    expect(screen.table("Clientes").get_by_role("row").nth(-1)).not_to_contain_text("AGENCIA")

    screen.page.reload()
    expect(first).to_contain_text("MUEBLES VALLE ALTO")
    expect(screen.page.get_by_role("button", name="Con saldo vencido")).to_have_attribute("aria-pressed", "true")


def test_the_search_box_says_what_is_searched_for(screen: ClientScreen) -> None:
    screen.open_list()
    box = screen.page.get_by_role("searchbox")
    box.fill("kemper")
    expect(screen.table("Clientes").get_by_role("row")).to_have_count(2)

    screen.page.get_by_role("link", name="Clientes").click()
    expect(box).to_have_value("")
    screen.page.go_back()
    expect(box).to_have_value("kemper")
    expect(screen.table("Clientes").get_by_role("row")).to_have_count(2)


@pytest.mark.parametrize("is_secure", [True, False])
def test_the_rfc_is_copied(screen: ClientScreen, is_secure: bool) -> None:
    """Browsers give a page without https no clipboard to write to."""
    if not is_secure:
        screen.page.add_init_script("delete Navigator.prototype.clipboard")
    screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    screen.open_client(kemper_id())

    screen.press("Copiar EKU9003173C9")
    expect(screen.page.get_by_role("button", name="Copiado")).to_be_visible()

    screen.open_list()
    screen.page.get_by_role("searchbox").press("ControlOrMeta+v")
    expect(screen.page.get_by_role("searchbox")).to_have_value("EKU9003173C9")


def test_header_and_panels(screen: ClientScreen) -> None:
    """Razón social, nombre comercial, RFC; acciones; colaborador a cargo con su icono, tarifa."""
    screen.open_client(kemper_id())

    head = screen.page.locator(".record-head")
    for text in ("ESCUELA KEMPER URGATE", "Colegio Kemper", "EKU9003173C9"):
        expect(head).to_contain_text(text)
    panel = screen.page.get_by_role("region", name="Acciones")
    for action in ("Editar", "Nueva cotización", "Nueva nota de venta", "Nueva factura", "Nuevo trato"):
        expect(panel.get_by_role("button", name=action, exact=True)).to_be_visible()
    side = screen.page.get_by_role("complementary")
    expect(side).to_contain_text("Valeria Núñez Ortega")
    expect(side).to_contain_text("Escolar (MXN)")
    expect(side.locator("img")).not_to_have_js_property("naturalWidth", 0)


def test_an_action_that_is_not_possible_says_why(screen: ClientScreen) -> None:
    screen.open_client(kemper_id())

    screen.page.get_by_role("button", name="acciones no disponibles").click()

    reasons = screen.page.get_by_role("dialog", name="Por qué no se puede")
    expect(reasons).to_contain_text("Convertir a cliente")
    expect(reasons).to_contain_text("Restaurar")
    screen.page.keyboard.press("Escape")
    expect(screen.page.get_by_role("button", name="acciones no disponibles")).to_be_focused()


def test_contacts_and_addresses(screen: ClientScreen) -> None:
    """Lista de contactos: nombre, correo y teléfono; dirección fiscal y de sucursales."""
    screen.open_client(kemper_id())

    row = screen.row("Úrsula Kemper Ibáñez")
    expect(row.get_by_role("link", name="direccion@kemper.example.com")).to_have_attribute(
        "href", "mailto:direccion@kemper.example.com"
    )
    expect(row.get_by_role("link", name="771 713 0101")).to_have_attribute("href", "tel:+527717130101")
    expect(screen.card("Dirección fiscal")).to_contain_text("Av. Hidalgo 120")
    expect(screen.card("Sucursales")).to_contain_text("Plantel Querétaro")


def test_note_history_and_its_months(screen: ClientScreen) -> None:
    """Nota interna; historial en orden, con quién y cuándo; los meses desde la creación; clic sobre el documento."""
    screen.open_client(kemper_id(), "commercial")
    expect(screen.card("Nota interna")).to_contain_text("Compran dos veces al año")

    history = screen.card("Historial")
    expect(history.get_by_role("status")).to_contain_text("evento")  # of the current month, which may have none
    history.get_by_role("button", name="Mes").click()
    months = screen.page.get_by_role("option")
    expect(months.last).to_have_text("Todos los meses")
    expect(months.first).to_contain_text("eventos")
    months.nth(-2).click()
    expect(history).to_contain_text("creado")

    history.get_by_role("button", name="Mes").click()
    screen.page.get_by_role("option", name="noviembre de 2026").click()
    expect(history).to_contain_text("Nota de venta NV-40 generada por 5,678.20 MXN")
    expect(history).to_contain_text("20/11/2026 09:30")
    history.get_by_role("link", name="COT-53").click()
    expect(screen.page.get_by_role("heading", name="COT-53")).to_be_visible()


def test_deals(screen: ClientScreen) -> None:
    """Tratos con su valor estimado y su estado."""
    screen.open_client(kemper_id(), "commercial")

    expect(screen.row("Red inalámbrica para tres planteles")).to_contain_text("185,000.00")
    expect(screen.row("Regreso a clases 2026")).to_contain_text("Ganado")
    expect(screen.row("Proyectores para el auditorio")).to_contain_text("No ganado")


def test_follow_ups_are_searched_filtered_and_opened(screen: ClientScreen) -> None:
    """Nombre y clave, trato, inicio, fin, prioridad, colaborador, estado; buscar y filtrar; clic sobre uno."""
    screen.open_client(kemper_id(), "follow-ups")
    row = screen.row("Negociar alcance de la red")
    for text in ("SEG-000067", "Red inalámbrica", "03/11/2026 12:00", "12:45", "Alta", "Valeria", "En proceso"):
        expect(row).to_contain_text(text)

    screen.page.get_by_role("searchbox").fill("negociar")
    expect(screen.table("Seguimientos").get_by_role("row")).to_have_count(2)
    screen.page.get_by_role("searchbox").fill("")
    screen.page.get_by_role("button", name="Estado").first.click()
    screen.page.get_by_role("option", name="Cancelado").click()
    expect(screen.page.get_by_role("status").filter(has_text="1 resultado")).to_be_visible()

    screen.page.get_by_role("button", name="Revisión de la propuesta de proyectores").click()
    expect(screen.dialog).to_contain_text("SEG-000026")
    expect(screen.page).to_have_url(re.compile("follow-up=seg_"))
    screen.page.keyboard.press("Escape")
    expect(screen.dialog).to_have_count(0)


def test_billing(screen: ClientScreen) -> None:
    """Condiciones, días y límite; recordatorios desglosados; datos de CFDI; cuentas para los depósitos."""
    screen.open_client(kemper_id(), "billing")

    owed = screen.card("Cuentas por cobrar")
    for text in ("Condiciones de pago", "Crédito", "Días de crédito", "30", "Límite de crédito", "500,000.00"):
        expect(owed).to_contain_text(text)
    reminders = screen.card("Recordatorios de pago")
    expect(reminders).to_contain_text("5 días antes del vencimiento, a las 9:00")
    expect(reminders).to_contain_text("Óscar Treviño Peña")
    cfdi = screen.card("Datos de CFDI")
    for text in ("Listo para facturar", "EKU9003173C9", "601 · General de Ley Personas Morales", "42501"):
        expect(cfdi).to_contain_text(text)
    bank = screen.card("Datos bancarios")
    for text in ("012 · BBVA México", "03 · Transferencia electrónica de fondos", "Cuenta concentradora de cobranza"):
        expect(bank).to_contain_text(text)
    expect(screen.card("Documentos de venta").get_by_role("row").filter(has_text="F-47")).to_contain_text("68,159.28")


def test_documents_are_viewed_and_downloaded(screen: ClientScreen) -> None:
    """Documentos: consultar y descargar."""
    screen.open_client(kemper_id(), "documents")

    screen.page.get_by_role("button", name="SPEI 21-sep.png", exact=True).click()
    picture = screen.dialog.get_by_role("img", name="SPEI 21-sep.png")
    expect(picture).to_be_visible()
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    screen.page.keyboard.press("Escape")
    with screen.page.expect_download() as download:
        screen.page.get_by_role("link", name="Descargar Contrato").click()
    assert download.value.suggested_filename == "Contrato 2025–2027 «Kemper & Demo» (firmado).pdf"


@pytest.mark.parametrize("tab", TABS)
def test_axe_finds_nothing_wrong(screen: ClientScreen, tab: Tab) -> None:
    screen.page.emulate_media(color_scheme="light")
    screen.open_client(kemper_id(), tab)
    expect(screen.card(LOADED[tab])).to_be_visible()
    screen.page.wait_for_load_state("networkidle")
    assert screen.violations() == []

    screen.page.emulate_media(color_scheme="dark")
    assert screen.violations() == []
    assert screen.complaints == []


@pytest.mark.parametrize("tab", TABS)
def test_nothing_is_cut_off_on_a_phone(screen: ClientScreen, tab: Tab) -> None:
    screen.page.set_viewport_size({"width": 390, "height": 844})
    screen.open_client(kemper_id(), tab)
    expect(screen.card(LOADED[tab])).to_be_visible()
    screen.page.wait_for_load_state("networkidle")

    assert screen.page.evaluate("document.documentElement.scrollWidth") == 390
    expect(screen.page.get_by_role("tab", selected=True)).to_be_in_viewport(ratio=1)
    assert screen.violations() == []


@pytest.mark.parametrize("width", [390, 1280])
def test_words_without_end_are_broken(
    screen_of: Callable[..., ClientScreen], company: Callable[..., Company], width: int
) -> None:
    mine = company()
    id = mine.client(legal_name=f"مؤسسة {'Razón' * 40}", internal_note="Nota" * 200)
    client = global_id(models.Client, id)
    mine.add(models.Contact, client_id=id, name="Contacto" * 20, email=f"{'e' * 60}@{'dominio' * 8}.example.com")
    for mutation, values in (("Deal", {"title": "Trato" * 30}), ("FollowUp", {"name": "Llamada" * 20, **FOLLOW_UP})):
        payload = f"create{mutation}(input: $input) {{ userErrors {{ code }} }}"
        create = f"mutation ($input: Create{mutation}Input!) {{ {payload} }}"
        assert mine.ask(create, input={"clientId": client, **values}).data == {f"create{mutation}": {"userErrors": []}}
    screen = screen_of(mine)
    page = screen.page
    page.set_viewport_size({"width": width, "height": 844})

    screen.open_list()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for tab, text in (("", "Contacto"), ("commercial", "Trato"), ("follow-ups", "Llamada")):
        screen.open_client(client, tab)  # type: ignore[arg-type]
        expect(page.get_by_role("row").filter(has_text=text * 20)).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") == width, tab
    page.get_by_role("button", name="Llamada").first.click()
    heading = screen.dialog.get_by_role("heading")
    expect(heading).to_be_visible()
    box = screen.dialog.bounding_box()
    assert box
    assert heading.evaluate("heading => heading.getBoundingClientRect().right") < box["x"] + box["width"]
    expect(screen.dialog.get_by_role("button", name="Cerrar")).to_be_in_viewport(ratio=1)


FOLLOW_UP = {"type": "CALL", "startsAt": "2027-01-11T15:00:00Z"}


def test_what_is_chosen_is_told_in_forced_colors(screen: ClientScreen) -> None:
    screen.page.emulate_media(forced_colors="active")
    screen.open_client(kemper_id(), "commercial")
    bar = screen.page.locator(".bar-fill").first
    expect(bar).to_be_visible()
    tabs = screen.page.get_by_role("tab")
    color = "element => getComputedStyle(element).backgroundColor"

    chosen = screen.page.get_by_role("tab", selected=True).evaluate(color)
    others = {tab.evaluate(color) for tab in tabs.all() if tab.get_attribute("aria-selected") == "false"}
    assert len(others) == 1
    assert chosen not in others
    assert bar.evaluate(color) != screen.card("Tratos").first.evaluate(color)


@pytest.mark.claims("README.md", "It asks Ficha alone, by the operations in [`operations/`](operations/README.md).")
def test_nothing_is_asked_of_another_machine(screen: ClientScreen, live_server: Ficha) -> None:
    screen.open_list()
    for tab in TABS:
        screen.open_client(kemper_id(), tab)
        expect(screen.card(LOADED[tab])).to_be_visible()
        screen.page.wait_for_load_state("networkidle")

    assert screen.origins == {live_server.url}
    assert screen.complaints == []


def test_scripts_are_small() -> None:
    demand_web()
    scripts = (ROOT / "web" / "dist" / "assets").glob("*.js")
    sizes = [(script.stem.partition("-")[0], len(gzip.compress(script.read_bytes()))) for script in scripts]
    assert {name for name, _ in sizes} > OTHERS
    assert sum(size for name, size in sizes if name not in OTHERS) < MOST_SCRIPT
    assert sum(size for name, size in sizes if name in OTHERS) < MOST_OTHERS


def test_by_keyboard_alone(screen: ClientScreen) -> None:
    """From the list to a client, along its tabs, and into an action that is then cancelled."""
    page = screen.page
    screen.open_list()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Ir al contenido")).to_be_focused()
    page.get_by_role("searchbox").focus()
    page.keyboard.type("kemper")
    expect(screen.table("Clientes").get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="ESCUELA KEMPER URGATE").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Detalle")).to_be_visible()

    page.get_by_role("tab", name="Detalle").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Relación comercial")).to_have_attribute("aria-selected", "true")
    expect(screen.card("Nota interna")).to_be_visible()
    button = page.get_by_role("button", name="Editar la nota")
    button.focus()
    page.keyboard.press("Enter")
    expect(screen.dialog.get_by_role("textbox", name="Nota interna")).to_be_visible()
    page.keyboard.press("Escape")
    expect(screen.dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_the_tabs_by_keyboard_alone(screen: ClientScreen) -> None:
    """The months of the history, a follow-up and its filters, why an action is not possible, a file: no mouse."""
    page = screen.page
    screen.open_client(kemper_id(), "commercial")
    page.wait_for_load_state("networkidle")  # nothing is drawn anew while a list opens
    months = screen.card("Historial").get_by_role("button", name="Mes")
    months.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("option").first).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(months).to_contain_text("Todos los meses")
    expect(months).to_be_focused()

    page.get_by_role("tab", name="Relación comercial").focus()
    page.keyboard.press("ArrowRight")
    follow_up = page.get_by_role("button", name="Negociar alcance de la red", exact=True)
    follow_up.focus()
    page.keyboard.press("Enter")
    expect(screen.dialog).to_contain_text("SEG-000067")
    page.keyboard.press("Escape")
    expect(screen.dialog).to_have_count(0)
    state = page.get_by_role("button", name="Estado").first
    state.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Canc")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="1 resultado")).to_be_visible()

    page.get_by_role("tab", name="Seguimientos").focus()
    page.keyboard.press("ArrowRight")
    menu = screen.card("Datos bancarios").get_by_role("button", name="Acciones de").first
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Editar")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.get_by_role("tab", name="Facturación y ventas").focus()
    page.keyboard.press("ArrowRight")
    expect(screen.row("SPEI 21-sep.png")).to_be_visible()
    page.wait_for_load_state("networkidle")  # nor between a key's down and its up
    choose = page.get_by_role("button", name="Elegir archivos")
    choose.focus()
    expect(choose).to_be_focused()
    with page.expect_file_chooser():
        page.keyboard.press("Enter")
    assert screen.complaints == []


def test_in_english(screen: ClientScreen) -> None:
    screen.open_client(kemper_id(), "follow-ups")
    screen.press("Idioma, Apariencia")
    screen.page.get_by_role("menuitemradio", name="English").click()

    expect(screen.page.get_by_role("tab", name="Billing and sales")).to_be_visible()
    expect(screen.row("Negociar alcance de la red")).to_contain_text("In progress")
    expect(screen.page.locator("html")).to_have_attribute("lang", "en-US")


@pytest.mark.claims(
    "README.md",
    "The [client page](web/README.md) is the screen of one client, in Spanish and English; one sees it as any of the "
    "demo's people.",
)
def test_as_another_collaborator(screen: ClientScreen) -> None:
    """Who may not see the billing data is told so in their place."""
    screen.open_client(kemper_id(), "billing")
    screen.press("Regina Alcocer Peña Ver como")
    screen.page.get_by_role("option", name="Iván Zepeda Ruiz").click()

    expect(screen.page.get_by_role("heading", name="No existe, o no está a su alcance")).to_be_visible()
