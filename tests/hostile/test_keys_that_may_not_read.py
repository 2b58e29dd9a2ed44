"""An API key that may write, but not read clients: what it writes tells it nothing of what is recorded."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

import models
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


# What a refusal repeats of another record


def _stage_of_another(mine: Company) -> tuple[str, str, dict[str, Any]]:
    other = mine.add(models.FunnelStage, name="Otra", position=1)
    deal, beside = (
        global_id(models.Deal, mine.add(models.Deal, client_id=mine.client(), **values))
        for values in ({}, {"title": "SECRETO", "stage_id": other})
    )
    return "moveDeal", "deals", {"id": deal, "before": beside}


def _into_a_prospect(mine: Company) -> tuple[str, str, dict[str, Any]]:
    ids = [global_id(Client, mine.client(kind="PROSPECT", legal_name=name)) for name in ("Uno", "SECRETO")]
    return "convertProspect", "clients", {"id": ids[0], "intoClientId": ids[1]}


def _into_another_taxpayer(mine: Company) -> tuple[str, str, dict[str, Any]]:
    prospect = mine.client(kind="PROSPECT", rfc="EKU9003173C9")
    ids = [global_id(Client, id) for id in (prospect, mine.client(rfc="IIA040805DZ4"))]
    return "convertProspect", "clients", {"id": ids[0], "intoClientId": ids[1]}


def _by_a_cancelled_substitute(mine: Company) -> tuple[str, str, dict[str, Any]]:
    client = mine.client()
    ids = [
        global_id(
            models.SalesDocument,
            mine.add(models.SalesDocument, client_id=client, series="SECRETO", uuid=uuid4(), **state),
        )
        for state in ({}, {"state": "CANCELLED"})
    ]
    grounds = {"reason": "ERRORS_WITH_RELATION", "substituteId": ids[1]}
    return "cancelSalesDocument", "sales", {"id": ids[0], **grounds}


@pytest.mark.parametrize(
    "refused", [_stage_of_another, _into_a_prospect, _into_another_taxpayer, _by_a_cancelled_substitute]
)
def test_a_refusal_repeats_nothing_of_a_record_that_may_not_be_read(mine: Company, refused: Any) -> None:
    name, noun, input = refused(mine)
    query = (
        f"mutation ($input: {name[0].upper()}{name[1:]}Input!)"
        f" {{ {name}(input: $input) {{ userErrors {{ code message }} }} }}"
    )
    [seen] = mine.ask(query, input=input).data[name]["userErrors"]
    [hidden] = key(mine, f"{noun}:write", "clients:read_all")(query, input=input)["data"][name]["userErrors"]
    assert hidden["code"] == seen["code"]
    assert any(secret in seen["message"] for secret in ("SECRETO", "EKU9003173C9"))
    assert not any(secret in hidden["message"] for secret in ("SECRETO", "EKU9003173C9", "IIA040805DZ4"))
