"""The reminders that a client's configuration begins with; they are set as a whole: see `schema.company`."""

import datetime

import strawberry

from models.payment_reminders import ReminderMoment
from resolvers import payment_reminders as answers
from schema.fields import answered, column
from schema.node import Node


@strawberry.type(
    description="A reminder that a client's configuration begins with (recordatorio por omisión), where it names none."
)
class DefaultReminder(Node):
    moment: ReminderMoment = column("Before, on or after the due date.")
    days: int = column("How many days before or after it; 0 on it.")
    hour: int = column("At what full hour in the company's time zone.")
    repeat_every_days: int | None = column("Repeated after the due date every so many days; null for once.")
    repeat_at_most: int | None = column("How many times it is repeated at most.")
    summary: str = answered(
        answers.summary, "The rule as a sentence in the viewer's language: `5 días antes del vencimiento, a las 9:00`."
    )
    created_at: datetime.datetime = column("When the company's reminders were last changed: all of them are then new.")
    updated_at: datetime.datetime = column("As `createdAt`.")
