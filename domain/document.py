"""Documents: a file's metadata can be edited; the file itself can be replaced by a newer one and deleted softly."""

from collections.abc import Sequence
from typing import Any

from domain import history
from domain.fields import Field, fields_of, line
from domain.inputs import OnRecord
from domain.policy import ClientAction, DocumentAction
from domain.problem import TOO_MANY, reject
from domain.text import limited, not_far_over
from domain.work import UnitOfWork
from models import Client, Document
from models.document import DocumentKind
from models.history import Change, HistoryEventKind
from storage.file_name import LONGEST, clean_filename, with_extension

MOST_TAGS = 20
TAG_LENGTH = 60


def file_name(text: str) -> str:
    """A file's name as it was uploaded, without path, control and format characters. Its extension follows the type
    of the file once that is known: see `storage.file_name`."""
    return limited(clean_filename(not_far_over(text, LONGEST)), LONGEST)


def tags(texts: Sequence[str]) -> list[str]:
    """Each once, in their order, without empty ones."""
    read = line(TAG_LENGTH)
    unique = [tag for tag in dict.fromkeys(read(text) for text in texts) if tag]
    if len(unique) > MOST_TAGS:
        raise reject(TOO_MANY, most=MOST_TAGS)
    return unique


RULES = {
    "kind": Field(default=DocumentKind.OTHER),
    "name": Field(file_name),
    "tags": Field(tags, default=[]),
}
"""The fields of a document and of its upload."""

FIELDS = fields_of(
    Document,
    but=[
        "content_type", "size", "sha256", "object_key", "uploaded_by_id", "original_id", "revision", "replaced_at",
        "reading", "thumbnail_width", "thumbnail_height", "thumbnail_size",
        "thumbnail_tried_at",
    ],
    **RULES,
)  # fmt: skip


async def update_document(work: UnitOfWork, input: OnRecord) -> Document:
    """Changes the file's metadata."""
    client, document = await current(work, input)
    values = await work.read(FIELDS, input)
    if "name" in values:
        values["name"] = with_extension(values["name"], document.content_type)
    label = values.get("name", document.name)
    await history.edit(work, client, document, FIELDS, values, HistoryEventKind.DOCUMENT_CHANGED, label)
    return document


async def delete_document(work: UnitOfWork, input: OnRecord) -> Document:
    """Deletes the document with all its files; it can be restored until the retention has passed."""
    client, document = await current(work, input)
    for file in await _series(work, document):
        file.deleted_at = work.now
        work.touch(file)
    tell(work, client, document, Change.DELETED)
    return document


async def restore_document(work: UnitOfWork, input: OnRecord) -> Document:
    """Brings a deleted document back with all its files."""
    client, document = await _permitted(work, input, DocumentAction.RESTORE)
    for file in await _series(work, document):
        file.deleted_at = None
        work.touch(file)
    tell(work, client, document, Change.RESTORED)
    return document


async def current(work: UnitOfWork, input: OnRecord) -> tuple[Client, Document]:
    """The document that is named, to be edited: neither deleted nor replaced."""
    return await _permitted(work, input, DocumentAction.EDIT)


def tell(
    work: UnitOfWork, client: Client, document: Document, change: Change, changes: list[dict[str, Any]] | None = None
) -> None:
    """Appends what was done to the history."""
    history.note(
        work, HistoryEventKind.DOCUMENT_CHANGED, client, change, document.name, changes, subject_id=document.id
    )


async def _permitted(work: UnitOfWork, input: OnRecord, action: DocumentAction) -> tuple[Client, Document]:
    return await work.part_for(Document, input, ClientAction.ATTACH_DOCUMENT, action)


async def _series(work: UnitOfWork, document: Document) -> Sequence[Document]:
    return (await work.session.scalars(work.of(Document, Document.series_id == document.series_id))).all()
