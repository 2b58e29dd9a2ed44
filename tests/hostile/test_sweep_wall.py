"""The sweep where the wall between companies hides rows: what is not seen is not taken for what is not there."""

import asyncio
import datetime
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, select, text

from database.opening import open_pool, sqlalchemy_url
from database.session import Session
from database.transactions import transaction
from database.wire import Pool
from domain import sweep as sweeping
from domain.sweep import LEAST_SHARE, TRASH_RETENTION, Swept, sweep
from models import Client, Document, DocumentUpload
from models.ids import uuid7
from server.store import open_store
from server.sweep import sweep_all
from storage.keys import company_prefix, document_key, trash_prefix
from storage.minio_store import MinioStore
from tests.domain.test_sweep import DAY, RETENTION
from tests.fixtures import Company, global_id
from tests.uploading import prepare, send, upload

Transactions = Callable[[Pool, Any], Any]


class Bucket:
    """The company's objects and its sweep, two days from now, when everything is old enough."""

    def __init__(self, company: Company, store: MinioStore) -> None:
        self.company = company
        self.store = store

    def keys(self, prefix: Callable[[Any], str] = company_prefix) -> set[str]:
        return {each.key for each in asyncio.run(self.store.list_objects(prefix(self.company.id)))}

    @property
    def trash(self) -> set[str]:
        return {key.removeprefix("trash/") for key in self.keys(trash_prefix)}

    def put(self, number: int) -> set[str]:
        """Objects that belong to nothing."""
        made = {document_key(self.company.id, uuid7()) for _ in range(number)}

        async def put() -> None:
            await asyncio.gather(*(self.store.put(key, b"hola", "text/plain") for key in made))

        asyncio.run(put())
        return made

    def sweep(self, within: Transactions = transaction, *, days: float = 2, force: bool = False) -> Swept:
        async def run() -> Swept:
            pool = open_pool(self.company.ficha.settings.database_url, 2)
            now = datetime.datetime.now(datetime.UTC) + days * DAY
            try:
                at = partial(within, pool, self.company.id)
                return await sweep(at, self.store, self.company.id, now, RETENTION, force=force)
            finally:
                await pool.close()

        return asyncio.run(run())


@pytest.fixture
def bucket(new_company: Callable[..., Company]) -> Iterator[Bucket]:
    """A company with three documents, in a database of the test's own, whose policies it may break."""
    mine = new_company()
    client = global_id(Client, mine.client())
    with open_store(mine.ficha.settings) as store:
        for number in range(3):
            upload(mine, b"hola" * (number + 1), clientId=client)
        made = Bucket(mine, store)
        made.sweep()  # the uploads themselves
        assert len(made.keys()) == 3
        yield made


@contextmanager
def altered(company: Company, *statements: str) -> Iterator[None]:
    """Within, the tables' owner has changed the database."""
    engine = create_engine(sqlalchemy_url(company.ficha.settings.database_url), isolation_level="AUTOCOMMIT")
    with engine.connect() as owner:
        for statement in statements:
            owner.execute(text(statement))
    engine.dispose()
    yield


_OF_ANOTHER_SETTING = "company_id::text = current_setting('x.y', true)"
_NOBODY = "create or replace function ficha_company() returns uuid language sql stable as 'select null::uuid'"
BREAKS = {
    "a policy that shows nothing": "alter policy company on document using (false)",
    "a second, restrictive policy": "create policy less on document as restrictive to ficha_app using (false)",
    "a policy that hides some": "create policy less on document as restrictive for select using (size <> 8)",
    "no policy at all": "drop policy company on document",
    "a policy of another setting": f"alter policy company on document using ({_OF_ANOTHER_SETTING})",
    "another function": _NOBODY,
}


@pytest.mark.claims(
    "docs/documents.md",
    "An object is taken for one that no row knows only where the sweep has proved that it sees all of the"
    " company's rows, and at most a tenth of a company's objects at once, or 100 if that is more.",
)
@pytest.mark.parametrize("name", BREAKS)
def test_where_the_wall_hides_rows_nothing_is_removed(bucket: Bucket, name: str) -> None:
    stray = bucket.put(2)
    before = bucket.keys()
    with altered(bucket.company, BREAKS[name]):
        swept = bucket.sweep()
    assert (bucket.keys(), bucket.trash) == (before, set())
    assert (swept.orphans, len(swept.refused), swept.missing) == (0, 1, 0)
    assert bucket.sweep(force=True).orphans == 0
    assert stray <= before


def test_a_row_that_is_hidden_on_a_later_page_keeps_what_is_on_the_first(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "PAGE", 1)
    bucket.put(2)
    last = max(bucket.company.owner.execute(select(Document.object_key)).scalars().all())
    stray = document_key(bucket.company.id, UUID(int=0))
    asyncio.run(bucket.store.put(stray, b"hola", "text/plain"))
    before = bucket.keys()
    with altered(bucket.company, f"create policy less on document as restrictive using (object_key <> '{last}')"):
        swept = bucket.sweep()
    assert (bucket.keys(), bucket.trash, len(swept.refused)) == (before, set(), 1)
    with altered(bucket.company, "drop policy less on document"):
        assert bucket.sweep() == Swept(orphans=3)


@asynccontextmanager
async def losing(pool: Pool, _: Any) -> AsyncGenerator[Session]:
    """A transaction from which a pooler has taken the company."""
    async with transaction(pool) as session:
        yield session


@asynccontextmanager
async def of_another(pool: Pool, _: Any) -> AsyncGenerator[Session]:
    """A transaction that has got the company of somebody else's."""
    async with transaction(pool, uuid7()) as session:
        yield session


@pytest.mark.parametrize("within", [losing, of_another])
def test_where_the_setting_is_lost_nothing_is_removed(bucket: Bucket, within: Transactions) -> None:
    bucket.put(2)
    before = bucket.keys()
    swept = bucket.sweep(within)
    assert (bucket.keys(), swept.orphans, len(swept.refused)) == (before, 0, 1)
    assert bucket.sweep().orphans == 2


def test_an_upload_that_is_hidden_keeps_its_parts(bucket: Bucket) -> None:
    client = global_id(Client, bucket.company.client())
    send(prepare(bucket.company, b"en camino", clientId=client)["documentUpload"], b"en camino")
    before = bucket.keys()
    assert len(before) == 4
    with altered(bucket.company, "alter policy company on document_upload using (false)"):
        assert bucket.sweep().refused
    assert bucket.keys() == before


def test_an_empty_company_without_its_setting_is_not_taken_for_an_empty_one(
    new_company: Callable[..., Company],
) -> None:
    mine = new_company()
    with open_store(mine.ficha.settings) as store:
        bucket = Bucket(mine, store)
        stray = bucket.put(2)
        assert bucket.sweep(losing).refused
        assert bucket.keys() == stray
        # With it, what no document has any more does go: into the trash, and in the end altogether.
        assert bucket.sweep() == Swept(orphans=2)
        assert (bucket.keys(), bucket.trash) == (set(), stray)
        later = TRASH_RETENTION / DAY
        assert bucket.sweep(days=later - 1) == Swept()
        assert bucket.sweep(days=later + 1) == Swept(emptied=2)
        assert bucket.trash == set()


@pytest.mark.claims(
    "docs/documents.md",
    "Otherwise nothing of it is done, and the log says why: where a policy hides rows or a pooler loses "
    "the company, put that right; where so many objects really are stray, `ficha sweep --force` moves "
    "them.",
)
def test_more_than_a_share_waits_for_a_person(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "LEAST_SHARE", 4)
    stray = bucket.put(5)
    before = bucket.keys()
    swept = bucket.sweep()
    assert (swept.orphans, len(swept.refused), bucket.keys()) == (0, 1, before)
    assert "5 of 8 objects" in swept.refused[0]
    assert bucket.sweep(force=True) == Swept(orphans=5)
    assert bucket.trash == stray
    assert LEAST_SHARE == 100


@pytest.mark.claims(
    "docs/documents.md",
    "| a document whose object is in the trash | the object is put back |",
)
def test_what_a_row_has_after_all_is_put_back(bucket: Bucket) -> None:
    """A database that was brought back from a copy, or a row that was hidden from the owner too."""
    company = bucket.company
    [row, *_] = company.owner.execute(select(Document.__table__)).mappings().all()
    key = row["object_key"]
    company.owner.execute(DocumentUpload.__table__.delete())
    company.owner.execute(Document.__table__.delete().where(Document.id == row["id"]))
    assert bucket.sweep() == Swept(orphans=1)
    assert bucket.trash == {key}
    values = {name: value for name, value in row.items() if name not in ("series_id", "search_text")}
    company.owner.execute(Document.__table__.insert().values(**values))
    before = asyncio.run(bucket.store.get(f"trash/{key}"))
    assert bucket.sweep(days=400) == Swept(restored=1)
    assert (bucket.trash, len(bucket.keys())) == (set(), 3)
    assert asyncio.run(bucket.store.get(key)) == before


def test_one_company_that_is_refused_does_not_keep_the_others_from_it(new_company: Callable[..., Company]) -> None:
    broken, sound = new_company(), new_company()
    upload(broken, b"hola", clientId=global_id(Client, broken.client()))
    wall = f"create policy less on document as restrictive using (company_id <> '{broken.id}')"
    with altered(broken, wall), open_store(sound.ficha.settings) as store:

        async def run() -> Swept:
            pool = open_pool(sound.ficha.settings.database_url, 1)
            try:
                return await sweep_all(pool, store, RETENTION)
            finally:
                await pool.close()

        swept = asyncio.run(run())
        assert [str(broken.id) in refusal for refusal in swept.refused] == [True]
        assert len(Bucket(broken, store).keys()) == 1


def test_where_the_wall_is_around_the_owner_too_nothing_is_removed(bucket: Bucket) -> None:
    """A number that is too small would prove what is not so: PostgreSQL refuses it (`row_security = off`)."""
    url = bucket.company.ficha.settings.database_url
    with altered(
        bucket.company,
        "alter table document force row level security",
        "alter policy company on document using (false)",
    ):
        engine = create_engine(sqlalchemy_url(url), isolation_level="AUTOCOMMIT")
        with engine.connect() as admin:
            admin.execute(text("drop role if exists walled_owner"))
            admin.execute(text("create role walled_owner nobypassrls"))
            admin.execute(text("grant select on document, document_upload to walled_owner"))
            admin.execute(text("grant create on schema public to walled_owner"))
            admin.execute(text("alter function ficha_claims owner to walled_owner"))
        try:
            before = bucket.keys()
            assert bucket.sweep().refused
            assert bucket.keys() == before
        finally:
            with engine.connect() as admin:
                admin.execute(text("drop owned by walled_owner cascade"))
                admin.execute(text("drop role walled_owner"))
            engine.dispose()
