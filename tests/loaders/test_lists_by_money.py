"""Lists of clients by money begin at an index, whatever they are ordered and filtered by; and their answers are those
of a naive computation, whichever days the amounts in the rows are of. What PostgreSQL reads is held, not how long it
takes.

`make deep` measures 100,000 clients and prints the milliseconds.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

import models
from server.settings import Settings
from tests.fixtures import Company, copied_database, new_companies
from tests.loaders.plans import milliseconds, most_rows, plan, summed
from tests.overdue import as_of

ZONE = f"Etc/GMT{datetime.datetime.now(datetime.UTC).hour - 12:+d}"
"""Where it is noon as these tests are read: their day does not end before they do."""
TODAY = datetime.datetime.now(ZoneInfo(ZONE)).date()
DAY = datetime.timedelta(days=1)
D = Decimal

# Of each client an invoice of 1.00 to 1,001.00 that falls due in 200 years, and of every so many one that was due.
FILL = """
insert into client (company_id, id, kind, legal_name)
    select '{company}', gen_random_uuid(), 'CLIENT', 'CLIENTE ' || n from generate_series(1, {number}) n;
insert into sales_document (company_id, id, client_id, type, series, number, state, issued_at, due_on, subtotal, total,
    uuid)
    select '{company}', gen_random_uuid(), c.id, 'INVOICE', 'V' || late, c.place, 'SENT', '2025-01-01',
        case when late = 1 then date '2025-02-01' else date '2225-01-31' end, amount, amount, gen_random_uuid()
    from (
        select id, place, 1 + place * 7919 % 100001 / 100.0 as amount
        from (
            select id, row_number() over (order by md5(legal_name)) as place from client where company_id = '{company}'
        ) p
    ) c
    cross join generate_series(0, 1) late where late = 0 or c.place <= {late};
update client c set balance = (
    select sum(d.total) from sales_document d where d.company_id = c.company_id and d.client_id = c.id
) where c.company_id = '{company}'
"""


def fill(own: Company, number: int, late: int) -> Company:
    """So many clients, of which so many owe something that is overdue; in a database of its own, as PostgreSQL plans by
    what it has seen of a whole table."""
    for statement in FILL.format(company=own.id, number=number, late=late).split(";\n"):
        own.owner.execute(text(statement))
    as_of(own, TODAY)
    own.owner.execute(text("vacuum analyze sales_document, client"))
    return own


@pytest.fixture(scope="module")
def filled(demo_settings: Settings, database_url: str) -> Iterator[Callable[[int, int], Any]]:
    """Makes a company with so many clients, of which so many are late, in a database of its own."""
    template = urlsplit(database_url).path[1:].rsplit("_", 1)[0]

    @contextmanager
    def make(number: int, late: int) -> Iterator[Company]:
        with copied_database(database_url, template) as url, new_companies(url, demo_settings) as companies:
            yield fill(companies(time_zone=ZONE), number, late)

    return make


@pytest.fixture(scope="module", params=[3_000, 30], ids=["all", "few"])
def own(request: pytest.FixtureRequest, filled: Any) -> Iterator[Company]:
    """A company with 3,000 clients, of which all or few are late."""
    with filled(3_000, request.param) as company:
        yield company


LIST = """
query (
    $filter: ClientFilter, $field: ClientOrderField!, $direction: FichaOrderDirection!, $first: Int, $after: String
    $last: Int, $before: String
) {
    clients(first: $first, after: $after, last: $last, before: $before, filter: $filter
            orderBy: [{field: $field, direction: $direction}]) {
        nodes { legalName receivables { balance overdueBalance } }
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    }
}
"""
COUNT = "query ($filter: ClientFilter) { clients(filter: $filter) { totalCount } }"
AMOUNTS = [
    {"gt": "0"}, {"gte": "0"}, {"gt": "-1"}, {"eq": "0"}, {"ne": "0"}, {"lte": "0"}, {"lt": "0"}, {"gt": "12.34"},
    {"gte": "12.34"}, {"eq": "12.34"}, {"ne": "12.34"}, {"lt": "12.34"}, {"lte": "12.34"}, {"gt": "12.335"},
    {"lt": "12.345"}, {"eq": "12.345"}, {"ne": "12.345"}, {"gte": "12.345"}, {"lte": "12.3399"}, {"eq": None},
    {"ne": None}, {"gt": "0", "lt": "12.34"}, {"gt": "0", "lte": "12.34"}, {"gt": "999999999999999"},
    {"lt": "-999999999999999.999999"}, {},
]  # fmt: skip
TESTS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "eq": Decimal.__eq__, "ne": Decimal.__ne__, "lt": Decimal.__lt__, "lte": Decimal.__le__, "gt": Decimal.__gt__,
    "gte": Decimal.__ge__,
}  # fmt: skip


def passes(amount: Decimal, tests: dict[str, str | None]) -> bool:
    return all(
        name == "ne" if value is None else TESTS[name](amount, D(value)) for name, value in tests.items()
    )  # an amount is never null


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(D("0.01"), "ROUND_HALF_UP")


class Debtors:
    """Clients with random debts, and what they owe and is overdue today, computed from these in Python."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.owed: dict[str, Decimal] = {}
        self.overdue: dict[str, Decimal] = {}
        random = Random(16)  # noqa: S311  # repeatable
        rates = {"MXN": D(1), "USD": D("18.4377"), "JPY": D("0.003")}
        for number in range(40):
            name = f"DEUDOR {number:02}"
            client = company.client(legal_name=name)
            owed, overdue = D(0), D(0)
            for _ in range(random.randint(0, 4)):
                currency = random.choice(list(rates))
                total = D(random.choice((1, 12, 617, 1_234, 1_234, 99_999))) / (1 if currency == "JPY" else 100)
                day = random.choice((-300, -40, -2, -1, 0, 1, 2, 50, None))
                due = None if day is None else TODAY + day * DAY
                company.add(
                    models.SalesDocument, client_id=client, type="INVOICE", state="SENT", due_on=due, subtotal=total,
                    total=total, currency=currency, exchange_rate=rates[currency],
                )  # fmt: skip
                owed += cents(total * rates[currency])
                overdue += cents(total * rates[currency]) if due and due < TODAY else 0
            self.owed[name], self.overdue[name] = owed, overdue

    def walk(self, filter: Any, field: str, direction: str, *, forward: bool) -> list[str]:
        """The names of all pages of three, in the list's order."""
        names: list[str] = []
        place = None
        while True:
            cut = {"first": 3, "after": place} if forward else {"last": 3, "before": place}
            page = self.company.ask(LIST, filter=filter, field=field, direction=direction, **cut).data["clients"]
            part = [node["legalName"] for node in page["nodes"]]
            names = [*names, *part] if forward else [*part, *names]
            if not page["pageInfo"]["hasNextPage" if forward else "hasPreviousPage"]:
                return names
            place = page["pageInfo"]["endCursor" if forward else "startCursor"]

    def count(self, filter: Any) -> int:
        return self.company.ask(COUNT, filter=filter).data["clients"]["totalCount"]


@pytest.fixture(scope="module")
def debtors(filled: Any) -> Iterator[Debtors]:
    with filled(0, 0) as company:
        yield Debtors(company)


WRITTEN = [(0, 1), (-500, 1), (500, 1), (-2, 2)]
"""Days from today as of which the rows have what is overdue: of all clients, or of one in so many."""


@pytest.fixture(scope="module", params=WRITTEN, ids=lambda of: f"{of[0]} days, one in {of[1]}")
def written(request: pytest.FixtureRequest, debtors: Debtors) -> Debtors:
    """The debtors, with rows that were written on another day."""
    days, one_in = request.param
    as_of(debtors.company, TODAY)
    as_of(debtors.company, TODAY + days * DAY, one_in)
    return debtors


@pytest.mark.sampled(3)
@pytest.mark.parametrize("tests", AMOUNTS, ids=str)
def test_filters_by_money_answer_as_computed(written: Debtors, tests: dict[str, str | None]) -> None:
    for column, amounts in (("balance", written.owed), ("owed", written.owed), ("overdueBalance", written.overdue)):
        expected = {name for name, amount in amounts.items() if passes(amount, tests)}
        filter: Any = {"receivables": {column: tests}}
        assert written.count(filter) == len(expected)
        for within in (filter, {"and": [{"kind": {"eq": "CLIENT"}}, filter]}, {"not": {"not": filter}}):
            page = written.company.ask(LIST, filter=within, field="LEGAL_NAME", direction="ASC", first=100)
            assert [node["legalName"] for node in page.data["clients"]["nodes"]] == sorted(expected)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("column", "field"), [("balance", "BALANCE"), ("overdueBalance", "OVERDUE_BALANCE")])
@pytest.mark.parametrize("tests", [{}, {"gt": "0"}, {"lte": "700.01"}], ids=str)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_orders_by_money_are_as_computed(
    written: Debtors, column: str, field: str, tests: dict[str, str | None], direction: str
) -> None:
    """In pages from either end; the filter is by the amount that is overdue."""
    amounts = written.owed if column == "balance" else written.overdue
    filter = {"receivables": {"overdueBalance": tests}}
    forwards, backwards = (written.walk(filter, field, direction, forward=forward) for forward in (True, False))
    assert forwards == backwards
    listed = [amounts[name] for name in forwards]
    assert listed == sorted(listed, reverse=direction == "DESC")
    assert set(forwards) == {name for name, amount in written.overdue.items() if passes(amount, tests)}


def test_two_amounts_are_filtered_at_once(written: Debtors) -> None:
    filter = {"receivables": {"balance": {"gt": "12.34"}, "overdueBalance": {"lt": "617"}}}
    expected = {n for n in written.owed if written.owed[n] > D("12.34") and written.overdue[n] < 617}
    assert written.count(filter) == len(expected)
    for field in ("LEGAL_NAME", "BALANCE", "OVERDUE_BALANCE"):
        assert set(written.walk(filter, field, "ASC", forward=True)) == expected


@pytest.mark.parametrize("column", ["balance", "owed", "creditBalance"])
def test_a_balance_that_is_kept_is_filtered_without_reading_documents(own: Company, column: str) -> None:
    query = f'{{ clients(filter: {{receivables: {{{column}: {{gt: "1"}}}}}}) {{ totalCount totalCountIsExact }} }}'
    # Of the 3,000 debtors as many are counted as a filter that leads on looks at.
    found = own.ask(query).data["clients"]
    counted = {"balance": [3_000, True], "owed": [2_500, False], "creditBalance": [0, True]}
    assert list(found.values()) == counted[column]
    assert "sales_document" not in "\n".join(plan(own, query))


NOTHING: dict[str, Any] = {}
OVERDUE = [{"gt": "0"}, {"gt": "990"}, {"gt": "5000"}, {"gte": "500", "lt": "510"}]
BALANCES = [{"gt": "0"}, {"gt": "1990"}, {"gt": "5000"}, {"lt": "1"}]
FILTERS = [
    *({"receivables": {"overdueBalance": tests}} for tests in OVERDUE),
    *({"receivables": {"balance": tests}} for tests in BALANCES),
]
PAGES = [
    *((NOTHING, field, direction) for field in ("BALANCE", "OVERDUE_BALANCE") for direction in ("ASC", "DESC")),
    *((filter, "LEGAL_NAME", "ASC") for filter in FILTERS),
    *(({"receivables": {"overdueBalance": tests}}, "OVERDUE_BALANCE", "DESC") for tests in OVERDUE),
    *(({"receivables": {"balance": tests}}, "BALANCE", "DESC") for tests in BALANCES),
]


def shown(of: Any) -> str:
    return re.sub(r"[{}' ]|receivables: ", "", str(of)) or "all"


def places(own: Company, filter: Any, field: str, direction: str, pages: int) -> Sequence[str | None]:
    """Where the first page begins, and a later one."""
    place: str | None = None
    for _ in range(pages):
        cut = {"first": 100, "after": place}
        page = own.ask(LIST, filter=filter, field=field, direction=direction, **cut).data["clients"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        place = page["pageInfo"]["endCursor"]
    return (None, place) if place else (None,)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("filter", "field", "direction"), PAGES, ids=shown)
def test_a_list_by_money_reads_little_more_than_its_page(own: Company, filter: Any, field: str, direction: str) -> None:
    """No document, nor any client that is neither before the page in the index nor on it."""
    for after in places(own, filter, field, direction, 1):
        lines = plan(own, LIST, filter=filter, field=field, direction=direction, first=100, after=after)
        assert summed(lines) <= 101  # what the page shows
        assert not re.search("Seq Scan on (client|sales_document)", "\n".join(lines))
        assert most_rows(lines) <= (2_001 if field == "LEGAL_NAME" else 202)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("filter", FILTERS, ids=shown)
def test_a_count_by_money_reads_an_index_alone(own: Company, filter: Any) -> None:
    lines = "\n".join(plan(own, COUNT, filter=filter))
    [column] = re.findall("overdue_cents|balance_cents", "\n".join(re.findall("Index Only Scan.*", lines)))[:1]
    assert column == ("overdue_cents" if "overdueBalance" in str(filter) else "balance_cents")
    assert re.search(rf"Index Cond: .*{column} [<>]", lines)
    assert "sales_document" not in lines or summed(lines.splitlines()) == 0


@pytest.mark.claims(
    "docs/reading.md",
    "Only of clients whose days have passed, until they are renewed in the background, open items are summed.",
)
def test_only_of_clients_whose_day_has_passed_what_is_overdue_is_summed(own: Company) -> None:
    try:
        as_of(own, datetime.date(2025, 1, 1), one_in=100)
        query = "select count(*) from client where company_id = :id and overdue_until < :today"
        passed = own.owner.execute(text(query), {"id": own.id, "today": TODAY}).scalar_one()
        assert summed(plan(own, COUNT, filter=FILTERS[0])) == passed < 60
    finally:
        as_of(own, TODAY)


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("late", [100_000, 1_000, 100, 0])
def test_a_hundred_thousand_clients(filled: Any, late: int, capsys: pytest.CaptureFixture[str]) -> None:
    with filled(100_000, late) as own:

        def measure(name: str, query: str, **variables: Any) -> None:
            lines = [plan(own, query, **variables) for _ in range(5)]
            with capsys.disabled():
                print(f"\n{late:>7,} late, {name}: {median(map(milliseconds, lines)):.1f} ms", end="")  # noqa: T201

        for filter, field, direction in PAGES:
            for after in places(own, filter, field, direction, 5):
                cut = {"first": 100, "after": after}
                name = f"{shown(filter)} by {field} {direction}, {'later' if after else 'first'} page"
                measure(name, LIST, filter=filter, field=field, direction=direction, **cut)
        for filter in FILTERS:
            measure(f"{shown(filter)} counted", COUNT, filter=filter)
