"""Uploads: announced, sent to the object store by the client, completed when what arrived is what was announced.

    prepare   a row says what will come; the client gets forms to send it in, part by part, and a PUT of the whole
    receive   outside any transaction: what was sent is joined under the key of a new document, read back and judged
    complete  the document's row is written, which is what makes the object one

The keys that it was sent to stay open to their sender until the upload expires, so no document is ever read from there.
Size, SHA-256 and type of a document are those of the bytes that were read back; what the sender said of them is only
compared. Whatever a crash leaves, the sweep finds: see `domain.sweep` and docs/documents.md.
"""

import datetime
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from sqlalchemy import select

from domain import document as documents
from domain import tax_certificate
from domain.fields import Field, fields_of, line
from domain.history import snapshot
from domain.inputs import Added, Input, Maybe, OnClient, OnRecord, known
from domain.object_store import reaching_store
from domain.policy import NOT_FOUND, ClientAction
from domain.problem import FILE_TOO_LARGE, Problem, Rejected, error, reject, warning
from domain.wording import size_text
from domain.work import UnitOfWork
from models import Client, Document, DocumentUpload
from models.document import DocumentKind
from models.history import Change
from models.ids import uuid7
from models.viewer import Permission
from storage.content_type import ACCEPTED, CSV, PDF, REFUSED, TEXT, ContentRefused, agrees, detect, known_type
from storage.file_name import with_extension
from storage.keys import WHOLE, document_key, upload_key, upload_prefix
from storage.object_store import ObjectNotFoundError, ObjectStore
from storage.reading import Readers

FILE_TYPE_REFUSED: Final = error(
    "No se aceptan archivos de este tipo, o el archivo está dañado.",
    "Files of this type are not accepted, or the file is damaged.",
)
FILE_TYPE_DIFFERS: Final = error(
    "Se anunció {declared}, pero el archivo es {detected}.",
    "It was announced as {declared}, but the file is {detected}.",
)
FILE_EMPTY: Final = error("El archivo está vacío.", "The file is empty.")
FILE_MISSING: Final = error("El archivo no ha llegado al almacén.", "The file has not arrived in the store.")
FILE_DIFFERS: Final = error(
    "El archivo que llegó no es el anunciado: su tamaño o su SHA-256 no coincide.",
    "The uploaded file is not the announced one: its size or its SHA-256 differs.",
)
FILE_ALREADY_THERE: Final = warning(
    "El mismo archivo ya está en el expediente: «{name}».", "The same file is already on record: “{name}”."
)
SHA256_FORMAT: Final = error("El SHA-256 son 64 dígitos hexadecimales.", "A SHA-256 is 64 hexadecimal digits.")
UPLOAD_EXPIRED: Final = error(
    "Venció el plazo para subir el archivo: empiece de nuevo.", "The time to upload the file has run out: start again."
)


log = logging.getLogger("ficha.documents")

LIFE: Final = datetime.timedelta(hours=1)
"""How long the bytes of an upload can be sent and the upload be completed."""

PART: Final = 8 << 20
"""Bytes of each part but the last. A store joins no parts below 5 MiB."""


def _sha256(text: str) -> str:
    digest = text.strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", digest):
        raise reject(SHA256_FORMAT)
    return digest


def _declared(text: str) -> str:
    declared = line(255)(text)
    if declared.partition(";")[0].strip().lower() in REFUSED:
        raise Rejected(Problem(FILE_TYPE_REFUSED, allowed=tuple(ACCEPTED)))
    return declared


def _size(size: int) -> int:
    if size < 1:
        raise reject(FILE_EMPTY)
    return size


FIELDS = fields_of(
    DocumentUpload,
    but=["replaces_id", "created_by_id", "expires_at", "document_id"],
    **documents.RULES,
    content_type=Field(_declared),
    size=Field(_size),
    sha256=Field(_sha256),
)


class PrepareUpload(OnClient):
    """A file to come, which may have `largest` bytes; `replaces_id` is the document that it is a new file of."""

    replaces_id: Maybe[UUID]
    largest: Added[int]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the file: its number from 1, where it begins, and how many bytes it has."""

    number: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Received:
    """A file under the key of a document that has no row yet."""

    document_id: UUID
    content_type: str
    sha256: str
    reading: tax_certificate.Reading | None


class CompleteUpload(Input):
    """The upload, and the file that arrived: there is none where the upload was completed before."""

    upload_id: UUID
    received: Added[Received]


def parts(size: int) -> Sequence[Part]:
    """How a file of so many bytes is sent."""
    starts = range(0, size, PART)
    return [Part(number, start, min(PART, size - start)) for number, start in enumerate(starts, start=1)]


def keys(company_id: UUID, upload_id: UUID, size: int) -> Sequence[str]:
    """Where an upload arrives: the whole file, or its parts."""
    whole, in_parts = _ways(company_id, upload_id, size)
    return [*whole, *in_parts]


def _ways(company_id: UUID, upload_id: UUID, size: int) -> tuple[Sequence[str], Sequence[str]]:
    numbers = [part.number for part in parts(size)]
    return [upload_key(company_id, upload_id, WHOLE)], [upload_key(company_id, upload_id, each) for each in numbers]


async def prepare(work: UnitOfWork, input: PrepareUpload) -> DocumentUpload:
    """Announces a file."""
    client = await work.client(input.client_id, ClientAction.ATTACH_DOCUMENT)
    if input.replaces_id:
        input = input.with_defaults(**await _inherited(work, client, input.replaces_id))
    values = await work.read(FIELDS, input, creating=True)
    if values["size"] > input.largest:
        raise reject(FILE_TOO_LARGE, most=size_text(input.largest)).at("size")
    if values["sha256"]:
        await _warn_of_same(work, client, values["sha256"])
    upload = work.new(
        DocumentUpload,
        client_id=client.id,
        replaces_id=known(input.replaces_id),
        created_by_id=work.viewer.collaborator_id,
        created_at=work.now,
        expires_at=work.now + LIFE,
        **values,
    )
    return await work.add(upload)


async def _inherited(work: UnitOfWork, client: Client, replaces_id: UUID) -> dict[str, Any]:
    """What a new file of a document takes over from the one before."""
    try:
        owner, document = await documents.current(work, OnRecord(id=replaces_id))
    except Rejected as rejected:
        raise _at_path("replaces_id", rejected) from None
    if owner.id != client.id:
        raise reject(NOT_FOUND).at("replaces_id")
    return snapshot(document, {name: documents.FIELDS[name] for name in ("kind", "description", "tags")})


async def _warn_of_same(work: UnitOfWork, client: Client, sha256: str) -> None:
    if not work.viewer.may(Permission.DOCUMENTS_READ):
        return  # the viewer may not know which files exist
    same = select(Document.name).where(
        Document.company_id == work.company_id,
        Document.client_id == client.id,
        Document.sha256 == sha256,
        Document.deleted_at.is_(None),
    )
    if name := await work.session.scalar(same.order_by(Document.id).limit(1)):
        work.warnings.append(Problem(FILE_ALREADY_THERE, ("sha256",), {"name": name}))


async def pending(work: UnitOfWork, input: CompleteUpload) -> DocumentUpload:
    """The upload that is named, to be completed by this viewer; one that already was has its `document_id`."""
    return (await _pending(work, input))[1]


async def _pending(work: UnitOfWork, input: CompleteUpload) -> tuple[Client, DocumentUpload]:
    work.viewer.demand(Permission.DOCUMENTS_WRITE)
    upload = await work.get(DocumentUpload, input.upload_id)
    if upload is None:
        raise reject(NOT_FOUND).at("upload_id")
    client = await work.client(upload.client_id, ClientAction.ATTACH_DOCUMENT, "upload_id")
    # The sweep may have been here in between; from now on it waits.
    upload = await work.get(DocumentUpload, input.upload_id, lock=True)
    if upload is None or (upload.document_id is None and work.now > upload.expires_at):
        raise reject(UPLOAD_EXPIRED).at("upload_id")
    return client, upload


async def receive(store: ObjectStore, readers: Readers, upload: DocumentUpload, document_id: UUID) -> Received:
    """Takes the upload's bytes under the key of a new document; `Rejected` unless they are what was announced.

    Their number is looked at before they are taken: not every store holds the sender of a PUT to it.
    """
    key = document_key(upload.company_id, document_id)
    with TemporaryFile() as opened:
        file = cast("BinaryIO", opened)
        try:
            with reaching_store():
                await store.join(await _arrived(store, upload), key)
                digest = await store.copy_into(key, file, upload.size)
        except ObjectNotFoundError:
            raise reject(FILE_MISSING) from None
        if file.tell() != upload.size or upload.sha256 not in (None, digest):
            raise reject(FILE_DIFFERS)
        file.flush()
        content_type = await _type_of(readers, file, upload)
        reading = None
        if upload.kind is DocumentKind.TAX_STATUS_CERTIFICATE and content_type == PDF:
            reading = await tax_certificate.read_certificate(readers, file, upload.company_id)
        return Received(document_id, content_type, digest, reading)


async def _arrived(store: ObjectStore, upload: DocumentUpload) -> Sequence[str]:
    """The keys under which the announced number of bytes has arrived, one way or the other."""
    sizes = {each.key: each.size for each in await store.list_objects(upload_prefix(upload.company_id, upload.id))}
    ways = [way for way in _ways(upload.company_id, upload.id, upload.size) if sizes.keys() >= set(way)]
    for way in ways:
        if sum(sizes[key] for key in way) == upload.size:
            return way
    raise reject(FILE_DIFFERS if ways else FILE_MISSING)


async def _type_of(readers: Readers, file: BinaryIO, upload: DocumentUpload) -> str:
    try:
        content_type = await detect(readers, file, upload.company_id)
    except ContentRefused as refused:
        log.info("upload %s is refused: %s", upload.id, refused)
        raise Rejected(Problem(FILE_TYPE_REFUSED, allowed=tuple(ACCEPTED))) from None
    declared = upload.content_type or ""
    # Only the name or the declared type can say that a text is CSV.
    if content_type == TEXT and (upload.name.lower().endswith(".csv") or known_type(declared) == CSV):
        content_type = CSV
    if not agrees(declared, content_type):
        raise reject(FILE_TYPE_DIFFERS, declared=known_type(declared), detected=content_type)
    return content_type


def new_document_id() -> UUID:
    """The id of the document that an upload may become; each attempt has its own, and with it its own object."""
    return uuid7()


async def complete(work: UnitOfWork, input: CompleteUpload) -> Document:
    """Makes a document of what was `received`. To complete an upload twice is to complete it once."""
    client, upload = await _pending(work, input)
    if upload.document_id is not None:
        document = await work.get(Document, upload.document_id)
        if document is None:
            raise reject(NOT_FOUND).at("upload_id")
        return document
    received = input.received
    name = with_extension(upload.name, received.content_type)
    document = work.new(
        Document,
        id=received.document_id,
        client_id=client.id,
        **snapshot(upload, documents.FIELDS) | {"name": name},
        content_type=received.content_type,
        size=upload.size,
        sha256=received.sha256,
        object_key=document_key(work.company_id, received.document_id),
        uploaded_by_id=work.viewer.collaborator_id,
        reading=received.reading,
    )
    await _warn_of_same(work, client, received.sha256)
    replaced = await _replaced(work, upload)
    if replaced:
        replaced.replaced_at = work.now
        work.touch(replaced)
        document.original_id, document.revision = replaced.series_id, replaced.revision + 1
    await work.add(document)
    upload.document_id = document.id
    change = Change.UPDATED if replaced else Change.CREATED
    documents.tell(work, client, document, change, list(_replacement(replaced, document)) if replaced else None)
    return document


async def _replaced(work: UnitOfWork, upload: DocumentUpload) -> Document | None:
    if upload.replaces_id is None:
        return None
    try:
        return (await documents.current(work, OnRecord(id=upload.replaces_id)))[1]
    except Rejected as rejected:
        # It was replaced or deleted during the upload.
        raise _at_path("upload_id", rejected) from None


def _at_path(path: str, rejected: Rejected) -> Rejected:
    """The same problems, with a document that this input names by another field."""
    return Rejected(*(replace(problem, path=(path,)) for problem in rejected.problems))


def _replacement(before: Document, after: Document) -> Iterator[dict[str, Any]]:
    """What the history says of a new file."""
    for name in ("revision", "name"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield {"field": name, "from": str(old), "to": str(new)}
