"""What requests with an `Idempotency-Key` did, so that the same request again does nothing and answers the same."""

import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, PrimaryKeyConstraint, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, length, refers, to_company


class IdempotencyKey(Base):
    """One field of one request, written in the transaction of what it did."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        PrimaryKeyConstraint("company_id", "collaborator_id", "key", "field"),
        to_company(),
        refers("collaborator", "collaborator_id", ondelete="CASCADE"),
        Index("ix_idempotency_key_created_at", "company_id", "created_at"),
        length("key", 255),
    )

    company_id: Mapped[UUID]
    collaborator_id: Mapped[UUID]
    key: Mapped[str]
    field: Mapped[str]
    """The response name of the mutation's field."""
    digest: Mapped[str]
    """SHA-256 of the request: the key is of this request only."""
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What was done, from which the answer can be made again."""
    answer: Mapped[str | None] = mapped_column(Text)
    """The answer as it was sent; null when the process ended before."""
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
