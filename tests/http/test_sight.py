"""What a viewer sees: their company, their clients, and of those what their role includes. Hidden is not empty."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

import models
from loaders.entity import entities
from models.base import Base
from models.collaborator import Role
from tests.fixtures import NOON, Answer, Company, global_id


@dataclass(frozen=True)
class Records:
    """The ids of one client's records, by what the API calls them."""

    client: str
    deal: str
    follow_up: str
    sales_document: str
    document: str

    @property
    def all(self) -> list[str]:
        return list(vars(self).values())


def record_of(own: Company, owner: UUID | None, name: str) -> Records:
    client = own.client(legal_name=name, owner_id=owner)
    rows: list[tuple[type[Base], dict[str, Any]]] = [
        (models.Deal, {"title": name}),
        (models.FollowUp, {"name": name}),
        (models.SalesDocument, {"subtotal": 10, "total": 10}),
        (models.Document, {"name": name}),
    ]
    ids = [global_id(model, own.add(model, client_id=client, **values)) for model, values in rows]
    own.add(models.BankAccount, client_id=client, account_number="032180000118359719", bank_code="032")
    own.add(models.HistoryEvent, client_id=client)
    return Records(global_id(models.Client, client), *ids)


@pytest.fixture
def own(company: Callable[..., Company]) -> tuple[Company, Records, Records]:
    """A company, the record of a client that its salesperson is in charge of, and one of another's."""
    own = company()
    theirs = record_of(own, own.people[Role.SALES], "ASIGNADO")
    record_of(own, None, "DE NADIE")
    return own, theirs, record_of(own, own.people[Role.ADMIN], "AJENO")


LISTS = ("clients", "deals", "followUps", "salesDocuments", "documents")
LISTED = "{" + " ".join(f"{name} {{ totalCount nodes {{ id }} }}" for name in LISTS) + "}"


def test_the_lists_hold_the_viewers_clients_only(own: tuple[Company, Records, Records]) -> None:
    house, theirs, _ = own
    shown = house.ask(LISTED, Role.SALES).data
    assert {name: shown[name] for name in LISTS} == {
        name: {"totalCount": 1, "nodes": [{"id": id}]} for name, id in zip(LISTS, theirs.all, strict=True)
    }
    for role in (Role.ADMIN, Role.SALES_MANAGER, Role.BILLING, Role.READ_ONLY):
        shown = house.ask(LISTED, role).data
        assert {name: (shown[name]["totalCount"], len(shown[name]["nodes"])) for name in LISTS} == dict.fromkeys(
            LISTS, (3, 3)
        )


BY_ID = """
query ($client: ID!, $deal: ID!, $followUp: ID!, $salesDocument: ID!, $document: ID!, $ids: [ID!]!) {
  client(id: $client) { id } deal(id: $deal) { id } followUp(id: $followUp) { id }
  salesDocument(id: $salesDocument) { id } document(id: $document) { id }
  a: node(id: $client) { id } b: node(id: $deal) { id } c: node(id: $followUp) { id }
  d: node(id: $salesDocument) { id } e: node(id: $document) { id }
  nodes(ids: $ids) { id }
}
"""


def by_id(house: Company, records: Records, role: Role) -> Answer:
    client, deal, follow_up, sales_document, document = records.all
    return house.ask(
        BY_ID, role, client=client, deal=deal, followUp=follow_up, salesDocument=sales_document, document=document,
        ids=records.all,
    )  # fmt: skip


NOTHING = dict.fromkeys(("client", "deal", "followUp", "salesDocument", "document", *"abcde"))


def test_a_record_out_of_sight_is_null_as_if_it_did_not_exist(
    own: tuple[Company, Records, Records], company: Callable[..., Company]
) -> None:
    house, theirs, others = own
    unknown = Records(*(f"{id[:-12]}000000000000" for id in theirs.all))
    foreign = record_of(company(), None, "DE OTRA EMPRESA")
    absent = by_id(house, unknown, Role.ADMIN)
    assert absent.data == NOTHING | {"nodes": [None] * 5}
    assert by_id(house, foreign, Role.ADMIN).body == absent.body
    assert by_id(house, others, Role.SALES).body == absent.body

    seen = by_id(house, theirs, Role.SALES).data
    assert seen["nodes"] == [{"id": id} for id in theirs.all]
    assert [seen[name]["id"] for name in NOTHING] == theirs.all * 2


def test_filters_and_orders_see_no_further(own: tuple[Company, Records, Records]) -> None:
    house, _, others = own
    query = """
    query ($id: ID!) {
      deals(filter: {client: {id: {eq: $id}}}) { totalCount }
      clients(filter: {or: [{legalName: {eq: "AJENO"}}, {deals: {some: {title: {eq: "AJENO"}}}}]}) { totalCount }
      salesDocuments(filter: {not: {total: {lt: "0"}}}, orderBy: [{field: TOTAL}]) { totalCount }
    }
    """
    counts = [part["totalCount"] for part in house.ask(query, Role.SALES, id=others.client).data.values()]
    assert counts == [0, 0, 1]
    counts = [part["totalCount"] for part in house.ask(query, Role.ADMIN, id=others.client).data.values()]
    assert counts == [1, 1, 3]


def test_a_record_leads_to_no_client_out_of_sight(own: tuple[Company, Records, Records]) -> None:
    house, theirs, _ = own
    query = "query ($id: ID!) { deal(id: $id) { client { legalName owner { email } } } }"
    client = house.ask(query, Role.SALES, id=theirs.deal).data["deal"]["client"]
    assert client == {"legalName": "ASIGNADO", "owner": {"email": house.email(Role.SALES)}}


ACCOUNTS = "query ($id: ID!) { client(id: $id) { bankAccounts { accountNumber } } }"


@pytest.mark.parametrize(
    "arguments",
    [
        "orderBy: [{field: BALANCE, direction: DESC}]",
        "orderBy: [{field: LEGAL_NAME, direction: ASC}, {field: BALANCE, direction: ASC}]",
        'filter: {receivables: {balance: {gt: "0"}}}',
        'filter: {not: {receivables: {overdueBalance: {gte: "100"}}}}',
        'filter: {or: [{receivables: {overdueBalance: {eq: "0"}}}]}',
    ],
)
def test_who_may_not_read_billing_gets_no_list_by_money(company: Callable[..., Company], arguments: str) -> None:
    """The order of clients by what they owe would tell who owes the most."""
    own = company(role_permissions={"SALES": ["clients:read", "clients:read-all"]})
    query = f"query ($first: Int) {{ clients(first: $first, {arguments}) {{ nodes {{ legalName }} totalCount }} }}"
    answer = own.ask(query, Role.SALES, first=5)
    (error,) = answer.body["errors"]
    assert (error["extensions"]["code"], error["extensions"]["permission"]) == ("FORBIDDEN", "billing:read")
    assert not (answer.body.get("data") or {}).get("clients")
    assert "errors" not in own.ask(query, Role.ADMIN, first=5).body


@pytest.mark.claims(
    "docs/security.md",
    "| lacks `billing:read` | account numbers as `••••9719` |",
)
@pytest.mark.parametrize("role", Role)
def test_account_numbers_are_masked_for_whoever_may_not_read_billing(
    own: tuple[Company, Records, Records], role: Role
) -> None:
    house, theirs, _ = own
    whole = role in (Role.ADMIN, Role.SALES_MANAGER, Role.BILLING)
    accounts = house.ask(ACCOUNTS, role, id=theirs.client).data["client"]["bankAccounts"]
    assert accounts == [{"accountNumber": "032180000118359719" if whole else "••••9719"}]


PARTS = """
query ($id: ID!) {
  client(id: $id) {
    legalName
    receivables { balance }
    paymentReminders { enabled }
    salesDocuments { totalCount }
  }
}
"""


@pytest.mark.claims(
    "docs/errors.md",
    "`path` leads to the field of the answer that is null because of it.",
)
@pytest.mark.claims(
    "README.md",
    "What the viewer may not see is null, with a `FORBIDDEN` error at its path.",
)
@pytest.mark.claims(
    "operations/README.md",
    "The record is read once, and each part fails by itself: where the viewer lacks a permission, that "
    "part is null with a `FORBIDDEN` error at its path.",
)
def test_what_is_hidden_says_so_and_the_rest_is_answered(own: tuple[Company, Records, Records]) -> None:
    house, theirs, _ = own
    answer = house.ask(PARTS, Role.READ_ONLY, id=theirs.client)
    assert answer.status == 200
    assert sorted(answer.errors) == [
        ("FORBIDDEN", "client", "paymentReminders"),
        ("FORBIDDEN", "client", "receivables"),
    ]
    assert {error["extensions"]["permission"] for error in answer.body["errors"]} == {"billing:read"}
    assert answer.body["data"]["client"] == {
        "legalName": "ASIGNADO", "receivables": None, "paymentReminders": None, "salesDocuments": {"totalCount": 1},
    }  # fmt: skip
    # To whoever may see it, what was not configured is simply null.
    shown = house.ask(PARTS, Role.BILLING, id=theirs.client).data["client"]
    assert (shown["receivables"], shown["paymentReminders"]) == ({"balance": "10.00"}, None)


def test_a_client_by_rfc_is_the_viewers_own(company: Callable[..., Company]) -> None:
    own, other = company(), company()
    mine = own.client(rfc="EKU9003173C9", owner_id=own.people[Role.SALES])
    other.client(rfc="EKU9003173C9")
    other.client(rfc="URE180429TM6")
    own.client(rfc="H&E951128469")

    def found(rfc: str, role: Role = Role.ADMIN) -> Any:
        return own.ask(f'{{ client(rfc: "{rfc}") {{ id rfc }} }}', role).data["client"]

    found_mine = {"id": global_id(models.Client, mine), "rfc": "EKU9003173C9"}
    assert found("EKU9003173C9") == found("eku-900317-3c9") == found("EKU9003173C9", Role.SALES) == found_mine
    assert found("URE180429TM6") is None
    assert found("H&E951128469")["rfc"] == "H&E951128469"
    assert found("H&E951128469", Role.SALES) is None


def test_a_deleted_client_is_read_but_not_listed(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client(deleted_at=NOON)
    query = "query ($id: ID!) { client(id: $id) { deletedAt } clients { totalCount } }"
    shown = own.ask(query, id=global_id(models.Client, client)).data
    assert shown == {"client": {"deletedAt": "2026-03-10T18:00:00.000Z"}, "clients": {"totalCount": 0}}


# Every kind of record of the demo, by its id.

KINDS = {
    "Address", "BankAccount", "CfdiProfile", "Client", "Collaborator", "Company", "Contact", "Deal", "Document",
    "FollowUp", "FunnelStage", "HistoryEvent", "LossReason", "Payment", "PriceList", "ReminderRule", "SalesDocument",
    "SalesDocumentLine",
}  # fmt: skip
INDEXED = {entity.prefix: entity for entity in entities()}


def test_every_record_of_the_demo_is_a_node(ask: Callable[..., Answer]) -> None:
    id = ask("admin@demo.mx", '{ client(rfc: "EKU9003173C9") { id } }').data["client"]["id"]
    query = """
    query ($id: ID!) {
      viewer { collaborator { id } company { id } }
      client(id: $id) {
        id priceList { id } contacts { id } fiscalAddress { id } branchAddresses { id } bankAccounts { id }
        cfdiProfile { id } deals { nodes { id stage { id } lossReason { id } } } followUps { nodes { id } }
        salesDocuments { nodes { id lines { id } ... on SalesInvoice { payments { id } } } } documents { nodes { id } }
        history { nodes { id } } paymentReminders { rules { id } }
      }
    }
    """
    found: dict[str, str] = {}

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            if "id" in value:
                found.setdefault(value["id"].partition("_")[0], value["id"])
            for part in value.values():
                collect(part)
        elif isinstance(value, list):
            for part in value:
                collect(part)

    collect(ask("admin@demo.mx", query, id=id).data)
    ids = list(found.values())
    shown = ask("admin@demo.mx", "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids).data["nodes"]
    assert [node["id"] for node in shown] == ids
    for node in shown:
        entity = INDEXED[node["id"].partition("_")[0]]
        assert node["__typename"] in entity.types()
    single = "query ($id: ID!) { node(id: $id) { __typename id } }"
    assert [ask("admin@demo.mx", single, id=id).data["node"] for id in ids] == shown
    foreign = ask("admin@ajena.mx", "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids).data["nodes"]
    assert foreign == [None] * len(ids)
    assert {INDEXED[node["id"].partition("_")[0]].model.__name__ for node in shown} >= KINDS
