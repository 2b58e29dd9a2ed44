"""Addresses, telephones and accounts as people read them, so that no client app needs to know how each is written."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import phonenumbers
from phonenumbers import PhoneNumberFormat

from domain.clabe import control_digit
from models.catalogs import COUNTRIES, STATES, fold

MEXICO: Final = "MEX"
POSTAL_CODE_LAST: Final = frozenset({"AUS", "CAN", "GBR", "IND", "IRL", "NZL", "USA"})
"""Where the postal code follows the state; elsewhere, as in Mexico, it comes before the town (UPU S42)."""

_ARTICLE: Final = re.compile(r" \((el|la|los|las)\)$")
_BARE_NUMBER: Final = re.compile(r"[0-9].{0,9}|\w{1,2}")
"""An interior number that does not say what it is, as `Piso 2` does."""


@dataclass(frozen=True, slots=True)
class FormattedAddress:
    """An address as on an envelope, without the addressee."""

    lines: Sequence[str]
    is_masked: bool = False

    @property
    def text(self) -> str:
        """In one line."""
        return ", ".join(self.lines)


@dataclass(frozen=True, slots=True)
class FormattedPhone:
    """A telephone number with its extension. `uri` is by RFC 3966."""

    national: str
    international: str
    uri: str
    is_masked: bool = False

    @property
    def text(self) -> str:
        """As it is written in Mexico: a Mexican number without its country's code."""
        return self.national if self.international.startswith("+52 ") else self.international


@dataclass(frozen=True, slots=True)
class FormattedAccount:
    """An account number in groups."""

    text: str
    is_masked: bool


def format_address(address: Mapping[str, Any]) -> FormattedAddress:
    """By Mexican order: street and numbers; colonia; postal code, town and state; abroad the country, in capitals."""
    interior = address["interior_number"]
    if interior and _BARE_NUMBER.fullmatch(interior):
        interior = f"Int. {interior}"
    street = " ".join(part for part in (address["street"], address["exterior_number"]) if part)
    lines = [", ".join(part for part in (street, interior) if part), address["neighborhood"], _town(address)]
    if address["country"] != MEXICO:
        country = COUNTRIES.get(address["country"])
        lines.append(_ARTICLE.sub("", country.name).upper() if country else address["country"])
    return FormattedAddress([line for line in lines if line])


def _town(address: Mapping[str, Any]) -> str:
    """The postal code with the places from the smaller to the larger, each named once: a city may be a municipality and
    a state as well."""
    state = STATES.get(address["state"])
    places = [address["locality"], address["municipality"], state.name if state else address["state"]]
    named = {fold(place): place for place in places if place}
    larger = {fold(place): index for index, place in enumerate(places) if place}
    town = ", ".join(named[key] for key in sorted(named, key=larger.__getitem__))
    parts = [address["postal_code"], town]
    if address["country"] in POSTAL_CODE_LAST:
        parts.reverse()
    return " ".join(part for part in parts if part)


def format_phone(number: str, extension: str | None) -> FormattedPhone:
    """Of a number in E.164, with the groups of its country; one of a country that is not known stays as it is."""
    uri = f"tel:{number}{f';ext={extension}' if extension else ''}"
    national = international = number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        pass
    else:
        national = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
        international = phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
    behind = f" ext. {extension}" if extension else ""
    return FormattedPhone(national + behind, international + behind, uri)


_GROUPS: Final[Mapping[int, tuple[int, ...]]] = {15: (4, 6, 5), 16: (4, 4, 4, 4), 18: (3, 3, 11, 1)}
"""How digits are grouped, by their number: a card (ISO/IEC 7812), and a CLABE by bank, plaza, account and control
digit."""


def format_account(number: str, mask: Callable[[str], str] | None = None) -> FormattedAccount:
    """The number in groups, of other kinds as it is; or what `mask` leaves of it."""
    if mask:
        return FormattedAccount(mask(number).replace("••••", "•••• ").rstrip(), is_masked=True)
    groups = _GROUPS.get(len(number)) if number.isascii() and number.isdecimal() else None
    if groups is None or (len(number) == 18 and control_digit(number[:-1]) != number[-1]):
        return FormattedAccount(number, is_masked=False)
    ends = [sum(groups[: index + 1]) for index in range(len(groups))]
    parts = (number[end - size : end] for end, size in zip(ends, groups, strict=True))
    return FormattedAccount(" ".join(parts), is_masked=False)
