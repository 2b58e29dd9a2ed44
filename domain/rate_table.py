"""Takes in a newer publication of the SAT's table of tax rates and quotas (c_TasaOCuota of catCFDI), as CSV.

Either of our own form (`models/catalogs/data/tax_rates.csv`) or the SAT's sheet saved as CSV, with its Spanish headings
under any preamble, in UTF-8 or Latin-1. What a publication does not list any more stays, so that old documents are
judged by what held then; a new range of the same tax ends the former one the day before it begins.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Final

from errors import CommandRefused
from models.catalogs import TaxRate, fold

MOST_BYTES: Final = 1_000_000
MOST_RATES: Final = 5_000
_LARGEST: Final = Decimal(1_000_000)

_HEADINGS: Final[Mapping[str, str]] = {
    "rango o fijo": "ranged",
    "valor minimo": "least",
    "c_tasaocuota": "least",
    "valor maximo": "most",
    "impuesto": "tax",
    "factor": "factor",
    "traslado": "transferred",
    "retencion": "withheld",
    "fecha inicio de vigencia": "valid_from",
    "fecha de inicio de vigencia": "valid_from",
    "fecha fin de vigencia": "valid_to",
    "fecha de fin de vigencia": "valid_to",
}
"""The SAT's headings, and what they are here. `c_TasaOCuota` above them spans two columns, the least and the most."""
_TAXES: Final = {"isr": "001", "iva": "002", "ieps": "003", **{code: code for code in ("001", "002", "003")}}
_FACTORS: Final = {"tasa": "RATE", "rate": "RATE", "cuota": "QUOTA", "quota": "QUOTA"}
_YES: Final = {"si": True, "yes": True, "no": False, "": False}
_RANGED: Final = {"rango": True, "fijo": False, "yes": True, "no": False}

COLUMNS: Final = tuple(field.name for field in fields(TaxRate))


@dataclass(frozen=True, slots=True)
class Publication:
    """The rates after a publication was taken in, and what that changed, one line each."""

    rates: Sequence[TaxRate]
    changes: Sequence[str]

    def text(self, source: str) -> str:
        """The file to be kept; its first line names the source."""
        written = io.StringIO()
        written.write(f"# Taxes with their rates and quotas. Source: {' '.join(source.split())}\n")
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([_cell(getattr(rate, name)) for name in COLUMNS] for rate in self.rates)
        return written.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def read_publication(content: bytes) -> list[TaxRate]:
    """The rates that the file lists. CommandRefused names the line and what is wrong with it."""
    if len(content) > MOST_BYTES:
        raise CommandRefused(f"the file has more than {MOST_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    rates: dict[tuple[object, ...], TaxRate] = {}
    for line, row in _rows(text):
        rate = _rate(line, row)
        if rates.setdefault(_key(rate), rate) != rate:
            raise CommandRefused(f"line {line}: {described(rate)} is listed twice, with different values")
    if not rates:
        raise CommandRefused("the file lists no rates")
    return list(rates.values())


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row by our names of its columns, with the number of its line."""
    names: Sequence[str] = ()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if text.count(";") > text.count(",") else ",")
    count = 0
    for row in reader:
        cells = [" ".join(cell.split()) for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if not names:
            headings = [_HEADINGS.get(fold(cell), cell) for cell in cells]
            if "least" in headings and headings[headings.index("least") + 1 :][:1] == [""]:
                headings[headings.index("least") + 1] = "most"
            if {"tax", "factor", "transferred", "withheld"} <= {*headings}:
                names = headings
                if missing := {*COLUMNS} - {*names} - {"valid_to"}:
                    raise CommandRefused(f"line {reader.line_num}: the column {min(missing)} is missing")
            continue
        if "valor minimo" in map(fold, cells):
            continue
        count += 1
        if count > MOST_RATES:
            raise CommandRefused(f"the file lists more than {MOST_RATES:,} rates")
        yield reader.line_num, {name: cell for name, cell in zip(names, cells, strict=False) if name}
    if not names:
        raise CommandRefused("no headings of the SAT's table c_TasaOCuota, nor those of tax_rates.csv")


def _rate(line: int, row: Mapping[str, str]) -> TaxRate:
    def word(name: str, words: Mapping[str, str] | Mapping[str, bool]) -> str | bool:
        text = fold(row.get(name, "")).split(" ")[0]
        if text not in words:
            raise CommandRefused(f"line {line}: {name} says {row.get(name, '')!r}")
        return words[text]

    ranged = bool(word("ranged", _RANGED))
    most = _number(line, "most", row)
    least = _number(line, "least", row) if ranged or row.get("least") else most
    if not ranged and row.get("least") and least != most:
        # In the SAT's sheet a single value stands in the column of the most, with a least of 0 at times.
        if least != 0:
            raise CommandRefused(f"line {line}: a single rate has two values, {least} and {most}")
        least = most
    if least > most:
        raise CommandRefused(f"line {line}: least {least} is more than most {most}")
    rate = TaxRate(
        tax=str(word("tax", _TAXES)),
        factor=str(word("factor", _FACTORS)),
        ranged=ranged,
        least=least,
        most=most,
        transferred=bool(word("transferred", _YES)),
        withheld=bool(word("withheld", _YES)),
        valid_from=_day(line, "valid_from", row),
        valid_to=_day(line, "valid_to", row),
    )
    if rate.valid_from is None:
        raise CommandRefused(f"line {line}: valid_from is missing")
    if rate.valid_to and rate.valid_to < rate.valid_from:
        raise CommandRefused(f"line {line}: it ends on {rate.valid_to}, before it begins")
    if not (rate.transferred or rate.withheld):
        raise CommandRefused(f"line {line}: it may be neither added nor withheld")
    return rate


def _number(line: int, name: str, row: Mapping[str, str]) -> Decimal:
    text = row.get(name, "")
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,10})?", text):
        raise CommandRefused(f"line {line}: {name} says {text!r}: a number with a decimal point is needed")
    try:
        number = Decimal(text).quantize(Decimal("0.000001"))
    except InvalidOperation:
        raise CommandRefused(f"line {line}: {name} says {text!r}") from None
    if number != Decimal(text) or number > _LARGEST:
        raise CommandRefused(f"line {line}: {name} says {text!r}: at most 6 decimals, and at most {_LARGEST:,}")
    return number


def _day(line: int, name: str, row: Mapping[str, str]) -> date | None:
    text = row.get(name, "")
    if not text:
        return None
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?: 00:00:00)?|(\d{1,2})/(\d{1,2})/(\d{4})", text, re.ASCII)
    try:
        if match is None:
            raise ValueError
        year, month, day = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
        return date(int(year), int(month), int(day))
    except ValueError:
        raise CommandRefused(f"line {line}: {name} says {text!r}: AAAA-MM-DD or DD/MM/AAAA is needed") from None


def _kind(rate: TaxRate) -> tuple[object, ...]:
    """What of a tax a rate is about; of a range there is one at a time."""
    values = () if rate.ranged else (rate.least,)
    return (rate.tax, rate.factor, rate.ranged, rate.transferred, rate.withheld, *values)


def _key(rate: TaxRate) -> tuple[object, ...]:
    return (*_kind(rate), rate.valid_from)


def take_in(present: Sequence[TaxRate], published: Sequence[TaxRate]) -> Publication:
    """The rates that hold from now on. Taken in once more, a publication changes nothing."""
    after = {_key(rate): rate for rate in present}
    changes: list[str] = []
    for rate in sorted(published, key=lambda rate: rate.valid_from or date.min):
        before = after.get(_key(rate))
        # An end that follows from a later range is none of the publication's.
        open_again = before and rate.valid_to is None and replace(before, valid_to=None) == rate
        if before == rate or (before and open_again and _succeeded(before, after)):
            continue
        after[_key(rate)] = rate
        changes.append(f"{'changed' if before else 'added'}: {described(rate)}")
        changes += _end_former(rate, after)
    rates = sorted(after.values(), key=lambda rate: (*map(str, _kind(rate)), rate.valid_from or date.min))
    _demand_one_at_a_time(rates)
    return Publication(rates, changes)


def _succeeded(rate: TaxRate, after: Mapping[tuple[object, ...], TaxRate]) -> bool:
    end = rate.valid_to
    return end is not None and any(
        _kind(other) == _kind(rate) and other.valid_from == end + timedelta(days=1) for other in after.values()
    )


def _end_former(rate: TaxRate, after: dict[tuple[object, ...], TaxRate]) -> Iterator[str]:
    begin = rate.valid_from
    for key, former in list(after.items()):
        if begin is None or _kind(former) != _kind(rate) or (former.valid_from or date.min) >= begin:
            continue
        if former.valid_to is None or former.valid_to >= begin:
            after[key] = ended = replace(former, valid_to=begin - timedelta(days=1))
            yield f"ended: {described(ended)}"


def _demand_one_at_a_time(rates: Sequence[TaxRate]) -> None:
    for one, other in pairwise(rates):
        if _kind(one) == _kind(other) and (one.valid_to or date.max) >= (other.valid_from or date.min):
            raise CommandRefused(f"{described(one)} and {described(other)} hold at the same time")


def described(rate: TaxRate) -> str:
    """A rate as people read it."""
    bounds = f"{rate.least}–{rate.most}" if rate.ranged else str(rate.most)
    use = " and ".join(word for word, is_so in (("added", rate.transferred), ("withheld", rate.withheld)) if is_so)
    end = f" to {rate.valid_to}" if rate.valid_to else ""
    return f"{rate.tax} {rate.factor} {bounds}, {use}, from {rate.valid_from}{end}"
