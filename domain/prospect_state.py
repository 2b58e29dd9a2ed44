"""The states of the company's prospects: five to begin with, and its own."""

from uuid import UUID

from domain.fields import fields_of
from domain.vocabulary import Vocabulary
from domain.work import UnitOfWork
from models import ProspectState
from models.viewer import Permission

STATES = Vocabulary(ProspectState, fields_of(ProspectState), permission=Permission.COMPANY_WRITE)


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
