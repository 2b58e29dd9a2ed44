"""Follow-ups: their keys, their dates, what becomes of them."""

import datetime
from typing import Any

import pytest

from domain.follow_up import (
    cancel_follow_up,
    complete_follow_up,
    create_follow_up,
    delete_follow_up,
    reopen_follow_up,
    restore_follow_up,
    update_follow_up,
)
from models import Deal, FollowUp
from models.collaborator import Role
from tests.writing import Writer, events, rows

START = datetime.datetime(2026, 3, 10, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=-6)))


def test_two_hundred_at_once_have_keys_without_gaps_or_duplicates(company: Any, owner: Any) -> None:
    mine = company()
    clients = [mine.client() for _ in range(5)]
    given = [{"client_id": clients[n % 5], "name": f"S{n}", "starts_at": START} for n in range(200)]
    given[100] |= {"name": ""}
    done = Writer(mine).together(create_follow_up, given)
    assert [number for number, result in enumerate(done) if isinstance(result, BaseException)] == [100]
    assert sorted(rows(owner, mine, FollowUp, "number")) == list(range(1, 200))
    assert "SEG-000199" in rows(owner, mine, FollowUp, "key")


def test_a_deal_tells_the_client_and_who_is_to_do_it(company: Any, owner: Any) -> None:
    """Case S07."""
    mine = company()
    client = mine.client(owner_id=mine.people[Role.SALES])
    deal = mine.add(Deal, client_id=client, assignee_id=mine.people[Role.SALES_MANAGER])
    writer = Writer(mine)
    writer.do(create_follow_up, {"deal_id": deal, "name": "Llamar", "starts_at": START})
    writer.do(create_follow_up, {"client_id": client, "name": "Visitar", "starts_at": START, "type": "VISIT"})
    assert rows(owner, mine, FollowUp, "client_id", "deal_id", "assignee_id", "type", "ends_at") == [
        (client, deal, mine.people[Role.SALES_MANAGER], "OTHER", START),
        (client, None, mine.people[Role.SALES], "VISIT", START),
    ]


def test_a_deal_has_to_be_the_clients(company: Any) -> None:
    mine = company()
    writer = Writer(mine)
    deal = mine.add(Deal, client_id=mine.client())
    given = {"client_id": mine.client(), "deal_id": deal, "name": "S", "starts_at": START}
    assert writer.refused(create_follow_up, given) == [("DEAL_OF_ANOTHER_CLIENT", ("deal_id",))]
    assert writer.refused(create_follow_up, {"name": "S", "starts_at": START}) == [("CLIENT_REQUIRED", ("client_id",))]
    assert writer.refused(create_follow_up, {"deal_id": mine.id, "name": "S", "starts_at": START}) == [
        ("NOT_FOUND", ("deal_id",))
    ]


@pytest.mark.parametrize("zone_hours", [-6, -5, 0, 9])
def test_start_and_end_are_compared_as_instants(company: Any, zone_hours: int) -> None:
    """Cases S05, S06, S09."""
    mine = company()
    zone = datetime.timezone(datetime.timedelta(hours=zone_hours))
    same = {"client_id": mine.client(), "name": "S", "starts_at": START, "ends_at": START.astimezone(zone)}
    writer = Writer(mine)
    follow_up = writer.do(create_follow_up, same)
    earlier = same["ends_at"] - datetime.timedelta(microseconds=1)
    assert writer.refused(update_follow_up, {"id": follow_up.id, "ends_at": earlier}) == [
        ("ENDS_BEFORE_START", ("ends_at",))
    ]


def test_done_cancelled_and_reopened(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    id = mine.add(FollowUp, client_id=mine.client())
    writer.do(update_follow_up, {"id": id, "state": "IN_PROGRESS"})
    assert writer.refused(update_follow_up, {"id": id, "state": "DONE"}) == [("FOLLOW_UP_NOT_OPEN", ("state",))]
    writer.do(complete_follow_up, {"id": id})
    [(state, completed_at, updated_at)] = rows(owner, mine, FollowUp, "state", "completed_at", "updated_at")
    assert (state, completed_at) == ("DONE", updated_at)
    assert completed_at >= writer.now
    for command in (complete_follow_up, cancel_follow_up, update_follow_up):
        assert writer.refused(command, {"id": id}) == [("FOLLOW_UP_NOT_OPEN", ("id",))]
    writer.do(reopen_follow_up, {"id": id})
    assert rows(owner, mine, FollowUp, "state", "completed_at") == [("PENDING", None)]
    writer.do(cancel_follow_up, {"id": id})
    assert [details["changes"] for _, details in events(owner, mine)] == [
        [{"field": "state", "from": "PENDING", "to": "IN_PROGRESS"}],
        [{"field": "state", "from": "IN_PROGRESS", "to": "DONE"}],
        [{"field": "state", "from": "DONE", "to": "PENDING"}],
        [{"field": "state", "from": "PENDING", "to": "CANCELLED"}],
    ]


def test_deleted_it_is_restored_as_it_was(company: Any, owner: Any) -> None:
    """Case T13: what is deleted does not come back by itself."""
    mine = company()
    writer = Writer(mine)
    id = mine.add(FollowUp, client_id=mine.client(), state="CANCELLED")
    writer.do(delete_follow_up, {"id": id})
    assert writer.refused(delete_follow_up, {"id": id}) == [("RECORD_DELETED", ("id",))]
    assert writer.refused(reopen_follow_up, {"id": id}) == [("RECORD_DELETED", ("id",))]
    writer.do(restore_follow_up, {"id": id})
    assert rows(owner, mine, FollowUp, "state", "deleted_at", "version") == [("CANCELLED", None, 3)]
