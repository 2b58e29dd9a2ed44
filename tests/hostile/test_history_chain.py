"""The history of one record reads as a chain: who writes at once, and by whatever clock, writes one after the other."""

import asyncio
import datetime
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

import models
from database.opening import open_pool
from domain.client import update_client
from domain.collaborator import suspend_collaborator
from domain.inputs import Input
from models.collaborator import Role
from server.work import UnitsOfWork
from tests.fixtures import Company, global_id
from tests.writing import Writer, rows

MANY = 50


def subjects(company: Company) -> Mapping[str, tuple[str, str, dict[str, Any], str]]:
    """By the mutation: its input's name, the field that is changed, whose record it is, and the history's word."""
    client = company.client(trade_name="0")
    of_client = {"clientId": global_id(models.Client, client)}
    contact = company.add(models.Contact, client_id=client, job_title="0")
    deal = company.add(models.Deal, client_id=client, description="0")
    company.add(models.CfdiProfile, client_id=client, name="0")
    company.add(models.ReceivableTerms, client_id=client, credit_days=365)
    prices = company.add(models.PriceList, name="Mayoreo", description="0")
    return {
        "updateClient": ("tradeName", {"id": global_id(models.Client, client)}, "trade_name"),
        "updateContact": ("jobTitle", {"id": global_id(models.Contact, contact)}, "job_title"),
        "updateDeal": ("description", {"id": global_id(models.Deal, deal)}, "description"),
        "updateCfdiProfile": ("name", of_client, "name"),
        "updateReceivableTerms": ("creditDays", of_client, "credit_days"),
        "updatePriceList": ("description", {"id": global_id(models.PriceList, prices)}, "description"),
    }  # pyright: ignore[reportReturnType]


def steps(company: Company, owner: Any, field: str) -> list[tuple[datetime.datetime, str | None, str | None]]:
    """When the field changed, from what to what, in the order in which the API lists history and audit log."""
    table = (models.AuditEvent if field == "price list" else models.HistoryEvent).__table__
    events = owner.execute(
        select(table.c.occurred_at, table.c.details)
        .where(table.c.company_id == company.id)
        .order_by(table.c.occurred_at, table.c.id)
    ).all()
    return [
        (event.occurred_at, change["from"], change["to"])
        for event in events
        for change in event.details.get("changes", ())
        if change["field"] == (field if field != "price list" else "description") and change["from"] is not None
    ]


def assert_chain(chain: list[tuple[datetime.datetime, str | None, str | None]]) -> None:
    instants = [instant for instant, _, _ in chain]
    assert instants == sorted(set(instants)), "two at one instant"
    assert [before for _, before, _ in chain[1:]] == [after for _, _, after in chain[:-1]]


@pytest.mark.parametrize(
    "mutation",
    ["updateClient", "updateContact", "updateDeal", "updateCfdiProfile", "updateReceivableTerms", "updatePriceList"],
)
def test_fifty_at_once_are_a_chain(company: Callable[..., Company], owner: Any, mutation: str) -> None:
    """Case H01."""
    mine = company()
    field, ids, column = subjects(mine)[mutation]  # pyright: ignore[reportAssignmentType]
    query = (
        f"mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!)"
        f" {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
    )

    def change(number: int) -> Any:
        value = number if column == "credit_days" else str(number)
        return mine.insist(query, input={**ids, field: value}).data[mutation]["userErrors"]

    with ThreadPoolExecutor(MANY) as threads:
        assert [*threads.map(change, range(1, MANY + 1))] == [[]] * MANY
    chain = steps(mine, owner, "price list" if mutation == "updatePriceList" else column)
    assert len(chain) == MANY
    assert_chain(chain)


@pytest.mark.claims(
    "docs/writing.md",
    "An event bears an instant at which its command had the lock, which is later than that of the record's last change"
    " even where the clock of another machine was ahead.",
    "So the history of one record reads as a chain: each `from` is the former `to`.",
)
def test_clocks_that_differ_make_a_chain(company: Callable[..., Company], owner: Any) -> None:
    mine = company()
    writer, client = Writer(mine), mine.client(trade_name="0")
    now = datetime.datetime.now(datetime.UTC)
    clocks = [now + datetime.timedelta(seconds=offset) for offset in (0, 3600, -3600, 7, -7)]

    async def run() -> None:
        pool = open_pool(mine.ficha.settings.database_url, 5)
        try:
            for number in range(20):
                at = clocks[number % len(clocks)]

                async def change(work: Any, number: int = number) -> Any:
                    return await update_client(work, Input(id=client, trade_name=str(number + 1)))

                await UnitsOfWork(pool, clock=lambda at=at: at).run(writer.viewer, at, change)
        finally:
            await pool.close()

    asyncio.run(run())
    chain = steps(mine, owner, "trade_name")
    assert len(chain) == 20
    assert_chain(chain)


def test_a_record_of_the_far_future_is_not_followed_there(company: Callable[..., Company], owner: Any) -> None:
    mine = company()
    far = datetime.datetime(2099, 1, 1, tzinfo=datetime.UTC)
    client = mine.client(trade_name="0", updated_at=far)
    writer = Writer(mine)
    writer.do(update_client, {"id": client, "trade_name": "1"})
    assert rows(owner, mine, models.HistoryEvent, "occurred_at") == [writer.now]


def test_what_is_handed_over_comes_after_its_last_change(company: Callable[..., Company], owner: Any) -> None:
    mine = company()
    ahead = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=1)
    leaver, heir = mine.people[Role.SALES], mine.people[Role.SALES_MANAGER]
    client = mine.client(owner_id=leaver)
    mine.add(models.Deal, client_id=client, assignee_id=leaver, updated_at=ahead)
    Writer(mine).do(suspend_collaborator, {"id": leaver, "hand_over_to": heir})
    events: list[Any] = rows(owner, mine, models.HistoryEvent, "occurred_at")
    assert len(events) == 2
    assert all(instant > ahead for instant in events)


def test_an_event_comes_after_the_request_began(company: Callable[..., Company], owner: Any) -> None:
    """The request's instant is the least: nothing is dated before it was asked for."""
    mine = company()
    client: UUID = mine.client()
    writer = Writer(mine)
    writer.now += datetime.timedelta(seconds=5)
    writer.do(update_client, {"id": client, "trade_name": "A"})
    assert rows(owner, mine, models.HistoryEvent, "occurred_at") == [writer.now]
