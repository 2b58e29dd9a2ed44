"""What the planner answers, by one statement and level by level, is what the resolvers answer, byte for byte: random
operations over the whole schema.

FICHA_TEST_OPERATIONS is how many are asked of each viewer, FICHA_TEST_SEED what they are made from.
"""

import os
from collections import Counter
from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Any

import orjson
import pytest
from graphql import parse, validate

from models.viewer import Viewer
from planner.selection import Unplannable
from schema import SCHEMA
from server.execution.executor import Answer, Executor
from tests.planner.conftest import Both, comparable
from tests.planner.generator import Generator, Samples
from tests.planner.reduction import reduced

OPERATIONS = int(os.environ.get("FICHA_TEST_OPERATIONS", "40"))
SEED = int(os.environ.get("FICHA_TEST_SEED", "1"))
DOCUMENT_SCHEMA = SCHEMA._schema

VIEWERS = (
    "ADMIN demo.mx",
    "SALES_MANAGER demo.mx",
    "SALES demo.mx",
    "BILLING demo.mx",
    "READ_ONLY demo.mx",
    "ADMIN ajena.mx",
    "ADMIN odd",
    "SALES odd",
    "READ_ONLY odd",
)
PLANNED_AT_LEAST = 0.85
"""Of the operations without errors, or with none but FORBIDDEN."""


def codes(answer: Answer) -> set[str]:
    """Of the answer's errors."""
    return {str(error.get("extensions", {}).get("code")) for error in comparable(answer)[1]}


def differ(both: Both, way: Executor, viewer: Viewer, query: str, variables: Any) -> bool:
    """Whether the way has a plan for it, and comes to another answer than the resolvers."""
    one, two = (both.one(executor, viewer, query, variables) for executor in (way, both.resolvers))
    return one.plan is not None and comparable(one) != comparable(two)


@pytest.mark.sampled(3)
@pytest.mark.claims(
    "docs/reading.md",
    "Either way the answer is the same.",
)
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", VIEWERS)
def test_random_operations(both: Both, viewers: Mapping[str, Viewer], ids: Mapping[str, list[str]], name: str) -> None:
    viewer, samples = viewers[name], Samples(ids)
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for number in range(OPERATIONS):
        generator = Generator(DOCUMENT_SCHEMA, Random(f"{SEED} {name} {number}"), samples)  # noqa: S311  # not a secret
        query, variables = generator.operation()
        if validate(DOCUMENT_SCHEMA, parse(query)):
            counts["invalid"] += 1
            continue
        answer = both.one(both.planner, viewer, query, variables)
        if answer.plan is None:
            # The resolvers gave this answer themselves.
            wrong = codes(answer) - {"FORBIDDEN"}
            counts["wrong" if wrong else "left"] += 1
            if not wrong:
                with pytest.raises(Unplannable) as reason:
                    both.planner.plan(query, variables, None, viewer)
                reasons[str(reason.value)] += 1
            assert "INTERNAL" not in codes(answer), query
            continue
        counts["planned"] += 1
        assert both.one(both.levels, viewer, query, variables).plan is not None, query
        for way in (both.planner, both.levels):
            if not differ(both, way, viewer, query, variables):
                continue
            smallest = reduced(DOCUMENT_SCHEMA, query, partial(differ, both, way, viewer, variables=variables))
            one, two = (comparable(both.one(each, viewer, smallest, variables)) for each in (way, both.resolvers))
            which = "planner" if way is both.planner else "levels"
            pytest.fail(f"{name}, operation {number}:\n{smallest}\n{variables}\n{which}: {one}\nresolvers: {two}")
        samples.learn(orjson.loads(answer.data or b"null"))
    assert counts["invalid"] < OPERATIONS / 4, counts
    assert counts["planned"] >= PLANNED_AT_LEAST * (counts["planned"] + counts["left"]), (counts, reasons)
    assert counts["planned"] >= OPERATIONS / 2, counts
