"""An API key that may write, but not read clients: what it writes tells it nothing of what is recorded."""

from collections.abc import Callable
from typing import Any

import pytest

from models import Client, Document
from models.collaborator import Role
from tests.cfdi import cfdi
from tests.fixtures import Company, Ficha, global_id
from tests.hostile.test_duplicates import audited

CREATE_KEY = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret userErrors { code } } }"
CREATE = """
mutation ($input: CreateClientInput!) {
  createClient(input: $input) { client { id } userErrors { code clients { id } } }
}
"""
Ask = Callable[..., Any]


@pytest.fixture
def mine(live_server: Ficha, owner: Any) -> Company:
    return Company(live_server, owner)


def key(company: Company, *scopes: str) -> Ask:
    """Asks with a new key of the administrator's that has these scopes; the whole body."""
    secret = company.ask(CREATE_KEY, input={"name": "Tienda", "scopes": list(scopes)}).data["createApiKey"]["secret"]

    def ask(query: str, /, **variables: Any) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        return company.ficha.http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        ).json()

    return ask


def test_a_duplicate_is_counted_and_audited(mine: Company) -> None:
    mine.client(rfc="EKU9003173C9", legal_name="Zzyzx Uno")
    ask = key(mine, "clients:write", "clients:read_all")
    found = ask(CREATE, input={"legalName": "Qwerty", "rfc": "EKU9003173C9", "validateOnly": True})
    assert found["data"]["createClient"]["userErrors"] == [{"code": "DUPLICATE", "clients": []}]
    assert len(audited(mine, 1)) == 1


def test_what_was_saved_is_told_without_the_record(mine: Company) -> None:
    """A field that the key may not see is null; the rest of the answer is there."""
    mine.client(rfc="EKU9003173C9", legal_name="Zzyzx Uno")
    ask = key(mine, "clients:write", "clients:read_all")
    query = """
    mutation ($input: CreateClientsInput!) {
      createClients(input: $input) { results { client { id } userErrors { code clients { id } } } }
    }
    """
    rows = [{"legalName": "Asdfgh Dos"}, {"legalName": "Qwerty", "rfc": "EKU9003173C9"}]
    body = ask(query, input={"errorPolicy": "REJECT_FAILED_ROWS", "rows": rows})
    good, bad = body["data"]["createClients"]["results"]
    assert good == {"client": None, "userErrors": []}
    assert [error["code"] for error in bad["userErrors"]] == ["DUPLICATE"]
    assert {error["extensions"]["code"] for error in body["errors"]} == {"FORBIDDEN"}


def test_an_imported_cfdi_is_not_compared_with_the_record(mine: Company) -> None:
    mine.client(rfc="EKU9003173C9", legal_name="ESCUELA KEMPER URGATE")
    query = (
        "mutation ($input: ImportCfdiInput!) { importCfdi(input: $input) { userErrors { code } warnings { message } } }"
    )
    company = mine.ask("{ viewer { company { rfc } } }").data["viewer"]["company"]["rfc"]
    xml = cfdi(issuer=company, receptor={"Rfc": "EKU9003173C9", "Nombre": "OTRA COSA"})
    given = {"xml": xml, "validateOnly": True}
    assert "ESCUELA KEMPER URGATE" in str(mine.ask(query, input=given).body)
    assert "ESCUELA KEMPER URGATE" not in str(key(mine, "sales:write", "clients:read_all")(query, input=given))


def test_a_file_that_is_there_is_not_named(mine: Company) -> None:
    query = """
    mutation ($input: PrepareDocumentUploadInput!) {
      prepareDocumentUpload(input: $input) { userErrors { code } warnings { code } }
    }
    """
    client = mine.client()
    mine.add(Document, client_id=client, sha256="0" * 64)
    given = {
        "clientId": global_id(Client, client),
        "name": "a.txt",
        "size": 1,
        "sha256": "0" * 64,
        "validateOnly": True,
    }
    warned = mine.ask(query, input=given).data["prepareDocumentUpload"]["warnings"]
    assert [each["code"] for each in warned] == ["FILE_ALREADY_THERE"]
    body = key(mine, "documents:write", "clients:read_all")(query, input=given)
    assert body["data"]["prepareDocumentUpload"] == {"userErrors": [], "warnings": []}


def test_a_key_gives_a_role_nothing_that_it_lacks(mine: Company) -> None:
    query = "mutation ($input: SetRolePermissionsInput!) { setRolePermissions(input: $input) { userErrors { code } } }"
    given = {"role": "SALES", "permissions": ["clients:read", "billing:read"]}
    body = key(mine, "admin", "clients:read")(query, input=given)
    assert body["data"]["setRolePermissions"]["userErrors"] == [{"code": "PERMISSION_NOT_HELD"}]
    assert mine.ask(query, Role.ADMIN, input=given).data["setRolePermissions"]["userErrors"] == []
