"""That rows and objects of the store agree, both ways: every file has its bytes, every object its row."""

import asyncio
import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import psycopg

from domain.document_upload import keys
from domain.sweep import GRACE
from errors import CommandRefused
from server.checks.rule import FIRST, listed
from storage.keys import company_prefix, thumbnail_key, trash_key, trash_prefix
from storage.object_store import ObjectStore, StorageError, StoredObject

Connection = psycopg.Connection[Any]

_COMPANIES = "select id, name from company order by name, id"
_DOCUMENTS = "select id, object_key, size, sha256 from document where company_id = %s order by id"
_UPLOADS = "select id, size from document_upload where company_id = %s"


@dataclass(frozen=True, slots=True)
class _File:
    id: UUID
    key: str
    size: int
    sha256: str


def object_findings(connection: Connection, store: ObjectStore | None, *, contents: bool = False) -> Iterator[str]:
    """One line for each company and fault: how many objects, and the first of them. With `contents` each file is read
    and compared with its SHA-256. Nothing without a store; CommandRefused where it does not answer."""
    if store is None:
        return
    for company, name in connection.execute(_COMPANIES).fetchall():
        try:
            yield from _of_company(connection, store, company, f"{name} (com_{company})", contents=contents)
        except StorageError as error:
            raise CommandRefused(f"the object store does not answer: {error}") from None


def _of_company(
    connection: Connection, store: ObjectStore, company: UUID, name: str, *, contents: bool
) -> Iterator[str]:
    # Before the rows are read: an object that is here belongs to a row, or to none.
    objects = {each.key: each for each in _objects(store, company_prefix(company))}
    files = [_File(*row) for row in connection.execute(_DOCUMENTS, [company]).fetchall()]
    missing = [file for file in files if file.key not in objects]
    if missing:
        # A document may have come after the listing.
        objects |= {each.key: each for each in _objects(store, company_prefix(company))}
        missing = [file for file in missing if file.key not in objects]
    trashed = {each.key for each in _objects(store, trash_prefix(company))} if missing else set[str]()
    back = [file for file in missing if trash_key(file.key) in trashed]
    lost = [file for file in missing if file not in back]
    yield from _line(name, "files have no object", lost, "Bring the objects back from the store's backup.")
    yield from _line(name, "files have their object in the trash", back, "`ficha sweep` puts it back.")
    there = [file for file in files if file.key in objects]
    short = [file for file in there if objects[file.key].size != file.size]
    yield from _line(
        name, "objects have another size than their file", short, "Bring them back from the store's backup."
    )
    if contents:
        other = [file for file in there if file not in short and _digest(store, file) != file.sha256]
        yield from _line(
            name, "objects have other bytes than their file", other, "Bring them back from the store's backup."
        )
    uploads = connection.execute(_UPLOADS, [company]).fetchall()
    strays = _strays(objects, company, files, uploads)
    if strays:
        first = listed(strays[:FIRST], len(strays))
        yield f"{name}: {len(strays)} objects belong to no row: {first}. `ficha sweep` puts them into the trash."


def _strays(
    objects: Mapping[str, StoredObject], company: UUID, files: Sequence[_File], uploads: Sequence[tuple[UUID, int]]
) -> Sequence[str]:
    """The keys that belong to no row, and are older than any upload that might yet claim them."""
    claimed = {file.key for file in files} | {thumbnail_key(company, file.id) for file in files}
    claimed |= {key for id, size in uploads for key in keys(company, id, size)}
    before = datetime.datetime.now(datetime.UTC) - GRACE
    return sorted(key for key, each in objects.items() if key not in claimed and each.modified_at < before)


def _line(name: str, says: str, files: Sequence[_File], mend: str) -> Iterator[str]:
    if files:
        first = listed([f"file_{file.id}" for file in files[:FIRST]], len(files))
        yield f"{name}: {len(files)} {says}: {first}. {mend}"


def _objects(store: ObjectStore, prefix: str) -> Sequence[StoredObject]:
    return asyncio.run(store.list_objects(prefix))


def _digest(store: ObjectStore, file: _File) -> str:
    return asyncio.run(store.copy_into(file.key, _Nowhere(), file.size))


class _Nowhere(BytesIO):
    """Takes bytes and holds none: only their hash is of use."""

    def write(self, content: Any) -> int:
        return len(content)
