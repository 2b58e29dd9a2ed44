"""In which language a person reads what Ficha says: in the one that `Accept-Language` prefers; in the collaborator's
own where it names neither Spanish nor English."""

import datetime
import io
from collections.abc import Callable
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import httpx
import pypdf
import pytest

import models
from models.collaborator import Locale, Role
from tests.fixtures import NOON, Company, global_id
from tests.http.test_error_page import BROWSER, text_of

READ = """
query ($id: ID!) {
  labels { name values { value label } }
  client(id: $id) {
    kindLabel createdAtLabel availableActionLabels
    actions { action actionLabel reasons { message help } }
    history { nodes { summary ... on ClientChangedEvent { changes { fieldLabel } } } }
    paymentReminders { rules { summary } }
    statement(from: "2026-01-01", to: "2026-02-28") { lines { nodes { text kindLabel dayLabel } } }
  }
}
"""
FILES = """
query ($id: ID!) {
  client(id: $id) { statement(from: "2026-01-01", to: "2026-02-28") { pdf { url } xlsx { url } } }
}
"""
WRONG = """
mutation ($input: UpdateClientInput!) { updateClient(input: $input) { userErrors { code message } } }
"""
LINK = """
mutation ($input: CreateStatementLinkInput!) { createStatementLink(input: $input) { statementLink { id } url } }
"""
REVOKE = """
mutation ($input: RevokeStatementLinkInput!) { revokeStatementLink(input: $input) { userErrors { code } } }
"""

HEADERS = ["", "fr, de;q=0.5", "es-MX, en;q=0.5", "en-GB, es;q=0.9"]
CASES = [
    (locale, header, "en" if header.startswith("en") or (locale is Locale.EN_US and "es" not in header) else "es")
    for locale in Locale
    for header in HEADERS
]
"""The collaborator's locale, what the request accepts, and the language that it is answered in."""


class Reader:
    """An administrator whose language is that of the locale."""

    def __init__(self, own: Company, locale: Locale, header: str) -> None:
        self.own = own
        self.email = f"{locale.value}@{own.id.hex}.mx".lower()
        own.add(models.Collaborator, name="Lectora", email=self.email, role=Role.ADMIN, locale=locale)
        self.headers = {"Authorization": f"Bearer {own.ficha.token(self.email)}", "Accept-Language": header}

    def ask(self, query: str, **variables: Any) -> Any:
        """The data; of a query, as both executors answer it."""
        answers = []
        for ficha in (self.own.ficha, self.own.ficha.twin):
            if ficha and not (answers and query.lstrip().startswith("mutation")):
                body = {"query": query, "variables": variables}
                answers.append(ficha.http.post("/graphql", json=body, headers=self.headers).json())
        assert all("errors" not in answer for answer in answers), answers
        return answers[0]["data"]

    def get(self, url: str, **headers: str) -> httpx.Response:
        """As a browser opens it."""
        sent = {"Accept": BROWSER, "Accept-Language": self.headers["Accept-Language"], **headers}
        return httpx.get(url, headers=sent, trust_env=False, timeout=60)


@pytest.fixture
def client(company: Callable[..., Company]) -> tuple[Company, UUID]:
    """A prospect that owes something and was renamed."""
    own = company()
    client = own.client(kind="PROSPECT")
    own.add(
        models.SalesDocument, client_id=client, type="SALES_NOTE", series="N", number=7, total=70, subtotal=70,
        issued_at=NOON.replace(month=2),
    )  # fmt: skip
    changes = [{"field": "legal_name", "from": "A", "to": "B"}]
    details = {"change": "UPDATED", "label": "B", "changes": changes}
    own.add(models.HistoryEvent, client_id=client, kind="CLIENT_CHANGED", details=details)
    own.add(models.PaymentReminders, client_id=client)
    own.add(models.ReminderRule, client_id=client, position=0, moment="BEFORE", days=3, hour=9)
    return own, client


@pytest.mark.claims(
    "README.md",
    "`summary` says an event of the history or a payment reminder in a sentence.",
)
@pytest.mark.parametrize(("locale", "header", "language"), CASES)
def test_everything_that_is_said_is_in_the_readers_language(
    client: tuple[Company, UUID], locale: Locale, header: str, language: str
) -> None:
    own, id = client
    reader = Reader(own, locale, header)
    english = language == "en"
    data = reader.ask(READ, id=global_id(models.Client, id))
    labels = {enum["name"]: {each["value"]: each["label"] for each in enum["values"]} for enum in data["labels"]}
    assert labels["SalesDocumentType"]["QUOTE"] == ("Quote" if english else "Cotización")
    shown = data["client"]
    assert shown["kindLabel"] == ("Prospect" if english else "Prospecto")
    assert shown["createdAtLabel"][4 if english else 2] == ("-" if english else "/")
    [invoicing] = [each for each in shown["actions"] if each["action"] == "CREATE_INVOICE"]
    assert invoicing["actionLabel"] == labels["ClientAction"]["CREATE_INVOICE"]
    assert [each["help"] for each in invoicing["reasons"]] == [
        "Convert the prospect into a client." if english else "Convierta al prospecto en cliente."
    ]
    [event] = shown["history"]["nodes"]
    assert event["changes"] == [{"fieldLabel": "Legal name" if english else "Razón social"}]
    assert ("edited" in event["summary"] or "changed" in event["summary"]) is english
    [rule] = shown["paymentReminders"]["rules"]
    assert ("before" in rule["summary"]) is english
    [line] = shown["statement"]["lines"]["nodes"]
    assert line["text"] == ("Sales note N-7" if english else "Nota de venta N-7")
    assert line["dayLabel"] == ("2026-02-10" if english else "10/02/2026")
    wrong = reader.ask(WRONG, input={"id": global_id(models.Client, id), "legalName": " "})
    assert [error["message"] for error in wrong["updateClient"]["userErrors"]] == [
        "This value is required." if english else "Este dato es obligatorio."
    ]


@pytest.mark.parametrize(("locale", "header", "language"), CASES)
def test_files_and_addresses_too(client: tuple[Company, UUID], locale: Locale, header: str, language: str) -> None:
    own, id = client
    reader = Reader(own, locale, header)
    title = "Statement of account" if language == "en" else "Estado de cuenta"
    files = reader.ask(FILES, id=global_id(models.Client, id))["client"]["statement"]
    # A link is opened by whatever its holder has at hand: the file is in the language of who asked for it.
    pdf = httpx.get(files["pdf"]["url"], headers={"Accept-Language": "fr"}, trust_env=False, timeout=60).content
    assert title.lower() in "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).lower()
    xlsx = httpx.get(files["xlsx"]["url"], trust_env=False, timeout=60).content
    with ZipFile(io.BytesIO(xlsx)) as archive:
        assert title.lower() in archive.read("xl/sharedStrings.xml").decode().lower()
    address = f"{own.ficha.url}/documents/file_x/view"
    page = reader.get(address, Authorization=reader.headers["Authorization"])
    assert page.headers["content-language"] == ("en" if language == "en" else "es-MX")
    gone = "This file is not available" if language == "en" else "Este archivo no está disponible"
    assert text_of(page.text, "h1") == [gone]


@pytest.mark.parametrize(("locale", "header", "language"), CASES)
def test_a_link_without_sign_in_speaks_the_language_that_it_was_made_in(
    client: tuple[Company, UUID], locale: Locale, header: str, language: str
) -> None:
    """Whoever has it is no collaborator: the link has a locale of its own."""
    own, id = client
    reader = Reader(own, locale, header)
    values = {"clientId": global_id(models.Client, id), "from": "2026-01-01", "to": "2026-02-28"}
    link = reader.ask(LINK, input={**values, "locale": locale.value})["createStatementLink"]
    row = UUID(link["statementLink"]["id"].partition("_")[2])
    own.change(models.StatementLink, row, expires_on=datetime.date(2026, 1, 1))
    expired = reader.get(link["url"])
    assert (expired.status_code, expired.headers["content-language"][:2]) == (410, language)
    reader.ask(REVOKE, input={"id": link["statementLink"]["id"]})
    revoked = reader.get(link["url"])
    assert (revoked.status_code, revoked.headers["content-language"][:2]) == (404, language)
