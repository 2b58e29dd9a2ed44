"""The XML of a CFDI, or of what the SAT says of one, as a file of the client: put into the object store before the
transaction that makes a document of it, and removed where none came of it."""

import contextlib
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from domain.object_store import reaching_store
from domain.work import UnitOfWork
from errors import FichaError, OutcomeUnknown, Retryable, TimedOut
from models import Client, Document
from models.document import DocumentKind
from models.ids import uuid7
from storage.keys import document_key
from storage.object_store import ObjectStore, StorageError

CONTENT_TYPE: Final = "application/xml"

Transact = Callable[[Callable[[UnitOfWork], Awaitable[Any]]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class StoredXml:
    """The XML in the object store, of which a document is made."""

    id: UUID
    key: str
    size: int
    sha256: str


@asynccontextmanager
async def stored(transact: Transact, store: ObjectStore, company_id: UUID, content: bytes) -> AsyncGenerator[StoredXml]:
    """Stores the XML before the transaction that makes a document of it, and removes it where none came of it."""
    id = uuid7()
    xml = StoredXml(id, document_key(company_id, id), len(content), hashlib.sha256(content).hexdigest())
    with reaching_store():
        await store.put(xml.key, content, CONTENT_TYPE)

    async def is_there(work: UnitOfWork) -> bool:
        return await work.get(Document, id) is not None

    try:
        yield xml
    except FichaError:
        with contextlib.suppress(StorageError):
            await store.remove([xml.key])
        raise
    # What cannot be told now is left to the sweep.
    with contextlib.suppress(StorageError, Retryable, TimedOut, OutcomeUnknown):
        if not await transact(is_there):
            await store.remove([xml.key])


async def keep_xml(work: UnitOfWork, client_id: UUID, kind: DocumentKind, name: str, xml: StoredXml) -> UUID:
    """The XML in the store becomes a document of the client. The document's id."""
    await work.add(
        work.new(
            Document,
            id=xml.id,
            client_id=client_id,
            kind=kind,
            name=name,
            content_type=CONTENT_TYPE,
            size=xml.size,
            sha256=xml.sha256,
            object_key=xml.key,
            tags=[],
            uploaded_by_id=work.viewer.collaborator_id,
        )
    )
    return xml.id


async def keep_cfdi(work: UnitOfWork, client: Client, uuid: UUID, xml: StoredXml) -> UUID:
    """The same of a CFDI, which is named after its fiscal folio."""
    return await keep_xml(work, client.id, DocumentKind.CFDI_XML, f"{str(uuid).upper()}.xml", xml)
