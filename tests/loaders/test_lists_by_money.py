"""Lists of clients by what is overdue begin with the open items that are due, or with the clients, as PostgreSQL thinks
best; no list asks each client. What is kept in the client's row is read there."""

import re
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

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
update client set balance = 100 where company_id = '{company}';
set session_replication_role = origin
"""
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


def test_clients_with_something_overdue_are_not_asked_one_by_one(own: Company) -> None:
    lines = plan(own, LATE, by={"gt": "0"})
    assert "ix_sales_document_due" in "\n".join(lines)
    looked_up = [int(loops) for loops in re.findall(r"on sales_document.*loops=(\d+)", "\n".join(lines))]
    assert max(looked_up) <= 60  # one for each that is overdue, rather than 3,000


@pytest.mark.parametrize("column", ["balance", "owed", "creditBalance"])
def test_a_balance_that_is_kept_is_filtered_without_reading_documents(own: Company, column: str) -> None:
    query = f'{{ clients(filter: {{receivables: {{{column}: {{gt: "1"}}}}}}) {{ totalCount nodes {{ legalName }} }} }}'
    assert own.ask(query).data["clients"]["totalCount"] == (0 if column == "creditBalance" else 3_000)
    assert "sales_document" not in "\n".join(plan(own, query))


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
