"""Every filter, order and search that the schema offers reads about as many rows as its page has, or as an index tells
at most: what PostgreSQL reads is held, not how long it takes. `python -m bench.hunt` measures that.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from bench.shapes import Shape, shapes
from database.opening import SESSION, options
from demo import seed
from loaders.few import FEW
from models.viewer import Viewer
from planner.selection import Unplannable
from schema import SCHEMA
from server.execution.executor import Executor
from server.execution.explain import viewer_of
from tests.fixtures import copied_database
from tests.loaders.plans import most_rows, plan_of

CLIENTS = 2_500
"""Each with three deals, follow-ups and sales documents, and two contacts and addresses."""
MOST = FEW + 100
"""Rows of one step of a plan: those of which an index told, and a page."""
UNBOUNDED = (
    # Of each client is asked whether it has a part: clients without any are nowhere by themselves.
    ":{none:", ":{every:",
    # What is left of the credit limit is summed for each client; the terms that are not stated are in no row.
    "creditUsed", "creditAvailable", "creditLimit", "creditDays", "terms:",
    # Decimals and sorted names are compared by operators that are not leakproof: the last page reads those before it.
    "field:TITLE", "field:NAME", "field:ESTIMATED_VALUE", "field:POSITION", "field:TOTAL",
    # A part of two characters has no trigrams.
    'contains:"a"', 'startsWith:"c"',
    # Computed from the row, by the instant or the day.
    "isOverdue", "isExpired", "balance:", "stampStatus", "tags",
    # What many rows have, of which none, or none at this end of the list, is in it.
    "eq:null", "deal:{state:",
)  # fmt: skip
"""Parts of shapes that may read more, and why."""


@pytest.fixture(scope="module")
def url(database_url: str) -> Iterator[str]:
    """A database of its own, as PostgreSQL plans by what it has seen of whole tables."""
    template = urlsplit(database_url).path[1:].rsplit("_", 1)[0]
    with copied_database(database_url, template) as copy:
        seed(copy, None, clients=CLIENTS, events=1)
        yield copy


@pytest.fixture(scope="module")
def viewer(url: str) -> Viewer:
    return viewer_of(url, "admin@escala.mx")


def of_root() -> list[Shape]:
    """The pages of lists of the whole company; what is of one client is bounded by the client."""
    return [shape for shape in shapes(SCHEMA._schema) if not shape.of and not shape.counts and not shape.deep]


def excess(url: str, viewer: Viewer, listed: list[Shape]) -> dict[str, int]:
    """The shapes that read more than they may, with the rows."""
    executor, more = Executor(), dict[str, int]()
    with psycopg.connect(url, options=options(SESSION)) as application:
        explained = partial(plan_of, application, viewer, executor)
        for shape in listed:
            try:
                rows = most_rows(explained(shape.query("")))
            except Unplannable:
                continue  # the resolvers answer it, and their statements are those of other shapes
            if rows > MOST:
                more[str(shape)] = rows
    return more


@pytest.mark.claims(
    "docs/reading.md",
    "A list that is filtered or searched asks an index first for the rows that pass one part of its filter, at most"
    " 2,001.",
    "If these are all, it begins at them, otherwise it goes through its own order"
    " ([ADR 80](adr/0080-lists-begin-where-few-rows-pass.md)).",
)
@pytest.mark.parametrize("part", range(4))
def test_no_page_reads_more_than_an_index_tells(url: str, viewer: Viewer, part: int) -> None:
    listed = [shape for shape in of_root() if not any(each in str(shape) for each in UNBOUNDED)]
    assert len(listed) > 250
    assert excess(url, viewer, listed[part::4]) == {}


@pytest.mark.claims(
    "docs/reading.md",
    "Such a statement is planned for its values each time, up to ten of them; all others are planned once.",
)
def test_only_what_a_filter_or_a_search_decides_is_planned_for_its_values(viewer: Viewer) -> None:
    by_values = {
        "{ clients { nodes { id } } }": False,
        "{ clients(orderBy: [{ field: OWNER }]) { nodes { id } } }": False,
        '{ clients(filter: { receivables: { balance: { gt: "1" } } }) { nodes { id } } }': False,
        '{ clients(filter: { legalName: { eq: "X" } }) { totalCount } }': True,
        "{ clients(filter: { and: [%s] }) { totalCount } }" % ('{ tradeName: { eq: "X" } } ' * 11): False,
        '{ clients(search: "x y") { nodes { id } } }': True,
        "{ clients { nodes { deals(filter: { state: { eq: OPEN } }) { nodes { id } } } } }": False,
        "{ deals(filter: { state: { eq: OPEN } }) { nodes { id } } }": True,
    }
    statements = {query: Executor().plan(query, {}, None, viewer).plan.statement for query in by_values}
    assert {query: statement and statement.by_values for query, statement in statements.items()} == by_values


@pytest.mark.parametrize("name", ["clients", "deals", "followUps", "salesDocuments", "documents"])
def test_a_part_of_a_text_that_nobody_has_reads_nothing(url: str, viewer: Viewer, name: str) -> None:
    def reads(search: str) -> Any:
        with psycopg.connect(url, options=options(SESSION)) as application:
            query = Shape("", name, f'first:20,search:"{search}"').query("")
            return most_rows(plan_of(application, viewer, Executor(), query))

    assert reads("zzzqx") <= 50
    assert reads("zq") <= 50
