"""Rows that are not as the schema promises cost the fields that they are about, never the answer, and the same error
whichever way it is answered."""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import text

import models
from models.history import HistoryEventKind
from models.ids import uuid7
from planner.plan import Planner
from tests.fixtures import SIGNED, Company, global_id, serving

HISTORY = """query ($id: ID!) { client(id: $id) { legalName history(first: 50) { nodes { __typename id occurredAt
    ... on ClientChangedEvent { changes { field from to } }
    ... on ContactChangedEvent { change label changes { field } }
    ... on DealWonEvent { title finalValue currency closedOn }
    ... on SalesDocumentStateChangedEvent { documentType folio fromState toState creditExceededBy }
} } } }"""
ALONE = "query ($id: ID!) { client(id: $id) { legalName history { nodes { %s } } } }"
CONTACT = {"change": "UPDATED", "label": "Ana", "changes": []}
STATE = {"type": "INVOICE", "folio": "F-1", "from_state": "DRAFT", "to_state": "SENT"}


def every_way(new_company: Callable[..., Company]) -> Sequence[Company]:
    """One company, as the planner answers it, level by level and as the resolvers do."""
    first = new_company()
    others = [new_company(planner=False), new_company(planner=False, batches=False)]
    for company in others:
        company.id, company.people = first.id, first.people
    return [first, *others]


def answers(companies: Sequence[Company], query: str, **variables: Any) -> tuple[int, Any]:
    """The answer that all give."""
    found: list[Any] = []
    for company in companies:
        answer = company.ask(query, **variables)
        body = json.loads(SIGNED.sub("", json.dumps(answer.body, ensure_ascii=False)))
        body["extensions"].pop("rateLimit", None)  # which counts the seconds between the answers
        found.append((answer.status, body))
    assert found[0] == found[1] == found[2], "the planner, the levels and the resolvers disagree"
    return found[0]


@pytest.mark.sampled(3)
@pytest.mark.claims(
    "docs/planner.md",
    "It costs the field, not the answer.",
)
@pytest.mark.parametrize(
    ("kind", "details"),
    [
        (HistoryEventKind.CLIENT_CHANGED, {}),
        (HistoryEventKind.CLIENT_CHANGED, {"changes": None}),
        (HistoryEventKind.CLIENT_CHANGED, {"changes": [{}]}),
        (HistoryEventKind.CLIENT_CHANGED, {"changes": [{"field": None, "from": None, "to": None}]}),
        (HistoryEventKind.CONTACT_CHANGED, CONTACT | {"label": None}),
        (HistoryEventKind.CONTACT_CHANGED, {"change": "UPDATED", "changes": []}),
        (HistoryEventKind.CONTACT_CHANGED, CONTACT | {"change": "FORGOTTEN"}),
        (HistoryEventKind.CONTACT_CHANGED, CONTACT | {"label": {"a": 1}}),
        (HistoryEventKind.CONTACT_CHANGED, CONTACT | {"label": [1]}),
        (HistoryEventKind.CONTACT_CHANGED, CONTACT | {"change": ["UPDATED"]}),
        (HistoryEventKind.DEAL_WON, {}),
        (HistoryEventKind.DEAL_WON, {"title": "T", "final_value": "1.00", "currency": None, "closed_on": "2026-01-01"}),
        (HistoryEventKind.SALES_DOCUMENT_STATE_CHANGED, {"type": "INVOICE", "folio": "F-1"}),
        (HistoryEventKind.SALES_DOCUMENT_STATE_CHANGED, STATE | {"to_state": "UNHEARD"}),
        (HistoryEventKind.SALES_DOCUMENT_STATE_CHANGED, STATE | {"type": "RECEIPT"}),
    ],
    ids=str,
)
def test_an_event_without_its_details_is_an_error_of_its_field(
    new_company: Callable[..., Company], kind: HistoryEventKind, details: Any
) -> None:
    companies = every_way(new_company)
    client = companies[0].client()
    companies[0].add(models.HistoryEvent, client_id=client, kind=HistoryEventKind.CLIENT_CREATED)
    companies[0].add(models.HistoryEvent, client_id=client, kind=kind, details=details)
    status, body = answers(companies, HISTORY, id=global_id(models.Client, client))
    assert status == 200
    [error] = body["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["path"][:3] == ["client", "history", "nodes"]
    # The list's items are never null: what is left is as far up as that leads.
    assert body["data"]["client"] is None or "legalName" in body["data"]["client"]
    # What does not ask for the spoilt value has no error.
    status, body = answers(companies, ALONE % "__typename id", id=global_id(models.Client, client))
    assert (status, "errors" in body) == (200, False)


def test_details_that_may_be_missing_are_null(new_company: Callable[..., Company]) -> None:
    companies = every_way(new_company)
    client = companies[0].client()
    kind = HistoryEventKind.SALES_DOCUMENT_STATE_CHANGED
    for details in (STATE, STATE | {"credit_exceeded_by": None}, STATE | {"credit_exceeded_by": "1.00"}):
        companies[0].add(models.HistoryEvent, client_id=client, kind=kind, details=details)
    _, body = answers(companies, HISTORY, id=global_id(models.Client, client))
    shown = [node["creditExceededBy"] for node in body["data"]["client"]["history"]["nodes"]]
    assert sorted(shown, key=str) == ["1.00", None, None]


def loosen(company: Company) -> None:
    """Lets the columns hold what a newer version of the schema might let them hold, until the test's database goes."""
    rows = company.owner.execute(
        text(
            "select conrelid::regclass::text, conname from pg_constraint"
            " where contype in ('c', 'f') and connamespace = 'public'::regnamespace"
        )
    ).all()
    for table, name in rows:
        company.owner.execute(text(f'alter table {table} drop constraint if exists "{name}" cascade'))


@pytest.mark.parametrize("fields", ["__typename id", "id occurredAt", "... on ClientCreatedEvent { id }"])
def test_an_event_of_an_unknown_kind(new_company: Callable[..., Company], fields: str) -> None:
    companies = every_way(new_company)
    loosen(companies[0])
    client = companies[0].client()
    for kind in ("CLIENT_CREATED", "CLIENT_TELEPORTED"):
        companies[0].owner.execute(
            text(
                "insert into history_event (company_id, id, client_id, occurred_at, kind)"
                " values (:company, :id, :client, now(), :kind)"
            ),
            {"company": companies[0].id, "id": uuid7(), "client": client, "kind": kind},
        )
    status, body = answers(companies, ALONE % fields, id=global_id(models.Client, client))
    assert (status, [error["extensions"]["code"] for error in body["errors"]]) == (200, ["INTERNAL"])


@pytest.mark.claims(
    "docs/planner.md",
    "| `Spoilt` | nothing: a row holds what its type does not allow, and the answer is read level by level,"
    " with the error in its place |",
)
@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("kind", "kind"),
        ("kind", "availableActions"),
        ("price_list_id", "priceList { id }"),
        ("owner_id", "owner { id }"),
    ],
)
def test_a_client_that_is_not_as_it_has_to_be(new_company: Callable[..., Company], column: str, field: str) -> None:
    companies = every_way(new_company)
    loosen(companies[0])
    client, other = companies[0].client(), companies[0].client(legal_name="OTRO")
    value = "'SUPPLIER'" if column == "kind" else f"'{uuid7()}'"
    companies[0].owner.execute(text(f"update client set {column} = {value} where id = '{client}'"))  # noqa: S608
    query = f"query ($a: ID!, $b: ID!) {{ a: client(id: $a) {{ {field} }} b: client(id: $b) {{ legalName {field} }} }}"
    ids = {"a": global_id(models.Client, client), "b": global_id(models.Client, other)}
    status, body = answers(companies, query, **ids)
    assert status == 200
    assert body["data"]["b"]["legalName"] == "OTRO"
    if field == "kind":
        assert [error["path"] for error in body["errors"]] == [["a", "kind"]]


@pytest.mark.parametrize("client", ["null", "'01970000-0000-7000-8000-000000000000'"])
def test_a_contact_that_lost_its_client(new_company: Callable[..., Company], client: str) -> None:
    companies = every_way(new_company)
    loosen(companies[0])
    company = companies[0]
    contact = company.add(models.Contact, client_id=company.client())
    company.owner.execute(text("alter table contact alter column client_id drop not null"))
    company.owner.execute(text(f"update contact set client_id = {client} where id = '{contact}'"))  # noqa: S608
    lost = "... on ClientContact { name client { legalName } }"
    query = f"query ($id: ID!) {{ node(id: $id) {{ {lost} }} viewer {{ permissions }} }}"
    status, body = answers(companies, query, id=global_id(models.Contact, contact))
    assert (status, body["data"]["node"]) == (200, None)
    assert [error["path"] for error in body["errors"]] == [["node", "client"]]


def test_a_deal_that_lost_its_stage(new_company: Callable[..., Company]) -> None:
    companies = every_way(new_company)
    loosen(companies[0])
    client = companies[0].client()
    deal = companies[0].add(models.Deal, client_id=client, stage_id=uuid7())
    query = "query ($id: ID!) { deal(id: $id) { title stage { name } } viewer { permissions } }"
    status, body = answers(companies, query, id=global_id(models.Deal, deal))
    assert (status, body["data"]["deal"], len(body["errors"])) == (200, None, 1)
    assert body["data"]["viewer"]["permissions"]


@pytest.mark.claims(
    "docs/planner.md",
    "A fault while a plan is made or filled in is logged with the document's SHA-256, and the next way answers:"
    " levels after the one statement, resolvers after the levels.",
)
@pytest.mark.claims(
    "docs/planner.md",
    "So it is where a row lacks what the schema promises: a key of an event's `details`, a known value of an enum, the"
    " record that a non-null field leads to.",
)
def test_a_fault_of_a_plan_is_logged_with_its_document_and_answered_all_the_same(
    demo_settings: Any, company: Callable[..., Company], caplog: pytest.LogCaptureFixture, monkeypatch: Any
) -> None:
    mine = company()
    id = global_id(models.Client, mine.client())
    calls: list[int] = []

    def fail(*_: Any) -> Any:
        calls.append(1)
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(Planner, "compile", fail)
    with caplog.at_level(logging.ERROR, "ficha"), serving(demo_settings) as ficha:
        for _ in range(3):
            answer = ficha.ask(
                mine.email(models.collaborator.Role.ADMIN), "query ($id: ID!) { client(id: $id) { legalName } }", id=id
            )
            assert answer.data == {"client": {"legalName": "CLIENTE DE PRUEBA"}}
    records = [record for record in caplog.records if "could not be compiled" in record.message]
    assert ["document " in record.message for record in records] == [True, True]
    assert len(calls) == 2, "each way is tried once, not for each request"
