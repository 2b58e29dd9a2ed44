"""How large an operation may be: what is counted and told, and that too much is refused before anything is read."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest

import models
from models.collaborator import Role
from tests.fixtures import Company, Ficha, global_id, serving

ADMIN = "admin@demo.mx"


def deep(levels: int) -> str:
    return "{ __schema { types " + "{ ofType " * levels + "{ name } " + "}" * levels + "} }"


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
    ],
)
def test_every_answer_tells_what_it_cost(
    ask: Callable[..., Any], query: str, variables: dict[str, Any], cost: int
) -> None:
    answer = ask(ADMIN, query, **variables)
    assert answer.body["extensions"]["cost"] == {"requested": cost, "limit": 10_000}


@pytest.mark.parametrize(
    ("query", "limit", "most", "found"),
    [
        ("{ clients(first: 100) { nodes { deals(first: 100) { nodes { id } } } } }", "cost", 10_000, 10_201),
        (
            "{ " + " ".join(f"a{n}: __schema {{ queryType {{ name }} }}" for n in range(6)) + " }",
            "cost",
            10_000,
            12_000,
        ),
        (deep(25), "depth", 20, 28),
        ("{ client(id: " + "[" * 40 + "]" * 40 + ") { id } }", "depth", 20, 40),
        ("{ viewer { " + " ".join(f"a{n}: permissions" for n in range(201)) + " } }", "aliases", 200, 201),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(51)) + " }", "rootFields", 50, 51),
        ("{ viewer { " + "permissions " * 101 + "} }", "repeatedFields", 100, 101),
        ("{ __typename " + "@skip(if: false) " * 101 + "}", "directives", 100, 101),
        ("{ " + "a " * 4000 + "}", "tokens", 4000, None),
        ("{ __typename } #" + "a" * 100_000, "characters", 100_000, None),
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
    started = time.perf_counter()
    answer = live_server.ask(ADMIN, query)
    assert time.perf_counter() - started < 2
    error = next(e["extensions"] for e in answer.body["errors"] if e["extensions"].get("limit") == limit)
    told = {"code": "LIMIT_EXCEEDED", "limit": limit, "most": most}
    assert error == (told if found is None else told | {"found": found})
    assert "data" not in answer.body
    assert statements() == []


def test_a_document_that_goes_in_circles_is_invalid(ask: Callable[..., Any]) -> None:
    answer = ask(ADMIN, "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")
    assert answer.errors == [("GRAPHQL_VALIDATION_FAILED",)]


def test_the_limit_is_a_setting(demo_settings: Any) -> None:
    with serving(replace(demo_settings, cost_limit=20)) as ficha:
        answer = ficha.ask(ADMIN, "{ clients { nodes { id } } }")
        assert answer.body["errors"][0]["extensions"] == {
            "code": "LIMIT_EXCEEDED", "limit": "cost", "most": 20, "found": 21,
        }  # fmt: skip
        assert ficha.ask(ADMIN, "{ clients(first: 19) { nodes { id } } }").body["extensions"]["cost"]["requested"] == 20


@pytest.mark.parametrize("planner", [True, False])
def test_what_takes_too_long_is_cancelled_in_the_database_too(
    demo_settings: Any, company: Callable[..., Company], planner: bool
) -> None:
    mine = company()
    id = global_id(models.Client, mine.client())
    with (
        serving(replace(demo_settings, operation_seconds=1, planner=planner)) as ficha,
        psycopg.connect(demo_settings.database_url) as blocking,
    ):
        query = "query ($id: ID!) { client(id: $id) { legalName } }"
        assert ficha.ask(mine.email(Role.ADMIN), query, id=id).data  # the viewer is known from here on
        blocking.execute("lock table client in access exclusive mode")
        answer = ficha.ask(mine.email(Role.ADMIN), query, id=id)
        assert (answer.status, answer.errors, answer.body["data"]) == (200, [("TIMEOUT",)], None)
        waiting = "select count(*) from pg_locks where relation = 'client'::regclass and not granted"
        deadline = time.monotonic() + 5
        while blocking.execute(waiting).fetchone() != (0,):
            assert time.monotonic() < deadline, "PostgreSQL still waits for whom nobody waits"
        blocking.rollback()
        assert ficha.ask(mine.email(Role.ADMIN), query, id=id).data == {"client": {"legalName": "CLIENTE DE PRUEBA"}}
