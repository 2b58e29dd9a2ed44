"""Uploads: the requests to send a file with, and what surrounds the commands that announce and complete it."""

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from strawberry import Info

from domain import document_upload
from domain.document_upload import CompleteUpload, PrepareUpload
from domain.problem import Rejected
from domain.work import UnitOfWork
from errors import FichaError, Retryable, TimedOut
from models import Document, DocumentUpload
from resolvers.context import Context, context
from storage.content_type import known_type
from storage.keys import WHOLE, document_key, upload_key
from storage.object_store import StorageError

ANY_TYPE: Final = "application/octet-stream"
"""What a file is sent as that was not announced as one of the accepted types."""


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Header:
    """A header of a request."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Put:
    """A request that the whole file is sent with."""

    url: str
    headers: Sequence[Header]


@dataclass(frozen=True, slots=True)
class Part:
    """A form that a part of the file is sent in."""

    number: int
    offset: int
    size: int
    url: str
    fields: Sequence[FormField]


def parts(root: Any, info: Info) -> list[Part]:
    """The forms, signed anew each time; none when the upload is completed or its time is over."""
    request = context(info)
    if not _is_open(root, request):
        return []

    def form(part: document_upload.Part) -> Part:
        key = upload_key(root.company_id, root.id, part.number)
        post = request.store.presign_post(key, size=part.size, expires_at=root.expires_at)
        fields = [FormField(name, value) for name, value in post.fields.items()]
        return Part(part.number, part.offset, part.size, post.url, fields)

    return [form(part) for part in document_upload.parts(root.size)]


def put(root: Any, info: Info) -> Put | None:
    """The request, signed anew each time; none when the upload is completed or its time is over."""
    request = context(info)
    if not _is_open(root, request):
        return None
    key = upload_key(root.company_id, root.id, WHOLE)
    put = request.store.presign_put(
        key, size=root.size, content_type=known_type(root.content_type or "") or ANY_TYPE, expires_at=root.expires_at
    )
    return Put(put.url, [Header(name, value) for name, value in put.headers.items()])


def _is_open(upload: Any, request: Context) -> bool:
    return upload.document_id is None and request.now <= upload.expires_at


@asynccontextmanager
async def preparing(context: Context, _: PrepareUpload) -> AsyncGenerator[Mapping[str, Any]]:
    """How large a file may be."""
    yield {"largest": context.store.largest}


@asynccontextmanager
async def completing(context: Context, input: CompleteUpload) -> AsyncGenerator[Mapping[str, Any]]:
    """The uploaded file, read and checked before the transaction that creates its document. If no document is
    created, its object is removed; otherwise what the sender could still overwrite is. If it is unknown
    whether the transaction was committed, both are left to the sweep.
    """
    upload: DocumentUpload = await context.transact(lambda work: document_upload.pending(work, input), repeatable=True)
    if upload.document_id is not None:
        yield {}
        return
    document_id = document_upload.new_document_id()
    try:
        yield await _received(context, input, upload, document_id)
    except FichaError:
        await _tidy(context, upload, document_id)
        raise
    await _tidy(context, upload, document_id)


async def _received(
    context: Context, input: CompleteUpload, upload: DocumentUpload, document_id: UUID
) -> Mapping[str, Any]:
    """The file that arrived; nothing if another request has completed the upload meanwhile and removed its parts."""
    try:
        return {"received": await document_upload.receive(context.store, context.readers, upload, document_id)}
    except Rejected:
        now = await context.transact(lambda work: document_upload.pending(work, input), repeatable=True)
        if now.document_id is None:
            raise
        return {}


async def _tidy(context: Context, upload: DocumentUpload, document_id: UUID) -> None:
    async def exists(work: UnitOfWork) -> bool:
        return await work.get(Document, document_id) is not None

    try:
        there = await context.transact(exists, repeatable=True)
    except (Retryable, TimedOut):
        return  # the sweep does it
    if there:
        context.draw_thumbnail(upload.company_id, document_id)
        copies = document_upload.keys(upload.company_id, upload.id, upload.size)
    else:
        copies = [document_key(upload.company_id, document_id)]
    with contextlib.suppress(StorageError):
        await context.store.remove(copies)
