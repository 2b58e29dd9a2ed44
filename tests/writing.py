"""Runs commands as the application does, without GraphQL: one transaction each, as a collaborator of a company."""

import asyncio
import contextlib
import datetime
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

import models
from database.opening import open_pool
from database.wire import PgConnection, Sent
from domain.inputs import Input
from domain.problem import Rejected
from errors import Retryable, Unavailable
from models.collaborator import Role
from models.viewer import BUNDLES, Viewer
from server.work import UnitsOfWork
from tests.fixtures import Company

Given = Mapping[str, Any]


async def insist(job: Callable[[], Awaitable[Any]]) -> Any:
    """Does it. Who was sent away because too many waited, or because no connection came in time, as on a busy machine,
    comes again."""
    for _ in range(20):
        try:
            return await job()
        except Unavailable as unavailable:
            await asyncio.sleep(unavailable.retry_after)  # until then nobody looks whether it is back
        except Retryable:
            pass
    return await job()


async def patiently(jobs: Iterable[Callable[[], Awaitable[Any]]]) -> list[Any]:
    """Does all at once, as `insist` does; results and exceptions in order."""
    return await asyncio.gather(*map(insist, jobs), return_exceptions=True)


class Writer:
    """A collaborator of a company who writes, at an instant that the test sets."""

    def __init__(self, company: Company, role: Role = Role.ADMIN, zone: str = "America/Mexico_City") -> None:
        self.company = company
        self.viewer = Viewer(company.id, company.people[role], role, ZoneInfo(zone), frozenset(BUNDLES[role]))
        self.now = datetime.datetime.now(datetime.UTC)

    def do(self, command: Callable[..., Any], given: Given) -> Any:
        """Does it, and returns the record; `Rejected` comes through."""
        [done] = self.together(command, [given])
        if isinstance(done, BaseException):
            raise done
        return done

    def together(self, command: Callable[..., Any], all_given: Sequence[Given]) -> list[Any]:
        """Does it many times at once, each in a transaction of its own; results and exceptions in order."""

        async def run() -> list[Any]:
            pool = open_pool(self.company.ficha.settings.database_url, min(len(all_given), 20))
            transactions = UnitsOfWork(pool, clock=lambda: self.now)

            def one(given: Given) -> Awaitable[Any]:
                return transactions.run(self.viewer, self.now, lambda work: command(work, Input(**given)))

            try:
                return await patiently(partial(one, given) for given in all_given)
            finally:
                await pool.close()

        return asyncio.run(run())

    def warned(self, command: Callable[..., Any], given: Given) -> list[tuple[str, tuple[Any, ...]]]:
        """Does it, and returns codes and paths of what it warned of."""

        async def noting(work: Any, input: Input) -> Any:
            await command(work, input)
            return [(problem.code.name, problem.path) for problem in work.warnings]

        return self.do(noting, given)

    def refused(self, command: Callable[..., Any], given: Given) -> list[tuple[str, tuple[Any, ...]]]:
        """Does it, which must be rejected, and returns codes and paths."""
        try:
            done = self.do(command, given)
        except Rejected as rejected:
            return [(problem.code.name, problem.path) for problem in rejected.problems]
        raise AssertionError(f"{command} was not rejected but returned {done}")


@contextlib.contextmanager
def round_trips() -> Generator[list[list[str]]]:
    """The SQL that connections send within, a list for each round trip, what reads behind a commit included; reading in
    one go is not among it."""
    trips: list[list[str]] = []
    ask, commit = PgConnection.ask, PgConnection.commit_and_read

    async def noting(connection: PgConnection, statements: Iterable[Sent]) -> Any:
        batch = list(statements)
        trips.append([sql for sql, _ in batch])
        return await ask(connection, batch)

    async def committing(connection: PgConnection, statements: Iterable[Sent], following: Iterable[Sent]) -> Any:
        batch, more = list(statements), list(following)
        trips.append([sql for sql, _ in (*batch, *more)])
        return await commit(connection, batch, more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PgConnection, "ask", noting)
        patch.setattr(PgConnection, "commit_and_read", committing)
        yield trips


def rows(owner: Any, company: Company, model: type[models.Base], *columns: str) -> list[Any]:
    """The company's rows of a table in the order of their ids; of one column, its values."""
    table = model.__table__
    found = owner.execute(
        select(*(table.c[name] for name in columns))
        .where(table.c.company_id == company.id)
        .order_by(*table.primary_key)
    ).all()
    return [row[0] if len(columns) == 1 else tuple(row) for row in found]


def events(owner: Any, company: Company) -> list[tuple[str, dict[str, Any]]]:
    """Kind and details of what the company's history says, in the order in which it was written."""
    return [(kind.value, details) for kind, details in rows(owner, company, models.HistoryEvent, "kind", "details")]
