"""`totalCount` of the clients, which is not counted but kept: it is what counting would find, whatever happened."""

import asyncio
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update

import models
from database.opening import open_pool
from database.transactions import transaction
from domain import sweep
from models.collaborator import Role
from tests.fixtures import NOON, Company, global_id

COUNT = "query($f: ClientFilter) { clients(filter: $f, first: 0) { totalCount } }"
CLIENT, PROSPECT = {"kind": {"eq": "CLIENT"}}, {"kind": {"eq": "PROSPECT"}}


def counted(company: Company, filter: Any = None, role: Role = Role.ADMIN) -> int:
    return company.ask(COUNT, role, f=filter).data["clients"]["totalCount"]


def tallied(company: Company) -> dict[tuple[str, UUID | None], list[int]]:
    """The numbers in the company's tally, the largest first, by kind and owner."""
    c = models.ClientTally.__table__.c
    rows = company.owner.execute(select(c.kind, c.owner_id, c.number).where(c.company_id == company.id)).all()
    found: dict[tuple[str, UUID | None], list[int]] = {}
    for kind, owner, number in rows:
        found.setdefault((kind, owner), []).append(number)
    return {key: sorted(numbers, reverse=True) for key, numbers in found.items()}


def there(company: Company) -> dict[tuple[str, UUID | None], int]:
    """What counting finds."""
    c = models.Client.__table__.c
    alive = select(c.kind, c.owner_id, func.count()).where(c.company_id == company.id, c.deleted_at.is_(None))
    return {(kind, owner): n for kind, owner, n in company.owner.execute(alive.group_by(c.kind, c.owner_id))}


def sums(company: Company) -> dict[tuple[str, UUID | None], int]:
    return {key: sum(numbers) for key, numbers in tallied(company).items() if sum(numbers)}


def add_up(company: Company) -> Any:
    async def run() -> None:
        pool = open_pool(company.ficha.settings.database_url, 1)
        try:
            await sweep.add_up(partial(transaction, pool, company.id), company.id)
        finally:
            await pool.close()

    return run()


@pytest.mark.claims(
    "docs/reading.md",
    "The number of clients is stored instead of counted ([ADR 30](adr/0030-a-tally-of-clients.md)):"
    " an entity that can have very many rows may declare a `tally`, which answers `totalCount` for"
    " filters on its columns.",
)
@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_to_clients_the_tally_is_what_counting_finds(company: Any, seed: int) -> None:
    mine, random = company(), Random(seed)  # noqa: S311  # a test's own
    table = models.Client.__table__
    people = [None, mine.people[Role.SALES], mine.people[Role.ADMIN]]
    deleter = mine.people[Role.ADMIN]
    of_company = table.c.company_id == mine.id
    for _ in range(60):
        ids = mine.owner.scalars(select(table.c.id).where(of_company)).all()
        some = table.c.id.in_(random.sample(ids, random.randint(0, len(ids))))
        changed = update(models.Client).where(of_company, some)
        match random.choice(["add", "add", "kind", "owner", "delete", "restore", "name", "erase", "add up"]):
            case "add":
                for _ in range(random.randint(1, 3)):
                    mine.client(kind=random.choice(["CLIENT", "PROSPECT"]), owner_id=random.choice(people))
            case "kind":
                mine.owner.execute(changed.values(kind=random.choice(["CLIENT", "PROSPECT"])))
            case "owner":
                mine.owner.execute(changed.values(owner_id=random.choice(people)))
            case "delete":
                mine.owner.execute(changed.values(deleted_at=NOON, deleted_by_id=deleter))
            case "restore":
                mine.owner.execute(changed.values(deleted_at=None, deleted_by_id=None))
            case "name":
                mine.owner.execute(changed.values(legal_name="OTRA"))
            case "erase" if len(ids) > 5:
                mine.owner.execute(delete(models.Client).where(of_company, table.c.id == ids[0]))
            case _:
                asyncio.run(add_up(mine))
        assert sums(mine) == there(mine)
    own = {key: n for key, n in there(mine).items() if key[1] == mine.people[Role.SALES]}
    everybody = there(mine)
    for seen, role in ((everybody, Role.ADMIN), (own, Role.SALES)):
        clients = sum(n for (kind, _), n in seen.items() if kind == "CLIENT")
        unowned = sum(n for (_, owner), n in seen.items() if owner is None)
        assert counted(mine, role=role) == sum(seen.values())
        assert counted(mine, CLIENT, role) == clients
        assert counted(mine, {"not": CLIENT}, role) == sum(seen.values()) - clients
        assert counted(mine, {"or": [CLIENT, PROSPECT]}, role) == sum(seen.values())
        assert counted(mine, {"and": [CLIENT, PROSPECT]}, role) == 0
        ownerless = {"not": {"owner": {"name": {"ne": ""}}}}
        assert counted(mine, ownerless, role) == unowned


def test_what_the_tally_does_not_know_is_counted(company: Any) -> None:
    """An id, a text and a relation of the clients; and the deleted ones."""
    mine = company()
    one, gone = mine.client(legal_name="UNO"), mine.client(legal_name="DOS")
    mine.client(legal_name="TRES")
    mine.add(models.Contact, client_id=one)
    mine.change(models.Client, gone, deleted_at=NOON, deleted_by_id=mine.people[Role.ADMIN])
    assert counted(mine, {"id": {"eq": global_id(models.Client, one)}}) == 1
    assert counted(mine, {"legalName": {"eq": "TRES"}}) == 1
    assert counted(mine, {"contacts": {"some": {}}}) == 1
    assert counted(mine, {"contacts": {"none": {}}} | CLIENT) == 1
    deleted = "query($d: DeletedRecords!) { clients(deleted: $d, first: 0) { totalCount } }"
    of = {kind: mine.ask(deleted, d=kind).data["clients"]["totalCount"] for kind in ("EXCLUDE", "INCLUDE", "ONLY")}
    assert of == {"EXCLUDE": 2, "INCLUDE": 3, "ONLY": 1}


def test_the_sweep_leaves_one_row_for_each_kind_and_owner(company: Any) -> None:
    mine = company()
    seller = mine.people[Role.SALES]
    for owner in (None, seller, seller, None, None):
        mine.client(owner_id=owner)
    passing = mine.client(kind="PROSPECT")
    mine.change(models.Client, passing, kind="CLIENT")
    assert tallied(mine) == {
        ("CLIENT", None): [1, 1, 1, 1],
        ("CLIENT", seller): [1, 1],
        ("PROSPECT", None): [1, -1],
    }
    asyncio.run(add_up(mine))
    assert tallied(mine) == {("CLIENT", None): [4], ("CLIENT", seller): [2]}


def test_two_sweeps_at_once_while_clients_are_made_lose_none(company: Any) -> None:
    mine = company()
    for _ in range(30):
        mine.client()

    async def all_at_once() -> None:
        made = asyncio.to_thread(lambda: [mine.client() for _ in range(30)])
        await asyncio.gather(made, *(add_up(mine) for _ in range(6)))

    asyncio.run(all_at_once())
    assert sums(mine) == {("CLIENT", None): 60}


def test_an_update_that_moves_nobody_writes_nothing(company: Any) -> None:
    mine = company()
    id = mine.client()
    mine.change(models.Client, id, legal_name="OTRA", internal_note="nota")
    assert tallied(mine) == {("CLIENT", None): [1]}
