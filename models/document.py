"""Documents (documentos): the files kept with a client's record; their bytes are in the object store."""

import datetime
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Computed, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, SoftDeleted, Versioned
from models.columns import choice, line_of, text_of
from models.constraints import index, of_client, one_of, refers, sorted_by, trigrams


class DocumentKind(StrEnum):
    """What a document is."""

    TAX_STATUS_CERTIFICATE = "TAX_STATUS_CERTIFICATE"
    CONTRACT = "CONTRACT"
    PAYMENT_RECEIPT = "PAYMENT_RECEIPT"
    CFDI_XML = "CFDI_XML"
    CANCELLATION_ACUSE = "CANCELLATION_ACUSE"
    TECHNICAL = "TECHNICAL"
    OTHER = "OTHER"


DRAWABLE: Final = ("image/heic", "image/jpeg", "image/png", "image/webp", "application/pdf")
"""The media types of which thumbnails are drawn."""

UNDRAWN: Final = (
    "thumbnail_tried_at is null and deleted_at is null"
    f" and content_type in ({', '.join(repr(each) for each in DRAWABLE)})"
)
"""The documents whose thumbnail is still to be drawn."""


class Document(Owned, Versioned, SoftDeleted, Base):
    """A file: its name as people gave it, and the key of its bytes, which no other record shares.

    The files that one after the other were the same document are a series; all but its last are `replaced_at`. A series
    is deleted, restored and purged as a whole.
    """

    __tablename__ = "document"

    client_id: Mapped[UUID]
    kind: Mapped[DocumentKind] = choice(DocumentKind)
    name: Mapped[str] = line_of(255)
    description: Mapped[str | None] = text_of(1_000)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    content_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""
    sha256: Mapped[str]
    object_key: Mapped[str]
    expires_on: Mapped[datetime.date | None]
    uploaded_by_id: Mapped[UUID | None]
    original_id: Mapped[UUID | None]
    """The first file of the series; null in the first itself."""
    series_id: Mapped[UUID] = mapped_column(Computed("coalesce(original_id, id)", persisted=True))
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    """Its place in the series, from 1."""
    replaced_at: Mapped[datetime.datetime | None]
    reading: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What was read in a constancia de situación fiscal: see `domain.tax_certificate`."""
    thumbnail_width: Mapped[int | None]
    thumbnail_height: Mapped[int | None]
    """Pixels of its thumbnail, which is under a key of its own; null where there is none."""
    thumbnail_size: Mapped[int | None]
    """Bytes."""
    thumbnail_tried_at: Mapped[datetime.datetime | None]
    """When its thumbnail was drawn, or it was seen that none can be: see `domain.thumbnail`."""
    search_text: Mapped[str] = mapped_column(
        Computed("ficha_fold(name || ' ' || coalesce(description, ''))", persisted=True)
    )

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            refers("collaborator", "uploaded_by_id"),
            refers("document", "original_id"),
            UniqueConstraint("company_id", "series_id", "revision"),
            UniqueConstraint("company_id", "object_key"),
            index(
                "ix_document_client",
                "client_id",
                "created_at",
                "id",
                where="deleted_at is null and replaced_at is null",
            ),
            index("ix_document_deleted_at", "deleted_at", where="deleted_at is not null"),
            index("ix_document_sha256", "client_id", "sha256"),
            index("ix_document_thumbnail", "id", where=UNDRAWN),
            index("ix_document_created_at", "created_at", "id"),
            index("ix_document_expiry", "expires_on", "id"),
            index("ix_document_size", "size", "id"),
            index("ix_document_name", sorted_by("name"), "id"),
            index("ix_document_kind_created_at", "kind", "created_at", "id"),
            index("ix_document_content_type", "content_type"),
            index("ix_document_tags", "tags", postgresql_using="gin"),
            index("ix_document_uploaded_by", "uploaded_by_id"),
            trigrams("ix_document_words", "search_text"),
            one_of("kind", DocumentKind),
            CheckConstraint("size > 0", name="size"),
            CheckConstraint("revision > 0", name="revision"),
            CheckConstraint("(original_id is null) = (revision = 1) and original_id <> id", name="original"),
            CheckConstraint(r"content_type ~ '^[^/\s]+/[^/\s].*$'", name="content_type"),
            CheckConstraint("object_key <> ''", name="object_key"),
            CheckConstraint(
                "num_nulls(thumbnail_width, thumbnail_height, thumbnail_size) in (0, 3)"
                " and (thumbnail_size is null or thumbnail_tried_at is not null)"
                " and thumbnail_width > 0 and thumbnail_height > 0 and thumbnail_size > 0",
                name="thumbnail",
            ),
            CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        )
