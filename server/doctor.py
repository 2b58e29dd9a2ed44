"""`ficha doctor`: what is configured, reached and migrated, and how fast it answers."""

import asyncio
import time
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import psycopg

from server.bring_up import state_of
from server.migration_steps import newest
from server.settings import Settings
from server.store import open_store
from storage import StorageError

ROUNDS = 20
"""How often the database and the store are asked."""
PATIENCE_SECONDS = 5
ROOT = Path(__file__).resolve().parent.parent


class Finding(NamedTuple):
    """What was looked at, whether it is well, and what there is to say."""

    what: str
    well: bool
    says: str


def examine(settings: Settings) -> Iterator[Finding]:
    """One finding after the other: the database, its migrations, the store, the issuers, the pages, the server."""
    yield from _database(settings)
    for number, url in enumerate(settings.database_replica_urls, 1):
        yield _replica(number, url, settings.database_url)
    yield _store(settings)
    for issuer in settings.issuers:
        yield _issuer(issuer.issuer, issuer.jwks)
    if not settings.issuers:
        yield Finding("sign-in", True, "tokens of the demo issuer: `ficha token`" if settings.demo else "none")
    if settings.web:
        yield _page("client page", "web")
    if settings.graphiql:
        yield _page("GraphiQL", "graphiql")
    yield _server(settings)


def _database(settings: Settings) -> Iterator[Finding]:
    url = settings.database_url
    place = _place(url)
    try:
        with psycopg.connect(url, connect_timeout=PATIENCE_SECONDS) as connection:
            version = connection.info.server_version // 10_000
            taken = _milliseconds(lambda: connection.execute("select 1").fetchone())
        newest_there = state_of(settings.direct_url).number >= newest()
    except psycopg.Error as error:
        yield Finding("PostgreSQL", False, f"{place} is not reached: {_first_line(error)}")
        return
    yield Finding("PostgreSQL", True, f"{version} at {place} answers in {taken:.1f} ms")
    says = (
        f"up to date, at {newest()}" if newest_there else f"behind {newest()}: `ficha migrate` brings them up to date"
    )
    yield Finding("migrations", newest_there, says)


def _replica(number: int, url: str, primary: str) -> Finding:
    """How far a replica is behind. One that was promoted is the primary, and not read as a replica."""
    name, place = f"replica {number}", _place(url)
    behind = "select (%s::pg_lsn - pg_last_wal_replay_lsn())::bigint, pg_is_in_recovery()"
    try:
        with psycopg.connect(primary, connect_timeout=PATIENCE_SECONDS) as connection:
            [position] = connection.execute("select pg_current_wal_insert_lsn()::text").fetchone() or (None,)
        with psycopg.connect(url, connect_timeout=PATIENCE_SECONDS) as connection:
            taken = _milliseconds(lambda: connection.execute("select 1").fetchone())
            size, is_replica = connection.execute(behind, [position]).fetchone() or (0, False)
    except psycopg.Error as error:
        return Finding(name, False, f"{place} is not reached: {_first_line(error)}")
    if not is_replica:
        return Finding(name, True, f"{place} is the primary, and left out while it is")
    return Finding(name, True, f"{place} answers in {taken:.1f} ms, {max(0, size or 0)} bytes behind the primary")


def _place(url: str) -> str:
    """The hosts and the database of a URL."""
    where = urlsplit(url)
    return f"{where.netloc.rpartition('@')[2] or 'a socket'}{where.path}"


def _store(settings: Settings) -> Finding:
    where = f"bucket {settings.s3_bucket} at {settings.s3_endpoint}"
    with open_store(settings) as store:
        try:
            taken = _milliseconds(lambda: asyncio.run(store.list_objects("doctor/")))
        except StorageError as error:
            return Finding("store", False, f"{where} is not reached: {_first_line(error)}")
    return Finding("store", True, f"{where} answers in {taken:.1f} ms")


def _issuer(issuer: str, jwks: str) -> Finding:
    """Whether its keys can be had. Where no place is stated, the server finds it by discovery."""
    place = jwks or f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        if place.startswith(("http://", "https://")):
            with build_opener().open(place, timeout=PATIENCE_SECONDS) as response:
                response.read(1)
        else:
            Path(place).read_bytes()
    except (OSError, HTTPException) as error:
        return Finding("sign-in", False, f"{issuer}: {place} cannot be read: {_first_line(error)}")
    return Finding("sign-in", True, f"{issuer}: {place} can be read")


def _page(name: str, folder: str) -> Finding:
    """Whether the page of the folder is built, as the target of the same name does."""
    built = (ROOT / folder / "dist" / "index.html").exists()
    return Finding(name, built, "built" if built else f"not built: `make {folder}` builds it")


def _server(settings: Settings) -> Finding:
    """Whether somebody serves on the configured port; none has to."""
    address = address_of(settings)
    begun = time.perf_counter()
    if not answers(address, "/health/ready"):
        return Finding("server", True, f"nobody serves on {address}")
    return Finding("server", True, f"{address} is ready, in {1000 * (time.perf_counter() - begun):.0f} ms")


def address_of(settings: Settings) -> str:
    """Where this machine reaches the server that the settings configure."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104  # what one listens on
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def answers(address: str, path: str) -> bool:
    """Whether a server answers there with something that is there."""
    try:
        with build_opener(ProxyHandler({})).open(f"{address}{path}", timeout=PATIENCE_SECONDS):
            return True
    except (OSError, HTTPException):  # HTTPError is an OSError; what does not speak HTTP is an HTTPException
        return False


def _milliseconds(what: Callable[[], object]) -> float:
    """The median of some rounds, after a first one that opens connections."""
    what()
    taken: list[float] = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        what()
        taken.append(time.perf_counter() - begun)
    return 1000 * median(taken)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
