"""Begins, commits and repeats the transactions of sessions, and announces what they committed."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import psycopg

from database.channels import ByPostgreSQL, Channel
from database.faults import Silent, fault_of, is_demoted, is_lost
from database.positions import Position
from database.session import Session
from database.wire import PgConnection, Pool
from errors import BadInput, OutcomeUnknown

T = TypeVar("T")

ATTEMPTS = 4
"""How often a transaction is begun: PostgreSQL ends one of two that wait for each other, and connections break."""


@dataclass(slots=True)
class Transaction:
    """An open transaction of one company: whether to commit it, and the news to announce then."""

    connection: PgConnection
    session: Session
    keep: bool = True
    news: Sequence[str] = ()
    is_ending: bool = False
    """Whether its commit was sent."""
    is_over: bool = False
    """Whether PostgreSQL has confirmed that."""
    position: Position | None = None
    """Behind its commit, where that is looked for."""

    def locate(self, position: Position) -> None:
        """It was committed before that."""
        self.position = position


@contextlib.asynccontextmanager
async def transaction(pool: Pool, company_id: UUID | None = None) -> AsyncGenerator[Session]:
    """The session of a transaction within the company's wall, committed where the block raises nothing; it is not begun
    anew. Raises psycopg.Error, and what the pool raises."""
    async with pool.connection() as connection:
        session = Session(connection, connection.entering(company_id, None))
        try:
            yield session
            await session.end()
        except Exception:
            if not connection.closed:
                await session.rollback()
            raise
        except BaseException:
            connection.abandon()
            raise


class Transactions:
    """The transactions of this process, as many at once as the pool has connections."""

    def __init__(self, pool: Pool, channel: Channel | None = None, *, located: bool = False) -> None:
        """Where they are `located`, PostgreSQL says the position of each in the round trip of its commit."""
        self._pool = pool
        self._channel = channel or ByPostgreSQL()
        self._located = located

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
        for attempt in range(1, ATTEMPTS + 1):
            transaction: Transaction | None = None
            try:
                async with self._pool.connection() as connection:
                    session = Session(connection, connection.entering(company_id, collaborator_id))
                    transaction = Transaction(connection, session)
                    done = await self._do(transaction, do)
                    transaction.is_over = True
                await self._channel.committed(transaction.news)
                return done
            except asyncio.CancelledError as error:
                ending = transaction if transaction and transaction.is_ending and transaction.keep else None
                # The connection of one that is over may be somebody else's by now.
                if ending and not repeatable and (ending.is_over or not await _is_undone(ending.connection)):
                    raise OutcomeUnknown from error
                raise
            except psycopg.Error as error:
                ending = bool(transaction and transaction.is_ending and transaction.keep)
                _judge(error, last=attempt == ATTEMPTS, unknown=ending and not repeatable)
            # Leaves the other transaction time to finish, and PostgreSQL to come back.
            await asyncio.sleep(random.uniform(0, 0.05) * attempt)  # noqa: S311  no secret
        raise AssertionError("the last attempt returns or raises")

    async def _do(self, transaction: Transaction, do: Callable[[Transaction], Awaitable[T]]) -> T:
        """Does it, and ends the transaction."""
        connection, session = transaction.connection, transaction.session
        try:
            done = await do(transaction)
            if transaction.news:
                self._channel.announce(session.post, transaction.news)
            transaction.is_ending = True
            await session.end(keep=transaction.keep, locate=transaction.locate if self._located else None)
        except Exception:
            if not connection.closed:
                await session.rollback()
            raise
        except BaseException:
            connection.abandon()
            raise
        return done


async def _is_undone(connection: PgConnection) -> bool:
    """Whether PostgreSQL says that a commit which was cancelled did not happen."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.shield(connection.abandon())
    outcome = connection.outcome
    return bool(outcome) and all(result.command_status != b"COMMIT" for result in outcome)


def _judge(error: Exception, *, last: bool, unknown: bool) -> None:
    """Raises the outcome of a failed transaction, unless it can be repeated."""
    if isinstance(error, psycopg.DataError):
        # Every value comes from the request: one is out of its type's range.
        raise BadInput("BAD_VALUE", "Un valor está fuera de rango.") from error
    # Results come in order: whoever is told that the connection is ended before the commit's has not committed.
    if unknown and is_lost(error) and not isinstance(error, psycopg.errors.AdminShutdown):
        raise OutcomeUnknown from error
    again = isinstance(error, psycopg.errors.DeadlockDetected) or is_demoted(error) or is_lost(error)
    if again and not last and not isinstance(error, Silent):
        return
    raise fault_of(error) or error
