"""GraphQL over HTTP: what is taken, what is answered, and in which words HTTP says so."""

import gzip
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import brotli
import httpx
import pytest
import zstandard

from models.collaborator import Role
from server.execution.executor import Executor
from tests.fixtures import Company, Ficha, serving

ADMIN = "admin@demo.mx"
EKU = "cli_01992a57-7a00-7922-bcd9-6cf8a85e77bf"
NAME = '{ client(rfc: "EKU9003173C9") { legalName } }'
MANY = "{ clients(first: 50) { nodes { id legalName } } }"


def headers(ficha: Ficha, **more: str) -> dict[str, str]:
    given = {"Authorization": f"Bearer {ficha.token(ADMIN)}", "Content-Type": "application/json"}
    return given | {name.replace("_", "-"): value for name, value in more.items()}


def post(ficha: Ficha, body: bytes | dict[str, Any], **more: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ficha.http.post("/graphql", content=content, headers=headers(ficha, **more))


def get(ficha: Ficha, /, _headers: dict[str, str] | None = None, **parameters: str) -> httpx.Response:
    given = {"Authorization": f"Bearer {ficha.token(ADMIN)}", **(_headers or {})}
    return ficha.http.get("/graphql", params=parameters, headers=given)


def errors(response: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]


@pytest.mark.claims(
    "docs/protocol.md",
    "| `Accept` is missing, `*/*`, or names `application/json` | `application/json`; 200 where nothing "
    "was executed too |",
)
@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("application/graphql-response+json, application/json;q=0.9", "application/graphql-response+json"),
        ("application/json, application/graphql-response+json;q=0.9", "application/json"),
        ("application/json, application/graphql-response+json", "application/graphql-response+json"),
        ("application/graphql-response+json;q=0, */*", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
    ],
)
def test_the_answer_is_of_the_accepted_type(live_server: Ficha, accept: str, kind: str) -> None:
    response = post(live_server, {"query": NAME}, Accept=accept)
    assert (response.status_code, response.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
    assert response.headers["vary"] == "Accept, Accept-Language, Authorization, X-Ficha-Company"


@pytest.mark.claims(
    "docs/protocol.md",
    "| no supported media type in `Accept` | 406 |",
)
@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "application/xml, image/*"])
def test_what_cannot_be_answered_in_is_refused(live_server: Ficha, accept: str) -> None:
    response = post(live_server, {"query": NAME}, Accept=accept)
    assert (response.status_code, errors(response)) == (406, ["BAD_REQUEST"])


@pytest.mark.claims(
    "docs/protocol.md",
    "| `Accept` names `application/graphql-response+json` | that type; 400 where nothing was executed, "
    "without `data` |",
)
@pytest.mark.claims(
    "README.md",
    "The answer is `application/json` with status 200, or `application/graphql-response+json` where "
    "`Accept` names it, then with 400 where nothing was executed.",
)
@pytest.mark.claims(
    "docs/errors.md",
    "Errors that refuse the whole request have no `path`, and the answer no `data`.",
)
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_VALIDATION_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ("fragment A on Query { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ('subscription { clientChanged(id: "x") { id } }', "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_what_is_not_executed_has_no_data(live_server: Ficha, query: str, code: str) -> None:
    old = post(live_server, {"query": query})
    new = post(live_server, {"query": query}, Accept="application/graphql-response+json")
    assert (old.status_code, new.status_code) == (200, 400)
    assert "data" not in new.json()
    assert old.json() == new.json()
    assert code in errors(new)


@pytest.mark.claims(
    "docs/protocol.md",
    "One operation a request: a list of operations is refused.",
    "| a body beyond its bounds | 413 |",
)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"5", 400),
        (b"null", 400),
        (b"{", 400),
        (b"{}", 400),
        (b'{"query": 5}', 400),
        (b'{"query": "{__typename}", "variables": []}', 400),
        (b'{"query": "{__typename}", "variables": "{}"}', 400),
        (b'{"query": "{__typename}", "operationName": {}}', 400),
        (b'{"query": "{__typename}", "extensions": 1}', 400),
        (b'{"query": "{__typename} \xc3"}', 400),
        (b'{"query": "\\ud800"}', 400),
        (b'[{"query": "{__typename}"}]', 400),
        (b"[" * 100_000, 400),
        (b'{"query": "' + b"a" * 10_000_000 + b'"}', 413),
    ],
    ids=lambda value: f"{value[:50]!r} {len(value)}" if isinstance(value, bytes) else None,
)
def test_junk_is_refused(live_server: Ficha, body: bytes, status: int) -> None:
    response = post(live_server, body)
    assert (response.status_code, errors(response)) == (status, ["BAD_REQUEST"])


@pytest.mark.claims(
    "docs/protocol.md",
    "| another content type or charset, a compressed body | 415 |",
)
@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=latin-1",
        "application/json; charset=utf-8; charset=latin-1",
        "",
    ],
)
def test_no_form_can_run_an_operation(live_server: Ficha, kind: str) -> None:
    """Those are the types that a page of any origin may send without asking first."""
    response = post(live_server, {"query": NAME}, Content_Type=kind)
    assert (response.status_code, errors(response)) == (415, ["BAD_REQUEST"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "Application/JSON ; Charset=UTF-8"},
        {"Content_Type": 'application/json; profile="x"; charset="utf-8"'},
        {"Content_Type": "application/json;charset=utf8;"},
        {"Content_Type": "application/json", "Content_Encoding": "Identity"},
    ],
    ids=str,
)
def test_json_is_known_however_its_type_is_written(live_server: Ficha, headers: dict[str, str]) -> None:
    assert post(live_server, {"query": NAME}, **headers).status_code == 200


@pytest.mark.claims(
    "docs/protocol.md",
    "| no credentials, or invalid ones | 401 |",
    "Credentials travel in `Authorization` only, never in a cookie, and a page of another origin cannot "
    "send that header without asking first ([ADR 22](adr/0022-no-simple-request.md)).",
)
def test_a_request_without_credentials_runs_nothing_though_it_has_cookies(live_server: Ficha) -> None:
    for method in ("GET", "POST"):
        response = live_server.http.request(
            method, "/graphql", params={"query": NAME}, headers={"Cookie": f"token={live_server.token(ADMIN)}"}
        )
        assert (response.status_code, errors(response)) == (401, ["UNAUTHENTICATED"])


@pytest.mark.claims(
    "docs/protocol.md",
    "`POST /graphql` with `Content-Type: application/json` (UTF-8, at most 1 MB), or `GET /graphql` with "
    "`query`, `variables`, `operationName` and `extensions` in the URL, for queries only.",
)
@pytest.mark.claims(
    "README.md",
    "`POST /graphql` with `application/json`, a body of at most 1 MB and a bearer token; queries also by `GET`.",
)
def test_a_query_by_get(live_server: Ficha) -> None:
    query = "query A($id: ID) { client(id: $id) { rfc } } query B { __typename }"
    response = get(live_server, query=query, variables=f'{{"id": "{EKU}"}}', operationName="A")
    assert (response.status_code, response.json()["data"]) == (200, {"client": {"rfc": "EKU9003173C9"}})
    assert errors(get(live_server, query=NAME, variables="{")) == ["BAD_REQUEST"]
    assert errors(get(live_server)) == ["BAD_REQUEST"]


@pytest.mark.claims(
    "docs/protocol.md",
    "| a mutation by GET | 405 |",
)
def test_no_mutation_by_get(live_server: Ficha) -> None:
    response = get(live_server, query='mutation { deleteClient(input: {id: "cli_x"}) { client { id } } }')
    assert (response.status_code, response.headers["allow"], errors(response)) == (405, "POST", ["BAD_REQUEST"])


def test_other_methods_are_refused(live_server: Ficha) -> None:
    response = live_server.http.put("/graphql", headers=headers(live_server), content=b"{}")
    assert response.status_code == 405


CREATE = "mutation ($input: CreateClientInput!) { createClient(input: $input) { client { id } userErrors { code } } }"


@pytest.mark.claims(
    "docs/protocol.md",
    "The response to every operation that passes these checks reports its cost, even if it fails later,",
)
@pytest.mark.claims(
    "docs/security.md",
    "Every answer to a caller who was let in says what is left, in `extensions.rateLimit` and in the `RateLimit`",
)
def test_whatever_becomes_of_an_operation_its_answer_tells_its_cost_and_what_is_left(
    demo_settings: Any, company: Callable[..., Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "ADMIN", company().email(Role.ADMIN))  # it creates a client
    with serving(replace(demo_settings, rate_limit="1000/hour")) as ficha:
        known = get(ficha, query=NAME).headers["etag"]
        once = {"query": CREATE, "variables": {"input": {"legalName": ""}}}
        again = {"query": CREATE, "variables": {"input": {"legalName": "Replicada", "allowDuplicates": True}}}
        forbidden = {"query": '{ client(rfc: "EKU9003173C9") { nothing } }'}
        answers = [
            (200, 1, post(ficha, {"query": NAME})),
            (200, 16, post(ficha, once)),
            (200, 16, post(ficha, again, Idempotency_Key="k-cost")),
            (200, 16, post(ficha, again, Idempotency_Key="k-cost")),
            (422, 16, post(ficha, once, Idempotency_Key="k-cost")),
            (405, 11, get(ficha, query='mutation { createClient(input: {legalName: ""}) { client { id } } }')),
            (304, None, get(ficha, {"If-None-Match": known}, query=NAME)),
            # What never was an operation has no cost.
            (200, None, post(ficha, forbidden)),
            (400, None, post(ficha, forbidden, Accept="application/graphql-response+json")),
            (400, None, post(ficha, b"{")),
            (406, None, post(ficha, {"query": NAME}, Accept="text/html")),
            (413, None, post(ficha, b" " * 1_000_001)),
            (415, None, post(ficha, {"query": NAME}, Content_Type="text/plain")),
        ]
    assert [answer.headers.get("idempotency-replayed") for _, _, answer in answers[2:4]] == [None, "true"]
    for left, (status, cost, answer) in zip(range(998, 0, -1), answers, strict=False):
        assert answer.status_code == status, answer.text
        assert answer.headers["ratelimit-policy"] == '"viewer";q=1000;w=3600'
        assert answer.headers["ratelimit"].startswith(f'"viewer";r={left};t=')
        if status != 304:
            told = answer.json()["extensions"]
            assert told["rateLimit"]["remaining"] == left
            assert told.get("cost") == (cost and {"requested": cost, "limit": 10_000})


@pytest.mark.claims(
    "docs/protocol.md",
    "The answer to a GET without errors has an `ETag` and `Cache-Control: private, no-cache`: the "
    "viewer's browser may keep it and asks each time whether it still holds, which 304 answers.",
)
def test_a_get_can_be_asked_again_whether_it_changed(live_server: Ficha) -> None:
    first = get(live_server, query=NAME)
    assert first.headers["cache-control"] == "private, no-cache"
    again = get(live_server, {"If-None-Match": f'"other", {first.headers["etag"]}'}, query=NAME)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = get(live_server, {"If-None-Match": first.headers["etag"]}, query=MANY)
    assert (other.status_code, other.headers["etag"] != first.headers["etag"]) == (200, True)
    assert post(live_server, {"query": NAME}).headers["cache-control"] == "private, no-store"


def test_head_tells_what_get_would(live_server: Ficha) -> None:
    asking = live_server.http.build_request("GET", "/graphql", params={"query": MANY}, headers=headers(live_server))
    del asking.headers["accept-encoding"]
    whole = live_server.http.send(asking)
    asking.method = "HEAD"
    told = live_server.http.send(asking)
    assert (told.status_code, told.content) == (200, b"")
    for name in ("vary", "etag", "cache-control", "content-type"):
        assert told.headers[name] == whole.headers[name]


@pytest.mark.claims(
    "docs/protocol.md",
    "All others are `private, no-store`.",
)
def test_an_error_is_not_kept(live_server: Ficha) -> None:
    response = get(live_server, query='{ client(id: "junk") { id } }')
    assert errors(response) == ["BAD_ID"]
    assert "etag" not in response.headers
    assert response.headers["cache-control"] == "private, no-store"


@pytest.mark.claims(
    "docs/protocol.md",
    "Answers of 500 bytes or more are compressed as `Accept-Encoding` allows: zstd, br, gzip, in this order.",
)
@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("zstd, br, gzip", "zstd", lambda raw: zstandard.ZstdDecompressor().decompressobj().decompress(raw)),
        ("br, gzip", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
        (None, None, bytes),
    ],
)
def test_a_long_answer_is_compressed_as_accepted(
    live_server: Ficha, accepted: str | None, encoding: str | None, unpack: Any
) -> None:
    given = headers(live_server, Accept="application/graphql-response+json")
    asking = live_server.http.build_request("POST", "/graphql", json={"query": MANY}, headers=given)
    del asking.headers["accept-encoding"]
    if accepted:
        asking.headers["accept-encoding"] = accepted
    with closing(live_server.http.send(asking, stream=True)) as response:
        raw = b"".join(response.iter_raw())
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["vary"] == "Accept, Accept-Language, Authorization, X-Ficha-Company, Accept-Encoding"
    assert "ESCUELA KEMPER URGATE" in {
        node["legalName"] for node in json.loads(unpack(raw))["data"]["clients"]["nodes"]
    }


def test_a_short_answer_is_sent_as_it_is(live_server: Ficha) -> None:
    response = post(live_server, {"query": "{ __typename }"}, Accept_Encoding="gzip")
    assert "content-encoding" not in response.headers


def test_accents_are_not_escaped(live_server: Ficha) -> None:
    response = post(live_server, {"query": '{ clients(search: "universidad robotica") { nodes { legalName } } }'})
    assert "UNIVERSIDAD ROBOTICA ESPAÑOLA".encode() in response.content


def test_the_schema_is_written_once_for_all_who_ask_the_same(
    live_server: Ficha, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved: list[str] = []
    executed = Executor._executed

    def counting(self: Executor, prepared: Any, *given: Any) -> Any:
        resolved.append(prepared.operation.definition.name.value)
        return executed(self, prepared, *given)

    monkeypatch.setattr(Executor, "_executed", counting)
    once = "query Once($name: String!) { __type(name: $name) { name kind } }"
    asked = [("Client", "OBJECT"), ("FichaRole", "ENUM"), ("Client", "OBJECT")]
    for email in (ADMIN, "ventas@demo.mx"):
        for name, kind in asked:
            body = {"query": once, "variables": {"name": name}}
            given = headers(live_server) | {"Authorization": f"Bearer {live_server.token(email)}"}
            answer = live_server.http.post("/graphql", json=body, headers=given).json()
            assert answer["data"] == {"__type": {"name": name, "kind": kind}}
    assert resolved == ["Once", "Once"]
    # What tells of more than the schema is asked anew.
    mixed = 'query Mixed { __type(name: "Client") { name } client(rfc: "EKU9003173C9") { rfc } }'
    for _ in range(2):
        assert post(live_server, {"query": mixed}).json()["data"]["client"] == {"rfc": "EKU9003173C9"}
    assert resolved == ["Once", "Once", "Mixed", "Mixed"]


@pytest.mark.claims(
    "docs/protocol.md",
    "`FICHA_INTROSPECTION=off` disables introspection, suggestions in errors, and `_service { sdl }`.",
)
def test_the_schema_is_told_to_nobody_by_setting(demo_settings: Any, live_server: Ficha) -> None:
    assert "legalName" in json.dumps(post(live_server, {"query": "{ clients { nodes { legalNam } } }"}).json())
    with serving(replace(demo_settings, introspection=False)) as ficha:
        asked = post(ficha, {"query": "{ __schema { types { name } } }"})
        assert errors(asked) == ["GRAPHQL_VALIDATION_FAILED"] * 2
        wrong = post(ficha, {"query": "{ clients { nodes { legalNam } } }"})
        assert wrong.json()["errors"][0]["message"] == "Cannot query field 'legalNam' on type 'Client'."
        assert post(ficha, {"query": "{ __typename }"}).json()["data"] == {"__typename": "Query"}
