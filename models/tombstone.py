"""What was erased for good, so that a copy of the records elsewhere can learn of it."""

import datetime
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Owned
from models.constraints import index, refers


class Tombstone(Owned, Base):
    """The id of an erased record, and nothing of what it said."""

    __tablename__ = "tombstone"

    type: Mapped[str]
    """The table it was in."""
    erased_at: Mapped[datetime.datetime]
    erased_by_id: Mapped[UUID | None]

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            refers("collaborator", "erased_by_id"),
            index("ix_tombstone_erased_at", "erased_at", "id"),
            CheckConstraint("type in ('client', 'document')", name="type"),
        )
