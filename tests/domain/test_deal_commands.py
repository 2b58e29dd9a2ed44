"""Deals from their creation to their end and back, the company's stages and reasons."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.deal import (
    REASONS,
    STAGES,
    close_deal,
    create_deal,
    lose_deal,
    reopen_deal,
    update_deal,
    win_deal,
)
from errors import Forbidden
from models import Deal, FunnelStage, LossReason
from models.collaborator import Role
from tests.writing import Writer, events, rows


def test_a_deal_begins_in_the_first_stage_with_whoever_has_the_client(company: Any, owner: Any) -> None:
    mine = company()
    mine.add(FunnelStage, name="Después", position=9)
    mine.change(FunnelStage, mine.stage, position=1)
    mine.add(FunnelStage, name="Retirada", position=0, active=False)
    client = mine.client(owner_id=mine.people[Role.SALES])
    Writer(mine, Role.SALES).do(
        create_deal, {"client_id": client, "title": "Mobiliario", "estimated_value": Decimal(5)}
    )
    assert rows(owner, mine, Deal, "stage_id", "assignee_id", "created_by_id", "state", "priority", "currency") == [
        (mine.stage, mine.people[Role.SALES], mine.people[Role.SALES], "OPEN", "MEDIUM", "MXN")
    ]
    details = {"title": "Mobiliario", "estimated_value": "5.00", "currency": "MXN"}
    assert events(owner, mine) == [("DEAL_CREATED", details)]


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"title": " "}, ("TEXT_REQUIRED", ("title",))),
        ({"title": "T" * 201}, ("TEXT_TOO_LONG", ("title",))),
        ({"description": "D" * 1001}, ("TEXT_TOO_LONG", ("description",))),
        ({"estimated_value": Decimal("1.005")}, ("AMOUNT_DECIMALS", ("estimated_value",))),
        ({"estimated_value": Decimal(-1)}, ("OUT_OF_RANGE", ("estimated_value",))),
        ({"currency": "XYZ"}, ("CODE_UNKNOWN", ("currency",))),
        ({"stage_id": None}, ("TEXT_REQUIRED", ("stage_id",))),
    ],
)
def test_deals_that_cannot_be(company: Any, given: Any, refused: Any) -> None:
    mine = company()
    assert Writer(mine).refused(create_deal, {"client_id": mine.client(), "title": "T"} | given) == [refused]


def test_lengths_are_counted_in_characters(company: Any) -> None:
    mine = company()
    Writer(mine).do(create_deal, {"client_id": mine.client(), "title": "ñ" * 200, "description": "🙂" * 1000})


def test_moving_it_tells_the_stages_by_name(company: Any, owner: Any) -> None:
    mine = company()
    deal = mine.add(Deal, client_id=mine.client())
    stage = mine.add(FunnelStage, name="Negociación", position=2)
    Writer(mine).do(update_deal, {"id": deal, "stage_id": stage})
    [(kind, details)] = events(owner, mine)
    assert (kind, details["changes"]) == (
        "DEAL_CHANGED",
        [{"field": "stage_id", "from": "Contacto", "to": "Negociación"}],
    )
    retired = mine.add(FunnelStage, name="Retirada", position=3, active=False)
    assert Writer(mine).refused(update_deal, {"id": deal, "stage_id": retired}) == [("INACTIVE", ("stage_id",))]


def test_won_lost_closed_and_reopened_all_stay_in_the_history(company: Any, owner: Any) -> None:
    """Cases S02, S03, S04."""
    mine = company(time_zone="America/Tijuana")
    writer = Writer(mine, Role.SALES_MANAGER)
    deal = mine.add(Deal, client_id=mine.client())
    reason = mine.add(LossReason, name="Precio")
    day = writer.viewer.today(writer.now)
    january = datetime.date(2026, 1, 15)
    writer.do(lose_deal, {"id": deal, "closed_on": january, "loss_reason_id": reason})
    writer.do(reopen_deal, {"id": deal})
    [reopened] = rows(owner, mine, Deal, "updated_at")
    assert rows(owner, mine, Deal, "state", "closed_on", "final_value", "loss_reason_id", "reopened_at") == [
        ("OPEN", None, None, None, reopened)
    ]
    writer.do(close_deal, {"id": deal, "closed_on": january})
    writer.do(reopen_deal, {"id": deal})
    writer.do(win_deal, {"id": deal, "closed_on": day, "final_value": Decimal("950.5")})
    assert rows(owner, mine, Deal, "state", "closed_on", "final_value", "loss_reason_id", "version") == [
        ("WON", day, Decimal("950.50"), None, 6)
    ]
    assert events(owner, mine) == [
        ("DEAL_LOST", {"title": "Trato", "closed_on": "2026-01-15", "reason": "Precio"}),
        ("DEAL_REOPENED", {"title": "Trato"}),
        ("DEAL_CLOSED", {"title": "Trato", "closed_on": "2026-01-15"}),
        ("DEAL_REOPENED", {"title": "Trato"}),
        (
            "DEAL_WON",
            {"title": "Trato", "closed_on": day.isoformat(), "final_value": "950.50", "currency": "MXN"},
        ),
    ]


def test_an_end_has_its_date_and_its_state(company: Any) -> None:
    mine = company()
    writer = Writer(mine)
    deal = mine.add(Deal, client_id=mine.client())
    today = writer.viewer.today(writer.now)
    tomorrow = today + datetime.timedelta(days=1)
    assert writer.refused(close_deal, {"id": deal, "closed_on": tomorrow}) == [("CLOSED_IN_FUTURE", ("closed_on",))]
    assert writer.refused(close_deal, {"id": deal}) == [("TEXT_REQUIRED", ("closed_on",))]
    assert writer.refused(win_deal, {"id": deal, "closed_on": today}) == [("TEXT_REQUIRED", ("final_value",))]
    assert writer.refused(reopen_deal, {"id": deal}) == [("DEAL_OPEN", ("id",))]
    writer.do(close_deal, {"id": deal, "closed_on": today})
    for command in (update_deal, close_deal):
        assert writer.refused(command, {"id": deal, "closed_on": today}) == [("DEAL_NOT_OPEN", ("id",))]


def test_changing_the_state_asks_for_more_than_working_on_it(company: Any) -> None:
    mine = company()
    writer = Writer(mine, Role.SALES)
    deal = mine.add(Deal, client_id=mine.client(owner_id=mine.people[Role.SALES]))
    writer.do(update_deal, {"id": deal, "title": "Otro"})
    with pytest.raises(Forbidden, match="deals:close"):
        writer.do(close_deal, {"id": deal, "closed_on": datetime.date(2026, 1, 1)})


def test_of_fifty_wins_at_once_one_is_recorded(company: Any, owner: Any) -> None:
    mine = company()
    deal = mine.add(Deal, client_id=mine.client())
    given = {"id": deal, "closed_on": datetime.date(2026, 1, 1), "final_value": Decimal(1)}
    done = Writer(mine).together(win_deal, [given] * 50)
    assert sorted(type(result).__name__ for result in done) == ["Deal"] + ["Rejected"] * 49
    assert [kind for kind, _ in events(owner, mine)] == ["DEAL_WON"]


def test_stages_and_reasons_in_use_cannot_vanish(company: Any, owner: Any) -> None:
    """Case S08."""
    mine = company()
    writer = Writer(mine)
    reason = writer.do(REASONS.create, {"name": "Precio"})
    stage = writer.do(STAGES.create, {"name": "Cierre"})
    assert stage.position == 1
    deal = mine.add(Deal, client_id=mine.client())
    writer.do(lose_deal, {"id": deal, "closed_on": datetime.date(2026, 1, 1), "loss_reason_id": reason.id})
    in_use = [("IN_USE", ("id",))]
    assert writer.refused(STAGES.delete, {"id": mine.stage}) == in_use
    assert writer.refused(REASONS.delete, {"id": reason.id}) == in_use
    writer.do(STAGES.delete, {"id": stage.id})
    writer.do(STAGES.update, {"id": mine.stage, "active": False})
    assert rows(owner, mine, FunnelStage, "name", "active", "version") == [("Contacto", False, 2)]
    assert writer.refused(create_deal, {"client_id": mine.client(), "title": "T"}) == [("TEXT_REQUIRED", ("stage_id",))]


def test_names_are_unique_and_the_administrators(company: Any) -> None:
    mine = company()
    assert Writer(mine).refused(STAGES.create, {"name": " Contacto"}) == [("DUPLICATE_NAME", ("name",))]
    with pytest.raises(Forbidden, match="admin"):
        Writer(mine, Role.SALES_MANAGER).do(REASONS.create, {"name": "Precio"})
