"""Whatever changes a client or a part of it moves the client's revision; its version is that of its own values."""

import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from strawberry.utils.str_converters import to_camel_case

import models
from domain.bank_account import assign_deposit_account
from domain.collaborator import suspend_collaborator
from domain.company_bank_account import update_company_bank_account
from domain.contact import CONTACTS
from domain.inputs import Input
from domain.problem import Rejected
from domain.prospect import convert_prospect
from models import BankAccount, Base, Client, CompanyBankAccount, Contact
from models.collaborator import Role
from models.rights import DERIVED
from schema import MUTATIONS
from tests.fixtures import Company
from tests.operations.test_mutations import FOLDER, Own, document_of, variables_of
from tests.writing import Writer

BESIDE = ("client", "client_note", "client_tally", "document_upload")
"""A note is the client's own, and a file that is announced is not there yet."""
PARTS = [table for table in Base.metadata.sorted_tables if "client_id" in table.c and table.name not in BESIDE]
OWN = [
    column
    for column in Client.__table__.c
    if column.computed is None and column.name not in {"version", "revision", "updated_at", *DERIVED["client"]}
]


def contents(owner: Any, company: Company, *tables: Any) -> dict[UUID, set[Any]]:
    """The rows of these tables, by the client that they are of."""
    rows: dict[UUID, set[Any]] = {}
    for table in tables:
        query = select(table).where(table.c.company_id == company.id)
        for row in owner.execute(query).mappings():
            rows.setdefault(row["client_id"], set()).add((table.name, repr(sorted(row.items()))))
    return rows


def counts(owner: Any, company: Company) -> dict[UUID, Any]:
    """The client's counters and own values, by its id."""
    c = Client.__table__.c
    query = select(c.id, c.revision, c.version, c.updated_at, *OWN).where(c.company_id == company.id)
    return {row.id: row for row in owner.execute(query)}


@pytest.mark.claims(
    "docs/reading.md",
    "`Client.revision` grows with each change of the client or of any part of it, and `updatedAt` moves with it;"
    " `version` counts the changes of the client's own values alone, so that a new contact does not make an open form"
    " stale.",
)
@pytest.mark.parametrize("command", sorted(MUTATIONS))
def test_what_changes_a_part_moves_the_revision(command: str, company: Any, owner: Any) -> None:
    mine: Company = company()
    file = Path(FOLDER / f"{command}.graphql")
    variables = Own(mine, command).given(variables_of(file))
    before, parts_before = counts(owner, mine), contents(owner, mine, *PARTS)
    payload = mine.ask(document_of(file), **variables).data[to_camel_case(command)]
    assert payload["userErrors"] == []
    after, parts = counts(owner, mine), contents(owner, mine, *PARTS)
    for id in before.keys() & after.keys():
        was, now = before[id], after[id]
        own_changed = now[4:] != was[4:]
        if own_changed or parts.get(id) != parts_before.get(id):
            assert now.revision > was.revision
            assert now.updated_at > was.updated_at
        else:
            assert now == was
        assert (now.version > was.version) is own_changed


@pytest.mark.parametrize("field", ["createContacts", "createFollowUps"])
def test_rows_of_a_list_form_that_fail_do_not_keep_the_others_from_counting(
    field: str, company: Any, owner: Any
) -> None:
    mine: Company = company()
    client = mine.client()
    id = f"cli_{client}"
    row = {"clientId": id, "name": "Ana"}
    if field == "createFollowUps":
        row |= {"type": "CALL", "startsAt": "2026-11-25T10:00:00Z", "endsAt": "2026-11-25T11:00:00Z"}
    rows = [row, row | {"name": ""}, row | {"name": "Eva"}, row | {"name": ""}]
    name = field[0].upper() + field[1:]
    query = f"mutation ($input: {name}Input!) {{ {field}(input: $input) {{ results {{ userErrors {{ code }} }} }} }}"
    before = counts(owner, mine)[client]
    results = mine.ask(query, input={"rows": rows, "errorPolicy": "REJECT_FAILED_ROWS"}).data[field]["results"]
    assert [bool(result["userErrors"]) for result in results] == [False, True, False, True]
    after = counts(owner, mine)[client]
    assert (after.revision > before.revision, after.version) == (True, before.version)


def test_the_application_can_only_let_it_grow(company: Any, owner: Any) -> None:
    mine: Company = company()
    client = mine.client()
    revision = Client.revision
    changed = update(Client).where(Client.company_id == mine.id, Client.id == client)
    for value in (0, 1, 7, 2_000_000_000):
        owner.execute(changed.values(revision=value))
    assert owner.execute(select(revision).where(Client.id == client)).scalar_one() == 5
    assert "revision" not in models.rights.updatable("client")


def test_an_account_of_the_company_changes_the_clients_that_have_it(company: Any, owner: Any) -> None:
    mine: Company = company()
    with_it, without = mine.client(), mine.client()
    account = mine.add(CompanyBankAccount, payment_form="03", account_number="012180001234567899")
    mine.add(BankAccount, client_id=with_it, company_account_id=account, account_number="012180001234567899")
    before = counts(owner, mine)
    Writer(mine).do(update_company_bank_account, {"id": account, "description": "Principal"})
    after = counts(owner, mine)
    assert after[without] == before[without]
    assert (after[with_it].revision, after[with_it].version) == (before[with_it].revision + 1, before[with_it].version)


def test_a_refused_or_tried_mutation_leaves_it(company: Any, owner: Any) -> None:
    mine: Company = company()
    client = mine.client()
    query = "mutation ($input: CreateContactInput!) { createContact(input: $input) { userErrors { code } } }"
    before = counts(owner, mine)
    for more in ({"name": "Ana", "validateOnly": True}, {"name": ""}, {"name": "Ana", "phone": "1"}):
        mine.ask(query, input={"clientId": f"cli_{client}"} | more)
    assert counts(owner, mine) == before


@pytest.mark.parametrize("number", [3, 60])
def test_what_is_handed_over_moves_each_client_once(number: int, company: Any, owner: Any) -> None:
    mine: Company = company()
    leaver, heir = mine.people[Role.SALES], mine.people[Role.ADMIN]
    for _ in range(number):
        client = mine.client(owner_id=leaver)
        mine.add(models.Deal, client_id=client, assignee_id=leaver)
    before = counts(owner, mine)
    Writer(mine).do(suspend_collaborator, {"id": leaver, "hand_over_to": heir})
    after = counts(owner, mine)
    assert len(after) == number
    for id, now in after.items():
        was = before[id]
        assert now.revision > was.revision
        assert now.version == was.version + 1
        assert now.updated_at > was.updated_at


def test_a_merge_moves_both(company: Any, owner: Any) -> None:
    mine: Company = company()
    prospect, client = mine.client(kind="PROSPECT", legal_name="UNO"), mine.client(legal_name="DOS")
    mine.add(Contact, client_id=prospect)
    before = counts(owner, mine)
    Writer(mine).do(convert_prospect, {"id": prospect, "into_client_id": client})
    after = counts(owner, mine)
    for id in (prospect, client):
        assert after[id].revision > before[id].revision
        assert after[id].updated_at > before[id].updated_at


def test_a_client_of_a_clock_that_runs_ahead_is_counted(company: Any, owner: Any) -> None:
    mine: Company = company()
    client = mine.client()
    ahead = counts(owner, mine)[client].updated_at + datetime.timedelta(days=3650)
    owner.execute(update(Client).where(Client.id == client).values(updated_at=ahead))
    before = counts(owner, mine)[client]
    Writer(mine).do(CONTACTS.create, {"client_id": client, "name": "Ana"})
    after = counts(owner, mine)[client]
    assert (after.revision, after.version, after.updated_at) == (before.revision + 1, before.version, ahead)


def test_a_mutation_of_a_part_counts_once(company: Any, owner: Any) -> None:
    mine: Company = company()
    client = mine.client()
    created = Writer(mine).do(CONTACTS.create, {"client_id": client, "name": "Ana", "is_primary": True})
    for step in ({"job_title": "Compras"}, {"name": "Eva"}, {"name": "Eva"}):
        Writer(mine).do(CONTACTS.update, {"id": created.id, **step})
    # The last one changes nothing.
    assert counts(owner, mine)[client].revision == 4


def deadlocks(owner: Any) -> int:
    """How many PostgreSQL has broken up in this database; it counts them in when a connection ends."""
    return owner.execute(text("select deadlocks from pg_stat_database where datname = current_database()")).scalar_one()


def test_changes_at_once_are_all_counted(company: Any, owner: Any) -> None:
    """Contacts of a client, and its account, which the company edits meanwhile: no two wait for each other, once it is
    assigned to them. Whoever edits it while it comes to a client for the first time may be begun anew."""
    mine: Company = company()
    clients = [mine.client() for _ in range(4)]
    account = mine.add(CompanyBankAccount, payment_form="03", account_number="012180001234567899")

    async def do(work: Any, input: Any) -> Any:
        match input.kind:
            case "contact":
                return await CONTACTS.create(work, Input(client_id=input.client_id, name=input.name))
            case "assign":
                return await assign_deposit_account(work, Input(client_id=input.client_id, company_account_id=account))
            case _:
                return await update_company_bank_account(work, Input(id=account, description=input.name))

    jobs = [
        {"kind": kind, "client_id": client, "name": f"{kind} {index}"}
        for index in range(5)
        for client in clients
        for kind in ("contact", "assign", "edit")
    ]
    assert not [job for job in Writer(mine).together(do, jobs[1::3][:4]) if isinstance(job, BaseException)]
    before = deadlocks(owner)
    done = Writer(mine).together(do, jobs)
    failed = [each for each in done if isinstance(each, BaseException) and not isinstance(each, Rejected)]
    assert failed == []
    assert deadlocks(owner) == before  # they are begun anew, so that nothing else would tell
    after = counts(owner, mine)
    for client in clients:
        assert after[client].revision >= 1 + 5
        assert after[client].version == 1
