"""The configuration of a client's payment reminders."""

import models
from loaders.deleted import Deleted
from loaders.entity import Derived, Entity, value_of
from loaders.relation import ToMany
from models.viewer import Permission


class PaymentRemindersEntity(Entity, model=models.PaymentReminders, prefix="rem"):
    permission = Permission.BILLING_READ
    key = "client_id"
    rules = ToMany(models.ReminderRule, on="client_id", key="client_id", order=("position",))
    recipients = ToMany(
        models.Contact,
        on="client_id",
        key="client_id",
        order=("position",),
        where=lambda c: c["receives_reminders"],
        deleted=Deleted.EXCLUDE,
    )


class ReminderRuleEntity(Entity, model=models.ReminderRule, prefix="rul"):
    permission = Permission.BILLING_READ
    # All of them are written anew with each change.
    created_at = Derived(lambda c: value_of(models.PaymentReminders, "updated_at", c["client_id"], key="client_id"))
    updated_at = created_at
