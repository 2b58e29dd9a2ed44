"""Follow-ups: planned from a client or from a deal, done or cancelled, and reopened where that was a mistake."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain import history
from domain.fields import Field, fields_of
from domain.hand_over import take_up
from domain.inputs import Input, Maybe, OnRecord, known
from domain.policy import FOLLOW_UP_NOT_OPEN, NOT_FOUND, ClientAction, FollowUpAction
from domain.problem import DEAL_OF_ANOTHER_CLIENT, error, reject
from domain.sequence import next_number
from domain.work import UnitOfWork
from models import Client, Deal, FollowUp
from models.deal import Priority
from models.follow_up import FollowUpState, FollowUpType
from models.history import Change, HistoryEventKind

CLIENT_REQUIRED: Final = error("Indique el cliente o el trato.", "Name the client or the deal.")
ENDS_BEFORE_START: Final = error("El fin no puede ser anterior al inicio.", "The end cannot be before the start.")


SEQUENCE = "FOLLOW_UP"
"""The company's sequence of keys."""


def _open_state(value: Any) -> FollowUpState:
    state = FollowUpState(value)
    if state not in (FollowUpState.PENDING, FollowUpState.IN_PROGRESS):
        raise reject(FOLLOW_UP_NOT_OPEN)
    return state


FIELDS = fields_of(
    FollowUp,
    but=["deal_id", "number", "state", "completed_at", "created_by_id"],
    type=Field(default=FollowUpType.OTHER),
    priority=Field(default=Priority.MEDIUM),
) | fields_of(FollowUp, "deal_id", "state", state=Field(_open_state, default=FollowUpState.PENDING))


class Planned(Input):
    """A follow-up, perhaps of a deal."""

    deal_id: Maybe[UUID]


class CreateFollowUp(Planned):
    """A new follow-up, of a client or of a deal."""

    client_id: Maybe[UUID]
    starts_at: Maybe[datetime]


class UpdateFollowUp(OnRecord, Planned):
    """Changes to a follow-up."""


async def create_follow_up(work: UnitOfWork, input: CreateFollowUp) -> FollowUp:
    """Plans one, of the client or of the deal; it gets the company's next key."""
    deal = await _deal(work, input)
    client_id = known(input.client_id) or (deal and deal.client_id)
    if client_id is None:
        raise reject(CLIENT_REQUIRED).at("client_id")
    path = "client_id" if input.client_id else "deal_id"
    client = await work.client(client_id, ClientAction.SCHEDULE_FOLLOW_UP, path)
    responsible = deal.assignee_id if deal else client.owner_id
    # Where the start cannot be read, there is nothing to say about the end.
    end = work.now if input.is_unparsed("starts_at") else known(input.starts_at)
    input = input.with_defaults(assignee_id=responsible, ends_at=end)
    values = await work.read(FIELDS, input, creating=True)
    _judge(client, deal, values)
    follow_up = work.new(
        FollowUp,
        client_id=client.id,
        number=await next_number(work, SEQUENCE),
        created_by_id=work.viewer.collaborator_id,
        **values,
    )
    work.session.add(follow_up)
    _tell(work, client, follow_up, Change.CREATED)
    return follow_up


async def update_follow_up(work: UnitOfWork, input: UpdateFollowUp) -> FollowUp:
    """Changes what the input states, while it is open."""
    client, follow_up = await _follow_up(work, input, FollowUpAction.EDIT)
    values = await work.read(FIELDS, input)
    _judge(client, await _deal(work, input), history.snapshot(follow_up, FIELDS) | values)
    label = values.get("name", follow_up.name)
    await history.edit(work, client, follow_up, FIELDS, values, HistoryEventKind.FOLLOW_UP_CHANGED, label)
    return follow_up


async def complete_follow_up(work: UnitOfWork, input: OnRecord) -> FollowUp:
    """It is done, now."""
    return await _move(work, input, FollowUpAction.COMPLETE, FollowUpState.DONE)


async def cancel_follow_up(work: UnitOfWork, input: OnRecord) -> FollowUp:
    """It will not be done."""
    return await _move(work, input, FollowUpAction.CANCEL, FollowUpState.CANCELLED)


async def reopen_follow_up(work: UnitOfWork, input: OnRecord) -> FollowUp:
    """It is still to be done; see `take_up`."""
    return await _move(work, input, FollowUpAction.REOPEN, FollowUpState.PENDING)


async def delete_follow_up(work: UnitOfWork, input: OnRecord) -> FollowUp:
    """Deletes it; its key is not given out again."""
    client, follow_up = await _follow_up(work, input, FollowUpAction.DELETE)
    follow_up.deleted_at = work.now
    work.touch(follow_up)
    _tell(work, client, follow_up, Change.DELETED)
    return follow_up


async def restore_follow_up(work: UnitOfWork, input: OnRecord) -> FollowUp:
    """Brings a deleted one back as it was; see `take_up`."""
    client, follow_up = await _follow_up(work, input, FollowUpAction.RESTORE)
    follow_up.deleted_at = None
    work.touch(follow_up)
    _tell(work, client, follow_up, Change.RESTORED, await _taken_up(work, client, follow_up))
    return follow_up


async def _deal(work: UnitOfWork, input: Planned) -> Deal | None:
    """The deal that is named; one that is not there is told of by `read`."""
    id = known(input.deal_id)
    deal = await work.get(Deal, id) if id else None
    if id and deal is None:
        raise reject(NOT_FOUND).at("deal_id")
    return deal


async def _follow_up(work: UnitOfWork, input: OnRecord, action: FollowUpAction) -> tuple[Client, FollowUp]:
    return await work.part_for(FollowUp, input, ClientAction.SCHEDULE_FOLLOW_UP, action)


def _judge(client: Client, deal: Deal | None, values: Mapping[str, Any]) -> None:
    # Instants are compared, whatever the offsets they were given with; start and end may be the same.
    if values["ends_at"] < values["starts_at"]:
        raise reject(ENDS_BEFORE_START).at("ends_at")
    if deal and deal.client_id != client.id:
        raise reject(DEAL_OF_ANOTHER_CLIENT).at("deal_id")


async def _taken_up(work: UnitOfWork, client: Client, follow_up: FollowUp) -> list[dict[str, Any]]:
    to_do = follow_up.state in (FollowUpState.PENDING, FollowUpState.IN_PROGRESS)
    return await take_up(work, client, follow_up, FIELDS) if to_do else []


async def _move(work: UnitOfWork, input: OnRecord, action: FollowUpAction, state: FollowUpState) -> FollowUp:
    client, follow_up = await _follow_up(work, input, action)
    changes = await history.apply(work, follow_up, FIELDS, {"state": state})
    follow_up.completed_at = work.now if state is FollowUpState.DONE else None
    changes += await _taken_up(work, client, follow_up)
    work.touch(follow_up)
    _tell(work, client, follow_up, Change.UPDATED, changes)
    return follow_up


def _tell(
    work: UnitOfWork, client: Client, follow_up: FollowUp, change: Change, changes: list[dict[str, Any]] | None = None
) -> None:
    history.note(
        work, HistoryEventKind.FOLLOW_UP_CHANGED, client, change, follow_up.name, changes, subject_id=follow_up.id
    )
