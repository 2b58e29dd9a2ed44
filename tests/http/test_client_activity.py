"""When something was last done with a client, what is to be done next, and lists by them and by RFC."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import models
from models.collaborator import Role
from models.history import ACTIVITIES, HistoryEventKind
from tests.fixtures import NOON, Company, global_id

QUERY = """
query ($filter: ClientFilter) {
  clients(filter: $filter) {
    totalCount nodes { legalName lastActivityAt nextFollowUp { name isOverdue deal { title } } }
  }
}
"""


def at(hours: int) -> str:
    """An instant as the API writes it."""
    return (NOON + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.fixture
def own(company: Callable[..., Company]) -> Company:
    """A company with a client that has activities and follow-ups, and one that has none."""
    own = company()
    busy, _ = own.client(legal_name="ACTIVA"), own.client(legal_name="QUIETA")
    deal = own.add(models.Deal, client_id=busy, title="Trato uno")
    for kind, hours in (
        ("CLIENT_CREATED", 0), ("FOLLOW_UP_CHANGED", 2), ("DEAL_CREATED", 1), ("CONTACT_CHANGED", 5),
        ("CLIENT_CHANGED", 6),
    ):  # fmt: skip
        own.add(models.HistoryEvent, client_id=busy, kind=kind, occurred_at=NOON + timedelta(hours=hours))
    for name, hours, values in (
        ("Hecha", 1, {"state": "DONE", "completed_at": NOON}),
        ("Borrada", 2, {"deleted_at": NOON}),
        ("Segunda", 5, {}),
        ("Primera", 4, {"state": "IN_PROGRESS", "deal_id": deal}),
    ):
        times = dict.fromkeys(("starts_at", "ends_at"), NOON + timedelta(hours=hours))
        own.add(models.FollowUp, client_id=busy, name=name, **times, **values)
    return own


def names(own: Company, **filter: Any) -> list[str]:
    page = own.ask(QUERY, filter=filter).data["clients"]
    assert page["totalCount"] == len(page["nodes"])
    return [node["legalName"] for node in page["nodes"]]


def test_a_client_tells_its_last_activity_and_its_next_follow_up(own: Company) -> None:
    assert own.ask(QUERY).data["clients"]["nodes"] == [
        {
            "legalName": "ACTIVA",
            "lastActivityAt": at(2),
            "nextFollowUp": {"name": "Primera", "isOverdue": True, "deal": {"title": "Trato uno"}},
        },
        {"legalName": "QUIETA", "lastActivityAt": None, "nextFollowUp": None},
    ]


def test_clients_are_filtered_by_them(own: Company) -> None:
    assert names(own, activity={"lastActivityAt": {"gte": at(2)}}) == ["ACTIVA"]
    assert names(own, activity={"lastActivityAt": {"gt": at(2)}}) == []
    assert names(own, activity={"lastActivityAt": {"eq": None}}) == ["QUIETA"]
    assert names(own, nextFollowUp={"name": {"eq": "Primera"}}) == ["ACTIVA"]
    assert names(own, nextFollowUp={"name": {"eq": "Segunda"}}) == []
    assert names(own, **{"not": {"nextFollowUp": {}}}) == ["QUIETA"]


def test_the_last_activity_is_of_what_the_viewer_may_see(company: Callable[..., Company]) -> None:
    own = company(role_permissions={
        "READ_ONLY": ["clients:read", "clients:read_all", "history:read"],
        "BILLING": ["clients:read", "clients:read_all"],
    })  # fmt: skip
    client = own.client(legal_name="UNA")
    for kind, hours in (("CLIENT_CREATED", 0), ("DEAL_CREATED", 1)):
        own.add(models.HistoryEvent, client_id=client, kind=kind, occurred_at=NOON + timedelta(hours=hours))
    query = "{ clients { nodes { lastActivityAt } } }"
    assert own.ask(query, Role.ADMIN).data["clients"]["nodes"] == [{"lastActivityAt": at(1)}]
    assert own.ask(query, Role.READ_ONLY).data["clients"]["nodes"] == [{"lastActivityAt": at(0)}]
    assert own.ask(query, Role.BILLING).errors == [("FORBIDDEN", "clients", "nodes", 0, "lastActivityAt")]


def test_edits_of_its_own_data_are_no_activity() -> None:
    assert set(HistoryEventKind) - set(ACTIVITIES) == {
        HistoryEventKind.CLIENT_CHANGED, HistoryEventKind.CONTACT_CHANGED, HistoryEventKind.ADDRESS_CHANGED,
        HistoryEventKind.CFDI_PROFILE_CHANGED, HistoryEventKind.BANK_ACCOUNT_CHANGED,
        HistoryEventKind.RECEIVABLE_TERMS_CHANGED, HistoryEventKind.PAYMENT_REMINDERS_CHANGED,
    }  # fmt: skip


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_clients_are_listed_by_rfc_in_pages(company: Callable[..., Company], direction: str) -> None:
    own = company()
    codes = [None, "XAXX010101000", "BBB010101AA1", "CCC010101AA1", "AAA010101AA1", None]
    for code in codes:
        own.client(rfc=code)
    query = """
    query ($after: String, $direction: FichaOrderDirection!) {
      clients(first: 2, after: $after, orderBy: [{field: RFC, direction: $direction}]) {
        nodes { rfc } pageInfo { hasNextPage endCursor }
      }
    }
    """
    shown: list[Any] = []
    after = None
    while True:
        page = own.ask(query, after=after, direction=direction).data["clients"]
        shown += [node["rfc"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    present = sorted((code for code in codes if code), reverse=direction == "DESC")
    assert shown == [*present, None, None]


def test_external_ids_are_filtered_and_found(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client(legal_name="UNA", external_id="ERP-7")
    own.client(legal_name="OTRA", external_id="ERP-8")
    query = '{ clients(filter: {externalId: {eq: "ERP-7"}}) { nodes { id } } }'
    assert own.ask(query).data["clients"]["nodes"] == [{"id": global_id(models.Client, client)}]
