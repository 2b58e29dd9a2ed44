"""What lists of clients read in each of their orders: a page of an index, whichever page it is. `make deep` measures
100,000 clients and prints the milliseconds."""

import re
from collections.abc import Iterator
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from models.collaborator import Role
from server.execution.explain import OperationFile, explain
from server.settings import Settings
from tests.fixtures import Company, copied_database, new_companies
from tests.loaders.test_books_at_scale import milliseconds, most_rows

# Half of them have an owner, two thirds an activity, and three quarters a follow-up; prospects are in states.
FILL = """
insert into collaborator (company_id, id, name, email, role)
    select '{company}', gen_random_uuid(), 'Vendedor ' || n, 'v' || n || '@x.mx', 'SALES' from generate_series(1, 20) n;
insert into prospect_state (company_id, id, name, position)
    select '{company}', gen_random_uuid(), 'Estado ' || n, n % 5 from generate_series(1, 8) n;
insert into client (company_id, id, kind, legal_name, owner_id, prospect_state_id, last_deal_activity_at,
    last_billing_activity_at, next_follow_up_at)
    select '{company}', gen_random_uuid(), case when n % 3 = 0 then 'PROSPECT' else 'CLIENT' end, 'CLIENTE ' || n,
        case when n % 2 = 0 then owners.ids[n / 2 % 20 + 1] end,
        case when n % 9 = 0 then states.ids[n / 9 % 8 + 1] end,
        case when n % 3 > 0 then timestamptz '2026-01-01' + n * 7919 % 100003 * interval '1 min' end,
        case when n % 3 > 1 then timestamptz '2026-02-01' + n * 7919 % 100003 * interval '1 min' end,
        case when n % 4 > 0 then timestamptz '2026-03-01' + n * 1013 % 100003 * interval '1 min' end
    from generate_series(1, {number}) n,
        (select array_agg(id) as ids from collaborator where company_id = '{company}' and name ~ 'V') owners,
        (select array_agg(id) as ids from prospect_state where company_id = '{company}') states;
analyze client, collaborator, prospect_state
"""
LISTED = """
query ($by: ClientOrderField!, $direction: FichaOrderDirection!, $first: Int, $after: String, $last: Int,
    $before: String) {
  clients(first: $first, after: $after, last: $last, before: $before, orderBy: [{field: $by, direction: $direction}]) {
    nodes { legalName } pageInfo { startCursor endCursor }
  }
}
"""
INDEXES = {
    "KIND": "ix_client_kind",
    "OWNER": "ix_client_owner_id",
    "PROSPECT_STATE": "ix_client_prospect_state_id",
    "LAST_ACTIVITY": "ix_client_last_activity",
    "NEXT_FOLLOW_UP": "ix_client_next_follow_up",
    "RFC": "ix_client_rfc",
}


def fill(own: Company, number: int) -> None:
    for statement in FILL.format(company=own.id, number=number).split(";\n"):
        own.owner.execute(text(statement))


@pytest.fixture(scope="module")
def own(demo_settings: Settings, database_url: str) -> Iterator[Company]:
    """A company with 3,000 clients, in a database of its own, as PostgreSQL plans by what it has seen of a table."""
    template = urlsplit(database_url).path[1:].rsplit("_", 1)[0]
    with copied_database(database_url, template) as url, new_companies(url, demo_settings) as make:
        company = make()
        fill(company, 3_000)
        yield company


def plan(own: Company, role: Role, **variables: Any) -> list[str]:
    return explain(own.ficha.settings, OperationFile(LISTED, variables), own.email(role), analyze=True)


def place(own: Company, field: str, direction: str, part: float) -> str:
    """A cursor so far in the list, which is read in pages of 100."""
    count = own.owner.execute(text("select count(*) from client where company_id = :id"), {"id": own.id}).scalar_one()
    cursor = None
    for _ in range(int(count * part) // 100):
        page = own.ask(LISTED, by=field, direction=direction, first=100, after=cursor).data["clients"]
        cursor = page["pageInfo"]["endCursor"]
    assert cursor
    return cursor


@pytest.mark.claims(
    "docs/reading.md",
    "Each part is a range of an index, so that a page in the middle costs what the first does"
    " ([ADR 76](adr/0076-orders-in-parts.md)).",
)
@pytest.mark.sampled(3)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", INDEXES)
def test_each_page_reads_a_page_of_an_index(own: Company, field: str, direction: str) -> None:
    """The first and the last, and those before and after a place in the middle or at the end."""
    cuts: list[dict[str, Any]] = [{"first": 50}, {"last": 50}]
    if field != "RFC":
        for part in (0.25, 0.5, 0.9):
            cursor = place(own, field, direction, part)
            cuts += [{"first": 50, "after": cursor}, {"last": 50, "before": cursor}]
    for cut in cuts:
        lines = plan(own, Role.ADMIN, by=field, direction=direction, **cut)
        assert re.search(rf"Index (Only )?Scan (Backward )?using {INDEXES[field]}\b", "\n".join(lines)), cut
        assert "Seq Scan on client" not in "\n".join(lines)
        assert most_rows(lines) <= 250, (cut, lines)


def test_who_sees_no_payments_has_an_index_of_their_own(own: Company) -> None:
    lines = plan(own, Role.READ_ONLY, by="LAST_ACTIVITY", direction="DESC", first=50)
    assert "ix_client_last_unbilled_activity" in "\n".join(lines)
    assert most_rows(lines) <= 250


@pytest.mark.deep
def test_a_hundred_thousand_clients(
    demo_settings: Settings, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    template = urlsplit(database_url).path[1:].rsplit("_", 1)[0]
    with copied_database(database_url, template) as url, new_companies(url, demo_settings) as make:
        company = make()
        fill(company, 100_000)
        company.owner.execute(text("vacuum analyze client"))
        for field in INDEXES:
            for direction in ("ASC", "DESC"):
                cursor = place(company, field, direction, 0.45)
                for cut in (
                    {"first": 50},
                    {"last": 50},
                    {"first": 50, "after": cursor},
                    {"last": 50, "before": cursor},
                ):
                    lines = [plan(company, Role.ADMIN, by=field, direction=direction, **cut) for _ in range(3)]
                    shown = f"{field} {direction} {' '.join(cut)}: {median(map(milliseconds, lines)):.1f} ms"
                    with capsys.disabled():
                        print(f"\n{shown}, at most {most_rows(lines[0])} rows", end="")  # noqa: T201
