"""Payment reminders: their configuration, and which would go out when."""

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies

from domain.payment_reminders import Configuration, messages, preview, update_payment_reminders
from domain.working_days import USUAL, WorkCalendar, official_holidays
from models import Contact, PaymentReminders, ReminderRule
from tests.fixtures import NOON
from tests.writing import Writer, events, rows

MEXICO = ZoneInfo("America/Mexico_City")
NOW = datetime.datetime(2026, 3, 10, 18, tzinfo=datetime.UTC)
ANA = SimpleNamespace(name="Ana", email="ana@example.com")


def rule(moment: str = "ON", days: int = 0, hour: int = 9, every: int | None = None, times: int | None = None) -> Any:
    return SimpleNamespace(moment=moment, days=days, hour=hour, repeat_every_days=every, repeat_at_most=times)


def owed(due_on: str | None, total: str = "100.00", paid: str = "0.00") -> Any:
    day = due_on and datetime.date.fromisoformat(due_on)
    return SimpleNamespace(due_on=day, total=Decimal(total), paid=Decimal(paid))


def previewed(documents: list[Any], **configuration: Any) -> list[tuple[str | None, list[str], list[str]]]:
    given = {"enabled": True, "working_days_only": False, "rules": [rule()], "recipients": [ANA]} | configuration
    return [
        (
            reminder.sends_at and reminder.sends_at.astimezone(MEXICO).isoformat(timespec="hours"),
            [contact.name for contact in reminder.to],
            [obstacle.value for obstacle in reminder.obstacles],
        )
        for reminder in preview(Configuration(**given), documents, NOW, MEXICO)
    ]


def test_before_on_and_after_at_the_companys_hour() -> None:
    """Case A07: before and after are words, not signs."""
    rules = [rule("AFTER", 1, every=7, times=2), rule("BEFORE", 5, hour=8), rule()]
    assert previewed([owed("2026-03-20")], rules=rules) == [
        ("2026-03-15T08-06:00", ["Ana"], []),
        ("2026-03-20T09-06:00", ["Ana"], []),
        ("2026-03-21T09-06:00", ["Ana"], []),
        ("2026-03-28T09-06:00", ["Ana"], []),
        ("2026-04-04T09-06:00", ["Ana"], []),
    ]


def test_every_document_has_its_own() -> None:
    """Case A06."""
    documents = [owed("2026-03-20"), owed("2026-03-18"), owed("2026-03-19")]
    assert [sends_at for sends_at, *_ in previewed(documents)] == [
        "2026-03-18T09-06:00", "2026-03-19T09-06:00", "2026-03-20T09-06:00",
    ]  # fmt: skip


def test_why_one_would_not_go_out() -> None:
    """Case A08."""
    unreachable = SimpleNamespace(name="Luis", email=None)
    due = [owed("2026-03-20")]
    assert previewed(due, enabled=False)[0][1:] == (["Ana"], ["DISABLED"])
    assert previewed(due, recipients=[unreachable])[0][1:] == ([], ["NO_RECIPIENT"])
    assert previewed(due, rules=[])[0] == (None, ["Ana"], ["NO_RULES"])
    assert previewed([owed(None)])[0] == (None, ["Ana"], ["NO_DUE_DATE"])
    assert previewed([owed("2026-03-10")])[0] == ("2026-03-10T09-06:00", ["Ana"], ["PAST"])


def test_each_document_is_judged_by_itself() -> None:
    """What lacks a due day stands where it is now, with all that keeps it; at its very hour a reminder is not past."""
    documents = [owed("2026-03-20"), owed("2026-03-10", "9.00", "9.00"), owed(None), owed("2026-03-10")]
    assert previewed(documents, rules=[rule(), rule(hour=12)], enabled=False) == [
        ("2026-03-10T09-06:00", ["Ana"], ["DISABLED", "PAST"]),
        (None, ["Ana"], ["DISABLED", "NO_DUE_DATE"]),
        ("2026-03-20T09-06:00", ["Ana"], ["DISABLED"]),
    ]
    assert previewed([owed("2026-03-10")], rules=[rule(hour=12)]) == [("2026-03-10T12-06:00", ["Ana"], [])]


def test_a_copy_goes_to_the_further_addresses() -> None:
    given = {"enabled": True, "working_days_only": False, "recipients": [ANA], "cc": ["jefe@example.com"]}
    for rules in ([], [rule()]):
        [reminder] = preview(Configuration(**given, rules=rules), [owed("2026-03-20")], NOW, MEXICO)
        assert (reminder.rule, reminder.cc) == (rules[0] if rules else None, ("jefe@example.com",))


def test_what_is_paid_is_not_reminded_of() -> None:
    assert previewed([owed("2026-03-20", "100.00", "100.00")]) == []


@pytest.mark.parametrize("left", ["0.01", "0.99", "1.00"])
def test_the_last_cent_is_reminded_of(left: str) -> None:
    paid = str(Decimal("100.00") - Decimal(left))
    assert previewed([owed("2026-03-20", "100.00", paid)]) == previewed([owed("2026-03-20", "100.00", "0.00")])


def test_a_day_off_moves_to_the_next_working_day_and_two_there_are_one() -> None:
    # Saturday 14 March 2026; Monday 16 is Juárez's day off.
    weekend = rule("AFTER", 1, every=1, times=3)
    assert [sends_at for sends_at, *_ in previewed([owed("2026-03-13")], rules=[weekend], working_days_only=True)] == [
        "2026-03-17T09-06:00"
    ]


def test_before_the_due_date_it_moves_to_the_working_day_before() -> None:
    # Due on Tuesday 17 March 2026: Saturday 14, Sunday 15 and Monday 16 (Juárez) are days off.
    rules = [rule("BEFORE", days) for days in (1, 2, 3)]
    sent = [sends_at for sends_at, *_ in previewed([owed("2026-03-17")], rules=rules, working_days_only=True)]
    assert sent == ["2026-03-13T09-06:00"]


@pytest.mark.claims(
    "docs/companies.md",
    "About one document at most one goes out a day, the strongest:"
    " the one planned for the latest day, at its own hour.",
)
@pytest.mark.parametrize(
    ("due_on", "rules", "sent"),
    [
        # Case M01: due on a Monday, planned for Sunday and Monday.
        ("2027-01-11", [rule("BEFORE", 1), rule()], [("2027-01-08T09", "BEFORE 1"), ("2027-01-11T09", "ON 0")]),
        # Case M02: due on a Saturday, planned for Saturday, Sunday and Monday.
        ("2027-01-09", [rule(), rule("AFTER", 1), rule("AFTER", 2)], [("2027-01-11T09", "AFTER 2")]),
        ("2027-01-09", [rule("AFTER", 2), rule("AFTER", 1), rule()], [("2027-01-11T09", "AFTER 2")]),
        # Several before the due date: the nearest to it.
        ("2027-01-11", [rule("BEFORE", 3), rule("BEFORE", 2, hour=17)], [("2027-01-08T17", "BEFORE 2")]),
        # At its own hour, whichever is earlier.
        ("2027-01-09", [rule(hour=8), rule("AFTER", 1, hour=17)], [("2027-01-11T17", "AFTER 1")]),
        ("2027-01-09", [rule(hour=17), rule("AFTER", 1, hour=8)], [("2027-01-11T08", "AFTER 1")]),
        # A repetition is weaker than a reminder of its own for the same day; of two alike the first is taken.
        (
            "2027-01-04",
            [rule("AFTER", 1, every=7, times=1), rule("AFTER", 8, hour=12)],
            [("2027-01-05T09", "AFTER 1"), ("2027-01-12T12", "AFTER 8")],
        ),
        ("2027-01-04", [rule(hour=10), rule(hour=9)], [("2027-01-04T10", "ON 0")]),
        # Christmas, a Friday, and the company's own days off around it.
        (
            "2026-12-25",
            [rule("BEFORE", 1), rule(), rule("AFTER", 3)],
            [("2026-12-23T09", "BEFORE 1"), ("2026-12-29T09", "AFTER 3")],
        ),
    ],
)
def test_one_message_a_day_and_document(due_on: str, rules: list[Any], sent: list[tuple[str, str]]) -> None:
    """Cases M01 and M02."""
    own = frozenset(map(datetime.date.fromisoformat, ("2026-12-24", "2026-12-28")))
    day = datetime.date.fromisoformat(due_on)
    shown = [
        (sends_at.astimezone(MEXICO).isoformat(timespec="hours").removesuffix("-06:00"), f"{each.moment} {each.days}")
        for each, sends_at in messages(rules, day, MEXICO, WorkCalendar(own=own))
    ]
    assert shown == sent


def test_each_document_has_its_message_of_the_day_also_where_it_is_past() -> None:
    """Documents do not take each other's messages, and one of the day that has passed is the day's all the same."""
    documents = [owed("2026-03-07"), owed("2026-03-08"), owed("2026-03-10")]
    rules = [rule("AFTER", 2, hour=8), rule(hour=9), rule("BEFORE", 1), rule("AFTER", 1, hour=17)]
    assert previewed(documents, rules=rules, working_days_only=True) == [
        ("2026-03-06T09-06:00", ["Ana"], ["PAST"]),
        ("2026-03-06T09-06:00", ["Ana"], ["PAST"]),
        ("2026-03-09T08-06:00", ["Ana"], ["PAST"]),
        ("2026-03-09T09-06:00", ["Ana"], ["PAST"]),
        ("2026-03-09T17-06:00", ["Ana"], ["PAST"]),
        ("2026-03-10T08-06:00", ["Ana"], ["PAST"]),
        ("2026-03-10T09-06:00", ["Ana"], ["PAST"]),
        ("2026-03-11T17-06:00", ["Ana"], []),
        ("2026-03-12T08-06:00", ["Ana"], []),
    ]


@given(
    due_on=strategies.dates(datetime.date(2020, 1, 1), datetime.date(2030, 1, 1)),
    rules=strategies.lists(
        strategies.builds(
            rule, strategies.sampled_from(["BEFORE", "AFTER"]), strategies.integers(1, 9), strategies.integers(0, 23)
        ),
        max_size=8,
    ),
)
def test_messages_are_in_order_and_one_a_day(due_on: datetime.date, rules: list[Any]) -> None:
    sent = [sends_at.astimezone(MEXICO) for _, sends_at in messages(rules, due_on, MEXICO, USUAL)]
    assert sent == sorted(sent)
    assert len({at.date() for at in sent}) == len(sent)


@pytest.mark.claims(
    "docs/companies.md",
    "Reminders that wait for a working day go by them: one before the due date goes out on the working day before,"
    " others on the next.",
)
@given(
    due_on=strategies.dates(datetime.date(2020, 1, 1), datetime.date(2030, 1, 1)),
    moment=strategies.sampled_from(["BEFORE", "ON", "AFTER"]),
    days=strategies.integers(1, 365),
    weekdays=strategies.sets(strategies.integers(1, 7), min_size=1),
    own=strategies.sets(strategies.integers(-400, 400), max_size=20),
)
def test_each_goes_out_on_the_nearest_working_day_in_its_direction(
    due_on: datetime.date, moment: str, days: int, weekdays: set[int], own: set[int]
) -> None:
    day = datetime.timedelta(days=1)
    calendar = WorkCalendar(frozenset(weekdays), own=frozenset(due_on + number * day for number in own))
    one = rule(moment, 0 if moment == "ON" else days)
    [(_, sends_at)] = messages([one], due_on, MEXICO, calendar)
    sent = sends_at.astimezone(MEXICO).date()
    step = -day if moment == "BEFORE" else day
    planned = due_on + one.days * step
    assert not calendar.is_day_off(sent)
    while planned != sent:
        assert calendar.is_day_off(planned)
        planned += step


@pytest.mark.parametrize(
    ("day", "off"),
    [
        ("2026-01-01", True), ("2026-02-02", True), ("2026-02-05", False), ("2026-03-16", True), ("2026-05-01", True),
        ("2026-09-16", True), ("2026-11-16", True), ("2026-11-20", False), ("2026-12-25", True), ("2024-10-01", True),
        ("2026-10-01", False), ("2030-10-01", True), ("2026-03-14", True), ("2026-03-17", False),
    ],
)  # fmt: skip
def test_days_off_are_those_of_the_labour_law(day: str, off: bool) -> None:
    assert USUAL.is_day_off(datetime.date.fromisoformat(day)) is off


def test_the_official_holidays_of_a_year_have_their_names() -> None:
    assert [(day.isoformat(), name) for day, name in official_holidays(2030)] == [
        ("2030-01-01", "Año Nuevo"),
        ("2030-02-04", "Día de la Constitución"),
        ("2030-03-18", "Natalicio de Benito Juárez"),
        ("2030-05-01", "Día del Trabajo"),
        ("2030-09-16", "Día de la Independencia"),
        ("2030-10-01", "Transmisión del Poder Ejecutivo Federal"),
        ("2030-11-18", "Día de la Revolución"),
        ("2030-12-25", "Navidad"),
    ]
    assert [day.isoformat() for day, name in official_holidays(2018) if name.startswith("Trans")] == ["2018-12-01"]


def test_a_company_works_on_its_own_days() -> None:
    day = datetime.date.fromisoformat
    shop = WorkCalendar(frozenset({1, 6, 7}), keeps_official=False, own=frozenset({day("2026-03-14")}))
    days = ("2026-03-13", "2026-03-14", "2026-03-15", "2026-03-16", "2026-03-17")
    assert [shop.is_day_off(day(each)) for each in days] == [True, True, False, False, True]
    assert shop.next_working_day(day("2026-03-13")) == day("2026-03-15")


@given(day=strategies.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)))
def test_the_next_working_day_is_near_and_is_one(day: datetime.date) -> None:
    moved = USUAL.next_working_day(day)
    assert datetime.timedelta(0) <= moved - day <= datetime.timedelta(days=5)
    assert not USUAL.is_day_off(moved)
    assert (moved == day) is not USUAL.is_day_off(day)


@given(
    due_on=strategies.dates(datetime.date(2020, 1, 1), datetime.date(2030, 1, 1)),
    hour=strategies.integers(0, 23),
    zone=strategies.sampled_from(["America/Mexico_City", "America/Tijuana", "America/Cancun"]),
)
def test_the_hour_is_that_of_the_zone_all_year(due_on: datetime.date, hour: int, zone: str) -> None:
    [(_, sends_at)] = messages([rule(hour=hour)], due_on, ZoneInfo(zone), calendar=None)
    local = sends_at.astimezone(ZoneInfo(zone))
    # Where clocks jump over the hour, it is the one after.
    assert (local.date(), local.hour in (hour, hour + 1)) == (due_on, True)


RULES = [
    {"moment": "BEFORE", "days": 5, "hour": 8},
    {"moment": "AFTER", "days": 1, "repeat_every_days": 7, "repeat_at_most": 4},
]


def test_the_configuration_is_replaced_as_a_whole(company: Any, owner: Any) -> None:
    mine = company()
    client = mine.client()
    ana = mine.add(Contact, client_id=client, name="Ana", email="ana@example.com")
    luis = mine.add(Contact, client_id=client, name="Luis", receives_reminders=True, position=1)
    writer = Writer(mine)
    whole = {"client_id": client, "enabled": True, "rules": RULES, "recipient_ids": [ana], "cc": ["Jefe@Example.com"]}
    writer.do(update_payment_reminders, whole)
    assert rows(owner, mine, PaymentReminders, "enabled", "cc", "attach_pdf", "version") == [
        (True, ["Jefe@example.com"], True, 1)
    ]
    assert sorted(rows(owner, mine, ReminderRule, "position", "moment", "days", "hour", "repeat_at_most")) == [
        (0, "BEFORE", 5, 8, None),
        (1, "AFTER", 1, 9, 4),
    ]
    assert rows(owner, mine, Contact, "id", "receives_reminders") == [(ana, True), (luis, False)]
    writer.do(update_payment_reminders, whole)
    writer.do(update_payment_reminders, {"client_id": client, "rules": [], "expected_version": 1})
    assert rows(owner, mine, ReminderRule, "id") == []
    assert [(details["change"], details["changes"][-2:]) for _, details in events(owner, mine)] == [
        (
            "CREATED",
            [
                {"field": "rules", "from": None, "to": "BEFORE 5 d 8:00; AFTER 1 d 9:00 (+7 d × 4)"},
                {"field": "recipients", "from": "Luis", "to": "Ana"},
            ],
        ),
        ("UPDATED", [{"field": "rules", "from": "BEFORE 5 d 8:00; AFTER 1 d 9:00 (+7 d × 4)", "to": None}]),
    ]


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        ({"moment": "BEFORE", "days": -3}, ("OUT_OF_RANGE", ("rules", 0, "days"))),
        ({"moment": "BEFORE"}, ("REMINDER_DAYS", ("rules", 0, "days"))),
        ({"moment": "ON", "days": 1}, ("REMINDER_DAYS", ("rules", 0, "days"))),
        ({"moment": "ON", "hour": 24}, ("OUT_OF_RANGE", ("rules", 0, "hour"))),
        (
            {"moment": "BEFORE", "days": 1, "repeat_every_days": 1, "repeat_at_most": 1},
            ("REMINDER_REPEAT", ("rules", 0, "repeat_every_days")),
        ),
        (
            {"moment": "AFTER", "days": 1, "repeat_every_days": 1},
            ("REMINDER_REPEAT", ("rules", 0, "repeat_every_days")),
        ),
    ],
)
def test_rules_that_cannot_be(company: Any, rule: Any, refused: Any) -> None:
    mine = company()
    whole = {"client_id": mine.client(), "rules": [rule], "cc": ["nobody"]}
    assert Writer(mine).refused(update_payment_reminders, whole) == [("EMAIL_INVALID", ("cc", 0)), refused]


def test_without_a_recipient_it_is_warned_of(company: Any) -> None:
    mine = company()
    client = mine.client()
    mine.add(Contact, client_id=client, receives_reminders=True)
    assert Writer(mine).warned(update_payment_reminders, {"client_id": client, "enabled": True}) == [
        ("REMINDER_NO_RECIPIENT", ("recipient_ids",))
    ]
    given = {"client_id": client, "recipient_ids": [mine.id]}
    assert Writer(mine).refused(update_payment_reminders, given) == [("NOT_FOUND", ("recipient_ids", 0))]


def test_recipients_are_contacts_of_the_client(company: Any, owner: Any) -> None:
    """Those of other clients are neither chosen nor counted nor changed, nor are deleted ones."""
    mine = company()
    client, other = mine.client(), mine.client()
    own = mine.add(Contact, client_id=client, name="Ana", email="ana@example.com")
    theirs = mine.add(Contact, client_id=other, name="Luis", email="luis@example.com", receives_reminders=True)
    eva = {"name": "Eva", "email": "eva@example.com", "receives_reminders": True, "deleted_at": NOON}
    gone = mine.add(Contact, client_id=client, **eva)
    bea = mine.add(Contact, client_id=client, name="Bea", position=1)
    stranger = company()
    foreign = stranger.add(Contact, client_id=stranger.client(), name="Max", email="max@example.com")
    writer = Writer(mine)
    ids = [own, theirs, gone, foreign]
    assert writer.refused(update_payment_reminders, {"client_id": client, "recipient_ids": ids}) == [
        ("NOT_FOUND", ("recipient_ids", place)) for place in (1, 2, 3)
    ]
    assert writer.warned(update_payment_reminders, {"client_id": client, "enabled": True}) == [
        ("REMINDER_NO_RECIPIENT", ("recipient_ids",))
    ]
    writer.do(update_payment_reminders, {"client_id": client, "recipient_ids": [own]})
    chosen = {id: (receives, version) for id, receives, version in
              rows(owner, mine, Contact, "id", "receives_reminders", "version")}  # fmt: skip
    assert chosen == {own: (True, 2), theirs: (True, 1), gone: (True, 1), bea: (False, 1)}
    for chosen_ids in ([bea, own], []):
        writer.do(update_payment_reminders, {"client_id": client, "recipient_ids": chosen_ids})
    assert rows(owner, mine, Contact, "receives_reminders") == [False, True, True, False]
    changes = [details["changes"][-1] for _, details in events(owner, mine)]
    assert [(one["from"], one["to"]) for one in changes if one["field"] == "recipients"] == [
        (None, "Ana"), ("Ana", "Ana, Bea"), ("Ana, Bea", None),
    ]  # fmt: skip
