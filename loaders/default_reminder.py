"""The reminders that a client's configuration begins with."""

import models
from loaders.entity import Derived, Entity, value_of
from models.viewer import Permission


class DefaultReminderEntity(Entity, model=models.DefaultReminder, prefix="drm"):
    permission = Permission.BILLING_READ
    # All of them are written anew with each change.
    created_at = Derived(lambda _: value_of(models.Company, "updated_at"))
    updated_at = created_at
