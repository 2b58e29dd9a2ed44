"""Conditions that clients write: `and`, `or`, `not`, typed operators, and `some`/`every`/`none` through relations.

A filter arrives as nested dicts. It is split into its shape (hashable, which decides the SQL) and its values (which
become binds), so that a statement is built once for a shape.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from typing import cast as cast_type

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Numeric,
    and_,
    any_,
    cast,
    false,
    func,
    not_,
    null,
    or_,
    true,
)
from sqlalchemy.types import ARRAY, Text, TypeEngine

from errors import BadInput
from loaders.entity import Entity, bind
from loaders.ids import decode_as
from loaders.stopping import check
from models.spelling import LINE, spelling_of
from models.viewer import Viewer

Shape = Any

LONGEST_TEXT = 1_000
"""Characters of a text in a condition."""


@dataclass(frozen=True, slots=True)
class Value:
    """The place of a value in a shape: the name of its bind."""

    name: str


@cache
def api_name(name: str) -> str:
    """The name that clients write: `in` for `in_`, `legalName` for `legal_name`."""
    first, *others = name.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in others)


def demand_text(value: Any, field: str) -> None:
    """BadInput naming the field if a text, or one in a list, cannot be stored by PostgreSQL."""
    for text in cast_type("list[Any]", value) if isinstance(value, list) else (value,):
        if isinstance(text, str) and "\0" in text:
            raise BadInput("BAD_TEXT", "Un texto no puede contener el carácter nulo (U+0000).", field)


def demand_short(value: Any, field: str) -> None:
    """BadInput naming the field, where a text, or one in a list, is longer than any that is kept: PostgreSQL would
    compare it with every row."""
    for text in cast_type("list[Any]", value) if isinstance(value, list) else (value,):
        if isinstance(text, str) and len(text) > LONGEST_TEXT:
            raise BadInput(
                "FILTER_TEXT_TOO_LONG",
                f"Un texto de un filtro tiene a lo más {LONGEST_TEXT} caracteres; éste tiene {len(text)}: acórtelo.",
                field,
            )


@dataclass(frozen=True, slots=True)
class Splitter:
    """Splits a filter for a viewer; `values` collects the values, their names begin with `prefix`."""

    viewer: Viewer
    values: dict[str, Any]
    prefix: str = ""

    def split(self, entity: type[Entity], tree: Mapping[str, Any], field: str) -> Shape:
        """The shape of a filter. Null is part of it, because its SQL differs. Forbidden if it uses a relation that
        the viewer may not see, which would disclose its rows.
        """
        self.viewer.demand(entity.permission)
        return self.combine(tree, field, lambda name, part, at: self._part(entity, name, part, at))

    def combine(self, tree: Mapping[str, Any], field: str, leaf: Callable[[str, Any, str], Shape]) -> Shape:
        """The shape of conditions joined by and, or, not; `leaf` makes that of any other."""

        def shape(name: str, part: Any) -> Shape:
            at = f"{field}.{api_name(name)}"
            if part is None:
                return None
            if name in ("and_", "or_"):
                return tuple(self.combine(item, at, leaf) for item in part)
            if name == "not_":
                return self.combine(part, at, leaf)
            return leaf(name, part, at)

        return tuple((name, shape(name, part)) for name, part in tree.items())

    def tests(self, entity: type[Entity], column: str, tests: Mapping[str, Any], field: str) -> Shape:
        """The shape of tests of one column."""
        return tuple(
            (operator, self._value(entity, column, _spelt(entity, column, operator, value), field))
            for operator, value in tests.items()
        )

    def _part(self, entity: type[Entity], name: str, part: Any, field: str) -> Shape:
        relation = entity.way(name)
        if relation is None:
            return self.tests(entity, name, part, field)
        self.viewer.demand(relation.permission)
        return relation.split(self, part, field)

    def instant(self, value: Any) -> Value:
        """The place of an instant."""
        name = f"{self.prefix}f{len(self.values)}"
        self.values[name] = value
        return Value(name)

    def _value(self, entity: type[Entity], column: str, value: Any, field: str) -> Value | None:
        if value is None:
            return None
        if column == "id":
            ids = cast_type("list[str]", value if isinstance(value, list) else [value])
            keys = [decode_as(entity, id, field) for id in ids]
            value = keys if isinstance(value, list) else keys[0]
        name = f"{self.prefix}f{len(self.values)}"
        demand_short(value, field)
        demand_text(value, field)
        self.values[name] = value
        return Value(name)


def _spelt(entity: type[Entity], column: str, operator: str, value: Any) -> Any:
    """The value as the column keeps such values, however it is written."""
    spelling = spelling_of(entity.table.c.get(column)) or LINE
    respell = spelling.part if operator in ("contains", "starts_with") else spelling.whole
    if isinstance(value, list):
        return [_spelt_text(respell, each) for each in cast_type("list[Any]", value)]
    return _spelt_text(respell, value)


def _spelt_text(respell: Callable[[str], str], value: Any) -> Any:
    """A text respelt; one that will be refused, and anything else, as it is."""
    return respell(value) if type(value) is str and len(value) <= LONGEST_TEXT and "\0" not in value else value


def _bind(value: Value, type_: TypeEngine[Any]) -> ColumnElement[Any]:
    return bind(value.name, type_)


def _equals(column: ColumnElement[Any], value: Value | None) -> ColumnElement[bool]:
    return column.is_(null()) if value is None else column == _bind(value, column.type)


def _among(column: ColumnElement[Any], value: Value | None) -> ColumnElement[bool]:
    return false() if value is None else column == any_(_bind(value, ARRAY(column.type)))


def _compare(operator: str) -> Callable[[ColumnElement[Any], Value | None], ColumnElement[bool]]:
    def compare(column: ColumnElement[Any], value: Value | None) -> ColumnElement[bool]:
        return false() if value is None else column.bool_op(operator)(_bind(value, column.type))

    return compare


def _folded(test: Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[bool]]) -> Any:
    """Compares texts without accents and case."""

    def compare(column: ColumnElement[Any], value: Value | None) -> ColumnElement[bool]:
        return false() if value is None else test(func.ficha_fold(column), func.ficha_fold(_bind(value, column.type)))

    return compare


OPERATORS: Mapping[str, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    "eq": _equals,
    "ne": lambda column, value: (
        not_(_equals(column, value)) if value is None else column.is_distinct_from(_bind(value, column.type))
    ),
    "in_": _among,
    "not_in": lambda column, value: not_(func.coalesce(_among(column, value), false())),
    "lt": _compare("<"),
    "lte": _compare("<="),
    "gt": _compare(">"),
    "gte": _compare(">="),
    "contains": _folded(lambda column, value: func.strpos(column, value) > 0),
    "starts_with": _folded(func.starts_with),
    "has": lambda column, value: false() if value is None else _bind(value, Text()) == any_(column),
}
"""By the name of the input field. `ne` and `not_in` keep rows that have no value, unlike SQL's."""


def condition(entity: type[Entity], source: FromClause, shape: Shape) -> ColumnElement[bool]:
    """The SQL of a filter on rows of `entity` read from `source`."""
    check()

    def leaf(name: str, part: Any) -> ColumnElement[bool]:
        relation = entity.way(name)
        return relation.condition(source, part) if relation else passes(compared(entity, source, name), part)

    return combined(shape, leaf)


def compared(entity: type[Entity], source: FromClause, name: str) -> ColumnElement[Any]:
    """The column, or what values that are spelt in many ways are compared by."""
    spelling = spelling_of(entity.table.c.get(name))
    expression = entity.expression(source, name)
    return spelling.compared(expression) if spelling else expression


def combined(shape: Shape, leaf: Callable[[str, Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """All of the conditions, with their and, or, not; `leaf` makes any other."""

    def clause(name: str, part: Shape) -> ColumnElement[bool]:
        match name:
            case "and_":
                return and_(true(), *(combined(item, leaf) for item in part or ()))
            case "or_":
                return or_(false(), *(combined(item, leaf) for item in part)) if part else true()
            case "not_":
                return not_(func.coalesce(combined(part, leaf), false())) if part is not None else true()
            case _:
                return true() if part is None else leaf(name, part)

    return and_(true(), *(clause(name, part) for name, part in shape or ()))


def passes(column: ColumnElement[Any], tests: Any) -> ColumnElement[bool]:
    """Whether it passes all of the tests."""
    return and_(true(), *(OPERATORS[operator](column, value) for operator, value in tests))


_OF_CENTS: Mapping[str, Callable[[ColumnElement[int], ColumnElement[Any]], ColumnElement[bool]]] = {
    "eq": lambda cents, amount: and_(cents >= _whole(func.ceil(amount)), cents <= _whole(func.floor(amount))),
    "ne": lambda cents, amount: or_(cents < _whole(func.ceil(amount)), cents > _whole(func.floor(amount))),
    "lt": lambda cents, amount: cents < _whole(func.ceil(amount)),
    "lte": lambda cents, amount: cents <= _whole(func.floor(amount)),
    "gt": lambda cents, amount: cents > _whole(func.floor(amount)),
    "gte": lambda cents, amount: cents >= _whole(func.ceil(amount)),
}
"""Compares whole cents with an amount of cents that may have decimals."""


def _whole(amount: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(amount, BigInteger)


def passes_in_cents(cents: ColumnElement[int], tests: Any) -> ColumnElement[bool]:
    """Whether an amount, which every row has in whole cents, passes all tests of the amount. Row-level security lets
    PostgreSQL look up integers in an index, and no `numeric`."""

    def test(name: str, value: Value | None) -> ColumnElement[bool]:
        if value is None:
            return true() if name == "ne" else false()
        return _OF_CENTS[name](cents, cast(_bind(value, Numeric()), Numeric) * 100)

    return and_(true(), *(test(name, value) for name, value in tests))


def range_of(tests: Any) -> Any:
    """Those of the tests of an amount that bound it, so that an index has the rows that pass in one place."""
    return tuple((name, value) for name, value in tests if name != "ne" and value is not None)


def values_in(shape: Shape) -> int:
    """On how many values, which come with each execution, a filter depends."""
    if isinstance(shape, Value):
        return 1
    return sum(map(values_in, cast_type("tuple[Any, ...]", shape))) if isinstance(shape, tuple) else 0


def columns_of(entity: type[Entity], shape: Shape) -> set[str]:
    """The columns of the rows themselves that a filter looks at."""
    columns: set[str] = set()
    for name, part in shape or ():
        if name in ("and_", "or_"):
            columns.update(*(columns_of(entity, item) for item in part or ()))
        elif name == "not_":
            columns |= columns_of(entity, part)
        else:
            relation = entity.way(name)
            columns.add(relation.on if relation else name)
    return columns
