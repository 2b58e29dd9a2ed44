"""What an operation may cost, printed so that a gateway can count as we do: `@cost` and `@listSize`.

Apollo's forms of both, as federation 2.9 imports them; `server.execution.cost` counts by what stands here. A field that
holds an object costs 1, a scalar nothing, a list its size times what one of its items costs. Each row that a mutation
is to write costs what the `@cost` of its list says. What filters, orders and searches cost has no directive.
"""

from collections.abc import Iterator
from typing import Any, cast

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
)
from strawberry.federation.schema_directives import Cost, ListSize

PAGE = 20
"""How many rows a connection is taken to have where the operation does not say."""

WEIGHTS = {
    "totalCount": 5,
    "unfilteredCount": 5,
    "hiddenCount": 5,
    "historyMonths": 10,
    "receivables": 10,
    "receivablesAsOf": 20,
    "statement": 40,
    "cfdiReadiness": 5,
    "clientsSummary": 100,
    "dealsSummary": 100,
    "receivablesSummary": 100,
}
"""Fields that cost more than reading a row, by name: PostgreSQL counts for them, or Python computes."""

MUTATION_WEIGHT = 10

CONDITION = 1
"""A test of a filter."""
VALUES_OF_A_CONDITION = 100
"""As many values of a test's list, as of `in`, cost as much as another test."""
ORDER = 1
"""A term of an order."""
SEARCH = 10
"""Words to look for in a connection."""
SEARCHES = {"search": 7}
"""Fields that look for words in several kinds of records: in how many."""

SIZES = {
    "nodes": 100,
    "postalCodes": 20,
    "taxRegimes": 20,
    "satTaxObjects": 8,
    "cfdiUses": 25,
    "countries": 250,
    "banks": 100,
    "actions": 10,
    "reasons": 1,
    "byKind": 2,
    "byOwner": 20,
    "byProspectState": 10,
    "byStage": 10,
    "byAssignee": 20,
    "byMonth": 12,
    "byState": 4,
    "totals": 2,
}
"""How long lists that are no page are taken to be, by the field's name."""
FEW = 5
"""How long all the others are: contacts, addresses, accounts of one client."""

RELATIONS = {
    **dict.fromkeys(("contacts", "addresses"), (FEW, 1)),
    **dict.fromkeys(("deals", "followUps", "salesDocuments", "documents"), (PAGE, 1)),
    "receivables": (1, WEIGHTS["receivables"]),
}
"""Relations that filters lead through: to how many rows, and what each costs beside the conditions on it. All others
lead to one row."""

ROWS = {"rows": MUTATION_WEIGHT, "contacts": 5, "addresses": 5}
WRITTEN = 2
"""What each item of a list in a mutation's input costs, by the list's name, and of all other lists: a row of a bulk
mutation as much as that mutation with one."""

PAGED = ListSize(
    assumed_size=PAGE,
    slicing_arguments=["first", "last"],
    sized_fields=["nodes", "edges"],
    require_one_slicing_argument=False,
)


_make: Any = ListSize  # typed as if its arguments had no defaults; null in their place is printed, and no list
CUT = _make(slicing_arguments=["first"], require_one_slicing_argument=False)
"""A list that is no connection: `first` has a default, beside which Cosmo's composer takes no assumed size."""


def _sized(size: int) -> ListSize:
    return _make(assumed_size=size, require_one_slicing_argument=False)


def price(schema: strawberry.Schema) -> None:
    """Puts the directives on the schema's fields."""
    for parent, name, field in _fields(schema._schema):  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it
        of = cast("Any", field).type
        declared = field.extensions.get("strawberry-definition")
        if declared is None or name.startswith("_"):
            continue
        if "first" in field.args:
            _add(declared, CUT if is_list(of) else PAGED)
        elif is_list(of) and not _is_sized(parent, name):
            _add(declared, _sized(SIZES.get(name, FEW)))
        weight = MUTATION_WEIGHT if parent.name == "Mutation" else WEIGHTS.get(name)
        if weight is not None:
            _add(declared, Cost(weight=weight))
    for name, field in _lists_of_inputs(schema._schema):  # pyright: ignore[reportPrivateUsage]  # as above
        _add(field.extensions["strawberry-definition"], Cost(weight=ROWS.get(name, WRITTEN)))


def is_list(kind: Any) -> bool:
    """Whether the type is a list, null or not."""
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)  # pyright: ignore[reportUnknownMemberType]


def _fields(schema: Any) -> Iterator[tuple[GraphQLObjectType | GraphQLInterfaceType, str, GraphQLField]]:
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                yield kind, name, field


def _lists_of_inputs(schema: Any) -> Iterator[tuple[str, GraphQLInputField]]:
    """The lists of input objects that mutations take. Those of filters are no rows."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLInputObjectType) and not kind.name.endswith("Filter"):
            for name, field in kind.fields.items():
                of: Any = getattr(field, "type")  # noqa: B009  # graphql-core leaves open what its lists are of
                if is_list(of) and isinstance(get_named_type(of), GraphQLInputObjectType):
                    yield name, field


def _is_sized(parent: GraphQLObjectType | GraphQLInterfaceType, name: str) -> bool:
    """Whether the connection's own field says how long the list is."""
    return "pageInfo" in parent.fields and name in ("nodes", "edges")


def _add(declared: Any, directive: Any) -> None:
    # Types that share an interface share its fields.
    if not any(isinstance(known, type(directive)) for known in declared.directives or ()):
        declared.directives = [*(declared.directives or ()), directive]
