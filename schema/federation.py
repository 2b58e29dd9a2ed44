"""Ficha as a subgraph of somebody's supergraph: its entities and keys, and the SDL that composers take.

Definitions: specs.apollo.dev/federation, v2.9. Strawberry's own federation resolves references one by one and loses the
whole list over one that is wrong; see docs/adr/0021.
"""

from functools import cache
from typing import Annotated, Any, cast

import strawberry
from graphql import (
    REMOVE,
    DirectiveDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from strawberry import Info
from strawberry.federation.schema_directives import Key, Shareable, Tag
from strawberry.utils.str_converters import to_camel_case

from resolvers import entities as answers
from schema.bank_account import ClientBankAccount
from schema.client import Client
from schema.collaborator import Collaborator
from schema.company_bank_account import CompanyBankAccount
from schema.contact import ClientContact
from schema.deal import ClientDeal
from schema.document import ClientDocument
from schema.fields import column
from schema.follow_up import FollowUp
from schema.price_list import SalesPriceList
from schema.prospect_state import ProspectState
from schema.query import Query
from schema.sales_document import SalesCreditNote, SalesInvoice, SalesNote, SalesQuote

ENTITIES = (
    Client, ClientContact, Collaborator, ClientDeal, FollowUp, SalesQuote, SalesNote, SalesInvoice, SalesCreditNote,
    ClientDocument, ClientBankAccount, SalesPriceList, CompanyBankAccount, ProspectState,
)  # fmt: skip
"""What other subgraphs can refer to and extend: by `id`, and a client by its `rfc` as well."""
SHARED_TYPES = ("PageInfo",)
"""Types that other subgraphs define alike."""
SHARED_FIELDS = ("node", "nodes")
"""Fields of Query that every subgraph with Relay's interface has."""
FOR_ADMINISTRATORS = ("apiKeys", "auditLog", "roles")
"""Fields of Query that a contract of the supergraph may want to leave out."""

_HEAD = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@tag", "@cost", "@listSize"
])
"""
_FOR_COMPOSERS = {"key", "shareable", "tag"}
_FOR_CLIENTS = {"authenticated", "requiresScopes"}
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

_Entity = Annotated[
    Client
    | ClientContact
    | Collaborator
    | ClientDeal
    | FollowUp
    | SalesQuote
    | SalesNote
    | SalesInvoice
    | SalesCreditNote
    | ClientDocument
    | ClientBankAccount
    | SalesPriceList
    | CompanyBankAccount
    | ProspectState,
    strawberry.union("_Entity", description="What other subgraphs can refer to."),
]


@strawberry.type(name="_Service", description="The subgraph itself.")
class Service:
    sdl: str = column("Its schema, with the directives of federation.")


@cache
def _printed(schema: strawberry.Schema) -> str:
    return sdl_for_composers(schema.as_str())


def _service(info: Info) -> Service:
    return Service(sdl=_printed(info.schema))


def _federated(name: str, resolver: Any, description: str) -> Any:
    return strawberry.field(resolver=resolver, name=name, description=description)


@strawberry.type(name="Query", description="Everything that can be read.")
class SubgraphQuery(Query):
    entities: list[_Entity | None] = _federated(
        "_entities",
        answers.entities,
        "The records that the representations refer to, in their order; at most 1,000. Null for one that does not"
        " exist, or that the viewer does not see.",
    )
    service: Service = _federated("_service", _service, "The subgraph itself, for composition.")


def refer(schema: strawberry.Schema) -> None:
    """Puts the keys and the other directives of federation on the schema."""
    keys: list[tuple[Any, str]] = [*((entity, "id") for entity in ENTITIES), (Client, "rfc")]
    for entity, key in keys:
        _add(entity.__strawberry_definition__, Key(fields=cast("Any", key)))  # a _FieldSet is printed as it is
    for name in SHARED_TYPES:
        _add(schema.get_type_by_name(name), Shareable())
    query: Any = SubgraphQuery
    fields = {to_camel_case(field.name): field for field in query.__strawberry_definition__.fields}
    for name in SHARED_FIELDS:
        _add(fields[name], Shareable())
    for name in FOR_ADMINISTRATORS:
        _add(fields[name], Tag(name="admin"))


def _add(declared: Any, directive: object) -> None:
    declared.directives = [*(declared.directives or ()), directive]


class _Without(Visitor):
    """Leaves out some directives, and the fields and types that federation itself adds."""

    def __init__(self, directives: set[str]) -> None:
        super().__init__()
        self._directives = directives

    def enter_directive_definition(self, node: DirectiveDefinitionNode, *_: Any) -> Any:
        return REMOVE if node.name.value in self._directives else None

    enter_directive = enter_directive_definition

    def enter_field_definition(self, node: Any, *_: Any) -> Any:
        return REMOVE if node.name.value.startswith("_") else None

    enter_object_type_definition = enter_field_definition
    enter_scalar_type_definition = enter_field_definition
    enter_union_type_definition = enter_field_definition


def sdl_for_clients(printed: str) -> str:
    """The schema as client apps and their tools take it, from Strawberry's print."""
    return print_ast(visit(parse(printed + _COST_DIRECTIVES), _Without(_FOR_COMPOSERS))) + "\n"


def sdl_for_composers(printed: str) -> str:
    """The schema as composers take it: federation's directives are linked, not defined."""
    return _HEAD.lstrip() + "\n" + print_ast(visit(parse(printed), _Without(_FOR_CLIENTS))) + "\n"
