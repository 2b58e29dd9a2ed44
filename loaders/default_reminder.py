"""The reminders that a client's configuration begins with."""

import models
from loaders.entity import Entity
from models.viewer import Permission


class DefaultReminderEntity(Entity, model=models.DefaultReminder, prefix="drm"):
    permission = Permission.BILLING_READ
