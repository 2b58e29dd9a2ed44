"""What contracts of a supergraph leave out: `@tag` on fields, types and inputs, as declared permissions say.

Which contract leaves out which tags is in docs/protocol.md. A contract hides; what a viewer may do is for permissions.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import strawberry
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
)
from strawberry.federation.schema_directives import Tag

from models.viewer import Permission
from schema.directives import attach, scopes_of
from schema.mutations import Declared

ADMIN = Tag(name="admin")
"""What administrators use: settings of the company, people, keys, the audit log."""
SYSTEM = Tag(name="system")
"""What other systems send, and nobody at a screen."""
INTERNAL = Tag(name="internal")
"""What a company says of its clients among its own people."""

OF_MUTATIONS = {
    Permission.ADMIN: ADMIN,
    Permission.COMPANY_WRITE: ADMIN,
    Permission.HISTORY_WRITE: SYSTEM,
    Permission.CFDI_STAMP: SYSTEM,
}
"""The tags of mutations, by the permission that they need."""
INTERNAL_FIELDS = frozenset({"internalNote", "taxpayerListing", "taxpayerListings", "overrideReason"})
INTERNAL_TYPES = frozenset({"FichaActingApiKey"})


def tag(schema: strawberry.Schema, mutations: Iterable[Declared]) -> None:
    """Puts the tags on the schema, which has its `@requiresScopes`."""
    of_permissions = [each for each in mutations if not each.unless]
    by_name = {name: OF_MUTATIONS.get(each.permission) for each in of_permissions for name in each.fields}
    types = schema._schema.type_map  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it
    administrations = set(_administrations(types.values()))
    for name, kind in types.items():
        if name.startswith("_") or not isinstance(
            kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType
        ):
            continue
        if name in administrations:
            attach(kind.extensions["strawberry-definition"], ADMIN)
        for field_name, field in kind.fields.items():
            declared = field.extensions.get("strawberry-definition")
            of: str = get_named_type(field.type).name  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # graphql-core's
            if name == "Mutation" and (own := by_name.get(field_name)):
                attach(declared, own)
            if of in administrations:
                attach(declared, ADMIN)
            if field_name in INTERNAL_FIELDS or of in INTERNAL_TYPES:
                attach(declared, INTERNAL)


def _administrations(types: Iterable[Any]) -> Iterator[str]:
    """The names of the types that only administrators see, and of their pages."""
    for kind in types:
        definition = kind.extensions.get("strawberry-definition")
        if Permission.ADMIN in scopes_of(definition):
            yield from (kind.name, f"{kind.name}Edge", f"{kind.name}Connection")
