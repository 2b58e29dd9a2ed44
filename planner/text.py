"""JSON as SQL: a value is a list of pieces, texts that are known and expressions that are not, to be concatenated.

The texts are written as orjson writes them, without a space. Concatenating is a third faster than PostgreSQL's
functions that build JSON from rows, which look up each column's type for each row, and it has no limit of 100
arguments.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import Boolean, ColumnElement, String, Text, case, cast, func, literal_column, null, type_coerce
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.types import ARRAY

Piece = str | ColumnElement[Any]
Pieces = list[Piece]

Member = tuple[str, Pieces]
"""Of an object: its key and value."""

_MOST_ARGUMENTS = 90
"""PostgreSQL's functions take at most 100."""

PLAIN = frozenset({"ID", "Decimal", "Date", "UUID", "YearMonth"})
"""Scalars whose text never needs a JSON escape."""


def known(text: str) -> ColumnElement[str]:
    """A text as SQL."""
    return literal_column("'" + text.replace("'", "''") + "'", Text())


_NULL = known("null")


def _merged(pieces: Iterable[Piece]) -> Pieces:
    merged: Pieces = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return merged


def whole(pieces: Iterable[Piece]) -> str | ColumnElement[str]:
    """The pieces of a whole answer: a text where all of it is known."""
    merged = _merged(pieces) or [""]
    return merged[0] if len(merged) == 1 and isinstance(merged[0], str) else joined(merged)


def joined(pieces: Iterable[Piece]) -> ColumnElement[str]:
    """The pieces as one text."""
    merged = _merged(pieces)
    parts = [known(piece) if isinstance(piece, str) else piece for piece in merged]
    if len(parts) == 1 and isinstance(merged[0], str):
        return parts[0]
    while len(parts) > _MOST_ARGUMENTS:
        parts = [func.concat(*parts[i : i + _MOST_ARGUMENTS]) for i in range(0, len(parts), _MOST_ARGUMENTS)]
    return func.concat(*parts)


def members(fields: Iterable[Member], *, first: bool = True) -> Pieces:
    """The members of an object, from its brace on or, where they are not the first, from a comma on. Names are
    GraphQL's, which need no escape."""
    pieces: Pieces = []
    for name, value in fields:
        pieces += [f'{"{" if first else ","}"{name}":', *value]
        first = False
    return pieces


def obj(fields: Iterable[Member]) -> Pieces:
    """An object."""
    pieces = members(fields)
    return [*pieces, "}"] if pieces else ["{}"]


def array(value: ColumnElement[Any], *order: ColumnElement[Any]) -> Pieces:
    """An array of the texts of many rows, in an aggregating statement."""
    separator = aggregate_order_by(known(","), *order) if order else known(",")
    return ["[", func.string_agg(value, separator), "]"]


def where_there(present: ColumnElement[bool], value: Pieces, absent: ColumnElement[str] = _NULL) -> Pieces:
    """The value, or null."""
    return [case((present, joined(value)), else_=absent)]


def scalar(kind: str, column: ColumnElement[Any], nullable: bool, absent: ColumnElement[str] = _NULL) -> Pieces:
    """A scalar of that name; `absent` in place of a value that is not there."""
    if isinstance(column.type, ARRAY):
        return or_null(func.array_to_json(column), nullable)
    if kind == "Boolean" or isinstance(column.type, Boolean):
        states: list[Any] = [(column, known("true"))] + ([(column.is_(null()), absent)] if nullable else [])
        return [case(*states, else_=known("false"))]
    if kind in ("Int", "Float"):
        return [func.coalesce(cast(column, Text), absent)] if nullable else [column]
    if kind == "DateTime":
        column = func.to_char(column, known('YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    elif kind not in PLAIN:
        return or_null(written(column), nullable)
    if nullable:
        return [func.coalesce(known('"').concat(cast(column, Text)).concat(known('"')), absent)]
    return ['"', column, '"']


def looked_up(value: ColumnElement[str], texts: Mapping[str, str], otherwise: ColumnElement[str]) -> ColumnElement[str]:
    """The text for the value; `otherwise` where there is none. One lookup takes PostgreSQL less than as many cases as
    there are texts, which it prepares for each execution."""
    known_texts = known(orjson.dumps(texts).decode())
    return func.coalesce(cast(known_texts, JSONB).op("->>", return_type=Text())(type_coerce(value, Text())), otherwise)


def one_of(column: ColumnElement[Any], values: Iterable[str], nullable: bool, otherwise: ColumnElement[str]) -> Pieces:
    """A value of an enum; `otherwise` in place of what is none of its values."""
    value = type_coerce(column, Text())
    known_value = (value.in_(sorted(values)), known('"').concat(value).concat(known('"')))
    return [case(known_value, *([(value.is_(null()), known("null"))] if nullable else []), else_=otherwise)]


def detail(
    value: ColumnElement[Any], values: Iterable[str] | None, nullable: bool, otherwise: ColumnElement[str]
) -> Pieces:
    """What is kept as JSON already, of an enum's `values` if there are any; `otherwise` in place of what should not be
    there, or is missing."""
    shown = cast(value, Text)
    nothing = func.coalesce(shown, known("null")) == known("null")
    if values is not None:
        right = shown.in_(sorted(f'"{each}"' for each in values))
        return [case((right, shown), *([(nothing, known("null"))] if nullable else []), else_=otherwise)]
    text_there = func.starts_with(shown, known('"'))  # all that is kept is text
    return [case((text_there, shown), *([(nothing, known("null"))] if nullable else []), else_=otherwise)]


def written(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value as JSON."""
    return func.ficha_json(column) if isinstance(column.type, String) else func.to_json(column)


def or_null(value: ColumnElement[Any], nullable: bool = True) -> Pieces:
    """What is JSON already, null where there is none."""
    if not nullable:
        return [value]
    kind = "jsonb" if isinstance(value.type, JSONB) else "json"
    return [func.coalesce(value, literal_column(f"'null'::{kind}"))]
