"""The sweep beside a naive one, which holds everything at once: on random rows and objects, in pages of any size."""

import asyncio
import datetime
from collections.abc import Callable
from random import Random
from uuid import UUID

import pytest

from domain import document_upload
from domain import sweep as sweeping
from models import Document, DocumentUpload
from storage.keys import company_prefix, document_key, restored_key, thumbnail_key, trash_key, trash_prefix, upload_key
from tests.domain.test_sweep import DAY, Broom, broom
from tests.fixtures import Company

__all__ = ["broom"]
ODD = (
    "thumbnails/x", "uploads/x/1", "x", "z" * 32, "a b+c%20ñ", f"thumbnails/{'g' * 32}", f"{'_0' * 16}", "~",
    "deep/er/still",
)  # fmt: skip
DAYS = (0.5, 1.5, 31.5)
"""Objects are written now: when the sweep takes place they are new, strays, or too old for the trash."""


@pytest.mark.sampled(6)
@pytest.mark.parametrize("seed", range(60))
def test_it_does_what_a_naive_one_does(
    company: Callable[..., Company], broom: Broom, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    mine, random = company(), Random(seed)  # noqa: S311  # repeatable
    client, now = mine.client(), datetime.datetime.now(datetime.UTC)
    monkeypatch.setattr(sweeping, "PAGE", random.choice((1, 2, 3, 5, 1_000)))
    monkeypatch.setattr(sweeping, "LEAST_SHARE", random.choice((2, 100)))

    def some(*keys: str) -> set[str]:
        return {key for key in keys if random.random() < 0.5}

    documents, claimed = dict[str, UUID](), set[str]()
    objects = {company_prefix(mine.id) + each for each in ODD if random.random() < 0.3}
    for _ in range(random.randrange(8)):
        deleted = random.choice((None, now + 10 * DAY))  # not for as long as it is retained
        id = mine.add(Document, client_id=client, id=UUID(int=random.getrandbits(128)), deleted_at=deleted)
        documents[document_key(mine.id, id)] = id
        claimed |= {document_key(mine.id, id), thumbnail_key(mine.id, id)}
    for _ in range(random.randrange(4)):
        size, id = random.choice((1, 20 << 20)), UUID(int=random.getrandbits(128))
        mine.add(
            DocumentUpload, client_id=client, id=id, name="a", size=size, kind="OTHER", expires_at=now + 90 * DAY
        )  # fmt: skip
        claimed |= set(document_upload.keys(mine.id, id, size))
        objects |= some(upload_key(mine.id, id, 9))  # no part of it
    for _ in range(random.randrange(6)):
        id = UUID(int=random.getrandbits(128))
        objects |= some(document_key(mine.id, id), thumbnail_key(mine.id, id), upload_key(mine.id, id, 1))
    objects |= some(*sorted(claimed))
    trash = set(map(trash_key, some(*sorted(claimed | objects))))
    for key in (*objects, *trash):
        broom.put(key)

    days = random.choice(DAYS)
    strays = objects - claimed if days > 1 else set[str]()
    moved = strays if len(strays) <= max(sweeping.LEAST_SHARE, len(objects) // 10) else set[str]()
    back = {key for key in documents.keys() - objects if trash_key(key) in trash}
    lost = documents.keys() - objects - back
    gone = {key for key in trash if restored_key(key) not in claimed} if days > 31 else set[str]()

    done = broom.sweep(mine, days)
    assert (done.restored, done.missing, done.emptied, done.orphans) == tuple(map(len, (back, lost, gone, moved)))
    assert set(done.named) == {documents[key] for key in lost}
    assert len(done.refused) == (moved != strays)
    assert set(broom.keys(mine)) == objects - moved | back
    in_trash = asyncio.run(broom.store.list_objects(trash_prefix(mine.id)))
    assert {each.key for each in in_trash} == trash - set(map(trash_key, back)) - gone | set(map(trash_key, moved))
