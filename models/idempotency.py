"""What requests with an `Idempotency-Key` did, so that the same request again does nothing and answers the same."""

import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.columns import line_of
from models.constraints import index, refers, to_company


class IdempotencyKey(Base):
    """One field of one request, written in the transaction of what it did."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        PrimaryKeyConstraint("company_id", "collaborator_id", "credential", "key", "field"),
        to_company(),
        refers("collaborator", "collaborator_id", ondelete="CASCADE"),
        index("ix_idempotency_key_created_at", "created_at"),
    )

    company_id: Mapped[UUID]
    collaborator_id: Mapped[UUID]
    credential: Mapped[str] = mapped_column(server_default=text("''"))
    """`Viewer.credential`; empty in rows from before it was kept, which count for all of the collaborator's."""
    key: Mapped[str] = line_of(255)
    field: Mapped[str]
    """The response name of the mutation's field."""
    digest: Mapped[str]
    """SHA-256 of the request: the key is of this request only."""
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What was done, and the permissions that it needed. The answer is made of it again, as its viewer sees it then."""
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
