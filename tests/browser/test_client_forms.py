"""The client page's forms, in a company of the test's own: what is wrong stands at its field, what was saved is shown
at once, and what others change meanwhile is not lost."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

import models
from demo.files import png
from models.collaborator import Role
from tests.browser.client_screen import ClientScreen
from tests.fixtures import Company, global_id, serving

ScreenOf = Callable[..., ClientScreen]


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company(name="Comercial de Pruebas")


def client_of(mine: Company, **values: Any) -> str:
    return global_id(models.Client, mine.client(**values))


def test_a_client_is_created(screen_of: ScreenOf, mine: Company) -> None:
    mine.client(legal_name="OTRO CLIENTE")
    screen = screen_of(mine)
    screen.open_list()

    screen.press("Nuevo cliente")
    screen.fill(legalName="Panadería La Espiga", rfc="xaxx010101000")
    screen.save()

    expect(screen.page.get_by_role("heading", name="Panadería La Espiga")).to_be_visible()
    expect(screen.page.locator(".record-head")).to_contain_text("XAXX010101000")
    assert screen.complaints == []


def test_what_is_wrong_stands_at_its_field_while_one_types(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    screen.open_client(client_of(mine))
    screen.press("Agregar contacto")

    screen.fill(name="Ana Ríos", phone="55 12")

    field = screen.dialog.locator('[data-field="phone"]')
    expect(field).to_contain_text("El teléfono no es válido: en México son 10 dígitos")
    expect(field.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    assert screen.violations() == []
    screen.fill(phone="55 1234 5678")
    expect(field).not_to_contain_text("no es válido")
    screen.save()
    expect(screen.row("Ana Ríos").get_by_role("link", name="55 1234 5678")).to_be_visible()
    expect(screen.notices).to_contain_text("Guardado")


def test_a_required_value_is_asked_for(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    screen.open_client(client_of(mine))
    screen.press("Agregar contacto")

    screen.dialog.get_by_role("button", name="Guardar").click()

    expect(screen.dialog.locator('[data-field="name"]')).to_contain_text("Nombre: obligatorio")
    expect(screen.dialog.get_by_role("textbox", name="Nombre")).to_be_focused()


def test_contacts_are_edited_deleted_and_restored(screen_of: ScreenOf, mine: Company) -> None:
    id = mine.client()
    for place, name in enumerate(("Ana", "Beto")):
        mine.add(models.Contact, client_id=id, name=name, position=place)
    screen = screen_of(mine)
    screen.open_client(global_id(models.Client, id))
    names = screen.table("Contactos").get_by_role("rowheader")
    expect(names).to_have_text(["Ana", "Beto"])

    screen.act("Ana", "Editar")
    screen.fill(jobTitle="Directora")
    screen.save()
    expect(screen.row("Ana")).to_contain_text("Directora")
    screen.act("Beto", "Eliminar")
    screen.confirm()
    expect(names).to_have_count(1)

    screen.press("Ver lo eliminado")
    screen.press("Restaurar Beto")
    expect(screen.dialog).to_contain_text("No hay nada eliminado")
    screen.page.keyboard.press("Escape")
    expect(names).to_have_count(2)


def test_what_both_changed_is_chosen_value_by_value(screen_of: ScreenOf, mine: Company) -> None:
    id = mine.client()
    contact = global_id(models.Contact, mine.add(models.Contact, client_id=id, name="Ana", job_title="Ventas"))
    screen = screen_of(mine)
    screen.open_client(global_id(models.Client, id))
    screen.act("Ana", "Editar")
    screen.fill(name="Ana María")

    assert mine.ask(UPDATE, input={"id": contact, "name": "Ana Luisa", "jobTitle": "Compras"}).data
    expect(screen.page.locator("table").filter(has_text="Ana Luisa")).to_have_count(1)
    screen.dialog.get_by_role("button", name="Guardar").click()

    conflict = screen.dialog.get_by_role("alert", name="Alguien más cambió este registro")
    expect(conflict.get_by_role("row").nth(1)).to_have_text("NombreAna Ana Luisa Ana María")
    expect(conflict.get_by_role("row").nth(2)).to_have_text("PuestoVentas Compras Ventas")
    conflict.get_by_role("button", name="Confirmar").click()
    screen.save()
    expect(screen.row("Ana María")).to_contain_text("Compras")


UPDATE = (
    "mutation ($input: UpdateContactInput!) { updateContact(input: $input) { contact { id } userErrors { code } } }"
)


def test_what_another_one_changes_is_shown_at_once(screen_of: ScreenOf, mine: Company) -> None:
    id = mine.client()
    contact = global_id(models.Contact, mine.add(models.Contact, client_id=id, name="Ana"))
    screen = screen_of(mine)
    screen.open_client(global_id(models.Client, id))
    expect(screen.row("Ana")).to_be_visible()

    # Nothing tells when a subscription has begun: what is changed before is not heard of.
    names = screen.table("Contactos").get_by_role("rowheader")
    for number in range(1, 100):
        assert mine.ask(UPDATE, input={"id": contact, "name": f"Ana {number}"}).data
        screen.page.evaluate("() => new Promise(requestAnimationFrame)")
        if names.first.inner_text() != "Ana":
            break
    expect(names).to_have_text([f"Ana {number}"])


def test_the_note_is_written(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    screen.open_client(client_of(mine), "commercial")
    expect(screen.card("Nota interna")).to_contain_text("Sin nota interna")

    screen.press("Editar la nota")
    screen.fill(internalNote="Paga los viernes")
    screen.save()

    expect(screen.card("Nota interna")).to_contain_text("Paga los viernes")
    expect(screen.card("Historial")).to_contain_text("Nota interna")


def test_a_deal_is_created_and_won(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    screen.open_client(client_of(mine), "commercial")

    screen.page.get_by_role("region", name="Acciones").get_by_role("button", name="Nuevo trato").click()
    screen.fill(title="Doce aulas", estimatedValue="310000")
    screen.save()
    expect(screen.row("Doce aulas")).to_contain_text("310,000.00")
    screen.act("Doce aulas", "Marcar como ganado")
    screen.fill(finalValue="300000")
    screen.save("Marcar como ganado")

    expect(screen.row("Doce aulas")).to_contain_text("Ganado")
    history = screen.card("Historial")
    expect(history).to_contain_text("Trato «Doce aulas» creado, con valor estimado de 310,000.00 MXN")
    expect(history).to_contain_text("Trato «Doce aulas» ganado")


def test_a_deal_is_lost_reopened_closed_deleted_and_restored(screen_of: ScreenOf, mine: Company) -> None:
    mine.add(models.LossReason, name="Precio")
    id = mine.client()
    mine.add(models.Deal, client_id=id, title="Doce aulas")
    screen = screen_of(mine)
    screen.open_client(global_id(models.Client, id), "commercial")
    row = screen.table("Tratos").get_by_role("row").filter(has_text="Doce aulas")
    history = screen.card("Historial")

    screen.act("Doce aulas", "Marcar como no ganado")
    screen.choose("lossReasonId", "Precio")
    screen.save("Marcar como no ganado")
    expect(row).to_contain_text("No ganado")
    screen.act("Doce aulas", "Reabrir")
    expect(row).to_contain_text("Abierto")
    screen.act("Doce aulas", "Marcar como cerrado")
    screen.save("Marcar como cerrado")
    expect(row).to_contain_text("Cerrado")
    for state in ("no ganado", "reabierto", "cerrado"):
        line = history.get_by_role("listitem").filter(has_text=f"Trato «Doce aulas» {state}")
        expect(line).to_contain_text("Admin · ")

    screen.act("Doce aulas", "Eliminar")
    screen.confirm()
    expect(row).to_have_count(0)
    screen.press("Ver lo eliminado")
    screen.press("Restaurar Doce aulas")
    screen.page.keyboard.press("Escape")
    expect(row).to_contain_text("Cerrado")


def test_a_follow_up_is_scheduled_on_the_companys_clocks_and_done(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    screen.open_client(client_of(mine), "follow-ups")

    screen.page.get_by_role("tabpanel").get_by_role("button", name="Agendar seguimiento").click()
    screen.fill(name="Llamar a pagos", startsAt="2027-01-11T09:00", endsAt="2027-01-11T09:30")
    screen.save()
    row = screen.row("Llamar a pagos")
    expect(row).to_contain_text("11/01/2027 09:00")
    screen.page.get_by_role("button", name="Llamar a pagos", exact=True).click()
    screen.dialog.get_by_role("button", name="Marcar como realizado").click()
    expect(screen.dialog).to_contain_text("Realizado")
    assert screen.violations() == []
    screen.page.keyboard.press("Escape")
    expect(row).to_contain_text("Realizado")


def test_a_day_of_the_change_to_summer_time(screen_of: ScreenOf, company: Callable[..., Company]) -> None:
    """In Tijuana the clocks go from 2:00 to 3:00 on March 14, 2027: at 9:00 of that day it is 16:00 in UTC."""
    tijuana = company(time_zone="America/Tijuana")
    id = client_of(tijuana)
    screen = screen_of(tijuana)
    screen.open_client(id, "follow-ups")

    screen.page.get_by_role("tabpanel").get_by_role("button", name="Agendar seguimiento").click()
    screen.fill(name="Llamar a pagos", startsAt="2027-03-14T09:00", endsAt="2027-11-07T08:00")
    screen.save()

    expect(screen.row("Llamar a pagos")).to_contain_text("14/03/2027 09:00")
    expect(screen.row("Llamar a pagos")).to_contain_text("07/11/2027 08:00")
    [follow_up] = tijuana.ask(TIMES, id=id).data["client"]["followUps"]["nodes"]
    assert follow_up == {"startsAt": "2027-03-14T16:00:00.000Z", "endsAt": "2027-11-07T16:00:00.000Z"}


TIMES = "query ($id: ID!) { client(id: $id) { followUps { nodes { startsAt endsAt } } } }"


@pytest.mark.parametrize("year", ["12026", "0026"])
def test_a_year_that_is_mistyped_is_put_right(screen_of: ScreenOf, mine: Company, year: str) -> None:
    """While a year is typed over another one, browsers say 0002 and 0020; they take six digits, too."""
    screen = screen_of(mine)
    screen.open_client(client_of(mine), "follow-ups")
    results = screen.page.get_by_role("status").filter(has_text="resultados")
    expect(results).to_be_visible()
    days = screen.page.locator(".field.day input")
    for day in days.all():
        day.fill(f"{year}-01-31")
        expect(day).to_have_value(f"{year}-01-31")
        day.fill("2027-01-31")
    expect(results).to_be_visible()

    screen.page.get_by_role("tabpanel").get_by_role("button", name="Agendar seguimiento").click()
    screen.fill(name="Llamar a pagos", startsAt=f"{year}-01-31T09:00")
    screen.fill(startsAt="2027-01-31T09:00")
    screen.save()
    expect(screen.row("Llamar a pagos")).to_contain_text("31/01/2027 09:00")


def test_terms_need_a_confirmation(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    screen.open_client(client_of(mine), "billing")

    screen.press("Editar condiciones")
    screen.choose("terms", "Crédito")
    screen.fill(creditDays="30", creditLimit="50000")
    screen.save()

    expect(screen.card("Cuentas por cobrar")).to_contain_text("50,000.00")


def test_the_cfdi_data_are_written_and_become_ready(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    screen.open_client(client_of(mine), "billing")
    expect(screen.card("Datos de CFDI")).to_contain_text("Todavía no se puede facturar")

    screen.press("Editar datos de CFDI")
    screen.fill(rfc="EKU9003173C9", name="ESCUELA KEMPER URGATE", postalCode="42501")
    for name, code in (("taxRegime", "601"), ("cfdiUse", "G03"), ("paymentForm", "03"), ("paymentMethod", "PUE")):
        screen.choose(name, code)
    screen.choose("currency", "MXN")
    screen.save()

    expect(screen.card("Datos de CFDI")).to_contain_text("Listo para facturar")


def test_an_account_of_the_company_is_assigned(screen_of: ScreenOf, mine: Company) -> None:
    mine.add(
        models.CompanyBankAccount, payment_form="03", account_number="012180001234567899", description="Concentradora"
    )
    screen = screen_of(mine)
    screen.open_client(client_of(mine), "billing")

    screen.press("Asignar una cuenta de la empresa")
    screen.choose("companyAccountId", "Concentradora")
    screen.save()

    expect(screen.card("Datos bancarios")).to_contain_text("Concentradora")


def test_a_quote_is_written_sent_accepted_and_converted(screen_of: ScreenOf, mine: Company) -> None:
    id = mine.billable(legal_name="ESCUELA KEMPER URGATE")
    screen = screen_of(mine)
    screen.open_client(global_id(models.Client, id), "billing")
    panel = screen.page.get_by_role("region", name="Acciones")

    panel.get_by_role("button", name="Nueva cotización").click()
    line = screen.dialog.locator(".line")
    line.get_by_label("Descripción").fill("Silla apilable")
    line.get_by_role("combobox", name="Producto o servicio del SAT").fill("56101504")
    screen.page.get_by_role("option", name="56101504").click()
    line.get_by_label("Cantidad").fill("10")
    line.get_by_label("Precio unitario").fill("100")
    screen.save()
    expect(screen.page.locator(".totals")).to_contain_text("1,160.00")
    panel.get_by_role("button", name="Enviar").click()
    screen.save("Enviar")
    panel.get_by_role("button", name="Aceptar").click()
    expect(screen.page.locator(".record-name")).to_contain_text("Aceptada")
    panel.get_by_role("button", name="Convertir").click()
    screen.choose("to", "Nota de venta")
    screen.save("Convertir")

    expect(screen.page.get_by_role("complementary")).to_contain_text("Documento de origen")
    screen.page.get_by_role("link", name="ESCUELA KEMPER URGATE").click()
    expect(screen.page.get_by_role("table", name="Documentos de venta")).to_contain_text("Convertida")


def test_lines_are_filled_from_the_clients_price_list(screen_of: ScreenOf, mine: Company) -> None:
    id = mine.billable(price_list_id=price_list(mine, "Escolar", "MXN"))
    screen = screen_of(mine)
    page = screen.page
    screen.open_client(global_id(models.Client, id), "billing")
    page.get_by_role("region", name="Acciones").get_by_role("button", name="Nueva cotización").click()
    line = screen.dialog.locator(".line")

    line.get_by_label("Cantidad").fill("10")
    line.get_by_role("combobox", name="De la tarifa «Escolar»").fill("apilable")
    page.get_by_role("option", name="SILLA AZUL · Silla apilable").click()
    expect(line.get_by_label("Descripción")).to_have_value("Silla apilable")
    expect(line.get_by_label("Precio unitario")).to_have_value("100.000000")
    expect(line.get_by_label("Cantidad")).to_have_value("10")
    expect(line.get_by_role("combobox", name="Producto o servicio del SAT")).to_have_value("56101504")
    expect(line.get_by_role("combobox", name="Unidad")).to_have_value("H87")
    expect(line.get_by_role("button", name="Impuesto")).to_contain_text("IVA 8 %")

    screen.press("Agregar concepto")
    finder = line.nth(1).get_by_role("combobox", name="De la tarifa «Escolar»")
    finder.press_sequentially("flete")
    expect(page.get_by_role("option")).to_have_text(["FLETE · Flete"])
    finder.press("ArrowDown")
    finder.press("Enter")
    expect(line.nth(1).get_by_label("Descripción")).to_have_value("Flete")
    expect(line.nth(1).get_by_role("combobox", name="Unidad")).to_have_value("E48")
    expect(line.nth(1).get_by_role("button", name="Impuesto")).to_contain_text("Otros impuestos")
    expect(page.get_by_role("listbox")).to_have_count(0)
    assert screen.violations() == []

    # The other line stays as it is, in each of its fields.
    screen.press("Agregar concepto")
    line.nth(2).get_by_label("Descripción").fill("Quitar")
    line.nth(0).get_by_role("button", name="Quitar concepto").click()
    line.nth(1).get_by_role("button", name="Quitar concepto").click()
    expect(line).to_have_count(1)
    expect(line.get_by_role("combobox", name="De la tarifa «Escolar»")).to_have_value("FLETE")
    expect(line.get_by_role("combobox", name="Producto o servicio del SAT")).to_have_value("78101800")
    screen.save()

    totals = page.locator(".totals")
    expect(totals).to_contain_text("Retenciones20.00")
    expect(totals).to_contain_text("Total560.00 MXN")
    expect(screen.row("Flete")).to_contain_text("FLETE · 78101800")
    assert screen.complaints == []


def test_a_price_in_another_currency_is_left_to_be_stated(screen_of: ScreenOf, mine: Company) -> None:
    id = mine.billable(price_list_id=price_list(mine, "Exportación", "USD"))
    screen = screen_of(mine)
    screen.open_client(global_id(models.Client, id), "billing")
    screen.page.get_by_role("region", name="Acciones").get_by_role("button", name="Nueva cotización").click()
    line = screen.dialog.locator(".line")

    line.get_by_role("combobox", name="De la tarifa «Exportación»").fill("flete")
    screen.page.get_by_role("option", name="FLETE · Flete").click()
    expect(line.get_by_label("Descripción")).to_have_value("Flete")
    expect(line.get_by_label("Precio unitario")).to_have_value("")
    expect(line).to_contain_text("La tarifa está en USD: indique el precio en la moneda del documento.")

    line.get_by_label("Precio unitario").fill("9000")
    screen.save()
    expect(screen.page.locator(".totals")).to_contain_text("Total10,080.00 MXN")


def price_list(mine: Company, name: str, currency: str) -> UUID:
    """Chairs with IVA at 8 %, and freight, of which the client keeps a part of the IVA back."""
    prices = mine.add(models.PriceList, name=name, currency=currency)
    iva = {"tax": "002", "kind": "TRANSFERRED", "factor": "RATE", "rate": "0.080000"}
    chair = {"sku": "SILLA AZUL", "description": "Silla apilable", "product_code": "56101504", "unit_code": "H87"}
    mine.add(models.PriceListItem, price_list_id=prices, **chair, unit_price=100, taxes=[iva])
    freight = {"sku": "FLETE", "description": "Flete", "product_code": "78101800", "unit_code": "E48"}
    taxes = [iva | {"rate": "0.160000"}, iva | {"kind": "WITHHELD", "rate": "0.040000"}]
    mine.add(models.PriceListItem, price_list_id=prices, **freight, unit_price=500, taxes=taxes)
    return prices


def test_a_file_is_attached_described_replaced_and_deleted(
    screen_of: ScreenOf, mine: Company, tmp_path_factory: pytest.TempPathFactory
) -> None:
    picture = tmp_path_factory.mktemp("files") / "Foto ñ #1.png"
    picture.write_bytes(png(300, 200, (10, 200, 30)))
    with serving(replace(mine.ficha.settings, cors_origins=(mine.ficha.url,))):
        screen = screen_of(mine)  # the store has been told of the page's address, which here is known only now
    screen.open_client(client_of(mine), "documents")

    screen.attach("Elegir archivos", picture)
    row = screen.page.get_by_role("row", name="Foto ñ #1.png")
    expect(row).to_be_visible()
    expect(screen.notices).to_contain_text("Foto ñ #1.png: listo")
    screen.act("Foto ñ #1.png", "Editar")
    screen.choose("kind", "Contrato")
    screen.fill(description="Firmado")
    screen.save()
    expect(row).to_contain_text("Contrato")
    expect(row).to_contain_text("Firmado")

    picture.write_bytes(png(300, 200, (200, 20, 30)))
    screen.press("Acciones de Foto ñ #1.png")
    screen.attach("Subir una revisión", picture)
    expect(row).to_contain_text("Revisión 2")

    screen.act("Foto ñ #1.png", "Eliminar")
    screen.confirm()
    expect(row).to_have_count(0)
    assert screen.complaints == []


def test_who_may_not_write_is_told_why(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine, Role.READ_ONLY)
    screen.open_client(client_of(mine))

    screen.press("Agregar contacto")

    expect(screen.page.get_by_role("dialog", name="Por qué no se puede")).to_contain_text("permiso")


def test_a_client_is_deleted_and_restored(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    screen.open_client(client_of(mine))

    screen.press("Eliminar")
    screen.confirm()
    expect(screen.page.locator(".banner")).to_contain_text("Se puede restaurar")
    screen.press("Restaurar")
    expect(screen.page.locator(".banner")).to_have_count(0)


def test_a_prospect_goes_from_state_to_state(screen_of: ScreenOf, mine: Company) -> None:
    for place, name in enumerate(("Nuevo", "Interesado")):
        mine.add(models.ProspectState, name=name, position=place)
    mine.client(legal_name="OTRO CLIENTE")
    screen = screen_of(mine)
    screen.open_list()

    screen.press("Nuevo prospecto")
    screen.fill(legalName="Colegio Nuevo")
    screen.save()
    side = screen.page.get_by_role("complementary")
    expect(side).to_contain_text("Nuevo")
    screen.page.get_by_role("region", name="Acciones").get_by_role("button", name="Cambiar el estado").click()
    screen.choose("prospectStateId", "Interesado")
    screen.save()
    expect(side).to_contain_text("Interesado")

    screen.page.get_by_role("link", name="Clientes").first.click()
    screen.page.get_by_role("button", name="Tipo").first.click()
    screen.page.get_by_role("option", name="Prospecto ·").dispatch_event("click")
    screen.page.get_by_role("button", name="Estado del prospecto").click()
    screen.page.get_by_role("option", name="Interesado · 1").dispatch_event("click")
    expect(screen.table("Clientes").get_by_role("rowheader")).to_have_text(["Colegio Nuevo"])


def test_a_prospect_is_converted(screen_of: ScreenOf, mine: Company) -> None:
    screen = screen_of(mine)
    created = mine.ask(CREATE, input={"kind": "PROSPECT", "legalName": "Colegio Nuevo"}).data["createClient"]
    screen.open_client(created["client"]["id"])

    screen.press("Convertir a cliente")
    screen.fill(rfc="EKU9003173C9")
    screen.save("Convertir a cliente")

    expect(screen.page.locator(".record-name")).to_contain_text("Cliente")
    screen.select_tab("Relación comercial")
    expect(screen.card("Historial")).to_contain_text("Como prospecto")


CREATE = "mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } } }"
