"""What auditors of GraphQL servers look for (the list of graphql-cop), asked of a server as it is in production."""

import json
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from server.settings import Settings
from tests.fixtures import Ficha, serving
from tests.http.test_subscriptions import signed_in
from tests.pages import demand_graphiql

VALID = "GRAPHQL_VALIDATION_FAILED"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = b'--x\r\nContent-Disposition: form-data; name="query"\r\n\r\n{ __typename }\r\n--x--\r\n'


@pytest.fixture(scope="module")
def production(demo_settings: Settings) -> Generator[Ficha]:
    """A Ficha whose schema and pages are nobody's business."""
    with serving(replace(demo_settings, introspection=False, graphiql=False, web=False)) as ficha:
        yield ficha


def send(ficha: Ficha, method: str = "POST", *, known: bool = True, **given: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {ficha.token('admin@demo.mx')}"} if known else {}
    return ficha.http.request(method, "/graphql", **given | {"headers": headers | given.get("headers", {})})


def told(response: httpx.Response) -> tuple[int, bool, list[tuple[Any, ...]]]:
    """HTTP's status, whether there are data, and the code and limit of each error."""
    body = response.json()
    errors = [error["extensions"] for error in body.get("errors", ())]
    return response.status_code, "data" in body, [(error["code"], error.get("limit")) for error in errors]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        pytest.param(
            "{ " + " ".join(f"a{n}: __typename" for n in range(101)) + " }",
            [("LIMIT_EXCEEDED", "rootFields")],
            id="alias overloading",
        ),
        pytest.param(
            "{ viewer { " + " ".join(f"a{n}: __typename" for n in range(201)) + " } }",
            [("LIMIT_EXCEEDED", "aliases")],
            id="alias overloading below the root",
        ),
        pytest.param(
            "{ " + "__typename " * 500 + "}",
            [("LIMIT_EXCEEDED", "rootFields"), ("LIMIT_EXCEEDED", "repeatedFields")],
            id="field duplication",
        ),
        pytest.param("{ __typename " + "@aa" * 10 + " }", [(VALID, None)], id="directive overloading"),
        pytest.param(
            "{ __typename " + "@skip(if: false)" * 10 + " }", [(VALID, None)], id="directive overloading by a known one"
        ),
        pytest.param(
            "{ __typename " + "@skip(if: false)" * 500 + " }",
            [("LIMIT_EXCEEDED", "directives")],
            id="directive overloading at length",
        ),
        pytest.param(
            "{ __schema { ...A } } fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }",
            [(VALID, None)] * 2,
            id="circular fragments",
        ),
        pytest.param(
            "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }",
            [(VALID, None)] * 5,
            id="circular introspection",
        ),
        pytest.param("{ __schema { queryType { name } } }", [(VALID, None)] * 2, id="introspection"),
        pytest.param('{ __type(name: "Client") { name } }', [(VALID, None)], id="introspection of a type"),
        pytest.param("qwerty cop { abc }", [(VALID, None)], id="unhandled errors"),
        pytest.param('{ client(id: "\u0000") { id } }', [("BAD_ID", None)], id="unhandled errors of execution"),
    ],
)
def test_no_document_overloads_the_server_or_learns_of_the_schema(
    production: Ficha, query: str, errors: list[tuple[str, str | None]]
) -> None:
    response = send(production, json={"query": query})
    assert told(response) == (200, errors == [("BAD_ID", None)], errors)
    assert [error.keys() - {"message", "locations", "path", "extensions"} for error in response.json()["errors"]] == [
        set() for _ in errors
    ]
    assert all(
        error["extensions"].keys() <= {"code", "limit", "most", "found", "field"} for error in response.json()["errors"]
    )


def test_an_open_schema_is_not_told_in_circles_either(live_server: Ficha) -> None:
    circle = "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"
    response = send(live_server, json={"query": circle})
    assert told(response) == (200, False, [(VALID, None)])
    assert response.json()["errors"][0]["message"] == "Maximum introspection depth exceeded"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ __schema { directive } }", "Cannot query field 'directive' on type '__Schema'."),
        ("{ clientz { nodes { id } } }", "Cannot query field 'clientz' on type 'Query'."),
        ("{ client(ids: 1) { id } }", "Unknown argument 'ids' on field 'Query.client'."),
        ("{ ...A } fragment A on Clientt { id }", "Unknown type 'Clientt'."),
        ("{ clients(deleted: ONLYY) { totalCount } }", "Value 'ONLYY' does not exist in 'DeletedRecords' enum."),
        (
            "{ clients(filter: { rfcc: {} }) { totalCount } }",
            "Expected value of type 'ClientFilter' not to include unknown field 'rfcc'.",
        ),
        ("query ($n: Intt) { clients(first: $n) { totalCount } }", "Unknown type 'Intt'."),
    ],
)
def test_errors_suggest_nothing(production: Ficha, query: str, message: str) -> None:
    messages = [error["message"] for error in send(production, json={"query": query}).json()["errors"]]
    assert message in messages
    assert not any("Did you mean" in each for each in messages)


def test_the_values_of_variables_suggest_nothing(production: Ficha) -> None:
    query = (
        "query ($f: ClientFilter, $d: DeletedRecords! = EXCLUDE) { clients(filter: $f, deleted: $d) { totalCount } }"
    )
    for variables in ({"f": {"rfcc": {}}}, {"d": "ONLYY"}, {"f": {"and": [{"legalNam": {}}]}}):
        response = send(production, json={"query": query, "variables": variables})
        assert told(response)[1:] == (False, [("BAD_USER_INPUT", None)])
        assert "Did you mean" not in response.text


def test_no_batches(production: Ficha) -> None:
    response = send(production, json=[{"query": "{ __typename }"}] * 11)
    assert told(response) == (400, False, [("BAD_REQUEST", None)])


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_there_is_no_page_unless_it_is_set(production: Ficha, live_server: Ficha, accept: str) -> None:
    demand_graphiql()
    for path in (
        "/graphiql",
        "/playground",
        "/console",
        "/graphql",
        "/",
        "/app",
        "/app/clients",
        "/altair",
        "/voyager",
    ):
        response = production.http.get(path, headers={"Accept": accept})
        # Who opens /graphql in a browser reads what the address is for.
        expected = 404 if path != "/graphql" else 200 if accept == "text/html" else 401
        assert response.status_code == expected, path
        assert "graphiql" not in response.text.lower()
    assert live_server.http.get("/graphiql").status_code == 200


def test_a_query_by_get_needs_what_no_other_page_can_send(production: Ficha) -> None:
    asked = {"query": "{ __typename }"}
    assert told(send(production, "GET", known=False, params=asked)) == (401, False, [("UNAUTHENTICATED", None)])
    assert send(production, "GET", params=asked).json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "query", ["mutation { __typename }", 'mutation { deleteClient(input: {id: "x"}) { client { id } } }']
)
def test_no_mutation_by_get(production: Ficha, query: str) -> None:
    response = send(production, "GET", params={"query": query})
    assert (*told(response), response.headers["allow"]) == (405, False, [("BAD_REQUEST", None)], "POST")


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        (FORM, b"query=%7B__typename%7D"),
        (FORM, b'{"query": "{ __typename }"}'),
        ({"Content-Type": "text/plain"}, b'{"query": "{ __typename }"}'),
        ({"Content-Type": "multipart/form-data; boundary=x"}, PARTS),
    ],
)  # fmt: skip
def test_no_form_can_ask(production: Ficha, headers: dict[str, str], content: bytes) -> None:
    assert told(send(production, headers=headers, content=content)) == (415, False, [("BAD_REQUEST", None)])
    assert told(send(production, known=False, headers=headers, content=content)) == (
        401,
        False,
        [("UNAUTHENTICATED", None)],
    )


def test_no_trace(production: Ficha) -> None:
    """Neither in Apollo's form nor in one of its own, whatever the client asks for."""
    for headers in ({}, {"X-Apollo-Tracing": "1"}, {"apollo-federation-include-trace": "ftv1"}):
        body = send(production, json={"query": "{ __typename }"}, headers=headers).json()
        assert body == {"data": {"__typename": "Query"}, "extensions": {"cost": {"requested": 0, "limit": 10000}}}
    assert "stacktrace" not in json.dumps(send(production, json={"query": "{"}).json()).lower()


def test_a_subscription_suggests_nothing(production: Ficha) -> None:
    query = """subscription ($id: ID!, $kinds: [HistoryEventKind!]) {
        clientChanged(id: $id) { history(kinds: $kinds) { totalCount } } }"""
    with signed_in(production, "admin@demo.mx") as socket:
        socket.subscribe("1", query, id="cli_x", kinds=["NOTE_CHANGE"])
        [error] = socket.receive()["payload"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "field": "kinds.0"}
    assert "Did you mean" not in error["message"]
