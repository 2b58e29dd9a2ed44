"""The reminders that a client's configuration begins with (recordatorios por omisión)."""

from collections.abc import Sequence
from typing import Any

from models.base import Base, Owned
from models.constraints import index
from models.payment_reminders import Reminder


class DefaultReminder(Owned, Reminder, Base):
    """One reminder, of no client yet."""

    __tablename__ = "default_reminder"

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (index("ix_default_reminder_position", "position", "id"), *cls.rules())
