"""References from other subgraphs: found by any key, in one statement a type, each with an error of its own."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    ObjectTypeDefinitionNode,
    parse,
)

import models
import schema
from loaders.entity import entity_of
from models.collaborator import Role
from resolvers.entities import BY_CODE, keys
from tests.fixtures import Company, global_id

ROOT = Path(__file__).resolve().parents[2]
ENTITIES = """
query ($of: [_Any!]!) {
  _entities(representations: $of) {
    __typename
    ... on Node { id }
    ... on Client { rfc }
    ... on ClientContact { name }
  }
}
"""


def reference(model: type[models.Base], id: Any, **more: Any) -> dict[str, Any]:
    return {"__typename": entity_of(model).type_name, "id": global_id(model, id), **more}


@pytest.mark.claims(
    "docs/protocol.md",
    "A client is found by its `id`, its `rfc` unless that is a generic one, or its `externalId`.",
)
def test_a_client_by_id_rfc_and_external_id(company: Callable[..., Company]) -> None:
    mine, other = company(), company()
    other.client(rfc="EKU9003173C9", external_id="SAP 7")
    id = mine.client(rfc="EKU9003173C9", external_id="SAP 7")
    found = {"__typename": "Client", "id": global_id(models.Client, id), "rfc": "EKU9003173C9"}
    of = [
        reference(models.Client, id),
        {"__typename": "Client", "rfc": "EKU9003173C9"},
        {"__typename": "Client", "rfc": "eku-900317-3c9", "receivables": {"balance": "1.00"}},
        {"__typename": "Client", "externalId": "SAP 7"},
        {"__typename": "Client", "externalId": "SAP 8"},
        {"__typename": "Client", "externalId": "\0"},
    ]
    answer = mine.ask(ENTITIES, of=of)
    assert answer.body["data"] == {"_entities": [*[found] * 4, None, None]}
    assert answer.errors == [("BAD_TEXT", "_entities", 5, "representations")]


@pytest.mark.claims(
    "docs/protocol.md",
    "Every type with a global `id` is an entity, and so are the interfaces `HistoryEvent` and `SalesDocument`",
)
def test_every_type_with_a_global_id_is_an_entity() -> None:
    types: GraphQLSchema = schema.SCHEMA._schema
    nodes = {each.name for each in types.get_possible_types(cast("GraphQLInterfaceType", types.type_map["Node"]))}
    assert nodes | {"HistoryEvent", "SalesDocument"} == set(keys())
    assert {each.name for each in cast("GraphQLUnionType", types.type_map["_Entity"]).types} == nodes | set(BY_CODE)


def _keys_in_sdl() -> dict[str, dict[str, bool]]:
    """Of each type of the subgraph the fields of its keys, and whether references by them are resolved."""
    keyed: dict[str, dict[str, bool]] = {}
    for definition in parse(schema.subgraph_sdl()).definitions:
        for directive in getattr(definition, "directives", None) or ():
            if directive.name.value == "key":
                [fields, resolvable] = [argument.value.value for argument in directive.arguments]
                keyed.setdefault(cast("Any", definition).name.value, {})[fields] = resolvable
    return keyed


@pytest.mark.claims(
    "docs/protocol.md",
    "`Receivables` and `FichaActingApiKey` are read with another record; other subgraphs can add fields to them by"
    " `id`, and Ficha resolves no references to them.",
    "The entries of all the SAT's catalogs, products and units included, are entities by their `code`.",
)
def test_every_type_with_an_id_or_of_a_catalog_has_a_key() -> None:
    """Whatever has a field `id`, and whatever is of a catalog of the SAT, whose names begin with `Sat`."""
    types: GraphQLSchema = schema.SCHEMA._schema
    objects = [each for each in types.type_map.values() if isinstance(each, GraphQLObjectType)]
    keyed = _keys_in_sdl()
    assert {each.name for each in objects if "id" in each.fields} == {
        name for name, fields in keyed.items() if "id" in fields
    } - {"HistoryEvent", "SalesDocument"}
    assert {each.name for each in objects if each.name.startswith("Sat")} == {
        name for name, fields in keyed.items() if "code" in fields
    }
    unresolved = {name for name, fields in keyed.items() if False in fields.values()}
    assert unresolved == {"Receivables", "FichaActingApiKey"}
    assert set(keyed) - unresolved == {*keys(), *BY_CODE}


@pytest.mark.claims(
    "docs/protocol.md",
    "`node` and `nodes` are not in the subgraph: a supergraph has one of each, and another subgraph may have them for"
    " its own types.",
)
def test_the_subgraph_has_no_node() -> None:
    types = [each for each in parse(schema.subgraph_sdl()).definitions if isinstance(each, ObjectTypeDefinitionNode)]
    [query] = [each for each in types if each.name.value == "Query"]
    assert {"node", "nodes"}.isdisjoint(field.name.value for field in query.fields or ())
    assert {"node", "nodes"} <= set(cast("Any", schema.SCHEMA._schema.query_type).fields)


@pytest.mark.claims("docs/federation.md", "Ficha requires no field of another subgraph.")
def test_the_subgraph_requires_nothing_of_another() -> None:
    assert {"@external", "@requires"}.isdisjoint(re.findall(r"@\w+", schema.subgraph_sdl()))


def test_an_event_and_a_sales_document_by_their_interfaces(company: Callable[..., Company]) -> None:
    """As a gateway refers to what `@interfaceObject` extends: it does not know of which type the record is."""
    mine = company()
    client = mine.client()
    invoice = global_id(models.SalesDocument, mine.add(models.SalesDocument, client_id=client, type="INVOICE"))
    renaming = "mutation ($of: UpdateClientInput!) { updateClient(input: $of) { client { history { nodes { id } } } } }"
    payload = mine.ask(renaming, of={"id": global_id(models.Client, client), "tradeName": "El Águila"}).data
    [event] = [each["id"] for each in payload["updateClient"]["client"]["history"]["nodes"]]
    of = [
        {"__typename": "SalesDocument", "id": invoice},
        {"__typename": "HistoryEvent", "id": event},
        {"__typename": "ClientChangedEvent", "id": event},
        {"__typename": "DealWonEvent", "id": event},
    ]
    answer = mine.ask("query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }", of=of)
    names = [each and each["__typename"] for each in answer.data["_entities"]]
    assert names == ["SalesInvoice", "ClientChangedEvent", "ClientChangedEvent", None]


def test_an_entry_of_a_catalog_by_its_code(company: Callable[..., Company]) -> None:
    mine = company()
    client = global_id(models.Client, mine.client(legal_name="UNO"))
    of: list[Any] = [
        {"__typename": "SatTaxRegime", "code": "601"},
        {"__typename": "Client", "id": client},
        {"__typename": "SatPostalCode", "code": "06000"},
        {"__typename": "SatTaxRegime", "code": "999"},
        {"__typename": "SatTaxRegime", "id": "601"},
    ]
    query = """
    query ($of: [_Any!]!) {
      _entities(representations: $of) {
        ... on SatTaxRegime { code name personKinds }
        ... on SatPostalCode { state { name } }
        ... on Client { legalName }
      }
    }
    """
    answer = mine.ask(query, of=of)
    regime = {"code": "601", "name": "General de Ley Personas Morales", "personKinds": ["COMPANY"]}
    state = {"state": {"name": "Ciudad de México"}}
    assert answer.body["data"]["_entities"] == [regime, {"legalName": "UNO"}, state, None, None]
    assert answer.errors == [("BAD_REPRESENTATION", "_entities", 4, "representations")]
    assert answer.body["errors"][0]["message"] == "Falta la llave de SatTaxRegime, que debe ser un texto."


@pytest.mark.parametrize(
    ("beside", "entry", "numbers"),
    [
        ({"__typename": "SatUnit", "code": "H87"}, {"code": "H87", "name": "Pieza"}, [1, 2]),
        ({"__typename": "SatTaxRegime", "code": "601"}, {"code": "601"}, [1, 1]),
    ],
    ids=["planned", "resolved beside an entry in memory"],
)
def test_products_and_units_by_their_codes(
    company: Callable[..., Company], statements: Callable[[], list[int]], beside: Any, entry: Any, numbers: list[int]
) -> None:
    """A hundred products are one statement, with a unit as well: the plan's, or a type's."""
    mine = company()
    listed = mine.ask("{ satProducts(first: 100) { code name } }").data["satProducts"]
    of = [{"__typename": "SatProduct", "code": each["code"]} for each in listed]
    of += [{"__typename": "SatProduct", "code": "H87"}, beside]
    query = """
    query ($of: [_Any!]!) {
      _entities(representations: $of) {
        ... on SatProduct { code name } ... on SatUnit { code name } ... on SatTaxRegime { code }
      }
    }
    """
    statements()
    assert mine.ask(query, of=of).data["_entities"] == [*listed, None, entry]
    assert statements() == numbers


def test_codes_that_are_none(company: Callable[..., Company]) -> None:
    of = [
        {"__typename": "SatUnit", "code": "\0"},
        {"__typename": "SatUnit", "name": "Pieza"},
        {"__typename": "SatProduct", "code": ["01010101"]},
        {"__typename": "SatProduct", "code": ""},
    ]
    answer = company().ask("query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }", of=of)
    assert answer.body["data"]["_entities"] == [None] * 4
    assert answer.errors == [
        ("BAD_TEXT", "_entities", 0, "representations"),
        ("BAD_REPRESENTATION", "_entities", 1, "representations"),
        ("BAD_REPRESENTATION", "_entities", 2, "representations"),
    ]


def test_what_is_wrong_with_one_is_its_own_error(company: Callable[..., Company]) -> None:
    mine, other = company(), company()
    client = mine.client()
    contact = mine.add(models.Contact, client_id=client, name="Ana")
    of: list[Any] = [
        reference(models.Contact, contact),
        {"__typename": "Nothing", "id": "x"},
        reference(models.Client, other.client()),
        {"id": global_id(models.Client, client)},
        {"__typename": "Client"},
        {"__typename": "Client", "id": 5},
        {"__typename": "Client", "id": global_id(models.Contact, contact)},
        {"__typename": "Client", "rfc": "XAXX010101000"},
        {"__typename": "Client", "rfc": "?"},
        {"__typename": ["Client"], "id": "x"},
        {"__typename": "ClientConnection", "id": "adr_00000000-0000-7000-8000-000000000000"},
        "junk",
        reference(models.Client, client),
    ]
    answer = mine.ask(ENTITIES, of=of)
    names = [found and found["__typename"] for found in answer.body["data"]["_entities"]]
    assert names == ["ClientContact", *[None] * 11, "Client"]
    assert sorted(answer.errors, key=str) == sorted(
        [
            ("BAD_REPRESENTATION", "_entities", 1, "representations"),
            ("BAD_REPRESENTATION", "_entities", 3, "representations"),
            ("BAD_REPRESENTATION", "_entities", 4, "representations"),
            ("BAD_REPRESENTATION", "_entities", 5, "representations"),
            ("BAD_ID", "_entities", 6, "representations"),
            ("RFC_GENERIC", "_entities", 7, "rfc"),
            ("RFC_FORMAT", "_entities", 8, "rfc"),
            ("BAD_REPRESENTATION", "_entities", 9, "representations"),
            ("BAD_REPRESENTATION", "_entities", 10, "representations"),
            ("BAD_REPRESENTATION", "_entities", 11, "representations"),
        ],
        key=str,
    )


def test_the_same_references_can_be_used_twice(company: Callable[..., Company]) -> None:
    mine = company()
    of = [reference(models.Client, mine.client())]
    twice = """
    query ($of: [_Any!]!) {
      a: _entities(representations: $of) { ... on Client { id } }
      b: _entities(representations: $of) { ... on Client { id } }
    }
    """
    data = mine.ask(twice, of=of).data
    assert data["a"] == data["b"] == [{"id": of[0]["id"]}]


@pytest.mark.claims(
    "docs/protocol.md",
    "References are resolved in one statement a type, at most 1,000 at once; one that is wrong is null "
    "with an error of its own (`BAD_REPRESENTATION`, `BAD_ID`), one that does not exist or that the "
    "viewer does not see is null without.",
)
@pytest.mark.claims("docs/federation.md", "More than 1,000 at once are refused")
def test_a_hundred_are_one_statement_a_type(
    company: Callable[..., Company], statements: Callable[[], list[int]]
) -> None:
    mine = company()
    clients = [mine.client(legal_name=f"CLIENTE {number}") for number in range(100)]
    contacts = [mine.add(models.Contact, client_id=client, name="Ana") for client in clients]
    of = [reference(models.Client, id) for id in clients] + [reference(models.Contact, id) for id in contacts]
    query = """
    query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on Client { legalName } ... on ClientContact { name } }
    }
    """
    statements()
    answer = mine.ask(query, of=of)
    assert answer.data["_entities"][99:101] == [{"legalName": "CLIENTE 99"}, {"name": "Ana"}]
    assert answer.body["extensions"]["cost"]["requested"] == 200
    assert max(statements()) <= 2


def test_who_may_not_see_the_kind_is_told_so_for_each(company: Callable[..., Company]) -> None:
    mine = company()
    client = mine.client(owner_id=mine.people[Role.SALES])
    hidden = mine.client()
    answer = mine.ask(ENTITIES, Role.SALES, of=[reference(models.Client, client), reference(models.Client, hidden)])
    assert [found and found["__typename"] for found in answer.data["_entities"]] == ["Client", None]


def test_a_document_is_of_its_own_type_only(company: Callable[..., Company]) -> None:
    mine = company()
    client = mine.client()
    id = global_id(models.SalesDocument, mine.add(models.SalesDocument, client_id=client, type="INVOICE"))
    of = [{"__typename": name, "id": id} for name in ("SalesInvoice", "SalesQuote")]
    answer = mine.ask("query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }", of=of)
    assert answer.data == {"_entities": [{"__typename": "SalesInvoice"}, None]}


def test_too_many_are_refused(company: Callable[..., Company]) -> None:
    answer = company().ask(ENTITIES, of=[{"__typename": "Client", "id": "x"}] * 1001)
    assert answer.errors == [("PAGE_TOO_LONG", "_entities", "representations")]


def test_the_service_tells_its_sdl(ask: Callable[..., Any]) -> None:
    told = ask("admin@demo.mx", "{ _service { sdl } }").data["_service"]["sdl"]
    assert told == schema.subgraph_sdl()
    parse(told)


@pytest.mark.claims(
    "docs/protocol.md",
    "`subgraph.graphql` is the input for composition (federation 2.9); `_service { sdl }` returns the same.",
)
@pytest.mark.parametrize(
    ("file", "print_it"),
    [
        ("schema.graphql", schema.sdl),
        ("subgraph.graphql", schema.subgraph_sdl),
        ("subgraph.access.graphql", lambda: schema.subgraph_sdl(access=True)),
    ],
)
def test_the_schema_in_the_repository_is_the_one_served(file: str, print_it: Callable[[], str]) -> None:
    assert (ROOT / file).read_text(encoding="utf-8") == print_it(), f"{file} is stale: run make schema"
