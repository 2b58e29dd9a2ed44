"""PostgreSQL writes JSON as orjson does: every character that a text can hold, and every kind of value."""

import datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest
from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Integer,
    Numeric,
    Text,
    column,
    func,
    literal,
    select,
    table,
)
from sqlalchemy import text as text_of
from sqlalchemy.types import ARRAY, TypeEngine

from planner import text
from planner.text import Piece
from schema.scalars import write_instant

INSTANT = datetime.datetime(2026, 2, 28, 23, 59, 59, 999_999, datetime.UTC)


def written(owner: Connection, pieces: list[Piece]) -> bytes:
    return str(owner.scalar(select(text.joined(pieces)))).encode()


def test_every_character_is_written_alike(owner: Connection) -> None:
    """All of Unicode but NUL, which PostgreSQL cannot hold, and the surrogates, which are no characters. PostgreSQL 16
    has `to_json` only."""
    every = [*range(1, 0xD800), *range(0xE000, 0x110000)]
    for start in range(0, len(every), 100_000):
        given = "".join(map(chr, every[start : start + 100_000]))
        value, shown = literal(given, Text()), orjson.dumps(given)
        assert written(owner, text.scalar("String", value, nullable=False)) == shown
        assert written(owner, [func.to_json(value)]) == shown


def test_texts_are_written_without_a_call(owner: Connection) -> None:
    """The function's body stands in the plan: nobody looks up what it is for each row."""
    query = select(text.written(column("rfc", Text()))).select_from(table("client"))
    plan = owner.scalars(text_of(f"explain (verbose) {query.compile(owner)}")).all()
    assert "ficha_json" not in "".join(plan)
    assert "Output: JSON_SCALAR(rfc)" in "".join(plan)


@pytest.mark.parametrize(
    ("kind", "type_", "value", "shown"),
    [
        ("String", Text(), "", ""),
        ("String", Text(), "\x01\"\\/\x7f\u2028'", "\x01\"\\/\x7f\u2028'"),
        ("Int", Integer(), -(2**31), -(2**31)),
        ("Boolean", Boolean(), True, True),
        ("Boolean", Boolean(), False, False),
        ("Decimal", Numeric(18, 2), Decimal("9999999999999999.99"), "9999999999999999.99"),
        ("Decimal", Numeric(18, 6), Decimal("0.000001"), "0.000001"),
        ("Decimal", Numeric(18, 2), Decimal("-0.10"), "-0.10"),
        ("Date", Date(), datetime.date(999, 1, 2), "0999-01-02"),
        ("DateTime", DateTime(timezone=True), INSTANT, write_instant(INSTANT)),
        ("String", ARRAY(Text()), [], []),
        ("String", ARRAY(Text()), ['a"', "b,{}", "\\", "NULL", "ñ\n"], ['a"', "b,{}", "\\", "NULL", "ñ\n"]),
    ],
)
@pytest.mark.parametrize("nullable", [True, False])
def test_a_scalar_is_written_as_its_resolver_would(
    owner: Connection, kind: str, type_: TypeEngine[Any], value: Any, shown: Any, nullable: bool
) -> None:
    assert written(owner, text.scalar(kind, literal(value, type_), nullable)) == orjson.dumps(shown)


@pytest.mark.parametrize("kind", ["String", "Int", "Boolean", "Decimal", "Date", "DateTime", "ID"])
def test_what_is_not_there_is_null(owner: Connection, kind: str) -> None:
    types = {
        "Int": Integer(),
        "Boolean": Boolean(),
        "Decimal": Numeric(),
        "Date": Date(),
        "DateTime": DateTime(timezone=True),
    }
    assert written(owner, text.scalar(kind, literal(None, types.get(kind, Text())), nullable=True)) == b"null"


def test_objects_and_arrays_have_no_spaces(owner: Connection) -> None:
    member = text.scalar("Int", literal(1, Integer()), nullable=False)
    assert written(owner, text.obj([("a", member), ("b", ["null"])])) == b'{"a":1,"b":null}'
    assert written(owner, text.obj([])) == b"{}"


def test_more_pieces_than_a_function_takes(owner: Connection) -> None:
    members = [(f"k{n}", text.scalar("Int", literal(n, Integer()), nullable=False)) for n in range(250)]
    assert written(owner, text.obj(members)) == orjson.dumps({f"k{n}": n for n in range(250)})
