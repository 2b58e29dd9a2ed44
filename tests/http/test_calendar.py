"""Follow-ups of a span of days, as a calendar asks for them: `followUps(from:, to:)`. Both executors are asked."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select, text

import models
from loaders.entity import of_company
from loaders.filters import Value
from loaders.follow_up import FollowUpEntity
from models.collaborator import Role
from tests.fixtures import Company, global_id

CALENDAR = """
query ($from: Date, $to: Date, $filter: FollowUpFilter, $first: Int, $after: String, $orderBy: [FollowUpOrder!],
       $search: String) {
  followUps(from: $from, to: $to, filter: $filter, first: $first, after: $after, orderBy: $orderBy, search: $search) {
    totalCount nodes { name } pageInfo { hasNextPage endCursor }
  }
}
"""


def at(local: str, offset: str = "-06:00") -> datetime.datetime:
    return datetime.datetime.fromisoformat(local + offset)


def plan(company: Company, client: Any, name: str, starts: datetime.datetime, ends: Any = None, **values: Any) -> None:
    company.add(models.FollowUp, client_id=client, name=name, starts_at=starts, ends_at=ends or starts, **values)


def names(company: Company, first: str, last: str, role: Role = Role.ADMIN, **more: Any) -> list[str]:
    page = company.ask(CALENDAR, role, **{"from": first, "to": last, **more}).data["followUps"]
    return [node["name"] for node in page["nodes"]]


def test_it_shows_all_that_lasts_into_the_days(company: Callable[..., Company]) -> None:
    mine = company()
    client = mine.client()
    for name, starts, ends in (
        ("the day before", "2026-03-09T23:59:59", "2026-03-09T23:59:59"),
        ("until midnight", "2026-03-09T20:00", "2026-03-10T00:00"),
        ("at midnight", "2026-03-10T00:00", "2026-03-10T00:00"),
        ("within", "2026-03-10T12:00", "2026-03-10T13:00"),
        ("over night", "2026-03-09T23:00", "2026-03-10T01:00"),
        ("last instant", "2026-03-11T23:59:59.999999", "2026-03-12T01:00"),
        ("the day after", "2026-03-12T00:00", "2026-03-12T00:00"),
        ("a week, from before", "2026-03-05T09:00", "2026-03-12T09:00"),
        ("a month, over all", "2026-02-20T09:00", "2026-03-20T09:00"),
        ("three years, over all", "2025-01-01T09:00", "2028-01-01T09:00"),
        ("long, over before", "2025-01-01T09:00", "2026-03-10T00:00"),
        ("long, after", "2026-03-12T00:00", "2026-12-12T00:00"),
    ):
        plan(mine, client, name, at(starts), at(ends))
    plan(mine, client, "deleted", at("2026-03-10T12:00"), deleted_at=at("2026-03-10T12:00"))
    assert names(mine, "2026-03-10", "2026-03-11") == [
        "three years, over all",
        "a month, over all",
        "a week, from before",
        "over night",
        "at midnight",
        "within",
        "last instant",
    ]
    order = [{"field": "STARTS_AT", "direction": "DESC"}]
    assert names(mine, "2026-03-10", "2026-03-11", orderBy=order)[:2] == ["last instant", "within"]
    assert names(mine, "2026-03-10", "2026-03-11", search="OVER") == [
        "three years, over all",
        "a month, over all",
        "over night",
    ]


def test_it_is_paged(company: Callable[..., Company]) -> None:
    mine = company()
    client = mine.client()
    for day in range(1, 8):
        plan(mine, client, f"{day}", at(f"2026-03-0{day}T09:00"))
    seen, after = list[str](), None
    while True:
        variables = {"from": "2026-03-02", "to": "2026-03-06", "first": 2, "after": after}
        page = mine.ask(CALENDAR, **variables).data["followUps"]
        seen += [node["name"] for node in page["nodes"]]
        assert page["totalCount"] == 5
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["2", "3", "4", "5", "6"]


@pytest.mark.parametrize(
    ("zone", "day", "offset_before", "offset_after"),
    [
        ("America/Tijuana", "2026-03-08", "-08:00", "-07:00"),  # 23 hours
        ("America/Tijuana", "2026-11-01", "-07:00", "-08:00"),  # 25 hours
        ("America/Havana", "2026-03-08", "-05:00", "-04:00"),  # there is no midnight
        ("America/Mexico_City", "2026-04-05", "-06:00", "-06:00"),  # a change until 2022
        ("America/Cancun", "2026-10-25", "-05:00", "-05:00"),
    ],
)
def test_days_are_those_of_the_company(
    company: Callable[..., Company], zone: str, day: str, offset_before: str, offset_after: str
) -> None:
    mine = company(time_zone=zone)
    client = mine.client()
    begin = at(f"{day}T00:00", offset_before)
    end = at(f"{day}T00:00", offset_after) + datetime.timedelta(days=1)
    second = datetime.timedelta(seconds=1)
    for name, instant in (("before", begin - second), ("first", begin), ("last", end - second), ("after", end)):
        plan(mine, client, name, instant)
    assert names(mine, day, day) == ["first", "last"]


def test_it_is_filtered_by_who_is_to_do_what_for_whom(company: Callable[..., Company]) -> None:
    mine = company()
    sales, admin = mine.people[Role.SALES], mine.people[Role.ADMIN]
    theirs, other = mine.client(owner_id=sales), mine.client(owner_id=admin)
    day = at("2026-03-10T09:00")
    plan(mine, theirs, "call", day, type="CALL", assignee_id=sales)
    plan(mine, theirs, "done", day, type="VISIT", state="DONE", completed_at=day, assignee_id=admin)
    plan(mine, other, "visit", day, type="VISIT", assignee_id=sales)
    for conditions, expected in (
        ({"assignee": {"id": {"eq": global_id(models.Collaborator, sales)}}}, ["call", "visit"]),
        ({"client": {"owner": {"id": {"eq": global_id(models.Collaborator, admin)}}}}, ["visit"]),
        ({"type": {"eq": "VISIT"}}, ["done", "visit"]),
        ({"state": {"in": ["DONE"]}}, ["done"]),
        ({"or": [{"state": {"eq": "DONE"}}, {"type": {"eq": "CALL"}}]}, ["call", "done"]),
    ):
        assert names(mine, "2026-03-10", "2026-03-10", filter=conditions) == expected
    assert names(mine, "2026-03-10", "2026-03-10", Role.SALES) == ["call", "done"], "their own clients alone"


@pytest.mark.claims(
    "docs/errors.md",
    "`to` comes before `from`, or a day is not between 1900 and 2999. Of `followUps`: one of the two is missing.",
)
@pytest.mark.claims("docs/errors.md", "`from` and `to` of `followUps` span more than 62 days.")
@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        ("2026-03-10", None, ("BAD_SPAN", "to")),
        (None, "2026-03-10", ("BAD_SPAN", "from")),
        ("2026-03-10", "2026-03-09", ("BAD_SPAN", "to")),
        ("2026-03-01", "2026-05-02", ("SPAN_TOO_LONG", "to")),
        ("1899-12-31", "1900-01-01", ("BAD_SPAN", "from")),
        ("2999-12-31", "3000-01-01", ("BAD_SPAN", "to")),
        ("0001-01-01", "9999-12-31", ("BAD_SPAN", "from")),
        ("2999-12-31", "9999-12-31", ("BAD_SPAN", "to")),
        ("1900-01-01", "2999-12-31", ("SPAN_TOO_LONG", "to")),
    ],
)
def test_spans_that_cannot_be(company: Callable[..., Company], first: Any, last: Any, error: tuple[str, str]) -> None:
    answer = company().ask(CALENDAR, **{"from": first, "to": last})
    assert (answer.status, answer.errors) == (200, [(error[0], "followUps", error[1])])


def test_spans_at_the_edges(company: Callable[..., Company]) -> None:
    mine = company()
    plan(mine, mine.client(), "old", at("2026-03-10T12:00"))
    assert names(mine, "2026-03-01", "2026-05-01") == ["old"], "62 days"
    assert names(mine, "1900-01-01", "1900-01-01") == names(mine, "2999-12-31", "2999-12-31") == []


def test_without_days_it_lists_all_the_newest_first(company: Callable[..., Company]) -> None:
    mine = company()
    client = mine.client()
    for day in (1, 2):
        plan(mine, client, f"{day}", at(f"2026-03-0{day}T09:00"))
    assert names(mine, None, None) == ["2", "1"]  # pyright: ignore[reportArgumentType]


@pytest.mark.claims(
    "docs/reading.md",
    "| `Span` | not a relation: whether a row lasts into a span of time, as for `followUps(from:, to:)` | two indexed "
    "conditions and a subquery |",
)
def test_a_span_is_read_by_index_from_its_beginning(company: Callable[..., Company]) -> None:
    """Of 30,000 follow-ups it reads those of the span and of the week before it, and asks for the long ones at once."""
    mine = company()
    mine.owner.execute(
        text(
            "insert into follow_up (company_id, id, client_id, number, name, type, starts_at, ends_at, priority, state)"
            " select :company, gen_random_uuid(), :client, n, 'N' || n, 'CALL', at, at + interval '1 hour', 'LOW',"
            " 'PENDING' from generate_series(1, 30000) n,"
            " lateral (select timestamptz '2024-01-01' + n * interval '1 hour' as at) t"
        ),
        {"company": mine.id, "client": mine.client()},
    )
    mine.owner.execute(text("analyze follow_up"))
    for month in (datetime.date(2024, 2, 1), datetime.date(2026, 3, 1), datetime.date(2027, 5, 1)):
        numbers = rows_read(mine, at(f"{month}T00:00"), at(f"{month}T00:00") + datetime.timedelta(days=31))
        assert sum(numbers) <= (31 + 7) * 24 + 2, (month, numbers)


def rows_read(company: Company, since: datetime.datetime, until: datetime.datetime) -> list[int]:
    """How many rows each scan of the table reads for the whole span, as the application."""
    table = models.FollowUp.__table__.alias()
    shape = (("since", Value("since")), ("until", Value("until")))
    span = FollowUpEntity.spans["days"].condition(table, shape)
    query = select(table.c.id).where(*of_company(table, span)).order_by(table.c.starts_at, table.c.id).limit(101)
    query = query.params(company_id=company.id, since=since, until=until)
    sent = query.compile(company.owner.engine)
    try:
        company.owner.execute(text("select set_config('ficha.company_id', :id, false)"), {"id": str(company.id)})
        company.owner.execute(text("set role ficha_app"))
        [plan] = company.owner.exec_driver_sql(f"explain (analyze, format json) {sent}", sent.params).scalar_one()
    finally:
        company.owner.execute(text("reset role"))

    def scans(node: Any) -> Iterator[Any]:
        if "Relation Name" in node:
            yield node
        for child in node.get("Plans", ()):
            yield from scans(child)

    nodes = list(scans(plan["Plan"]))
    assert {node["Node Type"] for node in nodes} <= {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}, nodes
    return [node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) for node in nodes]
