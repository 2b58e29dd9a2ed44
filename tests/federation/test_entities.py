"""References from other subgraphs: found by any key, in one statement a type, each with an error of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graphql import parse

import models
import schema
from loaders.entity import entity_of
from models.collaborator import Role
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
    "Entities: `Client` (`id`, or `rfc` unless it is a generic one), `ClientContact`, `Collaborator`, `ClientDeal`, "
    "`FollowUp`, `SalesQuote`, `SalesNote`, `SalesInvoice`, `SalesCreditNote`, `ClientDocument`, `ClientBankAccount`, "
    "`SalesPriceList`, `CompanyBankAccount`, `ProspectState` (`id`).",
)
def test_a_client_by_id_and_by_rfc(company: Callable[..., Company]) -> None:
    mine = company()
    id = mine.client(rfc="EKU9003173C9")
    found = {"__typename": "Client", "id": global_id(models.Client, id), "rfc": "EKU9003173C9"}
    of = [
        reference(models.Client, id),
        {"__typename": "Client", "rfc": "EKU9003173C9"},
        {"__typename": "Client", "rfc": "eku-900317-3c9", "receivables": {"balance": "1.00"}},
    ]
    assert mine.ask(ENTITIES, of=of).data == {"_entities": [found] * 3}


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
        {"__typename": "ClientAddress", "id": "adr_00000000-0000-7000-8000-000000000000"},
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
    "`subgraph.graphql` is the input for composition (federation 2.9; tested with Apollo's and The"
    " Guild's composers); `_service { sdl }` returns the same.",
)
@pytest.mark.parametrize(
    ("file", "print_it"), [("schema.graphql", schema.sdl), ("subgraph.graphql", schema.subgraph_sdl)]
)
def test_the_schema_in_the_repository_is_the_one_served(file: str, print_it: Callable[[], str]) -> None:
    assert (ROOT / file).read_text(encoding="utf-8") == print_it(), f"{file} is stale: run make schema"
