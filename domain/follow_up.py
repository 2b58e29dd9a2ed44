"""Follow-ups: planned from a client or from a deal, done or cancelled, and reopened where that was a mistake."""

from typing import Any

from domain import history, policy
from domain.fields import Field, Fields, Given, line, lines
from domain.policy import ClientAction, FollowUpAction
from domain.problem import ProblemCode, reject
from domain.sequence import next_number
from domain.work import UnitOfWork
from models import Client, Collaborator, Deal, FollowUp
from models.deal import Priority
from models.follow_up import FollowUpState, FollowUpType
from models.history import Change, HistoryEventKind

SEQUENCE = "FOLLOW_UP"
"""The company's sequence of keys."""


def _open_state(value: Any) -> FollowUpState:
    state = FollowUpState(value)
    if state not in (FollowUpState.PENDING, FollowUpState.IN_PROGRESS):
        raise reject(ProblemCode.FOLLOW_UP_NOT_OPEN)
    return state


FIELDS: Fields = {
    "name": Field(line(200), required=True),
    "description": Field(lines(1000)),
    "type": Field(FollowUpType, required=True, default=FollowUpType.OTHER),
    "starts_at": Field(required=True),
    "ends_at": Field(required=True),
    "priority": Field(Priority, required=True, default=Priority.MEDIUM),
    "assignee_id": Field(refers=Collaborator),
    "deal_id": Field(refers=Deal),
    "state": Field(_open_state, required=True, default=FollowUpState.PENDING),
}


async def create_follow_up(work: UnitOfWork, given: Given) -> FollowUp:
    """Plans one, of the client or of the deal; it gets the company's next key."""
    given = {name: value for name, value in given.items() if name != "state"}
    deal = await _deal(work, given)
    client_id = given.get("client_id") or (deal and deal.client_id)
    if client_id is None:
        raise reject(ProblemCode.CLIENT_REQUIRED).at("client_id")
    path = "client_id" if given.get("client_id") else "deal_id"
    client = await work.client(client_id, ClientAction.SCHEDULE_FOLLOW_UP, path)
    responsible = deal.assignee_id if deal else client.owner_id
    given = {"assignee_id": responsible, "ends_at": given.get("starts_at")} | given
    values = await work.read(FIELDS, given, creating=True)
    _judge(client, deal, values)
    follow_up = work.new(
        FollowUp,
        client_id=client.id,
        number=await next_number(work, SEQUENCE),
        created_by_id=work.viewer.collaborator_id,
        **values,
    )
    await work.add(follow_up)
    _tell(work, client, follow_up, Change.CREATED)
    return follow_up


async def update_follow_up(work: UnitOfWork, given: Given) -> FollowUp:
    """Changes what is given, while it is open."""
    client, follow_up = await _follow_up(work, given, FollowUpAction.EDIT)
    values = await work.read(FIELDS, given)
    _judge(client, await _deal(work, given), history.snapshot(follow_up, FIELDS) | values)
    label = values.get("name", follow_up.name)
    await history.edit(work, client, follow_up, FIELDS, values, HistoryEventKind.FOLLOW_UP_CHANGED, label)
    return follow_up


async def complete_follow_up(work: UnitOfWork, given: Given) -> FollowUp:
    """It is done, now."""
    return await _move(work, given, FollowUpAction.COMPLETE, FollowUpState.DONE)


async def cancel_follow_up(work: UnitOfWork, given: Given) -> FollowUp:
    """It will not be done."""
    return await _move(work, given, FollowUpAction.CANCEL, FollowUpState.CANCELLED)


async def reopen_follow_up(work: UnitOfWork, given: Given) -> FollowUp:
    """It is still to be done."""
    return await _move(work, given, FollowUpAction.REOPEN, FollowUpState.PENDING)


async def delete_follow_up(work: UnitOfWork, given: Given) -> FollowUp:
    """Deletes it; its key is not given out again."""
    client, follow_up = await _follow_up(work, given, FollowUpAction.DELETE)
    follow_up.deleted_at = work.now
    work.touch(follow_up)
    _tell(work, client, follow_up, Change.DELETED)
    return follow_up


async def restore_follow_up(work: UnitOfWork, given: Given) -> FollowUp:
    """Brings a deleted one back as it was."""
    client, follow_up = await _follow_up(work, given, FollowUpAction.RESTORE)
    follow_up.deleted_at = None
    work.touch(follow_up)
    _tell(work, client, follow_up, Change.RESTORED)
    return follow_up


async def _deal(work: UnitOfWork, given: Given) -> Deal | None:
    """The deal that is named; one that is not there is told of by `read`."""
    id = given.get("deal_id")
    deal = await work.get(Deal, id) if id else None
    if id and deal is None:
        raise reject(ProblemCode.NOT_FOUND).at("deal_id")
    return deal


async def _follow_up(work: UnitOfWork, given: Given, action: FollowUpAction) -> tuple[Client, FollowUp]:
    client, follow_up = await work.part(FollowUp, given["id"], ClientAction.SCHEDULE_FOLLOW_UP)
    with work.at("id"):
        policy.check(work.viewer, action, follow_up)
    work.expect(follow_up, given)
    return client, follow_up


def _judge(client: Client, deal: Deal | None, values: Given) -> None:
    # Instants are compared, whatever the offsets they were given with; start and end may be the same.
    if values["ends_at"] < values["starts_at"]:
        raise reject(ProblemCode.ENDS_BEFORE_START).at("ends_at")
    if deal and deal.client_id != client.id:
        raise reject(ProblemCode.DEAL_OF_ANOTHER_CLIENT).at("deal_id")


async def _move(work: UnitOfWork, given: Given, action: FollowUpAction, state: FollowUpState) -> FollowUp:
    client, follow_up = await _follow_up(work, given, action)
    changes = await history.apply(work, follow_up, FIELDS, {"state": state})
    follow_up.completed_at = work.now if state is FollowUpState.DONE else None
    work.touch(follow_up)
    _tell(work, client, follow_up, Change.UPDATED, changes)
    return follow_up


def _tell(
    work: UnitOfWork, client: Client, follow_up: FollowUp, change: Change, changes: list[dict[str, Any]] | None = None
) -> None:
    history.note(work, HistoryEventKind.FOLLOW_UP_CHANGED, client, change, follow_up.name, changes)
