"""Brings a database up at the start of a command: migrations, where it lacks any, and the SAT's catalogs.

Alembic and all migrations take up 16 MB, which a server would hold for good: they are imported only to migrate.
"""

import re
from pathlib import Path

import psycopg

from errors import CommandRefused
from server import sat_catalogs

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations" / "versions"
_REVISION = re.compile(r'^revision = "(\d+)"$', re.MULTILINE)


def bring_up(url: str, *, migrates: bool = True) -> None:
    """As `migrate.upgrade`; where nothing is missing, some short queries. A database that a newer release has migrated
    is left as it is. CommandRefused where a migration is missing and it `migrates` nothing."""
    had = migration(url)
    if had > newest():
        return
    if had == newest():
        sat_catalogs.bring_up(url)
    elif migrates:
        from server import migrate

        migrate.upgrade(url)
    else:
        raise CommandRefused(
            f"the database has had the migrations up to {had or 'none'}, and needs {newest()}: run `ficha migrate`"
            " (FICHA_MIGRATE is off)"
        )


def migration(url: str) -> str:
    """The number of the newest migration that the database has had; empty where it had none."""
    with psycopg.connect(url) as connection:
        if connection.execute("select to_regclass('alembic_version')").fetchone() == (None,):
            return ""
        row = connection.execute("select version_num from alembic_version").fetchone()
        return row[0] if row else ""


def newest() -> str:
    """The newest migration's number, as its file says it."""
    return max(number for file in MIGRATIONS.glob("*.py") for number in _REVISION.findall(file.read_text("utf-8")))
