"""What a server that has started does without: packages that few need are imported when they are."""

import re
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory

from server import migrate
from server.bring_up import state_of
from server.migration_steps import newest
from server.settings import Settings
from tests.fixtures import own_process

FOR_SOME = {
    "Crypto",
    "PIL",
    "alembic",
    "argon2",
    "demo",
    "mako",
    "migrations",
    "opentelemetry",
    "prometheus_client",
    "pygments",
    "pypdfium2",
    "redis",
    "requests",
    "structlog",
    "typst",
    "xlsxwriter",
    "zxingcpp",
}


def test_a_server_has_not_imported_what_few_need(demo_settings: Settings, tmp_path: Path) -> None:
    with (tmp_path / "imports").open("w") as log, own_process(demo_settings, log, PYTHONPROFILEIMPORTTIME=1):
        pass
    imported = re.findall(r"^import time: .*\| +(\w+)", (tmp_path / "imports").read_text(), re.MULTILINE)
    assert "starlette" in imported
    assert FOR_SOME.isdisjoint(imported)


@pytest.mark.claims("docs/operating.md", "`ficha serve` brings the database up to date before it serves.")
def test_only_a_database_that_lacks_a_migration_is_migrated(new_database: str) -> None:
    assert newest() == ScriptDirectory.from_config(migrate.config()).get_current_head()
    assert state_of(new_database).number == newest()
    with psycopg.connect(new_database, autocommit=True) as connection:
        connection.execute("update alembic_version set version_num = '0001'")
        assert state_of(new_database).number == "0001"
        connection.execute("drop table alembic_version")
        assert state_of(new_database).number == ""
