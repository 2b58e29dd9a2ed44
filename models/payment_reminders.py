"""How a client is reminded of what it owes (recordatorios de pago)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, Versioned
from models.columns import choice, number_of
from models.constraints import EMAIL_PATTERN, index, of_client, one_of


class ReminderMoment(StrEnum):
    """When a reminder goes out, relative to the due date."""

    BEFORE = "BEFORE"
    ON = "ON"
    AFTER = "AFTER"


_ADDRESSES = f"^({EMAIL_PATTERN.strip('^$')}( |$))*$"


class PaymentReminders(Versioned, Base):
    """The configuration of a client's reminders. They go to its contacts with `receives_reminders`, and to `cc`."""

    __tablename__ = "payment_reminders"
    __table_args__: Sequence[Any] = (
        PrimaryKeyConstraint("company_id", "client_id"),
        ForeignKeyConstraint(["company_id"], ["company.id"]),
        of_client(),
        CheckConstraint(f"array_to_string(cc, ' ') ~ '{_ADDRESSES}' and array_position(cc, null) is null", name="cc"),
    )

    company_id: Mapped[UUID]
    client_id: Mapped[UUID]
    enabled: Mapped[bool] = mapped_column(server_default=text("false"))
    cc: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    attach_pdf: Mapped[bool] = mapped_column(server_default=text("true"))
    attach_xml: Mapped[bool] = mapped_column(server_default=text("false"))
    working_days_only: Mapped[bool] = mapped_column(server_default=text("true"))


class Reminder:
    """So many days before or after the due date, or on it, at an hour of the company's zone."""

    position: Mapped[int] = mapped_column(Integer)
    moment: Mapped[ReminderMoment] = choice(ReminderMoment)
    days: Mapped[int] = number_of(0, 365)
    hour: Mapped[int] = number_of(0, 23)
    repeat_every_days: Mapped[int | None] = number_of(1, 365)
    repeat_at_most: Mapped[int | None] = number_of(1, 100)

    @classmethod
    def rules(cls) -> Sequence[CheckConstraint]:
        """What holds of any reminder."""
        return (
            one_of("moment", ReminderMoment),
            CheckConstraint("(moment = 'ON') = (days = 0)", name="on_the_day"),
            CheckConstraint(
                "(repeat_every_days is null) = (repeat_at_most is null)"
                " and (repeat_every_days is null or moment = 'AFTER')",
                name="repeat",
            ),
        )


class ReminderRule(Owned, Reminder, Base):
    """One reminder of a client."""

    __tablename__ = "reminder_rule"

    client_id: Mapped[UUID]

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            ForeignKeyConstraint(
                ["company_id", "client_id"],
                ["payment_reminders.company_id", "payment_reminders.client_id"],
                ondelete="CASCADE",
            ),
            index("ix_reminder_rule_client", "client_id", "position", "id"),
            *cls.rules(),
        )
