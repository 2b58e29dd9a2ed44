# ruff: noqa: S608  # statements are made of names that are ours
"""A filled database is migrated as it is: what breaks a rule stays, is listed, and what no row breaks is validated."""

import hashlib
import re
from typing import Any

import psycopg
import pytest
from alembic import command
from psycopg import errors

import models
from database.opening import SESSION, options
from demo import seed
from demo.companies import DEMO
from models.rights import PUBLIC
from server import migrate
from server.checks import promises
from server.checks.ledger import ledger_findings
from server.settings import Settings

BEFORE = "0023"


SINCE = (
    "balance_cents",
    "overdue_cents",
    "overdue_after",
    "overdue_until",
    "subject_id",
    "revision",
    "thumbnail_width",
    "thumbnail_height",
    "thumbnail_size",
    "thumbnail_tried_at",
    "logo_path",
    "last_client_activity_at",
    "last_sales_activity_at",
    "last_billing_activity_at",
    "last_deal_activity_at",
    "last_follow_up_activity_at",
    "last_document_activity_at",
    "next_follow_up_at",
)
"""What later migrations add; it is filled, or null for what was there before."""
TABLES_SINCE = frozenset({"client_note", "company_logo"})
"""The tables that later migrations add to those of a company."""


def rows_of(table: str) -> bytes:
    return f"select (to_jsonb(t) - array{list(SINCE)})::text from {table} t order by 1".encode()


def contents(url: str) -> dict[str, str]:
    """A hash of all rows, by table."""
    with psycopg.connect(url) as owner:
        return {
            table.name: hashlib.sha256(
                "\n".join(row for (row,) in owner.execute(rows_of(table.name))).encode()
            ).hexdigest()
            for table in models.Base.metadata.sorted_tables
            if table.name not in PUBLIC | TABLES_SINCE
        }


def unproved(url: str) -> list[str]:
    with psycopg.connect(url) as owner:
        names = owner.execute("select conname from pg_constraint where not convalidated order by 1")
        return [name for (name,) in names]


@pytest.fixture
def filled(new_database: str) -> str:
    """The demo, in a database from before."""
    seed(new_database, None)
    migrate._run(new_database, lambda settings: command.downgrade(settings, BEFORE))
    return new_database


def settings_of(url: str) -> Settings:
    return Settings.from_env({"FICHA_DATABASE_URL": url})


def test_the_demo_is_the_same_and_breaks_nothing(filled: str) -> None:
    before = contents(filled)
    migrate.upgrade(filled)
    assert contents(filled) == before
    with psycopg.connect(filled) as owner:
        assert list(promises.breaches(owner)) == []
        assert list(ledger_findings(owner)) == []
        kept = owner.execute("select sum(balance_cents) = 100 * sum(balance), max(overdue_cents) > 0 from client")
        assert kept.fetchone() == (True, True)
    left = unproved(filled)
    assert len(left) > 90
    assert len(list(promises.validate(settings_of(filled)))) == len(left)
    assert unproved(filled) == []
    migrate.check(filled)


def test_what_breaks_a_rule_stays_and_is_listed(filled: str) -> None:
    wrong: Any = {
        "update contact set email = 'x' where id in (select id from contact order by id limit 2)": "ck_contact_email",
        f"update company set currency = '' where id = '{DEMO}'": "ck_company_currency",
        "update sales_document set subtotal = subtotal + 1, total = total + 1"
        " where id = (select id from sales_document where state = 'SENT' limit 1)": "the sums of an issued document",
        "update cfdi_profile set rfc = 'IIA040805DZ4' where id = ("
        "select id from cfdi_profile where valid_to is null and rfc = 'EKU9003173C9' limit 1"
        ")": "the RFC of a client's CFDI data",
    }
    with psycopg.connect(filled, autocommit=True) as owner:
        for statement in wrong:
            assert owner.execute(statement).rowcount > 0
    before = contents(filled)
    migrate.upgrade(filled)
    assert contents(filled) == before

    with psycopg.connect(filled) as owner:
        listed = list(promises.breaches(owner))
    assert len(listed) == len(wrong)
    for rule in wrong.values():
        assert any(rule in line for line in listed), rule
    assert re.match(
        r"contact: 2 rows break ck_contact_email, .*: [0-9a-f-]{36}, [0-9a-f-]{36}\. Correct them\.", listed[1]
    )

    list(promises.validate(settings_of(filled)))
    assert unproved(filled) == ["ck_company_currency", "ck_contact_email"]
    # New rows keep to them, as old ones do when they are changed.
    with psycopg.connect(filled, options=options(SESSION)) as application:
        application.execute("select set_config('ficha.company_id', %s, true)", [str(DEMO)])
        with pytest.raises(errors.CheckViolation, match="ck_contact_email"):
            application.execute("update contact set email = 'y'")
    with psycopg.connect(filled, autocommit=True) as owner:
        owner.execute("update contact set email = null where email = 'x'")
    assert list(promises.validate(settings_of(filled))) == ["contact: ck_contact_email is valid"]


def test_no_lock_waits_for_rows_to_be_looked_through(filled: str) -> None:
    """The migration reads none of the tables that it adds constraints to."""
    with psycopg.connect(filled) as owner:
        before = scans(owner)
    migrate._run(filled, lambda settings: command.upgrade(settings, "0024"))
    with psycopg.connect(filled) as owner:
        after = scans(owner)
    assert {table for table in after if after[table] > before.get(table, 0)} <= {"company", "alembic_version"}


def scans(owner: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows that were read one after the other, by table."""
    owner.execute("select pg_stat_force_next_flush()")
    return dict(owner.execute("select relname, seq_tup_read from pg_stat_user_tables").fetchall())


def test_a_new_database_has_them_valid(new_database: str) -> None:
    assert unproved(new_database) == []
