"""Lists of clients by money begin with what their rows keep: balances, and the first due date of what is owed, by which
something is overdue or nothing is. Only where it matters how much is overdue, open items are summed."""

import datetime
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

import models
from server.settings import Settings
from tests.fixtures import Company, copied_database, new_companies
from tests.loaders.test_books_at_scale import CLIENTS, milliseconds, plan

DUE = """
set session_replication_role = replica;
insert into sales_document (company_id, id, client_id, type, series, number, state, issued_at, due_on, subtotal, total,
    uuid)
    select '{company}', gen_random_uuid(), c.id, 'INVOICE', 'DUE', row_number() over (), 'SENT', '2026-01-01',
        case when row_number() over () % {one_in} = 0 then date '2026-01-31' else date '2226-01-31' end, 100, 100,
        gen_random_uuid()
    from client c where c.company_id = '{company}';
update client set balance = 100, first_due_on = ficha_first_due(company_id, id) where company_id = '{company}';
set session_replication_role = origin
"""
COUNTED = "clients(filter: {receivables: {overdueBalance: $by}}) { totalCount }"
LATE = """
query ($by: FichaDecimalFilter!) {
    clients(first: 50, filter: {receivables: {overdueBalance: $by}}) { totalCount nodes { legalName } }
}
"""


@pytest.fixture(scope="module")
def own(demo_settings: Settings, database_url: str) -> Iterator[Company]:
    """A company with 3,000 clients who owe 100 each, which 30 of them should have paid; in a database of its own, as
    PostgreSQL plans by what it has seen of a whole table."""
    template = urlsplit(database_url).path[1:].rsplit("_", 1)[0]
    with copied_database(database_url, template) as url, new_companies(url, demo_settings) as make:
        company = make()
        fill_due(company, 3_000, 100)
        yield company


def fill_due(own: Company, number: int, one_in: int) -> None:
    """Clients who owe 100 each, which one in so many should have paid."""
    for statement in CLIENTS.format(company=own.id, number=number).split(";\n")[:1]:
        own.owner.execute(text(statement))
    for statement in DUE.format(company=own.id, one_in=one_in).split(";\n"):
        own.owner.execute(text(statement))
    own.owner.execute(text("vacuum analyze sales_document"))
    own.owner.execute(text("analyze client"))


@pytest.mark.parametrize(
    ("by", "number"),
    [({"gt": "0"}, 30), ({"gte": "100"}, 30), ({"eq": "100"}, 30), ({"gt": "100"}, 0), ({"gt": "-1"}, 3_000),
     ({"lt": "100"}, 2_970), ({"eq": "0"}, 2_970), ({"ne": "0"}, 30), ({"lte": "100"}, 3_000), ({"gte": "0"}, 3_000),
     ({"ne": None}, 3_000), ({"eq": None}, 0), ({"gt": "0", "lt": "100"}, 0)],
)  # fmt: skip
def test_clients_with_something_overdue_are_found_by_due_date(
    own: Company, by: dict[str, str | None], number: int
) -> None:
    assert own.ask(LATE, by=by).data["clients"]["totalCount"] == number


@pytest.mark.parametrize(
    ("by", "number"), [({"gt": "0"}, 0), ({"gte": "0.01"}, 0), ({"ne": "0"}, 0), ({"eq": "0"}, 0), ({"lte": "0"}, 0),
                       ({"gt": "50"}, 30), ({"eq": "100"}, 30), ({"lt": "100"}, 30), ({"gt": "100"}, 0)]
)  # fmt: skip
def test_what_is_overdue_is_summed_only_where_it_matters_how_much(
    own: Company, by: dict[str, str], number: int
) -> None:
    """Whether anything is, the day tells; and of who owes no more than that, nothing is read."""
    lines = plan(own, f"query ($by: FichaDecimalFilter!) {{ {COUNTED} }}", by=by)
    summed = sum(int(loops) for loops in re.findall(r"ix_sales_document_open.*loops=(\d+)", "\n".join(lines)))
    assert summed == number
    if by.keys() & {"gt", "gte"}:
        assert re.search(r"ix_client_(first_due_on|owed)", "\n".join(lines))


@pytest.mark.parametrize("column", ["balance", "owed", "creditBalance"])
def test_a_balance_that_is_kept_is_filtered_without_reading_documents(own: Company, column: str) -> None:
    query = f'{{ clients(filter: {{receivables: {{{column}: {{gt: "1"}}}}}}) {{ totalCount nodes {{ legalName }} }} }}'
    assert own.ask(query).data["clients"]["totalCount"] == (0 if column == "creditBalance" else 3_000)
    assert "sales_document" not in "\n".join(plan(own, query))


ORDERED = """
query ($direction: FichaOrderDirection!, $first: Int, $after: String, $last: Int, $before: String) {
    clients(first: $first, after: $after, last: $last, before: $before, filter: {legalName: {startsWith: "DEUDOR"}}
            orderBy: [{field: OVERDUE_BALANCE, direction: $direction}]) {
        nodes { legalName receivables { overdueBalance } }
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    }
}
"""


@pytest.fixture
def debtors(company: Callable[..., Company]) -> Company:
    """Clients with so much overdue, in cents, and as much again that is not due yet or has no day."""
    own = company()
    for number, cents in enumerate((500, 0, 99_999, 12, 0, 500, 70_001)):
        client = own.client(legal_name=f"DEUDOR {number}")
        for due, amount in (("2026-01-31", cents), ("2226-01-31", cents + 1), (None, 100_000)):
            if amount:
                own.add(
                    models.SalesDocument, client_id=client, type="INVOICE", state="SENT",
                    due_on=due and datetime.date.fromisoformat(due),
                    subtotal=Decimal(amount) / 100, total=Decimal(amount) / 100,
                )  # fmt: skip
    return own


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_clients_are_ordered_by_what_is_overdue(debtors: Company, direction: str) -> None:
    """Both executors give the pages forwards and backwards, in one order of all."""

    def page(**cut: Any) -> Any:
        return debtors.ask(ORDERED, direction=direction, **cut).data["clients"]

    whole = page(first=100)["nodes"]
    amounts = [Decimal(node["receivables"]["overdueBalance"]) for node in whole]
    expected = [Decimal(amount) for amount in ("0", "0", "0.12", "5", "5", "700.01", "999.99")]
    assert amounts == (expected if direction == "ASC" else expected[::-1])
    for forward in (True, False):
        walked, place = [], None
        while True:
            part = page(**({"first": 2, "after": place} if forward else {"last": 2, "before": place}))
            walked = [*walked, *part["nodes"]] if forward else [*part["nodes"], *walked]
            info = part["pageInfo"]
            if not info["hasNextPage" if forward else "hasPreviousPage"]:
                break
            place = info["endCursor" if forward else "startCursor"]
        assert walked == whole


@pytest.mark.deep
def test_a_hundred_thousand_clients(
    demo_settings: Settings, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    template = urlsplit(database_url).path[1:].rsplit("_", 1)[0]
    with copied_database(database_url, template) as url, new_companies(url, demo_settings) as make:
        company = make()
        fill_due(company, 100_000, 10)
        for by in ({"gt": "0"}, {"gte": "100"}, {"gt": "100"}, {"eq": "0"}):
            lines = [plan(company, LATE, by=by) for _ in range(5)]
            with capsys.disabled():
                print(f"\noverdue {by} of 100,000, with totalCount: {median(map(milliseconds, lines)):.1f} ms")  # noqa: T201
