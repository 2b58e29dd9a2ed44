"""Migrations of a filled database lock no table against readers or writers while they go through its rows."""

import psycopg
from alembic import command

from server import migrate

EVENTS = 25_000
WATCH = """
create table locks_seen (transaction xid8, mode text);
create function see_locks() returns trigger language plpgsql as $$
    begin
        insert into locks_seen select pg_current_xact_id(), mode from pg_locks
        where pid = pg_backend_pid() and relation = 'history_event'::regclass;
        return null;
    end
$$;
create trigger see_locks after update on history_event for each statement execute function see_locks()
"""
BLOCKS = {"AccessExclusiveLock", "ExclusiveLock", "ShareLock", "ShareRowExclusiveLock"}
"""What keeps others from reading or writing."""


def test_events_are_filled_in_parts_that_block_nobody(new_database: str) -> None:
    migrate._run(new_database, lambda settings: command.downgrade(settings, "0018"))
    with psycopg.connect(new_database, autocommit=True) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute(
            "insert into history_event (company_id, id, client_id, occurred_at, kind)"
            " select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),"
            " timestamptz '2026-01-01' + n * interval '1 s', 'CLIENT_CREATED' from generate_series(1, %s) n",
            [EVENTS],
        )
        owner.execute("set session_replication_role = origin")
        owner.execute(WATCH)
        # Their company and client are not there: what is tried here reads neither.
        migrate._run(new_database, lambda settings: command.upgrade(settings, "0019"))
        filled = owner.execute("select count(*) from history_event where recorded_at = occurred_at").fetchone()
        assert filled == (EVENTS,)
        seen = owner.execute("select transaction, mode from locks_seen").fetchall()
    assert len({transaction for transaction, _ in seen}) == 3
    assert {mode for _, mode in seen} & BLOCKS == set()


def test_indexes_of_tables_that_are_filled_are_built_beside_writers() -> None:
    """Of the revisions of this release; one that makes its table may build them at once."""
    for path in sorted((migrate.ROOT / "migrations" / "versions").glob("2026-11-29_*.py")):
        source = path.read_text("utf-8")
        if 'revision = "00' in source and int(source.split('revision = "')[1][:4]) >= 17:
            made = {part.split('"')[1] for part in source.split("op.create_table(")[1:]}
            for call in source.split("op.create_index(")[1:]:
                table = call.split(",")[1].strip().strip('"')
                built = call.split("\n\n")[0].split("op.")[0]
                assert table in made or "postgresql_concurrently=True" in built, f"{path.name}: {table}"
