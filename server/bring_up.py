"""Brings a database up at the start of a command: migrations, where it lacks any, and the SAT's catalogs.

Alembic and all migrations take up 16 MB, which a server would hold for good: they are imported only to migrate.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import psycopg

from errors import CommandRefused
from server import sat_catalogs
from server.migration_steps import Step, due, needed, newest, steps

PRESENCE: Final = 7_261_955
"""The first key of the advisory locks that processes which serve share; the second is the newest migration that they
know."""

HAD: Final = """
select version_num, coalesce(obj_description('alembic_version'::regclass), '') from alembic_version
"""
"""The newest migration that a database has had, and its note: see `note_of`."""
_PRESENT: Final = """
select objid::integer from pg_locks join pg_database on pg_database.oid = pg_locks.database
where locktype = 'advisory' and classid = %s and objsubid = 2 and granted and datname = current_database()
"""
UNFINISHED: Final = """
select relname from pg_index join pg_class on pg_class.oid = indexrelid
where not indisvalid and relkind = 'i' and relnamespace = 'public'::regnamespace
    and not exists (select from pg_stat_progress_create_index where index_relid = indexrelid)
order by relname
"""
"""The indexes that nobody builds any more, and that were not built to their end."""
_LAST_MIGRATION: Final = re.compile(r"migration (\d+)")


def note_of(step: Step) -> str:
    """What a database says of itself after a migration that contracts, as the comment of `alembic_version`."""
    return f"Needs a release after {step.last_release} (migration {step.last_migration})."


def outdated_by(note: str, number: str) -> bool:
    """Whether a release whose newest migration is this one can no longer run, by the note of the database."""
    stated = _LAST_MIGRATION.search(note)
    return stated is not None and number <= stated[1]


@dataclass(frozen=True, slots=True)
class State:
    """What a database has had, and who uses it."""

    number: str = ""
    """The newest migration; empty where there was none."""
    note: str = ""
    """Which releases can no longer run: see `note_of`."""
    present: Sequence[str] = ()
    """The newest migration that each process knows that serves now."""
    unfinished: Sequence[str] = ()
    """Indexes that were not built to their end."""

    @property
    def oldest(self) -> str:
        """That of the oldest release; empty where nobody serves."""
        return min(self.present, default="")


def bring_up(
    url: str,
    *,
    migrates: bool = True,
    contracts: bool = False,
    announce: Callable[[State, Sequence[Step]], None] = lambda _state, _steps: None,
) -> None:
    """As `migrate.upgrade`; where nothing is missing, some short queries. A database that a newer release has migrated
    is left as it is. What takes something away from a process that serves waits, unless it `contracts` all the same.
    `announce` is called with what is to be run, before it is.

    CommandRefused where a migration is missing that cannot be run now, and where a newer release took away what this
    one needs.
    """
    state = state_of(url)
    if outdated_by(state.note, newest()):
        raise CommandRefused(f"a newer release has changed the database, which says: {state.note}")
    if state.number > newest():
        return
    ahead = due(state.number, state.oldest, contracts=contracts)
    announce(state, ahead)
    reached = ahead[-1].number if ahead and migrates else state.number
    if reached < needed():
        raise CommandRefused(_missing(state, migrates=migrates))
    if reached > state.number or (migrates and state.unfinished):
        from server import migrate

        migrate.upgrade(url, reached)
    else:
        sat_catalogs.bring_up(url)


def _missing(state: State, *, migrates: bool) -> str:
    lacks = f"the database has had the migrations up to {state.number or 'none'}, and needs {needed()}"
    if not migrates:
        return f"{lacks}: run `ficha migrate` (FICHA_MIGRATE is off)"
    step = next(step for step in steps() if step.number > state.number and step.contracts)
    return (
        f"{lacks}, but {step.number} takes away what release {step.last_release} needs, which still serves: stop it, or"
        " run `ficha migrate --contract`"
    )


def state_of(url: str) -> State:
    """What the database has had, and who uses it."""
    with psycopg.connect(url) as connection:
        present = [f"{number:04}" for (number,) in connection.execute(_PRESENT, [PRESENCE])]
        unfinished = [name for (name,) in connection.execute(UNFINISHED)]
        number = note = ""
        if connection.execute("select to_regclass('alembic_version')").fetchone() != (None,):
            number, note = connection.execute(HAD).fetchone() or ("", "")
        return State(number, note, present, unfinished)
