"""Reads a constancia de situación fiscal: each value that SAT prints on it, with its place. Runs in a child process.

Its text is a row of labels with their values, which a reader of PDFs may break anywhere: a value reaches from its label
to the next label that is known. The QR code leads to SAT's own page and names RFC and idCIF; where text and code name
two RFCs, somebody edited one of them, and nothing is proposed.

Source of the labels: constancias of 2022 to 2026, and the fixtures of phpcfdi/csf-scraper. The patterns are applied to
text in which every run of white space is one space; each takes time in proportion to the text.
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import Any, BinaryIO, Final
from urllib.parse import parse_qs, urlsplit

from domain.legal_name import normalize_name
from domain.problem import Rejected
from domain.rfc import Rfc
from domain.tax_certificate import CertificateStatus, Origin, Reading
from domain.text import single_line
from models.catalogs import POSTAL_CODES, STATES, TAX_REGIMES, fold
from storage import pdf
from storage.pdf import Pdf, PdfUnreadableError

_MOST_VALUE: Final = 300
"""Characters of a value; a longer one is none."""
_MOST_REGIMES: Final = 50
_MOST_FIELDS: Final = 20
"""Of the address that a QR code holds."""

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
    ).replace(" ", " ?")
)
_HEADING: Final = re.compile("Régimen ?Fecha ?(?:de)? ?Inicio ?Fecha ?(?:de)? ?Fin")
_DATES: Final = re.compile(r"([0-9]{2}/[0-9]{2}/[0-9]{4})(?: ([0-9]{2}/[0-9]{2}/[0-9]{4}))?")
_DIGIT: Final = re.compile("[0-9]")
_WORD: Final = re.compile(r"\w+")
_ISSUED: Final = re.compile(r"\bA ([0-9]{1,2}) DE ([A-Z]{4,10}) DE ([0-9]{4})")
_CIF_ID: Final = re.compile("[0-9]{1,20}")
_POSTAL_CODE: Final = re.compile(r"[0-9]{5}\b")
_MONTHS: Final = (
    *("ENERO", "FEBRERO", "MARZO", "ABRIL", "MAYO", "JUNIO"),
    *("JULIO", "AGOSTO", "SEPTIEMBRE", "OCTUBRE", "NOVIEMBRE", "DICIEMBRE"),
)
_SMALL_WORDS: Final = frozenset({"regimen", "de", "del", "la", "las", "el", "los", "y", "e", "en", "con", "por"})


def read_constancia(file: BinaryIO) -> Reading:
    """Reads a constancia out of a PDF."""
    try:
        return interpret(pdf.read_pdf(file))
    except PdfUnreadableError:
        return {"status": CertificateStatus.UNREADABLE}


def interpret(document: Pdf) -> Reading:
    """What the PDF's text and QR codes say."""
    if sum(map(len, document.pages)) > pdf.MOST_TEXT:
        return {"status": CertificateStatus.UNREADABLE}
    coded = _from_codes(document.codes)
    if not "".join(document.pages).strip():
        return {"status": CertificateStatus.NO_TEXT} | coded
    written = dict(_from_text(document.pages))
    if "rfc" not in written or not (coded or "cif_id" in written or "name" in written):
        return {"status": CertificateStatus.OTHER}
    if coded and coded["rfc"]["value"] != written["rfc"]["value"]:
        return {"status": CertificateStatus.CONTRADICTORY}
    return (
        {"status": CertificateStatus.READ, "regimes": list(islice(_regimes(document.pages), _MOST_REGIMES))}
        | coded
        | written
    )


def _value(value: str, page: int, origin: Origin) -> dict[str, Any]:
    return {"value": value, "page": page, "origin": origin}


def _from_codes(codes: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """The idCIF and the RFC that SAT's code carries: `…/validadorqr.jsf?D1=10&D2=1&D3=<idCIF>_<RFC>`."""
    for page, code in codes:
        try:
            parts = urlsplit(code)
            host, query = parts.hostname or "", parse_qs(parts.query, max_num_fields=_MOST_FIELDS)
        except ValueError:
            # Not an address after all, as `http://[x`.
            continue
        if not host.endswith(".sat.gob.mx"):
            continue
        cif_id, _, rfc = query.get("D3", [""])[0].partition("_")
        if _CIF_ID.fullmatch(cif_id) and (value := _rfc(rfc)):
            return {"rfc": _value(value, page, Origin.QR), "cif_id": _value(cif_id, page, Origin.QR)}
    return {}


def _rfc(text: str) -> str | None:
    if len(text) > _MOST_VALUE:
        return None
    try:
        return Rfc.parse(text).value
    except Rejected:
        return None


def _from_text(pages: Sequence[str]) -> Iterator[tuple[str, Any]]:
    labelled = _labelled(pages)

    def text_of(name: str) -> str:
        return labelled[name][0] if name in labelled else ""

    if (rfc := text_of("rfc")) and (value := _rfc(rfc.split()[0])):
        yield "rfc", _value(value, labelled["rfc"][1], Origin.TEXT)
    person = " ".join(filter(None, map(text_of, ("first_name", "surname", "second_surname"))))
    if name := normalize_name(text_of("company") or person):
        page = labelled["company" if "company" in labelled else "first_name"][1]
        yield "name", _value(name, page, Origin.TEXT)
    if cif_id := _CIF_ID.match(text_of("cif_id")):
        yield "cif_id", _value(cif_id[0], labelled["cif_id"][1], Origin.TEXT)
    if postal_code := _POSTAL_CODE.match(text_of("postal_code")):
        yield "postal_code", _value(postal_code[0], labelled["postal_code"][1], Origin.TEXT)
    kind, street = text_of("street_kind"), text_of("street")
    if street:
        full = street if fold(street).startswith(fold(kind)) else f"{kind} {street}"
        yield "street", _value(full, labelled["street"][1], Origin.TEXT)
    for name in ("exterior_number", "interior_number", "neighborhood", "locality", "municipality"):
        if text := text_of(name):
            yield name, _value(text, labelled[name][1], Origin.TEXT)
    if "state" in labelled and (state := _state(text_of("state"), postal_code and postal_code[0])):
        yield "state", _value(state, labelled["state"][1], Origin.TEXT)
    between = " Y ".join(filter(None, (text_of("between"), text_of("and_between"))))
    if between:
        page = labelled["between" if text_of("between") else "and_between"][1]
        yield "reference", _value(f"ENTRE {between}", page, Origin.TEXT)
    for number, page in enumerate(pages, start=1):
        if (match := _ISSUED.search(_one_line(page).upper())) and match[2] in _MONTHS:
            if issued := _day(int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1])):
                yield "issued_on", _value(issued, number, Origin.TEXT)
            break


def _labelled(pages: Sequence[str]) -> Mapping[str, tuple[str, int]]:
    """Each label's value and page, of its first place with a value."""
    values: dict[str, tuple[str, int]] = {}
    for number, page in enumerate(pages, start=1):
        text = _one_line(page)
        places = _LABEL.finditer(text)
        for place, following in pairwise([*places, None]):
            if place is None or place.lastgroup in (None, "end"):
                continue
            value = text[place.end() : following.start() if following else None].strip()
            if 0 < len(value) <= _MOST_VALUE:
                values.setdefault(place.lastgroup, (value, number))
    return values


def _one_line(page: str) -> str:
    return single_line(page.replace("\n", " "))


def _state(name: str, postal_code: str | None) -> str | None:
    """The state's code: by its name, or by the postal code where SAT spells it otherwise."""
    known = POSTAL_CODES.get(postal_code) if fold(name) not in _STATES else None
    return known.state.code if known else _STATES.get(fold(name))


def _regimes(pages: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows between the heading and what follows the table: a name, the day it began, and the day it ended."""
    for number, page in enumerate(pages, start=1):
        _, _, rows = _one_line(page).partition("Regímenes:")
        for end in ("Obligaciones:", "Sus datos personales"):
            rows = rows.partition(end)[0]
        rows, at = _HEADING.sub(" ", rows), 0
        for dates in _DATES.finditer(rows):
            # A name has no digits; what stands before one is of no row.
            name = _DIGIT.split(rows[at : dates.start()])[-1].strip()
            at = dates.end()
            since, until = (text and _day(*map(int, reversed(text.split("/")))) for text in dates.groups())
            if since and 0 < len(name) <= _MOST_VALUE:
                yield {"code": _regime_code(name), "name": name, "since": since, "until": until, "page": number}


def _day(year: int, month: int, day: int) -> str | None:
    """The day in ISO 8601, if there is such a day."""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(text))) - _SMALL_WORDS


def _regime_code(name: str) -> str | None:
    """The code of the catalog's regime with the same words, small ones aside: SAT prints `Régimen de …` before most."""
    codes = _REGIMES.get(_words(name), ())
    return codes[0] if len(codes) == 1 else None


# Made once, by the process that the children are copies of.
_STATES: Final = {fold(state.name): state.code for state in STATES.all() if state.country == "MEX"}
_REGIMES: Final[dict[frozenset[str], list[str]]] = {}
for _regime in TAX_REGIMES.all():
    _REGIMES.setdefault(_words(_regime.name), []).append(_regime.code)
