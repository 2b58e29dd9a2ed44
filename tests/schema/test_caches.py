"""What caches and offline copies need of every type: ids, times, currencies, absolute URLs; walked over the schema."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
)

from loaders.entity import entities
from models.rights import PUBLIC
from schema import SCHEMA

GRAPH: Any = SCHEMA._schema
OUTPUTS = [
    kind
    for kind in GRAPH.type_map.values()
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(kind)
]
VALUES_OF_A_RECORD = {"SalesDocumentTax", "SalesDocumentCancellation", "CfdiRelation"}
"""Rows that have no id of their own and are written with their document, whose times are theirs."""
NUMBERS = {"rate", "quantity", "converted", "remaining", "exchangeRate", "probability", "amountOfUnits"}
"""Decimals that are no amounts of money."""


def records() -> Iterator[Any]:
    """The types that show a row of a table."""
    for entity in entities():
        for name in entity.types():
            if name in GRAPH.type_map and name not in VALUES_OF_A_RECORD and entity.table.name not in PUBLIC:
                yield GRAPH.type_map[name]


@pytest.mark.claims("docs/reading.md", "Whatever has a version has an `id`.")
def test_whatever_has_a_version_has_an_id() -> None:
    without = [
        kind.name
        for kind in OUTPUTS
        if "version" in kind.fields and str(getattr(kind.fields.get("id"), "type", "")) != "ID!"
    ]
    assert without == []


@pytest.mark.claims("docs/reading.md", "Every record tells `createdAt` and `updatedAt`.")
def test_every_record_tells_when_it_was_created_and_changed() -> None:
    kinds = {kind.name: kind for kind in records()}
    kinds |= {kind.name: kind for kind in OUTPUTS if GRAPH.type_map["Node"] in kind.interfaces}
    kinds |= {kind.name: kind for kind in OUTPUTS if "version" in kind.fields}
    assert len(kinds) > 60
    types = {
        f"{name}.{field}": str(kind.fields[field].type) if field in kind.fields else None
        for name, kind in kinds.items()
        for field in ("createdAt", "updatedAt")
    }
    missing = [name for name, type_ in types.items() if (type_ or "").strip("!") != "DateTime"]
    nullable = [name for name, type_ in types.items() if type_ == "DateTime"]
    assert missing == []
    # There may be no terms.
    assert nullable == ["Receivables.createdAt", "Receivables.updatedAt"]


@pytest.mark.claims("docs/reading.md", "Beside every amount is its `currency`.")
def test_a_currency_stands_beside_every_amount() -> None:
    amounts = {
        kind.name: [
            name
            for name, field in kind.fields.items()
            if get_named_type(field.type).name == "Decimal" and name not in NUMBERS
        ]
        for kind in OUTPUTS
    }
    assert len([name for name, found in amounts.items() if found]) > 20
    without = [
        kind.name
        for kind in OUTPUTS
        if amounts[kind.name]
        and get_named_type(getattr(kind.fields.get("currency"), "type", GRAPH.type_map["Int"])).name
        not in ("String", "SatCurrency")
    ]
    assert without == []


def test_each_scalar_says_where_it_is_specified() -> None:
    scalars = [
        kind
        for kind in GRAPH.type_map.values()
        if isinstance(kind, GraphQLScalarType) and not is_specified_scalar_type(kind) and not kind.name.startswith("_")
    ]
    assert len(scalars) >= 10
    assert [
        kind.name for kind in scalars if not (kind.specified_by_url or "").startswith(("http://", "https://"))
    ] == []
