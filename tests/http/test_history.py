"""The history's months: cut where the company's midnight is, none left out, and their counts add up."""

import datetime
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import models
from models.collaborator import Role
from tests.fixtures import Answer, Company, global_id

HISTORY = """
query ($id: ID!, $month: YearMonth, $kinds: [HistoryEventKind!]) {
  client(id: $id) {
    historyMonths { month eventCount }
    history(month: $month, kinds: $kinds, first: 100, order: ASC) {
      unfilteredCount totalCount hiddenCount nodes { occurredAt }
    }
  }
}
"""


def instant(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)


def asked(own: Company, client: Any, role: Role = Role.ADMIN, **given: Any) -> Any:
    return own.ask(HISTORY, role, id=global_id(models.Client, client), **given).data["client"]


# Where a month begins and ends: zone, month, its first instant, the first instant after it. Central Mexico gave up
# summer time on 2022-10-30, the northern border keeps that of the United States, Quintana Roo never goes back from it.
BOUNDARIES = [
    ("America/Mexico_City", "2022-07", "2022-07-01T05:00:00Z", "2022-08-01T05:00:00Z"),
    ("America/Mexico_City", "2022-10", "2022-10-01T05:00:00Z", "2022-11-01T06:00:00Z"),
    ("America/Mexico_City", "2023-07", "2023-07-01T06:00:00Z", "2023-08-01T06:00:00Z"),
    ("America/Monterrey", "2023-04", "2023-04-01T06:00:00Z", "2023-05-01T06:00:00Z"),
    ("America/Tijuana", "2026-03", "2026-03-01T08:00:00Z", "2026-04-01T07:00:00Z"),
    ("America/Tijuana", "2025-11", "2025-11-01T07:00:00Z", "2025-12-01T08:00:00Z"),
    ("America/Ciudad_Juarez", "2026-03", "2026-03-01T07:00:00Z", "2026-04-01T06:00:00Z"),
    ("America/Ciudad_Juarez", "2022-11", "2022-11-01T06:00:00Z", "2022-12-01T07:00:00Z"),
    ("America/Cancun", "2026-07", "2026-07-01T05:00:00Z", "2026-08-01T05:00:00Z"),
    ("America/Hermosillo", "2026-07", "2026-07-01T07:00:00Z", "2026-08-01T07:00:00Z"),
]
MICROSECOND = datetime.timedelta(microseconds=1)


@pytest.mark.claims(
    "README.md",
    "Days and months (`Date`, `YearMonth`) are those of the company's time zone, `viewer { company { "
    'timeZone } }`: `history(month: "2026-10")` is October there.',
)
@pytest.mark.parametrize(("zone", "month", "start", "end"), BOUNDARIES)
def test_a_month_is_cut_at_the_companys_midnight(
    company: Callable[..., Company], zone: str, month: str, start: str, end: str
) -> None:
    own = company(time_zone=zone)
    first, after = instant(start), instant(end)
    client = own.client(created_at=first - MICROSECOND)
    for at in (first - MICROSECOND, first, after - MICROSECOND, after):
        own.add(models.HistoryEvent, client_id=client, occurred_at=at)

    shown = asked(own, client, month=month)
    within = [f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z" for at in (first, after - MICROSECOND)]
    assert [node["occurredAt"] for node in shown["history"]["nodes"]] == within
    assert (shown["history"]["totalCount"], shown["history"]["unfilteredCount"]) == (2, 4)
    counts = {entry["month"]: entry["eventCount"] for entry in shown["historyMonths"]}
    assert [number for number in counts.values() if number] == [1, 2, 1]
    assert counts[month] == 2


def test_the_months_run_from_the_prospects_creation_to_now_in_the_companys_zone(
    company: Callable[..., Company],
) -> None:
    own = company(time_zone="America/Tijuana")
    # By UTC it was February already.
    client = own.client(created_at=instant("2026-02-01T07:59:59Z"), converted_at=instant("2026-04-01T00:00:00Z"))
    own.add(models.HistoryEvent, client_id=client, occurred_at=instant("2026-04-15T12:00:00Z"))
    before = datetime.datetime.now(ZoneInfo("America/Tijuana"))
    months = asked(own, client)["historyMonths"]
    after = datetime.datetime.now(ZoneInfo("America/Tijuana"))

    assert months[0]["month"] in {f"{before:%Y-%m}", f"{after:%Y-%m}"}
    assert months[-1] == {"month": "2026-01", "eventCount": 0}
    year, month = map(int, months[0]["month"].split("-"))
    numbers = range(year * 12 + month - 1, 2026 * 12 - 1, -1)
    assert [entry["month"] for entry in months] == [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]
    assert {entry["month"]: entry["eventCount"] for entry in months if entry["eventCount"]} == {"2026-04": 1}


def test_a_client_of_this_month_has_one_month(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client(created_at=datetime.datetime.now(datetime.UTC))
    assert [entry["eventCount"] for entry in asked(own, client)["historyMonths"]] == [0]


def test_the_months_begin_with_what_was_brought_in_from_before_the_record(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client(created_at=instant("2026-03-10T12:00:00Z"))
    own.add(
        models.HistoryEvent, client_id=client, occurred_at=instant("2025-12-01T06:00:00Z"), kind="SALES_DOCUMENT_ISSUED"
    )
    own.add(models.HistoryEvent, client_id=client, occurred_at=instant("2026-03-11T12:00:00Z"))
    months = asked(own, client)["historyMonths"]
    assert [entry["month"] for entry in months[-4:]] == ["2026-03", "2026-02", "2026-01", "2025-12"]
    assert [entry["eventCount"] for entry in months[-4:]] == [1, 0, 0, 1]
    # What is older than any record of Ficha may be has no month of its own.
    own.add(models.HistoryEvent, client_id=client, occurred_at=instant("1999-12-01T12:00:00Z"))
    assert asked(own, client)["historyMonths"][-1] == {"month": "2000-01", "eventCount": 0}


@pytest.mark.parametrize("email", ["admin@demo.mx", "consulta@demo.mx", "ventas@demo.mx"])
def test_every_months_count_is_that_of_its_filter(ask: Callable[..., Answer], email: str) -> None:
    id = ask(email, '{ client(rfc: "EKU9003173C9") { id } }').data["client"]["id"]
    months = ask(email, HISTORY, id=id).data["client"]["historyMonths"]
    counts = {
        entry["month"]: ask(email, HISTORY, id=id, month=entry["month"]).data["client"]["history"]["totalCount"]
        for entry in months
    }
    assert counts == {entry["month"]: entry["eventCount"] for entry in months}
    assert sum(counts.values()) == ask(email, HISTORY, id=id).data["client"]["history"]["unfilteredCount"]
    assert max(counts.values()) >= 60
    assert 0 in counts.values()


def test_no_kinds_is_no_events_and_no_month_is_all(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    own.add(models.HistoryEvent, client_id=client)
    counts = [asked(own, client, **given)["history"]["totalCount"] for given in ({"kinds": []}, {"month": None}, {})]
    assert counts == [0, 1, 1]


@pytest.mark.claims(
    "docs/security.md",
    "`hiddenCount` says how many events are hidden; nothing else about them is disclosed.",
)
def test_events_that_the_viewer_may_not_see_are_counted_as_hidden(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    for kind in ("CLIENT_CREATED", "RECEIVABLE_TERMS_CHANGED", "PAYMENT_REMINDERS_CHANGED"):
        own.add(models.HistoryEvent, client_id=client, kind=kind, details={"change": "UPDATED", "changes": []})
    shown = asked(own, client, Role.READ_ONLY)["history"]
    assert (shown["unfilteredCount"], shown["totalCount"], shown["hiddenCount"], len(shown["nodes"])) == (1, 1, 2, 1)
    shown = asked(own, client, Role.BILLING)["history"]
    assert (shown["unfilteredCount"], shown["totalCount"], shown["hiddenCount"], len(shown["nodes"])) == (3, 3, 0, 3)


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-00", "2026-1", "26-01", "0000-01", "9999-12", "2026-01-01", "", "٢٠٢٦-٠١"]
)
def test_what_is_no_month_is_refused_with_a_code(company: Callable[..., Company], month: str) -> None:
    own = company()
    answer = own.ask(HISTORY, id=global_id(models.Client, own.client()), month=month)
    assert [error[0] for error in answer.errors] == ["BAD_USER_INPUT"]
    written = own.ask(f'{{ client(rfc: "X") {{ history(month: "{month}") {{ unfilteredCount }} }} }}')
    assert [error[0] for error in written.errors] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("month", ["1900-01", "2999-12"])
def test_a_month_without_a_record_is_empty(company: Callable[..., Company], month: str) -> None:
    own = company()
    client = own.client()
    own.add(models.HistoryEvent, client_id=client)
    assert asked(own, client, month=month)["history"]["totalCount"] == 0


WORDS = """
query ($id: ID!, $month: YearMonth, $from: Date, $to: Date, $actorId: ID, $search: String) {
  client(id: $id) {
    historyMonths { month eventCount byKind { kind kindLabel count } }
    history(month: $month, from: $from, to: $to, actorId: $actorId, search: $search, order: ASC) {
      totalCount unfilteredCount
      nodes {
        kind kindLabel summary
        ... on RecordChangedEvent { changeLabel changes { field fieldLabel from fromLabel to toLabel } }
      }
    }
  }
}
"""


@pytest.fixture
def told(company: Callable[..., Company]) -> tuple[Company, str]:
    """A client with three events: of October, of the first of November by another actor, and of now."""
    own = company(time_zone="America/Mexico_City")
    client = own.client(created_at=instant("2025-10-01T12:00:00Z"))
    own.add(
        models.HistoryEvent,
        client_id=client,
        occurred_at=instant("2025-11-01T05:59:59Z"),
        kind="DEAL_WON",
        details={"title": "Robot ÁGIL", "final_value": "5.00", "currency": "MXN", "closed_on": "2025-10-31"},
    )
    own.add(
        models.HistoryEvent,
        client_id=client,
        occurred_at=instant("2025-11-01T06:00:00Z"),
        kind="ADDRESS_CHANGED",
        actor_id=own.people[Role.SALES],
        details={
            "change": "UPDATED",
            "label": "Bodega",
            "changes": [{"field": "country", "from": "MEX", "to": "USA"}],
        },
    )
    own.add(models.HistoryEvent, client_id=client, occurred_at=datetime.datetime.now(datetime.UTC))
    return own, global_id(models.Client, client)


def kinds(answer: Answer) -> list[str]:
    return [node["kind"] for node in answer.data["client"]["history"]["nodes"]]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"month": "CURRENT"}, ["CLIENT_CREATED"]),
        ({"to": "2025-10-31"}, ["DEAL_WON"]),
        ({"from": "2025-11-01", "to": "2025-11-01"}, ["ADDRESS_CHANGED"]),
        ({"from": "2025-11-01"}, ["ADDRESS_CHANGED", "CLIENT_CREATED"]),
        ({"search": "agil ROBOT"}, ["DEAL_WON"]),
        ({"search": "bodega"}, ["ADDRESS_CHANGED"]),
        ({"search": "USA"}, []),
        ({}, ["DEAL_WON", "ADDRESS_CHANGED", "CLIENT_CREATED"]),
    ],
)
def test_the_history_is_found_by_its_day_and_its_words(told: Any, given: Any, found: list[str]) -> None:
    own, id = told
    answer = own.ask(WORDS, id=id, **given)
    history = answer.data["client"]["history"]
    assert kinds(answer) == found
    assert (history["totalCount"], history["unfilteredCount"]) == (len(found), 3)


def test_the_current_month_can_be_written_as_a_literal(told: Any) -> None:
    own, id = told
    answer = own.ask("query ($id: ID!) { client(id: $id) { history(month: CURRENT) { nodes { kind } } } }", id=id)
    assert kinds(answer) == ["CLIENT_CREATED"]


def test_the_history_of_an_actor(told: Any) -> None:
    own, id = told
    actor = global_id(models.Collaborator, own.people[Role.SALES])
    assert kinds(own.ask(WORDS, id=id, actorId=actor)) == ["ADDRESS_CHANGED"]
    assert [error[0] for error in own.ask(WORDS, id=id, actorId=id).errors] == ["BAD_ID"]


@pytest.mark.claims("docs/errors.md", "Of `history`: `month` is there beside them.")
@pytest.mark.parametrize(
    "given",
    [
        {"month": "2025-11", "from": "2025-11-01"},
        {"month": "CURRENT", "to": "2025-11-01"},
        {"from": "2025-11-02", "to": "2025-11-01"},
        {"to": "9999-12-31"},
        {"from": "0001-01-01"},
    ],
)
def test_a_span_that_is_none_is_refused_with_a_code(told: Any, given: Any) -> None:
    own, id = told
    assert [error[0] for error in own.ask(WORDS, id=id, **given).errors] == ["BAD_SPAN"]


@pytest.mark.claims("docs/errors.md", "for `history` one of them suffices, or a month.")
@pytest.mark.parametrize("given", [{"month": "2025-11"}, {"from": "1900-01-01"}, {"to": "2999-12-31"}])
def test_a_span_may_be_open(told: Any, given: Any) -> None:
    own, id = told
    assert own.ask(WORDS, id=id, **given).errors == []


def test_the_history_reads_as_people_speak(told: Any) -> None:
    own, id = told
    client = own.ask(WORDS, id=id).data["client"]
    won, moved, _ = client["history"]["nodes"]
    assert (won["kindLabel"], won["summary"]) == ("Trato ganado", "Trato «Robot ÁGIL» ganado")
    assert (moved["summary"], moved["changeLabel"]) == ("Dirección «Bodega» editada", "Editada")
    assert moved["changes"] == [
        {
            "field": "country",
            "fieldLabel": "País",
            "from": "MEX",
            "fromLabel": "MEX México",
            "to": "USA",
            "toLabel": "USA Estados Unidos (los)",
        }
    ]
    months = {month["month"]: month["byKind"] for month in client["historyMonths"] if month["eventCount"]}
    assert months["2025-11"] == [{"kind": "ADDRESS_CHANGED", "kindLabel": "Cambio en las direcciones", "count": 1}]


def test_labels_are_in_the_language_that_is_asked_for(company: Callable[..., Company]) -> None:
    enums = (
        company()
        .ask(
            "{ es: labels { name values { value label } } en: labels(language: EN_US) { name values { value label } } }"
        )
        .data
    )
    labels = {
        language: {enum["name"]: {each["value"]: each["label"] for each in enum["values"]} for enum in enums[language]}
        for language in ("es", "en")
    }
    assert labels["es"].keys() == labels["en"].keys()
    assert labels["es"]["SalesDocumentType"]["QUOTE"] == "Cotización"
    assert labels["en"]["SalesDocumentType"]["QUOTE"] == "Quote"
    assert labels["en"]["HistoryEventKind"]["DEAL_WON"] == "Deal won"


def test_an_event_leads_to_what_it_is_about_and_says_whether_that_is_deleted(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    contact = own.add(models.Contact, client_id=client, name="Ana", deleted_at=datetime.datetime.now(datetime.UTC))
    edit = {"change": "DELETED", "label": "Ana", "changes": []}
    own.add(models.HistoryEvent, client_id=client, kind="CONTACT_CHANGED", subject_id=contact, details=edit)
    own.add(models.HistoryEvent, client_id=client, kind="CONTACT_CHANGED", details=edit)
    own.add(models.HistoryEvent, client_id=client, kind="CFDI_PROFILE_CHANGED", details=edit)
    query = """query ($id: ID!) { client(id: $id) { history { nodes {
      summary subjectDeleted subject { __typename id ... on ClientContact { name } } } } } }"""
    nodes = own.ask(query, id=global_id(models.Client, client)).data["client"]["history"]["nodes"]
    its = {"__typename": "ClientContact", "id": global_id(models.Contact, contact), "name": "Ana"}
    of_client = {"__typename": "Client", "id": global_id(models.Client, client)}
    by_summary = sorted(nodes, key=lambda node: (node["summary"], node["subjectDeleted"]))
    assert [(node["summary"], node["subjectDeleted"], node["subject"]) for node in by_summary] == [
        ("Contacto «Ana» eliminado", False, None),
        ("Contacto «Ana» eliminado", True, its),
        ("Datos de CFDI eliminados", False, of_client),
    ]
