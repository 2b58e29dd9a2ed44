"""The edges that once broke something: the calendar's ends, halves of characters, values that a message repeats."""

import datetime
import json
from types import SimpleNamespace
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from domain.months import end_of_day
from domain.payment_reminders import messages
from domain.working_days import USUAL
from models import CfdiProfile, Client, PaymentReminders, ReminderRule, SalesDocument
from tests.fixtures import NOON, Company, Ficha, global_id

UTC = datetime.UTC
ENDS = ["0001-01-01", "0001-01-02", "1900-01-01", "2999-12-31", "9999-12-30", "9999-12-31"]
ZONES = ["America/Mexico_City", "Pacific/Kiritimati", "Etc/GMT+12"]


@pytest.mark.parametrize("zone", ZONES)
def test_the_cfdi_data_of_any_day_are_there(company: Any, zone: str) -> None:
    mine: Company = company(time_zone=zone)
    client = mine.client()
    mine.add(CfdiProfile, client_id=client, name="SIEMPRE", valid_from=NOON)
    asked = " ".join(f'd{number}: cfdiProfileOn(on: "{day}") {{ name }}' for number, day in enumerate(ENDS))
    found = mine.ask(f"query ($id: ID!) {{ client(id: $id) {{ {asked} }} }}", id=global_id(Client, client)).data[
        "client"
    ]
    assert list(found.values()) == [None] * 3 + [{"name": "SIEMPRE"}] * 3


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_ends(zone: str) -> None:
    days = [datetime.date.fromisoformat(day) for day in ENDS]
    ends = [end_of_day(day, ZoneInfo(zone)) for day in days]
    assert ends == sorted(ends)
    assert all(end.tzinfo is UTC for end in ends)


WRITES = {
    "createDeal": ({"title": "Trato", "estimatedValue": "1"}, "expectedCloseOn", "Date"),
    "createFollowUp": ({"name": "Llamar"}, "startsAt", "DateTime"),
    "prepareDocumentUpload": ({"name": "a.pdf", "size": 1, "sha256": "0" * 64}, "expiresOn", "Date"),
}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
def test_a_record_holds_no_day_to_which_nothing_can_be_added(company: Any, name: str, day: str) -> None:
    mine: Company = company()
    given, field, kind = WRITES[name]
    value = day if kind == "Date" else f"{day}T12:00:00Z"
    query = (
        f"mutation ($input: {name[0].upper()}{name[1:]}Input!)"
        f" {{ {name}(input: $input) {{ userErrors {{ code path message }} }} }}"
    )
    stage = {"stageId": f"stg_{mine.stage}"} if name == "createDeal" else {}
    asked = {"clientId": global_id(Client, mine.client()), **stage, **given, field: value}
    [error, *_] = mine.ask(query, input=asked).data[name]["userErrors"]
    assert (error["code"], error["path"]) == ("OUT_OF_RANGE", [field])
    assert "1900-01-01" in error["message"]


@pytest.mark.parametrize("due_on", [datetime.date.min, datetime.date(9999, 12, 31), datetime.date(9999, 12, 30)])
@pytest.mark.parametrize("moment", ["BEFORE", "ON", "AFTER"])
@pytest.mark.parametrize("zone", ZONES)
def test_a_reminder_beyond_the_calendar_does_not_go_out(due_on: datetime.date, moment: Any, zone: str) -> None:
    rule: Any = SimpleNamespace(
        moment=moment, days=0 if moment == "ON" else 365, hour=23, repeat_every_days=30, repeat_at_most=3
    )
    for calendar in (None, USUAL):
        times = [time for _, time in messages([rule], due_on, ZoneInfo(zone), calendar)]
        assert all(datetime.datetime.min.replace(tzinfo=UTC) <= time for time in times)


def test_a_document_that_is_due_on_the_last_day_has_a_preview(company: Any) -> None:
    """As an earlier version, or another system, may have left it."""
    mine: Company = company()
    client = mine.client()
    mine.add(SalesDocument, client_id=client, subtotal=10, total=10, due_on=datetime.date(9999, 12, 31))
    mine.add(SalesDocument, client_id=client, subtotal=10, total=10, due_on=datetime.date(1, 1, 1))
    mine.add(PaymentReminders, client_id=client, enabled=True)
    mine.add(ReminderRule, client_id=client, position=0, moment="AFTER", days=30, hour=9)
    query = (
        "query ($id: ID!) { reminderPreview(client: $id) { __typename } client(id: $id) { receivables { balance } } }"
    )
    assert mine.ask(query, id=global_id(Client, client)).data["client"]


HALVES = ["\\ud800", "a\\udfffb", "\\ud83d", "\\udc00\\ud800", "\\uD83D"]


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ('{"id": "%s"}', "id"),
        ('{"input": {"legalName": "%s"}}', "legalName"),
        ('{"input": {"contacts": [{"name": "x", "email": "%s"}]}}', "email"),
        ('{"filter": {"legalName": {"in": ["a", "b", "%s"]}}}', "in"),
        ('{"%s": 1}', "variables"),
        ('{"a": {"%s": 1}}', "a"),
    ],
)
def test_half_a_character_is_refused_where_it_stands(live_server: Ficha, half: str, variables: str, field: str) -> None:
    body = '{"query": "{ viewer { __typename } }", "variables": ' + variables % half + "}"
    headers = {"Authorization": f"Bearer {live_server.token('admin@demo.mx')}", "Content-Type": "application/json"}
    answer = live_server.post(body.encode(), headers)
    assert (answer.status, answer.errors) == (400, [("BAD_TEXT", field)])
    given = {"query": "{ viewer { __typename } }", "variables": variables % half}
    response = live_server.http.get("/graphql", params=given, headers=headers)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_TEXT"


@pytest.mark.parametrize("escape", ["\\ud800", "\\u{d800}", "\\u{110000}", "\\udc00\\ud800"])
def test_half_a_character_in_a_document_is_refused(live_server: Ficha, escape: str) -> None:
    query = f'{{ client(rfc: "{escape}") {{ id }} }}'
    answer = live_server.ask("admin@demo.mx", query)
    assert answer.errors == [("GRAPHQL_VALIDATION_FAILED",)]


def test_a_message_does_not_repeat_a_long_value(company: Any) -> None:
    mine: Company = company()
    query = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { userErrors { code message path } } }"
    answer = mine.ask(query, input={"name": "x", "scopes": ["z" * 500_000]})
    [error] = answer.data["createApiKey"]["userErrors"]
    assert (error["code"], len(error["message"]) < 400) == ("PERMISSION_UNKNOWN", True)


FILTERED = "query ($f: ClientFilter) { clients(filter: $f) { totalCount } }"
WRONG = [
    ("query ($v: Int) { clients(first: $v) { totalCount } }", {"v": "x"}, "v"),
    (FILTERED, {"f": {"and": [{}, {"rfc": {"eq": 5}}]}}, "f.and.1.rfc.eq"),
    (FILTERED, {"f": {"legalName": {"eq": "a\0"}}}, "filter.legalName"),
    ("query ($o: [ClientOrder!]) { clients(orderBy: $o) { totalCount } }", {"o": [{"field": "X"}]}, "o.0.field"),
    ("query ($s: String) { clients(search: $s) { totalCount } }", {"s": "a\0b"}, "search"),
    ("query ($id: ID!) { client(id: $id) { id } }", {}, "id"),
    ("query ($on: Date!) { taxRegimes(on: $on) { code } }", {"on": "2023-02-29"}, "on"),
]  # fmt: skip


@pytest.mark.claims(
    "docs/errors.md",
    "Of a variable it is the variable and the place in it (`input.contacts.0.email`).",
)
@pytest.mark.parametrize(("query", "variables", "field"), WRONG)
def test_an_error_about_a_value_names_it(live_server: Ficha, query: str, variables: Any, field: str) -> None:
    answer = live_server.ask("admin@demo.mx", query, **variables)
    assert [error["extensions"]["field"] for error in answer.body["errors"]] == [field], json.dumps(answer.body)


INSTANTS = ["0001-01-01T00:00:00Z", "0001-01-01T23:59:59Z", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59.999Z"]
OF_INSTANTS: dict[str, tuple[dict[str, Any], str]] = {
    "registerStamp": ({"uuid": "12345678-1234-4234-8234-123456789012"}, "stampedAt"),
    "reportCancellation": ({"satState": "IN_PROCESS", "reason": "ERRORS_WITHOUT_RELATION"}, "answeredAt"),
}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", OF_INSTANTS)
def test_an_instant_at_the_calendars_ends_is_refused(company: Any, name: str, zone: str) -> None:
    mine: Company = company(time_zone=zone)
    values, field = OF_INSTANTS[name]
    folio = {"uuid": uuid4()} if name == "reportCancellation" else {}
    document = global_id(SalesDocument, mine.add(SalesDocument, client_id=mine.client(), **folio))
    query = (
        f"mutation ($input: {name[0].upper()}{name[1:]}Input!)"
        f" {{ {name}(input: $input) {{ userErrors {{ code path }} }} }}"
    )
    for instant in INSTANTS:
        payload = mine.ask(query, input={"id": document, **values, field: instant}).data[name]
        assert payload["userErrors"] == [{"code": "OUT_OF_RANGE", "path": [field]}], instant
