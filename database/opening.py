"""Opens the application's connections.

All of them take on the application's role, which owns nothing, before their first statement.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import URL

from database.wire import DistributedConnection, Patience, PgConnection, Pool, of_pooled_citus, of_pooler

APPLICATION_ROLE = "ficha_app"
"""Owns nothing and bypasses nothing; every connection of the application takes it on. See the first migration."""

_GRACE_SECONDS = 1
"""An operation is cancelled from here; PostgreSQL ends by itself only what it is no longer told about."""

# jit costs more than it saves in statements of a few milliseconds; and so does planning a statement anew for each of
# its values: a client's whole record takes 5 ms then, and 1.3 ms by the plan that is kept. What decides the plan, such
# as how many rows a page has and whether it starts at a cursor, is written into the statement. Where a filter or a
# search decides which rows of a company are read, the plan is made for the values: see `PgConnection.within`.
SESSION: Mapping[str, str] = {
    "role": APPLICATION_ROLE,
    "timezone": "UTC",
    "datestyle": "ISO",
    "search_path": "public",
    "jit": "off",
    # What one statement may take of PostgreSQL's processors is one: turns are given by the number of statements.
    "max_parallel_workers_per_gather": "0",
    "plan_cache_mode": "force_generic_plan",
}


_LOGIN: Mapping[str, str] = {"username": "user", "password": "password", "database": "dbname"}
"""What SQLAlchemy and libpq call the parts of a URL that are no host."""


def session(seconds: int = 0) -> Mapping[str, str]:
    """The settings of a connection on which no statement may take longer; 0 for as long as it takes."""
    return {**SESSION, "statement_timeout": str((seconds + _GRACE_SECONDS) * 1000 if seconds else 0)}


def options(session: Mapping[str, str]) -> str:
    """The settings as a connection's start-up options."""
    return " ".join(f"-c {name}={value}" for name, value in session.items())


CITUS: Mapping[str, str] = {
    # It makes no plan for whatever values of a statement, but where the company is written in it.
    "plan_cache_mode": "auto",
    "citus.propagate_set_commands": "local",
}
"""What is other than in SESSION where Citus distributes the tables."""

_HAS_CITUS = "select to_regclass('pg_catalog.pg_dist_partition') is not null"
_DISTRIBUTES = "select exists (select from pg_dist_partition where partmethod = 'h')"


async def is_distributed(connection: PgConnection) -> bool:
    """Whether Citus distributes tables of the database."""
    for question in (_HAS_CITUS, _DISTRIBUTES):
        cursor = await connection.execute(cast("Any", question))
        if await cursor.fetchone() != (True,):
            return False
    return True


def _opening(session: Mapping[str, str], *, pooled: bool) -> Mapping[str, Any]:
    """The options of a new connection. A pooler accepts none, and loses prepared statements."""
    return {"prepare_threshold": None} if pooled else {"options": options(session)}


def open_pool(url: str, size: int, seconds: int = 0, *, pooled: bool = False, standby: bool = False) -> Pool:
    """The application's connections. They are `pooled` where the URL leads to a pooler that gives them to others
    between transactions. Only on request may they lead to a `standby`."""
    openings = _openings(url, seconds, pooled=pooled, standby=standby)
    return Pool(openings, size, seconds and seconds + 2 * _GRACE_SECONDS)


def _openings(
    url: str, seconds: int, *, pooled: bool, standby: bool
) -> Sequence[Callable[[Patience | None], Awaitable[PgConnection]]]:
    """What opens connections to each of the hosts. The first connection tells whether Citus distributes the tables."""
    kinds = _kinds(session(seconds), pooled=pooled)
    known: list[bool] = []

    async def opening(host: str, patience: Patience | None) -> PgConnection:
        kind, options = kinds[bool(known and known[0])]
        connection = await kind.open(host, patience, standby=standby, autocommit=True, **options)
        if known:
            return connection
        try:
            known[:] = [await is_distributed(connection)]
        except BaseException:
            connection.finish()
            raise
        if not known[0]:
            return connection
        connection.finish()
        return await opening(host, patience)

    return [partial(opening, host) for host in each_host(url)]


def _kinds(
    settings: Mapping[str, str], *, pooled: bool
) -> tuple[tuple[type[PgConnection], Mapping[str, Any]], tuple[type[PgConnection], Mapping[str, Any]]]:
    """Of connections, with the options of new ones: where PostgreSQL is alone, and where Citus distributes."""
    of_citus = {**settings, **CITUS}
    plain = of_pooler(settings) if pooled else PgConnection
    distributed = of_pooled_citus(of_citus) if pooled else DistributedConnection
    return (plain, _opening(settings, pooled=pooled)), (distributed, _opening(of_citus, pooled=pooled))


def each_host(url: str) -> list[str]:
    """A connection string for each of the hosts that the URL names."""
    stated: dict[str, Any] = conninfo_to_dict(url)
    hosts, ports = (str(stated.pop(name, None) or "").split(",") for name in ("host", "port"))
    if len(hosts) == 1:
        return [url]
    if len(ports) == 1:
        ports *= len(hosts)
    return [make_conninfo(host=host, port=port, **stated) for host, port in zip(hosts, ports, strict=True)]


def sqlalchemy_url(url: str) -> str:
    """The URL as SQLAlchemy wants it, with psycopg 3 as the driver. It names several hosts in another way."""
    query = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    login: dict[str, Any] = {name: query.pop(key, None) for name, key in _LOGIN.items()}
    return URL.create("postgresql+psycopg", query=query, **login).render_as_string(hide_password=False)
