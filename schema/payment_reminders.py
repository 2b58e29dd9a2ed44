"""The configuration of a client's payment reminders."""

import datetime

import strawberry

from resolvers import shown
from schema.contact import Contact
from schema.enums import ReminderMoment, ReminderObstacle
from schema.fields import column, related, shows
from schema.node import Node
from schema.sales_document import SalesDocument
from schema.scalars import EmailAddress


@strawberry.type(description="When one reminder goes out (regla de recordatorio).")
class ReminderRule(Node):
    moment: ReminderMoment = column("Before, on or after the due date.")
    days: int = column("How many days before or after it; 0 on it.")
    hour: int = column("At what full hour, 0 to 23, in the company's time zone.")
    repeat_every_days: int | None = column("After the due date: repeated every so many days; null for once.")
    repeat_at_most: int | None = column("How many times it is repeated at most.")


@strawberry.type(description="How the client is reminded of what it owes (recordatorios de pago).")
class PaymentReminders:
    enabled: bool = column("Whether reminders go out at all (activos).")
    rules: list[ReminderRule] = related("The reminders, itemised, in their order.")
    recipients: list[Contact] = related("The contacts that they go to.")
    cc: list[EmailAddress] = column("Further addresses that get a copy.")
    attach_pdf: bool = column("Whether the document's PDF is attached.")
    attach_xml: bool = column("Whether the invoice's XML is attached.")
    working_days_only: bool = column("Whether a reminder that falls on a day off moves to the next working day.")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")


@strawberry.type(description="One reminder of one document (recordatorio), as things stand.")
@shows(shown.Reminder)
class PaymentReminder:
    document: SalesDocument = column("What is owed.")
    rule: ReminderRule | None = column("The rule it comes from; null where no rule applies.")
    sends_at: datetime.datetime | None = column("When it goes out; null where that cannot be told.")
    to: list[Contact] = column("The contacts that get it.")
    cc: list[EmailAddress] = column("Further addresses that get a copy.")
    obstacles: list[ReminderObstacle] = column("Why it does not go out; empty when it does.")
