"""The states of the company's prospects: five to begin with, and its own."""

from sqlalchemy import func, select

from domain.fields import Field, Fields, Given, between, line
from domain.problem import ProblemCode, reject
from domain.work import UnitOfWork
from models import ProspectState
from models.viewer import Permission

FIELDS: Fields = {
    "name": Field(line(120), required=True),
    "position": Field(between(0, 10_000), required=True),
    "active": Field(required=True, default=True),
}


async def create_prospect_state(work: UnitOfWork, given: Given) -> ProspectState:
    """A new state, the last unless it is told otherwise."""
    work.viewer.demand(Permission.COMPANY_WRITE)
    last = select(func.max(ProspectState.position)).where(ProspectState.company_id == work.company_id)
    end = await work.session.scalar(last)
    given = {"position": 0 if end is None else min(end + 1, 10_000)} | {**given}
    return await work.add(work.new(ProspectState, **await work.read(FIELDS, given, creating=True)))


async def update_prospect_state(work: UnitOfWork, given: Given) -> ProspectState:
    """Changes what is given."""
    state = await _found(work, given)
    values = await work.read(FIELDS, given)
    if any(getattr(state, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(state, name, value)
        work.touch(state)
    return state


async def delete_prospect_state(work: UnitOfWork, given: Given) -> ProspectState:
    """Deletes a state that no prospect is in; others can be made inactive."""
    state = await _found(work, given)
    await work.session.delete(state)
    await work.flush()
    return state


async def _found(work: UnitOfWork, given: Given) -> ProspectState:
    work.viewer.demand(Permission.COMPANY_WRITE)
    state = await work.get(ProspectState, given["id"], lock=True)
    if state is None:
        raise reject(ProblemCode.NOT_FOUND).at("id")
    work.expect(state, given)
    return state
