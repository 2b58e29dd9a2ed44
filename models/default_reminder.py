"""The reminders that a client's configuration begins with (recordatorios por omisión)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, choice, one_of
from models.payment_reminders import ReminderMoment


class DefaultReminder(Owned, Base):
    """One reminder, as `ReminderRule`, of no client yet."""

    __tablename__ = "default_reminder"

    position: Mapped[int] = mapped_column(Integer)
    moment: Mapped[ReminderMoment] = choice(ReminderMoment)
    days: Mapped[int] = mapped_column(Integer)
    hour: Mapped[int] = mapped_column(Integer)
    repeat_every_days: Mapped[int | None] = mapped_column(Integer)
    repeat_at_most: Mapped[int | None] = mapped_column(Integer)

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            Index("ix_default_reminder_position", "company_id", "position", "id"),
            one_of("moment", ReminderMoment),
            CheckConstraint("hour between 0 and 23", name="hour"),
            CheckConstraint("days between 0 and 365 and (moment = 'ON') = (days = 0)", name="days"),
            CheckConstraint(
                "(repeat_every_days is null) = (repeat_at_most is null)"
                " and (repeat_every_days is null or moment = 'AFTER')"
                " and repeat_every_days between 1 and 365 and repeat_at_most between 1 and 100",
                name="repeat",
            ),
        )
