"""How migrations are run beside those who use the database, and what a release does on another one's schema."""

import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from alembic import command
from alembic.config import Config

from errors import CommandRefused
from server import migrate, migration_steps
from server.bring_up import State, bring_up, state_of
from server.command.migrate import _announce
from server.migration_steps import Step, due, needed, newest, steps
from server.settings import Settings
from tests.fixtures import own_process
from tests.server.test_workers import until

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
    "**To go back**, start the processes of the older release: it serves on the newer schema, which it leaves as"
    " it is.",
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
    done = serve(new_database, settings, FICHA_MIGRATE="off")
    assert (done.returncode, done.stderr) == (
        1,
        f"ficha: the database has had the migrations up to 0001, and needs {newest()}: run `ficha migrate`"
        " (FICHA_MIGRATE is off)\n",
    )


def serve(url: str, settings: Settings, **variables: str) -> subprocess.CompletedProcess[str]:
    """`ficha serve` on a database on which it does not start."""
    environment = {
        "PORT": "0",
        "FICHA_DATA_DIR": str(settings.data_dir),
        "FICHA_DATABASE_URL": url,
        "FICHA_S3_ENDPOINT": settings.s3_endpoint,
        "FICHA_S3_ACCESS_KEY": settings.s3_access_key,
        "FICHA_S3_SECRET_KEY": settings.s3_secret_key,
        "FICHA_DEMO": "on",
        **variables,
    }
    started = [sys.executable, "-m", "server.command.cli", "serve"]
    return subprocess.run(started, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


CONTRACTING = f'''"""Contacts have no job title.

Revision: 0900, after {newest()}
"""

from alembic import op

revision = "0900"
down_revision = "{newest()}"
branch_labels = None
depends_on = None
phase = "CONTRACT"
last_release = "0.1.0"
last_migration = "{newest()}"


def upgrade() -> None:
    op.execute("alter table contact alter job_title type varchar(200)")


def downgrade() -> None:
    op.execute("alter table contact alter job_title type varchar(200)")
'''


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Its migrations, of which one takes something away from this release: what is imported here is that release."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder)
    (folder / "versions" / "2027-01-01_no_job_title.py").write_text(CONTRACTING, "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "ROOT", tmp_path)
        patch.setattr(migration_steps, "VERSIONS", folder / "versions")
        steps.cache_clear()
        yield folder
    steps.cache_clear()


def number_and_run(url: str, **options: Any) -> tuple[str, list[str]]:
    """Brings the database up; the number it had, and what was run."""
    announced = list[tuple[State, Sequence[Step]]]()
    bring_up(url, announce=lambda *each: announced.append(each), **options)
    [(state, ahead)] = announced
    return state.number, [step.number for step in ahead]


@pytest.mark.claims(
    "docs/operating.md",
    "A migration that contracts waits while a process serves that needs what it takes away; `ficha migrate --contract`"
    " runs it all the same.",
    "From then on an older release does not start, and `/health/ready` of one that serves says `superseded`.",
    "Which releases serve is known by an advisory lock that each process holds, within 10 s of its start.",
)
def test_what_contracts_waits_for_the_processes_of_the_older_release(
    new_database: str, demo_settings: Settings, next_release: Path
) -> None:
    mine = newest_without(next_release)
    with own_process(replace(demo_settings, database_url=new_database)) as (running, url):
        until(lambda: state_of(new_database).present == [mine])
        assert number_and_run(new_database) == (mine, [])
        assert needed() == mine  # so that the next release serves meanwhile
        assert state_of(new_database).number == mine
        assert number_and_run(new_database, contracts=True) == (mine, ["0900"])
        response = httpx.get(f"{url}/health/ready", trust_env=False)
        assert (response.status_code, response.json()["checks"]["migrations"]) == (503, "superseded")
        running.kill()
        until(lambda: not state_of(new_database).present)
    migrate._run(new_database, lambda settings: command.downgrade(settings, mine))
    assert state_of(new_database).note == ""
    assert number_and_run(new_database) == (mine, ["0900"])
    assert state_of(new_database).note == f"Needs a release after 0.1.0 (migration {mine})."
    done = serve(new_database, demo_settings)
    assert (done.returncode, done.stderr) == (
        1,
        "ficha: a newer release has changed the database, which says: Needs a release after 0.1.0"
        f" (migration {mine}).\n",
    )


def newest_without(folder: Path) -> str:
    """The newest migration but the one that was added."""
    assert newest() == "0900", folder
    return steps()[-2].number


@pytest.mark.claims("docs/operating.md", "What leaves out a release that contracts needs its processes to end first.")
def test_what_is_needed_and_waits_is_a_reason_not_to_start(new_database: str, next_release: Path) -> None:
    """As for who leaves out the release between."""
    mine = newest_without(next_release)
    further = CONTRACTING.replace("0900", "0901").replace(f'down_revision = "{mine}"', 'down_revision = "0900"')
    further = further.partition('phase = "')[0] + 'phase = "EXPAND"\n' + further.partition(f'"{mine}"\n\n')[2]
    (next_release / "versions" / "2027-01-02_more.py").write_text(further, "utf-8")
    steps.cache_clear()
    with psycopg.connect(new_database) as process:
        process.execute("select pg_advisory_lock_shared(7261955, %s)", [int(mine)])
        with pytest.raises(CommandRefused) as refused:
            bring_up(new_database)
        assert str(refused.value) == (
            f"the database has had the migrations up to {mine}, and needs 0901, but 0900 takes away what release 0.1.0"
            " needs, which still serves: stop it, or run `ficha migrate --contract`"
        )
    assert number_and_run(new_database) == (mine, ["0900", "0901"])


@pytest.mark.claims("docs/operating.md", "It first says what it will run.")
def test_migrate_says_what_it_will_run_and_what_waits(next_release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = newest_without(next_release)
    _announce(State("0040", present=[mine, mine]), due("0040", mine))
    *lines, contracting, waiting = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "to run: 0041  EXPAND  A list looks at so many rows and no more; of orders by texts and decimals, a function"
        " tells the rows beyond a cursor."
    )
    assert len(lines) == int(mine) - 40
    assert contracting == "waits:  0900  CONTRACT, after 0.1.0  Contacts have no job title."
    assert waiting == (
        "2 processes of 0.1.0 or older serve: run this again when they have ended, or `ficha migrate --contract` now"
    )


@pytest.mark.claims(
    "docs/operating.md",
    "An index that was not built to its end is built anew, and the log says so.",
)
def test_an_index_that_was_not_built_to_its_end_is_built_anew(
    new_database: str, caplog: pytest.LogCaptureFixture
) -> None:
    with psycopg.connect(new_database, autocommit=True) as owner:
        owner.execute("create index ix_contact_email_ccnew on contact (company_id, email)")
        owner.execute(
            "update pg_index set indisvalid = false"
            " where indexrelid in ('ix_contact_email_ccnew'::regclass, 'ix_contact_client'::regclass)"
        )
    with caplog.at_level(logging.WARNING, "ficha.migrate"):
        bring_up(new_database)
    assert caplog.messages == [
        "index ix_contact_client was not built to its end: it is built anew",
        "index ix_contact_email_ccnew is left of one that was to be built anew: it is dropped",
    ]
    assert state_of(new_database).unfinished == []
    with psycopg.connect(new_database) as owner:
        names = "select relname from pg_class where relname like 'ix_contact_client%' or relname like '%ccnew%'"
        assert owner.execute(names).fetchall() == [("ix_contact_client",)]


@pytest.mark.claims(
    "docs/operating.md",
    "An index is built beside those who write: it waits for their transactions for up to 60 s, while nobody waits for"
    " it, and is tried again.",
)
def test_an_index_beside_writers_gives_up_and_comes_again(
    new_database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert migrate.INDEX_LOCK_SECONDS == 60
    monkeypatch.setattr(migrate, "INDEX_LOCK_SECONDS", 0.1)
    with psycopg.connect(new_database) as writer:
        writer.execute("update contact set name = name where false")

        def build(settings: Config, _: str) -> None:
            connection: Any = settings.attributes["connection"].execution_options(isolation_level="AUTOCOMMIT")
            try:
                connection.exec_driver_sql("create index concurrently if not exists ix_contact_new on contact (name)")
            except Exception:
                assert state_of(new_database).unfinished == ["ix_contact_new"]
                writer.rollback()
                raise

        monkeypatch.setattr(command, "upgrade", build)
        monkeypatch.setattr(migrate, "REST_SECONDS", 0)
        with caplog.at_level(logging.WARNING, "ficha.migrate"):
            migrate.upgrade(new_database)
    assert caplog.messages == [
        "a migration waits for a table that others use: attempt 1 of 30",
        "index ix_contact_new was not built to its end: it is built anew",
    ]
    assert state_of(new_database).unfinished == []
