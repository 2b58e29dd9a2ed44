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
from itertools import islice, pairwise, takewhile
from typing import Any, BinaryIO, Final
from urllib.parse import parse_qs, urlsplit

from domain.legal_name import fold_upper, normalize_name
from domain.problem import Rejected
from domain.rfc import Rfc
from domain.tax_certificate import CertificateStatus, Origin, Reading
from domain.text import single_line
from models.catalogs import POSTAL_CODES, STATES, TAX_REGIMES, fold
from models.cfdi_profile import TaxpayerStatus
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
    "first_name": r"Nombre \(S\):|Nombre\(S\):",
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
    r"|VALIDA TU INFORMACION|CONSTANCIA DE SITUACION|Lugar y Fecha de Emisión|Regímenes:|Obligaciones:"
    r"|Página \[",
}
_LABEL: Final = re.compile(
    "|".join(
        f"(?P<{name or 'end'}>{fold_upper(pattern)})" if name else f"(?P<end>{fold_upper(pattern)})"
        for name, pattern in sorted(_LABELS.items(), key=lambda label: -len(label[1]))
    ).replace(" ", " ?")
)
"""In capitals without accents, as a scanner's software may have read it."""
_HEADING: Final = re.compile("REGIMEN ?FECHA ?(?:DE)? ?INICIO ?FECHA ?(?:DE)? ?FIN")
_PAGE_NUMBER: Final = re.compile(r"PAGINA ?\[?[0-9]{1,3}\]? ?(?:DE ?\[?[0-9]{1,3}\]?)?")
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
_SMALL_WORDS: Final = frozenset(
    {"regimen", "de", "del", "la", "las", "el", "los", "y", "e", "en", "con", "por", "pm", "pf"}
)
_MOST_WORDS: Final = 40
"""Of what stands between the dates of two rows of the table of regimes."""
_LENGTHS: Final = {"street": 150, "exterior_number": 30, "interior_number": 30, "between": 100, "and_between": 100}
_USUAL_LENGTH: Final = 100
"""Characters that a part of an address has at most: what is longer is several of them, out of their places."""
_STATUS: Final = (
    ("SUSPEN", TaxpayerStatus.SUSPENDED),
    ("CANCEL", TaxpayerStatus.CANCELLED),
    ("ACTIV", TaxpayerStatus.ACTIVE),
)
"""What the state in the register begins with, as `SUSPENDIDO`, `REACTIVADO`."""


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
    # Where the columns were lost, one label has the values of all.
    whole = all(map(text_of, ("first_name", "surname")))
    person = " ".join(filter(None, map(text_of, ("first_name", "surname", "second_surname")))) if whole else ""
    if name := normalize_name(_certain(text_of("company") or person, _MOST_VALUE)):
        page = labelled["company" if "company" in labelled else "first_name"][1]
        yield "name", _value(name, page, Origin.TEXT)
    if status := next((each for word, each in _STATUS if word in fold_upper(text_of("status"))[:12]), None):
        yield "taxpayer_status", _value(status, labelled["status"][1], Origin.TEXT)
    if cif_id := _CIF_ID.match(text_of("cif_id")):
        yield "cif_id", _value(cif_id[0], labelled["cif_id"][1], Origin.TEXT)
    postal_code = _POSTAL_CODE.match(text_of("postal_code"))
    if postal_code:
        yield "postal_code", _value(postal_code[0], labelled["postal_code"][1], Origin.TEXT)
    yield from _address(labelled, postal_code and postal_code[0])
    for number, page in enumerate(pages, start=1):
        if (match := _ISSUED.search(_one_line(page).upper())) and match[2] in _MONTHS:
            if issued := _day(int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1])):
                yield "issued_on", _value(issued, number, Origin.TEXT)
            break


def _certain(text: str, most: int) -> str:
    """The text, if it can be one value: what holds another label, or is too long, is none."""
    return text if len(text) <= most and ":" not in text else ""


def _address(labelled: Mapping[str, tuple[str, int]], postal_code: str | None) -> Iterator[tuple[str, Any]]:
    """The parts of the address, if each that an address has is in its place; otherwise none of them is certain."""

    def text_of(name: str) -> str:
        text = labelled[name][0] if name in labelled else ""
        return _certain(text, _LENGTHS.get(name, _USUAL_LENGTH))

    state = _state(text_of("state"), postal_code) if text_of("state") else None
    kind, street = text_of("street_kind"), text_of("street")
    if state is None or not street or not text_of("municipality"):
        return
    full = street if fold(street).startswith(fold(kind)) else f"{kind} {street}"
    yield "street", _value(full, labelled["street"][1], Origin.TEXT)
    for name in ("exterior_number", "interior_number", "neighborhood", "locality", "municipality"):
        if text := text_of(name):
            yield name, _value(text, labelled[name][1], Origin.TEXT)
    yield "state", _value(state, labelled["state"][1], Origin.TEXT)
    between = " Y ".join(filter(None, (text_of("between"), text_of("and_between"))))
    if between:
        page = labelled["between" if text_of("between") else "and_between"][1]
        yield "reference", _value(f"ENTRE {between}", page, Origin.TEXT)


def _labelled(pages: Sequence[str]) -> Mapping[str, tuple[str, int]]:
    """Each label's value and page, of its first place with a value."""
    values: dict[str, tuple[str, int]] = {}
    for number, page in enumerate(pages, start=1):
        text = _one_line(page)
        places = _LABEL.finditer(fold_upper(text))
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
    """The rows between the heading and what follows the table, which may go on on the next pages: a name, the day it
    began, and the day it ended."""
    rows = [*_rows(pages)]
    names = _names([name for name, _, _, _ in rows][:_MOST_REGIMES])
    for (_, since, until, number), name in zip(rows, names, strict=False):
        if 0 < len(name) <= _MOST_VALUE and since:
            yield {"code": _regime_code(name), "name": name, "since": since, "until": until, "page": number}


def _rows(pages: Sequence[str]) -> Iterator[tuple[str, str | None, str | None, int]]:
    """What stands before each row's dates, the dates, and the page of these; last of all what follows them."""
    left, begun = "", False
    for number, page in enumerate(pages, start=1):
        text = _one_line(page)
        folded = fold_upper(text)
        start = folded.find("REGIMENES:")
        if start >= 0 and not begun:
            text, folded, begun = text[start + 10 :], folded[start + 10 :], True
        if not begun:
            continue
        ends = [end for label in ("OBLIGACIONES:", "SUS DATOS PERSONALES") if (end := folded.find(label)) >= 0]
        end = min(ends, default=len(text))
        at = 0
        for dates in _DATES.finditer(text, 0, end):
            since, until = map(_iso, dates.groups())
            yield f"{left} {_plain(text[at : dates.start()])}".strip(), since, until, number
            left, at = "", dates.end()
        left = f"{left} {_plain(text[at:end])}".strip()[-4 * _MOST_VALUE :]
        if ends:
            break
    yield left, None, None, len(pages)


def _iso(text: str | None) -> str | None:
    return text and _day(*map(int, reversed(text.split("/"))))


def _plain(text: str) -> str:
    """Without what a page has around its part of the table: its number and the table's heading."""
    folded = fold_upper(text)
    for pattern in (_HEADING, _PAGE_NUMBER):
        for place in reversed([*pattern.finditer(folded)]):
            text, folded = (f"{each[: place.start()]} {each[place.end() :]}" for each in (text, folded))
    return single_line(text)


def _names(between: Sequence[str]) -> Iterator[str]:
    """The names of the rows, of what stands before, between and behind their dates. Where a name that is wrapped stands
    on both sides of its dates, the catalog tells which words are whose."""
    begin = between[0] if between else ""
    for following in (*between[1:], ""):
        words = following.split()
        number = _belonging(begin, words[:_MOST_WORDS])
        # A name has no digits: what stands before one is of the page.
        yield _DIGIT.split(" ".join([begin, *words[:number]]))[-1].strip()
        begin = " ".join(words[number:])


def _belonging(begin: str, words: Sequence[str]) -> int:
    """How many of the words that follow a row's dates complete its name; none where that makes no regime."""
    names = (" ".join([begin, *words[:number]]) for number in range(len(words) + 1))
    number, name = next(((number, name) for number, name in enumerate(names) if _regime_code(name)), (0, ""))
    # A word that comes twice, as in `Sueldos y Salarios … Asimilados a Salarios`.
    again = takewhile(lambda word: frozenset() < _words(word) <= _words(name), words[number:])
    return number + len([*again])


def _day(year: int, month: int, day: int) -> str | None:
    """The day in ISO 8601, if there is such a day."""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def _words(text: str) -> frozenset[str]:
    if len(text) > _MOST_VALUE:
        return frozenset()
    return frozenset(_WORD.findall(fold(text))) - _SMALL_WORDS


def _regime_code(name: str) -> str | None:
    """The code of the catalog's regime with the same words, small ones aside: SAT prints `Régimen de …` before most."""
    codes = _REGIMES.get(_words(_DIGIT.split(name)[-1]), ())
    return codes[0] if len(codes) == 1 else None


# Made once, by the process that the children are copies of.
_STATES: Final = {fold(state.name): state.code for state in STATES.all() if state.country == "MEX"}
_REGIMES: Final[dict[frozenset[str], list[str]]] = {}
for _regime in TAX_REGIMES.all():
    _REGIMES.setdefault(_words(_regime.name), []).append(_regime.code)
