"""Many clients at once: prospects converted, clients restored and erased, each row as its mutation does one."""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from models import Client, Deal, Document, HistoryEvent, Tombstone
from models.collaborator import Role
from models.ids import uuid7
from tests.fixtures import NOON, Answer, Company, global_id
from tests.writing import rows

NAMES = {"convertProspects": "ConvertProspects", "restoreClients": "RestoreClients", "eraseClients": "EraseClients"}
STATES: dict[str, dict[str, Any]] = {
    "convertProspects": {"kind": "PROSPECT"},
    "restoreClients": {"deleted_at": NOON},
    "eraseClients": {},
}
each_mutation = pytest.mark.parametrize("name", NAMES)


def query_of(name: str) -> str:
    return f"""
    mutation ($input: {NAMES[name]}Input!) {{
      {name}(input: $input) {{
        results {{ client {{ id kind deletedAt }} userErrors {{ code path }} }} userErrors {{ code path }}
      }}
    }}
    """


def send(mine: Company, name: str, ids: Sequence[UUID], role: Role = Role.ADMIN, **more: Any) -> Answer:
    input = {"rows": [{"id": global_id(Client, id)} for id in ids], **more}
    return mine.insist(query_of(name), role, input=input)


def codes(answer: Answer) -> list[list[str]]:
    """The codes of each row's errors."""
    [payload] = answer.data.values()
    assert payload["userErrors"] == []
    return [[error["code"] for error in result["userErrors"]] for result in payload["results"]]


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company()


def clients(mine: Company, name: str, number: int) -> list[UUID]:
    return [mine.client(**STATES[name]) for _ in range(number)]


def still_to_do(owner: Any, mine: Company, name: str) -> int:
    """How many of the company's clients the mutation has not been done to."""
    states = rows(owner, mine, Client, "kind", "deleted_at")
    return {
        "convertProspects": sum(kind == "PROSPECT" for kind, _ in states),
        "restoreClients": sum(deleted is not None for _, deleted in states),
        "eraseClients": len(states),
    }[name]


@pytest.mark.claims(
    "docs/writing.md",
    "So have those that convert prospects, restore clients and erase them (`convertProspects`, `restoreClients`, "
    "`eraseClients`).",
)
@each_mutation
def test_each_row_is_done(mine: Company, owner: Any, name: str) -> None:
    ids = clients(mine, name, 3)
    assert codes(send(mine, name, ids)) == [[], [], []]
    assert still_to_do(owner, mine, name) == 0
    number = {"convertProspects": 3, "restoreClients": 3, "eraseClients": 0}[name]
    assert len(rows(owner, mine, HistoryEvent, "id")) == number
    assert len(rows(owner, mine, Tombstone, "id")) == (3 if name == "eraseClients" else 0)


@each_mutation
def test_one_wrong_row_and_the_others(mine: Company, owner: Any, name: str) -> None:
    ids = clients(mine, name, 2)
    wrong = [ids[0], uuid7(), ids[1]]
    refused = ["BULK_REJECTED"]
    assert codes(send(mine, name, wrong)) == [refused, ["NOT_FOUND"], refused]
    assert still_to_do(owner, mine, name) == 2
    answer = send(mine, name, wrong, errorPolicy="REJECT_FAILED_ROWS")
    assert codes(answer) == [[], ["NOT_FOUND"], []]
    assert answer.data[name]["results"][1]["userErrors"][0]["path"] == ["id"]
    assert still_to_do(owner, mine, name) == 0


@each_mutation
def test_a_dry_run_saves_nothing(mine: Company, owner: Any, name: str) -> None:
    ids = clients(mine, name, 2)
    answer = send(mine, name, ids, validateOnly=True)
    assert codes(answer) == [[], []]
    assert [result["client"] for result in answer.data[name]["results"]] == [None, None]
    assert still_to_do(owner, mine, name) == 2
    assert rows(owner, mine, HistoryEvent, "id") == rows(owner, mine, Tombstone, "id") == []


@each_mutation
def test_at_most_two_hundred(mine: Company, owner: Any, name: str) -> None:
    one = clients(mine, name, 1)
    [payload] = send(mine, name, one * 201).data.values()
    assert payload["userErrors"] == [{"code": "TOO_MANY", "path": ["rows"]}]
    ids = one + clients(mine, name, 199)
    assert codes(send(mine, name, ids)) == [[]] * 200
    assert still_to_do(owner, mine, name) == 0


@pytest.mark.parametrize(
    ("name", "role", "permission"),
    [
        ("convertProspects", Role.READ_ONLY, "clients:write"),
        ("restoreClients", Role.BILLING, "clients:write"),
        ("eraseClients", Role.SALES_MANAGER, "admin"),
    ],
)
def test_it_asks_for_what_one_asks_for(mine: Company, owner: Any, name: str, role: Role, permission: str) -> None:
    answer = send(mine, name, clients(mine, name, 1), role, errorPolicy="REJECT_FAILED_ROWS")
    assert (answer.status, answer.errors) == (200, [("FORBIDDEN", name)])
    assert answer.body["errors"][0]["extensions"]["permission"] == permission
    assert still_to_do(owner, mine, name) == 1


def test_who_sees_only_their_own_does_it_to_no_other(mine: Company) -> None:
    theirs = mine.client(owner_id=mine.people[Role.SALES], deleted_at=NOON)
    others = mine.client(owner_id=mine.people[Role.ADMIN], deleted_at=NOON)
    answer = send(mine, "restoreClients", [theirs, others], Role.SALES, errorPolicy="REJECT_FAILED_ROWS")
    assert codes(answer) == [[], ["NOT_FOUND"]]


def test_what_may_not_be_erased_stays(mine: Company, owner: Any) -> None:
    empty, dealing, papers, twice = (mine.client() for _ in range(4))
    mine.add(Deal, client_id=dealing)
    mine.add(Document, client_id=papers, deleted_at=NOON)
    ids = [empty, papers, dealing, twice, twice]
    answer = send(mine, "eraseClients", ids, errorPolicy="REJECT_FAILED_ROWS")
    assert codes(answer) == [[], ["HAS_DOCUMENTS"], [], [], ["NOT_FOUND"]]
    assert rows(owner, mine, Client, "id") == [papers]
    assert sorted(rows(owner, mine, Tombstone, "id")) == sorted([empty, dealing, twice])


def test_a_client_is_restored_once_and_a_prospect_may_be_converted_twice(mine: Company) -> None:
    ids = clients(mine, "restoreClients", 1) * 2
    assert codes(send(mine, "restoreClients", ids, errorPolicy="REJECT_FAILED_ROWS")) == [[], ["RECORD_NOT_DELETED"]]


@each_mutation
def test_sent_again_it_is_done_once(mine: Company, owner: Any, name: str) -> None:
    ids = clients(mine, name, 2)
    body = {
        "query": query_of(name),
        "variables": {"input": {"rows": [{"id": global_id(Client, id)} for id in ids]}},
    }
    headers = {
        "Authorization": f"Bearer {mine.ficha.token(mine.email(Role.ADMIN))}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"{uuid7()}",
    }
    first, second = (mine.ficha.post(json.dumps(body).encode(), headers) for _ in range(2))
    assert codes(first) == codes(second) == [[], []]
    assert len(rows(owner, mine, HistoryEvent, "id")) + len(rows(owner, mine, Tombstone, "id")) == 2


@each_mutation
def test_two_that_meet_halfway(mine: Company, owner: Any, name: str) -> None:
    """The same clients in opposite orders: neither waits for the other without end, and each is done once."""
    ids = clients(mine, name, 20)
    orders = [ids, ids[::-1]] * 2
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda each: send(mine, name, each, errorPolicy="REJECT_FAILED_ROWS"), orders))
    done = sum(not errors for answer in answers for errors in codes(answer))
    assert done == (80 if name == "convertProspects" else 20)
    assert still_to_do(owner, mine, name) == 0
    assert len(rows(owner, mine, HistoryEvent, "id")) + len(rows(owner, mine, Tombstone, "id")) == 20


LONG = """
set session_replication_role = replica;
create temporary table deal_of as select id as client_id, gen_random_uuid() as id, n from client,
    generate_series(1, 10) n where company_id = '{company}';
insert into deal (company_id, id, client_id, title, estimated_value, currency, priority, state, stage_id, position)
    select '{company}', id, client_id, 'Trato', 1, 'MXN', 'MEDIUM', 'OPEN', '{stage}', row_number() over ()
    from deal_of;
insert into follow_up (company_id, id, client_id, deal_id, number, name, type, starts_at, ends_at, priority, state)
    select '{company}', gen_random_uuid(), client_id, id, row_number() over (), 'Llamar', 'CALL', now(), now(),
        'MEDIUM', 'PENDING' from deal_of, generate_series(1, 5);
insert into contact (company_id, id, client_id, name, position)
    select '{company}', gen_random_uuid(), client_id, 'Contacto', n from deal_of;
insert into history_event (company_id, id, client_id, deal_id, kind, occurred_at, recorded_at, as_prospect, details)
    select '{company}', gen_random_uuid(), client_id, id, 'DEAL_CHANGED', now(), now(), false,
        '{{"change": "UPDATED", "label": "Trato", "changes": []}}' from deal_of, generate_series(1, {events} / 10);
drop table deal_of;
set session_replication_role = origin;
analyze client, deal, follow_up, contact, history_event
"""


@pytest.mark.deep
@pytest.mark.parametrize("events", [100, 1_000, 5_000])
def test_two_hundred_long_histories_are_erased(
    mine: Company, owner: Any, capsys: pytest.CaptureFixture[str], events: int
) -> None:
    ids = clients(mine, "eraseClients", 200)
    for statement in LONG.format(company=mine.id, stage=mine.stage, events=events).split(";\n"):
        owner.execute(text(statement))
    assert len(rows(owner, mine, HistoryEvent, "id")) == 200 * events
    began = time.perf_counter()
    answer = send(mine, "eraseClients", ids)
    took = time.perf_counter() - began
    with capsys.disabled():
        print(f"\n200 clients with {events:,} events, 10 deals and 50 follow-ups each: {took:.1f} s {answer.errors}")  # noqa: T201
    assert codes(answer) == [[]] * 200
    assert rows(owner, mine, HistoryEvent, "id") == rows(owner, mine, Deal, "id") == []
