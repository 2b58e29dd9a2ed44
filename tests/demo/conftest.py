"""Databases with the demo in them, beside the worker's own, into which other tests put rows."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Table

from demo import seed
from demo.companies import DEMO
from models import Base
from models.rights import PUBLIC
from server import migrate

Rows = dict[str, list[tuple[Any, ...]]]


@contextmanager
def empty_database(database_url: str, *, owner: str | None = None, migrated: bool = True) -> Generator[str]:
    """A database of the same server, migrated unless it is to have nothing; with `owner`, a new role without special
    rights owns it."""
    name = f"demo_{uuid4().hex}"
    parts = urlsplit(database_url)
    with psycopg.connect(database_url, autocommit=True) as admin:
        options = sql.SQL("owner {}").format(sql.Identifier(owner)) if owner else sql.SQL("")
        if owner:
            # The first migration makes the application's role.
            admin.execute(sql.SQL("create role {} login createrole password 'demo'").format(sql.Identifier(owner)))
            parts = parts._replace(netloc=f"{owner}:demo@{parts.netloc.rpartition('@')[2]}")
        admin.execute(sql.SQL("create database {} {}").format(sql.Identifier(name), options))
        try:
            url = parts._replace(path=f"/{name}").geturl()
            if migrated:
                migrate.upgrade(url)
            yield url
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
            if owner:
                admin.execute(sql.SQL("drop role {}").format(sql.Identifier(owner)))


CATALOGS = PUBLIC - {"taxpayer_list", "taxpayer_listing"}
"""Tables that every new database has, filled before the demo."""


def all_rows(database_url: str) -> Rows:
    """Every table's rows in order, without ids that PostgreSQL makes at random."""
    with psycopg.connect(database_url) as connection:

        def rows(table: Table) -> list[tuple[Any, ...]]:
            names = [column.name for column in table.c if not (column.name == "id" and column.server_default)]
            columns = sql.SQL(", ").join(map(sql.Identifier, names))
            query = sql.SQL("select {0} from {1} order by {0}").format(columns, sql.Identifier(table.name))
            return connection.execute(query).fetchall()

        return {table.name: rows(table) for table in Base.metadata.sorted_tables if table.name not in CATALOGS}


@pytest.fixture(scope="package")
def demo_url(database_url: str) -> Generator[str]:
    """A database with the two demo companies, for reading only."""
    with empty_database(database_url) as url:
        assert seed(url, None) == (
            "Comercializadora Demo: 33 clients and prospects added",
            "Ajena del Noroeste: 4 clients and prospects added",
        )
        yield url


@pytest.fixture
def query(demo_url: str) -> Generator[Callable[..., list[Any]]]:
    """Runs a statement on the demo; rows of one column come as their values."""
    with psycopg.connect(demo_url) as connection:

        def run(statement: str | sql.Composed, *values: Any) -> list[Any]:
            as_query = statement.encode() if isinstance(statement, str) else statement
            rows = connection.execute(as_query, values).fetchall()
            return [row[0] if len(row) == 1 else row for row in rows]

        yield run


@pytest.fixture
def kemper(query: Callable[..., list[Any]]) -> UUID:
    """The id of the client that is complete."""
    (id_,) = query("select id from client where company_id = %s and rfc = 'EKU9003173C9'", DEMO)
    return id_
