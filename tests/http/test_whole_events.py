"""Events that show whole records: read by one statement each, and as the resolvers would read them."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from bench.writes import client_of_screen
from models import Client, Deal
from models.collaborator import Role
from tests.fixtures import SIGNED, Company, global_id
from tests.http.test_subscriptions import Socket, listening, signed_in

UPDATE = "mutation ($input: UpdateClientInput!) { updateClient(input: $input) { userErrors { code } } }"
CLOSE = "mutation ($input: CloseDealInput!) { closeDeal(input: $input) { userErrors { code } } }"


def whole_client() -> str:
    """The subscription to all of a client that its screen shows."""
    client, fragments = client_of_screen()
    variables = "$id: ID!, $month: YearMonth = CURRENT"
    return f"subscription ({variables}) {{ changed: clientChanged(id: $id) {client} }}\n{fragments}"


EVENT = """subscription ($id: ID!) { historyEventAdded(clientId: $id) {
  __typename id kind kindLabel summary actor { name avatarUrl } subject { __typename id }
  ... on DealClosedEvent { title deal { id client { legalName receivables { balance } } } }
  ... on RecordChangedEvent { changes { field fieldLabel from to } } } }"""


def event(socket: Socket) -> Any:
    """The payload of the next event; what is signed or counted differs each time."""
    message = socket.receive()
    assert message["type"] == "next", message
    payload = json.loads(SIGNED.sub("", json.dumps(message["payload"], ensure_ascii=False)))
    return payload["data"], sorted(payload.get("errors", ()), key=repr)


def test_an_event_is_one_statement(
    company: Callable[..., Company], owner: Any, statements: Callable[[], list[int]]
) -> None:
    mine = company()
    id = global_id(Client, mine.client())
    with signed_in(mine.ficha, mine.email(Role.ADMIN)) as socket:
        socket.subscribe("client", whole_client(), id=id)
        socket.settle()
        listening(owner)
        for name in ("Uno", "Dos"):
            statements()
            mine.ask(UPDATE, input={"id": id, "tradeName": name})
            data, errors = event(socket)
            assert (data["changed"]["tradeName"], errors) == (name, [])
            assert statements() == [1]


def test_an_event_is_what_the_resolvers_would_send(company: Callable[..., Company], owner: Any) -> None:
    """Also where parts of it are refused, and where one change has several events."""
    mine = company()
    seller = mine.people[Role.SALES]
    client = mine.client(owner_id=seller)
    deals = [mine.add(Deal, client_id=client, stage_id=mine.stage, position=place) for place in range(2)]
    id = global_id(Client, client)
    ways = [mine.ficha, mine.ficha.twin, mine.ficha.levels]
    for role in (Role.ADMIN, Role.SALES):
        with ExitStack() as stack:
            sockets = [stack.enter_context(signed_in(way, mine.email(role))) for way in ways if way]
            for socket in sockets:
                socket.subscribe("client", whole_client(), id=id)
                socket.subscribe("event", EVENT, id=id)
                socket.settle()
            listening(owner, 3)
            payload = mine.ask(CLOSE, input={"id": global_id(Deal, deals.pop()), "closedOn": "2026-01-05"}).data[
                "closeDeal"
            ]
            assert payload["userErrors"] == []
            first, *others = (sorted([event(socket), event(socket)], key=lambda each: [*each[0]]) for socket in sockets)
            assert others == [first, first]
            [(_, refused), (added, hidden)] = first
            assert bool(refused) is bool(hidden) is (role is Role.SALES)
            assert added["historyEventAdded"]["__typename"] == "DealClosedEvent"
