"""Answers level by level: a statement for each relation, whatever the number of rows, and the resolvers' bytes."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

import models
from models.collaborator import Role
from models.history import HistoryEventKind
from models.viewer import Permission, Viewer
from server.execution.executor import Answer
from tests.fixtures import Company, global_id
from tests.planner.conftest import Both, comparable

FOLDER = Path(__file__).resolve().parents[2] / "operations"
STATEMENTS = {
    "cfdi_catalogs": 0,
    "client_actions": 8,
    "client_billing": 10,
    "client_detail": 13,
    "client_documents": 2,
    "client_follow_ups": 2,
    "client_header": 1,
    "client_history": 4,
    "client_ledger": 4,
    "client_taxpayer_listing": 2,
    "clients_list": 4,
    "clients_search": 2,
    "collaborators": 2,
    "company_settings": 8,
    "deals_board": 2,
    "follow_ups_calendar": 2,
    "history_months": 2,
    "invitations": 1,
    "sales_document_detail": 13,
}
"""Of each canonical operation that declares what it reads, by file."""


def administrator(own: Company) -> Viewer:
    zone = ZoneInfo("America/Mexico_City")
    return Viewer(own.id, own.people[Role.ADMIN], Role.ADMIN, zone, frozenset(Permission))


def levels(both: Both, viewer: Viewer, query: str, **variables: Any) -> Answer:
    """The answer of the levels, which is the resolvers' as well."""
    resolved = both.one(both.resolvers, viewer, query, variables)
    answer = both.one(both.levels, viewer, query, variables)
    assert answer.plan is not None, "this is left to the resolvers"
    assert comparable(answer) == comparable(resolved)
    return answer


@pytest.mark.claims(
    "docs/planner.md",
    "Level by level an operation sends one statement for its root and one for each relation that leads on, however many"
    " rows there are.",
)
@pytest.mark.parametrize("name", STATEMENTS)
def test_a_canonical_operation_sends_exactly_its_statements(
    both: Both, viewers: Mapping[str, Viewer], name: str
) -> None:
    query = (FOLDER / f"{name}.graphql").read_text("utf-8")
    variables = json.loads((FOLDER / f"{name}.variables.json").read_text("utf-8"))
    viewer = viewers["ADMIN demo.mx"]
    assert both.planned(viewer, query, **variables).data
    both.one(both.levels, viewer, query, variables)
    assert sum(reader.statements for reader in both.readers) == STATEMENTS[name]


def test_fifty_rows_take_as_many_statements_as_one(both: Both, company: Callable[..., Company]) -> None:
    own = company()
    viewer = administrator(own)
    for number in range(50):
        client = own.client(legal_name=f"CLIENTE {number:02}", owner_id=own.people[Role.SALES])
        own.add(models.Contact, client_id=client, name=f"Contacto {number:02}")
        deal = own.add(models.Deal, client_id=client, title=f"Trato {number:02}")
        own.add(models.FollowUp, client_id=client, deal_id=deal)
    query = """query ($first: Int!) { clients(first: $first) { totalCount nodes { legalName contacts { name }
        deals(first: 2) { totalCount edges { cursor node { title followUps { nodes { name deal { title } } } } }
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } owner { name } } } }"""
    for first in (1, 50):
        answer = orjson.loads(levels(both, viewer, query, first=first).data or b"")
        assert [reader.statements for reader in both.readers] == [4]
        nodes = answer["clients"]["nodes"]
        assert [node["contacts"][0]["name"][-2:] for node in nodes] == [f"{number:02}" for number in range(first)]
        assert [node["deals"]["edges"][0]["node"]["title"][-2:] for node in nodes] == [
            f"{number:02}" for number in range(first)
        ]


def test_nothing_is_read_where_nothing_leads(both: Both, company: Callable[..., Company]) -> None:
    own = company()
    own.client(owner_id=None)
    query = "{ clients { nodes { priceList { name } owner { id } contacts { client { id } } } } }"
    nodes = orjson.loads(levels(both, administrator(own), query).data or b"")["clients"]["nodes"]
    assert nodes == [{"priceList": None, "owner": None, "contacts": []}]
    assert [reader.statements for reader in both.readers] == [2]


@pytest.mark.claims(
    "docs/planner.md",
    "Level by level, a row that lacks what the schema promises costs its field, with the error in its place.",
)
def test_a_spoilt_row_costs_its_field(both: Both, company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    for details in ({"title": "Nave", "closed_on": "2026-11-20", "reason": "Precio"}, {}):
        own.add(models.HistoryEvent, client_id=client, kind=HistoryEventKind.DEAL_LOST, details=details)
    query = """query ($id: ID!) { client(id: $id) { legalName }
        other: client(id: $id) { history { nodes { kind ... on DealLostEvent { title } } } } }"""
    answer = levels(both, administrator(own), query, id=global_id(models.Client, client))
    assert answer.data == b'{"client":{"legalName":"CLIENTE DE PRUEBA"},"other":{"history":null}}'
    [error] = comparable(answer)[1]
    assert (error["extensions"]["code"], error["path"][:3]) == ("INTERNAL", ["other", "history", "nodes"])
