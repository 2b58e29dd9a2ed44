"""Begins and ends the units of work: each is a transaction, which is committed here and nowhere else."""

import datetime
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from database.channels import Channel
from database.positions import UNKNOWN, Positions
from database.transactions import Transaction, Transactions
from database.wire import Pool
from domain.changes import changes_of
from domain.disclosures import Disclosures, Unbounded
from domain.refusals import reading_refusals
from domain.work import UnitOfWork, utc_now
from errors import OutcomeUnknown
from models.viewer import Viewer

T = TypeVar("T")


class UnitsOfWork:
    """The units of work of this process."""

    def __init__(
        self,
        pool: Pool,
        channel: Channel | None = None,
        disclosures: Disclosures | None = None,
        forget: Callable[[UUID], None] = lambda _: None,
        clock: Callable[[], datetime.datetime] = utc_now,
        written: Positions | None = None,
    ) -> None:
        """`forget` is called with a company whose cached viewers are outdated; `clock` tells when a lock was got.
        `written` notes where viewers wrote."""
        self._transactions = Transactions(pool, channel, located=written is not None)
        self._written = written
        self._forget = forget
        self._disclosures = disclosures or Unbounded()
        self._clock = clock

    async def run(
        self,
        viewer: Viewer,
        now: datetime.datetime,
        do: Callable[[UnitOfWork], Awaitable[T]],
        *,
        repeatable: bool = False,
    ) -> T:
        """Runs `do` in one transaction, committed unless `do` discarded the unit of work. Subscribers are notified
        after the commit. Errors, and what `repeatable` is: `database.transactions.Transactions.run`."""

        done_in: Transaction | None = None

        async def within(transaction: Transaction) -> tuple[T, bool]:
            nonlocal done_in
            done_in, session = transaction, transaction.session
            work = UnitOfWork(session, viewer, now, self._clock, disclosures=self._disclosures)
            changes = changes_of(session, viewer.company_id)
            done = await do(work)
            work.flush()
            changes.add(work.changed)
            transaction.keep = not work.is_discarded
            transaction.news = () if work.is_discarded else list(changes.news())
            return done, work.company_changed and not work.is_discarded

        try:
            with reading_refusals():
                done, company_changed = await self._transactions.run(
                    viewer.company_id, within, collaborator_id=viewer.collaborator_id, repeatable=repeatable
                )
        except OutcomeUnknown:
            await self._note(viewer, done_in)
            raise
        if done_in and done_in.keep:
            await self._note(viewer, done_in)
        if company_changed:
            self._forget(viewer.company_id)
        return done

    async def _note(self, viewer: Viewer, transaction: Transaction | None) -> None:
        """The viewer has written, or may have."""
        if self._written:
            position = transaction and transaction.position
            await self._written.note(viewer.acting_id, position or UNKNOWN)
