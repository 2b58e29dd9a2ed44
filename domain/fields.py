"""What the values of a record may be: what its row says, and the rules that do not follow from the row.

    FIELDS = fields_of(Contact, but=["position"], phone=Field(parse_phone, warn=phone_warnings))

Limit, nullability, literal default and what an id refers to are the column's. What cannot be is `Rejected`, everything
at once.
"""

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import Any, Final, cast

from sqlalchemy import Boolean, Column, DateTime, Integer, Numeric, Table, Text
from sqlalchemy import Enum as EnumType

from domain.inputs import ABSENT, Input
from domain.phone import Phone
from domain.problem import Problem, Rejected, error, reject, reject_any
from domain.text import TEXT_REQUIRED, limited, multi_line, not_far_over, single_line
from errors import DeclarationError, file_of, unknown
from models import Base
from models.catalogs import CURRENCIES, NO_CURRENCY, Catalog
from models.columns import limit_of, range_of

AMOUNT_DECIMALS: Final = error(
    "El importe lleva a lo más {decimals} decimales.", "An amount has at most {decimals} decimals."
)
OUT_OF_RANGE: Final = error("Debe estar entre {least} y {most}.", "It must be between {least} and {most}.")
CODE_UNKNOWN: Final = error("El código {code} no está en el catálogo.", "The code {code} is not in the catalog.")


MOST_MONEY: Final = Decimal("9999999999999999.99")
"""What a numeric(18, 2) holds."""


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
    """One value of a record. What is None here is as the row says; see `fields_of`."""

    read: Callable[[Any], Any] | None = None
    """Normalises it or raises `Rejected`; what it reads as None or empty is null."""
    required: bool | None = None
    """Whether it cannot be null."""
    default: Any = None
    """What a new record has where it is absent."""
    refers: type[Base] | None = None
    """The kind of record whose id it is; that record must be there, active and not deleted."""
    warn: Callable[[Any], Sequence[Problem]] | None = None
    shown: Callable[[Any], str | None] = shown

    def parse(self, value: Any) -> Any:
        """The value to be stored."""
        value = value if value is None or self.read is None else self.read(value)
        if isinstance(value, datetime.date):
            _demand_calendar(value)
        if value is None or value == "":
            if self.required:
                raise reject(TEXT_REQUIRED)
            return None
        return value


FIRST_DAY: Final = datetime.date(1900, 1, 1)
LAST_DAY: Final = datetime.date(2999, 12, 31)
"""The days that a record can hold, which are those of `YearMonth`: to any of them terms, validities and offsets of a
zone can be added. Filters take all that PostgreSQL and Python have in common."""


def _demand_calendar(value: datetime.date) -> None:
    day = value.date() if isinstance(value, datetime.datetime) else value
    if not FIRST_DAY <= day <= LAST_DAY:
        raise reject(OUT_OF_RANGE, least=FIRST_DAY, most=LAST_DAY)


Fields = Mapping[str, Field]

_SET_BY_COMMANDS: Final = frozenset(
    {"company_id", "id", "client_id", "version", "created_at", "updated_at", "deleted_at"}
)
"""The columns that commands keep of any record."""

DECLARED: Final[dict[type[Base], set[str]]] = {}
"""The names of all fields that were made by `fields_of`, by the row that they are of."""


def fields_of(model: type[Base], *names: str, but: Collection[str] = (), **rules: Field) -> dict[str, Field]:
    """The fields of a record that people state: those of `names`, in that order, or else all of the row's columns that
    commands do not set themselves: which these are `but` says, beside those that they keep of any record.

    DeclarationError names a column that the row does not have, and a text without limit.
    """
    columns = cast("Table", model.__table__).columns
    place = f"{file_of(model).replace('models', 'domain')}: fields_of({model.__name__})"
    for name in (*names, *but, *rules):
        if name not in columns:
            raise DeclarationError(unknown(place, name, columns.keys(), f"the table {model.__tablename__}"))
    names = names or tuple(c.name for c in columns if c.computed is None and c.name not in {*_SET_BY_COMMANDS, *but})
    fields = {name: _over(_of_column(columns[name]), rules.get(name)) for name in names}
    for name, field in fields.items():
        if field.read is None and isinstance(columns[name].type, Text):
            raise DeclarationError(
                f"{file_of(model)}: {model.__name__}.{name} has no limit: make it line_of(…) or text_of(…), or say how"
                f" it is read in {file_of(model).replace('models', 'domain')}"
            )
    DECLARED.setdefault(model, set()).update(names)
    return fields


def _of_column(column: Column[Any]) -> Field:
    """What follows from the row."""
    default = _default(column)
    return Field(_reader(column), required=not column.nullable, default=default, refers=_referred(column))


def _over(field: Field, rule: Field | None) -> Field:
    """The field with what the rule says otherwise."""
    if rule is None:
        return field
    return replace(
        rule,
        read=rule.read or field.read,
        required=field.required if rule.required is None else rule.required,
        default=field.default if rule.default is None else rule.default,
        refers=rule.refers or field.refers,
    )


def _reader(column: Column[Any]) -> Callable[[Any], Any] | None:
    """How a value of the column's type is read; None where it is stored as it is."""
    kind = column.type
    if limit := limit_of(column):
        return lines(limit.most) if limit.several_lines else line(limit.most)
    if bounds := range_of(column):
        return between(bounds.least, bounds.most)
    if isinstance(kind, EnumType):
        return kind.enum_class
    if isinstance(kind, DateTime):
        return to_the_millisecond
    return money if isinstance(kind, Numeric) and kind.scale == 2 else None


def _default(column: Column[Any]) -> Any:
    """The row's default where it is a number, a text, true or false."""
    literal = str(getattr(column.server_default, "arg", ""))
    match column.type:
        case Boolean():
            return literal == "true" if literal else None
        case Integer() | Numeric():
            return column.type.python_type(literal) if literal else None
        case Text():
            return literal.strip("'") or None
        case _:
            return None


def _referred(column: Column[Any]) -> type[Base] | None:
    """The record that the column refers to."""
    tables = {key.column.table for key in column.foreign_keys}
    return next((mapper.class_ for mapper in Base.registry.mappers if mapper.local_table in tables), None)


def read(fields: Fields, input: Input, *, creating: bool) -> dict[str, Any]:
    """The values that the input states, in stored form; of a new record all. `Rejected` with every problem."""
    values, problems = read_each(fields, input, creating=creating)
    reject_any(problems)
    return values


def read_each(fields: Fields, input: Input, *, creating: bool) -> tuple[dict[str, Any], list[Problem]]:
    """As `read`: the values that can be, and what is wrong with the others."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, field in fields.items():
        try:
            value = getattr(input, name)
            if value is ABSENT:
                if not creating:
                    continue
                if field.default is not None or not field.required:
                    values[name] = field.default
                    continue
                value = None
            values[name] = field.parse(value)
        except Rejected as rejected:
            problems += rejected.at(name).problems
    return values, problems


def warnings(fields: Fields, values: Mapping[str, Any]) -> list[Problem]:
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


def to_the_millisecond(instant: datetime.datetime) -> datetime.datetime:
    """As the API writes it: an instant that is sent back as it was read must be the same one."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def money(value: Decimal, decimals: int = 2) -> Decimal:
    """An amount of at least 0 with at most so many decimals; more are refused rather than rounded."""
    if value != value.quantize(Decimal(1).scaleb(-decimals)):
        raise reject(AMOUNT_DECIMALS, decimals=decimals)
    return between(Decimal(0), MOST_MONEY)(value.quantize(Decimal("0.01")))


def between(least: Any, most: Any) -> Callable[[Any], Any]:
    """Reads a number within bounds, both included."""

    def parse(value: Any) -> Any:
        if not least <= value <= most:
            raise reject(OUT_OF_RANGE, least=least, most=most)
        return value

    return parse


_CODE: Final = 100
"""Characters that no code of a catalog has."""


def code_of(catalog: Catalog[Any]) -> Callable[[str], str]:
    """Reads a code of a catalog, in capitals."""

    def parse(text: str) -> str:
        code = single_line(not_far_over(text, _CODE)).upper()
        if code and code not in catalog:
            raise reject(CODE_UNKNOWN, code=code)
        return code

    return parse


def currency_code(text: str) -> str:
    """Reads a code of the SAT's c_Moneda in which there are amounts: any but that of no currency."""
    code = code_of(CURRENCIES)(text)
    if code == NO_CURRENCY:
        raise reject(CODE_UNKNOWN, code=code)
    return code
