"""What is wrong with a request is answered with a code: never a Python text, never a status of 500."""

import datetime
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from sqlalchemy import text

import models
from demo.companies import DEMO
from models.collaborator import Role
from server.access import tokens
from server.settings import Settings
from tests.fixtures import Answer, Company, Ficha, each_way, global_id

ASKED = b'{"query": "{ viewer { company { name } } }"}'
JSON = {"Content-Type": "application/json"}


def bearer(ficha: Ficha) -> dict[str, str]:
    return {"Authorization": f"Bearer {ficha.token('admin@demo.mx')}"}


def forged(settings: Settings, **claims: Any) -> str:
    """A token that the demo's issuer signed, with these claims."""
    now = datetime.datetime.now(datetime.UTC)
    good = {
        "iss": tokens.ISSUER, "aud": tokens.AUDIENCE, "exp": now + datetime.timedelta(hours=1),
        "company": str(DEMO), "email": "admin@demo.mx", "sub": "admin@demo.mx",
    }  # fmt: skip
    return jwt.encode(good | claims, tokens.signing_key(settings.data_dir), tokens.ALGORITHM)


# Who asks


@pytest.mark.claims(
    "docs/security.md",
    "| 401 | no credentials, or they belong to nobody | `WWW-Authenticate: Bearer` |",
    "Every request to `/graphql` carries `Authorization: Bearer …`: a token of one of the issuers that "
    "`FICHA_JWT_ISSUER` and `FICHA_OIDC_ISSUERS` name, or an API key.",
)
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Basic YTpi",
        "Bearer garbage",
        "Bearer a.b.c",
        "bearer ..",
        f"Bearer {8000 * 'x'}",
    ],
    ids=lambda value: repr(value)[:20],
)
def test_without_good_credentials_the_status_is_401(live_server: Ficha, authorization: str | None) -> None:
    headers = JSON if authorization is None else JSON | {"Authorization": authorization}
    answer = live_server.post(ASKED, headers)
    assert (answer.status, answer.errors, "data" in answer.body) == (401, [("UNAUTHENTICATED",)], False)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


HOUR = datetime.timedelta(hours=1)
CLAIMS: list[dict[str, Any]] = [
    {"exp": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}, {"iss": "otro"}, {"aud": "otra"},
    {"company": "01990000-0000-7000-8000-000000000000"}, {"company": "nada"}, {"company": 7},
    *({"sub": "otra", "email": email} for email in ("nadie@demo.mx", "Admin@Ajena.mx", None)), {"email": "a\0b"},
    {"exp": "mañana"},
]  # fmt: skip


@pytest.mark.parametrize("claims", CLAIMS, ids=str)
def test_a_token_of_nobody_is_refused(live_server: Ficha, claims: dict[str, Any]) -> None:
    good = live_server.post(ASKED, JSON | {"Authorization": f"Bearer {forged(live_server.settings)}"})
    assert good.data["viewer"]["company"]["name"] == "Comercializadora Demo"
    answer = live_server.post(ASKED, JSON | {"Authorization": f"Bearer {forged(live_server.settings, **claims)}"})
    assert (answer.status, answer.errors) == (401, [("UNAUTHENTICATED",)])


# What is asked


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (ASKED, {"Content-Type": "text/plain"}, 415),
        (ASKED, {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (ASKED, {"Content-Type": "multipart/form-data; boundary=x"}, 415),
        (ASKED, {}, 415),
        (b"", JSON, 400),
        (b"nada", JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b'{"a":' * 50_000, JSON, 400),
        (b"[]", JSON, 400),
        (b'[{"query": "{ viewer { permissions } }"}]', JSON, 400),
        (b"null", JSON, 400),
        (b'"{ viewer { permissions } }"', JSON, 400),
        (b"{}", JSON, 400),
        (b'{"query": null}', JSON, 400),
        (b'{"query": 1}', JSON, 400),
        (b'{"query": "{ viewer { permissions } }", "variables": []}', JSON, 400),
        (b'{"query": "{ viewer { permissions } }", "variables": "{}"}', JSON, 400),
        (b'{"query": "{ viewer { permissions } }", "operationName": 1}', JSON, 400),
        (b'{"query": "\\ud800"}', JSON, 400),
        (b'{"query": "' + b" " * 1_000_001 + b'"}', JSON, 413),
    ],
    ids=map(str, range(21)),
)
def test_what_is_no_graphql_request_is_refused(
    live_server: Ficha, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = live_server.post(body, headers | bearer(live_server))
    assert (answer.status, answer.errors, "data" in answer.body) == (status, [("BAD_REQUEST",)], False)


DOCUMENTS = {
    "empty": "",
    "no GraphQL": "nada { de",
    "a comment": "# nada",
    "unknown field": "{ nada }",
    "unknown type": "fragment A on Nada { id } { viewer { permissions } }",
    "missing argument": "{ node { id } }",
    "wrong literal": "{ clients(first: 1.5) { totalCount } }",
    "huge literal": "{ clients(first: 99999999999999999999) { totalCount } }",
    "lone surrogate": '{ clients(search: "\\uD800") { totalCount } }',
    "NUL": "\0",
    "unknown operation": "query A { viewer { permissions } } query B { viewer { permissions } }",
    "a circle": "{ viewer { ...A } } fragment A on FichaViewer { ...A }",
    "a subscription": "subscription { nada }",
    "deep": "{ viewer " * 3000 + "}" * 3000,
    "deep list": "{ clients(filter: {and: " + "[" * 3000 + "]" * 3000 + "}) { totalCount } }",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_cannot_be_executed_is_refused(live_server: Ficha, name: str) -> None:
    answer = live_server.ask("admin@demo.mx", DOCUMENTS[name])
    assert {error[0] for error in answer.errors} == {
        "LIMIT_EXCEEDED" if "deep" in name else "GRAPHQL_VALIDATION_FAILED"
    }
    assert "data" not in answer.body
    assert_speaks_of_no_code(answer)


def test_the_newer_media_type_has_a_status_of_its_own(live_server: Ficha) -> None:
    headers = JSON | bearer(live_server) | {"Accept": "application/graphql-response+json"}
    wrong = live_server.post(b'{"query": "{ nada }"}', headers)
    assert (wrong.status, wrong.errors) == (400, [("GRAPHQL_VALIDATION_FAILED",)])
    right = live_server.post(ASKED, headers)
    assert (right.status, right.headers["Content-Type"]) == (200, "application/graphql-response+json; charset=utf-8")


def assert_speaks_of_no_code(answer: Answer) -> None:
    body = json.dumps(answer.body)
    for word in ("Traceback", "Error(", "psycopg", "sqlalchemy", ".py", "<class", "NoneType", "UUID", "object at"):
        assert word not in body, body


# Values

VALUES: list[tuple[str, str, Any, str]] = [
    ("DateTime!", "followUps(filter: {startsAt: {gt: $v}})", "2026-01-01", "BAD_USER_INPUT"),
    ("DateTime!", "followUps(filter: {startsAt: {gt: $v}})", "2026-01-01T00:00:00", "BAD_USER_INPUT"),
    ("DateTime!", "followUps(filter: {startsAt: {gt: $v}})", "2026-02-30T00:00:00Z", "BAD_USER_INPUT"),
    ("DateTime!", "followUps(filter: {startsAt: {gt: $v}})", "0001-01-01T00:00:00+01:00", "BAD_USER_INPUT"),
    ("DateTime!", "followUps(filter: {startsAt: {gt: $v}})", "9999-12-31T23:59:59-01:00", "BAD_USER_INPUT"),
    ("DateTime!", "followUps(filter: {startsAt: {gt: $v}})", "2026-01-01T00:00:00+99:99", "BAD_USER_INPUT"),
    ("DateTime!", "followUps(filter: {startsAt: {gt: $v}})", "2026-01-01T00:00:00Z\n", "BAD_USER_INPUT"),
    ("DateTime!", "followUps(filter: {startsAt: {gt: $v}})", 1764035098, "BAD_USER_INPUT"),
    ("Date!", "deals(filter: {closedOn: {lt: $v}})", "2026-02-30", "BAD_USER_INPUT"),
    ("Date!", "deals(filter: {closedOn: {lt: $v}})", "0000-01-01", "BAD_USER_INPUT"),
    ("Date!", "deals(filter: {closedOn: {lt: $v}})", "20260101", "BAD_USER_INPUT"),
    ("Date!", "deals(filter: {closedOn: {lt: $v}})", "２０２６-01-01", "BAD_USER_INPUT"),
    ("Decimal!", "salesDocuments(filter: {total: {gt: $v}})", 0.1, "BAD_USER_INPUT"),
    ("Decimal!", "salesDocuments(filter: {total: {gt: $v}})", "NaN", "BAD_USER_INPUT"),
    ("Decimal!", "salesDocuments(filter: {total: {gt: $v}})", "1e3", "BAD_USER_INPUT"),
    ("Decimal!", "salesDocuments(filter: {total: {gt: $v}})", "1" * 16, "BAD_USER_INPUT"),
    ("Decimal!", "salesDocuments(filter: {total: {gt: $v}})", "0.0000001", "BAD_USER_INPUT"),
    ("Decimal!", "salesDocuments(filter: {total: {gt: $v}})", True, "BAD_USER_INPUT"),
    ("Decimal!", "salesDocuments(filter: {total: {gt: $v}})", "", "BAD_USER_INPUT"),
    ("Int!", "documents(filter: {size: {gt: $v}})", 2**31, "BAD_USER_INPUT"),
    ("Int!", "documents(filter: {size: {gt: $v}})", 1.5, "BAD_USER_INPUT"),
    ("Int!", "documents(filter: {size: {gt: $v}})", "1", "BAD_USER_INPUT"),
    ("String!", "clients(filter: {legalName: {contains: $v}})", "a\0b", "BAD_TEXT"),
    ("[String!]!", "clients(filter: {legalName: {in: $v}})", ["ok", "\0"], "BAD_TEXT"),
    ("String!", "documents(filter: {tags: {has: $v}})", "\0", "BAD_TEXT"),
    ("String!", "clients(filter: {legalName: {contains: $v}})", 1, "BAD_USER_INPUT"),
    ("ID!", "clients(filter: {id: {eq: $v}})", "cli_\0", "BAD_ID"),
    ("ClientKind!", "clients(filter: {kind: {eq: $v}})", "NADA", "BAD_USER_INPUT"),
    ("ClientFilter!", "clients(filter: $v)", {"nada": 1}, "BAD_USER_INPUT"),
    ("ClientFilter!", "clients(filter: $v)", "nada", "BAD_USER_INPUT"),
    ("[ClientOrder!]!", "clients(orderBy: $v)", [{"field": "NADA"}], "BAD_USER_INPUT"),
]


@pytest.mark.parametrize(("kind", "field", "value", "code"), VALUES, ids=map(str, range(len(VALUES))))
def test_a_value_that_cannot_be_used_is_refused(
    live_server: Ficha, kind: str, field: str, value: Any, code: str
) -> None:
    answer = live_server.ask("admin@demo.mx", f"query ($v: {kind}) {{ {field} {{ totalCount }} }}", v=value)
    assert (answer.status, [error[0] for error in answer.errors]) == (200, [code])
    assert_speaks_of_no_code(answer)


@pytest.mark.claims(
    "docs/errors.md", "`cfdiUses(taxRegime:)` or `states(country:)` with a code that is not in its official catalog."
)
@pytest.mark.parametrize(
    ("field", "argument", "known"), [("states", "country", "USA"), ("cfdiUses", "taxRegime", "601")]
)
def test_a_code_out_of_the_catalog_is_refused(live_server: Ficha, field: str, argument: str, known: str) -> None:
    query = f"query ($code: String!) {{ {field}({argument}: $code) {{ code }} }}"
    assert live_server.ask("admin@demo.mx", query, code=known).data[field]
    for code in ("XXX", "", known.lower() + " ", "ñ" * 1000):
        answer = live_server.ask("admin@demo.mx", query, code=code)
        assert answer.errors == [("UNKNOWN_CODE", field, argument)]


def test_a_country_without_states_has_none(live_server: Ficha) -> None:
    """ZZZ is a code of the SAT's: a country that is not declared."""
    assert live_server.ask("admin@demo.mx", '{ states(country: "ZZZ") { code } }').data == {"states": []}


@pytest.mark.claims("docs/errors.md", "In a mutation's input U+0000 is taken out, as all control characters are.")
def test_control_characters_of_a_mutation_are_taken_out(company: Callable[..., Company]) -> None:
    own = company()
    query = """mutation ($input: CreateContactInput!) {
        createContact(input: $input) { contact { name jobTitle } userErrors { code } } }"""
    given = {"clientId": global_id(models.Client, own.client()), "name": "An\0a\x07", "jobTitle": "\0"}
    answer = own.ask(query, input=given).data["createContact"]
    assert answer == {"contact": {"name": "Ana", "jobTitle": None}, "userErrors": []}


GOOD_VALUES = [
    ("DateTime!", "followUps(filter: {startsAt: {gt: $v}})", "2026-11-25T01:44:58.123456789-06:00"),
    ("DateTime!", "followUps(filter: {startsAt: {gt: $v}})", "0001-01-01T00:00:00Z"),
    ("DateTime!", "followUps(filter: {startsAt: {lt: $v}})", "9999-12-31T23:59:59.999999Z"),
    ("Date!", "deals(filter: {closedOn: {gt: $v}})", "9999-12-31"),
    ("Decimal!", "salesDocuments(filter: {total: {lt: $v}})", "999999999999999.999999"),
    ("Decimal!", "salesDocuments(filter: {total: {gt: $v}})", -7),
    ("String!", "clients(filter: {legalName: {contains: $v}})", "' OR 1=1 --%_\\"),
    ("String!", "clients(search: $v)", "🤖 \u200b %_\\' \""),
    ("[String!]!", "clients(filter: {legalName: {in: $v}})", ["x"] * 1000),
]


@pytest.mark.claims(
    "docs/reading.md",
    "What a declaration says is written into it; what a request brings is always a bind.",
)
@pytest.mark.claims(
    "docs/planner.md",
    "Values are binds.",
)
@pytest.mark.parametrize(("kind", "field", "value"), GOOD_VALUES, ids=map(str, range(len(GOOD_VALUES))))
def test_a_value_at_the_edge_is_used(live_server: Ficha, kind: str, field: str, value: Any) -> None:
    assert live_server.ask("admin@demo.mx", f"query ($v: {kind}) {{ {field} {{ totalCount }} }}", v=value).data


IDS = [
    "",
    "x",
    "cli",
    "cli_",
    "cli_nada",
    "cli_\0",
    "ñ" * 1000,
    "nada_019900a1-7c00-7d3e-8000-00000000de30",
    "CLI_019900a1-7c00-7d3e-8000-00000000de30",
    "cli_019900A1-7C00-7D3E-8000-00000000DE30",
    "cli_{019900a1-7c00-7d3e-8000-00000000de30}",
    "cli_019900a17c007d3e80000000000de30",
    "cli_019900a1-7c00-7d3e-8000-00000000de30 ",
    "cli_urn:uuid:019900a1-7c00-7d3e-8000-00000000de30",
]


@pytest.mark.claims(
    "README.md",
    "An `id` is opaque, global and permanent.",
)
@pytest.mark.parametrize("id", IDS, ids=map(str, range(len(IDS))))
def test_what_is_no_id_is_refused(live_server: Ficha, id: str) -> None:
    query = "query ($id: ID!) { node(id: $id) { id } client(id: $id) { id } deal(id: $id) { id } }"
    answer = live_server.ask("admin@demo.mx", query, id=id)
    assert answer.errors == [("BAD_ID", name, "id") for name in ("node", "client", "deal")]
    # Of several ids, the others are answered.
    nodes = live_server.ask(
        "admin@demo.mx", "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[id, f"com_{DEMO}"]
    )
    assert nodes.errors == [("BAD_ID", "nodes", 0, "ids")]
    assert nodes.body["data"]["nodes"] == [None, {"id": f"com_{DEMO}"}]


@pytest.mark.claims(
    "docs/errors.md",
    "`extensions` has the `code` and, where there is one, the `field`: the argument or input field that "
    "is at fault, dotted where it lies deeper (`filter.owner.id`).",
)
def test_an_id_of_another_kind_is_refused(company: Callable[..., Company]) -> None:
    own = company()
    client = global_id(models.Client, own.client())
    query = "query ($id: ID!) { deal(id: $id) { id } followUp(id: $id) { id } document(id: $id) { id } }"
    assert {error[0] for error in own.ask(query, id=client).errors} == {"BAD_ID"}
    query = "query ($id: ID!) { client(id: $id) { id } }"
    assert own.ask(query, id=global_id(models.Company, own.id)).errors == [("BAD_ID", "client", "id")]


@pytest.mark.claims(
    "README.md",
    "`client` also takes an RFC, except the generic ones.",
)
def test_a_client_is_asked_for_in_one_way(live_server: Ficha) -> None:
    for arguments in ("", '(id: "cli_x", rfc: "EKU9003173C9")', "(id: null, rfc: null)"):
        answer = live_server.ask("admin@demo.mx", f"{{ client{arguments} {{ id }} }}")
        assert [error[:2] for error in answer.errors] == [("BAD_USER_INPUT", "client")]
    codes = {
        rfc: [error[0] for error in live_server.ask("admin@demo.mx", f'{{ client(rfc: "{rfc}") {{ id }} }}').errors]
        for rfc in ("XAXX010101000", "GOH831115", "", "NADA", "XIA190230J61")
    }
    assert codes == {
        "XAXX010101000": ["RFC_GENERIC"], "GOH831115": ["RFC_WITHOUT_HOMOCLAVE"], "": ["RFC_FORMAT"],
        "NADA": ["RFC_FORMAT"], "XIA190230J61": ["RFC_DATE"],
    }  # fmt: skip


@pytest.mark.claims(
    "README.md",
    "`node(id:)` and `nodes(ids:)` (at most 100) fetch any record by it.",
)
def test_at_most_a_hundred_nodes(live_server: Ficha) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert len(live_server.ask("admin@demo.mx", query, ids=[f"com_{DEMO}"] * 100).data["nodes"]) == 100
    answer = live_server.ask("admin@demo.mx", query, ids=[f"com_{DEMO}"] * 101)
    assert [error[0] for error in answer.errors] == ["PAGE_TOO_LONG"]


AT_ONCE = {
    "{ clients(first: N) { nodes { id } } }": 100,
    "{ clients(last: N) { nodes { id } } }": 100,
    "{ satProducts(first: N) { code } }": 100,
    "{ satUnits(first: N) { code } }": 100,
    '{ search(query: "a", first: N) { title } }': 50,
    "query ($list: [ID!]!) { nodes(ids: $list) { id } }": 100,
    "query ($list: [String!]!) { satProducts(codes: $list) { code } }": 100,
    "query ($list: [String!]!) { satUnits(codes: $list) { code } }": 100,
    "query ($list: [_Any!]!) { _entities(representations: $list) { __typename } }": 1_000,
}
"""By what is asked, how much of it at once."""


@pytest.mark.claims(
    "docs/errors.md",
    "More than 100 rows, 50 hits of `search`, 100 ids for `nodes`, 100 `codes` for `satProducts` or `satUnits`, or"
    " 1,000 representations for `_entities`.",
)
@pytest.mark.parametrize(("query", "most"), AT_ONCE.items())
def test_so_much_can_be_asked_for_at_once(live_server: Ficha, query: str, most: int) -> None:
    id = f"com_{DEMO}"
    client = {"__typename": "Client", "id": "cli_01992a57-7a00-7922-bcd9-6cf8a85e77bf"}
    item = client if "_Any" in query else id
    for number, codes in ((most, []), (most + 1, ["PAGE_TOO_LONG"])):
        answer = live_server.ask("admin@demo.mx", query.replace("N)", f"{number})"), list=[item] * number)
        assert [error[0] for error in answer.errors] == codes


@pytest.mark.claims(
    "README.md",
    "Messages are in Spanish.",
)
def test_messages_come_in_the_readers_language(live_server: Ficha) -> None:
    body = b'{"query": "{ client(rfc: \\"GOH831115\\") { id } }"}'
    messages = {
        language: live_server.post(body, JSON | bearer(live_server) | {"Accept-Language": language}).body["errors"][0][
            "message"
        ]
        for language in ("", "es-MX", "en-US,en;q=0.9,es;q=0.8", "fr", "es;q=0.1, en;q=0.9", "de;q=x")
    }
    english = "The RFC lacks its last 3 characters, the homoclave."
    assert messages["en-US,en;q=0.9,es;q=0.8"] == messages["es;q=0.1, en;q=0.9"] == english
    assert len({messages[language] for language in ("", "es-MX", "fr", "de;q=x")}) == 1
    assert "homoclave" in messages["es-MX"] != english


# Our own faults


@pytest.mark.claims(
    "docs/errors.md",
    "`FORBIDDEN` adds `permission`, `INTERNAL` adds `requestId`.",
)
@each_way
def test_a_fault_of_ours_is_masked_and_logged_under_its_request_id(
    new_company: Callable[..., Company], caplog: pytest.LogCaptureFixture, way: Mapping[str, bool]
) -> None:
    own = new_company(**way)
    own.owner.execute(text("revoke select on client from ficha_app"))
    body = b'{"query": "{ clients { nodes { id } } }"}'
    headers = JSON | {"Authorization": f"Bearer {own.ficha.token(own.email(Role.ADMIN))}"}
    answer = own.ficha.post(body, headers)

    [error] = answer.body["errors"]
    request_id = error["extensions"]["requestId"]
    assert answer.errors[0][0] == "INTERNAL"
    assert answer.headers["X-Request-Id"] == request_id
    assert error["message"] == "Error interno."
    assert answer.body.get("data") in (None, {"clients": None})
    assert_speaks_of_no_code(answer)
    assert "permission denied" not in json.dumps(answer.body)
    [record] = [record for record in caplog.records if record.name == "ficha" and request_id in record.getMessage()]
    assert record.levelno == logging.ERROR
    assert record.exc_info
    assert "permission denied" in str(record.exc_info[1])

    # A request may bring its own id; what is none is replaced.
    for given, kept in (("pedido-42", True), ("a b", False), ("x" * 65, False)):
        again = own.ficha.post(body, headers | {"X-Request-Id": given, "Accept-Language": "en"})
        assert again.body["errors"][0]["message"] == "Internal error."
        assert (again.headers["X-Request-Id"] == given) is kept
