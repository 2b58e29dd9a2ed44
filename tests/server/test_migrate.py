"""How migrations are run beside those who use the database, and what a release does on another one's schema."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from alembic import command
from alembic.config import Config

from server import migrate
from server.bring_up import newest
from server.settings import Settings
from tests.fixtures import own_process

ROOT = Path(__file__).resolve().parents[2]


def numbered(url: str, number: str) -> None:
    """The database says that it has had the migrations up to this one."""
    with psycopg.connect(url) as owner:
        owner.execute("update alembic_version set version_num = %s", [number])


@pytest.mark.claims(
    "docs/operating.md",
    "A migration waits 2 s for a table that others use, so that nobody waits longer behind it, and is tried again, up"
    " to 30 times.",
)
def test_a_migration_gives_up_its_place_and_comes_again(new_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (migrate.LOCK_SECONDS, migrate.ATTEMPTS) == (2, 30)
    attempts = list[str]()
    with psycopg.connect(new_database) as holder:
        holder.execute("select from client limit 1")  # holds the table until it ends

        def alter(settings: Config, _: str) -> None:
            connection: Any = settings.attributes["connection"]
            attempts.append(connection.exec_driver_sql("show lock_timeout").scalar_one())
            try:
                connection.exec_driver_sql("alter table client add column added_here text")
                connection.commit()
            except Exception:
                holder.rollback()
                raise

        monkeypatch.setattr(command, "upgrade", alter)
        monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.05)
        monkeypatch.setattr(migrate, "REST_SECONDS", 0)
        migrate.upgrade(new_database)
    assert attempts == ["50ms", "50ms"]
    with psycopg.connect(new_database) as owner:
        owner.execute("select added_here from client")


@pytest.mark.claims(
    "docs/operating.md",
    "A release serves on the schema of a newer one, which it leaves as it is.",
)
def test_a_release_serves_on_a_newer_schema(new_database: str, demo_settings: Settings) -> None:
    numbered(new_database, "9999")
    with own_process(replace(demo_settings, database_url=new_database)) as (_, url):
        response = httpx.get(f"{url}/health/ready", trust_env=False)
        assert (response.status_code, response.json()["checks"]["migrations"]) == (200, "ok")
    with psycopg.connect(new_database) as owner:
        assert owner.execute("select version_num from alembic_version").fetchall() == [("9999",)]


@pytest.mark.claims(
    "docs/operating.md",
    "With `FICHA_MIGRATE=off` only `ficha migrate` runs migrations: `ficha serve` does not start where one is missing.",
)
def test_a_server_that_runs_no_migrations_says_that_one_is_missing(new_database: str, settings: Settings) -> None:
    numbered(new_database, "0001")
    environment = {
        "PORT": "0",
        "FICHA_DATA_DIR": str(settings.data_dir),
        "FICHA_DATABASE_URL": new_database,
        "FICHA_S3_ENDPOINT": settings.s3_endpoint,
        "FICHA_S3_ACCESS_KEY": settings.s3_access_key,
        "FICHA_S3_SECRET_KEY": settings.s3_secret_key,
        "FICHA_DEMO": "on",
        "FICHA_MIGRATE": "off",
    }
    serve = [sys.executable, "-m", "server.command.cli", "serve"]
    done = subprocess.run(serve, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        f"ficha: the database has had the migrations up to 0001, and needs {newest()}: run `ficha migrate`"
        " (FICHA_MIGRATE is off)\n",
    )
