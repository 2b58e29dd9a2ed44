"""The constancia de situación fiscal: what SAT prints on it, where each value stands, and how a record takes it over.

Its text is a row of labels with their values, which a reader of PDFs may break anywhere: a value reaches from its label
to the next label that is known. The QR code leads to SAT's own page and names RFC and idCIF; where text and code name
two RFCs, somebody edited one of them, and nothing is proposed.

Source of the labels: constancias of 2022 to 2026, and the fixtures of phpcfdi/csf-scraper.
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any, BinaryIO, Final, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from domain.address import ADDRESSES
from domain.cfdi_profile import current_profile, update_cfdi_profile
from domain.fields import Given
from domain.legal_name import normalize_name
from domain.policy import ClientAction
from domain.problem import Problem, ProblemCode, Rejected, reject
from domain.rfc import Rfc
from domain.text import single_line
from domain.work import UnitOfWork
from models import Address, CfdiProfile, Client, Document
from models.address import AddressKind
from models.catalogs import POSTAL_CODES, STATES, TAX_REGIMES, fold
from storage import pdf

Reading = dict[str, Any]
"""What a document's row keeps, in JSON.

    {"status": "READ", "rfc": {"value": "…", "page": 1, "origin": "TEXT"}, …,
     "regimes": [{"code": "601", "name": "…", "since": "2008-06-05", "until": null, "page": 2}]}

Values are `rfc`, `name`, `postal_code`, `issued_on`, `cif_id` and the parts of the address.
"""


class CertificateStatus(StrEnum):
    """What came of reading a document that is said to be a constancia."""

    READ = "READ"
    NO_TEXT = "NO_TEXT"
    UNREADABLE = "UNREADABLE"
    CONTRADICTORY = "CONTRADICTORY"
    OTHER = "OTHER"


class Origin(StrEnum):
    """Where in the document a value stands."""

    TEXT = "TEXT"
    QR = "QR"


PROFILE: Final = ("rfc", "name", "postal_code")
ADDRESS: Final = (
    "street",
    "exterior_number",
    "interior_number",
    "neighborhood",
    "locality",
    "municipality",
    "state",
    "postal_code",
    "reference",
)

_LABELS: Final[Mapping[str, str]] = {
    "rfc": "RFC:",
    "curp": "CURP:",
    "company": "Denominación/Razón Social:",
    "capital_regime": "Régimen Capital:",
    "first_name": r"Nombre \(s\):|Nombre\(s\):",
    "surname": "Primer Apellido:",
    "second_surname": "Segundo Apellido:",
    "trade_name": "Nombre Comercial:",
    "begun_on": "Fecha inicio de operaciones:|Fecha de inicio de operaciones:",
    "status": "Estatus en el padrón:",
    "changed_on": "Fecha de último cambio de estado:",
    "postal_code": "Código Postal:",
    "street_kind": "Tipo de Vialidad:",
    "street": "Nombre de Vialidad:",
    "exterior_number": "Número Exterior:",
    "interior_number": "Número Interior:",
    "neighborhood": "Nombre de la Colonia:",
    "locality": "Nombre de la Localidad:",
    "municipality": "Nombre del Municipio o Demarcación Territorial:",
    "state": "Nombre de la Entidad Federativa:",
    "between": "Entre Calle:",
    "and_between": "Y Calle:",
    "email": "Correo Electrónico:",
    "phone": r"Tel\. Fijo Lada:|Tel\. Móvil Lada:",
    "phone_number": "Número:",
    "address_state": "Estado del domicilio:",
    "taxpayer_state": "Estado del contribuyente en el domicilio:",
    "cif_id": "idCIF:",
    "": r"Datos del domicilio registrado|Datos de Identificación|Datos de Ubicación|Actividades Económicas:"
    r"|VALIDA TU INFORMACI[OÓ]N|CONSTANCIA DE SITUACI[OÓ]N|Lugar y Fecha de Emisión|Regímenes:|Obligaciones:"
    r"|P[aá]gina \[",
}
_LABEL: Final = re.compile(
    "|".join(
        f"(?P<{name or 'end'}>{pattern})" if name else f"(?P<end>{pattern})"
        for name, pattern in sorted(_LABELS.items(), key=lambda label: -len(label[1]))
    ).replace(" ", r"\s*")
)
_REGIMES: Final = re.compile(r"Regímenes:(?P<rows>.*?)(?:Obligaciones:|Sus datos personales|$)", re.DOTALL)
_REGIME: Final = re.compile(r"(?P<name>\D+?)\s*(?P<since>\d\d/\d\d/\d{4})(?:\s+(?P<until>\d\d/\d\d/\d{4}))?")
_ISSUED: Final = re.compile(r"\bA\s+(\d{1,2})\s+DE\s+([A-Z]+)\s+DE\s+(\d{4})")
_MONTHS: Final = (
    *("ENERO", "FEBRERO", "MARZO", "ABRIL", "MAYO", "JUNIO"),
    *("JULIO", "AGOSTO", "SEPTIEMBRE", "OCTUBRE", "NOVIEMBRE", "DICIEMBRE"),
)
_SMALL_WORDS: Final = frozenset({"regimen", "de", "del", "la", "las", "el", "los", "y", "e", "en", "con", "por"})


async def read(file: BinaryIO) -> Reading:
    """Reads a constancia out of a PDF."""
    file.seek(0)
    return interpret(await pdf.read(file.read()))


def interpret(found: pdf.Pdf) -> Reading:
    """What the PDF's text and QR codes say."""
    if found.unreadable:
        return {"status": CertificateStatus.UNREADABLE}
    coded = _from_codes(found.codes)
    if not "".join(found.pages).strip():
        return {"status": CertificateStatus.NO_TEXT} | coded
    written = dict(_from_text(found.pages))
    if "rfc" not in written or not (coded or "cif_id" in written or "name" in written):
        return {"status": CertificateStatus.OTHER}
    if coded and coded["rfc"]["value"] != written["rfc"]["value"]:
        return {"status": CertificateStatus.CONTRADICTORY}
    return {"status": CertificateStatus.READ, "regimes": list(_regimes(found.pages))} | coded | written


def _value(value: str, page: int, origin: Origin) -> dict[str, Any]:
    return {"value": value, "page": page, "origin": origin}


def _from_codes(codes: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """The idCIF and the RFC that SAT's code carries: `…/validadorqr.jsf?D1=10&D2=1&D3=<idCIF>_<RFC>`."""
    for page, code in codes:
        parts = urlsplit(code)
        if not (parts.hostname or "").endswith(".sat.gob.mx"):
            continue
        cif_id, _, rfc = parse_qs(parts.query).get("D3", [""])[0].partition("_")
        if cif_id.isdigit() and (value := _rfc(rfc)):
            return {"rfc": _value(value, page, Origin.QR), "cif_id": _value(cif_id, page, Origin.QR)}
    return {}


def _rfc(text: str) -> str | None:
    try:
        return Rfc.parse(text).value
    except Rejected:
        return None


def _from_text(pages: Sequence[str]) -> Iterator[tuple[str, Any]]:
    labelled = _labelled(pages)

    def given(name: str) -> str:
        return labelled[name][0] if name in labelled else ""

    if (rfc := given("rfc")) and (value := _rfc(rfc.split()[0])):
        yield "rfc", _value(value, labelled["rfc"][1], Origin.TEXT)
    person = " ".join(filter(None, map(given, ("first_name", "surname", "second_surname"))))
    if name := normalize_name(given("company") or person):
        page = labelled["company" if "company" in labelled else "first_name"][1]
        yield "name", _value(name, page, Origin.TEXT)
    if cif_id := re.match(r"\d+", given("cif_id")):
        yield "cif_id", _value(cif_id[0], labelled["cif_id"][1], Origin.TEXT)
    if postal_code := re.match(r"\d{5}\b", given("postal_code")):
        yield "postal_code", _value(postal_code[0], labelled["postal_code"][1], Origin.TEXT)
    kind, street = given("street_kind"), given("street")
    if street:
        full = street if fold(street).startswith(fold(kind)) else f"{kind} {street}"
        yield "street", _value(full, labelled["street"][1], Origin.TEXT)
    for name in ("exterior_number", "interior_number", "neighborhood", "locality", "municipality"):
        if text := given(name):
            yield name, _value(text, labelled[name][1], Origin.TEXT)
    if "state" in labelled and (state := _state(given("state"), postal_code and postal_code[0])):
        yield "state", _value(state, labelled["state"][1], Origin.TEXT)
    between = " Y ".join(filter(None, (given("between"), given("and_between"))))
    if between:
        page = labelled["between" if given("between") else "and_between"][1]
        yield "reference", _value(f"ENTRE {between}", page, Origin.TEXT)
    for number, page in enumerate(pages, start=1):
        if (found := _ISSUED.search(single_line(page).upper())) and found[2] in _MONTHS:
            if issued := _day(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1])):
                yield "issued_on", _value(issued, number, Origin.TEXT)
            break


def _labelled(pages: Sequence[str]) -> Mapping[str, tuple[str, int]]:
    """Each label's value and page, of its first place with a value."""
    values: dict[str, tuple[str, int]] = {}
    for number, page in enumerate(pages, start=1):
        text = single_line(" ".join(page.split("\n")))
        places = _LABEL.finditer(text)
        for place, following in pairwise([*places, None]):
            if place is None or place.lastgroup in (None, "end"):
                continue
            value = text[place.end() : following.start() if following else None].strip()
            if value:
                values.setdefault(place.lastgroup, (value, number))
    return values


def _state(name: str, postal_code: str | None) -> str | None:
    """The state's code: by its name, or by the postal code where SAT spells it otherwise."""
    for state in STATES.all():
        if state.country == "MEX" and fold(state.name) == fold(name):
            return state.code
    known = POSTAL_CODES.get(postal_code)
    return known.state.code if known else None


def _regimes(pages: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number, page in enumerate(pages, start=1):
        if rows := _REGIMES.search(page):
            text = re.sub(r"Régimen\s*Fecha\s*(de)?\s*Inicio\s*Fecha\s*(de)?\s*Fin", " ", rows["rows"])
            for row in _REGIME.finditer(text):
                name = single_line(row["name"].replace("\n", " "))
                since, until = (
                    text and _day(*map(int, reversed(text.split("/")))) for text in row.group("since", "until")
                )
                if since:
                    code = _regime_code(name)
                    yield {"code": code, "name": name, "since": since, "until": until, "page": number}


def _day(year: int, month: int, day: int) -> str | None:
    """The day in ISO 8601, if there is such a day."""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def _regime_code(name: str) -> str | None:
    """The code of the catalog's regime with the same words, small ones aside: SAT prints `Régimen de …` before most."""

    def words(text: str) -> frozenset[str]:
        return frozenset(re.findall(r"\w+", fold(text))) - _SMALL_WORDS

    sought = words(name)
    codes = [regime.code for regime in TAX_REGIMES.all() if words(regime.name) == sought]
    return codes[0] if len(codes) == 1 else None


# Taking it over.


def regimes_in_force(reading: Reading, on: datetime.date) -> Sequence[Mapping[str, Any]]:
    """The regimes that have not ended by that day."""
    return [each for each in reading.get("regimes", ()) if each["until"] is None or each["until"] >= on.isoformat()]


def values(reading: Reading, names: Sequence[str]) -> dict[str, str]:
    """The values that were read, by name."""
    return {name: reading[name]["value"] for name in names if name in reading}


async def apply_cfdi_profile_proposal(work: UnitOfWork, given: Given) -> CfdiProfile | Client:
    """Writes what the constancia says into the CFDI data and, unless told otherwise, into the fiscal address."""
    document = await work.get(Document, given["document_id"])
    if document is None:
        raise reject(ProblemCode.NOT_FOUND).at("document_id")
    client = await work.client(document.client_id, ClientAction.EDIT, "document_id")
    reading = document.reading
    if document.deleted_at is not None or not reading or reading["status"] != CertificateStatus.READ:
        raise reject(ProblemCode.CERTIFICATE_UNREAD).at("document_id")
    chosen = {"tax_regime": _chosen(reading, given.get("tax_regime"), work.today)}
    optional = {name: given[name] for name in ("cfdi_use", "expected_version") if name in given}
    stated = values(reading, PROFILE) | chosen | optional
    await update_cfdi_profile(work, {"client_id": client.id} | stated)
    if given["include_address"]:
        await _write_address(work, client, reading)
    return await current_profile(work, client) or client


def _chosen(reading: Reading, wanted: str | None, on: datetime.date) -> str:
    codes = tuple(code for each in regimes_in_force(reading, on) if (code := cast("str | None", each["code"])))
    if wanted is None and len(codes) == 1:
        return codes[0]
    if wanted not in codes:
        raise Rejected(Problem(ProblemCode.TAX_REGIME_CHOICE, ("tax_regime",), allowed=codes))
    return wanted


async def _write_address(work: UnitOfWork, client: Client, reading: Reading) -> None:
    stated = dict.fromkeys(ADDRESS, None) | values(reading, ADDRESS)
    if stated["street"] is None:
        return
    fiscal = await work.session.scalar(
        work.of(
            Address,
            Address.client_id == client.id,
            Address.kind == AddressKind.FISCAL,
            Address.deleted_at.is_(None),
        )
    )
    with work.at("document_id"):
        if fiscal:
            id: UUID = fiscal.id
            await ADDRESSES.update(work, {"id": id} | stated)
        else:
            await ADDRESSES.create(work, {"client_id": client.id, "kind": AddressKind.FISCAL} | stated)
