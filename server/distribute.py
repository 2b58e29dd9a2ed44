"""Makes an ordinary database a distributed one: Citus spreads its tables over several servers by company. Run by `ficha
distribute`, and after the migrations of a database that is distributed already. See docs/distributed.md.

What is of no company is copied to every server. All of it is one transaction: whoever is cut off finds what there was.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString, cast

import psycopg
from psycopg import Connection, sql

import models.rows  # noqa: F401  # pyright: ignore[reportUnusedImport]  # maps every table
from database.opening import APPLICATION_ROLE
from errors import CommandRefused
from models.base import Base

MIGRATIONS: Final = "alembic_version"
"""Of no company either. A process whose entry is another server looks for it there."""

IN_ORDER: Final = """
set local citus.multi_shard_modify_mode = 'sequential';
set local citus.enable_unsafe_triggers = on;
"""
"""For what changes tables: their parts one after the other, and with triggers, all of which stay within a company. What
PostgreSQL without Citus does not know of it, it takes for settings of somebody else's."""

_NESTED: Final = "citus.allow_nested_distributed_execution=on"
"""What a function needs that asks tables from where the rows are: it asks those beside them."""

SETTINGS: Final = {"timezone": "UTC", "datestyle": "ISO", "jit": "off", "max_parallel_workers_per_gather": "0"}
"""Those of `database.opening.SESSION` that are to hold where one server asks another, too."""

# A table that is copied is written on every server, where its triggers run: who administers a company is known on that
# server alone which has its collaborators, and what refuses there is refused everywhere.
_ADMINISTRATOR: Final = """
create or replace function ficha_demand_administrator() returns trigger
    language plpgsql set search_path = public, pg_temp set citus.allow_nested_distributed_execution = on
    as $$
    begin
        if tg_table_name ~ '^company(_[0-9]+)?$' and not exists (
            select from pg_dist_placement p join pg_dist_local_group here on here.groupid = p.groupid
            where p.shardid = get_shard_id_for_distribution_column('collaborator', new.id)
        ) then
            return new;
        end if;
        if not ficha_administers() then
            perform ficha_violation(tg_name, tg_table_name);
        end if;
        return new;
    end
    $$
"""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a database lacks to be distributed."""

    servers: Sequence[str]
    copied: Sequence[str]
    distributed: Sequence[str]
    references: Sequence[tuple[str, str, str]]
    """Table, name and definition of each foreign key that is dropped and made again."""
    triggers: Sequence[tuple[str, str, str]]
    """The same of triggers: rows that are only brought to another place change nothing."""
    functions: Sequence[str]
    unset: bool
    """Whether a server lacks the settings of the database."""
    logs_in: bool
    """Whether the application's role may log in: the servers call each other by it."""

    @property
    def is_nothing(self) -> bool:
        return self.logs_in and not (self.copied or self.distributed or self.functions or self.unset)

    def lines(self, shards: int) -> Iterator[str]:
        """What will be done, for a person."""
        yield f"servers: {', '.join(self.servers)}"
        if self.copied:
            yield f"copied to each of them, as they are of no company: {', '.join(self.copied)}"
        if self.distributed:
            yield f"distributed by company_id into {shards} parts: {', '.join(self.distributed)}"
        if self.references:
            yield f"{len(self.references)} foreign keys and {len(self.triggers)} triggers are dropped and made again"
        if self.functions:
            yield f"{len(self.functions)} functions are brought to every server"
        if self.unset:
            yield f"set for the database on each: {', '.join(f'{name} = {value}' for name, value in SETTINGS.items())}"
        if not self.logs_in:
            yield f"the role {APPLICATION_ROLE} may log in from now on: pg_hba.conf says from where"


def missing(connection: Connection[Any]) -> Missing:
    """What the database lacks. CommandRefused where there is no Citus, or only one server."""
    if not _all(connection, "select from pg_extension where extname = 'citus'"):
        raise CommandRefused(
            "this PostgreSQL has no extension citus: create it on every server, and add each by citus_add_node;"
            " docs/distributed.md says how"
        )
    servers = _all(
        connection,
        "select nodename || ':' || nodeport from pg_dist_node where isactive and noderole = 'primary'"
        " and (shouldhaveshards or groupid = 0) order by groupid",
    )
    if not servers:
        raise CommandRefused("Citus knows no server yet: add each by citus_add_node; docs/distributed.md says how")
    there = {name for (name,) in _all(connection, "select logicalrelid::regclass::text from pg_dist_partition")}
    owned = [table.name for table in Base.metadata.sorted_tables if "company_id" in table.columns]
    others = [MIGRATIONS, *(table.name for table in Base.metadata.sorted_tables if table.name not in owned)]
    copied, distributed = ([name for name in names if name not in there] for names in (others, owned))
    touched = [*copied, *distributed]
    return Missing(
        servers=[name for (name,) in servers],
        copied=copied,
        distributed=distributed,
        references=_all(connection, _REFERENCES, touched=touched),
        triggers=_all(connection, _TRIGGERS, touched=touched),
        functions=[name for (name,) in _all(connection, _FUNCTIONS, nested=_NESTED)],
        unset=any(result != "t" for (result,) in _all(connection, _ON_ALL, command=_is_set())),
        logs_in=bool(_all(connection, _LOGS_IN, role=APPLICATION_ROLE)),
    )


_REFERENCES: Final = """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
where contype = 'f' and connamespace = 'public'::regnamespace
    and (conrelid::regclass::text = any (%(touched)s) or confrelid::regclass::text = any (%(touched)s))
order by 1, 2
"""
_TRIGGERS: Final = """
select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) from pg_trigger
where not tgisinternal and tgrelid::regclass::text = any (%(touched)s) order by 1, 2
"""
_FUNCTIONS: Final = """
select p.oid::regprocedure::text from pg_proc p join pg_language l on l.oid = prolang
where pronamespace = 'public'::regnamespace and proname like 'ficha\\_%%' and (
    not exists (select from pg_dist_object o where o.classid = 'pg_proc'::regclass and o.objid = p.oid)
    or proname = 'ficha_demand_administrator' and prosrc not like '%%pg_dist_placement%%'
    or lanname = 'plpgsql' and not %(nested)s = any (coalesce(proconfig, '{}'))
)
order by 1
"""
_LOGS_IN: Final = "select from pg_roles where rolname = %(role)s and rolcanlogin"
_ON_ALL: Final = "select result from run_command_on_all_nodes(%(command)s)"


def _is_set() -> str:
    """Asks a server whether it has the settings."""
    stated = sql.Literal([f"{name}={value}".lower() for name, value in SETTINGS.items()]).as_string()
    there = "select array_agg(lower(each)) from pg_db_role_setting, unnest(setconfig) each where setrole = 0"
    of_this = "setdatabase = (select oid from pg_database where datname = current_database())"
    return f"select coalesce(({there} and {of_this}), '{{}}') @> {stated}"  # our own literals


def distribute(connection: Connection[Any], lacking: Missing, shards: int, progress: Progress | None = None) -> None:
    """Does what is missing, in the connection's transaction. The first table is divided into so many `shards`, and the
    others as it is."""
    tell = progress or _say_nothing
    connection.execute(IN_ORDER)
    if not lacking.logs_in:
        _run(connection, "alter role {} login", APPLICATION_ROLE)
    for name, value in SETTINGS.items() if lacking.unset else ():
        database = sql.Identifier(connection.info.dbname)
        command = sql.SQL("alter database {} set {} = {}").format(database, sql.Identifier(name), sql.Literal(value))
        connection.execute(_ON_ALL, {"command": command.as_string()})
    for table, name, _ in lacking.references:
        _run(connection, "alter table {} drop constraint {}", table, name)
    for table, name, _ in lacking.triggers:
        _run(connection, "drop trigger {} on {}", name, table)
    total = len(lacking.copied) + len(lacking.distributed)
    for number, table in enumerate(lacking.copied):
        tell(table, number, total)
        connection.execute("select create_reference_table(%s)", [table])
    first = _all(connection, "select logicalrelid::text from pg_dist_partition where partmethod = 'h' limit 1")
    beside = first[0][0] if first else ""
    for number, table in enumerate(lacking.distributed, len(lacking.copied)):
        tell(table, number, total)
        if beside:
            query = "select create_distributed_table(%s, 'company_id', colocate_with := %s)"
            connection.execute(query, [table, beside])
        else:
            query = "select create_distributed_table(%s, 'company_id', shard_count := %s, colocate_with := 'none')"
            connection.execute(query, [table, shards])
            beside = table
    tell("functions, foreign keys and triggers", total, total)
    for function in lacking.functions:
        _bring(connection, function)
    for table, name, definition in lacking.references:
        _run(connection, f"alter table {{}} add constraint {{}} {definition}", table, name)
    for _, _, definition in lacking.triggers:
        connection.execute(cast("LiteralString", definition))


def _say_nothing(what: str, done: int, total: int) -> None: ...


def complete(url: str) -> None:
    """Distributes what migrations have added to a distributed database; an ordinary one stays what it is."""
    with psycopg.connect(url) as connection:
        if not _all(connection, "select from pg_extension where extname = 'citus'"):
            return
        if _all(connection, "select from pg_dist_partition where partmethod = 'h'"):
            distribute(connection, missing(connection), 0)


def _bring(connection: Connection[Any], function: str) -> None:
    """Brings the function to every server. Those of SQL read no tables."""
    if function == "ficha_demand_administrator()":
        connection.execute(_ADMINISTRATOR)
    query = "select lanname from pg_language l join pg_proc p on l.oid = prolang where p.oid = %(name)s::regprocedure"
    if _all(connection, query, name=function) == [("plpgsql",)]:
        statement = f"alter function {function} set {_NESTED}"  # its name as PostgreSQL has written it
        connection.execute(cast("LiteralString", statement))
    connection.execute("select create_distributed_function(%s)", [function])


def _all(connection: Connection[Any], query: LiteralString, **values: Any) -> list[Any]:
    return connection.execute(query, values).fetchall()


def _run(connection: Connection[Any], statement: str, *names: str) -> None:
    template = sql.SQL(cast("LiteralString", statement))
    connection.execute(template.format(*map(sql.Identifier, names)))
