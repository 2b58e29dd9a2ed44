"""How a client is reminded of what it owes: so many days before or after the due date, or on it, at an hour of the
company's zone; after it, again and again if so desired. Which reminder goes out when is computed, not stored.

The rules are ours, drawn from comparable products.
"""

import contextlib
import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from domain import history
from domain.email import parse_email
from domain.fields import Field, fields_of
from domain.fields import read as read_values
from domain.inputs import Expecting, Input, Maybe, OnClient, known
from domain.policy import NOT_FOUND, ClientAction
from domain.problem import TOO_MANY, Problem, Rejected, error, reject, reject_any, warning
from domain.work import UnitOfWork
from domain.working_days import USUAL, WorkCalendar
from models import Client, Contact, DefaultReminder, PaymentReminders, ReminderRule
from models.history import Change, HistoryEventKind
from models.payment_reminders import ReminderMoment

REMINDER_DAYS: Final = error(
    "Antes o después son 1 a 365 días; el día del vencimiento, 0.",
    "Before or after is 1 to 365 days; on the due date, 0.",
)
REMINDER_REPEAT: Final = error(
    "Solo después del vencimiento se repite, y con ambos datos: cada cuántos días y cuántas veces.",
    "A reminder is repeated only after the due date, and needs both: the days between and the number of times.",
)
REMINDER_NO_RECIPIENT: Final = warning(
    "Ningún contacto con correo los recibe: no saldrá ninguno.",
    "No contact with an e-mail address receives them: none will go out.",
)


MOST: Final = 20
"""Rules, and further addresses."""


def _addresses(texts: Sequence[str]) -> list[str]:
    """E-mail addresses, each once; problems lead to the one at fault."""
    if len(texts) > MOST:
        raise reject(TOO_MANY, most=MOST)
    addresses: dict[str, None] = {}
    problems: list[Problem] = []
    for place, text in enumerate(texts):
        with UnitOfWork.gathering(problems):
            try:
                addresses[parse_email(text)] = None
            except Rejected as rejected:
                raise rejected.at(place) from None
    reject_any(problems)
    return list(addresses)


FIELDS = fields_of(PaymentReminders, cc=Field(_addresses, required=False))
RULE = fields_of(
    ReminderRule,
    but=["position"],
    days=Field(default=0),
    hour=Field(default=9),
)


class UpdateReminders(OnClient, Expecting):
    """Changes to a client's reminders. Rules and recipients are replaced as wholes."""

    rules: Maybe[Sequence[Input]]
    recipient_ids: Maybe[Sequence[UUID]]


class Rule(Protocol):
    """One reminder of the configuration: a row of the read side or a record of the write side."""

    @property
    def moment(self) -> Any: ...
    @property
    def days(self) -> Any: ...
    @property
    def hour(self) -> Any: ...
    @property
    def repeat_every_days(self) -> Any: ...
    @property
    def repeat_at_most(self) -> Any: ...


async def reminders_of(work: UnitOfWork, client: Client) -> PaymentReminders | None:
    """The client's configuration; None where there is none."""
    return await work.session.scalar(work.of(PaymentReminders, PaymentReminders.client_id == client.id))


async def update_payment_reminders(work: UnitOfWork, input: UpdateReminders) -> PaymentReminders:
    """Changes what the input states; rules, recipients and further addresses are replaced as wholes."""
    client = await work.client(input.client_id, ClientAction.EDIT_BILLING)
    current = await reminders_of(work, client)
    if current:
        work.comes_after(current)
    work.expect_any(current, input)
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    with work.gathering(problems):
        values = await work.read(FIELDS, input, creating=current is None)
    rules = _rules(known(input.rules), problems)
    reject_any(problems)
    if current is None and rules is None:
        rules = await default_rules(work)
    if "cc" in values:
        values["cc"] = values["cc"] or []

    before = history.snapshot(current, FIELDS) if current else dict.fromkeys(FIELDS)
    changes = await history.differences(work, FIELDS, before, values)
    reminders = current or await work.add(work.new(PaymentReminders, client_id=client.id, **values))
    for name, value in values.items():
        setattr(reminders, name, value)
    if rules is not None:
        changes += await _replace_rules(work, reminders, rules)
    recipients = known(input.recipient_ids)
    if recipients is not None:
        changes += await _replace_recipients(work, reminders, recipients)
    if reminders.enabled and not any(contact.email for contact in await _recipients(work, reminders)):
        work.warnings.append(Problem(REMINDER_NO_RECIPIENT, ("recipient_ids",)))
    if changes:
        if current:
            work.touch(current)
        change = Change.UPDATED if current else Change.CREATED
        history.note(work, HistoryEventKind.PAYMENT_REMINDERS_CHANGED, client, change, client.legal_name, changes)
    return reminders


def read_rules(inputs: Sequence[Input]) -> list[dict[str, Any]]:
    """The rules that the input states, in stored form. `Rejected` with every problem; paths begin with `rules`."""
    problems: list[Problem] = []
    rules = _rules(inputs, problems)
    reject_any(problems)
    return rules or []


async def default_rules(work: UnitOfWork) -> list[dict[str, Any]]:
    """What a client's configuration begins with, as the company says."""
    query = work.of(DefaultReminder).order_by(DefaultReminder.position, DefaultReminder.id)
    return [history.snapshot(rule, RULE) for rule in await work.session.scalars(query)]


def _rules(inputs: Sequence[Input] | None, problems: list[Problem]) -> list[dict[str, Any]] | None:
    if inputs is None:
        return None
    if len(inputs) > MOST:
        problems.append(Problem(TOO_MANY, ("rules",), {"most": MOST}))
        return None
    rules: list[dict[str, Any]] = []
    for place, rule in enumerate(inputs):
        try:
            values = read_values(RULE, rule, creating=True)
            after = values["moment"] is ReminderMoment.AFTER
            if (values["moment"] is ReminderMoment.ON) != (values["days"] == 0):
                raise reject(REMINDER_DAYS).at("days")
            repeats = [values["repeat_every_days"] is not None, values["repeat_at_most"] is not None]
            if any(repeats) and not (after and all(repeats)):
                raise reject(REMINDER_REPEAT).at("repeat_every_days")
            rules.append(values)
        except Rejected as rejected:
            problems += rejected.at("rules", place).problems
    return rules


async def _replace_rules(
    work: UnitOfWork, reminders: PaymentReminders, rules: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    query = work.of(ReminderRule, ReminderRule.client_id == reminders.client_id)
    former = (await work.session.scalars(query.order_by(ReminderRule.position, ReminderRule.id))).all()
    if [history.snapshot(rule, RULE) for rule in former] == list(rules):
        return []
    await work.session.execute(
        delete(ReminderRule).where(
            ReminderRule.company_id == work.company_id, ReminderRule.client_id == reminders.client_id
        )
    )
    added = [
        work.new(ReminderRule, client_id=reminders.client_id, position=position, **rule)
        for position, rule in enumerate(rules)
    ]
    work.session.add_all(added)
    work.flush()
    return [{"field": "rules", "from": said(former), "to": said(added)}]


async def _recipients(work: UnitOfWork, reminders: PaymentReminders) -> Sequence[Contact]:
    mine = work.of(
        Contact,
        Contact.client_id == reminders.client_id,
        Contact.receives_reminders,
        Contact.deleted_at.is_(None),
    )
    return (await work.session.scalars(mine.order_by(Contact.position, Contact.id))).all()


async def _replace_recipients(
    work: UnitOfWork, reminders: PaymentReminders, ids: Sequence[Any]
) -> list[dict[str, Any]]:
    query = work.of(Contact, Contact.client_id == reminders.client_id, Contact.deleted_at.is_(None))
    contacts = {c.id: c for c in await work.session.scalars(query.order_by(Contact.position, Contact.id))}
    unknown = [Problem(NOT_FOUND, ("recipient_ids", place)) for place, id in enumerate(ids) if id not in contacts]
    reject_any(unknown)
    former = [contact for contact in contacts.values() if contact.receives_reminders]
    listed = set(ids)
    chosen = [contact for contact in contacts.values() if contact.id in listed]
    if former == chosen:
        return []
    for contact in contacts.values():
        if contact.receives_reminders != (contact.id in listed):
            contact.receives_reminders = contact.id in listed
            work.touch(contact)
    names = [", ".join(contact.name for contact in some) or None for some in (former, chosen)]
    return [{"field": "recipients", "from": names[0], "to": names[1]}]


def said(rules: Sequence[Rule]) -> str | None:
    """As the history has them: `BEFORE 5 d 9:00; AFTER 1 d 9:00 (+7 d × 4)`."""
    return (
        "; ".join(
            f"{rule.moment} {rule.days} d {rule.hour}:00"
            + (f" (+{rule.repeat_every_days} d × {rule.repeat_at_most})" if rule.repeat_every_days else "")
            for rule in rules
        )
        or None
    )


_SAYS: Final = {
    "es": {
        ReminderMoment.BEFORE: "{days} antes del vencimiento, {hour}",
        ReminderMoment.ON: "El día del vencimiento, {hour}",
        ReminderMoment.AFTER: "{days} después del vencimiento, {hour}",
    },
    "en": {
        ReminderMoment.BEFORE: "{days} before the due date, {hour}",
        ReminderMoment.ON: "On the due date, {hour}",
        ReminderMoment.AFTER: "{days} after the due date, {hour}",
    },
}


def sentence_of(rule: Mapping[str, Any], language: str) -> str:
    """A rule as people read it, by its columns: "1 día después del vencimiento, a las 9:00; se repite cada 7 días,
    hasta 4 veces"."""
    days, hour, every, most = (rule[name] for name in ("days", "hour", "repeat_every_days", "repeat_at_most"))
    template = _SAYS[language][ReminderMoment(rule["moment"])]
    if language == "en":
        text = template.format(days=f"{days} day{'s' * (days != 1)}", hour=f"at {hour}:00")
        repeated = f"; repeated every {'day' if every == 1 else f'{every} days'}, "
        times = "once" if most == 1 else f"up to {most} times"
    else:
        text = template.format(days=f"{days} día{'s' * (days != 1)}", hour=f"a la{'s' * (hour != 1)} {hour}:00")
        repeated = f"; se repite cada {'día' if every == 1 else f'{every} días'}, "
        times = "una vez" if most == 1 else f"hasta {most} veces"
    return text + (repeated + times if every else "")


# Which reminder goes out when


class ReminderObstacle(StrEnum):
    """Why a reminder does not go out."""

    DISABLED = "DISABLED"
    NO_RECIPIENT = "NO_RECIPIENT"
    NO_DUE_DATE = "NO_DUE_DATE"
    NO_RULES = "NO_RULES"
    PAST = "PAST"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder of one document. `sends_at` is null where no date can be told; `obstacles` say why it stays."""

    document: Any
    rule: Any
    sends_at: datetime.datetime | None
    to: tuple[Any, ...]
    cc: tuple[str, ...]
    obstacles: tuple[ReminderObstacle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What decides over a client's reminders."""

    enabled: bool
    working_days_only: bool
    rules: Sequence[Rule]
    recipients: Sequence[Any]
    """Contacts; those without an e-mail address get nothing."""
    cc: Sequence[str] = ()
    calendar: WorkCalendar = USUAL
    """The company's."""


def preview(
    configuration: Configuration, owed: Sequence[Any], now: datetime.datetime, zone: ZoneInfo
) -> list[Reminder]:
    """Every reminder of the documents that are owed, as things stand, in the order in which they would go out.

    A document without a balance gets none: it is not among those that are owed.
    """
    to = tuple(contact for contact in configuration.recipients if contact.email)
    always = (
        *(() if configuration.enabled else (ReminderObstacle.DISABLED,)),
        *(() if to else (ReminderObstacle.NO_RECIPIENT,)),
    )
    cc = tuple(configuration.cc)
    calendar = configuration.calendar if configuration.working_days_only else None
    reminders: list[Reminder] = []
    for document in owed:
        if document.total - document.paid <= Decimal(0):
            continue
        lacking = (
            *(() if document.due_on else (ReminderObstacle.NO_DUE_DATE,)),
            *(() if configuration.rules else (ReminderObstacle.NO_RULES,)),
        )
        if lacking:
            reminders.append(Reminder(document, None, None, to, cc, (*always, *lacking)))
            continue
        for rule, sends_at in messages(configuration.rules, document.due_on, zone, calendar):
            past = (ReminderObstacle.PAST,) if sends_at < now else ()
            reminders.append(Reminder(document, rule, sends_at, to, cc, (*always, *past)))
    return sorted(reminders, key=lambda reminder: reminder.sends_at or now)


def messages(
    rules: Sequence[Rule], due_on: datetime.date, zone: ZoneInfo, calendar: WorkCalendar | None
) -> Iterator[tuple[Rule, datetime.datetime]]:
    """What is sent about a document that falls due on the day, in order: the rule, and when, in UTC.

    What falls on a day off of the calendar moves to a working day: a reminder before the due date to the one before, so
    that it still comes in time, all others to the next. Of those that are then on one day the strongest goes out alone,
    at its own hour: the one planned for the latest day, by which it is nearest to the due date or furthest past it; of
    two planned for one day the one that is no repetition, and then the one that is listed first.
    """
    strongest: dict[datetime.date, tuple[tuple[int, int, int], Rule]] = {}
    for place, rule in enumerate(rules):
        for offset, day in _days(rule, due_on, calendar):
            strength = (offset, rule.days, -place)
            if day not in strongest or strongest[day][0] < strength:
                strongest[day] = (strength, rule)
    for day, (_, rule) in sorted(strongest.items(), key=lambda each: each[0]):
        yield rule, datetime.datetime.combine(day, datetime.time(rule.hour), zone).astimezone(datetime.UTC)


def _days(rule: Rule, due_on: datetime.date, calendar: WorkCalendar | None) -> Sequence[tuple[int, datetime.date]]:
    """The days of a rule's reminder and of its repetitions: by how many they are planned after the due date, and on
    which they go out. None of a rule that leads beyond the calendar's ends, as of a document due on its last day."""
    before = rule.moment == ReminderMoment.BEFORE
    first = -rule.days if before else rule.days
    offsets = [first + (rule.repeat_every_days or 0) * time for time in range((rule.repeat_at_most or 0) + 1)]
    with contextlib.suppress(OverflowError):
        days = [due_on + datetime.timedelta(days=offset) for offset in offsets]
        if calendar:
            move = calendar.previous_working_day if before else calendar.next_working_day
            days = [move(day) for day in days]
        return list(zip(offsets, days, strict=True))
    return ()
