"""What passes from one collaborator to another: clients, open deals, pending follow-ups; each with its event. What is
taken up again, in the hands of somebody who was suspended meanwhile, is its client's owner's.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, func, literal, select, union, update

from domain import history
from domain.fields import Fields
from domain.problem import error, reject
from domain.work import UnitOfWork
from models import Client, Collaborator, Deal, FollowUp
from models.deal import DealState
from models.follow_up import FollowUpState
from models.history import Change, HistoryEventKind
from models.viewer import Permission

HAND_OVER_REQUIRED: Final = error(
    "Tiene clientes{clients}, tratos abiertos{deals} o seguimientos pendientes{follow_ups}: indique a quién pasan.",
    "They have clients{clients}, open deals{deals} or pending follow-ups{follow_ups}: say who takes them over.",
)


async def hand_over(work: UnitOfWork, leaver: Collaborator, heir: Collaborator | None) -> Mapping[str, int]:
    """Hands over clients, deals and follow-ups in one transaction, and returns the number of each. `Rejected` if
    there are any and nobody to take them over. Closed deals and finished, cancelled or deleted follow-ups keep their
    collaborator.
    """
    clients = await _clients(work, leaver)
    owned = [client for client in clients.values() if client.owner_id == leaver.id]
    deals = (await work.session.scalars(work.of(Deal, *_open_deals(leaver)).order_by(Deal.id))).all()
    follow_ups = (await work.session.scalars(work.of(FollowUp, *_pending(leaver)).order_by(FollowUp.id))).all()
    work.comes_after(*deals, *follow_ups)
    counts = {"clients": len(owned), "deals": len(deals), "follow_ups": len(follow_ups)}
    if heir is None:
        if any(counts.values()):
            raise reject(HAND_OVER_REQUIRED, **_disclosed(work, counts)).at("hand_over_to")
        return counts
    await _pass(work, Client, "owner_id", [client.id for client in owned], heir)
    await _pass(work, Deal, "assignee_id", [deal.id for deal in deals], heir)
    await _pass(work, FollowUp, "assignee_id", [follow_up.id for follow_up in follow_ups], heir)

    def tell(kind: HistoryEventKind, client_id: UUID, field: str, label: str, **links: UUID) -> None:
        change = {"field": field, "from": leaver.name, "to": heir.name}
        history.note(work, kind, clients[client_id], Change.UPDATED, label, [change], **links)

    for client in owned:
        tell(HistoryEventKind.CLIENT_CHANGED, client.id, "owner_id", client.legal_name)
    for deal in deals:
        tell(HistoryEventKind.DEAL_CHANGED, deal.client_id, "assignee_id", deal.title, deal_id=deal.id)
    for follow_up in follow_ups:
        tell(
            HistoryEventKind.FOLLOW_UP_CHANGED,
            follow_up.client_id,
            "assignee_id",
            follow_up.name,
            subject_id=follow_up.id,
        )
    return counts


def _disclosed(work: UnitOfWork, counts: Mapping[str, int]) -> Mapping[str, str]:
    """How much of each kind there is, told to whoever may read all of that kind."""
    return {
        kind: work.disclosed(Permission(f"{kind}:read"), count) if work.viewer.sees_all else ""
        for kind, count in counts.items()
    }


async def _clients(work: UnitOfWork, leaver: Collaborator) -> Mapping[UUID, Client]:
    """The clients that are the leaver's, or have something of theirs, by id: locked, as every command locks the client
    whose record it changes. A prospect that becomes part of another client brings what it has to that one meanwhile."""
    ids = union(
        select(Client.id).where(Client.company_id == work.company_id, Client.owner_id == leaver.id),
        select(Deal.client_id).where(Deal.company_id == work.company_id, *_open_deals(leaver)),
        select(FollowUp.client_id).where(FollowUp.company_id == work.company_id, *_pending(leaver)),
    )
    clients: dict[UUID, Client] = {}
    while more := set(await work.session.scalars(ids)) - clients.keys():
        query = work.of(Client, Client.id == any_(literal(list(more), ARRAY(Uuid()))))
        locked = await work.session.scalars(query.order_by(Client.id).with_for_update(key_share=True))
        clients |= {client.id: client for client in locked}
    work.comes_after(*clients.values())
    return clients


async def take_up(work: UnitOfWork, client: Client, record: Deal | FollowUp, fields: Fields) -> list[dict[str, Any]]:
    """What is under way again stays with its collaborator, if they are active; otherwise the client's owner is put in
    charge, as of what is new, or nobody. Returns the `history.differences`."""
    if record.assignee_id is None:
        return []
    candidates = [id for id in (record.assignee_id, client.owner_id) if id]
    query = work.of(Collaborator, Collaborator.id.in_(candidates), Collaborator.active).order_by(Collaborator.id)
    # A shared lock, as `work.read` has it: they cannot be suspended before this is committed.
    active = {each.id for each in await work.session.scalars(query.with_for_update(read=True))}
    assignee_id = next((id for id in candidates if id in active), None)
    return await history.apply(work, record, fields, {"assignee_id": assignee_id})


def _open_deals(leaver: Collaborator) -> Sequence[ColumnElement[bool]]:
    return Deal.assignee_id == leaver.id, Deal.state == DealState.OPEN, Deal.deleted_at.is_(None)


def _pending(leaver: Collaborator) -> Sequence[ColumnElement[bool]]:
    pending = FollowUp.state.in_((FollowUpState.PENDING, FollowUpState.IN_PROGRESS))
    return FollowUp.assignee_id == leaver.id, pending, FollowUp.deleted_at.is_(None)


async def _pass(work: UnitOfWork, model: Any, column: str, ids: Sequence[UUID], heir: Collaborator) -> None:
    """Puts the heir in charge of these rows. One statement each: there can be thousands."""
    if ids:
        values = {
            column: heir.id,
            "version": model.version + 1,
            "updated_at": func.greatest(model.updated_at, work.now),
        }
        rows = update(model).where(
            model.company_id == work.company_id, model.id == any_(literal(list(ids), ARRAY(Uuid())))
        )
        await work.session.execute(rows.values(values).execution_options(synchronize_session=False))
