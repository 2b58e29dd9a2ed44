"""The pictures of the company's people (avatares)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.constraints import refers, to_company


class Avatar(Base):
    """A collaborator's picture, drawn anew of the image that was sent: WebP of some kilobytes, so it is kept here."""

    __tablename__ = "avatar"

    company_id: Mapped[UUID]
    collaborator_id: Mapped[UUID]
    digest: Mapped[str]
    """The first 32 hexadecimal digits of the picture's SHA-256; part of its URL, which cannot be guessed."""
    picture: Mapped[bytes] = mapped_column(LargeBinary)
    """256 × 256 pixels."""
    thumbnail: Mapped[bytes] = mapped_column(LargeBinary)
    """64 × 64 pixels."""

    __table_args__: Sequence[Any] = (
        PrimaryKeyConstraint("company_id", "collaborator_id"),
        to_company(),
        refers("collaborator", "collaborator_id"),
        CheckConstraint("octet_length(picture) <= 262144 and octet_length(thumbnail) <= 65536", name="size"),
    )
