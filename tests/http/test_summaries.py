"""Counts and sums by groups are what one comes to by hand, over what the viewer sees."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import models
from models.collaborator import Role
from tests.fixtures import NOON, Company, global_id

FOLDER = Path(__file__).resolve().parents[2] / "operations"
CLIENTS, DEALS, RECEIVABLES = (
    (FOLDER / f"{name}_summary.graphql").read_text("utf-8") for name in ("clients", "deals", "receivables")
)


def today(days: int) -> datetime.date:
    """A day from today on; no age in the tests lies near a boundary."""
    return datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)


@pytest.fixture
def own(company: Callable[..., Company]) -> Company:
    """A company with two clients of a seller, a prospect of nobody, and a deleted client of the seller."""
    own = company()
    seller = own.people[Role.SALES]
    state = own.add(models.ProspectState, name="Nuevo", position=1)
    one = own.client(legal_name="UNO", owner_id=seller)
    two = own.client(legal_name="DOS", owner_id=seller)
    three = own.client(legal_name="TRES", kind="PROSPECT", prospect_state_id=state)
    gone = own.client(legal_name="CUATRO", owner_id=seller, deleted_at=NOON)
    second = own.add(models.FunnelStage, name="Propuesta", position=1)
    for client, values in (
        (one, {"estimated_value": 100, "expected_close_on": datetime.date(2026, 12, 3), "assignee_id": seller}),
        (one, {"estimated_value": 50, "currency": "USD", "stage_id": second}),
        (two, {"estimated_value": 30, "state": "WON", "final_value": 25, "closed_on": datetime.date(2026, 3, 1)}),
        (three, {"estimated_value": 7, "expected_close_on": datetime.date(2026, 12, 31)}),
        (three, {"estimated_value": 1000, "deleted_at": NOON}),
        (gone, {"estimated_value": 1000}),
    ):
        own.add(models.Deal, client_id=client, **values)
    for client, values in (
        (one, {"total": 100, "subtotal": 100, "due_on": today(10)}),
        (one, {"total": 40, "subtotal": 40, "due_on": today(-10)}),
        (one, {"total": 5, "subtotal": 5, "due_on": today(-200), "currency": "USD", "exchange_rate": 17}),
        (two, {"total": 60, "subtotal": 60, "paid": 10, "due_on": today(-45)}),
        (three, {"total": 8, "subtotal": 8}),
        (three, {"total": 999, "subtotal": 999, "type": "QUOTE"}),
        (gone, {"total": 999, "subtotal": 999}),
    ):
        own.add(models.SalesDocument, client_id=client, **values)
    return own


def named(groups: list[Any], field: str, *shown: str) -> list[Any]:
    """Each group by the name of what it has in common."""
    keys = [
        group[field] and (group[field]["name"] if isinstance(group[field], dict) else group[field]) for group in groups
    ]
    return [(key, *(group[name] for name in shown)) for key, group in zip(keys, groups, strict=True)]


def test_clients_are_counted_by_groups(own: Company) -> None:
    summary = own.ask(CLIENTS).data["clientsSummary"]
    assert summary["count"] == 3
    assert named(summary["byKind"], "kind", "count") == [("CLIENT", 2), ("PROSPECT", 1)]
    assert named(summary["byOwner"], "owner", "count") == [("Sales", 2), (None, 1)]
    assert named(summary["byProspectState"], "prospectState", "count") == [("Nuevo", 1)]
    some = own.ask(CLIENTS, filter={"legalName": {"in": ["UNO", "TRES", "CUATRO"]}}).data["clientsSummary"]
    assert named(some["byOwner"], "owner", "count") == [("Sales", 1), (None, 1)]
    none = own.ask(CLIENTS, filter={"legalName": {"eq": "CINCO"}}).data["clientsSummary"]
    assert none == {"count": 0, "byKind": [], "byOwner": [], "byProspectState": []}


def test_deals_are_summed_by_groups(own: Company) -> None:
    def sums(groups: list[Any]) -> list[Any]:
        return [
            [(t["currency"], t["count"], t["estimatedValue"], t["finalValue"]) for t in group["totals"]]
            for group in groups
        ]

    summary = own.ask(DEALS).data["dealsSummary"]
    assert summary["count"] == 4
    assert sums([summary]) == [[("MXN", 3, "137.00", "25.00"), ("USD", 1, "50.00", "0.00")]]
    assert named(summary["byStage"], "stage", "count") == [("Contacto", 3), ("Propuesta", 1)]
    assert sums(summary["byStage"]) == [[("MXN", 3, "137.00", "25.00")], [("USD", 1, "50.00", "0.00")]]
    assert named(summary["byAssignee"], "assignee", "count") == [("Sales", 1), (None, 3)]
    assert named(summary["byMonth"], "month", "count") == [("2026-12", 2), (None, 2)]
    assert sums(summary["byMonth"])[0] == [("MXN", 2, "107.00", "0.00")]
    assert named(summary["byState"], "state", "count") == [("OPEN", 3), ("WON", 1)]
    open_ones = own.ask(DEALS, filter={"state": {"eq": "OPEN"}}).data["dealsSummary"]
    assert open_ones["count"] == 3


def test_debts_are_summed_by_age_owner_and_currency(own: Company) -> None:
    ages = ("current", "upTo30", "upTo60", "upTo90", "over90")

    def sums(group: Any) -> list[Any]:
        return [
            (
                *(t[name] for name in ("currency", "documentCount", "clientCount", "owed", "overdueBalance")),
                *(t["ageing"][age] for age in ages),
            )
            for t in group["totals"]
        ]

    summary = own.ask(RECEIVABLES).data["receivablesSummary"]
    mxn = ("MXN", 4, 3, "198.00", "90.00", "108.00", "40.00", "50.00", "0.00", "0.00")
    usd = ("USD", 1, 1, "5.00", "5.00", "0.00", "0.00", "0.00", "0.00", "5.00")
    assert sums(summary) == [mxn, usd]
    assert named(summary["byOwner"], "owner") == [("Sales",), (None,)]
    assert [sums(group) for group in summary["byOwner"]] == [
        [("MXN", 3, 2, "190.00", "90.00", "100.00", "40.00", "50.00", "0.00", "0.00"), usd],
        [("MXN", 1, 1, "8.00", "0.00", "8.00", "0.00", "0.00", "0.00", "0.00")],
    ]
    one = own.ask(RECEIVABLES, filter={"legalName": {"eq": "DOS"}}).data["receivablesSummary"]
    assert [total["owed"] for total in one["totals"]] == ["50.00"]


def test_only_what_the_viewer_sees_is_summed(own: Company, company: Callable[..., Company]) -> None:
    assert own.ask(CLIENTS, Role.SALES).data["clientsSummary"]["count"] == 2
    assert own.ask(DEALS, Role.SALES).data["dealsSummary"]["count"] == 3
    other = company()
    assert other.ask(CLIENTS).data["clientsSummary"]["count"] == 0
    assert other.ask(DEALS).data["dealsSummary"]["totals"] == []
    assert other.ask(RECEIVABLES).data["receivablesSummary"] == {"totals": [], "byOwner": []}


def test_each_asks_for_its_permission(company: Callable[..., Company]) -> None:
    own = company(role_permissions={"SALES": ["clients:read"], "READ_ONLY": []})
    own.client(owner_id=own.people[Role.SALES])
    assert own.ask(CLIENTS, Role.SALES).data["clientsSummary"]["count"] == 1
    assert own.ask(DEALS, Role.SALES).errors == [("FORBIDDEN", "dealsSummary")]
    assert own.ask(RECEIVABLES, Role.SALES).errors == [("FORBIDDEN", "receivablesSummary")]
    assert own.ask(CLIENTS, Role.READ_ONLY).errors == [("FORBIDDEN", "clientsSummary")]
    through = {"deals": {"some": {"title": {"eq": "Trato"}}}}
    assert own.ask(CLIENTS, Role.SALES, filter=through).errors == [("FORBIDDEN", "clientsSummary")]


def test_a_wrong_id_in_the_filter_is_told(own: Company) -> None:
    wrong = {"id": {"eq": global_id(models.Deal, own.stage)}}
    [(code, *_)] = own.ask(CLIENTS, filter=wrong).errors
    assert code == "BAD_ID"


def test_each_sums_in_one_statement(own: Company, statements: Callable[[], list[int]]) -> None:
    """The rest are the records of the groups: owners, states, stages."""
    for operation, expected in ((CLIENTS, 3), (DEALS, 3), (RECEIVABLES, 2)):
        statements()
        own.ask(operation)
        assert set(statements()) == {expected}
