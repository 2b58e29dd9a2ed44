"""Ficha in a supergraph, behind @apollo/gateway with @apollo/server and behind @graphql-hive/gateway."""

import json
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from models import Client
from models.collaborator import Role
from tests.conformance.conftest import ADMIN
from tests.fixtures import Ficha, global_id
from tests.http.test_subscriptions import UPDATE, listening

EKU = "cli_01992a57-7a00-7922-bcd9-6cf8a85e77bf"
NONE = "cli_00000000-0000-7000-8000-000000000000"
MEMBERS = "query ($ids: [ID!]!) { members(ids: $ids) { number client { id legalName loyaltyPoints } } }"


def ask(gateway: httpx.Client, query: str, **variables: Any) -> Any:
    return gateway.post("", json={"query": query, "variables": variables}).json()


def points(live_server: Ficha, *ids: str) -> list[int]:
    """What the other subgraph makes of the balances."""
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Client { receivables { balance } } } }"
    found = live_server.ask(ADMIN, query, ids=list(ids)).data["nodes"]
    return [int(float(client["receivables"]["balance"]) // 1000) for client in found]


@pytest.mark.claims(
    "docs/protocol.md",
    "`PageInfo` is `@shareable`.",
)
def test_the_composer_has_nothing_to_say_but_that_the_other_describes_decimals_in_its_own_words(
    supergraph: Any,
) -> None:
    assert supergraph["hints"] == ["INCONSISTENT_DESCRIPTION"]


def test_two_hops(gateway: httpx.Client, live_server: Ficha) -> None:
    """Ficha finds the client and what it owes; the other one makes points of it."""
    answer = ask(gateway, '{ client(rfc: "EKU9003173C9") { legalName loyaltyPoints } }')
    [expected] = points(live_server, EKU)
    assert answer["data"] == {"client": {"legalName": "ESCUELA KEMPER URGATE", "loyaltyPoints": expected}}
    assert expected > 0


def test_the_reverse_hop(gateway: httpx.Client) -> None:
    """The other one refers to a client, whom Ficha knows."""
    answer = ask(gateway, "query ($ids: [ID!]!) { members(ids: $ids) { number client { legalName } } }", ids=[EKU])
    assert answer == {"data": {"members": [{"number": 1, "client": {"legalName": "ESCUELA KEMPER URGATE"}}]}}


def test_a_client_that_is_not_there_is_null_and_the_others_are_there(gateway: httpx.Client, live_server: Ficha) -> None:
    answer = ask(gateway, MEMBERS, ids=[NONE, EKU])
    [expected] = points(live_server, EKU)
    assert answer["data"]["members"] == [
        {"number": 1, "client": None},
        {"number": 2, "client": {"id": EKU, "legalName": "ESCUELA KEMPER URGATE", "loyaltyPoints": expected}},
    ]


def test_a_wrong_reference_is_an_error_of_its_own(gateway: httpx.Client) -> None:
    answer = ask(gateway, "query ($ids: [ID!]!) { members(ids: $ids) { client { legalName } } }", ids=["junk", EKU])
    assert answer["data"]["members"] == [{"client": None}, {"client": {"legalName": "ESCUELA KEMPER URGATE"}}]
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_ID"]


@pytest.mark.claims(
    "docs/protocol.md",
    "Forward the `Authorization` header to Ficha, which decides who sees what.",
)
def test_what_the_viewer_may_not_see_is_hidden_behind_a_gateway_as_well(
    gateway: httpx.Client, live_server: Ficha
) -> None:
    gateway.headers["Authorization"] = f"Bearer {live_server.token('consulta@demo.mx')}"
    answer = ask(gateway, '{ client(rfc: "EKU9003173C9") { legalName loyaltyPoints } }')
    assert answer["data"] == {"client": {"legalName": "ESCUELA KEMPER URGATE", "loyaltyPoints": None}}
    # Hive's keeps to itself what went wrong with a field that only it had asked for.
    assert {error["extensions"]["code"] for error in answer.get("errors", ())} <= {"FORBIDDEN"}


def test_a_hundred_entities_are_one_statement(
    gateway: httpx.Client, company: Callable[..., Any], live_server: Ficha, statements: Callable[[], list[int]]
) -> None:
    mine = company()
    ids = [global_id(Client, mine.client(legal_name=f"CLIENTE {number}")) for number in range(100)]
    gateway.headers["Authorization"] = f"Bearer {live_server.token(mine.email(Role.ADMIN))}"
    statements()
    answer = ask(gateway, "query ($ids: [ID!]!) { members(ids: $ids) { client { legalName } } }", ids=ids)
    assert answer["data"]["members"][99] == {"client": {"legalName": "CLIENTE 99"}}
    assert statements() == [1]


@pytest.mark.parametrize("gateway", ["hive"], indirect=True)
def test_a_subscription(gateway: httpx.Client, live_server: Ficha, owner: Any, company: Callable[..., Any]) -> None:
    """Over a WebSocket to Ficha, and from there with a field of the other subgraph to the client."""
    mine = company()
    id = global_id(Client, mine.client())
    gateway.headers["Authorization"] = f"Bearer {live_server.token(mine.email(Role.ADMIN))}"
    query = f'subscription {{ clientChanged(id: "{id}") {{ tradeName loyaltyPoints }} }}'

    def change() -> None:
        listening(owner)
        mine.ask(UPDATE, input={"id": id, "tradeName": "El Águila"})

    with gateway.stream("POST", "", json={"query": query}, headers={"Accept": "text/event-stream"}) as events:
        changing = threading.Thread(target=change)
        changing.start()
        told = next(line for line in events.iter_lines() if line.startswith("data: {"))
        changing.join()
    assert json.loads(told.removeprefix("data: "))["data"] == {
        "clientChanged": {"tradeName": "El Águila", "loyaltyPoints": 0}
    }
