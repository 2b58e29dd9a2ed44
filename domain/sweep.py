"""The sweep: what was left half done is brought to one end or the other, so that rows and objects agree.

    upload that expired            its objects are removed, then its row
    request that acted once        its `Idempotency-Key` is forgotten, a day later
    document deleted long ago      its row is deleted and that committed, then its object and its thumbnail removed
    object without a row           put into the trash, once it is older than any upload that might yet claim it
    object in the trash            removed after `TRASH_RETENTION`; put back where a row has it
    row without an object          reported: nothing can bring the bytes back, and a person should know
    rows that count clients        added up, one for each kind and owner

Every step can be cut off anywhere and done again by anybody: two sweeps at once do no harm. Only objects under the
prefix of a company of this database are looked at.

That a row is not seen does not mean that it is not there: a pooler may have lost the company, a policy may have been
changed. So the rows are counted from both sides of the wall in the statement that reads them, and where the numbers
differ, nothing is taken for an object without a row. Nor where there are more of those than a company loses in an hour:
then a person looks, and says `ficha sweep --force`. See docs/adr/0033.
"""

import datetime
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence, Set
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from uuid import UUID

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Text,
    Uuid,
    any_,
    cast,
    delete,
    func,
    null,
    select,
    true,
    union_all,
    update,
)

from database.session import Session
from domain import document_upload, idempotency
from models import (
    Cancellation,
    ClientTally,
    Company,
    Document,
    DocumentUpload,
    IdempotencyKey,
    SalesDocument,
    Tombstone,
)
from models.client import ClientKind
from models.ids import uuid7
from storage.keys import company_prefix, ids_of, restored_key, thumbnail_key, trash_key, trash_prefix
from storage.object_store import ObjectStore

GRACE: Final = datetime.timedelta(days=1)
"""How long after its end an upload is still left alone, and an object that belongs to nothing."""

TRASH_RETENTION: Final = datetime.timedelta(days=30)
"""How long an object without a row can still be restored."""

LEAST_SHARE: Final = 100
LARGEST_SHARE: Final = 0.1
"""Of a company's objects, so many are put into the trash at once, or this share of them if it is more."""

MOST_NAMED: Final = 10
"""Documents without their object that are named one by one."""

PAGE: Final = 1_000
"""Objects, and rows, that are looked at together: as many as S3 lists in one answer. A company may have millions."""

_AT_ONCE: Final = 100

LEADING: Final[Sequence[tuple[type[Any], str]]] = ((SalesDocument, "xml_document_id"), (Cancellation, "acuse_id"))
"""What leads to a document and stays when that goes, with the column that then leads nowhere."""

Transaction = Callable[[], AbstractAsyncContextManager[Session]]
"""Begins a transaction within a company's wall and commits it where nothing was raised."""


@dataclass(slots=True)
class Swept:
    """What a sweep did: how many uploads, documents, objects and keys of requests went, how many objects were put back
    and how many removed from the trash; how many documents have lost their object, of these the first `MOST_NAMED`, and
    what it refused to do."""

    uploads: int = 0
    purged: int = 0
    orphans: int = 0
    forgotten: int = 0
    restored: int = 0
    emptied: int = 0
    missing: int = 0
    named: list[UUID] = field(default_factory=list[UUID])
    refused: list[str] = field(default_factory=list[str])

    def add(self, other: "Swept") -> None:
        """Counts another company's sweep in."""
        self.uploads += other.uploads
        self.purged += other.purged
        self.orphans += other.orphans
        self.forgotten += other.forgotten
        self.restored += other.restored
        self.emptied += other.emptied
        self.missing += other.missing
        self.named = [*self.named, *other.named][:MOST_NAMED]
        self.refused += other.refused


async def sweep(
    transaction: Transaction,
    store: ObjectStore,
    company_id: UUID,
    now: datetime.datetime,
    retention: datetime.timedelta,
    *,
    force: bool = False,
) -> Swept:
    """Sweeps up after one company. Documents deleted longer than `retention` ago go for good. With `force`, any number
    of objects without a row is put into the trash."""
    swept = Swept(forgotten=await _forget(transaction, company_id, now - idempotency.RETENTION))
    async for count in _expired(transaction, store, company_id, now - GRACE):
        swept.uploads += count
    async for count in _deleted(transaction, store, company_id, now, now - retention):
        swept.purged += count
    try:
        swept.add(await _compare(transaction, store, company_id, now, force=force))
    except NotAllSeen:
        swept.refused.append(
            f"company {company_id}: its rows are not all to be seen, so no object was taken for a stray one; look at"
            " the policies of the tables document and document_upload, and at the pooler's settings"
        )
    await add_up(transaction, company_id)
    return swept


async def _forget(transaction: Transaction, company_id: UUID, before: datetime.datetime) -> int:
    """Deletes expired idempotency keys. A repeated request deletes its own, but most are never repeated."""
    old = (IdempotencyKey.company_id == company_id) & (IdempotencyKey.created_at < before)
    forgotten = delete(IdempotencyKey).where(old).returning(IdempotencyKey.field).cte("forgotten")
    async with transaction() as session:
        return (await session.execute(select(func.count()).select_from(forgotten))).scalar_one()


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
            await store.remove(
                key for upload in uploads for key in document_upload.keys(company_id, upload.id, upload.size)
            )
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
            # Locked: one that is being restored at this instant stays.
            going = (
                select(Document.id, Document.object_key)
                .where(Document.company_id == company_id, Document.series_id.in_(chosen), Document.deleted_at < before)
                .with_for_update()
            )
            purged: Sequence[tuple[UUID, str]] = [(id, key) for id, key in await session.execute(going)]
            ids = [id for id, _ in purged]
            for model, column in LEADING:
                own = (model.company_id == company_id, getattr(model, column).in_(ids))
                await session.execute(update(model).where(*own).values({column: None}))
            await session.execute(delete(Document).where(Document.company_id == company_id, Document.id.in_(ids)))
            session.add_all(
                Tombstone(company_id=company_id, id=id, type=Document.__tablename__, erased_at=now) for id, _ in purged
            )
        # Now that nothing leads to them any more; if this fails, they are objects without a row.
        await store.remove(key for id, own in purged for key in (own, thumbnail_key(company_id, id)))
        yield len(purged)
        if len(chosen) < _AT_ONCE:
            return


async def _compare(
    transaction: Transaction, store: ObjectStore, company_id: UUID, now: datetime.datetime, *, force: bool
) -> Swept:
    """Puts objects without a row into the trash, puts back those that have one, and finds rows without an object."""
    strays = partial(_strays, transaction, store, company_id)
    swept, objects, number = Swept(), 0, 0
    async for listed, keys in strays(company_prefix(company_id), now - GRACE):
        objects += listed
        number += len(keys)
    async for absent in _without_object(transaction, store, company_id):
        trashed = await _stored(store, trash_prefix(company_id), set(map(trash_key, absent)))
        lost = [id for key, id in absent.items() if trash_key(key) not in trashed]
        swept.add(Swept(missing=len(lost), named=lost))
        for key in trashed:
            await _move(store, key, restored_key(key))
            swept.restored += 1
    async for _, keys in strays(trash_prefix(company_id), now - TRASH_RETENTION):
        await store.remove(keys)
        swept.emptied += len(keys)
    most = max(LEAST_SHARE, int(objects * LARGEST_SHARE))
    if number > most and not force:
        swept.refused.append(
            f"company {company_id}: {number} of {objects} objects belong to no row, more than the {most}"
            " that are put into the trash at once; if that is right, run ficha sweep --force"
        )
    elif number:
        async for _, keys in strays(company_prefix(company_id), now - GRACE):
            for key in keys:
                await _move(store, key, trash_key(key))
                swept.orphans += 1
    return swept


async def _move(store: ObjectStore, key: str, into: str) -> None:
    """Cut off in the middle, it is done again by the next sweep."""
    await store.join([key], into)
    await store.remove([key])


async def _strays(
    transaction: Transaction, store: ObjectStore, company_id: UUID, prefix: str, before: datetime.datetime
) -> AsyncIterator[tuple[int, Sequence[str]]]:
    """Of each page of a company's objects, or of its trash, how many there are, and the keys of those that were written
    before that instant and that no row claims where it would claim them. `NotAllSeen` as of `_claimed`."""
    after = ""
    while objects := await store.list_objects(prefix, after, PAGE):
        after = objects[-1].key
        # Read after the listing, so that a listed object with a row belongs to a document.
        claimed = await _claimed(transaction, company_id, {restored_key(each.key) for each in objects})
        old = (each.key for each in objects if each.modified_at < before)
        yield len(objects), [key for key in old if restored_key(key) not in claimed]


class NotAllSeen(Exception):
    """Rows of the company are hidden from whoever sweeps."""


async def _claimed(transaction: Transaction, company_id: UUID, keys: Collection[str]) -> Set[str]:
    """The keys that belong to a row, and perhaps others; `NotAllSeen` where one of the rows might be hidden.

    One statement, which sees one state of the database: the rows as the wall shows them, and beside them their number
    as the tables' owner counts it. Where nothing is to be seen and nothing is there, the company's own row must be.
    """
    ids = list({id for key in keys for id in ids_of(key)})
    document, upload = Document.__table__.c, DocumentUpload.__table__.c
    texts, uuids = cast(list(keys), ARRAY(Text)), cast(ids, ARRAY(Uuid))
    held = func.ficha_claims(company_id, texts, uuids).table_valued("documents", "uploads").alias("held")
    of_documents = select(document.id, document.object_key, cast(null(), BigInteger).label("size")).where(
        document.company_id == company_id, (document.object_key == any_(texts)) | (document.id == any_(uuids))
    )
    of_uploads = select(upload.id, cast(null(), Text), upload.size).where(
        upload.company_id == company_id, upload.id == any_(uuids)
    )
    rows = union_all(of_documents, of_uploads).subquery()
    own = select(func.count()).select_from(Company).where(Company.id == company_id).scalar_subquery()
    query = select(own, held.c.documents, held.c.uploads, rows).select_from(held.outerjoin(rows, true()))
    try:
        async with transaction() as session:
            result = (await session.execute(query)).all()
    except InsufficientPrivilege as error:  # PostgreSQL refuses to count for an owner to whom the wall applies as well
        raise NotAllSeen from error
    documents = [(id, key) for *_, id, key, _ in result if key is not None]
    uploads = [(id, size) for *_, id, key, size in result if id and key is None]
    [(seen, *held_there)] = {tuple(row[:3]) for row in result}
    if seen != 1 or held_there != [len(documents), len(uploads)]:
        raise NotAllSeen
    claimed = {key for id, size in uploads for key in document_upload.keys(company_id, id, size)}
    for id, key in documents:
        claimed |= {key, thumbnail_key(company_id, id)}
    return claimed


async def _without_object(
    transaction: Transaction, store: ObjectStore, company_id: UUID
) -> AsyncIterator[Mapping[str, UUID]]:
    """The documents whose object is not in the store, by its key, in pages."""
    mine, after = Document.company_id == company_id, ""
    by_key = select(Document.object_key, Document.id).where(mine).order_by(Document.object_key)

    async def read(narrower: ColumnElement[bool]) -> Mapping[str, UUID]:
        async with transaction() as session:
            return dict(await session.execute(by_key.where(narrower).limit(PAGE)))

    while page := await read(Document.object_key > after):
        after = max(page)
        absent = page.keys() - await _stored(store, company_prefix(company_id), page.keys())
        # Those that were not purged meanwhile, by another sweep.
        if absent and (there := await read(Document.object_key.in_(absent))):
            yield there


async def _stored(store: ObjectStore, prefix: str, keys: Set[str]) -> Set[str]:
    """Those of the keys, each of which begins with the prefix, that have an object."""
    stored, after, last = set[str](), min(keys)[:-1], max(keys)
    while after < last and (objects := await store.list_objects(prefix, after, PAGE)):
        stored |= keys & {each.key for each in objects}
        after = objects[-1].key
    return stored


async def add_up(transaction: Transaction, company_id: UUID) -> None:
    """Puts one row in the place of all that count the same clients. Two at once do not take the same rows."""
    same = (ClientTally.kind, ClientTally.owner_id)
    mine = ClientTally.company_id == company_id
    several = select(ClientTally.kind).where(mine).group_by(*same).having(func.count() > 1).limit(1)
    async with transaction() as session:
        if (await session.execute(several)).first():
            sums: Counter[tuple[ClientKind, UUID | None]] = Counter()
            for kind, owner_id, number in await session.execute(
                delete(ClientTally).where(mine).returning(*same, ClientTally.number)
            ):
                sums[kind, owner_id] += number
            session.add_all(
                ClientTally(company_id=company_id, id=uuid7(), kind=kind, owner_id=owner_id, number=number)
                for (kind, owner_id), number in sums.items()
                if number
            )
