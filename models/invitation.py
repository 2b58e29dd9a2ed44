"""Invitations, which bind a person's account to the collaborator that was created for them."""

import datetime
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned
from models.constraints import index, refers


class Invitation(Owned, Base):
    """An invitation. Its secret is shown once, only a hash of it is kept; `domain.secret` says what it looks like."""

    __tablename__ = "invitation"

    collaborator_id: Mapped[UUID]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256."""
    created_by_id: Mapped[UUID]
    """Who invited them; themselves if it was the operator of the server."""
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime.datetime]
    accepted_at: Mapped[datetime.datetime | None]
    """When it was used, or was no longer needed: the collaborator had signed in by their e-mail address."""
    revoked_at: Mapped[datetime.datetime | None]
    """When it was revoked, or replaced by a newer one."""

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            refers("collaborator", "collaborator_id"),
            refers("collaborator", "created_by_id"),
            index("uq_invitation_open", "collaborator_id", where="accepted_at is null and revoked_at is null"),
            CheckConstraint("octet_length(secret_hash) = 32", name="secret_hash"),
            CheckConstraint("accepted_at is null or revoked_at is null", name="ended"),
        )
