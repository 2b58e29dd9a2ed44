"""Deals as a board shows them, moved, deleted and restored; what refers to a deleted one. Both executors are asked."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import models
from models.collaborator import Role
from models.deal import MOST_DECIMALS
from tests.fixtures import NOON, Company, global_id

BOARD = """
query ($stage: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  deals(filter: {stage: {id: {eq: $stage}}}, orderBy: [{field: POSITION}], first: $first, after: $after, last: $last,
        before: $before) {
    totalCount nodes { id } pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
  }
}
"""
MOVE = "mutation ($input: MoveDealInput!) { moveDeal(input: $input) { deal { id version } userErrors { code path } } }"
DELETE = "mutation ($id: ID!) { deleteDeal(input: {id: $id}) { deal { deletedAt } userErrors { code } } }"
RESTORE = "mutation ($id: ID!) { restoreDeal(input: {id: $id}) { deal { deletedAt } userErrors { code } } }"


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company()


def deal(mine: Company, client: Any, **values: Any) -> str:
    return global_id(models.Deal, mine.add(models.Deal, client_id=client, **values))


def board(mine: Company, role: Role = Role.ADMIN) -> list[str]:
    page = mine.ask(BOARD, role, stage=global_id(models.FunnelStage, mine.stage), first=100).data["deals"]
    return [node["id"] for node in page["nodes"]]


@pytest.mark.claims(
    "docs/writing.md",
    "`deals(orderBy: {field: POSITION})` of one stage, as a board shows it.",
    "`moveDeal` puts a deal `before` or `after` another one of the stage it moves to.",
    "A deal that is new in a stage is on top; a deleted one keeps its place and comes back to it.",
)
def test_the_board_is_as_people_ordered_it(mine: Company) -> None:
    client = mine.client()
    a, b, c = (deal(mine, client) for _ in range(3))
    mine.ask(MOVE, input={"id": c, "before": b})
    assert board(mine) == [a, c, b]
    mine.ask(DELETE, id=c)
    assert board(mine) == [a, b]
    new = 'mutation ($id: ID!) { createDeal(input: {clientId: $id, title: "T"}) { deal { id } } }'
    created = mine.ask(new, id=global_id(models.Client, client)).data["createDeal"]["deal"]["id"]
    mine.ask(RESTORE, id=c)
    assert board(mine) == [created, a, c, b]


def test_it_is_paged_in_both_directions_whatever_the_decimals(mine: Company) -> None:
    client = mine.client()
    positions = [Decimal(f"1.{n:0{MOST_DECIMALS}}") for n in range(1, 4)]
    positions += [Decimal(n) for n in (-3, 5, -10, 9_999_999)]
    deals = {position: deal(mine, client, position=position) for position in positions}
    expected = [deals[position] for position in sorted(positions)]
    stage = global_id(models.FunnelStage, mine.stage)
    for limit, place, more, end, ordered in (
        ("first", "after", "hasNextPage", "endCursor", expected),
        ("last", "before", "hasPreviousPage", "startCursor", expected[::-1]),
    ):
        seen, cursor = list[str](), None
        for _ in expected:
            page = mine.ask(BOARD, stage=stage, **{limit: 1, place: cursor}).data["deals"]
            seen += [node["id"] for node in page["nodes"]]
            cursor = page["pageInfo"][end]
        assert (seen, page["pageInfo"][more]) == (ordered, False)


def test_who_sees_some_of_the_deals_orders_those(mine: Company) -> None:
    sales, admin = (mine.client(owner_id=mine.people[role]) for role in (Role.SALES, Role.ADMIN))
    a, hidden, b = deal(mine, sales), deal(mine, admin), deal(mine, sales)
    payload = mine.ask(MOVE, Role.SALES, input={"id": b, "before": a}).data["moveDeal"]
    assert payload["userErrors"] == []
    assert (board(mine, Role.SALES), board(mine)) == ([b, a], [b, a, hidden])
    payload = mine.ask(MOVE, Role.SALES, input={"id": b, "after": hidden}).data["moveDeal"]
    assert payload["userErrors"] == [{"code": "NOT_FOUND", "path": ["after"]}]


def test_what_refers_to_a_deleted_deal_still_does(mine: Company) -> None:
    client = mine.client()
    own = mine.add(models.Deal, client_id=client)
    follow_up = mine.add(models.FollowUp, client_id=client, deal_id=own)
    quote = mine.add(models.SalesDocument, client_id=client, deal_id=own, type="QUOTE", series="COT")
    id = global_id(models.Deal, own)
    assert mine.ask(DELETE, id=id).data["deleteDeal"]["userErrors"] == []
    answer = mine.ask(
        """
        query ($deal: ID!, $followUp: ID!, $quote: ID!, $client: ID!) {
          deal(id: $deal) { id deletedAt viewerCanRestore viewerCanDelete viewerCanUpdate }
          followUp(id: $followUp) { deal { id deletedAt } }
          salesDocument(id: $quote) { deal { id } }
          deals { totalCount }
          clients(filter: {deals: {some: {id: {eq: $deal}}}}) { totalCount }
          client(id: $client) {
            deals { totalCount nodes { id } }
            deletedDeals: deals(deleted: ONLY) { totalCount nodes { id } }
            history { nodes { ... on DealChangedEvent { change label deal { id } } } }
          }
        }
        """,
        deal=id,
        followUp=global_id(models.FollowUp, follow_up),
        quote=global_id(models.SalesDocument, quote),
        client=global_id(models.Client, client),
    ).data
    assert answer["deal"]["deletedAt"]
    can = [answer["deal"][name] for name in ("viewerCanRestore", "viewerCanDelete", "viewerCanUpdate")]
    assert can == [True, False, False]
    assert answer["followUp"]["deal"]["id"] == answer["salesDocument"]["deal"]["id"] == id
    assert (answer["deals"]["totalCount"], answer["clients"]["totalCount"]) == (0, 0)
    assert answer["client"] == {
        "deals": {"totalCount": 0, "nodes": []},
        "deletedDeals": {"totalCount": 1, "nodes": [{"id": id}]},
        "history": {"nodes": [{"change": "DELETED", "label": "Trato", "deal": {"id": id}}]},
    }


def test_nothing_new_refers_to_a_deleted_deal(mine: Company) -> None:
    client = mine.client()
    id = deal(mine, client, deleted_at=NOON)
    plan = """
    mutation ($deal: ID!) {
      createFollowUp(input: {dealId: $deal, name: "N", startsAt: "2026-03-10T12:00:00Z"}) { userErrors { code path } }
    }
    """
    assert mine.ask(plan, deal=id).data["createFollowUp"]["userErrors"] == [{"code": "NOT_FOUND", "path": ["dealId"]}]
    quote = """
    mutation ($deal: ID!, $client: ID!) {
      createSalesDocument(input: {clientId: $client, dealId: $deal, type: QUOTE, lines: [
        {description: "Silla", productCode: "56101504", unitCode: "H87", quantity: "1", unitPrice: "1"}
      ]}) { userErrors { code path } }
    }
    """
    answer = mine.ask(quote, deal=id, client=global_id(models.Client, client)).data
    assert answer["createSalesDocument"]["userErrors"] == [{"code": "NOT_FOUND", "path": ["dealId"]}]


def test_a_deal_is_restored_by_who_may_work_on_it(mine: Company) -> None:
    id = deal(mine, mine.client(), deleted_at=NOON)
    answer = mine.ask(RESTORE, Role.READ_ONLY, id=id)
    assert answer.errors == [("FORBIDDEN", "restoreDeal")]
    assert mine.ask(RESTORE, Role.SALES_MANAGER, id=id).data["restoreDeal"] == {
        "deal": {"deletedAt": None},
        "userErrors": [],
    }


def test_a_quote_of_a_deal_that_was_deleted_since_is_converted(mine: Company) -> None:
    client = mine.client()
    own = mine.add(models.Deal, client_id=client, deleted_at=NOON)
    sums = {"subtotal": 100, "total": 100}
    quote = mine.add(models.SalesDocument, client_id=client, deal_id=own, type="QUOTE", series="COT", **sums)
    mine.add(
        models.SalesDocumentLine, client_id=client, sales_document_id=quote, position=1, quantity=1, unit_price=100,
        amount=100, tax_object="01", description="Silla", product_code="56101504", unit_code="H87",
    )  # fmt: skip
    convert = """
    mutation ($id: ID!) {
      convertSalesDocument(input: {id: $id, to: SALES_NOTE}) { salesDocument { deal { id } } userErrors { code path } }
    }
    """
    payload = mine.ask(convert, id=global_id(models.SalesDocument, quote)).data["convertSalesDocument"]
    assert payload == {"salesDocument": {"deal": {"id": global_id(models.Deal, own)}}, "userErrors": []}
