"""The logo of a company (logotipo)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.constraints import to_company


class CompanyLogo(Base):
    """A company's logo, drawn anew of the image that was sent: PNG of some kilobytes, so it is kept here."""

    __tablename__ = "company_logo"

    company_id: Mapped[UUID]
    digest: Mapped[str]
    """The first 32 hexadecimal digits of the picture's SHA-256; part of its URL, which cannot be guessed."""
    picture: Mapped[bytes] = mapped_column(LargeBinary)
    """At most 600 × 200 pixels."""

    __table_args__: Sequence[Any] = (
        PrimaryKeyConstraint("company_id"),
        to_company(),
        CheckConstraint("octet_length(picture) <= 524288", name="size"),
    )
