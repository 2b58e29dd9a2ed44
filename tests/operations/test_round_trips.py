"""How often a mutation waits for PostgreSQL, and how many statements it sends."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

import models
from database.wire import PgConnection
from loaders.entity import entity_of
from loaders.ids import encode
from models.collaborator import Role
from tests.fixtures import NOON, Company
from tests.writing import round_trips

CREATE_CONTACT = """
mutation ($input: CreateContactInput!) { createContact(input: $input) { contact { name } userErrors { code path } } }
"""


@pytest.mark.claims(
    "docs/writing.md",
    "What it changes is written with the next statement that may read it, or with the commit"
    " ([ADR 81](adr/0081-writing-in-two-round-trips.md)).",
)
def test_a_contact_is_locked_for_in_one_round_trip_and_written_and_read_in_another(
    company: Any, statements: Callable[[], list[int]]
) -> None:
    mine: Company = company()
    client = encode(entity_of(models.Client), mine.client())
    with round_trips() as trips:
        answer = mine.ask(CREATE_CONTACT, input={"clientId": client, "name": "Ana"})
    assert answer.data == {"createContact": {"contact": {"name": "Ana"}, "userErrors": []}}
    lock, write = trips
    assert lock[0] == "begin"
    assert "set_config" in lock[1]
    assert lock[2].endswith(" from client where company_id = $1 and id = $2 for no key update")
    assert "max(contact.position)" in lock[3]
    *written, begin, read = write
    assert [sql.split(" (")[0].split(" set ")[0] for sql in written] == [
        "update client",
        "insert into contact",
        "insert into history_event",
        "select pg_notify($1, $2)",
        "commit",
    ]
    assert begin == PgConnection.begin
    assert "from contact" in read.lower()
    assert statements() == [1], "the record is read again"


def test_a_key_takes_no_more(company: Any) -> None:
    """What the request did before is asked under the key's lock, with the client's. What it did is then read alone."""
    mine: Company = company()
    client = encode(entity_of(models.Client), mine.client())
    headers = {"Authorization": f"Bearer {mine.ficha.token(mine.email(Role.ADMIN))}", "Idempotency-Key": "una-vez"}
    body = {"query": CREATE_CONTACT, "variables": {"input": {"clientId": client, "name": "Ana"}}}
    for times, number in ((1, 2), (2, 2)):
        with round_trips() as trips:
            response = mine.ficha.http.post("/graphql", json=body, headers=headers)
        assert response.json()["data"]["createContact"] == {"contact": {"name": "Ana"}, "userErrors": []}
        assert len(trips) == number, (times, trips)


def _contact(mine: Company, client: UUID, number: int) -> UUID:
    return mine.add(models.Contact, client_id=client, name=f"Ana {number}", position=number)


def _address(mine: Company, client: UUID, number: int) -> UUID:
    return mine.add(models.Address, client_id=client, label=f"Bodega {number}", position=number)


def row_of(mutation: str, mine: Company, number: int) -> Mapping[str, Any]:
    """A row of the bulk mutation, on a client of its own."""
    client = mine.client()
    of = encode(entity_of(models.Client), client)

    def id(model: Any, make: Any) -> str:
        return encode(entity_of(model), make(mine, client, number))

    match mutation:
        case "createContacts":
            return {"clientId": of, "name": f"Ana {number}"}
        case "updateContacts":
            return {"id": id(models.Contact, _contact), "jobTitle": f"Compras {number}"}
        case "deleteContacts":
            return {"id": id(models.Contact, _contact)}
        case "createAddresses":
            return {"clientId": of, "label": f"Bodega {number}", "street": "Av. Juárez", "postalCode": "44100"}
        case "deleteAddresses":
            return {"id": id(models.Address, _address)}
        case "updateClients":
            return {"id": of, "internalNote": f"Nota {number}"}
        case "deleteClients":
            return {"id": of}
        case "recordExternalEvents":
            at = (NOON - datetime.timedelta(days=1)).isoformat()
            row = {"kind": "CALL", "direction": "INBOUND", "occurredAt": at, "title": "Pregunta"}
            return {"clientId": of, "source": "Conmutador", "externalId": str(number), **row}
        case _:
            raise LookupError(mutation)


BULK = [
    "createContacts", "updateContacts", "deleteContacts", "createAddresses", "deleteAddresses", "updateClients",
    "deleteClients", "recordExternalEvents",
]  # fmt: skip
"""Whose statements do not grow with the rows."""


@pytest.mark.claims(
    "docs/writing.md",
    "What all rows lock and read is read before the first one, and what they write is written together: 100 rows take"
    " as many statements as 10 where a command needs no search of its own, as `createClients` does.",
)
@pytest.mark.parametrize("mutation", BULK)
def test_a_hundred_rows_take_as_many_statements_as_ten(company: Any, mutation: str) -> None:
    mine: Company = company()
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ results {{ userErrors {{ code path }} }} }} }}"

    def sent(number: int) -> list[str]:
        rows = [row_of(mutation, mine, number * 1000 + place) for place in range(number)]
        with round_trips() as trips:
            answer = mine.ask(query, input={"rows": rows})
        assert answer.data[mutation]["results"] == [{"userErrors": []}] * number
        return [sql for trip in trips for sql in trip]

    ten, hundred = sent(10), sent(100)
    assert hundred == ten
    assert len(ten) <= 16
