"""Inputs of mutations as plain values: what Strawberry's own conversion would make of them."""

from collections.abc import Iterator
from contextlib import ExitStack
from pprint import pformat
from typing import Any
from unittest.mock import patch

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, is_required_input_field
from graphql.utilities import coerce_input_value
from strawberry.types import get_object_definition
from strawberry.types.arguments import convert_argument

from resolvers.inputs import entity_named, plain, reader_of
from schema import MUTATIONS, SCHEMA

ID = "cli_019aaaaa-0000-7000-8000-000000000001"
VALUES = {
    "Boolean": True, "Int": 7, "Float": 1.5, "Decimal": "12.50", "Date": "2026-11-18", "YearMonth": "2026-11",
    "DateTime": "2026-11-18T17:20:00Z", "ID": ID, "UUID": ID.removeprefix("cli_"),
}  # fmt: skip
"""Of each scalar; those that are not here take texts."""
DEEP = 4


def value_of(kind: Any, depth: int, *, whole: bool) -> Any:
    """A value of an input's type: with all of its fields, or with those alone that it needs."""
    if isinstance(kind, GraphQLNonNull):
        return value_of(kind.of_type, depth, whole=whole)
    if isinstance(kind, GraphQLList):
        return [value_of(kind.of_type, depth, whole=whole)] * 2
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if not isinstance(kind, GraphQLInputObjectType):
        return VALUES.get(kind.name, "texto")
    stated = {name: each for name, each in kind.fields.items() if is_required_input_field(each) or (whole and depth)}
    return {name: value_of(each.type, depth - 1, whole=whole) for name, each in stated.items()}


def nulled(kind: GraphQLInputObjectType, value: dict[str, Any]) -> dict[str, Any]:
    """The value with null wherever that may be."""
    required = {name for name, field in kind.fields.items() if isinstance(field.type, GraphQLNonNull)}
    return {name: each if name in required else None for name, each in value.items()}


def cases() -> Iterator[Any]:
    for declared in MUTATIONS.values():
        for field in declared.fields:
            yield pytest.param(declared, SCHEMA._schema.mutation_type.fields[field].args["input"].type, id=field)


@pytest.mark.parametrize(("declared", "argument"), [*cases()])
def test_an_input_is_read_as_strawberry_would(declared: Any, argument: GraphQLNonNull[Any]) -> None:
    """With all of its fields, with those that it needs, and with null."""
    kind = argument.of_type
    entity = entity_named(declared.type_name)
    own = kind.extensions["strawberry-definition"].origin
    whole = value_of(kind, DEEP, whole=True)
    for value in (whole, value_of(kind, DEEP, whole=False), nulled(kind, whole)):
        coerced = coerce_input_value(value, argument)
        with ExitStack() as patches:
            for each in (own, declared.input):  # a list form has the input itself as its rows
                patches.enter_context(patch.object(get_object_definition(each, strict=True), "from_input", None))
            converted = convert_argument(coerced, own, SCHEMA.schema_converter.scalar_registry, SCHEMA.config)
        # A member of an enum equals its text.
        assert pformat(reader_of(own, entity)(coerced)) == pformat(plain(converted, entity))
