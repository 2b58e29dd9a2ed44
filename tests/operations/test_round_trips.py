"""How often a mutation waits for PostgreSQL, and how many statements it sends."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

import models
from database.session import Read, Session
from database.wire import PgConnection, Sent
from loaders.entity import entity_of
from loaders.ids import encode
from models.collaborator import Role
from schema import MUTATIONS
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


def test_what_could_not_be_read_behind_the_commit_is_read_again(
    company: Any, statements: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine: Company = company()
    follow = Session.follow

    def failing(session: Session, company_id: UUID, _: Sent, read: Read, *, by_values: bool = False) -> None:
        follow(session, company_id, ("select 1 / 0", ()), read, by_values=by_values)

    monkeypatch.setattr(Session, "follow", failing)
    client = encode(entity_of(models.Client), mine.client())
    answer = mine.ask(CREATE_CONTACT, input={"clientId": client, "name": "Ana"})
    assert answer.data == {"createContact": {"contact": {"name": "Ana"}, "userErrors": []}}
    assert statements() == [1, 1]


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


def _owned(model: Any, mine: Company, client: UUID, **values: Any) -> str:
    return encode(entity_of(model), mine.add(model, client_id=client, **values))


def row_of(mutation: str, mine: Company, number: int) -> Mapping[str, Any]:
    """A row of the bulk mutation, on a client of its own."""
    prospect = {"kind": "PROSPECT"} if mutation == "convertProspects" else {}
    gone = {"deleted_at": NOON} if mutation == "restoreClients" else {}
    client = mine.client(**prospect, **gone)
    of, name = encode(entity_of(models.Client), client), f"{uuid4()}"
    person = encode(entity_of(models.Collaborator), mine.people[Role.SALES])
    form = {
        "legalName": name,
        "contacts": [{"name": "Ana", "email": f"{name}@ejemplo.mx"}],
        "addresses": [{"kind": "FISCAL", "street": "Av. Juárez", "postalCode": "44100"}],
    }
    at = (NOON - datetime.timedelta(days=1)).isoformat()
    match mutation:
        case "createClients":
            return {**form, "ownerId": person}
        case "updateClients":
            return {"id": of, "internalNote": f"Nota {number}"} | ({"legalName": name} if number % 2 else {})
        case "assignClients":
            return {"id": of, "ownerId": person}
        case "convertProspects":
            return {"id": of, **form}
        case "deleteClients" | "restoreClients" | "eraseClients":
            return {"id": of}
        case "createContacts":
            return {"clientId": of, "name": f"Ana {number}"}
        case "updateContacts":
            return {"id": _owned(models.Contact, mine, client), "jobTitle": f"Compras {number}"}
        case "deleteContacts":
            return {"id": _owned(models.Contact, mine, client)}
        case "createAddresses":
            return {"clientId": of, "label": f"Bodega {number}", "street": "Av. Juárez", "postalCode": "44100"}
        case "updateAddresses":
            return {"id": _owned(models.Address, mine, client), "reference": f"Puerta {number}"}
        case "deleteAddresses":
            return {"id": _owned(models.Address, mine, client)}
        case "createBankAccounts":
            return {"clientId": of, "role": "PAYER", "paymentForm": "03", "accountNumber": "012660015490725198"}
        case "updateBankAccounts":
            return {"id": _owned(models.BankAccount, mine, client), "description": f"Cuenta {number}"}
        case "deleteBankAccounts":
            return {"id": _owned(models.BankAccount, mine, client)}
        case "createDeals":
            return {"clientId": of, "title": f"Pizarrones {number}"}
        case "updateDeals":
            return {"id": _owned(models.Deal, mine, client), "estimatedValue": f"{number}.00"}
        case "assignDeals":
            return {"id": _owned(models.Deal, mine, client), "assigneeId": person}
        case "deleteDeals":
            return {"id": _owned(models.Deal, mine, client)}
        case "createFollowUps":
            return {"clientId": of, "name": f"Llamar {number}", "type": "CALL", "startsAt": at}
        case "updateFollowUps":
            return {"id": _owned(models.FollowUp, mine, client), "priority": "URGENT"}
        case "assignFollowUps":
            return {"id": _owned(models.FollowUp, mine, client), "assigneeId": person}
        case "deleteFollowUps":
            return {"id": _owned(models.FollowUp, mine, client)}
        case "recordExternalEvents":
            row = {"kind": "CALL", "direction": "INBOUND", "occurredAt": at, "title": "Pregunta"}
            return {"clientId": of, "source": "Conmutador", "externalId": str(number), **row}
        case _:
            raise LookupError(f"{mutation}: say what a row of it is")


GROWING = {"createClients": 8, "convertProspects": 16, "updateClients": 2, "eraseClients": 5}
"""How many statements each row more takes of those that search for duplicates, and of the one that erases."""
BULK = sorted(field for declared in MUTATIONS.values() if declared.many for field in declared.fields[1:])


@pytest.mark.claims(
    "docs/writing.md",
    "What all rows lock and read is read before the first one, and what they write is written together: 50 rows take"
    " as many statements as 2, but where each row is searched for duplicates or erases a client.",
)
@pytest.mark.parametrize("mutation", BULK)
def test_fifty_rows_take_as_many_statements_as_two(company: Any, mutation: str) -> None:
    mine: Company = company()
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    query = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ results {{ userErrors {{ code path }} }} }} }}"

    def sent(number: int) -> list[str]:
        rows = [row_of(mutation, mine, number * 1000 + place) for place in range(number)]
        with round_trips() as trips:
            answer = mine.ask(query, input={"rows": rows})
        assert answer.data[mutation]["results"] == [{"userErrors": []}] * number
        return [sql for trip in trips for sql in trip]

    sent(1)  # the company's first follow-up also begins the sequence of their keys
    two, fifty = sent(2), sent(50)
    more = GROWING.get(mutation, 0)
    assert len(fifty) - len(two) <= more * 48
    assert more or len(two) <= 16
