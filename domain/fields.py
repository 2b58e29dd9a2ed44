"""What a command's values may be, declared once for creating and for updating.

    CONTACT = {"name": Field(line(200), required=True), "phone": Field(parse_phone, warn=phone_warnings)}

A command is given a mapping: a name that is absent keeps what there is, a null clears it. What cannot be is `Rejected`,
everything at once.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from domain.phone import Phone
from domain.problem import Problem, ProblemCode, Rejected, reject
from domain.text import limited, multi_line, not_far_over, single_line
from models import Base
from models.catalogs import Catalog

Given = Mapping[str, Any]
"""What a command is given, by name; nested records are mappings too."""

MOST_MONEY: Final = Decimal("9999999999999999.99")
"""What a numeric(18, 2) holds."""


def as_it_is(value: Any) -> Any:
    """The value, whose type the caller vouches for."""
    return value


def shown(value: Any) -> str | None:
    """A value as the history keeps it: text, in plain and stable notation."""
    match value:
        case None | str():
            return value.value if isinstance(value, Enum) else value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat()
        case datetime.date():
            return value.isoformat()
        case list():
            return ", ".join(str(shown(part)) for part in value)  # pyright: ignore[reportUnknownVariableType]
        case _:
            return str(value)


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a record. `read` normalises it or raises `Rejected`; what it reads as None or empty is null."""

    read: Callable[[Any], Any] = as_it_is
    required: bool = False
    """Whether it cannot be null."""
    default: Any = None
    """What a new record has where nothing is given."""
    refers: type[Base] | None = None
    """The kind of record whose id it is; that record must be there, active and not deleted."""
    warn: Callable[[Any], Sequence[Problem]] | None = None
    shown: Callable[[Any], str | None] = shown

    def parse(self, given: Any) -> Any:
        """The value to be stored."""
        value = None if given is None else self.read(given)
        if isinstance(value, datetime.date):
            _demand_calendar(value)
        if value is None or value == "":
            if self.required:
                raise reject(ProblemCode.TEXT_REQUIRED)
            return None
        return value


FIRST_DAY: Final = datetime.date(1900, 1, 1)
LAST_DAY: Final = datetime.date(2999, 12, 31)
"""The days that a record can hold, which are those of `YearMonth`: to any of them terms, validities and offsets of a
zone can be added. Filters take all that PostgreSQL and Python have in common."""


def _demand_calendar(value: datetime.date) -> None:
    day = value.date() if isinstance(value, datetime.datetime) else value
    if not FIRST_DAY <= day <= LAST_DAY:
        raise reject(ProblemCode.OUT_OF_RANGE, least=FIRST_DAY, most=LAST_DAY)


Fields = Mapping[str, Field]


def read(fields: Fields, given: Given, *, creating: bool) -> dict[str, Any]:
    """The values that were given, in stored form; of a new record all of them. `Rejected` with every problem."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, field in fields.items():
        if name not in given:
            if not creating:
                continue
            if field.default is not None or not field.required:
                values[name] = field.default
                continue
        try:
            values[name] = field.parse(given.get(name))
        except Rejected as rejected:
            problems += rejected.at(name).problems
    if problems:
        raise Rejected(*problems)
    return values


def warnings(fields: Fields, values: Given) -> list[Problem]:
    """What may be wrong with values in stored form."""
    return [
        problem.at(name)
        for name, value in values.items()
        if value is not None and (warn := fields[name].warn)
        for problem in warn(value)
    ]


def line(maximum: int) -> Callable[[str], str]:
    """Reads one line of text."""
    return lambda text: limited(single_line(not_far_over(text, maximum)), maximum)


def lines(maximum: int) -> Callable[[str], str]:
    """Reads text of several lines."""
    return lambda text: limited(multi_line(not_far_over(text, maximum)), maximum)


def parse_phone(text: str) -> str:
    """A telephone number in E.164."""
    return Phone.parse(text).number if text.strip() else ""


def phone_warnings(number: str) -> tuple[Problem, ...]:
    """Of a number in E.164."""
    return Phone(number).warnings


def money(value: Decimal) -> Decimal:
    """An amount of at least 0 with at most two decimals; more are refused rather than rounded."""
    if value != value.quantize(Decimal("0.01")):
        raise reject(ProblemCode.AMOUNT_DECIMALS)
    return between(Decimal(0), MOST_MONEY)(value.quantize(Decimal("0.01")))


def between(least: Any, most: Any) -> Callable[[Any], Any]:
    """Reads a number within bounds, both included."""

    def parse(value: Any) -> Any:
        if not least <= value <= most:
            raise reject(ProblemCode.OUT_OF_RANGE, least=least, most=most)
        return value

    return parse


_CODE: Final = 100
"""Characters that no code of a catalog has."""


def code_of(catalog: Catalog[Any]) -> Callable[[str], str]:
    """Reads a code of a catalog, in capitals."""

    def parse(text: str) -> str:
        code = single_line(not_far_over(text, _CODE)).upper()
        if code and code not in catalog:
            raise reject(ProblemCode.CODE_UNKNOWN, code=code)
        return code

    return parse
