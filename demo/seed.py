"""`ficha seed`: puts the demo companies into a migrated database and their files into the object store."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID

import psycopg
from sqlalchemy import Connection, create_engine, func, insert, select
from sqlalchemy.orm import Session

from database.opening import sqlalchemy_url
from demo import scale
from demo.book import Book
from demo.companies import AJENA, DEMO, ajena, demo
from demo.scale import ESCALA, Progress
from models import Base, Client, Company, HistoryEvent, TaxpayerList, TaxpayerListing
from models.taxpayer_listing import ListingStatus
from storage import ObjectStore

FIRST = 200
"""Clients of the large company that are loaded before all others."""

BOOKS: dict[UUID, Callable[[], Book]] = {DEMO: demo, AJENA: ajena}


class SeedError(Exception):
    """The data cannot be put in. The text is one line, for a person."""


def seed(
    database_url: str,
    store: ObjectStore | None,
    *,
    clients: int = 0,
    events: int = 0,
    progress: Progress | None = None,
) -> tuple[str, ...]:
    """Add what is missing of the demo; with `clients`, also a third company of so many, each with `events`.

    `database_url` is the tables' owner, to whom row-level security does not apply. Without a store, documents have rows
    only. Every machine gets the same rows. All or nothing. Returns a line on each company, for a person: added, or
    already there. Raises SeedError for a third company of another size.
    """
    if clients < 0 or events < 0 or (events and not clients):
        raise SeedError("events are of clients: give a number of clients of at least 1")
    said: list[str] = []
    engine = create_engine(sqlalchemy_url(database_url))
    try:
        with engine.begin() as connection:
            # Two that seed at once take turns, and the second finds everything there.
            connection.exec_driver_sql("lock table company in share row exclusive mode")
            present = {row.id: row.name for row in connection.execute(select(Company.id, Company.name))}
            said += (f"{name}: already there" for id_, name in present.items() if id_ in BOOKS)
            missing = [tell() for id_, tell in BOOKS.items() if id_ not in present]
            # Objects first: a row without its file is worse than a file without its row.
            if store and missing:
                asyncio.run(_put_files(store, missing))
            if missing and not connection.scalar(select(func.count()).select_from(TaxpayerList)):
                _list_taxpayer(connection)
            for book in missing:
                _insert(connection, book)
                said.append(f"{book.company.name}: {len(list(book.of(Client)))} clients and prospects added")
            if clients:
                said.append(_grow(connection, clients, events, ESCALA in present, progress))
        # Without statistics PostgreSQL guesses, until it makes them by itself: a filter through four relations took
        # 10 s on the demo's few rows instead of 0.02 s.
        if missing or (clients and ESCALA not in present):
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                scale.analyze(_psycopg(connection))
    finally:
        engine.dispose()
    return tuple(said)


def _list_taxpayer(connection: Connection) -> None:
    """A list of art. 69-B with one taxpayer, one of the SAT's own for tests. A real one replaces it."""
    connection.execute(
        insert(TaxpayerList).values(as_of=date(2026, 8, 31), imported_at=datetime(2026, 9, 1, 15, tzinfo=UTC))
    )
    connection.execute(
        insert(TaxpayerListing).values(
            rfc="XIA190128J61",
            status=ListingStatus.PRESUMED,
            published_on=date(2026, 8, 14),
            gazetted_on=date(2026, 8, 28),
            name="XENON INDUSTRIAL ARTICLES",
            notice="500-05-2026-00000 de fecha 7 de agosto de 2026",
        )
    )


def _grow(connection: Connection, clients: int, events: int, present: bool, progress: Progress | None) -> str:
    if present:
        # Every client has as many events, so one of them tells.
        of_escala = select(Client.id).where(Client.company_id == ESCALA)
        first = select(func.count()).where(
            HistoryEvent.company_id == ESCALA, HistoryEvent.client_id == of_escala.limit(1).scalar_subquery()
        )
        size = (
            connection.scalars(select(func.count()).select_from(of_escala.subquery())).one(),
            connection.scalar(first),
        )
        if size != (clients, events):
            raise SeedError(f"Escala is already there, of another size: {size[0]} clients with {size[1]} events each")
        return "Escala Industrial: already there"
    book = scale.book(clients)
    _insert(connection, book)
    lives = list(scale.lives(book, clients, events))
    # Triggers keep the plans of their first run. Planned for empty tables, opening the ledger takes hours; so a few
    # clients are loaded and analyzed first.
    for part in filter(None, (lives[:FIRST], lives[FIRST:])):
        scale.load(_psycopg(connection), part, progress)
        connection.exec_driver_sql("analyze")
        _open_ledger(connection, book)
        connection.exec_driver_sql("discard temp")
    return f"{book.company.name}: {clients} clients with {events} events each added"


def _psycopg(connection: Connection) -> psycopg.Connection[Any]:
    """The driver's own connection below SQLAlchemy's, for COPY and VACUUM."""
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


async def _put_files(store: ObjectStore, books: list[Book]) -> None:
    """Store the files of the books' documents."""
    await store.ensure_bucket()
    files = [file for book in books for file in book.files]
    await asyncio.gather(*(store.put(file.key, file.content, file.content_type) for file in files))


def _insert(connection: Connection, book: Book) -> None:
    """Insert the rows, table by table in the order of their references."""
    with Session(connection) as session:
        for table in Base.metadata.sorted_tables:
            session.add_all(row for row in book.rows if row.__table__ is table)
            session.flush()
    _open_ledger(connection, book)


def _open_ledger(connection: Connection, book: Book) -> None:
    """Enter into the ledger what documents and payments say."""
    connection.exec_driver_sql("select ficha_open_ledger(%s)", (book.company.id,))
