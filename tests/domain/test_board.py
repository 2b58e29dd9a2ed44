"""The order of deals within their stage: it is total, whoever moves what at the same time, and costs one row a move."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from domain.board import decimals_of, spread
from domain.deal import MoveDeal, create_deal, delete_deal, move_deal, restore_deal, update_deal
from models import Collaborator, Deal, FunnelStage, HistoryEvent
from models.collaborator import Role
from models.deal import MOST_DECIMALS
from models.ids import uuid7
from tests.fixtures import NOON, Company
from tests.writing import Writer, events, rows

numbers = st.decimals(-1000, 1000, places=3)


@given(numbers, numbers, st.integers(1, 70))
def test_positions_lie_between_two_others(one: Decimal, other: Decimal, number: int) -> None:
    above, below = sorted((one, other))
    if above == below:
        return
    positions = spread(number, above, below)
    assert len(positions) == number
    assert all(first < second for first, second in pairwise([above, *positions, below]))


@given(st.none() | numbers, st.integers(1, 70))
def test_positions_beyond_the_last_one_are_whole_numbers(edge: Decimal | None, number: int) -> None:
    for positions, ordered in (
        (spread(number, edge, None), lambda rest: [edge, *rest]),
        (spread(number, None, edge), lambda rest: [*rest, edge]),
    ):
        assert [decimals_of(position) for position in positions] == [0] * number
        assert all(first < second for first, second in pairwise(p for p in ordered(positions) if p is not None))


def board(owner: Any, company: Company, stage: UUID | None = None) -> list[UUID]:
    """The stage's deals in their order, without the deleted ones."""
    result = owner.execute(
        text(
            "select id from deal where company_id = :company and stage_id = :stage and deleted_at is null"
            " order by position, id"
        ),
        {"company": company.id, "stage": stage or company.stage},
    )
    return [row.id for row in result]


def deals_of(company: Company, number: int) -> list[UUID]:
    """Deals in the order of the board, each of a client of its own."""
    return [company.add(Deal, client_id=company.client(), title=f"Trato {n}") for n in range(number)]


@pytest.mark.claims("docs/writing.md", "A place within the stage is no event of the history.")
def test_a_deal_moves_before_or_after_another(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    a, b, c, d = deals_of(mine, 4)
    writer.do(move_deal, {"id": d, "before": a})
    assert board(owner, mine) == [d, a, b, c]
    writer.do(move_deal, {"id": d, "after": b})
    assert board(owner, mine) == [a, b, d, c]
    writer.do(move_deal, {"id": a, "after": c})
    assert board(owner, mine) == [b, d, c, a]
    assert events(owner, mine) == []
    assert dict(rows(owner, mine, Deal, "id", "version")) == {a: 2, b: 1, c: 1, d: 3}


def test_a_deal_that_is_there_already_stays_as_it_is(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    a, b, c = deals_of(mine, 3)
    for values in ({"before": c}, {"after": a}, {}, {"stage_id": mine.stage}, {"before": None, "after": None}):
        writer.do(move_deal, {"id": b, **values})
    assert board(owner, mine) == [a, b, c]
    assert rows(owner, mine, Deal, "version") == [1, 1, 1]


def test_another_stage_and_a_place_in_it_at_once(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    a, b, c, d = deals_of(mine, 4)
    stage = mine.add(FunnelStage, name="Cierre", position=1)
    writer.do(move_deal, {"id": b, "stage_id": stage})
    writer.do(update_deal, {"id": a, "stage_id": stage})
    assert board(owner, mine, stage) == [a, b], "whoever comes to a stage is on top"
    writer.do(move_deal, {"id": c, "stage_id": stage, "after": a})
    assert (board(owner, mine, stage), board(owner, mine)) == ([a, c, b], [d])
    changes = [details["changes"] for _, details in events(owner, mine)]
    assert changes == [[{"field": "stage_id", "from": "Contacto", "to": "Cierre"}]] * 3


def test_a_new_deal_is_on_top(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    first, second = (writer.do(create_deal, {"client_id": mine.client(), "title": "T"}).id for _ in range(2))
    assert board(owner, mine) == [second, first]


def test_neighbours_that_cannot_be(company: Any) -> None:
    mine, other = company(), company()
    sales = Writer(mine, Role.SALES)
    deal = mine.add(Deal, client_id=mine.client(owner_id=mine.people[Role.SALES]))
    out_of_sight = mine.add(Deal, client_id=mine.client(owner_id=mine.people[Role.ADMIN]))
    seen = mine.client(owner_id=mine.people[Role.SALES])
    deleted = mine.add(Deal, client_id=seen, deleted_at=NOON)
    stage = mine.add(FunnelStage, name="Cierre", position=1)
    elsewhere = mine.add(Deal, client_id=seen, stage_id=stage)
    foreign = other.add(Deal, client_id=other.client())
    for place in ("before", "after"):
        for id, code in (
            (deal, "DEAL_BESIDE_ITSELF"),
            (out_of_sight, "NOT_FOUND"),
            (foreign, "NOT_FOUND"),
            (uuid7(), "NOT_FOUND"),
            (deleted, "RECORD_DELETED"),
            (elsewhere, "DEAL_OF_ANOTHER_STAGE"),
        ):
            assert sales.refused(move_deal, {"id": deal, place: id}) == [(code, (place,))], code
    values = {"id": deal, "stage_id": stage, "before": elsewhere, "after": elsewhere}
    assert sales.refused(move_deal, values) == [("ONE_NEIGHBOUR", ("after",))]
    assert sales.refused(move_deal, {"id": deal, "stage_id": uuid7()}) == [("NOT_FOUND", ("stage_id",))]
    assert sales.refused(move_deal, {"id": deal, "stage_id": None}) == [("TEXT_REQUIRED", ("stage_id",))]
    assert sales.refused(move_deal, {"id": deleted, "after": deal}) == [("RECORD_DELETED", ("id",))]


def test_a_gap_is_never_too_narrow(company: Any, owner: Any) -> None:
    """The same two deals go between the same two others again and again: no position grows beyond its limit, and only
    the neighbours get new ones."""
    mine = company()
    writer = Writer(mine)
    ids = deals_of(mine, 80)
    one, other = ids[40], ids[41]
    narrow = Decimal(f"41.{1:0{MOST_DECIMALS}}")
    mine.change(Deal, other, position=narrow)
    writer.do(move_deal, {"id": ids[0], "after": one})
    assert board(owner, mine) == [*ids[1:41], ids[0], *ids[41:]]
    positions = dict(rows(owner, mine, Deal, "id", "position"))
    assert max(map(decimals_of, positions.values())) <= MOST_DECIMALS // 2
    moved = [n for n, id in enumerate(ids) if positions[id] != n + 1 and n != 0]
    assert moved
    assert set(moved) <= set(range(9, 73)), "32 to each side"
    assert rows(owner, mine, Deal, "version") == [2] + [1] * 79


def test_moves_without_end_into_one_gap(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine)
    a, b, c, d = deals_of(mine, 4)
    mine.change(Deal, c, position=Decimal(f"1.{1:0{MOST_DECIMALS - 10}}"))

    async def back_and_forth(work: Any, input: Any) -> None:
        for id in [d, *[b, d] * input.times]:
            await move_deal(work, MoveDeal(id=id, after=a))

    writer.do(back_and_forth, {"times": 25})
    assert board(owner, mine) == [a, d, b, c]
    assert max(map(decimals_of, rows(owner, mine, Deal, "position"))) <= MOST_DECIMALS


def test_twenty_moves_at_once_make_one_order(company: Any, owner: Any) -> None:
    mine = company()
    ids = deals_of(mine, 20)
    target = ids[10]
    random = Random(1)  # noqa: S311  # test data
    moves = [{"id": id, random.choice(["before", "after"]): target} for id in ids if id != target]
    done = Writer(mine).together(move_deal, [*moves, {"id": target, "before": ids[0]}])
    assert [each for each in done if isinstance(each, BaseException)] == []
    positions = rows(owner, mine, Deal, "position")
    assert len(set(positions)) == 20
    assert set(board(owner, mine)) == set(ids)


def test_twenty_moves_into_a_stage_at_once(company: Any, owner: Any) -> None:
    mine = company()
    ids = deals_of(mine, 20)
    stage = mine.add(FunnelStage, name="Cierre", position=1)
    first = mine.add(Deal, client_id=mine.client(), stage_id=stage)
    moves = [{"id": id, "stage_id": stage, "after": first} for id in ids]
    created = [{"client_id": mine.client(), "title": "Nuevo", "stage_id": stage} for _ in range(20)]
    done = _both(Writer(mine), moves, created)
    assert [each for each in done if isinstance(each, BaseException)] == []
    assert len(set(rows(owner, mine, Deal, "position"))) == 41
    order = board(owner, mine, stage)
    assert (len(order), order[20], set(order[21:])) == (41, first, set(ids))


def _both(writer: Writer, moves: Sequence[Any], created: Sequence[Any]) -> list[Any]:
    async def either(work: Any, input: Any) -> Any:
        return await (move_deal if input.id else create_deal)(work, input)

    return writer.together(either, [*moves, *created])


def test_narrow_gaps_and_neighbours_that_leave_at_once(company: Any, owner: Any) -> None:
    """Deals that get new positions because of others may be leaving the stage at that very moment."""
    mine = company()
    ids = deals_of(mine, 12)
    stage = mine.add(FunnelStage, name="Cierre", position=1)
    for place, id in enumerate(ids):
        mine.change(Deal, id, position=Decimal(f"1.{place:0{MOST_DECIMALS}}"))
    moves = [{"id": ids[n], "after": ids[5]} for n in (0, 1, 10, 11)]
    moves += [{"id": ids[n], "stage_id": stage} for n in (4, 6, 7, 8)]
    done = Writer(mine).together(move_deal, moves)
    assert [each for each in done if isinstance(each, BaseException)] == []
    here, there = board(owner, mine), board(owner, mine, stage)
    assert set(there) == {ids[n] for n in (4, 6, 7, 8)}
    assert set(here) == set(ids) - set(there)
    assert [id for id in here if id in (ids[2], ids[3], ids[5], ids[9])] == [ids[2], ids[3], ids[5], ids[9]]


def test_a_deal_is_deleted_and_comes_back_to_its_place(company: Any, owner: Any) -> None:
    mine = company()
    writer = Writer(mine, Role.SALES_MANAGER)
    a, b, c, d = deals_of(mine, 4)
    writer.do(delete_deal, {"id": b})
    assert board(owner, mine) == [a, c, d]
    assert writer.refused(delete_deal, {"id": b}) == [("RECORD_DELETED", ("id",))]
    for command in (update_deal, move_deal):
        assert writer.refused(command, {"id": b}) == [("RECORD_DELETED", ("id",))]
    writer.do(move_deal, {"id": d, "after": a})
    writer.do(restore_deal, {"id": b, "expected_version": 2})
    assert board(owner, mine) in ([a, d, b, c], [a, b, d, c])
    assert writer.refused(restore_deal, {"id": b}) == [("RECORD_NOT_DELETED", ("id",))]
    changes = [(kind, details["change"], details["label"]) for kind, details in events(owner, mine)]
    assert changes == [("DEAL_CHANGED", "DELETED", "Trato 1"), ("DEAL_CHANGED", "RESTORED", "Trato 1")]
    assert rows(owner, mine, HistoryEvent, "deal_id") == [b, b]


def test_a_deal_that_is_over_comes_back_with_who_won_it(company: Any, owner: Any) -> None:
    """Also where they have left since; an open one would pass to the client's owner."""
    mine = company()
    gone = mine.people[Role.SALES]
    ended = {"state": "WON", "assignee_id": gone, "closed_on": NOON.date(), "final_value": 1, "deleted_at": NOON}
    deal = mine.add(Deal, client_id=mine.client(owner_id=mine.people[Role.ADMIN]), **ended)
    mine.change(Collaborator, gone, active=False)
    Writer(mine).do(restore_deal, {"id": deal})
    assert rows(owner, mine, Deal, "assignee_id", "deleted_at") == [(gone, None)]


def test_of_twenty_deletions_at_once_one_is_recorded(company: Any, owner: Any) -> None:
    mine = company()
    [deal] = deals_of(mine, 1)
    done = Writer(mine).together(delete_deal, [{"id": deal}] * 20)
    assert sorted(type(result).__name__ for result in done) == ["Deal"] + ["Rejected"] * 19
    assert len(events(owner, mine)) == 1


@pytest.mark.parametrize("command", [delete_deal, restore_deal])
def test_nothing_of_a_deleted_clients_is_deleted_or_restored(company: Any, command: Any) -> None:
    mine = company()
    deal = mine.add(Deal, client_id=mine.client(deleted_at=NOON))
    assert Writer(mine).refused(command, {"id": deal}) == [("CLIENT_DELETED", ("id",))]
