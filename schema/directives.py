"""Federation's directives of access, printed from what the loaders enforce: a router may refuse what they would.

Definitions: specs.apollo.dev/federation, v2.5.
"""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry.schema_directive import Location
from strawberry.types.base import StrawberryObjectDefinition

from models.viewer import Permission
from resolvers.scopes import permissions_by_type, permissions_of_fields


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.INTERFACE, Location.FIELD_DEFINITION],
    description="Requires verified credentials.",
)
class Authenticated:
    pass


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.INTERFACE, Location.FIELD_DEFINITION],
    description="Requires all permissions of one of the lists.",
)
class RequiresScopes:
    scopes: list[list[str]]


def guard(schema: strawberry.Schema) -> None:
    """Puts the directives on the schema's types: `@requiresScopes` where a declaration asks for a permission,
    `@authenticated` on every field that an operation can start from."""
    of_rows = permissions_by_type()
    for kind in schema.schema_converter.type_map.values():
        definition = kind.definition
        if isinstance(definition, StrawberryObjectDefinition):
            shown: Sequence[Permission] = vars(definition.origin).get("__permissions__", ())
            if needed := of_rows.get(definition.name, shown):
                _add(definition, _scopes(needed))
            for field, permissions in permissions_of_fields(definition.name, definition.fields):
                _add(field, _scopes(permissions))
    for root in (schema.query, schema.mutation, schema.subscription):
        if root is not None:
            for field in root.__strawberry_definition__.fields:
                _add(field, Authenticated())


def _scopes(permissions: Sequence[Permission]) -> RequiresScopes:
    return RequiresScopes(scopes=[[permission.value for permission in permissions]])


def _add(declared: Any, directive: object) -> None:
    declared.directives = [*(declared.directives or ()), directive]
