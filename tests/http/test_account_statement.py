"""What a client owed on a day of the past, and its statement of account: against books that are computed by hand, and
random ones that are computed naively."""

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

import models
from models.collaborator import Role
from tests.books import Book, text_of, total
from tests.fixtures import NOON, Answer, Company, global_id

AGEING = "ageing { current upTo30 upTo60 upTo90 over90 }"
AS_OF = f"""
  owed creditBalance overdueBalance creditUsed {AGEING} balance currencies {{ currency owed creditBalance balance }}
"""
STATEMENT = f"""
  currency openingBalance closingBalance owed creditBalance {AGEING}
  lines(first: $first, after: $after, last: $last, before: $before) {{
    nodes {{ day kind text folio reference charge credit balance salesDocument {{ folio }} payment {{ amount }} }}
    edges {{ cursor }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
  }}
"""
QUERY = f"""
query ($id: ID!, $from: Date!, $to: Date!, $currency: String, $first: Int, $after: String, $last: Int,
  $before: String) {{
  client(id: $id) {{
    receivablesAsOf(day: $to) {{ {AS_OF} }}
    statement(from: $from, to: $to, currency: $currency) {{ {STATEMENT} }}
  }}
}}
"""
SHORT = """
query ($id: ID!, $from: Date!, $to: Date!) {
  client(id: $id) { statement(from: $from, to: $to) { closingBalance } receivablesAsOf(day: $to) { balance } }
}
"""


def asked(company: Company, client: UUID, first_day: Any, last_day: Any, **values: Any) -> Answer:
    variables = {"id": global_id(models.Client, client), "from": str(first_day), "to": str(last_day)}
    return company.ask(QUERY, **variables, **values)


@pytest.fixture
def books(company: Callable[..., Company]) -> Callable[[int], Iterator[tuple[Company, Book]]]:
    def make(number: int) -> Iterator[tuple[Company, Book]]:
        own = company()
        for seed in range(number):
            book = Book(seed, own.client(legal_name=f"CLIENTE {seed:04}"))
            book.write(own)
            yield own, book

    return make


def held(own: Company, book: Book) -> None:
    """Opening + lines = closing = receivables as of that day, by currency, and both as computed naively."""
    days = book.days()
    for currency in book.currencies():
        for first_day, last_day in pairwise(days):
            shown = asked(own, book.client_id, first_day, last_day, currency=currency, first=100).data["client"]
            statement = shown["statement"]
            lines = statement["lines"]["nodes"]
            assert shown["receivablesAsOf"] == text_of(book.receivables(last_day))
            opening, closing = Decimal(statement["openingBalance"]), Decimal(statement["closingBalance"])
            assert opening == book.balance(first_day - datetime.timedelta(days=1), currency)
            assert closing == book.balance(last_day, currency)
            assert opening + total(x["charge"] for x in lines) - total(x["credit"] for x in lines) == closing
            running = opening
            for line in lines:
                running += Decimal(line["charge"] or 0) - Decimal(line["credit"] or 0)
                assert Decimal(line["balance"]) == running
            assert total(statement["ageing"].values()) == Decimal(statement["owed"])
            of_day = {each["currency"]: each["balance"] for each in shown["receivablesAsOf"]["currencies"]}
            assert closing == Decimal(of_day.get(currency, "0.00"))


@pytest.mark.claims(
    "docs/statements.md",
    "`client { receivablesAsOf(day:) }` is what the client owed when that day ended where the company "
    "is: balance, ageing, credit used, and the balances by currency.",
    "Entries of the ledger count from their day of effect, whenever they were recorded, and a document "
    "by its due date of now.",
    "Each document is rounded in the company's currency by its own rate.",
    "`openingBalance` is the balance when the day before `from` ended, `closingBalance` that when `to` "
    "ended; the closing balance of a period is the opening balance of the next.",
    "`lines` are the entries of the ledger that change the balance, in the order of their day of effect, "
    "of their recording, and of their id, each with the balance after it.",
)
def test_random_books_come_to_what_is_owed(books: Callable[[int], Iterator[tuple[Company, Book]]]) -> None:
    for own, book in books(25):
        held(own, book)


@pytest.mark.deep
@pytest.mark.timeout(7200)
def test_a_thousand_random_books_come_to_what_is_owed(books: Callable[[int], Iterator[tuple[Company, Book]]]) -> None:
    for own, book in books(1_000):
        held(own, book)


# By hand


def entry(own: Company, client: UUID, kind: str, amount: str, day: str, **values: Any) -> UUID:
    row = {"client_id": client, "kind": kind, "amount": Decimal(amount), "recorded_at": NOON, "currency": "MXN"}
    day_ = datetime.date.fromisoformat(day)
    return own.add(models.LedgerEntry, **row | {"exchange_rate": 1, "effective_on": day_} | values)


@pytest.fixture
def paid_abroad(company: Callable[..., Company]) -> tuple[Company, UUID]:
    """An invoice of 100 USD that a payment of 2,000 MXN paid, of which 200 are left, and one of 50 MXN."""
    own = company(role_permissions={"READ_ONLY": ["clients:read", "clients:read_all", "billing:read"]})
    client = own.client()
    dollars = own.add(
        models.SalesDocument, client_id=client, series="U", number=1, total=100, subtotal=100, currency="USD",
        exchange_rate=18, due_on=datetime.date(2026, 2, 1), issued_at=NOON.replace(month=1, day=2),
    )  # fmt: skip
    pesos = own.add(
        models.SalesDocument, client_id=client, series="M", number=2, total=50, subtotal=50,
        issued_at=NOON.replace(month=1, day=3),
    )  # fmt: skip
    money = own.add(
        models.Payment,
        client_id=client,
        amount=2000,
        currency="MXN",
        payment_form="03",
        paid_at=NOON,
        reference="SPEI 7",
    )
    abroad = own.add(
        models.Application, client_id=client, payment_id=money, sales_document_id=dollars, amount=100,
        source_amount=1750, applied_on=datetime.date(2026, 2, 20),
    )  # fmt: skip
    here = own.add(
        models.Application, client_id=client, payment_id=money, sales_document_id=pesos, amount=50, source_amount=50,
        applied_on=datetime.date(2026, 2, 20),
    )  # fmt: skip
    usd: Any = {"currency": "USD", "exchange_rate": 18}
    entry(own, client, "PAYMENT", "-2000", "2026-02-10", payment_id=money)
    for application, document, amount, of_source, more in (
        (abroad, dollars, "-100", "1750", usd),
        (here, pesos, "-50", "50", {}),
    ):
        both: Any = {"payment_id": money, "application_id": application}
        entry(own, client, "APPLICATION", of_source, "2026-02-20", **both)
        entry(own, client, "APPLICATION", amount, "2026-02-20", sales_document_id=document, **both, **more)
    return own, client


def lines_of(answer: Answer) -> list[tuple[str, ...]]:
    names = ("day", "text", "charge", "credit", "balance")
    return [tuple(line[name] for name in names) for line in answer.data["client"]["statement"]["lines"]["nodes"]]


@pytest.mark.claims(
    "docs/statements.md",
    "`client { statement(from:, to:, currency:) }` is of one currency, by default the company's:",
    "What was applied to a document within the currency is no line, as the balance stays; across "
    "currencies it is a line of both.",
)
def test_what_is_applied_is_a_line_only_across_currencies(paid_abroad: tuple[Company, UUID]) -> None:
    own, client = paid_abroad
    assert lines_of(asked(own, client, "2026-01-01", "2026-02-28")) == [
        ("2026-01-03", "Factura M-2", "50.00", None, "50.00"),
        ("2026-02-10", "Pago", None, "2000.00", "-1950.00"),
        ("2026-02-20", "Aplicación en otra moneda: Factura U-1", "1750.00", None, "-200.00"),
    ]
    assert lines_of(asked(own, client, "2026-01-01", "2026-02-28", currency="usd")) == [
        ("2026-01-02", "Factura U-1", "100.00", None, "100.00"),
        ("2026-02-20", "Aplicación en otra moneda: Factura U-1", None, "100.00", "0.00"),
    ]


def test_the_past_is_aged_by_its_own_day(paid_abroad: tuple[Company, UUID]) -> None:
    own, client = paid_abroad
    past = asked(own, client, "2026-01-01", "2026-02-15").data["client"]["receivablesAsOf"]
    assert (past["owed"], past["balance"]) == ("1850.00", "-150.00")
    assert past["overdueBalance"] == past["ageing"]["upTo30"] == "1800.00"
    assert past["ageing"]["current"] == "50.00"
    assert past["creditUsed"] == "1850.00"


def test_what_is_owed_today_is_what_was_owed_at_the_end_of_today(paid_abroad: tuple[Company, UUID]) -> None:
    own, client = paid_abroad
    # Of an entry's day nothing is left to come: yesterday, in whatever zone, is as today.
    yesterday = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)).date()
    past = asked(own, client, "2026-01-01", yesterday).data["client"]["receivablesAsOf"]
    query = f"query ($id: ID!) {{ client(id: $id) {{ receivables {{ {AS_OF} }} }} }}"
    now = own.ask(query, id=global_id(models.Client, client)).data["client"]["receivables"]
    assert past == now


@pytest.mark.claims(
    "docs/statements.md",
    "Where a company's zone moved back over midnight, what was booked on the day after today counts today.",
)
def test_today_has_all_that_is_on_record(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    zone = ZoneInfo(own.ask("{ viewer { company { timeZone } } }").data["viewer"]["company"]["timeZone"])
    today = datetime.datetime.now(zone).date()
    yesterday, tomorrow = (today + datetime.timedelta(days=days) for days in (-1, 1))
    for day, amount in ((yesterday, 100), (today, 20), (tomorrow, 3)):
        issued_at = datetime.datetime.combine(day, datetime.time(12), zone)
        own.add(models.SalesDocument, client_id=client, subtotal=amount, total=amount, issued_at=issued_at)
    dated = [(str(tomorrow), "3.00", "123.00"), (str(today), "20.00", "120.00"), (str(yesterday), "100.00", "100.00")]
    for first_day, last_day, opening, closing, lines in (
        (yesterday, today, "0.00", "123.00", dated),
        (today, today, "100.00", "123.00", dated[:2]),
        (yesterday, yesterday, "0.00", "100.00", dated[2:]),
    ):
        pages: list[Any] = []
        while not pages or pages[-1]["pageInfo"]["hasPreviousPage"]:
            before = pages[-1]["pageInfo"]["startCursor"] if pages else None
            shown = asked(own, client, first_day, last_day, last=1, before=before).data["client"]
            pages.append(shown["statement"]["lines"])
        assert [(line["day"], line["charge"], line["balance"]) for page in pages for line in page["nodes"]] == lines
        statement = shown["statement"]
        assert (statement["openingBalance"], statement["closingBalance"]) == (opening, closing)
        assert shown["receivablesAsOf"]["balance"] == closing
    assert asked(own, client, today, tomorrow).errors[0][0] == "DAY_IN_FUTURE"


def test_pages_of_lines_continue_each_other(paid_abroad: tuple[Company, UUID]) -> None:
    own, client = paid_abroad
    whole = lines_of(asked(own, client, "2026-01-01", "2026-02-28"))
    pieces: list[tuple[str, ...]] = []
    after = None
    for _ in range(4):
        answer = asked(own, client, "2026-01-01", "2026-02-28", first=1, after=after)
        pieces += lines_of(answer)
        page = answer.data["client"]["statement"]["lines"]["pageInfo"]
        after = page["endCursor"]
        if not page["hasNextPage"]:
            break
    assert pieces == whole
    back: list[tuple[str, ...]] = []
    before = None
    for _ in range(4):
        answer = asked(own, client, "2026-01-01", "2026-02-28", last=1, before=before)
        back = lines_of(answer) + back
        page = answer.data["client"]["statement"]["lines"]["pageInfo"]
        before = page["startCursor"]
        if not page["hasPreviousPage"]:
            break
    assert back == whole
    both = asked(own, client, "2026-01-01", "2026-02-28", first=1, last=1)
    assert [each[0] for each in both.errors] == ["BAD_PAGE"]


@pytest.mark.claims(
    "docs/statements.md",
    "`folio`, `reference` and the document need `sales:read`, everything else `billing:read`.",
)
def test_folios_need_the_permission_to_read_sales(paid_abroad: tuple[Company, UUID]) -> None:
    own, client = paid_abroad
    query = """query ($id: ID!) { client(id: $id) { statement(from: "2026-01-01", to: "2026-02-28") {
        lines { nodes { text folio reference } } } } }"""
    shown = own.ask(query, Role.READ_ONLY, id=global_id(models.Client, client)).data["client"]["statement"]["lines"]
    assert shown["nodes"][:2] == [
        {"text": "Factura", "folio": None, "reference": None},
        {"text": "Pago", "folio": None, "reference": None},
    ]


def test_a_statement_needs_the_permission_and_the_sight_of_the_client(paid_abroad: tuple[Company, UUID]) -> None:
    own, client = paid_abroad
    other = own.client(owner_id=own.people[Role.SALES])
    days = {"from": "2026-01-01", "to": "2026-02-28"}
    seen = own.ask(SHORT, Role.SALES, id=global_id(models.Client, other), **days)
    assert sorted(seen.errors) == [("FORBIDDEN", "client", "receivablesAsOf"), ("FORBIDDEN", "client", "statement")]
    assert own.ask(SHORT, Role.SALES, id=global_id(models.Client, client), **days).data == {"client": None}


@pytest.mark.claims(
    "docs/statements.md",
    "A day that is still to come is `DAY_IN_FUTURE`.",
)
@pytest.mark.parametrize(
    ("days", "code", "fields"),
    [
        (("2026-01-01", "2999-01-01"), "DAY_IN_FUTURE", ["to", "day"]),
        (("0001-01-01", "2026-01-01"), "DAY_TOO_EARLY", ["from"]),
        (("2026-01-02", "2026-01-01"), "PERIOD_REVERSED", ["to"]),
    ],
)
def test_a_period_that_cannot_be_is_refused(
    paid_abroad: tuple[Company, UUID], days: tuple[str, str], code: str, fields: list[str]
) -> None:
    own, client = paid_abroad
    answer = own.ask(SHORT, id=global_id(models.Client, client), **{"from": days[0], "to": days[1]})
    assert {(each[0], each[-1]) for each in answer.errors} == {(code, field) for field in fields}


@pytest.mark.parametrize(
    "cursor", ["", "x", "W10", "WzEsMiwzXQ", "é", "bnVsbA", "WyIyMDI2LTAxLTAxIiwgIjIwMjYtMDEtMDEiLCAiMDAiXQ"]
)
def test_a_cursor_that_is_none_is_refused(paid_abroad: tuple[Company, UUID], cursor: str) -> None:
    own, client = paid_abroad
    answer = asked(own, client, "2026-01-01", "2026-02-28", after=cursor)
    assert [(each[0], each[-1]) for each in answer.errors] == [("BAD_CURSOR", "after")]


@pytest.mark.parametrize("currency", ["XYZ!", "", "PESOS" * 100])
def test_an_unknown_currency_is_refused(paid_abroad: tuple[Company, UUID], currency: str) -> None:
    own, client = paid_abroad
    answer = asked(own, client, "2026-01-01", "2026-02-28", currency=currency)
    assert [each[-1] for each in answer.errors] == ["currency"]


def test_ten_clients_send_as_many_statements_as_one(
    company: Callable[..., Company], statements: Callable[[], list[int]]
) -> None:
    own = company()
    for _ in range(10):
        own.client()
    query = """query ($first: Int) { clients(first: $first) { nodes { receivablesAsOf(day: "2026-01-01") { balance }
        statement(from: "2026-01-01", to: "2026-02-28", currency: "MXN") { lines(first: 5) { nodes { text } } } } } }"""
    own.ask(query, first=1)
    alone = statements()
    own.ask(query, first=10)
    assert statements() == alone
