"""The reminders that a client's configuration begins with (recordatorios por omisión)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CheckConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned
from models.columns import choice, number_of
from models.constraints import index, one_of
from models.payment_reminders import ReminderMoment


class DefaultReminder(Owned, Base):
    """One reminder, as `ReminderRule`, of no client yet."""

    __tablename__ = "default_reminder"

    position: Mapped[int] = mapped_column(Integer)
    moment: Mapped[ReminderMoment] = choice(ReminderMoment)
    days: Mapped[int] = number_of(0, 365)
    hour: Mapped[int] = number_of(0, 23)
    repeat_every_days: Mapped[int | None] = number_of(1, 365)
    repeat_at_most: Mapped[int | None] = number_of(1, 100)

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            index("ix_default_reminder_position", "position", "id"),
            one_of("moment", ReminderMoment),
            CheckConstraint("(moment = 'ON') = (days = 0)", name="on_the_day"),
            CheckConstraint(
                "(repeat_every_days is null) = (repeat_at_most is null)"
                " and (repeat_every_days is null or moment = 'AFTER')",
                name="repeat",
            ),
        )
