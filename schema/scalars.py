"""The custom scalars: how each is serialised, parsed and validated."""

import datetime
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NewType
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from domain.problem import ProblemCode
from domain.unparsed import (
    DATE_FORMAT,
    DATE_TIME_FORMAT,
    DECIMAL_FORMAT,
    TEXT_EXPECTED,
    UUID_FORMAT,
    YEAR_MONTH_FORMAT,
    Unparsed,
)

YearMonth = NewType("YearMonth", str)
CURRENT = YearMonth("CURRENT")
"""The month that it is where the company is, as an argument."""
Rfc = NewType("Rfc", str)
PostalCode = NewType("PostalCode", str)
EmailAddress = NewType("EmailAddress", str)
PhoneNumber = NewType("PhoneNumber", str)
Url = NewType("Url", str)
Representation = NewType("Representation", object)

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)


def _refuse(scalar: str, form: str) -> GraphQLError:
    return GraphQLError(f"{scalar}: {form}", extensions={"code": "BAD_USER_INPUT"})


def write_instant(value: datetime.datetime) -> str:
    """The instant in UTC to the millisecond, always in the same form: 2026-11-25T01:44:58.123Z."""
    return value.astimezone(datetime.UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def read_instant(value: Any) -> datetime.datetime:
    """An instant with its offset."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.datetime.fromisoformat(value.upper()).astimezone(datetime.UTC)
        except (ValueError, OverflowError):
            pass
    raise _refuse("DateTime", "use RFC 3339 with an offset, as 2026-11-25T01:44:58Z.")


def read_date(value: Any) -> datetime.date:
    """A calendar day."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    raise _refuse("Date", "use YYYY-MM-DD, a day of the calendar.")


def write_date(value: datetime.date | str) -> str:
    """The day. History keeps days as the text that they are shown as."""
    return value if isinstance(value, str) else value.isoformat()


def write_decimal(value: Decimal | str) -> str:
    """The number in plain notation with the decimals that it has. History keeps amounts as that text."""
    return value if isinstance(value, str) else format(value, "f")


def read_decimal(value: Any) -> Decimal:
    """A decimal from a string, or from an integer; never from a float, which would have lost digits already."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15 else value
    if isinstance(text, str) and _DECIMAL.fullmatch(text):
        try:
            return Decimal(text)
        except InvalidOperation:
            pass
    raise _refuse("Decimal", 'use a string of at most 15 digits and 6 decimals, as "1234.50".')


def read_uuid(value: Any) -> UUID:
    """A UUID with its hyphens, in any case."""
    if isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        return UUID(value)
    raise _refuse("UUID", "use 32 hexadecimal digits with four hyphens.")


def _text(scalar: str, pattern: str, form: str) -> Any:
    regex = re.compile(pattern)

    def read(value: Any) -> str:
        if isinstance(value, str) and regex.fullmatch(value):
            return value
        raise _refuse(scalar, form)

    return read


def read_text(scalar: str) -> Any:
    """Text whose rules a command checks, so that it can answer with a coded error beside the others."""

    def read(value: Any) -> str:
        if isinstance(value, str):
            return value
        raise _refuse(scalar, "use a string.")

    return read


def unchanged(value: Any) -> Any:
    """What may be anything."""
    return value


def _scalar(name: str, description: str, read: Any, write: Any = str, url: str | None = None) -> ScalarDefinition:
    return strawberry.scalar(
        name=name, description=description, parse_value=read, serialize=write, specified_by_url=url
    )


_SAT = "http://www.sat.gob.mx/sitio_internet/cfd/"
"""Where the SAT's schemas of CFDI 4.0 are."""

SCALARS: dict[Any, ScalarDefinition] = {
    datetime.datetime: _scalar(
        "DateTime",
        "An instant, RFC 3339. Written in UTC to the millisecond (`2026-11-25T01:44:58.123Z`); read with any offset.",
        read_instant,
        write_instant,
        "https://scalars.graphql.org/andimarek/date-time",
    ),
    datetime.date: _scalar(
        "Date",
        "A calendar day, `YYYY-MM-DD`.",
        read_date,
        write_date,
        "https://scalars.graphql.org/andimarek/local-date",
    ),
    Decimal: _scalar(
        "Decimal",
        'An exact decimal number as a string (`"1234.50"`), never a float. Read with at most 15 digits and 6 decimals.',
        read_decimal,
        write_decimal,
        "https://www.w3.org/TR/xmlschema11-2/#decimal",
    ),
    YearMonth: _scalar(
        "YearMonth",
        "A month, `YYYY-MM`. It begins and ends at midnight in the company's time zone. As an argument also `CURRENT`,"
        " the month that it is there.",
        _text(
            "YearMonth",
            rf"(19|2\d)\d\d-(0[1-9]|1[0-2])|{CURRENT}",
            f"use YYYY-MM, between 1900-01 and 2999-12, or {CURRENT}.",
        ),
        url="https://www.w3.org/TR/xmlschema11-2/#gYearMonth",
    ),
    Rfc: _scalar(
        "RFC",
        "The key of a Mexican taxpayer (Registro Federal de Contribuyentes): 12 characters for a company, 13 for a"
        " person, in capitals.",
        read_text("RFC"),
        url=_SAT + "tipoDatos/tdCFDI/tdCFDI.xsd",
    ),
    PostalCode: _scalar(
        "PostalCode",
        "A postal code (código postal): five digits in Mexico.",
        read_text("PostalCode"),
        url=_SAT + "catalogos/catCFDI.xsd",
    ),
    EmailAddress: _scalar(
        "EmailAddress",
        "An e-mail address (correo electrónico).",
        read_text("EmailAddress"),
        url="https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address",
    ),
    PhoneNumber: _scalar(
        "PhoneNumber",
        "A telephone number in E.164 form, as `+525512345678` (teléfono).",
        read_text("PhoneNumber"),
        url="https://www.itu.int/rec/T-REC-E.164",
    ),
    UUID: _scalar(
        "UUID",
        "A UUID in lower case with hyphens, as the SAT's folio fiscal.",
        read_uuid,
        url="https://www.rfc-editor.org/rfc/rfc9562",
    ),
    Representation: strawberry.scalar(
        name="_Any",
        description="A reference to an entity, from a gateway: its `__typename` and one of its keys.",
        parse_value=unchanged,
        serialize=unchanged,
    ),
    Url: _scalar("URL", "An absolute URL.", read_text("URL"), url="https://url.spec.whatwg.org/"),
}

CODES: dict[str, ProblemCode] = {
    "DateTime": DATE_TIME_FORMAT,
    "Date": DATE_FORMAT,
    "Decimal": DECIMAL_FORMAT,
    "YearMonth": YEAR_MONTH_FORMAT,
    "RFC": TEXT_EXPECTED,
    "PostalCode": TEXT_EXPECTED,
    "EmailAddress": TEXT_EXPECTED,
    "PhoneNumber": TEXT_EXPECTED,
    "UUID": UUID_FORMAT,
    "URL": TEXT_EXPECTED,
}
"""What is wrong with a value that a scalar does not take, by the scalar's name."""


def lenient(read: Any, code: ProblemCode) -> Any:
    """As `read`, with `Unparsed` in place of what it does not take."""

    def read_or_keep(value: Any) -> Any:
        try:
            return read(value)
        except GraphQLError:
            return Unparsed.of(code, value)

    return read_or_keep
