"""The migrations make what the models say, can be undone, and keep every key within a company."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

import models
from models.ids import uuid7
from models.rights import PUBLIC
from server import migrate

TABLES = {table.name for table in models.Base.metadata.sorted_tables}


@pytest.fixture
def catalog(database_url: str) -> Any:
    """Asks the catalogs of the worker's database."""
    with psycopg.connect(database_url) as connection:
        yield lambda query, *values: connection.execute(query, values).fetchall()


def test_the_database_is_what_the_models_say(new_database: str) -> None:
    migrate.check(new_database)


@pytest.mark.parametrize(
    "change",
    [
        "alter table contact alter column name drop not null",
        "alter table contact drop constraint ck_contact_name_length",
        "alter table contact drop constraint ck_contact_name_length,"
        " add constraint ck_contact_name_length check (char_length(name) between 1 and 999)",
        "alter table contact add constraint ck_contact_more check (name <> 'x')",
    ],
)
def test_check_finds_a_difference(new_database: str, change: str) -> None:
    with psycopg.connect(new_database, autocommit=True) as owner:
        owner.execute(change)
    with pytest.raises(Exception, match="New upgrade operations detected"):
        migrate.check(new_database)


def schema_of(url: str) -> list[Any]:
    """What there is: columns, constraints, indexes, policies, rights, functions."""
    queries = (
        "select table_name, column_name, data_type, is_nullable, column_default, generation_expression"
        " from information_schema.columns where table_schema = 'public' order by 1, 2",
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
        " where connamespace = 'public'::regnamespace order by 1, 2",
        "select indexdef from pg_indexes where schemaname = 'public' order by 1",
        "select tablename, policyname, qual, with_check from pg_policies order by 1, 2",
        "select table_name, grantee, privilege_type from information_schema.table_privileges"
        " where table_schema = 'public' and grantee = 'ficha_app' order by 1, 2, 3",
        "select table_name, column_name, privilege_type from information_schema.column_privileges"
        " where table_schema = 'public' and grantee = 'ficha_app' order by 1, 2, 3",
        "select proname, pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace"
        " and proname like 'ficha%%' order by 1",
    )
    with psycopg.connect(url) as connection:
        return [connection.execute(query).fetchall() for query in queries]


def test_each_migration_can_be_undone_and_done_again(new_database: str) -> None:
    made = schema_of(new_database)
    assert all(made)
    revisions = [script.revision for script in ScriptDirectory.from_config(migrate.config()).walk_revisions()]
    for revision in (*revisions[1:], "base"):
        migrate._run(new_database, lambda settings, to=revision: command.downgrade(settings, to))
    columns, constraints, indexes, policies, rights, column_rights, functions = schema_of(new_database)
    assert {name for name, *_ in columns} == {"alembic_version"}
    assert [constraints[0][0] if constraints else "", policies, rights, column_rights, functions] == [
        "alembic_version", [], [], [], [],
    ]  # fmt: skip
    assert len(indexes) == 1
    migrate.upgrade(new_database)
    assert schema_of(new_database) == made
    migrate.check(new_database)


def test_an_upgrade_of_what_is_up_to_date_does_nothing(new_database: str) -> None:
    made = schema_of(new_database)
    migrate.upgrade(new_database)
    assert schema_of(new_database) == made


def test_the_migrations_are_one_line(database_url: str) -> None:
    scripts = ScriptDirectory.from_config(migrate.config())
    assert len(scripts.get_heads()) == 1
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select version_num from alembic_version").fetchall() == [(scripts.get_heads()[0],)]


def test_every_reference_stays_within_the_company(catalog: Any) -> None:
    references = catalog(
        """
        select c.conrelid::regclass::text, c.conname, c.confrelid::regclass::text,
            array(select a.attname::text from unnest(c.conkey) with ordinality k(n, o)
                join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n order by o),
            array(select a.attname::text from unnest(c.confkey) with ordinality k(n, o)
                join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.n order by o)
        from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace
        """
    )
    assert len(references) >= 60
    astray = [
        (table, name)
        for table, name, target, columns, keys in references
        if (columns[0], keys[0]) != ("company_id", "id" if target == "company" else "company_id")
    ]
    assert astray == []
    # And each table refers to the company itself.
    to_company = {table for table, _, target, *_ in references if target == "company"}
    assert to_company == TABLES - {"company"} - PUBLIC


ACROSS_COMPANIES = {"ix_collaborator_account", "ix_collaborator_unbound"}
"""By which `ficha_memberships` finds the companies of one person."""


def test_every_key_and_index_begins_with_the_company(catalog: Any) -> None:
    indexes = catalog(
        """
        select i.indrelid::regclass::text, i.indexrelid::regclass::text, a.attname::text
        from pg_index i join pg_class t on t.oid = i.indrelid
            left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where t.relnamespace = 'public'::regnamespace and t.relname <> 'alembic_version'
        """
    )
    assert len(indexes) >= 60
    astray = [
        (table, index)
        for table, index, first in indexes
        if first != ("id" if table == "company" else "company_id")
        and index not in ACROSS_COMPANIES
        and table not in PUBLIC
    ]
    # No two companies have one RFC, whoever asks.
    assert astray == [("company", "uq_company_rfc")]


def test_a_row_cannot_point_into_another_company(database_url: str) -> None:
    one, other, client = uuid7(), uuid7(), uuid7()
    with psycopg.connect(database_url) as owner:
        for company in (one, other):
            owner.execute(
                "insert into company (id, name, rfc, rfc_repeated, postal_code)"
                " values (%s, 'Empresa', 'EKU9003173C9', true, '06000')",
                [company],
            )
        owner.execute(
            "insert into client (company_id, id, kind, legal_name) values (%s, %s, 'CLIENT', 'X')", [one, client]
        )
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            owner.execute(
                "insert into contact (company_id, id, client_id, name) values (%s, %s, %s, 'X')",
                [other, uuid7(), client],
            )


@pytest.mark.claims(
    "docs/settings.md",
    "The migrations create the extensions `pg_trgm`, `unaccent`, `btree_gin` and `btree_gist`, which are in"
    " PostgreSQL's contrib and which a database's owner may create.",
)
def test_the_extensions_are_those_that_an_owner_may_create(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        names = [name for (name,) in owner.execute("select extname from pg_extension where extname <> 'plpgsql'")]
        trusted = "select distinct name from pg_available_extension_versions where trusted and name = any(%s)"
        assert sorted(name for (name,) in owner.execute(trusted, (names,))) == sorted(names)
    assert sorted(names) == ["btree_gin", "btree_gist", "pg_trgm", "unaccent"]


def test_migrations_that_start_at_once_take_turns(new_database: str) -> None:
    """Also where one of them builds an index concurrently, which waits for every transaction of the others."""
    migrate._run(new_database, lambda settings: command.downgrade(settings, "0016"))
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(migrate.upgrade, new_database) for _ in range(3)]:
            done.result(timeout=120)
    migrate.check(new_database)
    with psycopg.connect(new_database) as owner:
        assert owner.execute("select count(*) from pg_index where not indisvalid").fetchall() == [(0,)]
