"""Ficha as a subgraph of somebody's supergraph: its entities and keys, and the SDL that composers take.

Definitions: specs.apollo.dev/federation, v2.9. Strawberry's own federation resolves references one by one and loses the
whole list over one that is wrong; see docs/adr/0021.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Union, cast

import strawberry
from graphql import (
    REMOVE,
    DirectiveDefinitionNode,
    DirectiveNode,
    FieldDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    NameNode,
    ObjectTypeDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from strawberry import Info
from strawberry.federation.schema_directives import Key, Shareable
from strawberry.types.base import StrawberryObjectDefinition

from resolvers import entities as answers
from resolvers.entities import BY_CODE
from schema import catalogs, sat_catalog
from schema.directives import attach
from schema.fields import column
from schema.node import Node
from schema.query import Query

KEYS = {"Client": ("id", "rfc", "externalId"), **dict.fromkeys(BY_CODE, ("code",))}
"""What identifies a record or an entry, by the name of its type; all others have an `id`."""
SHARED_TYPES = ("PageInfo",)
"""Types that other subgraphs define alike."""
OF_ONE_SUBGRAPH = ("node", "nodes")
"""Fields of Query of which a supergraph can have one: every subgraph with Relay's interface has them, each for its own
types, and composers refuse two."""

_FOR_COMPOSERS = ("key", "shareable", "tag")
_OF_ACCESS = ("authenticated", "requiresScopes", "policy")
"""@apollo/gateway refuses a supergraph that has them, for it cannot enforce them. We do."""
_COST_DIRECTIVES = '''
"""Cost of the field itself, without its selections; see docs/protocol.md."""
directive @cost(
  """In rows."""
  weight: Int!
) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR

"""Assumed length of the list, or of the lists in `sizedFields`, for the cost: that of an argument, or a constant."""
directive @listSize(
  """The length if no argument states it."""
  assumedSize: Int
  """Arguments that state the length."""
  slicingArguments: [String!]
  """The list fields of the object, if the field itself is not a list."""
  sizedFields: [String!]
  """Whether one of the arguments is required; always false here."""
  requireOneSlicingArgument: Boolean = true
) on FIELD_DEFINITION
'''


def _records(kind: type = Node) -> Iterator[type]:
    """Every type with a global id. What others derive from is an interface, or only says what they have in common."""
    for each in sorted(kind.__subclasses__(), key=attrgetter("__name__")):
        if each.__subclasses__():
            yield from _records(each)
        else:
            yield each


def _entity() -> Any:
    """The union of what other subgraphs can refer to: every type with a global id that is declared by now, and the
    catalogs' entries."""
    of: Any = Union
    entries = vars(catalogs) | vars(sat_catalog)
    types = (*_records(), *(entries[name] for name in BY_CODE))
    return Annotated[of[types], strawberry.union("_Entity", description="What other subgraphs can refer to.")]


@strawberry.type(name="_Service", description="The subgraph itself.")
class Service:
    sdl: str = column("Its schema, with the directives of federation.")


@cache
def _printed(schema: strawberry.Schema) -> str:
    return sdl_for_composers(schema.as_str())


def _service(info: Info) -> Service:
    return Service(sdl=_printed(info.schema))


def _federated(name: str, resolver: Any, description: str, kind: Any) -> Any:
    return strawberry.field(resolver=resolver, name=name, description=description, graphql_type=kind)


def subgraph_query() -> type[Query]:
    """The type Query with what gateways ask for, once every type is declared."""

    @strawberry.type(name="Query", description="Everything that can be read.")
    class SubgraphQuery(Query):
        entities: Any = _federated(
            "_entities",
            answers.entities,
            "The records that the representations refer to, in their order; at most 1,000. Null for one that does not"
            " exist, or that the viewer does not see.",
            list[_entity() | None],
        )
        service: Any = _federated("_service", _service, "The subgraph itself, for composition.", Service)

    return SubgraphQuery


def refer(schema: strawberry.Schema) -> None:
    """Puts the keys on the schema, and what is shared."""
    for name in (*answers.keys(), *BY_CODE):
        for key in KEYS.get(name, ("id",)):
            # As a string: Strawberry's _FieldSet is printed as it is.
            attach(schema.get_type_by_name(name), Key(fields=cast("Any", key)))
    for kind in schema.schema_converter.type_map.values():
        if isinstance(kind.definition, StrawberryObjectDefinition) and _is_read_with_another(kind.definition):
            attach(kind.definition, Key(fields=cast("Any", "id"), resolvable=False))
    for name in SHARED_TYPES:
        attach(schema.get_type_by_name(name), Shareable())


def _is_read_with_another(definition: StrawberryObjectDefinition) -> bool:
    """Whether it has an id and no reference can lead to it: other subgraphs can add fields to it all the same."""
    if definition.is_interface or answers.keys().get(definition.name):
        return False
    return any(field.name == "id" for field in definition.fields)


def _of_federation(node: Any) -> Any:
    return REMOVE if node.name.value.startswith("_") else None


class _Without(Visitor):
    """Leaves out some directives, the definitions of further ones, and the fields and types that federation itself
    adds."""

    def __init__(self, directives: Collection[str], linked: Collection[str] = ()) -> None:
        super().__init__()
        self._directives = directives
        self._linked = linked

    def enter_directive_definition(self, node: DirectiveDefinitionNode, *_: Any) -> Any:
        return REMOVE if node.name.value in (*self._directives, *self._linked) else None

    def enter_directive(self, node: DirectiveNode, *_: Any) -> Any:
        return REMOVE if node.name.value in self._directives else None

    def enter_field_definition(self, node: FieldDefinitionNode, *_: Any) -> Any:
        return _of_federation(node)

    def enter_object_type_definition(self, node: Any, *_: Any) -> Any:
        return _of_federation(node)

    enter_scalar_type_definition = enter_object_type_definition
    enter_union_type_definition = enter_object_type_definition


def sdl_for_clients(printed: str) -> str:
    """The schema as client apps and their tools take it, from Strawberry's print."""
    return print_ast(visit(parse(printed + _COST_DIRECTIVES), _Without(_FOR_COMPOSERS))) + "\n"


class _ForComposers(_Without):
    """Further leaves out what composers refuse beside other subgraphs."""

    def __init__(self, extended: Collection[str], *, access: bool) -> None:
        super().__init__(() if access else _OF_ACCESS, _OF_ACCESS)
        self._extended = extended

    def enter_object_type_definition(self, node: ObjectTypeDefinitionNode, *_: Any) -> Any:
        if node.name.value == "Query":
            return replace(node, fields=_others(node.fields, OF_ONE_SUBGRAPH))
        return super().enter_object_type_definition(node)

    def enter_interface_type_definition(self, node: InterfaceTypeDefinitionNode, *_: Any) -> Any:
        """An interface between an extended one and its types would lack the fields that another subgraph adds."""
        return replace(node, interfaces=_others(node.interfaces, self._extended))

    def enter_field_definition(self, node: FieldDefinitionNode, *_: Any) -> Any:
        """Cosmo's composer takes no interface for a narrower type than the interface that it implements."""
        name = node.type.name.value if isinstance(node.type, NamedTypeNode) else ""
        if node.name.value == "subject" and name in self._extended:
            return replace(node, type=NamedTypeNode(name=NameNode(value="Node")))
        return super().enter_field_definition(node)


def _others(nodes: Iterable[Any] | None, names: Collection[str]) -> tuple[Any, ...]:
    """The nodes that have none of the names."""
    return tuple(node for node in nodes or () if node.name.value not in names)


def sdl_for_composers(printed: str, *, access: bool = False) -> str:
    """The schema as composers take it: federation's directives are linked, not defined. With `access`, those by which
    routers refuse what Ficha would are among them."""
    directives = (*_FOR_COMPOSERS, "cost", "listSize", *(_OF_ACCESS if access else ()))
    imported = ", ".join(f'"@{name}"' for name in directives)
    head = f'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [\n  {imported}\n])\n\n'
    return head + print_ast(visit(parse(printed), _ForComposers(answers.keys(), access=access))) + "\n"
