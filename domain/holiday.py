"""The company's own days off."""

from sqlalchemy import func, select

from domain.audit import audit
from domain.company import settings_of
from domain.fields import fields_of
from domain.inputs import ById, Input
from domain.policy import NOT_FOUND
from domain.problem import TOO_MANY, reject
from domain.work import UnitOfWork
from models import Holiday
from models.audit import AuditEventKind

FIELDS = fields_of(Holiday)

MOST = 1_000
"""Days off of one company: they are read whole."""


async def create_holiday(work: UnitOfWork, input: Input) -> Holiday:
    """Another day off."""
    await settings_of(work)
    number = await work.session.scalar(select(func.count()).where(Holiday.company_id == work.company_id))
    if (number or 0) >= MOST:
        raise reject(TOO_MANY, most=MOST)
    holiday = await work.add(work.new(Holiday, **await work.read(FIELDS, input, creating=True)))
    audit(work, AuditEventKind.COMPANY_CHANGED, holiday=holiday.day.isoformat(), name=holiday.name, change="CREATED")
    return holiday


async def delete_holiday(work: UnitOfWork, input: ById) -> Holiday:
    """The day is a working day again, unless it is off anyway."""
    await settings_of(work)
    holiday = await work.get(Holiday, input.id)
    if holiday is None:
        raise reject(NOT_FOUND).at("id")
    audit(work, AuditEventKind.COMPANY_CHANGED, holiday=holiday.day.isoformat(), name=holiday.name, change="DELETED")
    await work.session.delete(holiday)
    work.flush()
    return holiday
