"""Types of the schema. graphql-core does not say what its lists and non-nulls are of: here that is `Any`, once."""

from collections.abc import Sequence
from typing import Any, cast

from graphql import GraphQLEnumType, GraphQLField, GraphQLNamedType, GraphQLObjectType

Kind = Any
"""A GraphQLOutputType."""


def kind_of(field: GraphQLField) -> Kind:
    """The type of a field."""
    return cast("Any", field).type


def is_nullable(kind: Kind) -> bool:
    """Whether it may be null."""
    return not str(kind).endswith("!")


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
