"""An event is seen by whoever may see the record it is about, whichever way leads to it."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

import models
from domain import cfdi_profile, client, deal, document, follow_up, payment_reminders, receivables, sales_document
from domain.address import ADDRESSES
from domain.bank_account import BANK_ACCOUNTS
from domain.contact import CONTACTS
from domain.fields import Fields
from domain.secret import Secret
from loaders.entity import entity_of
from models import ApiKey, Client, HistoryEvent
from models.collaborator import Role
from models.history import CHANGE_PERMISSIONS, KIND_PERMISSIONS, HistoryEventKind
from models.viewer import Permission
from tests.fixtures import Answer, Company, global_id

SUBJECTS = {
    "CLIENT_": Client, "PROSPECT_": Client, "CONTACT_": models.Contact, "ADDRESS_": models.Address,
    "CFDI_PROFILE_": models.CfdiProfile, "BANK_ACCOUNT_": models.BankAccount, "DEAL_": models.Deal,
    "FOLLOW_UP_": models.FollowUp, "SALES_DOCUMENT_PAYMENT_": models.Payment, "SALES_DOCUMENT_": models.SalesDocument,
    "DOCUMENT_": models.Document, "RECEIVABLE_TERMS_": models.ReceivableTerms,
    "PAYMENT_REMINDERS_": models.PaymentReminders, "PAYMENT_RECEIVED": models.LedgerEntry,
    "CREDIT_REFUNDED": models.LedgerEntry, "CREDIT_": models.Application,
    "EXTERNAL_": Client,
}  # fmt: skip
"""The records that events are about, by what the kind's name begins with."""
READING = [permission for permission in Permission if permission.endswith(":read")]
SECRET = "Nombre Secreto"


@pytest.mark.claims(
    "docs/security.md",
    "An event of the history asks for `history:read` and for the permission of the record it is about: "
    "`KIND_PERMISSIONS` in `models/history.py` has every kind.",
)
@pytest.mark.parametrize("kind", HistoryEventKind)
def test_a_kind_asks_for_what_its_record_asks_for(kind: HistoryEventKind) -> None:
    subject = next(model for prefix, model in SUBJECTS.items() if kind.startswith(prefix))
    assert entity_of(subject).permission in KIND_PERMISSIONS[kind]


@pytest.mark.claims(
    "docs/security.md",
    "A change that names a record of another kind, as a follow-up's deal, asks for that one's as well.",
)
def test_a_change_asks_for_what_the_record_asks_for_that_it_names() -> None:
    edited: Iterable[tuple[HistoryEventKind, Fields]] = [
        (HistoryEventKind.CLIENT_CHANGED, client.FIELDS),
        (HistoryEventKind.CFDI_PROFILE_CHANGED, cfdi_profile.FIELDS),
        (HistoryEventKind.DEAL_CHANGED, deal.FIELDS),
        (HistoryEventKind.DOCUMENT_CHANGED, document.FIELDS),
        (HistoryEventKind.FOLLOW_UP_CHANGED, follow_up.FIELDS),
        (HistoryEventKind.PAYMENT_REMINDERS_CHANGED, payment_reminders.FIELDS),
        (HistoryEventKind.RECEIVABLE_TERMS_CHANGED, receivables.FIELDS),
        (HistoryEventKind.SALES_DOCUMENT_CHANGED, sales_document.HEADER),
        *((parts.kind, parts.fields) for parts in (CONTACTS, ADDRESSES, BANK_ACCOUNTS)),
    ]
    for kind, fields in edited:
        for name, field in fields.items():
            needed = field.refers and entity_of(field.refers).permission
            if needed and needed not in KIND_PERMISSIONS[kind]:
                assert CHANGE_PERMISSIONS[name] is needed, (kind, name)


@pytest.fixture
def recorded(company: Callable[[], Company]) -> tuple[Company, Any, dict[HistoryEventKind, str]]:
    """A company, a client with an event of each kind, and the events' ids."""
    mine = company()
    owner = mine.people[Role.ADMIN]
    record = mine.client(owner_id=owner)
    changes = [
        {"field": "name", "from": None, "to": SECRET},
        {"field": "deal_id", "from": None, "to": f"{SECRET} del trato"},
    ]
    details = {"change": "UPDATED", "label": SECRET, "changes": changes, "title": SECRET, "folio": SECRET}
    ids = {
        kind: global_id(
            HistoryEvent, mine.add(HistoryEvent, client_id=record, kind=kind, actor_id=owner, details=details)
        )
        for kind in HistoryEventKind
    }
    return mine, record, ids


def ask_with(company: Company, scopes: Iterable[Permission], query: str, **variables: Any) -> list[Answer]:
    """The answers to an API key of these scopes, with the planner and without."""
    secret = Secret.new(company.id)
    company.add(
        ApiKey, id=secret.id, name="hostil", secret_hash=secret.hash, scopes=[scope.value for scope in scopes],
        created_by_id=company.people[Role.ADMIN], expires_at="2099-01-01T00:00:00Z",
    )  # fmt: skip
    answers: list[Answer] = []
    for ficha in (company.ficha, company.ficha.twin):
        assert ficha
        sent = ficha.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {secret.text}"},
        )
        answers.append(Answer(sent.status_code, sent.headers, sent.json()))
    return answers


EVENTS = """
query ($ids: [ID!]!) { nodes(ids: $ids) { ... on HistoryEvent { id kind }
    ... on RecordChangedEvent { label changes { field from to } } } }
"""


@pytest.mark.parametrize("permission", [None, *READING])
def test_an_event_is_there_for_whoever_may_see_its_record(recorded: Any, permission: Permission | None) -> None:
    mine, _, ids = recorded
    held = {Permission.HISTORY_READ, *filter(None, [permission])}
    seen = [ids[kind] for kind, needed in KIND_PERMISSIONS.items() if needed <= held]
    for answer in ask_with(mine, held, EVENTS, ids=list(ids.values())):
        nodes = [node for node in answer.body["data"]["nodes"] if node]
        assert [node["id"] for node in nodes] == seen
        told = str(nodes)
        assert permission or SECRET not in told
        assert ("del trato" in told) == (Permission.DEALS_READ in held)


HISTORY = """
query ($id: ID!, $kinds: [HistoryEventKind!]) { client(id: $id) {
    history(first: 100, kinds: $kinds) { unfilteredCount totalCount nodes { id } } historyMonths { eventCount } } }
"""


@pytest.mark.claims(
    "docs/security.md",
    "| reads a history with events about something hidden | the others, and `hiddenCount`; no other "
    "count, month or cursor knows of them |",
)
@pytest.mark.parametrize("permission", [None, *READING])
def test_counts_are_of_what_is_seen(recorded: Any, permission: Permission | None) -> None:
    mine, record, ids = recorded
    held = {Permission.HISTORY_READ, Permission.CLIENTS_READ, *filter(None, [permission])}
    seen = {ids[kind] for kind, needed in KIND_PERMISSIONS.items() if needed <= held}
    for answer in ask_with(mine, held, HISTORY, id=global_id(Client, record)):
        found = answer.data["client"]
        assert {node["id"] for node in found["history"]["nodes"]} == seen
        assert found["history"]["unfilteredCount"] == found["history"]["totalCount"] == len(seen)
        assert sum(month["eventCount"] for month in found["historyMonths"]) == len(seen)
    hidden = [kind.value for kind, needed in KIND_PERMISSIONS.items() if not needed <= held]
    for answer in ask_with(mine, held, HISTORY, id=global_id(Client, record), kinds=hidden):
        assert answer.data["client"]["history"] == {"unfilteredCount": len(seen), "totalCount": 0, "nodes": []}
