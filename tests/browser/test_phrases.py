"""The seed's phrases in the page: what a person does or sees there of each, by mouse and keyboard.

`PHRASES` names the test of each phrase of `tests/screens/phrases/`; those that no other module has are here.
`NOT_OF_THE_PAGE` has the mutations that the page does not send, and why.
"""

import ast
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.client_screen import ClientScreen, kemper_id
from tests.fixtures import ROOT

PHRASES = {
    "01_clients_list": "test_client_page::test_the_list_is_ordered_filtered_and_sent_by_its_address",
    "02_clients_search": "test_phrases::test_the_list_is_searched_without_accents_and_in_notes",
    "03_client_opened": "test_client_page::test_the_list_leads_to_a_client",
    "04_actions": "test_client_page::test_an_action_that_is_not_possible_says_why",
    "05_owner": "test_client_settings::test_a_collaborator_gets_a_picture_and_their_initials_again",
    "06_price_list": "test_client_settings::test_a_price_list_is_filled_and_assigned_to_a_client",
    "07_contacts": "test_client_page::test_contacts_and_addresses",
    "08_addresses": "test_client_page::test_contacts_and_addresses",
    "09_note": "test_client_forms::test_the_note_is_written",
    "10_note_empty": "test_client_forms::test_the_note_is_written",
    "11_note_found": "test_phrases::test_the_list_is_searched_without_accents_and_in_notes",
    "12_history_month": "test_client_page::test_note_history_and_its_months",
    "13_history_months": "test_client_page::test_note_history_and_its_months",
    "14_created": "test_phrases::test_the_history_from_when_it_was_a_prospect",
    "15_converted": "test_phrases::test_the_history_from_when_it_was_a_prospect",
    "16_as_prospect": "test_phrases::test_the_history_from_when_it_was_a_prospect",
    "17_document_issued": "test_client_page::test_note_history_and_its_months",
    "18_document_converted": "test_phrases::test_a_conversion_leads_to_both_documents",
    "19_deal_created": "test_client_forms::test_a_deal_is_created_and_won",
    "20_deal_states": "test_client_forms::test_a_deal_is_lost_reopened_closed_deleted_and_restored",
    "21_deals_in_order": "test_board::test_a_deal_is_moved_by_keyboard",
    "22_follow_ups": "test_client_page::test_follow_ups_are_searched_filtered_and_opened",
    "23_follow_ups_found": "test_client_page::test_follow_ups_are_searched_filtered_and_opened",
    "24_follow_ups_of_days": "test_phrases::test_the_follow_ups_of_some_days",
    "25_follow_up_opened": "test_client_page::test_follow_ups_are_searched_filtered_and_opened",
    "26_receivables": "test_client_page::test_billing",
    "27_receivables_as_of": "test_phrases::test_the_statement_of_any_days_and_what_was_owed_then",
    "28_statement": "test_phrases::test_the_statement_of_any_days_and_what_was_owed_then",
    "29_reminders": "test_client_page::test_billing",
    "30_reminders_due": "test_phrases::test_which_reminders_go_out_and_which_do_not",
    "31_cfdi": "test_client_forms::test_the_cfdi_data_are_written_and_become_ready",
    "32_bank": "test_client_forms::test_an_account_of_the_company_is_assigned",
    "33_documents": "test_client_page::test_documents_are_viewed_and_downloaded",
    "34_document_attached": "test_client_forms::test_a_file_is_attached_described_replaced_and_deleted",
    "35_document_deleted": "test_client_forms::test_a_file_is_attached_described_replaced_and_deleted",
    "36_prospect_states": "test_client_forms::test_a_prospect_goes_from_state_to_state",
    "37_prospect_converted": "test_client_forms::test_a_prospect_is_converted",
    "38_clients_deleted": "test_client_changes::test_clients_are_assigned_deleted_and_restored_together",
    "39_clients_restored": "test_client_changes::test_clients_are_assigned_deleted_and_restored_together",
    "40_clients_imported": "test_client_import::test_clients_are_imported_once_each_row_was_checked",
    "41_clients_exported": "test_client_import::test_the_list_is_exported_page_by_page",
    "42_invoice_states": "test_phrases::test_the_invoices_of_a_state",
    "43_deleted": "test_client_forms::test_a_client_is_deleted_and_restored",
    "44_staff": "test_client_changes::test_clients_are_assigned_deleted_and_restored_together",
}
"""By phrase, its test."""
NOT_OF_THE_PAGE = {
    "AssignClient": "the list assigns several (`AssignClients`), and the client's form one",
    "AssignDeal": "the deal's form does it",
    "AssignFollowUp": "the follow-up's form does it",
    "CompleteDocumentUpload": "the kit sends it",
    "PrepareDocumentUpload": "the kit sends it",
    "RecordExternalEvent": "for other systems: the page shows what they recorded",
    "RestoreCompanyBankAccount": "no operation lists the company's deleted accounts",
    "SaveClient": "for front ends with one form for the whole record: the page has a form for each part",
}
"""By mutation, why the page does not send it."""


@pytest.mark.claims(
    "docs/screens.md",
    "What a person does and sees of each phrase in the client page is a browser test: `tests/browser/test_phrases.py` "
    "names them.",
)
def test_each_phrase_has_its_test() -> None:
    phrases = {path.stem for path in (ROOT / "tests" / "screens" / "phrases").glob("*.graphql")}
    folder = Path(__file__).parent
    tests = {
        f"{path.stem}::{node.name}"
        for path in folder.glob("test_*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert set(PHRASES) == phrases
    assert set(PHRASES.values()) <= tests


def test_the_page_sends_every_mutation_but_those() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "web" / "src").rglob("*.ts*"))
    mutations = [
        match[1]
        for folder in ("mutations", "bulk")
        for path in (ROOT / "operations" / folder).glob("*.graphql")
        for match in re.finditer(r"^mutation (\w+)", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert {name for name in mutations if not re.search(rf"\b{name}Document\b", sources)} == set(NOT_OF_THE_PAGE)


@pytest.mark.parametrize(
    ("words", "name"),
    [("universidad robotica espanola", "UNIVERSIDAD ROBOTICA ESPAÑOLA"), ("maestra Úrsula", "ESCUELA KEMPER URGATE")],
)
def test_the_list_is_searched_without_accents_and_in_notes(screen: ClientScreen, words: str, name: str) -> None:
    screen.open_list()

    screen.page.get_by_role("searchbox").press_sequentially(words)

    rows = screen.table("Clientes").get_by_role("rowheader")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(name)


def event(screen: ClientScreen, text: str) -> Locator:
    return screen.card("Historial").get_by_role("listitem").filter(has_text=text)


def test_the_history_from_when_it_was_a_prospect(screen: ClientScreen) -> None:
    """Creación del cliente con colaborador, fecha y hora; conversión; los eventos de cuando era prospecto."""
    screen.open_client(kemper_id(), "commercial")

    screen.pick("Mes", "septiembre de 2025", screen.card("Historial"))
    created = event(screen, "Prospecto creado")
    expect(created).to_contain_text("Valeria Núñez Ortega · 08/09/2025 11:20")
    expect(created).to_contain_text("Como prospecto")
    expect(event(screen, "Cotización COT-1 enviada")).to_contain_text("Como prospecto")

    screen.pick("Mes", "octubre de 2025", screen.card("Historial"))
    converted = event(screen, "Prospecto convertido en cliente")
    expect(converted).to_contain_text("Valeria Núñez Ortega · 06/10/2025 09:00")
    expect(converted).not_to_contain_text("Como prospecto")


def test_a_conversion_leads_to_both_documents(screen: ClientScreen) -> None:
    """Una nota de venta se convierte a una factura: clic sobre cualquiera de las dos."""
    for folio in ("NV-30", "F-45"):
        screen.open_client(kemper_id(), "commercial")
        screen.pick("Mes", "octubre de 2026", screen.card("Historial"))
        screen.pick("Tipo de evento", "Documento convertido · 10", screen.card("Historial"))
        line = event(screen, "Nota de venta NV-30 convertida en factura F-45")
        expect(line).to_contain_text("Valeria Núñez Ortega · 13/10/2026 17:15")
        line.get_by_role("link", name=folio).click()
        expect(screen.page.get_by_role("heading", name=folio)).to_be_visible()


def test_the_follow_ups_of_some_days(screen: ClientScreen) -> None:
    screen.open_client(kemper_id(), "follow-ups")
    rows = screen.table("Seguimientos").get_by_role("rowheader").locator("button")

    screen.page.get_by_label("Desde").fill("2026-12-01")
    screen.page.get_by_label("Hasta").fill("2026-12-08")
    expect(rows).to_have_text(["Entrega de mobiliario, plantel Pachuca", "Presentar licencias a coordinación"])
    screen.page.get_by_label("Hasta").fill("2026-12-07")
    expect(rows).to_have_text(["Presentar licencias a coordinación"])


def test_the_statement_of_any_days_and_what_was_owed_then(screen: ClientScreen) -> None:
    screen.open_client(kemper_id(), "billing")
    statement = screen.card("Estado de cuenta")

    screen.pick("Periodo", "Otro periodo", statement)
    statement.get_by_label("Desde").fill("2026-11-01")
    statement.get_by_label("Hasta").fill("2026-11-20")
    expect(statement.locator("dd").nth(0)).to_have_text("115,645.62 MXN")
    expect(statement.get_by_role("row").filter(has_text="Factura F-54")).to_contain_text("111,360.00")
    statement.get_by_label("Desde").fill("2026-09-01")
    statement.get_by_label("Hasta").fill("2026-09-30")

    owed = statement.locator(".values > div").filter(has_text="Se debía el 30/09/2026")
    expect(owed.locator("dd")).to_have_text("47,486.34 (vencido: 30,451.74)")


def test_which_reminders_go_out_and_which_do_not(screen: ClientScreen) -> None:
    screen.open_client(kemper_id(), "billing")
    preview = screen.card("Recordatorios de pago").locator("details")

    preview.locator("summary").press("Enter")

    line = preview.get_by_role("listitem").filter(has_text="F-32").first
    expect(line).to_contain_text("15/09/2026 09:00 · 5 días antes del vencimiento, a las 9:00")
    expect(line).to_contain_text("Fecha pasada")


def test_the_invoices_of_a_state(screen: ClientScreen) -> None:
    screen.open_client(kemper_id(), "billing")
    documents = screen.card("Documentos de venta")

    screen.pick("Tipo", "Factura", documents)
    screen.pick("Estado", "Parcialmente pagada", documents)

    folios = documents.get_by_role("rowheader").get_by_role("link")
    expect(folios.filter(has_text="F-47")).to_be_visible()
    expect(documents.get_by_role("row").filter(has_text="Pagada").filter(has_not_text="Parcialmente")).to_have_count(0)
    expect(documents.get_by_role("row").filter(has_text="NV-")).to_have_count(0)
