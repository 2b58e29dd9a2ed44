"""Pages: forward and backward each row comes once and in order, whatever the order, the size and the ties.

Public reports of the kind: wp-graphql 2137, Graphcool 522, graphile/crystal 93, graphql-ruby 2649, prisma 2855.
"""

import base64
import datetime
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import models
from tests.fixtures import NOON, Answer, Company, global_id

PAGE = "nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { id } }"
ARGUMENTS = "$first: Int, $after: String, $last: Int, $before: String"
GIVEN = "first: $first, after: $after, last: $last, before: $before"
HISTORY = f"""
query ($id: ID!, {ARGUMENTS}, $month: YearMonth, $kinds: [HistoryEventKind!], $order: FichaOrderDirection! = DESC) {{
  client(id: $id) {{
    page: history({GIVEN}, month: $month, kinds: $kinds, order: $order) {{ unfilteredCount totalCount {PAGE} }}
  }}
}}
"""
DEALS = f"""
query ($id: ID!, {ARGUMENTS}, $orderBy: [ClientDealOrder!]) {{
  client(id: $id) {{ page: deals({GIVEN}, orderBy: $orderBy) {{ totalCount {PAGE} }} }}
}}
"""
CLIENTS = f"query ({ARGUMENTS}, $search: String) {{ page: clients({GIVEN}, search: $search) {{ totalCount {PAGE} }} }}"


def page_of(answer: Answer) -> Any:
    """The page, after a look at what every page must be."""
    data = answer.data
    page = data["page"] if "page" in data else data["client"]["page"]
    assert [edge["node"] for edge in page["edges"]] == page["nodes"]
    ends = (page["edges"][0]["cursor"], page["edges"][-1]["cursor"]) if page["edges"] else (None, None)
    assert (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == ends
    return page


FORWARD = ("first", "after", "hasNextPage", "hasPreviousPage", "endCursor")
BACKWARD = ("last", "before", "hasPreviousPage", "hasNextPage", "startCursor")


def walk(ask: Callable[..., Answer], size: int, way: tuple[str, ...] = FORWARD) -> list[str]:
    """The rows of all pages, in the list's order."""
    limit, place, more, started, end = way
    cursor, found = None, list[str]()
    while True:
        page = page_of(ask(**{limit: size, place: cursor}))
        nodes = [node["id"] for node in page["nodes"]]
        assert page["pageInfo"][started] == (cursor is not None)
        assert not set(nodes) & set(found), "a row came twice"
        found = found + nodes if way is FORWARD else nodes + found
        if not page["pageInfo"][more]:
            return found
        assert len(nodes) == size
        cursor = page["pageInfo"][end]


def both_ways(ask: Callable[..., Answer], size: int) -> tuple[list[str], list[str]]:
    """The rows as found forward and backward."""
    return walk(ask, size), walk(ask, size, BACKWARD)


# One timestamp


@pytest.fixture
def history(company: Callable[..., Company]) -> tuple[Callable[..., Answer], list[tuple[str, str, datetime.datetime]]]:
    """Asks for pages of a history of which 30 of 34 events share one instant. Also the events: id, kind, instant."""
    own = company()
    client = own.client()
    second = datetime.timedelta(seconds=1)
    instants = [NOON - datetime.timedelta(days=31), NOON - second, *[NOON] * 30, NOON + second, NOON + second]
    events = [
        (
            global_id(models.HistoryEvent, own.add(models.HistoryEvent, client_id=client, occurred_at=at, kind=kind)),
            kind,
            at,
        )
        for at, kind in zip(instants, ["CLIENT_CREATED", "PROSPECT_CONVERTED"] * 17, strict=True)
    ]
    # Another client's events at the same instant are none of it.
    own.add(models.HistoryEvent, client_id=own.client(), occurred_at=NOON)
    return lambda **given: own.ask(HISTORY, id=global_id(models.Client, client), **given), events


def newest_first(events: Sequence[tuple[str, str, datetime.datetime]]) -> list[str]:
    return [id for id, _, _ in sorted(events, key=lambda event: (event[2], event[0]), reverse=True)]


@pytest.mark.claims(
    "docs/reading.md",
    "The order of a page always ends in the id, so each row's place is unique, even among events of one instant.",
)
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 10, 11, 15, 16, 17, 29, 30, 31, 34, 35])
def test_events_of_one_instant_come_once_and_in_order(history: Any, size: int) -> None:
    ask, events = history
    expected = newest_first(events)
    assert both_ways(ask, size) == (expected, expected)


@pytest.mark.parametrize("size", [1, 7, 30])
def test_the_order_can_be_turned(history: Any, size: int) -> None:
    ask, events = history
    expected = newest_first(events)[::-1]
    assert both_ways(lambda **given: ask(order="ASC", **given), size) == (expected, expected)


@pytest.mark.parametrize("size", [1, 4, 15, 16])
def test_a_month_and_kinds_are_paged_in_the_same_way(history: Any, size: int) -> None:
    ask, events = history
    wanted = [
        event for event in events if event[1] == "CLIENT_CREATED" and event[2] > NOON - datetime.timedelta(days=1)
    ]
    assert len(wanted) == 16
    expected = newest_first(wanted)

    def filtered(**given: Any) -> Answer:
        return ask(month="2026-03", kinds=["CLIENT_CREATED"], **given)

    assert both_ways(filtered, size) == (expected, expected)
    page = page_of(filtered(first=size))
    assert (page["unfilteredCount"], page["totalCount"]) == (34, 16)


@pytest.mark.claims(
    "docs/reading.md",
    "One row more than asked for tells whether there are others.",
)
def test_a_page_of_none_tells_whether_there_are_any(history: Any) -> None:
    ask, _ = history
    none = page_of(ask(first=0))
    assert none["nodes"] == []
    assert none["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert page_of(ask(last=0))["pageInfo"]["hasPreviousPage"]
    assert not page_of(ask(first=0, kinds=["DEAL_WON"]))["pageInfo"]["hasNextPage"]


def test_a_page_goes_on_where_a_row_was_though_it_is_gone(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    deals = [own.add(models.Deal, client_id=client, title=f"Trato {letter}") for letter in "ABCD"]

    def ask(**given: Any) -> Answer:
        return own.ask(DEALS, id=global_id(models.Client, client), orderBy=[{"field": "TITLE"}], **given)

    first = page_of(ask(first=2))
    own.change(models.Deal, deals[1], deleted_at=NOON)
    rest = page_of(ask(first=2, after=first["pageInfo"]["endCursor"]))
    assert [node["id"] for node in rest["nodes"]] == [global_id(models.Deal, deal) for deal in deals[2:]]


# Any order

ORDERS = {
    "CREATED_AT": lambda deal: deal["created_at"],
    "EXPECTED_CLOSE_ON": lambda deal: deal["expected_close_on"],
    "ESTIMATED_VALUE": lambda deal: deal["estimated_value"],
    "PRIORITY": lambda deal: ["LOW", "MEDIUM", "HIGH", "URGENT"].index(deal["priority"]),
    "TITLE": lambda deal: deal["title"].lower().replace("ñ", "n~").replace("é", "e"),
}
a_deal = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["Etapa", "etapa", "Étapa", "Año", "Ano", "Azul"]),
        "created_at": st.sampled_from([NOON, NOON + datetime.timedelta(microseconds=1)]),
        "expected_close_on": st.sampled_from([None, datetime.date(2026, 1, 31), datetime.date(2026, 2, 1)]),
        "estimated_value": st.sampled_from([Decimal("0.00"), Decimal("9.90"), Decimal("10.00"), Decimal("100.00")]),
        "priority": st.sampled_from(["LOW", "MEDIUM", "HIGH", "URGENT"]),
    }
)
an_order = st.lists(
    st.tuples(st.sampled_from(sorted(ORDERS)), st.sampled_from(["ASC", "DESC"])), min_size=1, max_size=3,
    unique_by=lambda term: term[0],
)  # fmt: skip


def sorted_deals(deals: Sequence[dict[str, Any]], order: Sequence[tuple[str, str]]) -> list[str]:
    """The ids of the deals in the order: those without the value last, ties by id in the last term's direction."""
    found = sorted(deals, key=lambda deal: deal["id"], reverse=order[-1][1] == "DESC")
    for name, direction in reversed(order):
        value = ORDERS[name]
        with_value = [deal for deal in found if value(deal) is not None]
        with_value.sort(key=value, reverse=direction == "DESC")
        found = with_value + [deal for deal in found if value(deal) is None]
    return [global_id(models.Deal, deal["id"]) for deal in found]


@pytest.mark.claims(
    "README.md",
    "`orderBy` takes several keys; rows without the value come last in either direction.",
)
@pytest.mark.claims(
    "docs/reading.md",
    "Backward paging turns the order around and the rows back.",
)
def test_any_order_is_pythons_order_both_ways(company: Callable[..., Company]) -> None:
    own = company()

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(a_deal, min_size=1, max_size=9), an_order, st.integers(1, 10))
    def check(deals: list[dict[str, Any]], order: list[tuple[str, str]], size: int) -> None:
        client = own.client()
        rows = [deal | {"id": own.add(models.Deal, client_id=client, **deal)} for deal in deals]
        terms = [{"field": name, "direction": direction} for name, direction in order]

        def ask(**given: Any) -> Answer:
            return own.ask(DEALS, id=global_id(models.Client, client), orderBy=terms, **given)

        expected = sorted_deals(rows, order)
        assert both_ways(ask, size) == (expected, expected)

    check()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_a_ranked_search_with_ties_is_paged_both_ways(company: Callable[..., Company], size: int) -> None:
    own = company()
    for name in ["FERRETERIA NORTE"] * 4 + ["FERRETERIA", "FERETERIA", "FERRETERIAS DEL SUR"]:
        own.client(legal_name=name)

    def ask(**given: Any) -> Answer:
        return own.ask(CLIENTS, search="ferreteria", **given)

    expected = [node["id"] for node in page_of(ask(first=100))["nodes"]]
    assert len(expected) == len(set(expected)) == 7
    assert both_ways(ask, size) == (expected, expected)


# Cursors


def encoded(value: Any) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


@pytest.fixture
def deals(company: Callable[..., Company]) -> tuple[Callable[..., Answer], str, list[Any]]:
    """Asks for a client's deals by the day they should close; a cursor there, and what is in it."""
    own = company()
    client = own.client()
    for day in (1, 2):
        own.add(models.Deal, client_id=client, expected_close_on=datetime.date(2026, 1, day))

    def ask(orders: str = "EXPECTED_CLOSE_ON", direction: str = "ASC", **given: Any) -> Answer:
        terms = [{"field": orders, "direction": direction}]
        return own.ask(DEALS, id=global_id(models.Client, client), orderBy=terms, **given)

    cursor = page_of(ask(first=1))["pageInfo"]["endCursor"]
    return ask, cursor, json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


@pytest.mark.claims(
    "docs/reading.md",
    "A cursor is that place: the order's name and the row's values in it, as JSON in base64url.",
)
def test_a_cursor_holds_the_order_and_no_secret(deals: Any) -> None:
    ask, cursor, parts = deals
    assert parts[:2] == ["deal EXPECTED_CLOSE_ON:ASC", "2026-01-01"]
    assert encoded(parts) == cursor
    assert len(page_of(ask(after=cursor))["nodes"]) == 1


@pytest.mark.claims(
    "docs/reading.md",
    "It is opaque to clients and checked when it comes back: another list, another order or another type "
    "of value is `BAD_CURSOR`.",
)
@pytest.mark.claims(
    "README.md",
    "A cursor belongs to the list and the order that it came from and holds the row's place in it, so "
    "rows that are added or removed shift nothing.",
)
@pytest.mark.parametrize(
    ("orders", "direction"), [("EXPECTED_CLOSE_ON", "DESC"), ("TITLE", "ASC"), ("CREATED_AT", "ASC")]
)
def test_a_cursor_is_of_its_order_only(deals: Any, orders: str, direction: str) -> None:
    ask, cursor, _ = deals
    assert ask(orders, direction, after=cursor).errors == [("BAD_CURSOR", "client", "page", "after")]


def bad_cursors(cursor: str, parts: list[Any]) -> dict[str, str]:
    """What a good cursor can be damaged to, and what never was one; `parts` are what is in the good one."""
    order, day, id = parts
    return {
        "empty": "",
        "truncated": cursor[:-3],
        "doubled": cursor * 2,
        "not base64": "¡no!",
        "a line break": cursor + "\n",
        "NUL": "\0",
        "not UTF-8": encoded(b"\xff\xfe\xfd"),
        "not JSON": encoded(b"nada"),
        "no list": encoded({"a": 1}),
        "null": encoded(None),
        "an empty list": encoded([]),
        "deep JSON": encoded(b"[" * 200_000),
        "another list": encoded(["client LEGAL_NAME:ASC", day, id]),
        "no id": encoded([order, day]),
        "no id, null": encoded([order, day, None]),
        "too many values": encoded([*parts, id]),
        "no date": encoded([order, "mañana", id]),
        "a number for a date": encoded([order, 20260101, id]),
        "a list for a date": encoded([order, ["2026-01-01"], id]),
        "NUL in a value": encoded([order, "2026-01-01\0", id]),
        "a huge text": encoded([order, "9" * 200_000, id]),
        "no id of ours": encoded([order, day, "1 or 1=1"]),
    }


@pytest.mark.parametrize("place", ["after", "before"])
@pytest.mark.parametrize("fault", bad_cursors("", ["", "", ""]))
def test_what_is_no_cursor_is_refused_with_a_code(deals: Any, fault: str, place: str) -> None:
    ask, cursor, parts = deals
    answer = ask(**{place: bad_cursors(cursor, parts)[fault]})
    assert (answer.status, answer.errors) == (200, [("BAD_CURSOR", "client", "page", place)])


WRONG_VALUES = [
    ("TITLE", "\0"), ("TITLE", "\ud800"), ("TITLE", None),
    ("ESTIMATED_VALUE", "NaN"), ("ESTIMATED_VALUE", "Infinity"), ("ESTIMATED_VALUE", "1e999999"),
    ("ESTIMATED_VALUE", "9" * 5000),
    ("PRIORITY", "99999999999"), ("PRIORITY", "1_000"), ("PRIORITY", "9" * 5000),
    ("CREATED_AT", "0001-01-01 00:00:00+14:00"), ("CREATED_AT", "2026-13-01"), ("CREATED_AT", None),
]  # fmt: skip


@pytest.mark.parametrize(("orders", "value"), WRONG_VALUES, ids=lambda value: repr(value)[:20])
def test_a_cursors_value_is_one_that_a_row_could_have(deals: Any, orders: str, value: str | None) -> None:
    ask, _, parts = deals
    answer = ask(orders, after=encoded([f"deal {orders}:ASC", value, parts[2]]))
    assert (answer.status, answer.errors) == (200, [("BAD_CURSOR", "client", "page", "after")])


def test_a_foreign_cursor_leads_nowhere(company: Callable[..., Company], deals: Any) -> None:
    _, cursor, _ = deals
    other = company()
    client = other.client()
    other.add(models.Deal, client_id=client, expected_close_on=datetime.date(2026, 5, 5), title="Propio")
    terms = [{"field": "EXPECTED_CLOSE_ON"}]
    page = page_of(other.ask(DEALS, id=global_id(models.Client, client), orderBy=terms, after=cursor))
    assert len(page["nodes"]) == 1  # its own


# Sizes

BAD_PAGES: list[tuple[dict[str, Any], str, str]] = [
    ({"first": -1}, "BAD_PAGE", "first"),
    ({"last": -1}, "BAD_PAGE", "last"),
    ({"first": 101}, "PAGE_TOO_LONG", "first"),
    ({"last": 101}, "PAGE_TOO_LONG", "last"),
    ({"first": 1, "last": 1}, "BAD_PAGE", "last"),
    ({"first": 0, "last": 0}, "BAD_PAGE", "last"),
    ({"after": "x", "before": "y"}, "BAD_PAGE", "before"),
    ({"first": 1, "before": "y"}, "BAD_PAGE", "before"),
    ({"last": 1, "after": "y"}, "BAD_PAGE", "last"),
]


@pytest.mark.parametrize(("arguments", "code", "field"), BAD_PAGES, ids=str)
def test_a_page_that_cannot_be_is_refused(deals: Any, arguments: dict[str, Any], code: str, field: str) -> None:
    ask, _, _ = deals
    answer = ask(**arguments)
    assert (answer.status, answer.errors) == (200, [(code, "client", "page", field)])
    assert answer.body["data"] == {"client": {"page": None}}


@pytest.mark.claims(
    "README.md",
    "Forward with `first` and `after`, backward with `last` and `before`, 20 rows by default, 100 at most.",
)
def test_a_page_has_a_hundred_rows_at_most_and_twenty_by_default(company: Callable[..., Company]) -> None:
    own = company()
    client = own.client()
    for _ in range(101):
        own.add(models.Deal, client_id=client)

    def ask(**given: Any) -> Any:
        return page_of(own.ask(DEALS, id=global_id(models.Client, client), **given))

    assert (len(ask(first=100)["nodes"]), ask(first=100)["totalCount"]) == (100, 101)
    assert len(ask()["nodes"]) == 20
