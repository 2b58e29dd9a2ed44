"""Keys with which other systems of a company ask in the name of the collaborator who made them."""

import datetime
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned
from models.columns import line_of
from models.constraints import refers


class ApiKey(Owned, Base):
    """A key; its secret is shown once and only a hash of it is kept. `domain.api_key` says what it looks like."""

    __tablename__ = "api_key"

    name: Mapped[str] = line_of(100)
    """What it is for, in the words of who made it."""
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256."""
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    """Permissions; only those that the collaborator still has take effect."""
    created_by_id: Mapped[UUID]
    """The collaborator on whose behalf it makes requests."""
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime.datetime]
    revoked_at: Mapped[datetime.datetime | None]
    revoked_by_id: Mapped[UUID | None]
    last_used_at: Mapped[datetime.datetime | None]
    """Exact to the minute."""

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            refers("collaborator", "created_by_id"),
            refers("collaborator", "revoked_by_id"),
            CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
            CheckConstraint("cardinality(scopes) > 0", name="scopes"),
            CheckConstraint("revoked_at is not null or revoked_by_id is null", name="revoked"),
        )
