"""CFDI and constancia that are dropped on the client page: what was read and would change, then what did."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

import models
from tests.browser.client_screen import ClientScreen
from tests.constancia import COMPANY, constancia
from tests.fixtures import Company, global_id, serving
from tests.pages import ROOT

ScreenOf = Callable[..., ClientScreen]
RFC = "EKU9003173C9"


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company(name="Comercial de Pruebas")


def cfdi_of(mine: Company, folder: Path) -> Path:
    """The CFDI of the canonical operation, as this company issued it."""
    variables = ROOT / "operations" / "mutations" / "import_cfdi.variables.json"
    xml = json.loads(variables.read_text("utf-8"))["input"]["xml"]
    rfc = mine.ask("{ viewer { company { rfc } } }").data["viewer"]["company"]["rfc"]
    file = folder / "factura.xml"
    file.write_text(xml.replace("DEM0101018K7", rfc), "utf-8")
    return file


def drop(screen: ClientScreen, file: Path) -> None:
    screen.dialog.locator("input[type=file]").set_input_files(file)


def test_a_cfdi_is_looked_at_and_then_imported(screen_of: ScreenOf, mine: Company, tmp_path: Path) -> None:
    client = global_id(models.Client, mine.client(legal_name="ESCUELA KEMPER URGATE", rfc=RFC))
    screen = screen_of(mine)
    screen.open_client(client, "billing")
    screen.press("Importar CFDI")

    drop(screen, cfdi_of(mine, tmp_path))

    expect(screen.dialog.get_by_role("list")).to_contain_text("No se comprobó que el CFDI sea auténtico")
    read = screen.dialog.get_by_role("region", name="Lo que dice el CFDI")
    for text in ("Factura A-77", "20/11/2026", "1,160.00 MXN", "ESCUELA KEMPER URGATE", RFC, "Silla & mesa", "500.00"):
        expect(read).to_contain_text(text)
    assert screen.violations() == []
    assert invoices(mine, client) == []
    screen.save("Importar CFDI")
    expect(screen.page.get_by_role("heading", name="A-77")).to_be_visible()
    assert invoices(mine, client) == [{"folio": "A-77", "total": "1160.00"}]


def test_a_client_is_made_of_a_cfdi(screen_of: ScreenOf, mine: Company, tmp_path: Path) -> None:
    screen = screen_of(mine)
    screen.page.goto(screen.url)
    screen.press("Importar CFDI")

    drop(screen, cfdi_of(mine, tmp_path))

    expect(screen.dialog.get_by_role("list")).to_contain_text("Ningún cliente es ESCUELA KEMPER URGATE")
    screen.dialog.get_by_text("Crear el cliente con los datos del CFDI").click()
    screen.save("Importar CFDI")
    expect(screen.page.get_by_role("heading", name="A-77")).to_be_visible()
    screen.open_list()
    expect(screen.row("ESCUELA KEMPER URGATE")).to_contain_text(RFC)


def test_what_is_no_cfdi_is_refused(screen_of: ScreenOf, mine: Company, tmp_path: Path) -> None:
    screen = screen_of(mine)
    screen.page.goto(screen.url)
    screen.press("Importar CFDI")
    file = tmp_path / "otro.xml"
    file.write_text("<otro/>", "utf-8")

    drop(screen, file)

    expect(screen.dialog).to_contain_text("El XML no es un CFDI")
    expect(screen.dialog.get_by_role("button", name="Importar CFDI")).to_have_count(0)
    screen.press("Elegir otro archivo")
    expect(screen.dialog.get_by_role("button", name="Elegir archivo")).to_be_visible()


def test_a_constancia_is_read_and_applied(screen_of: ScreenOf, mine: Company, tmp_path: Path) -> None:
    client = global_id(models.Client, mine.client(legal_name="ESCUELA KEMPER URGATE", rfc=RFC))
    with serving(replace(mine.ficha.settings, cors_origins=(mine.ficha.url,))):
        screen = screen_of(mine)  # the store has been told of the page's address, which here is known only now
    screen.open_client(client, "billing")
    file = tmp_path / "Constancia.pdf"
    file.write_bytes(constancia(COMPANY))
    screen.press("Leer constancia")

    drop(screen, file)

    expect(screen.dialog.get_by_role("row", name="Código postal", exact=False).first).to_contain_text("42501")
    expect(screen.row("Calle")).to_contain_text("JUAREZ")
    assert screen.violations() == []
    screen.choose("cfdiUse", "G03")
    screen.save("Aplicar los cambios")
    card = screen.card("Datos de CFDI")
    expect(card).to_contain_text("601 · General de Ley Personas Morales")
    expect(card).to_contain_text("42501")
    assert screen.complaints == []


def invoices(mine: Company, client: str) -> list[dict[str, str]]:
    query = "query($id: ID!) { client(id: $id) { salesDocuments { nodes { folio total } } } }"
    return mine.ask(query, id=client).data["client"]["salesDocuments"]["nodes"]


CLIENTS = (
    "Razón social;RFC;Nombre comercial",
    '"LÓPEZ; PÉREZ Y ""ASOCIADOS""";;El Centro',
    ";XAXX010101000;",
    "COLEGIO NUEVO;NO;",
    "LA ESPIGA;XAXX010101000;",
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_clients_are_imported_once_each_row_was_checked(
    screen_of: ScreenOf, mine: Company, tmp_path: Path, encoding: str
) -> None:
    """In each encoding in which Excel saves it."""
    mine.client(legal_name="OTRO CLIENTE")
    file = tmp_path / "clientes.csv"
    file.write_text("\n".join(CLIENTS), encoding)
    screen = screen_of(mine)
    screen.open_list()

    screen.press("Importar y exportar")
    screen.page.get_by_role("menuitem", name="Importar clientes").click()
    screen.attach("Elegir archivo", file)
    rows = screen.dialog.get_by_role("row")
    expect(rows).to_have_count(5)
    expect(rows.nth(1)).to_contain_text('LÓPEZ; PÉREZ Y "ASOCIADOS"')
    expect(rows.nth(1)).to_contain_text("Se puede importar")
    expect(rows.nth(2)).not_to_contain_text("Se puede importar")
    expect(rows.nth(2)).to_contain_text("Razón social: Este dato es obligatorio.")
    expect(rows.nth(3)).to_contain_text("RFC: El RFC debe tener")
    expect(rows.nth(4)).to_contain_text("Se puede importar")
    assert screen.violations() == []
    screen.save("Importar 2 clientes")

    expect(screen.notices).to_contain_text("2 clientes cambiaron")
    expect(screen.table("Clientes").get_by_role("rowheader")).to_have_text(
        ["LA ESPIGA", 'LÓPEZ; PÉREZ Y "ASOCIADOS"El Centro', "OTRO CLIENTE"]
    )
    assert screen.complaints == []


def test_a_file_without_names_says_so(screen_of: ScreenOf, mine: Company, tmp_path: Path) -> None:
    mine.client()
    file = tmp_path / "clientes.csv"
    file.write_text("Correo\nana@ejemplo.mx\n", "utf-8")
    screen = screen_of(mine)
    screen.open_list()

    screen.press("Importar y exportar")
    screen.page.get_by_role("menuitem", name="Importar clientes").click()
    screen.attach("Elegir archivo", file)

    expect(screen.dialog.get_by_role("alert")).to_have_text("Ninguna columna se llama «Razón social».")


def test_the_list_is_exported_page_by_page(screen_of: ScreenOf, mine: Company) -> None:
    for number in range(101):
        mine.client(legal_name=f"CLIENTE {number:03}")
    mine.client(legal_name="=1+1")
    screen = screen_of(mine)
    screen.open_list()

    screen.press("Importar y exportar")
    with screen.page.expect_download() as download:
        screen.page.get_by_role("menuitem", name="Exportar la lista").click()

    assert download.value.suggested_filename == "Clientes.csv"
    rows = list(csv.reader(download.value.path().read_text("utf-8-sig").splitlines()))
    assert rows[0][:4] == ["Razón social", "Nombre comercial", "RFC", "Tipo"]
    assert [row[0] for row in rows[1:]] == ["'=1+1", *(f"CLIENTE {number:03}" for number in range(101))]
