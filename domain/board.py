"""The order of deals within their stage, as columns of a board show them: each deal has a position of its own.

Positions are decimal numbers: between any two there is another one, so that a deal that moves changes its own alone
(ADR 54). Whoever assigns one in a stage has locked the stage until the end of the transaction.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from itertools import count
from math import ceil, floor
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Numeric, Uuid, column, func, literal, select, update

from domain.policy import NOT_FOUND
from domain.problem import reject
from domain.work import UnitOfWork
from models import Deal, FunnelStage
from models.deal import MOST_DECIMALS

REACH = 32
"""How many deals to each side get new positions at first, where a gap has become too narrow."""


def spread(number: int, above: Decimal | None, below: Decimal | None) -> list[Decimal]:
    """So many positions between two others, evenly, with the fewest decimals that tell them apart; whole numbers where
    there is no other on one side."""
    if below is None:
        first = 0 if above is None else int(above.to_integral_value(ROUND_FLOOR)) + 1
        return [Decimal(first + index) for index in range(number)]
    if above is None:
        last = int(below.to_integral_value(ROUND_CEILING)) - 1
        return [Decimal(last - index) for index in reversed(range(number))]
    for decimals in count():
        unit = Fraction(1, 10**decimals)
        first, last = floor(Fraction(above) / unit) + 1, ceil(Fraction(below) / unit) - 1
        room = last - first + 1
        if room >= number:
            steps = (first + room * (2 * index + 1) // (2 * number) for index in range(number))
            # From text, for arithmetic would round to the context's precision.
            return [Decimal(f"{step}E-{decimals}") for step in steps]
    raise AssertionError("between two numbers there is always another one")


def decimals_of(position: Decimal) -> int:
    """How many decimals it has."""
    exponent = position.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


async def lock(work: UnitOfWork, stage_id: UUID) -> None:
    """Until the end nobody else assigns a position in the stage. `Rejected` where there is no such stage."""
    if await work.get(FunnelStage, stage_id, lock=True) is None:
        raise reject(NOT_FOUND).at("stage_id")


async def lock_all(work: UnitOfWork, _: Sequence[Mapping[str, Any]]) -> None:
    """Locks every stage, for several deals that go to several stages: two such transactions would otherwise wait for
    each other. Then their first positions are known, and which is the first stage."""
    every = work.of(FunnelStage).order_by(FunnelStage.id).with_for_update(key_share=True)
    positions = select(Deal.stage_id, func.min(Deal.position)).where(Deal.company_id == work.company_id)
    firsts = work.session.behind(positions.group_by(Deal.stage_id))
    stages: Sequence[FunnelStage] = (await work.session.scalars(every)).all()
    work.session.hold(stages)
    positions_of = {row.stage_id: row[1] for row in await firsts.get()}
    work.memo |= {(Deal, stage.id): positions_of.get(stage.id) for stage in stages}
    active = sorted((stage.position, stage.id) for stage in stages if stage.active)
    work.memo[FunnelStage] = active[0][1] if active else None


async def first_stage(work: UnitOfWork) -> UUID | None:
    """The first of the stages in use."""
    if FunnelStage in work.memo:
        return work.memo[FunnelStage]
    stages = work.of(FunnelStage, FunnelStage.active).order_by(FunnelStage.position, FunnelStage.id)
    stage = await work.session.scalar(stages.limit(1))
    return stage and stage.id


async def top(work: UnitOfWork, stage_id: UUID) -> Decimal:
    """The position before all deals of the stage."""
    await lock(work, stage_id)
    known = Deal, stage_id
    if known not in work.memo:
        first = await work.session.scalar(select(func.min(Deal.position)).where(*_of(work, stage_id)))
        return spread(1, None, first)[0]
    work.memo[known] = spread(1, None, work.memo[known])[0]
    return work.memo[known]


async def beside(work: UnitOfWork, deal: Deal, stage_id: UUID, neighbour: Deal, *, below: bool) -> Decimal | None:
    """The position right before the neighbour, or right `below` it, in the stage, which is locked. None where the deal
    has that place already."""
    # Others may have given it another position before the stage was locked.
    await work.session.refresh(deal, ["position"])
    others = (*_of(work, stage_id), Deal.id != deal.id)
    edge = neighbour.position
    if below:
        next_one = select(func.min(Deal.position)).where(*others, Deal.position > edge)
        bounds = (edge, await work.session.scalar(next_one))
    else:
        one_before = select(func.max(Deal.position)).where(*others, Deal.position < edge)
        bounds = (await work.session.scalar(one_before), edge)
    if deal.stage_id == stage_id and _lies(deal.position, *bounds):
        return None
    position = spread(1, *bounds)[0]
    return position if decimals_of(position) <= MOST_DECIMALS else await _widen(work, others, bounds)


def _lies(position: Decimal, above: Decimal | None, below: Decimal | None) -> bool:
    return (above is None or above < position) and (below is None or position < below)


def _of(work: UnitOfWork, stage_id: UUID) -> tuple[Any, ...]:
    """All deals of the stage, the deleted ones among them, for these keep their places."""
    return Deal.company_id == work.company_id, Deal.stage_id == stage_id


async def _widen(work: UnitOfWork, others: Sequence[Any], bounds: tuple[Decimal | None, Decimal | None]) -> Decimal:
    """A position in a gap that has become too narrow, after the deals around it were given wider ones: as many of them
    as it takes to have half of the decimals left."""
    above, below = bounds
    for reach in (REACH << doublings for doublings in count()):
        by_position = select(Deal.id, Deal.position).where(*others).limit(reach + 1)
        before = by_position.where(Deal.position <= above).order_by(Deal.position.desc())
        after = by_position.where(Deal.position >= below).order_by(Deal.position)
        upper = list((await work.session.execute(before)).all())
        lower = list((await work.session.execute(after)).all())
        first = upper.pop().position if len(upper) > reach else None
        last = lower.pop().position if len(lower) > reach else None
        positions = spread(len(upper) + 1 + len(lower), first, last)
        if max(map(decimals_of, positions)) <= MOST_DECIMALS // 2:
            gap = positions.pop(len(upper))
            await _assign(work, others, [row.id for row in (*reversed(upper), *lower)], positions)
            return gap
    raise AssertionError("the whole stage fits into whole numbers")


async def _assign(work: UnitOfWork, others: Sequence[Any], ids: Sequence[UUID], positions: Sequence[Decimal]) -> None:
    """Gives these deals these positions. No version counts it, for their order stays."""
    row = (
        func.unnest(literal(list(ids), ARRAY(Uuid())), literal(list(positions), ARRAY(Numeric())))
        .table_valued(column("id", Uuid()), column("position", Numeric()))
        .render_derived("moved")
    )
    # The stage is asked for again: one of them may have left it since, in a transaction that ended meanwhile.
    statement = update(Deal).where(*others, Deal.id == row.c.id).values(position=row.c.position)
    await work.session.execute(statement.execution_options(synchronize_session=False))
