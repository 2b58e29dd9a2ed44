"""Within inputs of mutations our own scalars take any value: what they cannot read is a user error of the command, as
all else that is wrong with an input. In arguments and filters of queries it stays an error of the request.

Each such scalar therefore has a twin of the same name, which the schema shows nowhere: inputs of mutations have it as
the type of their fields.
"""

from collections.abc import Iterator
from typing import Any, cast

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
)
from graphql import get_named_type as named_type

from schema.scalars import CODES, lenient

_TWIN = "twin"
"""The extension of a twin that holds the scalar itself."""


def forgive(schema: GraphQLSchema) -> None:
    """Gives the inputs of the schema's mutations the lenient twins of scalars. By `get_type`, as variables are typed, a
    twin is found under its `twin_name`."""
    twins = {name: _twin(cast("GraphQLScalarType", schema.type_map[name]), code) for name, code in CODES.items()}
    for kind in set(_inputs(schema)):
        for field in kind.fields.values():
            if twin := twins.get(_named(field.type).name):
                field.type = _over(field.type, twin)
    by_name = {twin_name(name): twin for name, twin in twins.items()}
    any_type = schema.get_type

    def get_type(name: str) -> Any:
        return by_name.get(name) or any_type(name)

    cast("Any", schema).get_type = get_type


def twin_name(name: str) -> str:
    """The name under which a scalar's twin is found; no document can hold it."""
    return f"{name}:lenient"


def is_twin(kind: Any) -> bool:
    """Whether the type, lists and non-null aside, is a twin."""
    return kind is not None and _TWIN in _named(kind).extensions


def strict(kind: Any) -> Any:
    """The type with the scalar itself in place of its twin."""
    return _over(kind, _named(kind).extensions[_TWIN]) if is_twin(kind) else kind


def _twin(scalar: GraphQLScalarType, code: Any) -> GraphQLScalarType:
    arguments: Any = scalar.to_kwargs()
    for name in ("parse_value", "parse_literal", "coerce_input_literal"):
        arguments.pop(name, None)
    arguments["coerce_input_value"] = lenient(scalar.coerce_input_value, code)
    arguments["extensions"] = {**scalar.extensions, _TWIN: scalar}
    return GraphQLScalarType(**arguments)


def _over(kind: Any, scalar: GraphQLScalarType) -> Any:
    """The type with this scalar in place of its own."""
    if isinstance(kind, GraphQLNonNull | GraphQLList):
        wrapper = cast("Any", kind)
        return type(wrapper)(_over(wrapper.of_type, scalar))
    return scalar


def _named(kind: Any) -> Any:
    return cast("Any", named_type)(kind)


def _inputs(schema: GraphQLSchema) -> Iterator[GraphQLInputObjectType]:
    """The input objects of the mutations, those within others included."""
    if schema.mutation_type is None:
        return
    for field in schema.mutation_type.fields.values():
        for argument in field.args.values():
            yield from inputs_in(argument.type)


def inputs_in(kind: Any) -> Iterator[GraphQLInputObjectType]:
    """The input object that the type is, and those within it, lists and non-null aside."""
    named = _named(kind)
    if isinstance(named, GraphQLInputObjectType):
        yield named
        for field in named.fields.values():
            yield from inputs_in(field.type)
