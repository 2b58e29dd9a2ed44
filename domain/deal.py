"""Deals: worked on while they are open, then won, lost or closed; a reopened deal is open again and may end anew.

The stages they move through and the reasons for losing them are the company's own, and cannot vanish while in use.
"""

from decimal import Decimal
from typing import Final
from uuid import UUID

from domain import board, history, policy
from domain.fields import Field, between, currency_code, fields_of, shown
from domain.hand_over import take_up
from domain.inputs import Maybe, OnClient, OnRecord, known
from domain.policy import NOT_FOUND, RECORD_DELETED, ClientAction, DealAction
from domain.problem import error, reject
from domain.vocabulary import Vocabulary
from domain.work import UnitOfWork
from models import Client, Deal, FunnelStage, LossReason
from models.deal import DealState, Priority
from models.history import Change, HistoryEventKind
from models.viewer import Permission

CLOSED_IN_FUTURE: Final = error("La fecha de cierre no puede ser futura.", "The close date cannot be in the future.")
ONE_NEIGHBOUR: Final = error(
    "Indique antes de qué trato va o después de cuál, no ambos.",
    "Say which deal it goes before, or which one it goes after, not both.",
)
DEAL_BESIDE_ITSELF: Final = error(
    "Es el mismo trato que se mueve: indique otro.", "This is the deal that is moved: name another one."
)
DEAL_OF_ANOTHER_STAGE: Final = error(
    "El trato indicado{title} está en otra etapa: indique uno de la etapa a la que se mueve.",
    "That deal{title} is in another stage: name one of the stage that this one moves to.",
)


FIELDS = fields_of(
    Deal,
    but=["position", "state", "closed_on", "final_value", "loss_reason_id", "reopened_at", "created_by_id"],
    estimated_value=Field(default=0),
    currency=Field(currency_code),
    priority=Field(default=Priority.MEDIUM),
)
ENDING = fields_of(
    Deal,
    "closed_on",
    "final_value",
    "loss_reason_id",
    closed_on=Field(required=True),
    final_value=Field(required=True),
    loss_reason_id=Field(required=True),
)


class MoveDeal(OnRecord):
    """Where an open deal goes: to another stage, or before or after another deal, or both."""

    before: Maybe[UUID]
    after: Maybe[UUID]


async def create_deal(work: UnitOfWork, input: OnClient) -> Deal:
    """A new deal on top of the funnel's first stage, of whoever is in charge of the client, unless it is told
    otherwise."""
    client = await work.client(input.client_id, ClientAction.CREATE_DEAL)
    input = input.with_defaults(assignee_id=client.owner_id, stage_id=await board.first_stage(work))
    values = await work.read(FIELDS, input, creating=True)
    deal = work.new(
        Deal,
        client_id=client.id,
        state=DealState.OPEN,
        position=await board.top(work, values["stage_id"]),
        created_by_id=work.viewer.collaborator_id,
        **values,
    )
    work.session.add(deal)
    _tell(work, HistoryEventKind.DEAL_CREATED, client, deal, "estimated_value", "currency")
    return deal


async def update_deal(work: UnitOfWork, input: OnRecord) -> Deal:
    """Changes what the input states, while the deal is open: its stage too, on top of which it goes."""
    client, deal = await _deal(work, input, DealAction.EDIT)
    values = await work.read(FIELDS, input)
    if values.get("stage_id", deal.stage_id) != deal.stage_id:
        deal.position = await board.top(work, values["stage_id"])
    kind = HistoryEventKind.DEAL_CHANGED
    await history.edit(work, client, deal, FIELDS, values, kind, values.get("title", deal.title), deal_id=deal.id)
    return deal


async def move_deal(work: UnitOfWork, input: MoveDeal) -> Deal:
    """Moves an open deal: beside another one, or on top of another stage. Without either it stays where it is. A place
    within the stage is no event of the history."""
    client, deal = await _deal(work, input, DealAction.MOVE)
    values = await work.read({"stage_id": FIELDS["stage_id"]}, input)
    stage_id = values.get("stage_id", deal.stage_id)
    position = await _place(work, input, deal, stage_id)
    if position is None:
        return deal
    deal.position = position
    if stage_id == deal.stage_id:
        work.touch(deal)
    else:
        kind = HistoryEventKind.DEAL_CHANGED
        await history.edit(work, client, deal, FIELDS, values, kind, deal.title, deal_id=deal.id)
    return deal


async def _place(work: UnitOfWork, input: MoveDeal, deal: Deal, stage_id: UUID) -> Decimal | None:
    """The deal's new position in the stage; None where it has that place already."""
    before, after = known(input.before), known(input.after)
    if before and after:
        raise reject(ONE_NEIGHBOUR).at("after")
    if before:
        with work.at("before"):
            return await board.beside(work, deal, stage_id, await _neighbour(work, deal, stage_id, before), below=False)
    if after:
        with work.at("after"):
            return await board.beside(work, deal, stage_id, await _neighbour(work, deal, stage_id, after), below=True)
    return None if stage_id == deal.stage_id else await board.top(work, stage_id)


async def _neighbour(work: UnitOfWork, deal: Deal, stage_id: UUID, id: UUID) -> Deal:
    """The deal of the stage, which stays locked, that another one is to be put beside."""
    if id == deal.id:
        raise reject(DEAL_BESIDE_ITSELF)
    await board.lock(work, stage_id)
    neighbour = await work.get(Deal, id)
    client = await work.get(Client, neighbour.client_id) if neighbour else None
    if neighbour is None or client is None or not policy.sees(work.viewer, client):
        raise reject(NOT_FOUND)
    if neighbour.deleted_at is not None:
        raise reject(RECORD_DELETED)
    if neighbour.stage_id != stage_id:
        title = work.disclosed(Permission.DEALS_READ, neighbour.title)
        raise reject(DEAL_OF_ANOTHER_STAGE, title=title)
    return neighbour


async def delete_deal(work: UnitOfWork, input: OnRecord) -> Deal:
    """Deletes it, in whatever state it is; what was made of it still leads to it."""
    client, deal = await _deal(work, input, DealAction.DELETE)
    deal.deleted_at = work.now
    work.touch(deal)
    history.note(work, HistoryEventKind.DEAL_CHANGED, client, Change.DELETED, deal.title, deal_id=deal.id)
    return deal


async def restore_deal(work: UnitOfWork, input: OnRecord) -> Deal:
    """Brings a deleted one back as it was, to its place in its stage; see `take_up`."""
    client, deal = await _deal(work, input, DealAction.RESTORE)
    deal.deleted_at = None
    work.touch(deal)
    changes = await take_up(work, client, deal, FIELDS) if deal.state is DealState.OPEN else []
    history.note(work, HistoryEventKind.DEAL_CHANGED, client, Change.RESTORED, deal.title, changes, deal_id=deal.id)
    return deal


async def win_deal(work: UnitOfWork, input: OnRecord) -> Deal:
    """Ends it with a close date and a final value."""
    return await _end(work, input, DealState.WON, "final_value")


async def lose_deal(work: UnitOfWork, input: OnRecord) -> Deal:
    """Ends it with a close date and a reason."""
    return await _end(work, input, DealState.LOST, "loss_reason_id")


async def close_deal(work: UnitOfWork, input: OnRecord) -> Deal:
    """Ends it with a close date, neither won nor lost."""
    return await _end(work, input, DealState.CLOSED)


async def reopen_deal(work: UnitOfWork, input: OnRecord) -> Deal:
    """Opens an ended deal again; close date, final value and reason stay in the history alone. See `take_up`."""
    client, deal = await _deal(work, input, DealAction.REOPEN)
    deal.state, deal.reopened_at = DealState.OPEN, work.now
    deal.closed_on = deal.final_value = deal.loss_reason_id = None
    work.touch(deal)
    _tell(work, HistoryEventKind.DEAL_REOPENED, client, deal)
    if changes := await take_up(work, client, deal, FIELDS):
        history.note(work, HistoryEventKind.DEAL_CHANGED, client, Change.UPDATED, deal.title, changes, deal_id=deal.id)
    return deal


async def _deal(work: UnitOfWork, input: OnRecord, action: DealAction) -> tuple[Client, Deal]:
    return await work.part_for(Deal, input, ClientAction.CREATE_DEAL, action)


async def _end(work: UnitOfWork, input: OnRecord, state: DealState, *names: str) -> Deal:
    client, deal = await _deal(work, input, DealAction.WIN)
    values = await work.read({name: ENDING[name] for name in ("closed_on", *names)}, input, creating=True)
    if values["closed_on"] > work.today:
        raise reject(CLOSED_IN_FUTURE).at("closed_on")
    deal.state = state
    for name, value in values.items():
        setattr(deal, name, value)
    work.touch(deal)
    if state is DealState.LOST:
        reason = await work.get(LossReason, values["loss_reason_id"])
        _tell(work, HistoryEventKind.DEAL_LOST, client, deal, "closed_on", reason=reason.name if reason else "")
    elif state is DealState.WON:
        _tell(work, HistoryEventKind.DEAL_WON, client, deal, "closed_on", "final_value", "currency")
    else:
        _tell(work, HistoryEventKind.DEAL_CLOSED, client, deal, "closed_on")
    return deal


def _tell(work: UnitOfWork, kind: HistoryEventKind, client: Client, deal: Deal, *names: str, **details: str) -> None:
    """The deal's values of now, as text."""
    values = {name: shown(getattr(deal, name)) for name in ("title", *names)}
    work.record(kind, client, details=values | details, deal_id=deal.id)


# What the company sets up for all its deals.

STAGES = Vocabulary(
    FunnelStage, fields_of(FunnelStage, position=Field(between(0, 10_000))), permission=Permission.ADMIN
)
REASONS = Vocabulary(LossReason, fields_of(LossReason), permission=Permission.ADMIN)
