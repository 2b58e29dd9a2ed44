"""The reminders that a client's configuration begins with."""

from collections.abc import Sequence

from sqlalchemy import delete

from domain.audit import audit
from domain.company import settings_of
from domain.history import snapshot
from domain.inputs import Expecting, Input
from domain.payment_reminders import RULE, read_rules, said
from domain.work import UnitOfWork
from models import Company, DefaultReminder
from models.audit import AuditEventKind


class SetDefaultReminders(Expecting):
    """All the rules; `expected_version` is the company's."""

    rules: Sequence[Input]


async def set_default_reminders(work: UnitOfWork, input: SetDefaultReminders) -> Company:
    """Replaces the rules; clients that have a configuration keep theirs."""
    company = await settings_of(work)
    work.expect(company, input)
    rules = read_rules(input.rules)
    query = work.of(DefaultReminder).order_by(DefaultReminder.position, DefaultReminder.id)
    former = (await work.session.scalars(query)).all()
    if [snapshot(rule, RULE) for rule in former] == rules:
        return company
    before = said(former)
    await work.session.execute(delete(DefaultReminder).where(DefaultReminder.company_id == work.company_id))
    added = [work.new(DefaultReminder, position=place, **rule) for place, rule in enumerate(rules)]
    work.session.add_all(added)
    changes = [{"field": "default_reminders", "from": before, "to": said(added)}]
    audit(work, AuditEventKind.COMPANY_CHANGED, changes=changes)
    work.touch(company)
    work.flush()
    return company
