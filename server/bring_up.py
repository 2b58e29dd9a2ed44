"""Brings a database up at the start of a command: migrations, where it lacks any, and the SAT's catalogs.

Alembic and all migrations take up 16 MB, which a server would hold for good: they are imported only to migrate.
"""

import re
from pathlib import Path

import psycopg

from server import sat_catalogs

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations" / "versions"
_REVISION = re.compile(r'^revision = "(\d+)"$', re.MULTILINE)


def bring_up(url: str) -> None:
    """As `migrate.upgrade`; where nothing is missing, some short queries."""
    if is_newest(url):
        sat_catalogs.bring_up(url)
    else:
        from server import migrate

        migrate.upgrade(url)


def is_newest(url: str) -> bool:
    """Whether the database has had the newest migration."""
    with psycopg.connect(url) as connection:
        if connection.execute("select to_regclass('alembic_version')").fetchone() == (None,):
            return False
        return connection.execute("select version_num from alembic_version").fetchone() == (newest(),)


def newest() -> str:
    """The newest migration's number, as its file says it."""
    return max(number for file in MIGRATIONS.glob("*.py") for number in _REVISION.findall(file.read_text("utf-8")))
