"""Uploads: files announced and not yet completed as documents."""

import datetime
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned
from models.columns import choice, line_of, text_of
from models.constraints import index, of_client, one_of, refers
from models.document import DocumentKind


class DocumentUpload(Owned, Base):
    """An announced file. It is stored, whole or in parts, under keys that are made from the row's id."""

    __tablename__ = "document_upload"

    client_id: Mapped[UUID]
    kind: Mapped[DocumentKind] = choice(DocumentKind)
    name: Mapped[str] = line_of(255)
    description: Mapped[str | None] = text_of(1_000)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    expires_on: Mapped[datetime.date | None]
    content_type: Mapped[str | None]
    """The declared type; the actual one is detected from the content."""
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    """The declared one; that of the document is computed."""
    replaces_id: Mapped[UUID | None]
    """The document that it is a new file of."""
    created_by_id: Mapped[UUID | None]
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime.datetime]
    """Until when the bytes can be sent and the upload be completed."""
    document_id: Mapped[UUID | None]
    """The document that it became."""

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            refers("collaborator", "created_by_id"),
            refers("document", "replaces_id", ondelete="CASCADE"),
            refers("document", "document_id", ondelete="CASCADE"),
            index("ix_document_upload_expires_at", "expires_at"),
            one_of("kind", DocumentKind),
            CheckConstraint("size > 0", name="size"),
            CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        )
