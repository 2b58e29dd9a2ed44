"""What can be done with a record, and why not: the reasons, what would help, and what they do not tell.

That the actions hold is tested in tests/hostile/test_actions.py. Every query is asked of both executors.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

import models
from models import Client, Contact, Deal, Document, FollowUp, SalesDocument
from models.collaborator import Role
from tests.fixtures import NOON, Company, Ficha, global_id
from tests.hostile.test_keys_that_may_not_read import key

CLIENT = """
query ($id: ID!) {
  client(id: $id) {
    availableActions viewerCanErase
    actions { action allowed reasons { code message help permission } }
  }
}
"""
ERASE = "mutation ($id: ID!) { eraseClient(input: {id: $id, validateOnly: true}) { userErrors { code } } }"


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    return company()


def shown(company: Company, client: Any, role: Role = Role.ADMIN) -> Any:
    return company.ask(CLIENT, role, id=global_id(Client, client)).data["client"]


def state(client: Any, action: str) -> Any:
    [found] = (each for each in client["actions"] if each["action"] == action)
    return found


def codes(client: Any, action: str) -> list[str]:
    return [reason["code"] for reason in state(client, action)["reasons"]]


def test_erasing_is_promised_only_where_it_is_kept(mine: Company) -> None:
    client = mine.client()
    assert shown(mine, client)["viewerCanErase"]
    mine.add(Document, client_id=client, deleted_at=NOON)
    found = shown(mine, client)
    assert (found["viewerCanErase"], "ERASE" in found["availableActions"]) == (False, False)
    assert codes(found, "ERASE") == ["HAS_DOCUMENTS"]
    mine.add(SalesDocument, client_id=client, subtotal=1, total=1)
    assert state(shown(mine, client), "ERASE")["reasons"] == [
        {
            "code": "HAS_DOCUMENTS",
            "message": "Tiene documentos: no se puede borrar definitivamente.",
            "help": "En lugar de borrarlo, elimínelo: deja las listas y conserva sus documentos.",
            "permission": None,
        },
        {
            "code": "HAS_BALANCE",
            "message": "Tiene saldo: no se puede borrar definitivamente.",
            "help": "Cobre o cancele lo que debe.",
            "permission": None,
        },
    ]


def test_a_missing_permission_is_named_and_nothing_else_is_told(mine: Company) -> None:
    client = mine.client(deleted_at=NOON)
    mine.add(Document, client_id=client)
    found = shown(mine, client, Role.READ_ONLY)
    assert found["availableActions"] == []
    assert {tuple(codes(found, each["action"])) for each in found["actions"]} == {("PERMISSION_MISSING",)}
    assert state(found, "ERASE")["reasons"] == [
        {
            "code": "PERMISSION_MISSING",
            "message": "Su rol no incluye el permiso admin.",
            "help": "Pida el permiso admin a un administrador.",
            "permission": "admin",
        }
    ]


def test_reasons_speak_the_readers_language(mine: Company) -> None:
    client = global_id(Client, mine.client(kind="PROSPECT"))
    headers = {"Authorization": f"Bearer {mine.ficha.token(mine.email(Role.ADMIN))}", "Accept-Language": "en"}
    body = {"query": CLIENT, "variables": {"id": client}}
    for ficha in (mine.ficha, mine.ficha.twin):
        assert isinstance(ficha, Ficha)
        found = ficha.http.post("/graphql", json=body, headers=headers).json()["data"]["client"]
        assert state(found, "CREATE_INVOICE")["reasons"] == [
            {
                "code": "CLIENT_IS_PROSPECT",
                "message": "Only clients can be invoiced: convert it first.",
                "help": "Convert the prospect into a client.",
                "permission": None,
            }
        ]


@pytest.mark.claims(
    "docs/security.md",
    "A reason is what the mutation, sent `validateOnly`, would tell the same viewer, and no more: who may not work on "
    "the client's records is told that alone, whatever state they are in; who may read neither files nor sales "
    "documents is told `NOT_ERASABLE` and not `HAS_DOCUMENTS`.",
)
@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (["clients:read"], ["NOT_ERASABLE"]),
        (["clients:read", "documents:read"], ["HAS_DOCUMENTS"]),
        (["clients:read", "sales:read"], ["HAS_DOCUMENTS", "HAS_BALANCE"]),
        (["clients:read", "billing:read"], ["HAS_BALANCE"]),
    ],
)
def test_why_it_cannot_be_erased_is_told_to_who_may_see_it(
    mine: Company, scopes: list[str], expected: list[str]
) -> None:
    client = mine.client()
    mine.add(Document, client_id=client)
    mine.add(SalesDocument, client_id=client, subtotal=1, total=1)
    ask = key(mine, "admin", "clients:read_all", *scopes)
    found = ask(CLIENT, id=global_id(Client, client))["data"]["client"]
    assert codes(found, "ERASE") == expected
    [refused] = ask(ERASE, id=global_id(Client, client))["data"].values()
    assert [error["code"] for error in refused["userErrors"]] == expected


def test_a_client_takes_so_many_contacts_and_no_more(mine: Company) -> None:
    client = mine.client()
    statement = """
        insert into contact (company_id, id, client_id, position, name)
        select :company, gen_random_uuid(), :client, n, 'Contacto' from generate_series(1, 500) n
    """
    assert state(shown(mine, client), "ADD_CONTACT")["allowed"]
    mine.owner.execute(text(statement), {"company": mine.id, "client": client})
    assert codes(shown(mine, client), "ADD_CONTACT") == ["TOO_MANY"]
    assert state(shown(mine, client), "ADD_ADDRESS")["allowed"]


CONVERT = "mutation ($input: ConvertProspectInput!) { convertProspect(input: $input) { userErrors { code } } }"


def test_converting_twice_is_done_once_but_promised_once(mine: Company) -> None:
    client = mine.client(kind="PROSPECT")
    id = global_id(Client, client)
    assert "CONVERT_TO_CLIENT" in shown(mine, client)["availableActions"]
    for _ in range(2):
        assert mine.ask(CONVERT, input={"id": id}).data["convertProspect"] == {"userErrors": []}
    assert codes(shown(mine, client), "CONVERT_TO_CLIENT") == ["CLIENT_NOT_PROSPECT"]
    dry = mine.ask(CONVERT, input={"id": id, "validateOnly": True}).data["convertProspect"]
    assert dry == {"userErrors": [{"code": "CLIENT_NOT_PROSPECT"}]}


EVERYTHING = """
query ($first: Int!) {
  clients(first: $first) {
    nodes {
      actions { action allowed reasons { code } }
      contacts { actions { action allowed reasons { code } } }
      deals(first: 1) { nodes { actions { action allowed reasons { code } } } }
      followUps(first: 1) { nodes { viewerCanUpdate } }
      salesDocuments(first: 1) { nodes { actions { action allowed reasons { code } } availableActions viewerCanSend } }
      documents(first: 1) { nodes { viewerCanUpdate } }
    }
  }
}
"""


def test_fifty_clients_with_their_actions_take_as_many_statements_as_one(
    mine: Company, statements: Callable[[], list[int]]
) -> None:
    for number in range(50):
        client = mine.client(legal_name=f"CLIENTE {number:02}")
        for model in (Contact, Deal, FollowUp, Document, SalesDocument):
            mine.add(model, client_id=client)
    one = mine.ask(EVERYTHING, first=1).data["clients"]["nodes"]
    assert statements() == [1, 12]
    fifty = mine.ask(EVERYTHING, first=50).data["clients"]["nodes"]
    assert statements() == [1, 12]
    assert fifty == one * 50


def test_a_document_says_what_is_in_the_way(mine: Company) -> None:
    query = """
    query ($id: ID!) { salesDocument(id: $id) { actions { action allowed reasons { code message help } } } }
    """
    client = mine.billable(owner_id=mine.people[Role.SALES])
    mine.add(models.ReceivableTerms, client_id=client, credit_days=30, credit_limit=100)
    sums = {"subtotal": 150, "total": 150, "on_credit": True, "payment_form": "03", "payment_method": "PUE"}
    draft = global_id(SalesDocument, mine.add(SalesDocument, client_id=client, state="DRAFT", **sums))
    assert state(mine.ask(query, id=draft).data["salesDocument"], "SEND")["allowed"]  # who may override is warned
    found = mine.ask(query, Role.SALES, id=draft).data["salesDocument"]
    assert state(found, "SEND")["reasons"] == [
        {
            "code": "CREDIT_LIMIT_EXCEEDED",
            "message": "Excede el crédito disponible del cliente: cobre antes o pida que lo autoricen.",
            "help": "Cobre antes, amplíe el límite, o pida a quien tenga el permiso credit:override que lo envíe.",
        }
    ]
    assert codes(found, "REGISTER_PAYMENT") == ["PERMISSION_MISSING"]
    assert codes(found, "CONVERT") == ["DOCUMENT_STATE"]
