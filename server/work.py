"""Begins and ends the units of work: a transaction is committed here and nowhere else."""

import asyncio
import datetime
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast
from uuid import UUID

import psycopg
from sqlalchemy import QueuePool, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from database.faults import Silent, fault_of, is_demoted, is_lost
from database.line import Line
from domain.disclosures import Disclosures, Unbounded
from domain.work import UnitOfWork
from errors import BadInput, OutcomeUnknown
from models.viewer import Viewer
from server.changes import written
from server.channels import ByPostgreSQL, Channel

T = TypeVar("T")

ATTEMPTS = 4
"""How often a unit of work is begun: PostgreSQL ends one of two that wait for each other, and connections break."""

_COMPANY = text("select set_config('ficha.company_id', :company, true)")


class Transactions:
    """The units of work of this process."""

    def __init__(
        self,
        engine: AsyncEngine,
        channel: Channel | None = None,
        disclosures: Disclosures | None = None,
        forget: Callable[[UUID], None] = lambda _: None,
    ) -> None:
        """`forget` is told of a company whose viewers are other ones than a moment ago."""
        self._engine = engine
        self._forget = forget
        self._disclosures = disclosures or Unbounded()
        self._channel = channel or ByPostgreSQL()
        self._line = Line(cast("QueuePool", engine.pool).size())

    async def run(
        self,
        viewer: Viewer,
        now: datetime.datetime,
        do: Callable[[UnitOfWork], Awaitable[T]],
        *,
        repeatable: bool = False,
    ) -> T:
        """Does it all, or nothing: what `do` returns was committed, unless it discarded the unit itself.

        It is begun anew after a deadlock and on a lost connection, as long as nothing was sent of the commit. Where the
        connection is lost while it commits, nobody knows what became of it: only what is `repeatable`, because it
        changes nothing or finds by its key that it was done, is begun anew; the other is OutcomeUnknown.
        Unavailable, Overloaded or TimedOut where PostgreSQL is: then nothing was done.
        """
        async with self._line:
            for attempt in range(1, ATTEMPTS + 1):
                committing = False
                try:
                    async with AsyncSession(self._engine, expire_on_commit=False) as session:
                        try:
                            await _enter(session, viewer)
                            work = UnitOfWork(session, viewer, now, disclosures=self._disclosures)
                            changed = written(session, viewer.company_id)
                            done = await do(work)
                            await work.flush()
                            news = list(changed.news()) if work.kept else []
                            if news:
                                await self._channel.announce(session, news)
                            if work.kept:
                                committing = True
                                await session.commit()
                        except DBAPIError as error:
                            if is_demoted(error):
                                await session.invalidate()
                            raise
                    if work.company_changed and work.kept:
                        self._forget(viewer.company_id)
                    await self._channel.committed(news)
                    return done
                except asyncio.CancelledError as error:
                    if committing and not repeatable:
                        raise OutcomeUnknown from error
                    raise
                except (DBAPIError, NoConnectionInTime, psycopg.Error) as error:
                    _judge(error, last=attempt == ATTEMPTS, unknown=committing and not repeatable)
                # The other one is given time to finish, and PostgreSQL to come back.
                await asyncio.sleep(random.uniform(0, 0.05) * attempt)  # noqa: S311  no secret
            raise AssertionError("the last attempt returns or raises")


async def _enter(session: AsyncSession, viewer: Viewer) -> None:
    """Takes a connection, and goes behind the company's wall."""
    try:
        await session.execute(_COMPANY, {"company": str(viewer.company_id)})
    except InvalidRequestError as error:
        # SQLAlchemy's pool gives up after two connections that broke at rest.
        raise psycopg.OperationalError("the connections of the pool are gone") from error


def _judge(error: Exception, *, last: bool, unknown: bool) -> None:
    """Raises what became of a unit of work, unless it can be begun anew."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, psycopg.DataError):
        # Every value comes from the request: one is out of its type's range.
        raise BadInput("BAD_VALUE", "Un valor está fuera de rango.") from error
    if unknown and is_lost(error):
        raise OutcomeUnknown from error
    again = isinstance(cause, psycopg.errors.DeadlockDetected) or is_demoted(error) or is_lost(error)
    if again and not last and not isinstance(cause, Silent):
        return
    raise fault_of(error) or error
