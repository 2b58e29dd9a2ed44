"""Federation's directives of access, printed from what loaders and mutations enforce: a router may refuse what they
would.

Definitions: specs.apollo.dev/federation, v2.5 and v2.6. What each of them says of Ficha is in docs/adr/0079.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import strawberry
from strawberry.schema_directive import Location
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.utils.str_converters import to_camel_case

from models.viewer import Permission
from resolvers.scopes import permissions_by_type, permissions_of_fields
from schema.mutations import Declared


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


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.INTERFACE, Location.FIELD_DEFINITION],
    description="Requires all policies of one of the lists: permissions, or rules that only the service can judge.",
)
class Policy:
    policies: list[list[str]]


def guard(schema: strawberry.Schema, mutations: Iterable[Declared]) -> None:
    """Puts the directives on the schema's types: `@requiresScopes` where a declaration asks for a permission, `@policy`
    where it does unless a rule holds, `@authenticated` on every field that an operation can start from."""
    of_rows = permissions_by_type()
    for kind in schema.schema_converter.type_map.values():
        definition = kind.definition
        if isinstance(definition, StrawberryObjectDefinition):
            shown: Sequence[Permission] = vars(definition.origin).get("__permissions__", ())
            if needed := of_rows.get(definition.name, shown):
                attach(definition, _scopes(needed))
            for field, permissions in permissions_of_fields(definition.name, definition.fields):
                attach(field, _scopes(permissions))
    for root in (schema.query, schema.mutation, schema.subscription):
        if root is not None:
            for field in root.__strawberry_definition__.fields:
                attach(field, Authenticated())
    needs = {name: _needs(each) for each in mutations for name in each.fields}
    for field in cast("Any", schema.get_type_by_name("Mutation")).fields:
        attach(field, needs[to_camel_case(field.name)])


def _needs(mutation: Declared) -> RequiresScopes | Policy:
    if mutation.unless:
        return Policy(policies=[[mutation.permission.value], [mutation.unless]])
    return _scopes([mutation.permission])


def _scopes(permissions: Sequence[Permission]) -> RequiresScopes:
    return RequiresScopes(scopes=[[permission.value for permission in permissions]])


def attach(declared: Any, directive: object) -> None:
    """Puts the directive on a type or field; once, as types that share an interface share its fields."""
    if directive not in (declared.directives or ()):
        declared.directives = [*(declared.directives or ()), directive]


def scopes_of(declared: Any) -> Sequence[str]:
    """The permissions that one needs, all of them, to see objects of a type."""
    directives: Sequence[object] = getattr(declared, "directives", None) or ()
    return [scope for each in directives if isinstance(each, RequiresScopes) for scope in each.scopes[0]]
