"""The states of the company's prospects: five to begin with, and its own."""

from uuid import UUID

from sqlalchemy import func, select

from domain.audit import edit_setting, tell_created, tell_setting
from domain.fields import fields_of
from domain.inputs import Input, OnRecord
from domain.policy import NOT_FOUND
from domain.problem import reject
from domain.work import UnitOfWork
from models import ProspectState
from models.history import Change
from models.prospect_state import LAST_POSITION
from models.viewer import Permission

FIELDS = fields_of(ProspectState)
_NOUN = ProspectState.__tablename__


async def create_prospect_state(work: UnitOfWork, input: Input) -> ProspectState:
    """A new state, the last unless it is told otherwise."""
    work.viewer.demand(Permission.COMPANY_WRITE)
    last = select(func.max(ProspectState.position)).where(ProspectState.company_id == work.company_id)
    end = await work.session.scalar(last)
    input = input.with_defaults(position=0 if end is None else min(end + 1, LAST_POSITION))
    values = await work.read(FIELDS, input, creating=True)
    state = await work.add(work.new(ProspectState, **values))
    await tell_created(work, _NOUN, state.name, FIELDS, values)
    return state


async def update_prospect_state(work: UnitOfWork, input: OnRecord) -> ProspectState:
    """Changes what the input states."""
    state = await _setting(work, input)
    await edit_setting(work, _NOUN, state.name, state, FIELDS, await work.read(FIELDS, input))
    return state


async def delete_prospect_state(work: UnitOfWork, input: OnRecord) -> ProspectState:
    """Deletes a state that no prospect is in; others can be made inactive."""
    state = await _setting(work, input)
    await work.session.delete(state)
    await work.flush()
    tell_setting(work, _NOUN, state.name, Change.DELETED)
    return state


async def _setting(work: UnitOfWork, input: OnRecord) -> ProspectState:
    work.viewer.demand(Permission.COMPANY_WRITE)
    state = await work.get(ProspectState, input.id, lock=True)
    if state is None:
        raise reject(NOT_FOUND).at("id")
    work.expect(state, input)
    return state


# Of a prospect


async def first_state(work: UnitOfWork) -> UUID | None:
    """The state that a new prospect is in; None where the company has none that can be chosen."""
    states = work.of(ProspectState, ProspectState.active).order_by(ProspectState.position, ProspectState.id)
    state = await work.session.scalar(states.limit(1))
    return state and state.id


async def held(work: UnitOfWork, id: UUID) -> ProspectState | None:
    """The state, which nobody deletes until the end; None where somebody has."""
    return await work.session.scalar(
        work.of(ProspectState, ProspectState.id == id).with_for_update(read=True, key_share=True)
    )
