"""The configuration of a client's payment reminders."""

import datetime

import strawberry

import models
from domain import payment_reminders as commands
from domain.payment_reminders import ReminderObstacle
from domain.policy import ClientAction
from models.payment_reminders import ReminderMoment
from resolvers import payment_reminders as answers
from resolvers import shown
from schema.contact import ClientContact
from schema.enums import describe, label, name_fields
from schema.fields import answered, column, related, shows
from schema.inputs import OnClient, Ref, required, value
from schema.mutations import mutation
from schema.node import Node
from schema.sales_document import SalesDocument
from schema.scalars import EmailAddress

describe(
    ReminderMoment,
    "When a reminder goes out (momento del recordatorio).",
    BEFORE=label("Antes del vencimiento", "Before the due date"),
    ON=label("El día del vencimiento", "On the due date"),
    AFTER=label("Después del vencimiento", "After the due date"),
)

describe(
    ReminderObstacle,
    "Why a payment reminder (recordatorio de pago) does not go out.",
    DISABLED=label("Desactivados", "Turned off", "the client's reminders are off."),
    NO_RECIPIENT=label("Sin destinatario", "Without recipient", "no contact with an e-mail address gets them."),
    NO_DUE_DATE=label("Sin vencimiento", "Without due date", "the document has no due date."),
    NO_RULES=label("Sin reglas", "Without rules", "no reminders are configured."),
    PAST=label("Fecha pasada", "Date in the past", "its time has passed."),
)


name_fields(
    models.PaymentReminders,
    enabled=label("Recordatorios activos", "Reminders on"),
    cc=label("Con copia a", "Copies to"),
    attach_pdf=label("Adjuntar PDF", "Attach PDF"),
    attach_xml=label("Adjuntar XML", "Attach XML"),
    working_days_only=label("Solo en días hábiles", "On working days only"),
    rules=label("Reglas", "Rules"),
    recipients=label("Destinatarios", "Recipients"),
)


@strawberry.type(description="When one reminder goes out (regla de recordatorio).")
class ReminderRule(Node):
    moment: ReminderMoment = column("Before, on or after the due date.")
    days: int = column("How many days before or after it; 0 on it.")
    hour: int = column("At what full hour in the company's time zone.")
    repeat_every_days: int | None = column("Repeated after the due date every so many days; null for once.")
    repeat_at_most: int | None = column("How many times it is repeated at most.")
    summary: str = answered(
        answers.summary, "The rule as a sentence in the viewer's language: `5 días antes del vencimiento, a las 9:00`."
    )
    created_at: datetime.datetime = column("When the client's reminders were last changed: all of them are then new.")
    updated_at: datetime.datetime = column("As `createdAt`.")


@strawberry.type(description="The client's payment reminders (recordatorios de pago).")
class PaymentReminders(Node):
    enabled: bool = column("Whether reminders go out at all (activos).")
    rules: list[ReminderRule] = related("The reminders, itemised, in their order.")
    recipients: list[ClientContact] | None = related("The contacts that they go to.")
    cc: list[EmailAddress] = column("Further addresses that get a copy.")
    attach_pdf: bool = column("Whether the document's PDF is attached.")
    attach_xml: bool = column("Whether the invoice's XML is attached.")
    working_days_only: bool = column(
        "Whether a reminder that falls on a day off moves: one before the due date to the working day before, others to"
        " the next."
    )
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.type(description="One reminder of one document (recordatorio), as things stand.")
@shows(shown.Reminder)
class PaymentReminder:
    document: SalesDocument = column("What is owed.")
    rule: ReminderRule | None = column("The rule it comes from; null where no rule applies.")
    sends_at: datetime.datetime | None = column("When it goes out; null if that is unknown.")
    to: list[ClientContact] = column("The contacts that get it.")
    cc: list[EmailAddress] = column("Further addresses that get a copy.")
    obstacles: list[ReminderObstacle] = column("Why it does not go out; empty when it does.")


@strawberry.input(description="One reminder.")
class ReminderRuleInput:
    moment: ReminderMoment = required("Before, on or after the due date.")
    days: int = value("How many days before or after; 0 on the due date.", default=0)
    hour: int = value("At what full hour in the company's time zone.", default=9)
    repeat_every_days: int | None = value("Repeated after the due date every so many days.", default=None)
    repeat_at_most: int | None = value("How many times it is repeated at most.", default=None)


@strawberry.input(description="How a client is reminded; not a type of the schema itself.")
class PaymentRemindersInput:
    enabled: bool | None = value("Whether reminders go out at all.")
    rules: list[ReminderRuleInput] | None = value("All the reminders, in their order, at most 20.")
    recipient_ids: list[Ref["ClientContact"]] | None = value("All the contacts that they go to.")
    cc: list[EmailAddress] | None = value("All the further addresses, at most 20.")
    attach_pdf: bool | None = value("Whether the document's PDF is attached.")
    attach_xml: bool | None = value("Whether the invoice's XML is attached.")
    working_days_only: bool | None = value(
        "Whether a reminder on a day off moves: one before the due date to the working day before, others to the next."
    )


@strawberry.input(description="Changes to the client's payment reminders.")
class UpdatePaymentRemindersInput(OnClient, PaymentRemindersInput):
    expected_version: int | None = value("The configuration's `version` that was read.")


MUTATIONS = (
    mutation(
        UpdatePaymentRemindersInput,
        commands.update_payment_reminders,
        None,
        "Configures the payment reminders.",
        needs=ClientAction.EDIT_BILLING,
    ),
)
