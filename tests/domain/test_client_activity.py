"""A client's row keeps when its newest activities were, by what one needs to see them, and when its next follow-up
starts, whatever changes that: lists in these orders read nothing else."""

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from domain.deal import create_deal, win_deal
from domain.external_event import record_external_event
from domain.follow_up import (
    cancel_follow_up,
    complete_follow_up,
    create_follow_up,
    delete_follow_up,
    reopen_follow_up,
    restore_follow_up,
    update_follow_up,
)
from domain.prospect import convert_prospect
from models import Client, FollowUp, HistoryEvent
from models.client import LAST_ACTIVITY, ClientKind
from models.collaborator import Role
from models.history import HistoryEventKind, activity_permission
from models.rights import DERIVED
from models.viewer import BUNDLES, Permission
from server.checks.ledger import ledger_findings
from tests.domain.test_overdue import behind
from tests.fixtures import NOON, Company
from tests.writing import Writer, rows

HOUR = datetime.timedelta(hours=1)
KEPT = (*LAST_ACTIVITY.values(), "next_follow_up_at")


def kept(own: Company, client: UUID) -> dict[str, datetime.datetime]:
    """What the client's row keeps; of every client of the company it is what its history and its follow-ups tell."""
    with psycopg.connect(own.ficha.settings.direct_url) as owner:
        assert [line for line in ledger_findings(owner) if str(own.id) in line] == []
    [found] = [row[1:] for row in rows(own.owner, own, Client, "id", *KEPT) if row[0] == client]
    return {name: value for name, value in zip(KEPT, found, strict=True) if value is not None}


def plan(writer: Writer, client: UUID, hours: int, **values: Any) -> Any:
    start = {"client_id": client, "name": "Llamar", "type": "CALL", "starts_at": NOON + hours * HOUR}
    return writer.do(create_follow_up, start | values)


def test_the_next_follow_up_is_the_first_that_is_open(mine: Company, writer: Writer) -> None:
    client = mine.client()
    assert kept(mine, client) == {}
    late, early = plan(writer, client, 9), plan(writer, client, 5)

    def starts() -> int | None:
        start = kept(mine, client).get("next_follow_up_at")
        return start and round((start - NOON) / HOUR)

    assert starts() == 5
    for command, values, hours in (
        (update_follow_up, {"id": early.id, "starts_at": NOON + 10 * HOUR, "ends_at": NOON + 11 * HOUR}, 9),
        (update_follow_up, {"id": early.id, "starts_at": NOON + 3 * HOUR}, 3),
        (complete_follow_up, {"id": early.id}, 9),
        (reopen_follow_up, {"id": early.id}, 3),
        (cancel_follow_up, {"id": early.id}, 9),
        (reopen_follow_up, {"id": early.id}, 3),
        (delete_follow_up, {"id": early.id}, 9),
        (delete_follow_up, {"id": late.id}, None),
        (restore_follow_up, {"id": early.id}, 3),
    ):
        writer.do(command, values)
        assert starts() == hours


def test_many_at_once_leave_the_next_one(mine: Company, writer: Writer) -> None:
    """Each in a transaction of its own: none reads what another has not written yet."""
    client = mine.client()
    planned = [plan(writer, client, hours) for hours in range(1, 9)]
    done = writer.together(complete_follow_up, [{"id": one.id} for one in planned[:-1]])
    assert not [one for one in done if isinstance(one, BaseException)]
    assert kept(mine, client)["next_follow_up_at"] == NOON + 8 * HOUR


@pytest.mark.parametrize(
    "change", ["state = 'DONE', completed_at = now()", "starts_at = ends_at", "deleted_at = now()"]
)
def test_statements_that_lock_no_client_wait_for_each_other(mine: Company, database_url: str, change: str) -> None:
    """As the owner mends two at once: the second recomputes after the first has ended."""
    client = mine.client()
    ids = [
        mine.add(FollowUp, client_id=client, starts_at=NOON + hour * HOUR, ends_at=NOON + 9 * HOUR)
        for hour in (1, 2, 3)
    ]
    statement = f"update follow_up set {change} where id = %s"  # noqa: S608  # our own literals
    with psycopg.connect(database_url) as one, psycopg.connect(database_url) as other:
        one.execute(statement.encode(), [ids[0]])
        waiting = behind(other, lambda: other.execute(statement.encode(), [ids[1]]), one)
        one.commit()
        waiting()
        other.commit()
    assert kept(mine, client)["next_follow_up_at"] == NOON + 3 * HOUR


def test_each_event_of_two_that_are_written_at_once_counts(mine: Company, database_url: str) -> None:
    client = mine.client()
    statement = (
        "insert into history_event (company_id, id, client_id, kind, occurred_at)"
        " values (%s, gen_random_uuid(), %s, %s, %s)"
    )
    with psycopg.connect(database_url) as one, psycopg.connect(database_url) as other:
        one.execute(statement, [mine.id, client, "DEAL_WON", NOON + HOUR])
        waiting = behind(other, lambda: other.execute(statement, [mine.id, client, "DEAL_LOST", NOON]), one)
        one.commit()
        waiting()
        other.commit()
    assert kept(mine, client) == {"last_deal_activity_at": NOON + HOUR}


def newest(own: Company, client: UUID, *kinds: HistoryEventKind) -> datetime.datetime:
    events = rows(own.owner, own, HistoryEvent, "client_id", "kind", "occurred_at")
    return max(instant for of, kind, instant in events if of == client and kind in kinds)


def test_commands_move_the_newest_activity(mine: Company, writer: Writer) -> None:
    client = mine.client()
    deal = writer.do(create_deal, {"client_id": client, "title": "Trato", "estimated_value": Decimal(1)})
    first = newest(mine, client, HistoryEventKind.DEAL_CREATED)
    assert kept(mine, client) == {"last_deal_activity_at": first}
    plan(writer, client, 5)
    writer.do(win_deal, {"id": deal.id, "closed_on": NOON.date(), "final_value": Decimal(1)})
    last = newest(mine, client, HistoryEventKind.DEAL_WON)
    assert last > first
    assert kept(mine, client) == {
        "last_deal_activity_at": last,
        "last_follow_up_activity_at": newest(mine, client, HistoryEventKind.FOLLOW_UP_CHANGED),
        "next_follow_up_at": NOON + 5 * HOUR,
    }


def test_an_event_of_the_past_moves_nothing_that_is_newer(mine: Company, writer: Writer) -> None:
    client = mine.client()
    called = {"client_id": client, "kind": "CALL", "source": "Conmutador", "title": "Llamada"}
    for number, hours in enumerate((2, 1, 3)):
        stated = {"external_id": f"c-{number}", "occurred_at": NOON + hours * HOUR}
        writer.do(record_external_event, called | stated)
        assert kept(mine, client) == {"last_client_activity_at": NOON + max(2, hours) * HOUR}


def test_a_prospect_takes_its_own_to_the_client_that_it_becomes_part_of(mine: Company, writer: Writer) -> None:
    client, prospect = mine.billable(), mine.client(kind=ClientKind.PROSPECT)
    for one, hours in ((client, 2), (prospect, 1)):
        mine.add(FollowUp, client_id=one, starts_at=NOON + hours * HOUR, ends_at=NOON + hours * HOUR)
        mine.add(HistoryEvent, client_id=one, kind="DEAL_WON", occurred_at=NOON - hours * HOUR)
    mine.add(HistoryEvent, client_id=prospect, kind="DOCUMENT_CHANGED", occurred_at=NOON)
    writer.do(convert_prospect, {"id": prospect, "into_client_id": client})
    # That it became part of another is an event of each.
    assert kept(mine, prospect) == {
        "last_client_activity_at": newest(mine, prospect, HistoryEventKind.PROSPECT_CONVERTED)
    }
    assert kept(mine, client) == {
        "last_client_activity_at": newest(mine, client, HistoryEventKind.PROSPECT_CONVERTED),
        "last_deal_activity_at": NOON - HOUR,
        "last_document_activity_at": NOON,
        "next_follow_up_at": NOON + HOUR,
    }


@pytest.mark.claims(
    "docs/reading.md",
    "A client's row keeps when its newest activities were and when its next follow-up starts.",
)
def test_what_is_kept_moves_no_revision_of_its_own(mine: Company, writer: Writer) -> None:
    """The write of the part moves it, once."""
    client = mine.client()
    [before] = rows(mine.owner, mine, Client, "revision")
    plan(writer, client, 5)
    assert rows(mine.owner, mine, Client, "revision") == [before + 1]


@pytest.mark.parametrize("kind", HistoryEventKind)
def test_the_database_knows_what_each_kind_of_event_is(owner: Any, kind: HistoryEventKind) -> None:
    """A new kind is another `create or replace function ficha_activity_permission`, in its migration."""
    answer = owner.execute(text("select ficha_activity_permission(:kind)"), {"kind": kind.value}).scalar_one()
    assert answer == activity_permission(kind)


def test_each_role_has_an_index_by_the_activities_that_it_sees(owner: Any) -> None:
    indexes = owner.execute(text("select indexdef from pg_indexes where tablename = 'client'")).scalars().all()
    for role in Role:
        seen = BUNDLES[role] | {Permission.CLIENTS_READ}
        columns = ", ".join(column for permission, column in LAST_ACTIVITY.items() if permission in seen)
        assert any(f"(company_id, GREATEST({columns}), id)" in index for index in indexes), role


def test_the_application_writes_none_of_it() -> None:
    assert set(KEPT) <= DERIVED["client"]
