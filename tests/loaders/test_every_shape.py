"""Every filter, order and search that the schema offers reads about as many rows as its page has, or as an index tells
at most: what PostgreSQL reads is held, not how long it takes. `python -m bench.hunt` measures that.
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import psycopg
import pytest

from bench.shapes import Shape, shapes
from database.faults import fault_of
from database.opening import SESSION, options
from demo import seed
from errors import FilterTooBroad
from loaders import bounds, few
from models.ids import uuid7
from models.viewer import Permission, Viewer
from planner.selection import Unplannable
from schema import SCHEMA
from server.execution.executor import Executor
from server.execution.explain import viewer_of
from tests.fixtures import copied_database
from tests.loaders.plans import answered, most_rows, plan_of

CLIENTS = 2_500
"""Each with three deals, follow-ups and sales documents, and two contacts and addresses."""
LOOKED_AT = 300
"""Rows that a list looks at here, and of which an index tells, so that the bounds are met."""
MOST = 3 * LOOKED_AT + 100
"""Rows of one step of a plan: three records that each of them leads to, and a page."""
UNBOUNDED = (
    # Of what changes with the day, those clients are summed whose days have passed: none, once they are renewed.
    "overdueBalance",
)  # fmt: skip
"""Parts of shapes that may read more, and why."""


@pytest.fixture(autouse=True)
def looks_at_less(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST", "MOST_AT_LENGTH", "MOST_COUNTED"):
        monkeypatch.setattr(bounds, name, LOOKED_AT)
    monkeypatch.setattr(few, "FEW", LOOKED_AT)


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
    """The pages and counts of lists of the whole company; what is of one client is bounded by the client."""
    return [shape for shape in shapes(SCHEMA._schema) if not shape.of and not shape.deep]


def reads(url: str, viewer: Viewer, listed: list[Shape]) -> dict[str, int]:
    """How many rows each shape reads; what ends with an error reads 0."""
    executor, read = Executor(), dict[str, int]()
    with psycopg.connect(url, options=options(SESSION)) as application:
        for shape in listed:
            try:
                read[str(shape)] = most_rows(plan_of(application, viewer, executor, shape.query("")))
            except Unplannable:
                continue  # the resolvers answer it, and their statements are those of other shapes
            except psycopg.OperationalError as error:
                if not isinstance(fault_of(error), FilterTooBroad):
                    raise
                read[str(shape)] = 0
    return read


@pytest.mark.sampled(3)
@pytest.mark.claims(
    "docs/reading.md",
    "A list that is filtered or searched asks an index first for the rows that pass one part of its filter, at most"
    " 2,001.",
    "If these are all, it begins at them, otherwise it goes through its own order"
    " ([ADR 80](adr/0080-lists-begin-where-few-rows-pass.md)).",
    "It looks at 10,000 rows in that order, or at 2,500 where a filter leads to other records, folds texts or searches;"
    " where these do not fill the page, the statement ends with `FILTER_TOO_BROAD`"
    " ([ADR 84](adr/0084-lists-look-at-so-many-rows.md)).",
)
@pytest.mark.parametrize("part", range(12))
def test_no_page_and_no_count_reads_more_than_an_index_tells(url: str, viewer: Viewer, part: int) -> None:
    listed = [shape for shape in of_root() if not any(each in str(shape) for each in UNBOUNDED)]
    assert len(listed) > 1_500
    read = reads(url, viewer, listed[part::12])
    assert {shape: rows for shape, rows in read.items() if rows > MOST} == {}
    assert sum(rows == 0 for rows in read.values()) < len(read) / 2


@pytest.mark.claims(
    "docs/reading.md",
    "For a viewer who sees only their own clients, a list begins at the rows of these if there are at most 2,000;"
    " otherwise the rows of other people's clients count as looked at.",
)
@pytest.mark.parametrize("owns", [10, 1_000])
def test_lists_of_whoever_sees_their_own_clients_read_no_more(url: str, viewer: Viewer, owns: int) -> None:
    seller = replace(
        viewer, collaborator_id=uuid7(), permissions=viewer.permissions - {Permission.CLIENTS_READ_ALL}
    )  # fmt: skip
    listed = [shape for shape in of_root() if not shape.counts and "filter" not in str(shape)]
    assert len(listed) > 100
    # What these writes leave in the indexes would be counted among the rows that other tests read.
    with copied_database(url, urlsplit(url).path[1:]) as copy:
        with psycopg.connect(copy) as owner:
            owner.execute(
                "insert into collaborator (company_id, id, name, email, role)"
                " values (%s, %s, 'Otra', 'otra@x.mx', 'SALES')",
                [viewer.company_id, seller.collaborator_id],
            )
            owner.execute(
                "update client set owner_id = %s where company_id = %s and id in"
                " (select id from client where company_id = %s order by md5(id::text) limit %s)",
                [seller.collaborator_id, viewer.company_id, viewer.company_id, owns],
            )
            owner.execute("analyze client")
        read = reads(copy, seller, listed)
    assert {shape: rows for shape, rows in read.items() if rows > MOST} == {}
    assert sum(rows == 0 for rows in read.values()) < len(read) / 4


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
def test_a_part_of_a_text_that_nobody_has_reads_no_more_than_a_sample(url: str, viewer: Viewer, name: str) -> None:
    searched = [Shape("", name, f'first:20,search:"{text}"') for text in ("zzzqx", "zq")]
    assert max(reads(url, viewer, searched).values()) <= 50


@pytest.mark.claims(
    "docs/reading.md",
    "A count of a list of the whole company looks at 5,000 rows, and `totalCountIsExact` says whether these were all.",
)
@pytest.mark.parametrize(
    ("field", "number", "exact"),
    [
        ("deals", LOOKED_AT, False),
        ('deals(filter: { title: { eq: "zzzqx" } })', 0, True),
        ("collaborators", 20, True),
        ("clients", CLIENTS, True),
        ('clients(search: "zzzqx")', 0, True),
        ("clients(filter: { deals: { some: { state: { eq: OPEN } } } })", None, False),
    ],
)
def test_a_count_says_whether_it_is_exact(
    url: str, viewer: Viewer, field: str, number: int | None, exact: bool
) -> None:
    counted = answered(url, viewer, Executor(), f"{{ {field} {{ totalCount totalCountIsExact }} }}")
    assert counted["totalCountIsExact"] is exact
    assert number is None or counted["totalCount"] == number


@pytest.mark.parametrize("order", ["TITLE", "ESTIMATED_VALUE", "POSITION"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_a_late_page_begins_at_its_cursor_in_any_order(url: str, viewer: Viewer, order: str, direction: str) -> None:
    ordered = f"orderBy: [{{ field: {order}, direction: {direction} }}]"
    selected = "{ nodes { id } pageInfo { endCursor } }"
    last = f"{{ deals({ordered}, last: 40) {{ nodes {{ id }} pageInfo {{ startCursor }} }} }}"
    before = answered(url, viewer, Executor(), last)
    late = f'{{ deals({ordered}, first: 20, after: "{before["pageInfo"]["startCursor"]}") {selected} }}'
    assert answered(url, viewer, Executor(), late)["nodes"] == before["nodes"][1:21]
    with psycopg.connect(url, options=options(SESSION)) as application:
        assert most_rows(plan_of(application, viewer, Executor(), late)) <= 40
