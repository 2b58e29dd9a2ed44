"""The configuration of a client's payment reminders."""

from sqlalchemy import and_

import models
from loaders.entity import Entity, alive
from loaders.relation import ToMany
from models.viewer import Permission


class PaymentRemindersEntity(Entity, model=models.PaymentReminders, prefix="rem"):
    permission = Permission.BILLING_READ
    rules = ToMany(models.ReminderRule, on="client_id", key="client_id", order=("position",))
    recipients = ToMany(
        models.Contact,
        on="client_id",
        key="client_id",
        order=("position",),
        where=lambda c: and_(c["receives_reminders"], alive(c)),
    )


class ReminderRuleEntity(Entity, model=models.ReminderRule, prefix="rul"):
    permission = Permission.BILLING_READ
