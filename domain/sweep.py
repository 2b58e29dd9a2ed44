"""The sweep: what was left half done is brought to one end or the other, so that rows and objects agree.

    upload that expired            its objects are removed, then its row
    request that acted once        its `Idempotency-Key` is forgotten, a day later
    document deleted long ago      its row is deleted and that committed, then its object removed
    object without a row           removed, once it is older than any upload that might yet claim it
    row without an object          reported: nothing can bring the bytes back, and a person should know
    rows that count clients        added up, one for each kind and owner

Every step can be cut off anywhere and done again by anybody: two sweeps at once do no harm. Only objects under the
prefix of a company of this database are looked at.
"""

import datetime
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain import idempotency
from domain.document_upload import keys
from models import ClientTally, Document, DocumentUpload, IdempotencyKey, Tombstone
from storage.keys import company_prefix
from storage.object_store import ObjectStore

GRACE: Final = datetime.timedelta(days=1)
"""How long after its end an upload is still left alone, and an object that belongs to nothing."""

_AT_ONCE: Final = 100

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]
"""Begins a transaction within a company's wall and commits it where nothing was raised."""


@dataclass(slots=True)
class Swept:
    """What a sweep did: how many uploads, documents, objects and keys of requests went, and which documents have lost
    their object."""

    uploads: int = 0
    purged: int = 0
    orphans: int = 0
    forgotten: int = 0
    missing: list[UUID] = field(default_factory=list[UUID])

    def add(self, other: "Swept") -> None:
        """Counts another company's sweep in."""
        self.uploads += other.uploads
        self.purged += other.purged
        self.orphans += other.orphans
        self.forgotten += other.forgotten
        self.missing += other.missing


async def sweep(
    transaction: Transaction,
    store: ObjectStore,
    company_id: UUID,
    now: datetime.datetime,
    retention: datetime.timedelta,
) -> Swept:
    """Sweeps up after one company. Documents deleted longer than `retention` ago go for good."""
    swept = Swept(forgotten=await _forget(transaction, company_id, now - idempotency.KEPT))
    async for count in _expired(transaction, store, company_id, now - GRACE):
        swept.uploads += count
    async for count in _deleted(transaction, store, company_id, now, now - retention):
        swept.purged += count
    swept.orphans, swept.missing = await _compare(transaction, store, company_id, now)
    await add_up(transaction, company_id)
    return swept


async def _forget(transaction: Transaction, company_id: UUID, before: datetime.datetime) -> int:
    """Forgets the keys of requests. Whoever sends one again has it forgotten for themselves; most send none again."""
    old = (IdempotencyKey.company_id == company_id) & (IdempotencyKey.created_at < before)
    async with transaction() as session:
        return len((await session.scalars(delete(IdempotencyKey).where(old).returning(IdempotencyKey.field))).all())


async def _expired(
    transaction: Transaction, store: ObjectStore, company_id: UUID, before: datetime.datetime
) -> AsyncIterator[int]:
    """Removes uploads, completed ones too: of those the objects are copies by now."""
    old = (
        select(DocumentUpload)
        .where(DocumentUpload.company_id == company_id, DocumentUpload.expires_at < before)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    while True:
        async with transaction() as session:
            uploads = (await session.scalars(old)).all()
            # Objects first: while a row is there, they are found again.
            await store.remove(key for upload in uploads for key in keys(company_id, upload.id, upload.size))
            for upload in uploads:
                await session.delete(upload)
        yield len(uploads)
        if len(uploads) < _AT_ONCE:
            return


async def _deleted(
    transaction: Transaction,
    store: ObjectStore,
    company_id: UUID,
    now: datetime.datetime,
    before: datetime.datetime,
) -> AsyncIterator[int]:
    """Purges documents, whole series at once."""
    series = (
        select(Document.series_id)
        .where(Document.company_id == company_id, Document.deleted_at < before)
        .distinct()
        .limit(_AT_ONCE)
    )
    while True:
        async with transaction() as session:
            chosen = (await session.scalars(series)).all()
            rows = await session.execute(
                delete(Document)
                .where(
                    Document.company_id == company_id,
                    Document.series_id.in_(chosen),
                    # One that is being restored at this instant stays.
                    Document.deleted_at < before,
                )
                .returning(Document.id, Document.object_key)
            )
            purged: Sequence[tuple[UUID, str]] = [(id, key) for id, key in rows]
            session.add_all(
                Tombstone(company_id=company_id, id=id, type=Document.__tablename__, erased_at=now) for id, _ in purged
            )
        # Now that nothing leads to them any more; if this fails, they are objects without a row.
        await store.remove(key for _, key in purged)
        yield len(purged)
        if len(chosen) < _AT_ONCE:
            return


async def _compare(
    transaction: Transaction, store: ObjectStore, company_id: UUID, now: datetime.datetime
) -> tuple[int, list[UUID]]:
    """Removes objects without a row, and finds rows without an object."""
    objects = await store.list_objects(company_prefix(company_id))
    stored = {each.key for each in objects}
    # Read after the listing: whatever was there then and has a row by now is a document's.
    async with transaction() as session:
        rows = await session.execute(
            select(Document.id, Document.object_key, Document.created_at).where(Document.company_id == company_id)
        )
        documents = rows.all()
        uploads = await session.execute(
            select(DocumentUpload.id, DocumentUpload.size).where(DocumentUpload.company_id == company_id)
        )
        claimed = {key for id, size in uploads for key in keys(company_id, id, size)}
    claimed |= {key for _, key, _ in documents}
    orphans = [each.key for each in objects if each.key not in claimed and each.modified_at < now - GRACE]
    await store.remove(orphans)
    missing: list[UUID] = []
    for id, key, created_at in documents:
        # A new one may have been written since the listing.
        recent = created_at > now - GRACE
        if key not in stored and not (recent and await store.list_objects(key)):
            missing.append(id)
    return len(orphans), missing


async def add_up(transaction: Transaction, company_id: UUID) -> None:
    """Puts one row in the place of all that count the same clients. Two at once do not take the same rows."""
    same = (ClientTally.kind, ClientTally.owner_id)
    mine = ClientTally.company_id == company_id
    several = select(ClientTally.kind).where(mine).group_by(*same).having(func.count() > 1).limit(1)
    taken = delete(ClientTally).where(mine).returning(*same, ClientTally.number).cte("taken")
    number = func.sum(taken.c.number)
    sums = (
        select(literal(company_id), taken.c.kind, taken.c.owner_id, number)
        .group_by(taken.c.kind, taken.c.owner_id)
        .having(number != 0)
    )
    async with transaction() as session:
        if (await session.execute(several)).first():
            await session.execute(insert(ClientTally).from_select(["company_id", "kind", "owner_id", "number"], sums))
