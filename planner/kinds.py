"""Types of the schema. graphql-core does not say what its lists and non-nulls are of: here that is `Any`, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from graphql import GraphQLEnumType, GraphQLField, GraphQLNamedType, GraphQLNonNull, GraphQLObjectType

from loaders.reads import Reads

Kind = Any
"""A GraphQLOutputType."""


def kind_of(field: GraphQLField) -> Kind:
    """The type of a field."""
    return cast("Any", field).type


def is_nullable(kind: Kind) -> bool:
    """Whether it may be null."""
    return not isinstance(kind, GraphQLNonNull)


def is_list(kind: Kind) -> bool:
    """Whether it is a list, which may be null."""
    return str(kind).endswith("]")


def required(kind: Kind) -> Kind:
    """The type without null."""
    return kind if is_nullable(kind) else kind.of_type


def item_of(kind: Kind) -> Kind:
    """What a list is of."""
    return required(kind).of_type


def named(kind: Kind) -> GraphQLNamedType:
    """The type within all lists and non-nulls."""
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    return kind


def object_of(field: GraphQLField) -> GraphQLObjectType:
    """The object type of a field that is known to have one."""
    return cast("GraphQLObjectType", named(kind_of(field)))


def enum_values(kind: Kind) -> Sequence[str] | None:
    """Those of an enum, or of a list of them; None for another type."""
    named_kind = named(kind)
    return list(named_kind.values) if isinstance(named_kind, GraphQLEnumType) else None


@dataclass(frozen=True, slots=True, eq=False)
class Declared:
    """A field of an object type, as the schema declares it."""

    definition: GraphQLField
    kind: Kind
    nullable: bool
    python_name: str
    has_resolver: bool
    reads: Reads | None
    """What its resolver reads, where it says so."""
    same: tuple[Any, ...]
    """What it has in common with the fields of other types that are read alike."""


@cache
def declared(parent: GraphQLObjectType, name: str) -> Declared | None:
    """The field of that name; None for what every type has, as `__typename`."""
    definition = parent.fields.get(name)
    if definition is None:
        return None
    kind = kind_of(definition)
    field: Any = definition.extensions["strawberry-definition"]
    resolver = field.base_resolver
    what = resolver and getattr(resolver.wrapped_func, "reads", None)
    same = (field.python_name, getattr(what, "name", None), getattr(what, "columns", None), str(kind))
    return Declared(definition, kind, is_nullable(kind), field.python_name, resolver is not None, what, same)
