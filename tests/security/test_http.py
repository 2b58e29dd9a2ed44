"""What a request meets before anything is executed, and what every answer says of the budget."""

import http.client
import json
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psycopg
import pytest

import models
from models.collaborator import Role
from server.settings import Settings
from tests.fixtures import Company, Ficha, serving

T = TypeVar("T")

ASK = json.dumps({"query": "{ viewer { permissions } }"}).encode()


@pytest.fixture(scope="module")
def strict(demo_settings: Settings) -> Generator[Ficha]:
    """A Ficha with small budgets."""
    with serving(replace(demo_settings, rate_limit="5/hour")) as ficha:
        yield ficha


@pytest.fixture(scope="module")
def forgetful(demo_settings: Settings) -> Generator[Ficha]:
    """A Ficha that remembers no viewer."""
    with serving(replace(demo_settings, viewer_cache_seconds=0)) as ficha:
        yield ficha


def eventually(read: Callable[[], T], there: Callable[[T], bool]) -> T:
    """What is written in the background: read until it is there, for a minute."""
    deadline = time.monotonic() + 60
    while not there(found := read()) and time.monotonic() < deadline:
        pass
    return found


def send(ficha: Ficha, *headers: tuple[str, str]) -> tuple[int, dict[str, str], Any]:
    """Status, headers (in lower case) and body of the answer to a request with exactly these headers."""
    connection = http.client.HTTPConnection(urlsplit(ficha.url).netloc, timeout=30)
    connection.putrequest("POST", "/graphql")
    for name, value in (*headers, ("Content-Type", "application/json"), ("Content-Length", str(len(ASK)))):
        connection.putheader(name, value)
    connection.endheaders(ASK)
    response = connection.getresponse()
    given, body = {name.lower(): value for name, value in response.getheaders()}, json.loads(response.read())
    connection.close()
    return response.status, given, body


def code(body: Any) -> str:
    """The code of the one error, of an answer without data."""
    assert "data" not in body
    [error] = body["errors"]
    return error["extensions"]["code"]


def test_nobody_is_told_how_to_sign_in(strict: Ficha) -> None:
    status, headers, body = send(strict)
    assert (status, headers["www-authenticate"], code(body)) == (401, "Bearer", "UNAUTHENTICATED")
    assert "ratelimit" not in headers
    assert "extensions" not in body


@pytest.mark.claims(
    "docs/security.md",
    "| 431 | more than 8,192 characters in `Authorization` | |",
)
def test_a_header_that_is_too_long_or_there_twice_is_refused(strict: Ficha) -> None:
    status, _, body = send(strict, ("Authorization", "Bearer " + "x" * 8193))
    assert (status, code(body)) == (431, "UNAUTHENTICATED")
    good = ("Authorization", f"Bearer {strict.token('admin@demo.mx')}")
    status, _, body = send(strict, good, good)
    assert (status, code(body)) == (401, "UNAUTHENTICATED")


def test_credentials_come_in_one_way(strict: Ficha) -> None:
    token = strict.token("admin@demo.mx")
    for name in ("X-Api-Key", "Cookie", "Proxy-Authorization"):
        assert send(strict, (name, f"Bearer {token}"))[0] == 401
    assert (
        strict.http.post(f"/graphql?access_token={token}", json={"query": "{ viewer { permissions } }"}).status_code
        == 401
    )


@pytest.mark.claims(
    "docs/security.md",
    "`FICHA_RATE_LIMIT` is the budget of one collaborator, and of each key.",
)
@pytest.mark.claims(
    "docs/protocol.md",
    "| too many requests | 429 |",
)
def test_every_answer_says_what_is_left_until_nothing_is(strict: Ficha, owner: Any) -> None:
    company = Company(strict, owner)
    header = ("Authorization", f"Bearer {strict.token(company.email(Role.SALES))}")
    for left in (4, 3, 2, 1, 0):
        status, headers, body = send(strict, header)
        assert (status, "errors" in body) == (200, False)
        assert headers["ratelimit-policy"] == '"viewer";q=5;w=3600'
        budget = body["extensions"]["rateLimit"]
        assert (budget["limit"], budget["remaining"]) == (5, left)
        assert 3500 < budget["resetsInSeconds"] <= 3600
        assert headers["ratelimit"] == f'"viewer";r={left};t={budget["resetsInSeconds"]}'
    status, headers, body = send(strict, header)
    assert (status, code(body)) == (429, "RATE_LIMITED")
    assert 3500 < int(headers["retry-after"]) <= 3600
    assert headers["ratelimit"].startswith('"viewer";r=0;t=')
    # Everybody has a budget of their own.
    other = ("Authorization", f"Bearer {strict.token(company.email(Role.BILLING))}")
    assert send(strict, other)[2]["extensions"]["rateLimit"]["remaining"] == 4


@pytest.mark.claims("docs/security.md", "the budget is spent: the policy `viewer`, or `sign-in` of refused credentials")
def test_the_budget_that_is_spent_is_named(demo_settings: Settings) -> None:
    with serving(replace(demo_settings, sign_in_limit="1/hour", rate_limit="9/hour")) as ficha:
        stranger = ("Authorization", "Bearer junk")
        assert send(ficha, stranger)[0] == 401
        status, headers, body = send(ficha, ("Authorization", "Bearer other"))
        assert (status, code(body), headers["ratelimit-policy"]) == (429, "RATE_LIMITED", '"sign-in";q=1;w=3600')
        assert headers["ratelimit"].startswith('"sign-in";r=0;t=')
        known = ("Authorization", f"Bearer {ficha.token('admin@demo.mx')}")
        assert send(ficha, known)[1]["ratelimit-policy"] == '"viewer";q=9;w=3600'


@pytest.mark.claims(
    "docs/security.md",
    "The key is shown once.",
)
def test_a_key_is_made_used_listed_and_revoked(forgetful: Ficha, owner: Any) -> None:
    company = Company(forgetful, owner)
    made = company.ask(
        """mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
            secret apiKey { id name scopes createdBy { role } revokedAt } userErrors { code } } }""",
        input={"name": "Tienda", "scopes": ["clients:read"]},
    ).data["createApiKey"]
    key, text = made["apiKey"], made["secret"]
    assert key == {
        "id": key["id"],
        "name": "Tienda",
        "scopes": ["clients:read"],
        "createdBy": {"role": "ADMIN"},
        "revokedAt": None,
    }
    header = ("Authorization", f"Bearer {text}")
    status, _, body = send(forgetful, header)
    assert (status, body["data"]) == (200, {"viewer": {"permissions": ["clients:read"]}})
    listed = company.ask("{ apiKeys { totalCount nodes { id name lastUsedAt } } }").data["apiKeys"]
    assert (listed["totalCount"], listed["nodes"][0]["id"]) == (1, key["id"])
    revoked = company.ask(
        "mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { apiKey { revokedBy { role } } } }",
        input={"id": key["id"]},
    ).data["revokeApiKey"]
    assert revoked == {"apiKey": {"revokedBy": {"role": "ADMIN"}}}
    assert send(forgetful, header)[0] == 401
    assert [event["kind"] for event in eventually(lambda: audit_log(company), lambda log: len(log) > 3)] == [
        "SIGN_IN_REFUSED",
        "API_KEY_REVOKED",
        "API_KEY_USED",
        "API_KEY_CREATED",
    ]


def audit_log(company: Company) -> list[dict[str, Any]]:
    """The company's audit log, newest first."""
    query = "{ auditLog { nodes { kind actor { role } apiKey { name } clientAddress details } } }"
    return company.ask(query).data["auditLog"]["nodes"]


def test_a_secret_is_not_kept_for_a_repeated_request(forgetful: Ficha, owner: Any) -> None:
    company = Company(forgetful, owner)
    request = {
        "query": "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }",
        "variables": {"input": {"name": "Tienda", "scopes": ["clients:read"]}},
    }
    headers = {
        "Authorization": f"Bearer {forgetful.token(company.email(Role.ADMIN))}",
        "Idempotency-Key": "5f0c",
    }
    secrets = [
        forgetful.http.post("/graphql", json=request, headers=headers).json()["data"]["createApiKey"]["secret"]
        for _ in range(2)
    ]
    assert secrets[1] is None
    with psycopg.connect(forgetful.settings.database_url) as connection:
        kept = connection.execute(
            "select idempotency_key::text from idempotency_key where company_id = %s", (company.id,)
        ).fetchall()
    assert len(kept) == 1
    assert not any(secrets[0] in row for (row,) in kept)


def test_a_role_is_given_other_permissions(forgetful: Ficha, owner: Any) -> None:
    company = Company(forgetful, owner)
    query = """mutation ($input: SetRolePermissionsInput!) { setRolePermissions(input: $input) {
        roles { role permissions isChanged } userErrors { code path } } }"""
    done = company.ask(query, input={"role": "READ_ONLY", "permissions": ["clients:read"]}).data["setRolePermissions"]
    assert {"role": "READ_ONLY", "permissions": ["clients:read"], "isChanged": True} in done["roles"]
    seen = company.ask("{ viewer { permissions } deals { totalCount } }", role=Role.READ_ONLY)
    assert seen.body["data"] == {"viewer": {"permissions": ["clients:read"]}, "deals": None}
    assert seen.errors == [("FORBIDDEN", "deals")]
    refused = company.ask(query, input={"role": "ADMIN", "permissions": []}).data["setRolePermissions"]
    assert refused["userErrors"] == [{"code": "ROLE_FIXED", "path": ["role"]}]
    [event] = audit_log(company)
    assert (event["kind"], event["actor"]) == ("ROLE_PERMISSIONS_CHANGED", {"role": "ADMIN"})
    assert json.loads(event["details"])["granted"] == []


@pytest.mark.claims(
    "docs/security.md",
    "| `PERSONAL_DATA_EXPORTED` | one answer held more than 50 whole account numbers and links to files, together |",
    "Names, addresses and telephones are on every screen, and reading them is not audited.",
)
def test_an_export_is_audited_and_a_screen_is_not(forgetful: Ficha, owner: Any) -> None:
    own = Company(forgetful, owner)
    client = own.client()
    for number in range(51):
        own.add(models.BankAccount, client_id=client, account_number=f"{number:010}", position=number)
    query = "query ($id: ID!) { client(id: $id) { bankAccounts { accountNumber } } }"
    for role in (Role.READ_ONLY, Role.BILLING):
        own.ask(query, role=role, id=f"cli_{client}")
    [event] = eventually(lambda: audit_log(own), bool)
    assert (event["kind"], event["actor"], json.loads(event["details"])) == (
        "PERSONAL_DATA_EXPORTED",
        {"role": "BILLING"},
        {"accountNumbers": 51},
    )
