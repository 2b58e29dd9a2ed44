"""JSON as SQL: a value is a list of pieces, texts that are known and expressions that are not, to be concatenated.

The texts are written as orjson writes them, without a space. Concatenating is a third faster than PostgreSQL's
functions that build JSON from rows, which look up each column's type for each row, and it has no limit of 100
arguments.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Boolean, ColumnElement, String, Text, null
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.operators import comma_op, concat_op
from sqlalchemy.types import ARRAY, TypeEngine

Piece = str | ColumnElement[Any]
Pieces = list[Piece]

Member = tuple[str, Pieces]
"""Of an object: its key and value."""

_MOST_ARGUMENTS = 90
"""PostgreSQL's functions take at most 100."""

PLAIN = frozenset({"ID", "Decimal", "Date", "UUID", "YearMonth"})
"""Scalars whose text never needs a JSON escape."""


def _merged(pieces: Iterable[Piece]) -> Pieces:
    merged: Pieces = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return merged


class Sql(ColumnElement[Any]):
    """SQL that is written already but for the expressions in it. Where it is selected it is labelled by its `name`.

    It takes a tenth of the time that SQLAlchemy's functions and operators take, which look for the types of their
    arguments, and compile each part for itself. The tables of the expressions are those of the statement around it.
    """

    __visit_name__ = "written"
    inherit_cache = False
    # So that SQLAlchemy labels it, as it does functions.
    _non_anon_label = None  # pyright: ignore[reportIncompatibleMethodOverride, reportAssignmentType]
    type: TypeEngine[Any] = Text()  # pyright: ignore[reportIncompatibleVariableOverride]  # SQLAlchemy's is computed

    def __init__(self, *parts: Piece, name: str | None = None) -> None:
        texts = (part.parts[0] if isinstance(part, Sql) and len(part.parts) == 1 else part for part in parts)
        self.parts = _merged(texts)
        self.name = name

    def _compiler_dispatch(self, visitor: Any, add_to_result_map: Any = None, **kwargs: Any) -> str:
        del add_to_result_map  # nobody asks a result for its columns
        texts = (
            part if isinstance(part, str) else part._compiler_dispatch(visitor, **kwargs)  # pyright: ignore[reportPrivateUsage]
            for part in self.parts
        )
        return "".join(texts)


def quoted(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def known(text: str) -> ColumnElement[str]:
    """A text as SQL."""
    return Sql(quoted(text))


_NULL = known("null")


def call(name: str, *arguments: Piece) -> Sql:
    """A function's call. Arguments that are texts are SQL."""
    parts: Pieces = [f"{name}("]
    for argument in arguments:
        parts += [argument if isinstance(argument, str) else argument.self_group(comma_op), ", "]
    parts[-1] = ")"
    return Sql(*parts, name=name)


def as_text(value: ColumnElement[Any]) -> Sql:
    """The value cast to text."""
    return Sql("CAST(", value, " AS TEXT)")


def member_of(value: ColumnElement[Any], key: str) -> Sql:
    """The member of a JSON object."""
    return Sql(value, f" -> {quoted(key)}")


def choice(*whens: tuple[ColumnElement[Any], Piece], otherwise: Piece) -> Sql:
    """What stands beside the first condition that holds. What are texts is SQL."""
    parts: Pieces = ["CASE"]
    for condition, value in whens:
        parts += [" WHEN ", condition.self_group(), " THEN ", value]
    return Sql(*parts, " ELSE ", otherwise, " END")


def is_in(value: ColumnElement[Any], values: Iterable[str]) -> Sql:
    """Whether the value is one of these."""
    return Sql("(", value, f" IN ({', '.join(map(quoted, values))}))")


def whole(pieces: Iterable[Piece]) -> str | ColumnElement[str]:
    """The pieces of a whole answer: a text where all of it is known."""
    merged = _merged(pieces) or [""]
    return merged[0] if len(merged) == 1 and isinstance(merged[0], str) else joined(merged)


def joined(pieces: Iterable[Piece]) -> ColumnElement[str]:
    """The pieces as one text."""
    merged = _merged(pieces)
    parts: Pieces = [quoted(piece) if isinstance(piece, str) else piece for piece in merged]
    if len(parts) == 1 and isinstance(parts[0], str):
        return Sql(parts[0])
    while len(parts) > _MOST_ARGUMENTS:
        parts = [call("concat", *parts[i : i + _MOST_ARGUMENTS]) for i in range(0, len(parts), _MOST_ARGUMENTS)]
    return call("concat", *parts)


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
    return ["[", call("string_agg", value, Sql("','", *in_order(order))), "]"]


def in_order(order: Sequence[ColumnElement[Any]]) -> Pieces:
    """What follows in an aggregate's call, as SQL."""
    parts: Pieces = [" ORDER BY "]
    for term in order:
        parts += [term, ", "]
    return parts[:-1]


def where_there(present: ColumnElement[bool], value: Pieces, absent: ColumnElement[str] = _NULL) -> Pieces:
    """The value, or null."""
    return [choice((present, joined(value)), otherwise=absent)]


def scalar(kind: str, column: ColumnElement[Any], nullable: bool, absent: ColumnElement[str] = _NULL) -> Pieces:
    """A scalar of that name; `absent` in place of a value that is not there."""
    if isinstance(column.type, ARRAY):
        return or_null(call("array_to_json", column), nullable)
    if kind == "Boolean" or isinstance(column.type, Boolean):
        states: list[tuple[ColumnElement[Any], Piece]] = [(column, "'true'")]
        if nullable:
            states.append((column.is_(null()), absent))
        return [choice(*states, otherwise="'false'")]
    if kind in ("Int", "Float"):
        return [call("coalesce", as_text(column), absent)] if nullable else [column]
    if kind == "DateTime":
        column = call("to_char", column, quoted('YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    elif kind not in PLAIN:
        return or_null(written(column), nullable)
    if nullable:
        return [call("coalesce", in_quotes(as_text(column)), absent)]
    return ['"', column, '"']


def in_quotes(value: ColumnElement[Any]) -> Sql:
    """The text as JSON, if it has nothing to escape."""
    return Sql("""'"' || """, value.self_group(concat_op), """ || '"'""")


def looked_up(value: ColumnElement[str], texts: Mapping[str, str], otherwise: ColumnElement[str]) -> ColumnElement[str]:
    """The text for the value; `otherwise` where there is none. One lookup takes PostgreSQL less than as many cases as
    there are texts, which it prepares for each execution."""
    entries = quoted(orjson.dumps(texts).decode())
    return call("coalesce", Sql(f"CAST({entries} AS JSONB) ->> ", value), otherwise)


def one_of(column: ColumnElement[Any], values: Iterable[str], nullable: bool, otherwise: ColumnElement[str]) -> Pieces:
    """A value of an enum; `otherwise` in place of what is none of its values."""
    states: list[tuple[ColumnElement[Any], Piece]] = [(is_in(column, sorted(values)), in_quotes(column))]
    if nullable:
        states.append((column.is_(null()), "'null'"))
    return [choice(*states, otherwise=otherwise)]


def detail(
    value: ColumnElement[Any], values: Iterable[str] | None, nullable: bool, otherwise: ColumnElement[str]
) -> Pieces:
    """What is kept as JSON already, of an enum's `values` if there are any; `otherwise` in place of what should not be
    there, or is missing."""
    shown = as_text(value)
    if values is None:
        right = call("starts_with", shown, quoted('"'))  # all that is kept is text
    else:
        right = is_in(shown, sorted(f'"{each}"' for each in values))
    states: list[tuple[ColumnElement[Any], Piece]] = [(right, shown)]
    if nullable:
        states.append((Sql("(", call("coalesce", shown, "'null'"), " = 'null')"), "'null'"))
    return [choice(*states, otherwise=otherwise)]


def written(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value as JSON."""
    return call("ficha_json" if isinstance(column.type, String) else "to_json", column)


def or_null(value: ColumnElement[Any], nullable: bool = True) -> Pieces:
    """What is JSON already, null where there is none."""
    if not nullable:
        return [value]
    kind = "jsonb" if isinstance(value.type, JSONB) else "json"
    return [call("coalesce", value, f"'null'::{kind}")]
