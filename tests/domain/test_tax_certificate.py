"""Reading a constancia: each value with its place, whatever the reader of PDFs made of the lines; nothing invented."""

import datetime
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from demo.files import pdf as page_of
from domain.constancia import interpret, read_constancia
from domain.tax_certificate import regimes_in_force
from models.catalogs import TAX_REGIMES
from storage.pdf import Pdf
from tests.constancia import COMPANY, PERSON, QR, constancia, scan


def read(content: bytes) -> Any:
    return read_constancia(io.BytesIO(content))


def text(value: str, page: int = 1) -> dict[str, Any]:
    return {"value": value, "page": page, "origin": "TEXT"}


def code(value: str, page: int) -> dict[str, Any]:
    return {"value": value, "page": page, "origin": "QR"}


@pytest.mark.claims(
    "docs/documents.md",
    "A PDF that is uploaded as `TAX_STATUS_CERTIFICATE` is read: RFC, name, postal code, address, regimes"
    " with their dates, each with the page and whether it stands in the text or in the QR code.",
    "| `READ` | It was read. |",
)
def test_a_companys_constancia() -> None:
    assert read(constancia(COMPANY, QR % "EKU9003173C9")) == {
        "status": "READ",
        "rfc": text("EKU9003173C9"),
        "name": text("ESCUELA KEMPER URGATE"),
        "cif_id": text("14348545454"),
        "issued_on": text("2026-01-05"),
        "postal_code": text("42501"),
        "street": text("CALLE JUAREZ"),
        "exterior_number": text("12"),
        "neighborhood": text("CENTRO"),
        "municipality": text("ACTOPAN"),
        "state": text("HID"),
        "reference": text("ENTRE HIDALGO Y MORELOS"),
        "regimes": [
            {
                "code": "601",
                "name": "Régimen General de Ley Personas Morales",
                "since": "1990-03-17",
                "until": None,
                "page": 1,
            }
        ],
    }


def test_a_persons_constancia_with_several_regimes() -> None:
    reading = read(constancia(PERSON))
    assert reading["name"] == text("XOCHILT CASAS CHAVEZ")
    assert [(each["code"], each["since"], each["until"]) for each in reading["regimes"]] == [
        ("605", "2010-02-01", None),
        ("621", "2014-01-01", "2021-12-31"),
        ("626", "2022-01-01", None),
    ]
    assert [each["code"] for each in regimes_in_force(reading, datetime.date(2021, 12, 31))] == ["605", "621", "626"]
    assert [each["code"] for each in regimes_in_force(reading, datetime.date(2022, 1, 1))] == ["605", "626"]


def test_labels_and_values_may_be_broken_anywhere() -> None:
    broken = "RFC:\nEKU9003173C9\nDenominación/Razón\nSocial:\nESCUELA\nKEMPER URGATE\nRégimen\nCapital: SA\nidCIF: 1"
    reading = interpret(Pdf([broken]))
    assert (reading["rfc"]["value"], reading["name"]["value"]) == ("EKU9003173C9", "ESCUELA KEMPER URGATE")


@pytest.mark.claims(
    "docs/documents.md",
    "| `NO_TEXT` | A scan: only its QR code could be read. |",
)
def test_a_scan_has_no_text_and_says_so() -> None:
    assert read(scan(QR % "EKU9003173C9")) == {
        "status": "NO_TEXT",
        "rfc": code("EKU9003173C9", 1),
        "cif_id": code("14348545454", 1),
    }


@pytest.mark.claims(
    "docs/documents.md",
    "| `CONTRADICTORY` | Text and QR code name two RFCs: it was altered. |",
)
def test_a_code_that_names_another_rfc_is_a_contradiction() -> None:
    assert read(constancia(COMPANY, QR % "URE180429TM6")) == {"status": "CONTRADICTORY"}


@pytest.mark.parametrize(
    "forged", ["https://sat.gob.mx.evil.example/qr?D3=1_URE180429TM6", "http://example.com/?D3=1_URE180429TM6", "hola"]
)
def test_codes_of_others_are_not_sats(forged: str) -> None:
    reading = read(constancia(COMPANY, forged))
    assert (reading["status"], reading["rfc"]["value"]) == ("READ", "EKU9003173C9")


@pytest.mark.claims(
    "docs/documents.md",
    "| `OTHER` | It is not a constancia. |",
)
@pytest.mark.parametrize(
    ("content", "status"),
    [
        (page_of(["Contrato de compraventa", "RFC: EKU9003173C9"]), "OTHER"),
        (page_of(["hola"]), "OTHER"),
    ],
)
def test_what_is_no_constancia_proposes_nothing(content: bytes, status: str) -> None:
    assert read(content) == {"status": status}


@pytest.mark.claims(
    "docs/documents.md",
    "| `UNREADABLE` | Encrypted, damaged, more than 30 pages or 100,000 characters, or it took more than "
    "3 seconds of CPU time. |",
)
def test_too_many_pages_are_not_read() -> None:
    writer = PdfWriter()
    for _ in range(31):
        writer.append(PdfReader(io.BytesIO(page_of(["hola"]))))
    made = io.BytesIO()
    writer.write(made)
    assert read(made.getvalue()) == {"status": "UNREADABLE"}


@pytest.mark.parametrize("regime", TAX_REGIMES.all(), ids=lambda regime: regime.code)
def test_every_regime_of_the_catalog_is_recognised(regime: Any) -> None:
    page = f"Regímenes:\nRégimen Fecha Inicio Fecha Fin\nRégimen de {regime.name} 01/01/2020\nObligaciones:"
    [found] = interpret(Pdf([f"RFC: EKU9003173C9 idCIF: 1 {page}"]))["regimes"]
    assert found["code"] == regime.code


@given(
    st.lists(st.text() | st.sampled_from(["\n".join(COMPANY), "RFC: EKU9003173C9 idCIF: 1", "31/02/2020"]), max_size=3)
)
def test_any_text_is_interpreted(pages: list[str]) -> None:
    assert interpret(Pdf(["".join(pages), *pages]))["status"] in ("READ", "NO_TEXT", "OTHER")
