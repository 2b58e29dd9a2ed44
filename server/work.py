"""Begins and ends the units of work: a transaction is committed here and nowhere else."""

import asyncio
import datetime
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.disclosures import Disclosures, Unbounded
from domain.work import UnitOfWork
from errors import BadInput
from models.viewer import Viewer
from server.changes import written
from server.channels import ByPostgreSQL, Channel

T = TypeVar("T")

ATTEMPTS = 4
"""How often a unit of work is begun that PostgreSQL ended because it and another waited for each other."""

_COMPANY = text("select set_config('ficha.company_id', :company, true)")


class Transactions:
    """The units of work of this process."""

    def __init__(
        self, engine: AsyncEngine, channel: Channel | None = None, disclosures: Disclosures | None = None
    ) -> None:
        self._engine = engine
        self._disclosures = disclosures or Unbounded()
        self._channel = channel or ByPostgreSQL()

    async def run(self, viewer: Viewer, now: datetime.datetime, do: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Does it all, or nothing: what `do` returns was committed, unless it discarded the unit itself."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with AsyncSession(self._engine, expire_on_commit=False) as session:
                    await session.execute(_COMPANY, {"company": str(viewer.company_id)})
                    work = UnitOfWork(session, viewer, now, disclosures=self._disclosures)
                    changed = written(session, viewer.company_id)
                    done = await do(work)
                    await work.flush()
                    if work.kept:
                        if news := list(changed.news()):
                            await self._channel.announce(session, news)
                        await session.commit()
                        await self._channel.committed(news)
                    return done
            except DBAPIError as error:
                if isinstance(error.orig, psycopg.DataError):
                    # Every value comes from the request: one is out of its type's range.
                    raise BadInput("BAD_VALUE", "Un valor está fuera de rango.") from error
                if not isinstance(error.orig, psycopg.errors.DeadlockDetected) or attempt == ATTEMPTS:
                    raise
            # The other one is given time to finish.
            await asyncio.sleep(random.uniform(0, 0.05) * attempt)  # noqa: S311  no secret
        raise AssertionError("the last attempt returns or raises")
