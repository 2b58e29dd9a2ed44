"""The sweep: each thing that a crash can leave is brought to an end, and nothing else is touched."""

import asyncio
import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from database.opening import open_pool
from database.transactions import transaction
from domain import sweep as sweeping
from domain.sweep import GRACE, Swept, sweep
from models import Client, Document, DocumentUpload, IdempotencyKey, Tombstone
from models.collaborator import Role
from models.ids import uuid7
from server.store import open_store
from server.sweep import sweep_all
from storage import StorageError
from storage.keys import company_prefix, document_key, thumbnail_key, trash_key, trash_prefix, upload_key
from storage.minio_store import MinioStore
from tests.fixtures import Company, Ficha, global_id
from tests.uploading import complete, prepare, send, upload
from tests.writing import rows

DAY = datetime.timedelta(days=1)
RETENTION = 30 * DAY


class Broom:
    """Sweeps up after one company, at an instant so many days from now, or from `start`."""

    def __init__(self, ficha: Ficha, store: MinioStore) -> None:
        self.ficha = ficha
        self.store = store

    def sweep(
        self, company: Company, days: float = 0, store: Any = None, start: datetime.datetime | None = None
    ) -> Swept:
        async def run() -> Swept:
            pool = open_pool(self.ficha.settings.database_url, 2)
            now = (start or datetime.datetime.now(datetime.UTC)) + days * DAY
            try:
                within = partial(transaction, pool, company.id)
                return await sweep(within, store or self.store, company.id, now, RETENTION)
            finally:
                await pool.close()

        return asyncio.run(run())

    def put(self, key: str) -> None:
        asyncio.run(self.store.put(key, b"hola", "text/plain"))

    def keys(self, company: Company) -> list[str]:
        return [each.key for each in asyncio.run(self.store.list_objects(company_prefix(company.id)))]


@contextmanager
def broom_of(ficha: Ficha) -> Iterator[Broom]:
    with open_store(ficha.settings) as store:
        yield Broom(ficha, store)


@pytest.fixture
def broom(live_server: Ficha) -> Iterator[Broom]:
    with broom_of(live_server) as broom:
        yield broom


def announce(company: Company, content: bytes = b"hola") -> Any:
    client = global_id(Client, company.client())
    return prepare(company, content, clientId=client)["documentUpload"]


def test_what_is_sound_is_left_alone(company: Any, broom: Broom, owner: Any) -> None:
    mine = company()
    client = global_id(Client, mine.client())
    upload(mine, b"hola", clientId=client)
    send(prepare(mine, b"dos", clientId=client)["documentUpload"], b"dos")
    before = broom.keys(mine)
    assert len(before) == 2
    assert broom.sweep(mine) == Swept()
    assert broom.keys(mine) == before
    assert len(rows(owner, mine, DocumentUpload, "id")) == 2


@pytest.mark.claims(
    "docs/documents.md",
    "| an upload a day after its end | its objects are removed, then its row |",
)
def test_an_upload_that_was_never_completed_goes_with_its_bytes(company: Any, broom: Broom, owner: Any) -> None:
    mine = company()
    send(announce(mine), b"hola")
    assert broom.sweep(mine, days=0.9) == Swept()
    assert broom.sweep(mine, days=1.1) == Swept(uploads=1)
    assert (broom.keys(mine), rows(owner, mine, DocumentUpload, "id")) == ([], [])


def test_a_completed_upload_goes_and_its_document_stays(company: Any, broom: Broom, owner: Any) -> None:
    mine = company()
    prepared = announce(mine)
    send(prepared, b"hola")
    complete(mine, prepared)
    send(prepared, b"hola")  # its sender may, until the form expires
    [key] = rows(owner, mine, Document, "object_key")
    assert len(broom.keys(mine)) == 2
    assert broom.sweep(mine, days=1.1) == Swept(uploads=1)
    assert broom.keys(mine) == [key]


@pytest.mark.claims(
    "docs/documents.md",
    "| an object that no row knows, a day old | it is moved to `trash/` in the bucket, and removed after 30 days |",
)
def test_an_object_that_no_row_knows_goes_when_it_is_old(company: Any, broom: Broom) -> None:
    mine = company()
    for key in (document_key(mine.id, uuid7()), upload_key(mine.id, uuid7(), 1)):
        broom.put(key)
    assert broom.sweep(mine, days=0.9) == Swept()
    assert broom.sweep(mine, days=1.1) == Swept(orphans=2)
    assert broom.keys(mine) == []


@pytest.mark.claims(
    "docs/documents.md",
    "Only objects under the prefix of one of the database's companies are touched.",
)
def test_another_company_is_not_swept(company: Any, broom: Broom) -> None:
    mine, other = company(), company()
    broom.put(document_key(other.id, UUID(int=7)))
    assert broom.sweep(mine, days=2) == Swept()
    assert broom.keys(other) == [document_key(other.id, UUID(int=7))]


@pytest.mark.claims(
    "docs/documents.md",
    "| a document whose object is not in the store | it is reported; the row stays |",
)
def test_a_document_without_its_object_is_reported(company: Any, broom: Broom, owner: Any) -> None:
    mine = company()
    upload(mine, b"hola", clientId=global_id(Client, mine.client()))
    [(id, key)] = rows(owner, mine, Document, "id", "object_key")
    asyncio.run(broom.store.remove([key]))
    assert broom.sweep(mine) == Swept(missing=1, named=[id])
    assert rows(owner, mine, Document, "id") == [id]


@pytest.mark.claims(
    "docs/documents.md",
    "It goes through a company's files 1,000 at a time, however many there are.",
)
@pytest.mark.parametrize("page", [1, 2, 3, 1_000])
def test_it_goes_through_everything_whatever_fits_into_a_page(
    company: Any, broom: Broom, owner: Any, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """Documents with and without their object, strays between them, thumbnails, uploads and the trash."""
    mine = company()
    client = global_id(Client, mine.client())
    for number in range(5):
        upload(mine, b"hola%d" % number, clientId=client)
    broom.sweep(mine, days=1.1)  # their uploads
    send(prepare(mine, b"en camino", clientId=client)["documentUpload"], b"en camino")
    first, second, third, fourth, fifth = sorted(rows(owner, mine, Document, "object_key", "id"))
    kept = thumbnail_key(mine.id, third[1])
    strays = {
        document_key(mine.id, UUID(int=0)), document_key(mine.id, UUID(int=2**128 - 1)),
        document_key(mine.id, UUID(int=third[1].int + 1)), thumbnail_key(mine.id, UUID(int=third[1].int + 1)),
        upload_key(mine.id, UUID(int=0), 1), f"{company_prefix(mine.id)}a/b/c", f"{company_prefix(mine.id)}{'z' * 32}",
    }  # fmt: skip
    for key in (kept, trash_key(second[0]), trash_key(fifth[0]), *strays):
        broom.put(key)
    asyncio.run(broom.store.remove([first[0], second[0], fourth[0], fifth[0]]))
    assert sweeping.PAGE == 1_000
    monkeypatch.setattr(sweeping, "PAGE", page)
    there = set(broom.keys(mine))
    done = broom.sweep(mine, days=0.9)
    assert (done.missing, set(done.named), done.restored) == (2, {first[1], fourth[1]}, 2)
    assert (done.orphans, done.refused) == (0, [])
    assert set(broom.keys(mine)) == there | {second[0], fifth[0]}
    assert broom.sweep(mine, days=1.1) == Swept(
        uploads=1, orphans=len(strays), missing=2, named=sorted([first[1], fourth[1]])
    )
    assert set(broom.keys(mine)) == {second[0], third[0], fifth[0], kept}
    assert {each.key for each in asyncio.run(broom.store.list_objects(trash_prefix(mine.id)))} == set(
        map(trash_key, strays)
    )


DELETE = "mutation ($id: ID!) { deleteDocument(input: {id: $id}) { userErrors { code } } }"


@pytest.mark.claims(
    "docs/documents.md",
    "| a document deleted longer ago than the retention | its row is deleted, and after that is "
    "committed, its object and its thumbnail |",
    "After `FICHA_DOCUMENT_RETENTION_DAYS` they are purged for good.",
)
def test_a_deleted_document_is_purged_after_its_retention(company: Any, broom: Broom, owner: Any) -> None:
    mine = company()
    client = global_id(Client, mine.client())
    first = upload(mine, b"uno", clientId=client)["document"]
    second = upload(mine, b"dos", clientId=client, replacesId=first["id"])["document"]
    kept = upload(mine, b"tres", clientId=client)["document"]
    mine.ask(DELETE, id=second["id"])
    assert broom.sweep(mine, days=29) == Swept(uploads=3)
    ids = rows(owner, mine, Document, "id")
    assert broom.sweep(mine, days=31) == Swept(purged=2)
    [(id, key)] = rows(owner, mine, Document, "id", "object_key")
    assert global_id(Document, id) == kept["id"]
    assert broom.keys(mine) == [key]
    assert {(row[0], row[1]) for row in rows(owner, mine, Tombstone, "id", "type")} == {
        (gone, "document") for gone in ids if gone != id
    }


class Failing:
    """A store that lists and does not remove: as if the process ended between the commit and the removal."""

    def __init__(self, store: MinioStore) -> None:
        self.list_objects = store.list_objects

    async def remove(self, keys: Any) -> None:
        if list(keys):
            raise StorageError("cut off")


def test_a_purge_that_is_cut_off_is_finished_by_the_next(company: Any, broom: Broom, owner: Any) -> None:
    mine = company()
    document = upload(mine, b"hola", clientId=global_id(Client, mine.client()))["document"]
    mine.ask(DELETE, id=document["id"])
    broom.sweep(mine, days=2)
    with pytest.raises(StorageError):
        broom.sweep(mine, days=31, store=Failing(broom.store))
    # The row went first: nothing leads to an object that is not there.
    assert (rows(owner, mine, Document, "id"), len(broom.keys(mine))) == ([], 1)
    assert broom.sweep(mine, days=31) == Swept(orphans=1)
    assert broom.keys(mine) == []


def test_an_upload_whose_removal_is_cut_off_stays_known(company: Any, broom: Broom, owner: Any) -> None:
    mine = company()
    send(announce(mine), b"hola")
    with pytest.raises(StorageError):
        broom.sweep(mine, days=2, store=Failing(broom.store))
    assert len(rows(owner, mine, DocumentUpload, "id")) == 1
    assert broom.sweep(mine, days=2) == Swept(uploads=1)


@pytest.mark.claims(
    "docs/documents.md",
    "| the `Idempotency-Key` of a request, a day old | it is forgotten |",
)
@pytest.mark.claims(
    "docs/writing.md",
    "It is remembered for a day.",
)
def test_the_key_of_a_request_is_forgotten_after_a_day(company: Any, broom: Broom, owner: Any) -> None:
    mine, other = company(), company()
    now = datetime.datetime.now(datetime.UTC)
    for each in (mine, other):
        for key, hours in (("old", 25), ("new", 23)):
            mine_too = {"collaborator_id": each.people[Role.ADMIN], "field": "createClient", "digest": "0"}
            each.add(IdempotencyKey, key=key, created_at=now - datetime.timedelta(hours=hours), **mine_too)
    assert broom.sweep(mine) == Swept(forgotten=1)
    assert rows(owner, mine, IdempotencyKey, "key") == ["new"]
    assert sorted(rows(owner, other, IdempotencyKey, "key")) == ["new", "old"]


def test_the_key_of_a_request_is_kept_to_the_microsecond_for_which_it_counts(
    company: Any, broom: Broom, owner: Any
) -> None:
    mine = company()
    start = datetime.datetime.now(datetime.UTC)
    key = {"collaborator_id": mine.people[Role.ADMIN], "field": "createClient", "digest": "0", "key": "una-vez"}
    mine.add(IdempotencyKey, created_at=start, **key)
    assert broom.sweep(mine, days=1, start=start) == Swept()
    assert rows(owner, mine, IdempotencyKey, "key") == ["una-vez"]
    assert broom.sweep(mine, days=1, start=start + datetime.timedelta(microseconds=1)) == Swept(forgotten=1)
    assert rows(owner, mine, IdempotencyKey, "key") == []


def test_two_sweeps_at_once_do_no_harm(company: Any, broom: Broom, owner: Any) -> None:
    mine = company()
    client = global_id(Client, mine.client())
    for number in range(5):
        send(prepare(mine, b"hola%d" % number, clientId=client)["documentUpload"], b"hola%d" % number)
    kept = upload(mine, b"queda", clientId=client)["document"]

    async def both() -> None:
        pool = open_pool(mine.ficha.settings.database_url, 4)
        now = datetime.datetime.now(datetime.UTC) + GRACE + DAY
        within = partial(transaction, pool, mine.id)
        try:
            await asyncio.gather(*(sweep(within, broom.store, mine.id, now, RETENTION) for _ in range(2)))
        finally:
            await pool.close()

    asyncio.run(both())
    [(id, key)] = rows(owner, mine, Document, "id", "object_key")
    assert global_id(Document, id) == kept["id"]
    assert broom.keys(mine) == [key]


def test_every_company_is_swept(new_company: Any, broom: Broom) -> None:
    mine = new_company()
    [before] = [upload(mine, b"hola", clientId=global_id(Client, mine.client()))["document"]]

    async def run() -> Swept:
        pool = open_pool(mine.ficha.settings.database_url, 1)
        try:
            return await sweep_all(pool, broom.store, RETENTION)
        finally:
            await pool.close()

    asyncio.run(run())
    assert before["revision"] == 1
    assert len(broom.keys(mine)) == 1
