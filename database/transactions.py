"""Begins, commits and repeats transactions of SQLAlchemy's sessions, and announces what they committed."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast
from uuid import UUID

import psycopg
from sqlalchemy import QueuePool, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from database.channels import ByPostgreSQL, Channel
from database.faults import Silent, fault_of, is_demoted, is_lost
from database.line import Line
from errors import BadInput, OutcomeUnknown

T = TypeVar("T")

ATTEMPTS = 4
"""How often a transaction is begun: PostgreSQL ends one of two that wait for each other, and connections break."""

_COMPANY = text(
    "select set_config('ficha.company_id', :company, true), set_config('ficha.collaborator_id', :collaborator, true)"
)


@dataclass(slots=True)
class Transaction:
    """An open transaction of one company: whether to commit it, and the news to announce then."""

    session: AsyncSession
    keep: bool = True
    news: Sequence[str] = ()


class Transactions:
    """The transactions of this process, as many at once as the engine has connections."""

    def __init__(self, engine: AsyncEngine, channel: Channel | None = None) -> None:
        self._engine = engine
        self._channel = channel or ByPostgreSQL()
        self._line = Line(cast("QueuePool", engine.pool).size())

    async def run(
        self,
        company_id: UUID,
        do: Callable[[Transaction], Awaitable[T]],
        *,
        collaborator_id: UUID | None = None,
        repeatable: bool = False,
    ) -> T:
        """What `do` returns: what it wrote was committed, unless it set `keep` to False. PostgreSQL knows the
        collaborator who acts, for what takes an administrator.

        It is begun anew after a deadlock and on a lost connection, as long as nothing was sent of the commit. Where the
        connection is lost while it commits, nobody knows what became of it: only what is `repeatable`, because it
        changes nothing or finds by its key that it was done, is begun anew; the other is OutcomeUnknown.
        Unavailable, Overloaded or TimedOut where PostgreSQL is: then nothing was done. BadInput for a value that is out
        of its type's range.
        """
        async with self._line:
            for attempt in range(1, ATTEMPTS + 1):
                committing = False
                try:
                    async with AsyncSession(self._engine, expire_on_commit=False) as session:
                        try:
                            await _enter(session, company_id, collaborator_id)
                            transaction = Transaction(session)
                            done = await do(transaction)
                            if transaction.news:
                                await self._channel.announce(session, transaction.news)
                            if transaction.keep:
                                committing = True
                                await session.commit()
                        except DBAPIError as error:
                            if is_demoted(error):
                                await session.invalidate()
                            raise
                    await self._channel.committed(transaction.news)
                    return done
                except asyncio.CancelledError as error:
                    if committing and not repeatable:
                        raise OutcomeUnknown from error
                    raise
                except (DBAPIError, NoConnectionInTime, psycopg.Error) as error:
                    _judge(error, last=attempt == ATTEMPTS, unknown=committing and not repeatable)
                # Leaves the other transaction time to finish, and PostgreSQL to come back.
                await asyncio.sleep(random.uniform(0, 0.05) * attempt)  # noqa: S311  no secret
            raise AssertionError("the last attempt returns or raises")


async def _enter(session: AsyncSession, company_id: UUID, collaborator_id: UUID | None) -> None:
    """Takes a connection, and goes behind the company's wall."""
    try:
        await session.execute(_COMPANY, {"company": str(company_id), "collaborator": str(collaborator_id or "")})
    except InvalidRequestError as error:
        # SQLAlchemy's pool gives up after two connections that broke at rest.
        raise psycopg.OperationalError("the connections of the pool are gone") from error


def _judge(error: Exception, *, last: bool, unknown: bool) -> None:
    """Raises the outcome of a failed transaction, unless it can be repeated."""
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
