"""The states of the company's prospects: five to begin with, and its own."""

from sqlalchemy import func, select

from domain.fields import fields_of
from domain.inputs import Input, OnRecord
from domain.policy import NOT_FOUND
from domain.problem import reject
from domain.work import UnitOfWork
from models import ProspectState
from models.prospect_state import LAST_POSITION
from models.viewer import Permission

FIELDS = fields_of(ProspectState)


async def create_prospect_state(work: UnitOfWork, input: Input) -> ProspectState:
    """A new state, the last unless it is told otherwise."""
    work.viewer.demand(Permission.COMPANY_WRITE)
    last = select(func.max(ProspectState.position)).where(ProspectState.company_id == work.company_id)
    end = await work.session.scalar(last)
    input = input.with_defaults(position=0 if end is None else min(end + 1, LAST_POSITION))
    return await work.add(work.new(ProspectState, **await work.read(FIELDS, input, creating=True)))


async def update_prospect_state(work: UnitOfWork, input: OnRecord) -> ProspectState:
    """Changes what the input states."""
    state = await _found(work, input)
    values = await work.read(FIELDS, input)
    if any(getattr(state, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(state, name, value)
        work.touch(state)
    return state


async def delete_prospect_state(work: UnitOfWork, input: OnRecord) -> ProspectState:
    """Deletes a state that no prospect is in; others can be made inactive."""
    state = await _found(work, input)
    await work.session.delete(state)
    await work.flush()
    return state


async def _found(work: UnitOfWork, input: OnRecord) -> ProspectState:
    work.viewer.demand(Permission.COMPANY_WRITE)
    state = await work.get(ProspectState, input.id, lock=True)
    if state is None:
        raise reject(NOT_FOUND).at("id")
    work.expect(state, input)
    return state
