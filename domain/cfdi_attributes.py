"""Reads the attributes and children of a CFDI's elements: strictly, with a code for what is missing or out of range."""

import datetime
import re
from decimal import Decimal
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from domain.problem import Problem, Rejected, error, reject
from domain.taxes import MOST_AMOUNT, rounded
from domain.text import single_line
from models.catalogs import CURRENCIES, NO_CURRENCY

CFDI_INCOMPLETE: Final = error("Falta o no es legible {name}.", "{name} is missing or cannot be read.")
CFDI_RATE_REQUIRED: Final = error(
    "El CFDI está en {currency} y no dice {name}: sin tipo de cambio no se registra.",
    "The CFDI is in {currency} and does not state {name}: without an exchange rate it is not recorded.",
)
CFDI_OUT_OF_RANGE: Final = error(
    "{name} dice {value}: debe estar entre {least} y {most}.",
    "{name} says {value}: it must be between {least} and {most}.",
)
CFDI_TOO_MANY: Final = error(
    "El CFDI tiene {count} nodos {name}: se admiten a lo más {most}.",
    "The CFDI has {count} {name} nodes: at most {most} are accepted.",
)


FIRST_DAY: Final = datetime.date(2011, 1, 1)
"""The first CFDI are of that year; the CFD before them were not stamped."""
SAT_ZONE: Final = ZoneInfo("America/Mexico_City")
"""The SAT's own times, as that of a stamp, are those of central Mexico, wherever a CFDI was issued (Anexo 20)."""
CLOCK_SKEW: Final = datetime.timedelta(minutes=5)
"""By how much a clock may be fast."""
LEAST_RATE: Final = Decimal("0.000001")
MOST_RATE: Final = Decimal(10) ** 9
PESO: Final = "MXN"

_MOST_ATTRIBUTE: Final = 5_000
"""Characters of an attribute, white space and all; the longest that is read has 1,000."""
_NUMBER: Final = re.compile(r"\+?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
"""An `xs:decimal` that is not negative."""
_DATE_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
"""The t_FechaH of tdCFDI.xsd: without a zone or a fraction."""


def child_of(parent: Element, tag: str) -> Element:
    """The first child of that tag."""
    child = parent.find(tag)
    if child is None:
        raise reject(CFDI_INCOMPLETE, name=tag.rpartition("}")[2])
    return child


def children_of(parent: Element, path: str, most: int) -> list[Element]:
    """All elements at the path; `Rejected` where there are more."""
    elements = parent.findall(path)
    if len(elements) > most:
        values = {"name": path.rpartition("}")[2], "count": len(elements), "most": most}
        raise Rejected(Problem(CFDI_TOO_MANY, values=values))
    return elements


def optional_text(element: Element, name: str, most: int = 300) -> str | None:
    """The attribute as a single line; None where it is missing or empty."""
    text = element.get(name) or ""
    line = single_line(text) if len(text) <= _MOST_ATTRIBUTE else text
    if len(line) > most:
        raise reject(CFDI_INCOMPLETE, name=name)
    return line or None


def required_text(element: Element, name: str, most: int = 300) -> str:
    """The attribute as a single line."""
    text = optional_text(element, name, most)
    if text is None:
        raise reject(CFDI_INCOMPLETE, name=name)
    return text


def read_number(element: Element, name: str, default: Decimal | None = None) -> Decimal:
    """The attribute as a number that is not negative."""
    text = optional_text(element, name)
    if text is None and default is not None:
        return default
    if text is None or not _NUMBER.fullmatch(text):
        raise reject(CFDI_INCOMPLETE, name=name)
    value = Decimal(text)
    if value >= MOST_AMOUNT:
        raise out_of_range(name, text, "0", format(MOST_AMOUNT - 1, "f"))
    return value


def number_between(
    element: Element, name: str, least: Decimal, most: Decimal, default: Decimal | None = None
) -> Decimal:
    """The attribute as a number within the bounds."""
    value = read_number(element, name, default)
    if not least <= value <= most:
        raise out_of_range(name, format(value, "f"), format(least, "f"), format(most, "f"))
    return value


def decimals_in(value: Decimal) -> int:
    """How many decimals it was written with."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def out_of_range(name: str, value: str, least: str, most: str) -> Rejected:
    """The exception for a value out of its bounds."""
    return reject(CFDI_OUT_OF_RANGE, name=name, value=value, least=least, most=most)


def read_currency(element: Element, name: str) -> str:
    """The attribute as a code of the SAT's c_Moneda in which there are amounts: any but XXX."""
    currency = required_text(element, name)
    if currency not in CURRENCIES or currency == NO_CURRENCY:
        raise reject(CFDI_INCOMPLETE, name=f"{name} ({currency[:40]})")
    return currency


def read_rate(element: Element, name: str, currency: str) -> Decimal:
    """Pesos for one unit of the currency. Without one a foreign currency is not taken, and the peso's own is 1 (the
    SAT's matrix of errors of 3.3, CFDI33113 to CFDI33115). XXX, of a payment, has none."""
    default = Decimal(1) if currency in (PESO, NO_CURRENCY) else None
    if default is None and not (element.get(name) or "").strip():
        raise reject(CFDI_RATE_REQUIRED, name=name, currency=currency)
    rate = rounded(number_between(element, name, LEAST_RATE, MOST_RATE, default), 6)
    if currency == PESO and rate != 1:
        raise out_of_range(name, format(rate, "f"), "1", "1")
    return rate


def read_date_time(element: Element, name: str, *, whole_day: bool = False) -> datetime.datetime:
    """A time of the past without an offset, in Anexo 20's form. `whole_day`: any time of today, too.

    All of Mexico is behind UTC, to which many an invoicing system's clock is set: until then it is no time to come.
    """
    text = required_text(element, name)
    try:
        when = datetime.datetime.fromisoformat(text) if _DATE_TIME.fullmatch(text) else None
    except ValueError:
        when = None
    if when is None:
        raise reject(CFDI_INCOMPLETE, name=f"{name} ({text[:40]}; AAAA-MM-DDThh:mm:ss)")
    last = datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0) + CLOCK_SKEW
    if whole_day:
        last = datetime.datetime.combine(last, datetime.time.max).replace(microsecond=0)
    if when.date() < FIRST_DAY or when > last:
        raise out_of_range(name, text, FIRST_DAY.isoformat(), last.isoformat())
    return when


def read_uuid(element: Element, name: str) -> UUID:
    """The attribute as a fiscal folio."""
    try:
        return UUID(required_text(element, name))
    except ValueError:
        raise reject(CFDI_INCOMPLETE, name=name) from None
