"""A request is part of a trace: its `traceparent`, and the trace that a gateway gets with the answer."""

import base64
import json
import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from server.http import traces
from server.settings import Settings
from server.telemetry.traceparent import trace_id
from tests.fixtures import Ficha, each_way, serving

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
ASKS = {"apollo-federation-include-trace": "ftv1"}


@pytest.fixture(scope="module")
def tracing(demo_settings: Settings) -> Generator[Ficha]:
    with serving(replace(demo_settings, traces=True)) as ficha:
        yield ficha


def ask(ficha: Ficha, query: str, headers: dict[str, str], **variables: Any) -> Any:
    authorized = {"Authorization": f"Bearer {ficha.token('admin@demo.mx')}", **headers}
    return ficha.http.post("/graphql", json={"query": query, "variables": variables}, headers=authorized)


@pytest.mark.parametrize(
    ("traceparents", "id"),
    [
        ([PARENT], TRACE),
        ([PARENT.removesuffix("01") + "00"], TRACE),
        (["cc" + PARENT[2:]], TRACE),
        (["cc" + PARENT[2:] + "-what-will-be"], TRACE),
        ([], None),
        ([""], None),
        ([PARENT, PARENT], None),
        ([f"{PARENT}-more"], None),
        (["cc" + PARENT[2:] + "more"], None),
        (["ff" + PARENT[2:]], None),
        ([PARENT[:-1]], None),
        ([PARENT.upper()], None),
        ([f"{PARENT}\n"], None),
        ([f"00-{'0' * 32}-00f067aa0ba902b7-01"], None),
        ([f"00-{TRACE}-{'0' * 16}-01"], None),
        ([PARENT.replace("4", "g")], None),
        (["00-" * 5_000], None),
    ],
)
def test_the_grammar_of_traceparent(traceparents: list[str], id: str | None) -> None:
    """By W3C Trace Context, 3.2.2 and 3.2.4: later versions may be longer, `ff` and ids of zeros are none."""
    assert trace_id(traceparents) == id


@pytest.mark.claims(
    "docs/protocol.md",
    "A valid `traceparent` (W3C Trace Context) gives the request its id where it states no `X-Request-Id`: 32"
    " hexadecimal digits, as in the trace.",
    "It is in the response and in the access log.",
    "Anything else in that header is ignored.",
)
@pytest.mark.parametrize(
    ("headers", "id"),
    [
        ({"traceparent": PARENT}, TRACE),
        ({"traceparent": PARENT, "X-Request-Id": "pedido-42"}, "pedido-42"),
        ({"traceparent": PARENT, "X-Request-Id": "a b"}, TRACE),
        ({"traceparent": "00-nonsense"}, None),
        ({"traceparent": f"{PARENT}; drop table client"}, None),
    ],
)
def test_a_request_has_the_id_of_its_trace(
    live_server: Ficha, caplog: pytest.LogCaptureFixture, headers: dict[str, str], id: str | None
) -> None:
    plain = ask(live_server, "{ viewer { role } }", {})
    answer = ask(live_server, "{ viewer { role } }", headers)
    assert (answer.status_code, answer.content) == (200, plain.content)
    request_id = answer.headers["X-Request-Id"]
    assert f"POST /graphql 200 {request_id}" in caplog.messages
    assert re.fullmatch("[0-9a-f]{32}", request_id) if id is None else request_id == id
    elsewhere = live_server.http.get("/nowhere", headers=headers).headers["X-Request-Id"]
    assert elsewhere == id or (id is None and elsewhere != request_id)


# A reader of protocol buffers, as small as the writer. tests/conformance/test_traces.py has Apollo's own.


def read(data: bytes) -> Iterator[tuple[int, Any]]:
    """Numbers of fields, with numbers or bytes."""
    position = 0

    def number() -> int:
        nonlocal position
        value = shift = 0
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    while position < len(data):
        tag = number()
        value: Any = number()
        if tag & 7 == 2:
            position, value = position + value, data[position : position + value]
        yield tag >> 3, value


def children(trace: str) -> list[dict[int, Any]]:
    """The fields of the root's nodes, by their numbers; after the trace's own are looked at."""
    parts = dict(read(base64.b64decode(trace, validate=True)))
    assert set(parts) == {3, 4, 11, 14}
    began, ended = [dict(read(parts[number])) for number in (4, 3)]
    assert (ended[1] - began[1]) * 10**9 + ended[2] - began[2] == parts[11] > 0
    nodes = [dict(read(value)) for number, value in read(parts[14]) if number == 12]
    assert {node[9] for node in nodes} == {parts[11]}
    return nodes


@pytest.mark.claims(
    "docs/protocol.md",
    "With `FICHA_TRACES=on`, a gateway that sends `apollo-federation-include-trace: ftv1` gets `extensions.ftv1`: a"
    " trace of the operation and of the fields at its root, with the codes of their errors.",
    "All fields begin and end with the operation, for one SQL statement may bring them all.",
)
@each_way
def test_a_gateway_gets_a_trace(demo_settings: Settings, way: Mapping[str, bool]) -> None:
    query = """
    query ($no: Boolean!) {
      __typename
      people: collaborators(first: 1) { nodes { id } }
      ...Rest
      apiKeys(first: 1) { nodes { name } }
    }
    fragment Rest on Query { hidden: clients @include(if: $no) { totalCount } ... { viewer { role } } }
    """
    with serving(replace(demo_settings, traces=True, **way)) as ficha:
        traced = ask(ficha, query, ASKS, no=False).json()
        plain = ask(ficha, query, {}, no=False).json()
    trace = traced["extensions"].pop("ftv1")
    assert traced == plain
    nodes = [{number: node.get(number, b"").decode() for number in (1, 3, 13, 14)} for node in children(trace)]
    assert nodes == [
        {1: "__typename", 3: "", 13: "Query", 14: ""},
        {1: "people", 3: "CollaboratorConnection", 13: "Query", 14: "collaborators"},
        {1: "viewer", 3: "FichaViewer!", 13: "Query", 14: ""},
        {1: "apiKeys", 3: "FichaApiKeyConnection", 13: "Query", 14: ""},
    ]


def test_an_error_is_in_the_trace_by_its_code(tracing: Ficha) -> None:
    query = '{ a: client(id: "cli_x") { id } b: client(id: "con_x") { id } }'
    body = ask(tracing, query, ASKS).json()
    errors = [dict(read(node[11])) for node in children(body["extensions"]["ftv1"])]
    assert [(error[1].decode(), json.loads(error[4])["path"]) for error in errors] == [
        ("BAD_ID", ["a"]),
        ("BAD_ID", ["b"]),
    ]
    assert body["errors"][0]["message"] not in base64.b64decode(body["extensions"]["ftv1"]).decode("latin-1")


@pytest.mark.parametrize("value", ["", "ftv2", "FTV1"])
def test_nobody_else_gets_one(tracing: Ficha, value: str) -> None:
    body = ask(tracing, "{ viewer { role } }", {"apollo-federation-include-trace": value}).json()
    assert "ftv1" not in body["extensions"]


def test_it_is_off_unless_the_settings_say_so(live_server: Ficha) -> None:
    assert "ftv1" not in ask(live_server, "{ viewer { role } }", ASKS).json()["extensions"]


@pytest.mark.claims("docs/protocol.md", "Requests that are refused have none.")
def test_what_is_not_executed_has_none(tracing: Ficha) -> None:
    for query in ("{", "{ nothing }", "mutation { nothing }"):
        assert "ftv1" not in ask(tracing, query, ASKS).json().get("extensions", {})


def test_a_trace_that_fails_is_left_out(tracing: Ficha, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "_instant", lambda _: 1 / 0)
    answer = ask(tracing, "{ viewer { role } }", ASKS)
    assert (answer.status_code, answer.json()["data"]) == (200, {"viewer": {"role": "ADMIN"}})
    assert "ftv1" not in answer.json()["extensions"]
