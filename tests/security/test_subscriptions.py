"""Every subscription of the schema, by each role: it tells of the clients in sight and of no other's."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import get_named_type

import models
from models.collaborator import Role
from models.viewer import BUNDLES, Permission
from tests.fixtures import Company, Ficha, global_id
from tests.http.test_subscriptions import UPDATE, listening, signed_in
from tests.security import walk

SUBSCRIPTION = walk.SCHEMA.subscription_type
assert SUBSCRIPTION
FIELDS = sorted(SUBSCRIPTION.fields)


def subscription(name: str) -> str:
    """Asks for all that the field's type has."""
    assert SUBSCRIPTION
    field = SUBSCRIPTION.fields[name]
    # What tells of something else than a client needs a case of its own below.
    [argument] = field.args
    assert str(field.args[argument].type) == "ID!"
    return f"subscription ($id: ID!) {{ {name}({argument}: $id) {walk.selection(get_named_type(field.type))} }}"


@pytest.mark.parametrize("role", Role)
def test_a_subscription_tells_of_what_is_in_sight(
    live_server: Ficha, owner: Any, company: Callable[..., Company], role: Role
) -> None:
    mine, other = company(), company()
    clients = {
        "assigned": (mine, mine.client(owner_id=mine.people[role], internal_note="nota asignada")),
        "unassigned": (mine, mine.client(internal_note="nota de nadie")),
        "elsewhere": (other, other.client(internal_note="nota ajena")),
    }
    for of, client in clients.values():
        of.add(models.BankAccount, client_id=client, account_number="012180012345678905")
    seen = ["assigned", *(["unassigned"] if Permission.CLIENTS_READ_ALL in BUNDLES[role] else [])]
    with signed_in(live_server, mine.email(role)) as socket:
        for name in FIELDS:
            for place, (_, client) in clients.items():
                socket.subscribe(f"{name} {place}", subscription(name), id=global_id(models.Client, client))
        socket.settle()
        listening(owner)
        # Those out of sight first: by the time that the others are told, they would have been.
        for place in ("elsewhere", "unassigned", "assigned"):
            of, client = clients[place]
            given = {"id": global_id(models.Client, client), "tradeName": f"Nuevo {place}"}
            assert of.ask(UPDATE, input=given).data["updateClient"]["userErrors"] == []
        told = [socket.receive() for _ in range(len(FIELDS) * len(seen))]
        socket.settle()
    assert sorted(message["id"] for message in told) == sorted(f"{name} {place}" for name in FIELDS for place in seen)
    for message in told:
        assert message["type"] == "next"
        errors = message["payload"].get("errors", [])
        assert {error["extensions"]["code"] for error in errors} <= {"FORBIDDEN"}
        text = str(message["payload"])
        assert "nota ajena" not in text
        assert ("nota de nadie" in text) <= ("unassigned" in seen)
        assert "012180012345678905" not in text or Permission.BILLING_READ in BUNDLES[role]
