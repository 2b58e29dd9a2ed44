"""A distributed database for the tests, where FICHA_TEST_CITUS_URL leads to a coordinator of Citus that knows its
servers: as a superuser who may connect to all of them."""

from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from server import distribute, migrate

_SERVERS = "select nodename, nodeport from pg_dist_node where isactive and noderole = 'primary' order by groupid"


def servers(url: str) -> list[tuple[str, int]]:
    """Host and port of each, the coordinator first."""
    with psycopg.connect(url) as connection:
        return connection.execute(_SERVERS).fetchall()


def at(url: str, host: str, port: int, database: str) -> str:
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{user}@{host}:{port}", path=f"/{database}").geturl()


def create(url: str, name: str) -> str:
    """Makes a database of this name on all servers, migrated and distributed; returns its URL."""
    known = servers(url)
    for host, port in known:
        _run(at(url, host, port, "postgres"), "create database {}", name)
        _run(at(url, host, port, name), "create extension citus")
    (host, port), *others = known
    own = at(url, host, port, name)
    migrate.upgrade(own)
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute("select citus_set_coordinator_host(%s, %s)", [host, port])
        for other in others:
            connection.execute("select citus_add_node(%s, %s)", other)
        connection.execute("select citus_set_node_property(%s, %s, 'shouldhaveshards', true)", [host, port])
    with psycopg.connect(own) as connection:
        distribute.distribute(connection, distribute.missing(connection), 4)
    return own


def drop(url: str, name: str) -> None:
    """Removes it from all servers."""
    for host, port in servers(url):
        _run(at(url, host, port, "postgres"), "drop database if exists {} with (force)", name)


def _run(url: str, statement: LiteralString, *names: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
