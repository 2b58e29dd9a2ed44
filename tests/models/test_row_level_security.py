"""The wall between companies: PostgreSQL holds it for queries that forget their company, and the queries hold it."""

import json
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import Table

import models
from database.opening import SESSION, options
from demo.companies import AJENA, DEMO
from models.collaborator import Role
from models.ids import uuid7
from models.rights import PUBLIC
from server.settings import Settings
from tests.fixtures import NOON, Company, each_way, global_id

TABLES = [table for table in models.Base.metadata.sorted_tables if table.name not in PUBLIC]
UNFILLED = {
    "api_key",
    "audit_event",
    "avatar",
    "company_logo",
    "document_upload",
    "idempotency_key",
    "price_list_item",
    "tombstone",
}
"""Tables that fill only when something is done."""


def company_column(table: Table) -> str:
    return "id" if table.name == "company" else "company_id"


@pytest.fixture
def application(demo_settings: Settings) -> Generator[psycopg.Connection[Any]]:
    """A connection as the application has them, on the worker's database with the demo in it."""
    with psycopg.connect(demo_settings.database_url, autocommit=True, options=options(SESSION)) as connection:
        yield connection


@pytest.fixture
def owner_of_all(demo_settings: Settings) -> Generator[psycopg.Connection[Any]]:
    """The tables' owner, who sees everything."""
    with psycopg.connect(demo_settings.database_url, autocommit=True) as connection:
        yield connection


def act_for(connection: psycopg.Connection[Any], company: UUID | str) -> None:
    connection.execute("select set_config('ficha.company_id', %s, false)", [str(company)])


def rows(connection: psycopg.Connection[Any], table: Table) -> list[UUID]:
    """The company of every row that a query without a filter finds."""
    query = sql.SQL("select {} from {}").format(sql.Identifier(company_column(table)), sql.Identifier(table.name))
    return [company for (company,) in connection.execute(query)]


@pytest.mark.claims(
    "docs/planner.md",
    "`Reader` sends it in the transaction that names the company; row-level security stays on.",
)
@pytest.mark.claims(
    "docs/security.md",
    "Every statement names the company of the viewer, and PostgreSQL's row-level security shows no other.",
)
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_query_that_forgets_the_company_finds_only_its_rows(
    application: psycopg.Connection[Any], owner_of_all: psycopg.Connection[Any], table: Table
) -> None:
    for company in (DEMO, AJENA):
        act_for(application, company)
        expected = [each for each in rows(owner_of_all, table) if each == company]
        assert rows(application, table) == expected
    for nobody in ("", uuid7()):
        act_for(application, nobody)
        assert rows(application, table) == []


def test_without_a_company_nothing_is_there(application: psycopg.Connection[Any]) -> None:
    assert {table.name: rows(application, table) for table in TABLES} == {table.name: [] for table in TABLES}


def test_the_demo_fills_the_tables(owner_of_all: psycopg.Connection[Any]) -> None:
    """The tests above prove nothing for a table without rows of both companies."""
    empty = {table.name for table in TABLES if not {DEMO, AJENA} <= set(rows(owner_of_all, table))}
    assert empty <= UNFILLED


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_nothing_is_written_for_another_company(application: psycopg.Connection[Any], table: Table) -> None:
    """Whatever the row: the policy is asked before any other constraint."""
    act_for(application, DEMO)
    allowed = application.execute("select has_table_privilege(%s, 'insert')", [table.name]).fetchone() == (True,)
    query = sql.SQL("insert into {} ({}) values (%s)").format(
        sql.Identifier(table.name), sql.Identifier(company_column(table))
    )
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security" if allowed else "permission denied"):
        application.execute(query, [AJENA])


def test_rows_cannot_be_given_to_another_company(application: psycopg.Connection[Any]) -> None:
    act_for(application, DEMO)
    with pytest.raises(errors.InsufficientPrivilege, match="permission denied"):
        application.execute("update contact set company_id = %s", [AJENA])
    with pytest.raises(errors.InsufficientPrivilege, match="permission denied"):
        application.execute("update price_list set company_id = %s", [AJENA])


@pytest.mark.parametrize(
    "statement", ["update history_event set kind = kind", "delete from history_event", "truncate history_event"]
)
def test_the_history_is_not_rewritten(application: psycopg.Connection[Any], statement: str) -> None:
    act_for(application, DEMO)
    with pytest.raises(errors.InsufficientPrivilege, match="permission denied for table history_event"):
        application.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update company set suspended_at = null",
        "insert into company (id, name, rfc, postal_code) values (gen_random_uuid(), 'x', 'x', 'x')",
        "delete from company",
        "create table x (y int)",
        "alter table client disable row level security",
    ],
)
def test_the_application_does_nothing_else(application: psycopg.Connection[Any], statement: str) -> None:
    act_for(application, DEMO)
    with pytest.raises(errors.InsufficientPrivilege):
        application.execute(statement)


def test_the_wall_cannot_be_switched_off(application: psycopg.Connection[Any]) -> None:
    application.execute("set row_security = off")
    with pytest.raises(errors.InsufficientPrivilege, match="would be affected by row-level security"):
        application.execute("select * from client")


@pytest.mark.claims(
    "docs/security.md",
    "The application's role owns nothing and bypasses nothing.",
)
@pytest.mark.claims(
    "docs/settings.md",
    "Its user owns the tables and migrates them; for everything else the application takes on the role "
    "`ficha_app`, which owns nothing and for which row-level security always holds.",
)
def test_the_applications_role_owns_nothing_and_bypasses_nothing(owner_of_all: psycopg.Connection[Any]) -> None:
    role = owner_of_all.execute(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin, rolinherit"
        " from pg_roles where rolname = 'ficha_app'"
    ).fetchone()
    assert role == (False,) * 7
    owned = owner_of_all.execute("select count(*) from pg_class where relowner = 'ficha_app'::regrole").fetchone()
    assert owned == (0,)
    memberships = owner_of_all.execute(
        "select roleid::regrole::text from pg_auth_members where member = 'ficha_app'::regrole"
    ).fetchall()
    assert memberships == []


def test_every_table_is_walled_off(owner_of_all: psycopg.Connection[Any]) -> None:
    walled = owner_of_all.execute(
        """
        select c.relname, c.relrowsecurity, array_agg(p.polcmd::text || p.polpermissive::text)
        from pg_class c left join pg_policy p on p.polrelid = c.oid
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and c.relname <> 'alembic_version'
            and c.relname <> all(%s)
        group by c.relname, c.relrowsecurity
        """,
        [list(PUBLIC)],
    ).fetchall()
    assert {name: (on, policies) for name, on, policies in walled} == {
        table.name: (True, ["*true"]) for table in TABLES
    }


# The second wall: every statement names the company itself.

EVERYTHING = """
query ($id: ID!) {
  viewer { collaborator { name } company { name } }
  client(id: $id) { ...Record }
  byRfc: client(rfc: "EKU9003173C9") { ...Record }
  clients(search: "kemper urgate") { totalCount nodes { ...Record } }
  all: clients(deleted: INCLUDE) { totalCount nodes { legalName owner { name } priceList { name } } }
  filtered: clients(filter: {contacts: {some: {name: {contains: ""}}}, deals: {every: {title: {ne: "x"}}}}) {
    totalCount nodes { legalName }
  }
  deals { totalCount nodes { title stage { name } client { legalName } } }
  followUps(search: "seg") { totalCount nodes { key name } }
  salesDocuments { totalCount nodes { folio lines { description } } }
  documents { totalCount nodes { name } }
}
fragment Record on Client {
  id legalName rfc receivables { balance overdueBalance } historyMonths { month eventCount }
  contacts { name email } fiscalAddress { street } branchAddresses { street } bankAccounts { accountNumber }
  history { unfilteredCount totalCount hiddenCount nodes { id actor { name } } }
  deals { totalCount nodes { title } } followUps { totalCount nodes { key } }
  salesDocuments { totalCount nodes { folio } } documents { totalCount nodes { name } }
  cfdiProfile { name } paymentReminders { rules { days } }
}
"""


def fill(own: Company, mark: str, same: dict[str, UUID]) -> None:
    """A client with everything. The ids of the rows are the same in both companies, all texts bear the mark."""
    sales = own.people[Role.SALES]
    client = own.client(
        id=same["client"], legal_name=f"ESCUELA KEMPER URGATE {mark}", rfc="EKU9003173C9", owner_id=sales,
        price_list_id=own.add(models.PriceList, id=same["price_list"], name=mark), created_at=NOON,
    )  # fmt: skip
    own.add(models.Contact, id=same["contact"], client_id=client, name=mark, email=f"{mark}@x.mx")
    for kind, position in (("FISCAL", 0), ("BRANCH", 1)):
        own.add(models.Address, id=same[kind], client_id=client, street=mark, kind=kind, position=position)
    own.add(models.BankAccount, id=same["bank_account"], client_id=client, account_number=f"{len(mark):018}")
    own.add(models.CfdiProfile, id=same["cfdi_profile"], client_id=client, name=mark)
    own.add(models.PaymentReminders, client_id=client)
    own.add(models.ReminderRule, id=same["rule"], client_id=client, position=0, moment="AFTER", days=len(mark), hour=9)
    deal = own.add(models.Deal, id=same["deal"], client_id=client, title=mark)
    own.add(models.FollowUp, id=same["follow_up"], client_id=client, deal_id=deal, name=mark, number=len(mark))
    invoice = own.add(
        models.SalesDocument,
        id=same["invoice"],
        client_id=client,
        series=mark,
        number=1,
        subtotal=len(mark),
        total=len(mark),
    )
    own.add(
        models.SalesDocumentLine, id=same["line"], client_id=client, sales_document_id=invoice, position=1,
        description=mark, product_code="01010101", unit_code="H87", quantity=1, unit_price=1, amount=1,
    )  # fmt: skip
    own.add(models.Document, id=same["document"], client_id=client, name=mark)
    own.add(models.HistoryEvent, id=same["event"], client_id=client, actor_id=sales)


@pytest.mark.claims(
    "docs/reading.md",
    "Every statement names the company, and what has no parent to vouch for it is held against the "
    "viewer's sight (all clients, or those assigned).",
)
@pytest.mark.claims(
    "docs/security.md",
    "Each of the two protects without the other.",
)
@each_way
def test_with_the_databases_wall_down_the_statements_wall_stands(
    new_company: Callable[..., Company], way: Mapping[str, bool]
) -> None:
    mine, theirs = new_company(**way, name="Una"), new_company(**way, name="Otra")
    same: dict[str, UUID] = defaultdict(uuid7)
    # Nothing but the company tells the rows of the one from those of the other.
    fill(mine, "NUESTRO", same)
    fill(theirs, "AJENO1", same)
    with psycopg.connect(mine.ficha.settings.database_url, autocommit=True) as owner:
        for table in TABLES:
            owner.execute(sql.SQL("alter table {} disable row level security").format(sql.Identifier(table.name)))

    id = global_id(models.Client, same["client"])
    for company, mark, other in ((mine, "NUESTRO", "AJENO1"), (theirs, "AJENO1", "NUESTRO")):
        for role in (Role.ADMIN, Role.SALES):
            shown = company.ask(EVERYTHING, role, id=id)
            assert {error[0] for error in shown.errors} <= ({"FORBIDDEN"} if role is Role.SALES else set())
            data = shown.body["data"]
            written = json.dumps(data, ensure_ascii=False)
            assert mark in written
            assert other not in written
            assert data["client"] == data["byRfc"] == data["clients"]["nodes"][0]
            totals = [
                data[name]["totalCount"]
                for name in ("clients", "all", "filtered", "deals", "followUps", "salesDocuments", "documents")
            ]
            assert totals == [1] * 7
            assert data["client"]["history"]["unfilteredCount"] == 1
            assert sum(month["eventCount"] for month in data["client"]["historyMonths"]) == 1
            if role is Role.ADMIN:
                assert data["client"]["receivables"]["balance"] == f"{len(mark)}.00"
                assert data["client"]["paymentReminders"] == {"rules": [{"days": len(mark)}]}
