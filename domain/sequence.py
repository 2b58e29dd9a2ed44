"""The company's own numbers: follow-up keys, folios. Numbers of one sequence have neither gaps nor duplicates."""

from sqlalchemy.dialects.postgresql import insert

from domain.work import UnitOfWork
from models import CompanySequence


async def next_number(work: UnitOfWork, name: str) -> int:
    """The sequence's next number, from 1. Its row stays locked to the end, so a number that is not kept is reused."""
    row = insert(CompanySequence).values(company_id=work.company_id, name=name, value=1)
    step = row.on_conflict_do_update(
        index_elements=[CompanySequence.company_id, CompanySequence.name], set_={"value": CompanySequence.value + 1}
    )
    return (await work.session.execute(step.returning(CompanySequence.value))).scalar_one()
