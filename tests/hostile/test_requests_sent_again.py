"""One Idempotency-Key, sent again by others, at once, with other bodies, after what they may do has changed."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

import models
from models.collaborator import Role
from server.settings import Settings
from tests.fixtures import Company, Ficha, global_id, serving

CREATE = """mutation ($input: CreateClientInput!) { createClient(input: $input) {
    client { id legalName receivables { balance } } userErrors { code } warnings { code } } }"""
UPDATE = """mutation ($input: UpdateClientInput!) { updateClient(input: $input) {
    client { tradeName version } userErrors { code } } }"""


@pytest.fixture(scope="module")
def forgetful(demo_settings: Settings) -> Any:
    """A Ficha that remembers no viewer, with a budget."""
    patient = replace(demo_settings, operation_seconds=60, viewer_cache_seconds=0, rate_limit="10000/hour")
    with serving(patient) as ficha:
        yield ficha


def post(ficha: Ficha, credentials: str, key: str, query: str, **variables: Any) -> httpx.Response:
    """The response to the request under this key; where too many wait, as on a busy machine, it is sent again."""
    while True:
        response = ficha.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {credentials}", "Idempotency-Key": key},
        )
        if response.status_code != 503:
            return response
        time.sleep(int(response.headers["retry-after"]))


def api_key(company: Company, *scopes: str) -> str:
    """A key of the administrator's."""
    query = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }"
    return company.ask(query, input={"name": "Tienda", "scopes": list(scopes)}).data["createApiKey"]["secret"]


def permit(company: Company, role: Role, *permissions: str) -> None:
    query = "mutation ($input: SetRolePermissionsInput!) { setRolePermissions(input: $input) { userErrors { code } } }"
    given = {"role": role.value, "permissions": list(permissions)}
    assert company.ask(query, input=given).data["setRolePermissions"]["userErrors"] == []


@pytest.mark.claims(
    "docs/writing.md",
    "A key belongs to one collaborator and their credentials: an API key, or the `iss` and `sub` of their tokens.",
)
def test_a_key_belongs_to_its_credentials(forgetful: Ficha, owner: Any) -> None:
    own = Company(forgetful, owner)
    token = forgetful.token(own.email(Role.ADMIN))
    first = post(forgetful, token, "k", CREATE, input={"legalName": "Una"})
    assert first.json()["data"]["createClient"]["client"]["receivables"] == {"balance": "0.00"}
    narrow, wide = api_key(own, "sales:read"), api_key(own, "clients:read", "clients:write")
    refused = post(forgetful, narrow, "k", CREATE, input={"legalName": "Una"})
    assert "idempotency-replayed" not in refused.headers
    assert (refused.json()["data"], [e["extensions"]["code"] for e in refused.json()["errors"]]) == (
        None,
        ["FORBIDDEN"],
    )
    other = post(forgetful, wide, "k", CREATE, input={"legalName": "Otra", "allowDuplicates": True})
    assert other.status_code == 200, "the key is free for other credentials"
    assert "idempotency-replayed" not in other.headers
    # Another token for the same subject is the same credentials.
    forgetful._tokens.clear()
    again = post(forgetful, forgetful.token(own.email(Role.ADMIN)), "k", CREATE, input={"legalName": "Una"})
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["data"] == first.json()["data"]


@pytest.mark.claims(
    "docs/writing.md",
    "Who may no longer do it gets `FORBIDDEN`.",
)
def test_the_payload_is_that_of_the_viewer_of_now(forgetful: Ficha, owner: Any) -> None:
    own = Company(forgetful, owner)
    token = forgetful.token(own.email(Role.SALES_MANAGER))
    made = post(forgetful, token, "k", CREATE, input={"legalName": "Antes"}).json()["data"]["createClient"]["client"]
    assert made["receivables"] == {"balance": "0.00"}
    own.ask(UPDATE, input={"id": made["id"], "legalName": "Después"})
    permit(own, Role.SALES_MANAGER, "clients:read", "clients:read_all", "clients:write")
    body = post(forgetful, token, "k", CREATE, input={"legalName": "Antes"}).json()
    assert body["data"]["createClient"]["client"] == {"id": made["id"], "legalName": "Después", "receivables": None}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]
    # Out of sight, it is not there.
    permit(own, Role.SALES_MANAGER, "clients:read", "clients:write", "billing:read")
    own.change(models.Client, _id(made["id"]), owner_id=own.people[Role.SALES])
    body = post(forgetful, token, "k", CREATE, input={"legalName": "Antes"}).json()
    assert body["data"]["createClient"] == {"client": None, "userErrors": [], "warnings": []}
    # What one may no longer do, one is not told of.
    permit(own, Role.SALES_MANAGER, "clients:read", "clients:read_all", "billing:read")
    response = post(forgetful, token, "k", CREATE, input={"legalName": "Antes"})
    assert (response.json()["data"], response.headers["idempotency-replayed"]) == (None, "true")
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["FORBIDDEN"]


def test_a_record_that_is_gone_is_null(forgetful: Ficha, owner: Any) -> None:
    own = Company(forgetful, owner)
    token = forgetful.token(own.email(Role.ADMIN))
    made = post(forgetful, token, "k", CREATE, input={"legalName": "Antes"}).json()["data"]["createClient"]["client"]
    erase = "mutation ($input: EraseClientInput!) { eraseClient(input: $input) { userErrors { code } } }"
    assert own.ask(erase, input={"id": made["id"]}).data["eraseClient"]["userErrors"] == []
    response = post(forgetful, token, "k", CREATE, input={"legalName": "Antes"})
    assert response.json()["data"]["createClient"] == {"client": None, "userErrors": [], "warnings": []}
    assert "errors" not in response.json()


def _id(global_text: str) -> Any:
    return UUID(global_text.removeprefix("cli_"))


BULK = """mutation ($input: CreateContactsInput!) {
    createContacts(input: $input) { results { contact { name } userErrors { code path } warnings { code } } } }"""


def test_bulk_and_several_fields_are_replayed_whole(forgetful: Ficha, owner: Any) -> None:
    own = Company(forgetful, owner)
    token, client = forgetful.token(own.email(Role.ADMIN)), global_id(models.Client, own.client())
    rows = [{"clientId": client, "name": "Ana"}, {"clientId": client, "name": "Luis", "email": "no"}]
    given = {"rows": rows, "errorPolicy": "REJECT_FAILED_ROWS"}
    first, again = (post(forgetful, token, "bulk", BULK, input=given) for _ in range(2))
    assert again.json()["data"] == first.json()["data"]
    assert [len(row["userErrors"]) for row in again.json()["data"]["createContacts"]["results"]] == [0, 1]
    assert again.headers["idempotency-replayed"] == "true"
    several = """mutation ($a: CreateClientInput!, $b: CreateClientInput!) {
        a: createClient(input: $a) { client { legalName } } b: createClient(input: $b) { client { legalName } } }"""
    names = {"a": {"legalName": "Alfa Uno"}, "b": {"legalName": "Beta Dos"}}
    first, again = (post(forgetful, token, "several", several, **names) for _ in range(2))
    assert first.json()["data"] == again.json()["data"]
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")


@pytest.mark.claims(
    "docs/writing.md",
    "Another request under the same key is refused with HTTP 422 and `IDEMPOTENCY_KEY_REUSED`.",
)
def test_fifty_at_once_are_one_and_every_other_body_is_refused(forgetful: Ficha, owner: Any) -> None:
    own = Company(forgetful, owner)
    token = forgetful.token(own.email(Role.ADMIN))
    aliases = [CREATE.replace("createClient(", f"{alias}: createClient(") for alias in "ab"]

    def send(number: int) -> httpx.Response:
        if number % 2:
            return post(forgetful, token, "k", aliases[0], input={"legalName": "Una Sola"})
        # Other values, other response names: other requests.
        return post(forgetful, token, "k", aliases[number // 2 % 2], input={"legalName": f"Otra {number}"})

    with ThreadPoolExecutor(50) as pool:
        responses = list(pool.map(send, range(50)))
    done = [r for r in responses if r.status_code == 200 and "idempotency-replayed" not in r.headers]
    assert len(done) == 1
    for response in responses:
        body = response.json()
        assert int(response.headers["ratelimit"].split(";")[1][2:]) < 10_000
        if response.status_code == 422:
            assert [error["extensions"]["code"] for error in body["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
            assert "data" not in body
        else:
            assert body["data"] == done[0].json()["data"]
            assert body["extensions"]["cost"] == done[0].json()["extensions"]["cost"]
            assert body["extensions"]["rateLimit"]["limit"] == 10_000
    assert owner.execute(text("select count(*) from client where company_id = :c"), {"c": own.id}).scalar() == 1
    # Whatever else comes with the key is refused, even what would do nothing.
    for variables in ({"input": {"legalName": "X", "validateOnly": True}}, {"input": {"legalName": 7}}):
        assert post(forgetful, token, "k", CREATE, **variables).status_code == 422


@pytest.mark.claims(
    "docs/writing.md",
    "`createApiKey` repeated has no `secret`, which is not kept.",
)
def test_no_answer_and_no_secret_is_kept(forgetful: Ficha, owner: Any) -> None:
    own = Company(forgetful, owner)
    token = forgetful.token(own.email(Role.ADMIN))
    query = """mutation ($input: CreateApiKeyInput!) {
        createApiKey(input: $input) { secret apiKey { id } userErrors { code } } }"""
    given = {"name": "Tienda", "scopes": ["clients:read"]}
    first, again = (post(forgetful, token, "k", query, input=given).json()["data"]["createApiKey"] for _ in range(2))
    assert again == first | {"secret": None}
    rows = owner.execute(text("select idempotency_key::text from idempotency_key where company_id = :c"), {"c": own.id})
    assert not any(first["secret"] in row for (row,) in rows)


# Who did it


@pytest.mark.claims(
    "docs/security.md",
    "A history event names both: `actor` and `apiKey`; of the key, viewers see only the name.",
)
def test_what_a_key_does_is_told_of_the_key(live_server: Ficha, company: Any) -> None:
    own = company()
    secret = api_key(own, "clients:read", "clients:read_all", "clients:write")
    client = global_id(models.Client, own.client())
    for credentials, name in ((live_server.token(own.email(Role.ADMIN)), "Yo"), (secret, "La Tienda")):
        body = post(
            live_server, credentials, name.replace(" ", ""), UPDATE, input={"id": client, "tradeName": name}
        ).json()
        assert body["data"]["updateClient"]["userErrors"] == []
    query = """query ($id: ID!) { client(id: $id) { history(first: 5) {
        nodes { __typename actor { role } apiKey { __typename id name } } } } }"""
    for role in (Role.ADMIN, Role.READ_ONLY):
        nodes = own.ask(query, role, id=client).data["client"]["history"]["nodes"]
        assert [node["actor"] for node in nodes] == [{"role": "ADMIN"}] * 2
        assert nodes[1]["apiKey"] is None
        assert (nodes[0]["apiKey"]["__typename"], nodes[0]["apiKey"]["name"]) == ("FichaActingApiKey", "Tienda")
        assert nodes[0]["apiKey"]["id"].startswith("key_")
    listed = own.ask("{ apiKeys { nodes { id } } }").data["apiKeys"]["nodes"]
    assert nodes[0]["apiKey"]["id"] in [each["id"] for each in listed]


# The schema

HIDDEN = (
    "{ _service { sdl } }",
    "{ a: _service { b: sdl } }",
    "query { ...F } fragment F on Query { _service { ...S } } fragment S on _Service { sdl }",
    "{ ... on Query { ... { _service { ... on _Service { x: sdl } } } } }",
    "{ _service { sdl @include(if: true) } viewer { permissions } }",
    "query A { viewer { permissions } } query B { _service { sdl } }",
    "{ __schema { types { name } } }",
    '{ a: __type(name: "Client") { name } }',
    "mutation { __schema { types { name } } }",
    "subscription { __schema { types { name } } }",
    "query { ...F } fragment F on Query { __schema { queryType { name } } }",
)


@pytest.mark.claims(
    "docs/protocol.md",
    "For a gateway that reads the schema from a running Ficha (`rover subgraph introspect`), "
    "`FICHA_SUBGRAPH_SDL=on` allows `_service { sdl }` to whoever is signed in; others compose from "
    "`subgraph.graphql` or `ficha schema --subgraph`.",
    "`FICHA_SUBGRAPH_SDL=off` refuses it even where introspection is on.",
)
@pytest.mark.parametrize("setting", ["auto", "off", "on"])
def test_the_schema_is_published_as_set(demo_settings: Settings, setting: str) -> None:
    given = Settings.from_env({"FICHA_INTROSPECTION": "off", "FICHA_SUBGRAPH_SDL": setting})
    with serving(replace(demo_settings, introspection=False, subgraph_sdl=given.subgraph_sdl)) as ficha:
        for query in HIDDEN:
            body = ficha.ask("admin@demo.mx", query).body
            if setting == "on" and "_service" in query and "query A" not in query:
                assert "type Client" in str(body["data"])
                continue
            assert "data" not in body or body["data"] is None
            assert "type Client" not in str(body)
        for query in ("{ viewr { permissions } }", '{ client(idd: "x") { id } }', "{ clients { nodes { legalNam } } }"):
            assert "Did you mean" not in str(ficha.ask("admin@demo.mx", query).body)
    assert Settings.from_env({"FICHA_SUBGRAPH_SDL": "auto"}).subgraph_sdl is True
