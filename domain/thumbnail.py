"""Thumbnails: small pictures of documents, drawn after the upload, when nobody waits for them.

    document of a type that can be drawn    `thumbnail_tried_at` is null
    its thumbnail was drawn                 the picture is in the store, its width and height in the row
    it cannot be drawn                      `thumbnail_tried_at` alone: encrypted, beyond the reader's limits, or not in
                                            the store

Each step can be cut off and done again by anybody: the picture is stored before the row tells of it, under a key that
belongs to the document as long as its row is there.
"""

import base64
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from sqlalchemy import func, select, text, update

from database.transactions import Transaction, Transactions
from domain.changes import Changes
from models import Document
from models.document import UNDRAWN
from storage.content_type import WEBP
from storage.keys import thumbnail_key
from storage.object_store import ObjectNotFoundError, ObjectStore
from storage.reading import Reader, Readers, UnreadableError

log = logging.getLogger("ficha.thumbnails")

READER: Final = Reader("storage.thumbnail:read_thumbnail", most_bytes=1 << 19)

_due: Final = text(UNDRAWN)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What thumbnails are drawn with."""

    transactions: Transactions
    store: ObjectStore
    readers: Readers


async def undrawn(drawing: Drawing, company_id: UUID, after: UUID, most: int) -> Sequence[UUID]:
    """The company's documents whose thumbnail is still to be drawn, by id."""
    query = select(Document.id).where(Document.company_id == company_id, Document.id > after, _due)

    async def read(transaction: Transaction) -> Sequence[UUID]:
        return (await transaction.session.scalars(query.order_by(Document.id).limit(most))).all()

    return await drawing.transactions.run(company_id, read, repeatable=True)


async def draw(drawing: Drawing, company_id: UUID, document_id: UUID) -> None:
    """Draws the document's thumbnail, unless that was done. Raises StorageError and what `Transactions.run` and
    `Readers.read` raise where the file is not at fault: then it is still to be drawn."""
    of_document = (Document.company_id == company_id) & (Document.id == document_id)

    async def read(transaction: Transaction) -> Any:
        columns = select(Document.client_id, Document.object_key, Document.size)
        return (await transaction.session.execute(columns.where(of_document, _due))).first()

    document = await drawing.transactions.run(company_id, read, repeatable=True)
    if document is None:
        return
    picture = await _picture(drawing, company_id, document)
    size: dict[str, int] = {}
    if "refused" in picture:
        log.info("document %s has no thumbnail: %s", document_id, picture["refused"])
    else:
        content = base64.b64decode(picture["picture"])
        size = {f"thumbnail_{name}": picture[name] for name in ("width", "height")} | {"thumbnail_size": len(content)}
        await drawing.store.put(thumbnail_key(company_id, document_id), content, WEBP)

    async def note(transaction: Transaction) -> None:
        # Not an edit: the version, which forms are compared by, stays.
        tried = update(Document).where(of_document, _due).values(thumbnail_tried_at=func.now(), **size)
        await transaction.session.execute(tried)
        transaction.news = list(Changes(company_id, {document.client_id: []}).news()) if size else ()

    await drawing.transactions.run(company_id, note, repeatable=True)


async def _picture(drawing: Drawing, company_id: UUID, document: Any) -> dict[str, Any]:
    """What the reader answers: the picture, or why there is none."""
    with TemporaryFile() as opened:
        file = cast("BinaryIO", opened)
        try:
            await drawing.store.copy_into(document.object_key, file, document.size)
            file.flush()
            return await drawing.readers.read(READER, file, company_id)
        except (ObjectNotFoundError, UnreadableError) as error:
            return {"refused": str(error)}


FIRST: Final = UUID(int=0)
"""Before every document's id."""
