"""The company's own numbers, as of follow-up keys. Numbers of one sequence have neither gaps nor duplicates."""

from sqlalchemy.dialects.postgresql import insert

from database.session import FOR_CHANGE
from domain.problem import SEQUENCE_FULL, reject
from domain.work import UnitOfWork
from models import CompanySequence
from models.folio_series import LAST_FOLIO


async def next_number(work: UnitOfWork, name: str) -> int:
    """The sequence's next number, from 1. Its row stays locked to the end, so a number that is not kept is reused.
    SEQUENCE_FULL after the last. Several in one transaction are counted together."""
    sequence = await work.session.find(CompanySequence, {"company_id": work.company_id, "name": name}, FOR_CHANGE)
    if sequence is not None:
        work.session.hold([sequence])
        if sequence.value >= LAST_FOLIO:
            raise reject(SEQUENCE_FULL, series=name, most=LAST_FOLIO)
        sequence.value += 1
        return sequence.value
    row = insert(CompanySequence).values(company_id=work.company_id, name=name, value=1)
    step = row.on_conflict_do_update(
        index_elements=[CompanySequence.company_id, CompanySequence.name],
        set_={"value": CompanySequence.value + 1},
        where=CompanySequence.value < LAST_FOLIO,
    )
    number = (await work.session.execute(step.returning(CompanySequence.value))).scalar_one_or_none()
    if number is None:
        raise reject(SEQUENCE_FULL, series=name, most=LAST_FOLIO)
    return number
