"""How long one request holds the event loop, in CPU time of its thread: all others wait for as long."""

import asyncio
import datetime
import time
from collections.abc import Callable
from typing import Any

import pytest
from graphql import get_introspection_query

from errors import FichaError
from resolvers.context import Context
from server.execution.documents import Invalid
from server.execution.executor import Answer, Executor
from server.execution.explain import ANYBODY
from server.execution.fairness import Party

MOST_SECONDS = 0.08
"""50 ms, with room for a busy machine."""
FILTERED = "query ($f: ClientFilter) { clients(filter: $f) { totalCount } }"
CREATE = "mutation ($i: CreateClientsInput!) { createClients(input: $i) { userErrors { code } } }"
FEW = '{legalName: {in: ["a" "b"]}}'
OBJECTS = "nodes { owner { id } contacts { id } deals { nodes { id } } createdBy { id } priceList { id } }"


def context() -> Context:
    """Of an operation that reads nothing."""
    nothing: Any = None
    now = datetime.datetime.now(datetime.UTC)
    return Context(ANYBODY, now, nothing, nothing, nothing, nothing, nothing, "request")


def alone(play: Callable[[Executor], Any]) -> tuple[Any, float]:
    """What comes of it on an event loop of its own, and for how long it held that."""
    executor = Executor()

    async def run() -> tuple[Any, float]:
        started = time.thread_time()
        return await play(executor), time.thread_time() - started

    return asyncio.run(run())


async def begin(executor: Executor, query: str, variables: Any) -> str | None:
    """All that happens to an operation before its turn; the limit that refuses it, if one does."""
    party = Party.of(ANYBODY)
    try:
        prepared = await executor.prepare(query, None, party)
        await executor.price(prepared, variables, party)
        await executor.planned(prepared, variables, ANYBODY)
    except Invalid as invalid:
        return (invalid.errors[0].extensions or {})["limit"]
    except FichaError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("query", "variables", "refused"),
    [
        (FILTERED, {"f": {"or": [{}] * 19_990}}, "conditions"),
        (FILTERED, {"f": {"and": [{"or": [{}] * 99}] * 190}}, "conditions"),
        (FILTERED, {"f": {"or": [{"not": {"not": {}}}] * 6_000}}, "conditions"),
        (FILTERED, {"f": {"legalName": {"in": ["a"] * 9_500}}}, "values"),
        (FILTERED, {"f": {"or": [{"legalName": {"in": ["a"] * 190}} for _ in range(99)]}}, None),
        (FILTERED, {"f": {f"x{n}": {} for n in range(19_000)}}, "conditions"),
        (FILTERED, {"f": {"contacts": {f"x{n}": {} for n in range(19_000)}}}, None),
        (CREATE, {"i": {"rows": [{"legalName": "B"}] * 9_000}}, "cost"),
        (CREATE, {"i": {"rows": [{}] * 19_990}}, "cost"),
        (CREATE, {"i": {"rows": [{"legalName": "B", "contacts": [{"name": "a"}] * 90}] * 20}}, None),
        ("query ($o: [ClientOrder!]) { clients(orderBy: $o) { totalCount } }", {"o": [{}] * 19_990}, "orders"),
        ("{ " + " ".join(f"a{n}: clients(first: 3) {{ {OBJECTS} }}" for n in range(49)) + " }", {}, None),
        ("{ " + " ".join(f'a{n}: clients(filter: {FEW}) {{ totalCount }}' for n in range(50)) + " }", {}, None),
    ],
    ids=range(13),
)  # fmt: skip
def test_an_operation_is_weighed_and_compiled_beside_the_loop(query: str, variables: Any, refused: str | None) -> None:
    found, held = alone(lambda executor: begin(executor, query, variables))
    assert found == refused
    assert held < MOST_SECONDS


@pytest.mark.claims(
    "docs/protocol.md",
    "The same queue serves introspections, the pricing of large documents, and variables of more than 2,000 values.",
)
@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(),
        "query Q { ...F } fragment F on Query { a: __typename __schema { types { fields { name type { name } } } } }",
        "{ ... { x0: __schema { types { fields { name args { name } } } } } }",
    ],
)
def test_an_introspection_is_told_beside_the_loop(query: str) -> None:
    async def play(executor: Executor) -> list[Answer]:
        return [await executor.execute(query, {}, None, context()) for _ in range(2)]

    answers, held = alone(play)
    assert answers[0].errors == []
    assert answers[0].data == answers[1].data
    assert held < MOST_SECONDS
