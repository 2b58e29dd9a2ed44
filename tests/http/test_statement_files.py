"""Statements of account as files: for the viewer who asked for a link, and for whoever has one that was handed out."""

import datetime
import io
import json
import logging
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from time import process_time
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pypdf
import pytest
from PIL import Image

import models
from domain.account_statement import MOST_LINES
from domain.account_statement_file import CPU_SECONDS, LABELS, write_pdf, write_xlsx
from domain.secret import check_digits
from models.collaborator import Role
from models.ids import uuid7
from tests.fixtures import NOON, Company, global_id, serving

TRICKY = '=HYPERLINK("http://x.mx","#[pago]")'
FILES = """
query ($id: ID!, $from: Date!, $to: Date!) {
  client(id: $id) { statement(from: $from, to: $to) { pdf { url expiresAt } xlsx { url } } }
}
"""
CREATE = """
mutation ($input: CreateStatementLinkInput!) {
  createStatementLink(input: $input) { statementLink { id from to currency } url userErrors { code path message } }
}
"""
REVOKE = """
mutation ($input: RevokeStatementLinkInput!) {
  revokeStatementLink(input: $input) { statementLink { revokedAt } userErrors { code path } }
}
"""
DAY = NOON.replace(month=1, day=3)
DAYS = {"from": "2026-01-01", "to": "2026-02-28"}


@pytest.fixture
def owing(company: Callable[..., Company]) -> tuple[Company, UUID]:
    """A client that owes 50 after a payment of 20."""
    own = company(name="ACEROS #[DEL] $NORTE$", rfc="EKU9003173C9")
    client = own.client(legal_name="Ñandú «#let x» & Cía", owner_id=own.people[Role.SALES_MANAGER])
    own.add(models.SalesDocument, client_id=client, series="M", number=2, total=70, subtotal=70, issued_at=DAY)
    money = own.add(
        models.Payment, client_id=client, amount=20, currency="MXN", payment_form="03", paid_at=NOON, reference=TRICKY
    )
    entry(own, client, "PAYMENT", -20, payment_id=money)
    return own, client


def entry(own: Company, client: UUID, kind: str, amount: int, **values: Any) -> None:
    own.add(
        models.LedgerEntry, client_id=client, kind=kind, amount=Decimal(amount), recorded_at=NOON, currency="MXN",
        exchange_rate=1, effective_on=datetime.date(2026, 1, 3), **values,
    )  # fmt: skip


def files(own: Company, client: UUID, role: Role = Role.ADMIN) -> Any:
    answer = own.ask(FILES, role, id=global_id(models.Client, client), **DAYS)
    return answer.data["client"]["statement"]


def created(own: Company, client: UUID, **values: Any) -> Any:
    given = {"clientId": global_id(models.Client, client), **DAYS, **values}
    return own.ask(CREATE, input=given).data["createStatementLink"]


def get(own: Company, url: str) -> Any:
    return own.ficha.http.get(url)


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_the_pdf_is_tagged_and_says_what_the_statement_says(owing: tuple[Company, UUID]) -> None:
    own, client = owing
    response = get(own, files(own, client)["pdf"]["url"])
    assert (response.status_code, response.headers["content-type"]) == (200, "application/pdf")
    assert response.headers["content-disposition"].startswith('inline; filename="Estado de cuenta Nandu')
    document = pypdf.PdfReader(io.BytesIO(response.content))
    catalog: Any = document.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "es"
    assert "<pdfuaid:part>1</pdfuaid:part>" in catalog["/Metadata"].get_object().get_data().decode()
    text = text_of(response.content)
    for part in ("ACEROS #[DEL] $NORTE$", "EKU9003173C9", "«#let x»", "Factura M-2", "70.00", "-20.00", "50.00"):
        assert part.removeprefix("-") in text


@pytest.mark.claims(
    "docs/statements.md",
    "A line has `text` in the reader's language.",
)
def test_english_readers_get_it_in_english(owing: tuple[Company, UUID]) -> None:
    own, client = owing
    headers = {"Authorization": f"Bearer {own.ficha.token(own.email(Role.ADMIN))}", "Accept-Language": "en"}
    body = {"query": FILES, "variables": {"id": global_id(models.Client, client), **DAYS}}
    answer = own.ficha.post(json.dumps(body).encode(), headers | {"Content-Type": "application/json"})
    text = text_of(get(own, answer.data["client"]["statement"]["pdf"]["url"]).content)
    assert "Statement of account" in text
    assert "Invoice M-2" in text


def test_every_label_is_there_in_both_languages() -> None:
    assert LABELS["es"].keys() == LABELS["en"].keys()


def cells(content: bytes) -> tuple[str, str]:
    """The sheet, and the texts that it refers to."""
    with ZipFile(io.BytesIO(content)) as archive:
        return tuple(archive.read(name).decode() for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"))


def test_texts_of_the_workbook_are_no_formulas_and_amounts_are_numbers(owing: tuple[Company, UUID]) -> None:
    own, client = owing
    response = get(own, files(own, client)["xlsx"]["url"])
    assert response.headers["content-disposition"].startswith('attachment; filename="Estado de cuenta')
    sheet, texts = cells(response.content)
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower()
    assert "=HYPERLINK(" in texts
    assert [value for value in re.findall(r"<v>([\d.-]+)</v>", sheet) if value in ("70", "50")]


@pytest.mark.claims(
    "docs/statements.md",
    "The PDF is tagged (PDF/UA-1), except where a name has characters that its font lacks.",
)
@pytest.mark.parametrize("name", ["😀 株式会社", "x\u0301" * 40, "\u202eabc", "A/B\\C", "N" * 300])
def test_any_name_can_be_printed(company: Callable[..., Company], name: str) -> None:
    own = company()
    client = own.client(legal_name=name)
    links = files(own, client)
    for kind in ("pdf", "xlsx"):
        response = get(own, links[kind]["url"])
        assert response.status_code == 200
        assert len(response.headers["content-disposition"]) < 4_000


@pytest.mark.claims(
    "docs/statements.md",
    "A file has at most 2,000 lines; a longer one is `STATEMENT_TOO_LONG` (422).",
)
def test_more_lines_than_a_file_holds_are_refused(owing: tuple[Company, UUID]) -> None:
    own, client = owing
    invoice = own.add(models.SalesDocument, client_id=client, series="L", total=10**6, subtotal=10**6)
    row = {
        "company_id": own.id, "client_id": client, "kind": "CHARGE", "amount": 1, "currency": "MXN", "exchange_rate": 1,
        "effective_on": datetime.date(2026, 1, 4), "recorded_at": NOON, "sales_document_id": invoice,
    }  # fmt: skip
    rows = [row | {"id": uuid7()} for _ in range(MOST_LINES - 2)]
    own.owner.execute(models.LedgerEntry.__table__.insert(), rows)
    links = files(own, client)
    whole = get(own, links["pdf"]["url"])
    assert whole.status_code == 200
    assert len(pypdf.PdfReader(io.BytesIO(whole.content)).pages) > 30
    entry(own, client, "CHARGE", 1, sales_document_id=invoice)
    assert code(get(own, links["pdf"]["url"])) == (422, "STATEMENT_TOO_LONG")
    assert code(get(own, links["xlsx"]["url"])) == (422, "STATEMENT_TOO_LONG")


@pytest.mark.claims(
    "docs/statements.md",
    "`statement { pdf { url } xlsx { url } }` are addresses that answer for five minutes (`FICHA_LINK_SECONDS`), "
    "while the viewer may see the statement.",
)
def test_a_link_asks_what_its_viewer_may_see_now(owing: tuple[Company, UUID]) -> None:
    own, client = owing
    links = files(own, client, Role.SALES_MANAGER)
    assert get(own, links["pdf"]["url"]).status_code == 200
    own.change(models.Collaborator, own.people[Role.SALES_MANAGER], role="SALES")
    assert code(get(own, links["pdf"]["url"])) == (404, "FILE_GONE")
    own.change(models.Collaborator, own.people[Role.SALES_MANAGER], role="SALES_MANAGER", active=False)
    assert code(get(own, links["pdf"]["url"])) == (404, "FILE_GONE")


def test_a_changed_link_opens_nothing(owing: tuple[Company, UUID]) -> None:
    own, client = owing
    url = files(own, client)["pdf"]["url"]
    for changed in (
        url[:-1],
        url.replace("/statements/", "/statements/x"),
        url.rpartition("/")[0] + "/x",
        url + ".xlsx",
    ):
        assert code(get(own, changed)) == (403, "LINK_INVALID")


# Links that are handed out


@pytest.mark.claims(
    "docs/statements.md",
    "`createStatementLink` answers with an address that opens the statement without signing in: as PDF, "
    "and followed by `.xlsx` as a workbook.",
)
def test_a_link_that_is_handed_out_opens_without_signing_in(owing: tuple[Company, UUID]) -> None:
    own, client = owing
    payload = created(own, client, locale="EN_US")
    assert payload["userErrors"] == []
    assert payload["statementLink"]["currency"] == "MXN"
    response = get(own, payload["url"])
    assert response.headers["content-type"] == "application/pdf"
    assert "Statement of account" in text_of(response.content)
    assert {name: response.headers[name] for name in ("referrer-policy", "x-robots-tag", "cache-control")} == {
        "referrer-policy": "no-referrer",
        "x-robots-tag": "noindex, nofollow",
        "cache-control": "private, no-store",
    }
    workbook = get(own, payload["url"] + ".xlsx")
    assert workbook.content.startswith(b"PK")


@pytest.mark.claims(
    "docs/statements.md",
    "It is shown once, because only a hash of its secret is stored, and opens until `expiresOn` (30 days "
    "by default, 366 at most), until `revokeStatementLink`, or until the client is deleted.",
)
def test_what_is_revoked_expired_or_of_a_deleted_client_opens_nothing(owing: tuple[Company, UUID]) -> None:
    own, client = owing
    payload = created(own, client)
    link = payload["statementLink"]["id"]
    row = UUID(link.partition("_")[2])
    own.change(models.StatementLink, row, expires_on=datetime.date(2026, 1, 1))
    assert code(get(own, payload["url"])) == (410, "LINK_EXPIRED")
    own.change(models.StatementLink, row, expires_on=datetime.date(2999, 1, 1))
    own.change(models.Client, client, deleted_at=NOON)
    assert code(get(own, payload["url"])) == (403, "LINK_INVALID")
    revoked = own.ask(REVOKE, input={"id": link}).data["revokeStatementLink"]
    assert revoked["userErrors"] == []
    again = own.ask(REVOKE, input={"id": link}).data["revokeStatementLink"]
    assert [error["code"] for error in again["userErrors"]] == ["STATEMENT_LINK_REVOKED"]
    own.change(models.Client, client, deleted_at=None)
    assert code(get(own, payload["url"])) == (404, "FILE_GONE")


def test_a_wrong_secret_opens_nothing_and_tells_nothing(owing: tuple[Company, UUID]) -> None:
    own, client = owing
    url = created(own, client)["url"]
    head, _, secret = url.rpartition("/")
    body = secret[:-48] + "0" * 40
    for wrong in (secret[:-1], body + check_digits(body), "fs_", "fs_" + "0" * 113, secret.upper(), secret + ".csv"):
        assert code(get(own, f"{head}/{wrong}")) == (403, "LINK_INVALID"), wrong


@pytest.mark.claims(
    "docs/statements.md",
    "Creating, opening and revoking are audited.",
)
def test_a_link_is_audited_from_beginning_to_end(owing: tuple[Company, UUID]) -> None:
    own, client = owing
    payload = created(own, client)
    get(own, payload["url"])
    own.ask(REVOKE, input={"id": payload["statementLink"]["id"]})
    query = "{ auditLog(first: 20) { nodes { kind actor { name } details } } }"
    for _ in range(50):
        events = own.ask(query).data["auditLog"]["nodes"]
        if len(events) == 3:
            break
    kinds = sorted(event["kind"] for event in events)
    assert kinds == ["STATEMENT_LINK_CREATED", "STATEMENT_LINK_OPENED", "STATEMENT_LINK_REVOKED"]
    secret = payload["url"].rpartition("/")[2]
    assert secret[-48:] not in str(events)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"to": "2999-01-01"}, ["to"]),
        ({"from": "2026-03-01"}, ["to"]),
        ({"from": "1800-03-01"}, ["from"]),
        ({"expiresOn": "2020-01-01"}, ["expiresOn"]),
        ({"expiresOn": "2999-01-01"}, ["expiresOn"]),
        ({"currency": "XQX"}, ["currency"]),
        ({"currency": ""}, ["currency"]),
    ],
)
def test_a_link_to_what_cannot_be_is_refused(owing: tuple[Company, UUID], values: Any, path: list[str]) -> None:
    own, client = owing
    payload = created(own, client, **values)
    assert [error["path"] for error in payload["userErrors"]] == [path]
    assert payload["url"] is None


def test_who_does_not_see_the_client_can_neither_create_nor_revoke(owing: tuple[Company, UUID]) -> None:
    own, client = owing
    other = own.client(owner_id=own.people[Role.BILLING])
    link = created(own, other)["statementLink"]["id"]
    own.change(models.Collaborator, own.people[Role.BILLING], role="SALES")
    mine = own.client(owner_id=own.people[Role.SALES])
    given = {"clientId": global_id(models.Client, mine), **DAYS}
    assert own.ask(CREATE, Role.SALES, input=given).errors == [("FORBIDDEN", "createStatementLink")]
    given["clientId"] = global_id(models.Client, client)
    [error] = own.ask(CREATE, Role.SALES, input=given).data["createStatementLink"]["userErrors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["clientId"])
    assert own.ask(REVOKE, Role.SALES, input={"id": link}).errors == [("FORBIDDEN", "revokeStatementLink")]


@pytest.mark.claims(
    "docs/statements.md",
    "Responses say `Referrer-Policy: no-referrer`, `X-Robots-Tag: noindex, nofollow` and `Cache-Control: "
    "private, no-store`, and no log of Ficha has the secret.",
)
def test_the_log_of_requests_has_no_secret(owing: tuple[Company, UUID], caplog: pytest.LogCaptureFixture) -> None:
    own, client = owing
    payload = created(own, client)
    secret = payload["url"].rpartition("/")[2]
    with caplog.at_level(logging.DEBUG):
        get(own, payload["url"])
        get(own, payload["url"] + ".xlsx")
        get(own, payload["url"] + "x")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert not [line for line in ours if secret[-48:] in line]


@pytest.mark.claims(
    "docs/statements.md",
    "An address opens `FICHA_STATEMENT_LIMIT` statements, and so does a link; secrets of no link are "
    "counted as refused credentials are.",
)
def test_statements_of_a_link_and_guesses_of_an_address_are_limited(
    owing: tuple[Company, UUID],
) -> None:
    own, client = owing
    url = created(own, client)["url"]
    path = "/statements/" + url.rpartition("/")[2]
    with serving(replace(own.ficha.settings, statement_limit="2/hour", sign_in_limit="3/hour")) as ficha:
        assert [ficha.http.get(path).status_code for _ in range(3)] == [200, 200, 429]
    with serving(replace(own.ficha.settings, statement_limit="off", sign_in_limit="3/hour")) as ficha:
        guesses = [ficha.http.get("/statements/fs_x") for _ in range(4)]
        assert [each.status_code for each in guesses] == [403, 403, 403, 429]
        assert int(guesses[-1].headers["retry-after"]) > 0


def test_two_thousand_lines_of_long_texts_are_within_the_bounds_of_a_child() -> None:
    line = ["2026-01-01", "Factura " + "x " * 50, "😀株 a" * 40, "1.00", None, "999999999999999.99"]
    noise = io.BytesIO()
    Image.merge("RGBA", [Image.effect_noise((600, 200), 200)] * 4).save(noise, "PNG")
    data = {
        "language": "es", "labels": LABELS["es"], "currency": "MXN", "logo": b64encode(noise.getvalue()).decode(),
        "company": {"name": "Empresa", "rfc": "DEM0101018K7"},
        "client": {"name": "N" * 300, "rfc": None}, "lines": [line] * MOST_LINES, "ageing": [["current", "1.00"]],
        **dict.fromkeys(("issued", "first", "last"), "2026-01-01"),
        **dict.fromkeys(("opening", "closing", "charges", "credits"), "1.00"),
    }  # fmt: skip
    written = json.dumps(data).encode()
    for write in (write_pdf, write_xlsx):
        before = process_time()
        write(io.BytesIO(written))
        assert process_time() - before < CPU_SECONDS
