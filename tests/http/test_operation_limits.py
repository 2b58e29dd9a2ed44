"""How large an operation may be: what is counted and told, and that too much is refused before anything is read."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from graphql import execute_sync, get_introspection_query, parse

import models
from database import opening
from models.collaborator import Role
from models.ids import uuid7
from server.execution.documents import Documents
from server.execution.executor import GRAPHQL
from tests.fixtures import Company, Ficha, each_way, global_id, serving

ADMIN = "admin@demo.mx"


def deep(levels: int) -> str:
    return "{ __schema { types " + "{ ofType " * levels + "{ name } " + "}" * levels + "} }"


@pytest.mark.claims(
    "docs/protocol.md",
    "It is counted by the schema's `@cost` and `@listSize`, in the way of Apollo's demand control: a "
    "scalar costs nothing, an object 1, or its field's `@cost`; a list, its length times what one of its "
    "items costs.",
    "The length is what the argument says (`first`, `last`), or else what `@listSize` assumes.",
    "Of an interface's types the most expensive one counts; what `@skip` or `@include` leaves out costs nothing.",
)
@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        ("{ __typename }", {}, 0),
        # The client, its owner.
        ('{ client(rfc: "EKU9003173C9") { id owner { name } } }', {}, 2),
        # The same key twice is one field.
        ('{ client(rfc: "EKU9003173C9") { owner { id } owner { name } } }', {}, 2),
        # The connection, and 20 clients where nothing is said.
        ("{ clients { nodes { id } } }", {}, 21),
        ("{ clients(first: 3) { nodes { id } } }", {}, 4),
        ("query ($n: Int) { clients(first: $n) { nodes { id } } }", {"n": 7}, 8),
        ("query ($n: Int = 5) { clients(first: $n) { nodes { id } } }", {}, 6),
        # Three clients, each with its connection of two edges, each with its node, and a count.
        ("{ clients(first: 3) { nodes { deals(last: 2) { edges { node { id } } totalCount } } } }", {}, 34),
        # A list that is no page: 5 contacts. What is skipped costs nothing.
        ('{ client(rfc: "EKU9003173C9") { contacts { id } } }', {}, 6),
        ('query ($no: Boolean!) { client(rfc: "EKU9003173C9") { contacts @skip(if: $no) { id } } }', {"no": True}, 1),
        # Of the types of an event, the most expensive one counts.
        (
            '{ client(rfc: "EKU9003173C9") { history(last: 2) { nodes { ... on DealWonEvent { actor { name } } } } } }',
            {},
            6,
        ),
        ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": []}, 0),
        # 450 types and two fields of each; twenty such parts cost a row.
        ("{ __schema { types { kind name } } }", {}, 98),
    ],
)
def test_every_answer_tells_what_it_cost(
    ask: Callable[..., Any], query: str, variables: dict[str, Any], cost: int
) -> None:
    answer = ask(ADMIN, query, **variables)
    assert answer.body["extensions"]["cost"] == {"requested": cost, "limit": 10_000}


@pytest.mark.claims(
    "docs/protocol.md",
    "Before a document is validated: at most 4,000 tokens and 100,000 characters, 20 levels, 2,000 fields"
    " with fragments counted wherever they are spread, 400 of them with fields of their own, 200 aliases,"
    " 100 directives, 50 root fields, 100 fields repeated under the same key.",
    "It may cost at most 6,000, or 100 if the operation also has other fields (`introspection`).",
    "What is larger than allowed is `LIMIT_EXCEEDED` with `limit` (`cost`, `conditions`, `relations`, "
    "`orders`, …), `most` and `found`.",
)
@pytest.mark.parametrize(
    ("query", "limit", "most", "found"),
    [
        ("{ clients(first: 100) { nodes { deals(first: 100) { nodes { id } } } } }", "cost", 10_000, 10_201),
        (
            "{ __schema { types { " + " ".join(f"a{n}: fields {{ name }}" for n in range(150)) + " } } }",
            "introspection",
            6_000,
            39_033,
        ),
        (deep(25), "depth", 20, 28),
        ("{ client(id: " + "[" * 40 + "]" * 40 + ") { id } }", "depth", 20, 40),
        ("{ viewer { " + " ".join(f"a{n}: permissions" for n in range(201)) + " } }", "aliases", 200, 201),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(51)) + " }", "rootFields", 50, 51),
        ("{ viewer { " + "permissions " * 101 + "} }", "repeatedFields", 100, 101),
        ("{ __typename " + "@skip(if: false) " * 101 + "}", "directives", 100, 101),
        ("{ " + "a " * 4000 + "}", "tokens", 4000, None),
        ("{ __typename } #" + "a" * 100_000, "characters", 100_000, None),
        # Eleven objects for each of forty clients: they were 2 s of compiling.
        (
            "{ "
            + " ".join(f'a{n}: client(id: "cli_x") {{ ...F }}' for n in range(40))
            + " } fragment F on Client { owner { id } priceList { id } createdBy { id } contacts { id }"
            " fiscalAddress { id } branchAddresses { id } bankAccounts { id } cfdiProfile { id }"
            " deals { nodes { id } } }",
            "objects",
            400,
            440,
        ),
        # Each fragment holds the next one twice: a million fields.
        (
            "{ ...F0 } "
            + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(20))
            + " fragment F20 on Query { __typename }",
            "fields",
            2000,
            2**20,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else None,
)
def test_what_is_too_large_is_refused_with_the_numbers(
    live_server: Ficha, statements: Callable[[], list[int]], query: str, limit: str, most: int, found: int | None
) -> None:
    started = time.process_time()
    answer = live_server.ask(ADMIN, query)
    assert time.process_time() - started < 2
    error = next(e["extensions"] for e in answer.body["errors"] if e["extensions"].get("limit") == limit)
    told = {"code": "LIMIT_EXCEEDED", "limit": limit, "most": most}
    assert error == (told if found is None else told | {"found": found})
    assert "data" not in answer.body
    assert statements() == []


def deep(levels: int, innermost: Any = 1) -> Any:
    return [deep(levels - 1, innermost)] if levels else innermost


CLIENTS = "query ($a: ClientFilter) { clients(filter: $a) { totalCount } }"
NODES = "query ($a: [ID!]!, $b: [ID!]!) { nodes(ids: $a) { id } more: nodes(ids: $b) { id } }"
ENTITIES = "query ($a: [_Any!]!) { _entities(representations: $a) { __typename } }"
REFERENCE = {"__typename": "Client", "id": "cli_019900a1-7c00-7d3e-8000-00000000de30"}


@pytest.mark.claims(
    "docs/protocol.md",
    "Of its variables: at most 20,000 values in all, and 20 levels of lists and objects in those whose "
    "types have any (`variableValues`, `variableDepth`).",
)
@pytest.mark.parametrize(
    ("query", "given", "limit", "most"),
    [
        (CLIENTS, {"a": {"and": deep(30, {})}}, "variableDepth", 20),
        (CLIENTS, {"a": deep(900)}, "variableDepth", 20),
        (CLIENTS, {"a": {"and": [{}] * 20_001}}, "variableValues", 20_000),
        (NODES, {"a": ["cli_x"] * 20_001, "b": []}, "variableValues", 20_000),
        (NODES, {"a": ["cli_x"] * 10_001, "b": ["cli_x"] * 10_000}, "variableValues", 20_000),
        (ENTITIES, {"a": [{}] * 20_001}, "variableValues", 20_000),
    ],
)
def test_variables_that_take_long_to_look_at_are_refused(
    live_server: Ficha, statements: Callable[[], list[int]], query: str, given: Any, limit: str, most: int
) -> None:
    answer = live_server.ask(ADMIN, query, **given)
    assert answer.body["errors"][0]["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": limit, "most": most}
    assert ("data" in answer.body, statements()) == (False, [])


@pytest.mark.claims(
    "docs/protocol.md",
    "Values for undeclared variables are ignored.",
)
@pytest.mark.parametrize(
    ("query", "given", "errors"),
    [
        ("{ viewer { permissions } }", {"a": deep(900), "b": [1] * 30_000}, []),  # of no variable: nobody looks at them
        ("query ($a: String!) { __type(name: $a) { name } }", {"a": deep(900)}, [("BAD_USER_INPUT", "a")]),
        ("query ($a: Int) { clients(first: $a) { totalCount } }", {"a": deep(900)}, [("BAD_USER_INPUT", "a")]),
        (NODES, {"a": [deep(900)], "b": []}, [("BAD_USER_INPUT", "a.0")]),
        (ENTITIES, {"a": [REFERENCE | {"more": deep(900)}]}, []),
        (ENTITIES, {"a": [deep(900)]}, [("BAD_REPRESENTATION", "_entities", 0, "representations")]),
        (ENTITIES, {"a": [REFERENCE | {"id": deep(900)}]}, [("BAD_REPRESENTATION", "_entities", 0, "representations")]),
    ],
)
def test_variables_that_nobody_looks_into_may_be_deep(
    ask: Callable[..., Any], query: str, given: Any, errors: list[Any]
) -> None:
    assert ask(ADMIN, query, **given).errors == errors


def test_variables_that_an_idempotency_key_cannot_stand_for_are_refused(live_server: Ficha) -> None:
    answer = live_server.http.post(
        "/graphql",
        json={"query": "{ viewer { permissions } }", "variables": {"a": deep(900)}},
        headers={"Authorization": f"Bearer {live_server.token(ADMIN)}", "Idempotency-Key": "deep"},
    )
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "BAD_REQUEST")


def test_others_are_answered_while_a_new_document_is_compiled(live_server: Ficha) -> None:
    """While it is compiled, the loop has time for others again and again: one that waited for the end would be
    answered once."""
    id = "cli_00000000-0000-7000-8000-000000000000"
    query = (
        "{ "
        + " ".join(f'a{n}: client(id: "{id}") {{ ...F }}' for n in range(36))
        + " } fragment F on Client { owner { id } priceList { id } createdBy { id } contacts { id }"
        " fiscalAddress { id } branchAddresses { id } bankAccounts { id } cfdiProfile { id }"
        " deals { nodes { id } } }"
        f" # {uuid7()}"
    )
    headers = {"Authorization": f"Bearer {live_server.token(ADMIN)}"}

    with ThreadPoolExecutor(1) as thread:
        asking = thread.submit(live_server.http.post, "/graphql", json={"query": query}, headers=headers)
        answered = 0
        while not asking.done():
            assert live_server.http.get("/health/live").json() == {"status": "ok"}
            answered += 1
    assert asking.result().json()["data"] == {f"a{n}": None for n in range(36)}
    assert answered > 5


def aliased(number: int, part: str) -> str:
    return " ".join(f"a{n}: {part}" for n in range(number))


@pytest.mark.claims(
    "docs/protocol.md",
    "An introspection costs 1 for each twenty fields of its result: the query that tools send for"
    " the whole schema costs some 5,300, or 5,700 with every optional field.",
)
@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(),
        "{ __schema { types { " + aliased(9, "fields { type { ofType { fields { name } } } }") + " } } }",
        "{ __schema { types { fields { type { " + aliased(50, "ofType { ofType { ofType { name } } }") + " } } } } }",
        "{ __schema { types { " + aliased(9, "possibleTypes { fields { type { ofType { name } } } }") + " } } }",
        "{ __schema { queryType { fields { args { type { ofType { inputFields { type { name } } } } } } } } }",
        '{ __type(name: "Mutation") { ' + aliased(9, "fields { args { type { ofType { name } } } }") + " } }",
        '{ __type(name: "Node") { possibleTypes { ' + aliased(9, "fields { type { ofType { name } } }") + " } } }",
        '{ __type(name: "FichaAuditEventKind") { ' + aliased(50, "enumValues { name }") + " } }",
    ],
)
def test_an_introspection_costs_what_python_writes_for_it(query: str) -> None:
    """At most thirty fields for a row: ten thousand are a second's work, which no time-out can stop."""

    def fields(value: Any) -> int:
        if isinstance(value, list):
            return sum(map(fields, value))
        return sum(1 + fields(part) for part in value.values()) if isinstance(value, dict) else 0

    written = fields(execute_sync(GRAPHQL, parse(query)).data)
    assert written > 100
    assert written / Documents(GRAPHQL).prepare(query, None).price({}).cost < 30


@pytest.mark.claims(
    "docs/protocol.md",
    "the query that tools send for the whole schema costs some 5,300, or 5,700 with every optional field.",
)
def test_an_introspection_of_the_whole_schema_costs_what_is_said() -> None:
    def cost(**more: bool) -> int:
        return round(Documents(GRAPHQL).prepare(get_introspection_query(**more), None).price({}).cost, -2)

    more = ("specified_by_url", "directive_is_repeatable", "schema_description", "input_value_deprecation")
    assert (cost(), cost(**dict.fromkeys(more, True))) == (5_300, 5_700)


def test_a_document_that_goes_in_circles_is_invalid(ask: Callable[..., Any]) -> None:
    answer = ask(ADMIN, "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")
    assert answer.errors == [("GRAPHQL_VALIDATION_FAILED",)]


@pytest.mark.claims(
    "docs/protocol.md",
    "Before it is executed: its **cost**, at most `FICHA_COST_LIMIT`.",
)
def test_the_limit_is_a_setting(demo_settings: Any) -> None:
    with serving(replace(demo_settings, cost_limit=20)) as ficha:
        answer = ficha.ask(ADMIN, "{ clients { nodes { id } } }")
        assert answer.body["errors"][0]["extensions"] == {
            "code": "LIMIT_EXCEEDED", "limit": "cost", "most": 20, "found": 21,
        }  # fmt: skip
        assert ficha.ask(ADMIN, "{ clients(first: 19) { nodes { id } } }").body["extensions"]["cost"]["requested"] == 20


@pytest.fixture
def patient_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own time-out is far off: whatever it ends, it was told to."""
    monkeypatch.setattr(opening, "_GRACE_SECONDS", 3600)


def until_nobody_waits(blocking: psycopg.Connection[Any], table: str) -> None:
    """Until no statement waits for the table, which `blocking` has locked."""
    waiting = "select count(*) from pg_locks where relation = %s::regclass and not granted"
    deadline = time.monotonic() + 60
    while blocking.execute(waiting, [table]).fetchone() != (0,):
        assert time.monotonic() < deadline, "PostgreSQL still waits for whom nobody waits"


@pytest.mark.claims(
    "docs/protocol.md",
    "Its statements in PostgreSQL are cancelled, and so is its compilation.",
    "An operation that takes longer than `FICHA_OPERATION_SECONDS` is `TIMEOUT`: reading and compiling "
    "its document, waiting and executing taken together.",
)
@pytest.mark.claims(
    "docs/operating.md",
    "| a statement takes longer than `FICHA_OPERATION_SECONDS` | `TIMEOUT` |",
)
@pytest.mark.usefixtures("patient_postgres")
@each_way
def test_a_read_that_takes_too_long_is_cancelled_in_the_database_too(
    demo_settings: Any, company: Callable[..., Company], way: Mapping[str, bool]
) -> None:
    mine = company()
    id = global_id(models.Client, mine.client())
    with (
        serving(replace(demo_settings, operation_seconds=1, **way)) as ficha,
        psycopg.connect(demo_settings.database_url) as blocking,
    ):
        query = "query ($id: ID!) { client(id: $id) { legalName } }"
        assert ficha.ask(mine.email(Role.ADMIN), query, id=id).data  # the viewer is known from here on
        blocking.execute("lock table client in access exclusive mode")
        answer = ficha.ask(mine.email(Role.ADMIN), query, id=id)
        assert (answer.status, answer.errors, answer.body["data"]) == (200, [("TIMEOUT",)], None)
        until_nobody_waits(blocking, "client")
        blocking.rollback()
        assert ficha.ask(mine.email(Role.ADMIN), query, id=id).data == {"client": {"legalName": "CLIENTE DE PRUEBA"}}


@pytest.mark.claims(
    "docs/protocol.md",
    "A mutation is completed, committed or rolled back as a whole: a client that lost the response"
    " sends it again with the same `Idempotency-Key`.",
)
@pytest.mark.usefixtures("patient_postgres")
def test_a_mutation_that_takes_too_long_is_undone(demo_settings: Any, company: Callable[..., Company]) -> None:
    """It is held where it has changed the client and is about to write the history, and only a cancel ends it."""
    mine = company()
    id = global_id(models.Client, mine.client())
    update = """mutation ($input: UpdateClientInput!) { updateClient(input: $input) {
        client { tradeName version history { totalCount } } userErrors { code } } }"""
    given = {"id": id, "tradeName": "El Aguila"}
    with (
        # With one connection, the second answer tells as well that the first one gave it back.
        serving(replace(demo_settings, operation_seconds=1, database_pool_size=4)) as ficha,
        psycopg.connect(demo_settings.database_url) as blocking,
    ):
        assert ficha.ask(mine.email(Role.ADMIN), "{ viewer { permissions } }").data
        blocking.execute("lock table history_event in access exclusive mode")
        answer = ficha.ask(mine.email(Role.ADMIN), update, input=given)
        assert (answer.status, answer.errors, answer.body["data"]) == (200, [("TIMEOUT",)], None)
        until_nobody_waits(blocking, "history_event")
        blocking.rollback()
        changed = ficha.ask(mine.email(Role.ADMIN), update, input=given).data["updateClient"]
    assert changed == {
        "client": {"tradeName": "El Aguila", "version": 2, "history": {"totalCount": 1}}, "userErrors": [],
    }  # fmt: skip


def test_postgresql_ends_by_itself_what_it_is_no_longer_told_about(database_url: str) -> None:
    with (
        psycopg.connect(database_url, options=opening.options(opening.session(1)), autocommit=True) as connection,
        pytest.raises(psycopg.errors.QueryCanceled, match="statement timeout"),
    ):
        connection.execute("select pg_sleep(60)")
