"""Follow-ups (seguimientos): the tasks, calls and visits planned with a client."""

import datetime
from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, SoftDeleted, Versioned, choice, line_of, of_client, one_of, refers, text_of
from models.deal import Priority

LONG = "7 days"
"""What lasts longer has an index of its own: for the rest a calendar looks back no further than this."""


class FollowUpType(StrEnum):
    """What is to be done."""

    CALL = "CALL"
    EMAIL = "EMAIL"
    MEETING = "MEETING"
    VISIT = "VISIT"
    WHATSAPP = "WHATSAPP"
    OTHER = "OTHER"


class FollowUpState(StrEnum):
    """Where a follow-up stands; overdue is derived, not stored."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class FollowUp(Owned, Versioned, SoftDeleted, Base):
    """A task with a key, unique in the company (SEG-000123). It may start and end at the same instant."""

    __tablename__ = "follow_up"

    client_id: Mapped[UUID]
    deal_id: Mapped[UUID | None]
    number: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(
        Computed("'SEG-' || lpad(number::text, greatest(6, length(number::text)), '0')", persisted=True)
    )
    name: Mapped[str] = line_of(200)
    description: Mapped[str | None] = text_of(1_000)
    type: Mapped[FollowUpType] = choice(FollowUpType)
    starts_at: Mapped[datetime.datetime]
    ends_at: Mapped[datetime.datetime]
    priority: Mapped[Priority] = choice(Priority)
    assignee_id: Mapped[UUID | None]
    state: Mapped[FollowUpState] = choice(FollowUpState)
    completed_at: Mapped[datetime.datetime | None]
    created_by_id: Mapped[UUID | None]
    search_text: Mapped[str] = mapped_column(
        Computed(
            "ficha_fold('SEG-' || lpad(number::text, greatest(6, length(number::text)), '0') || ' ' || name)",
            persisted=True,
        )
    )

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            refers("deal", "client_id", "deal_id", key=("client_id", "id")),
            refers("collaborator", "assignee_id"),
            refers("collaborator", "created_by_id"),
            UniqueConstraint("company_id", "number"),
            Index("ix_follow_up_client", "company_id", "client_id", "starts_at", "id"),
            Index("ix_follow_up_deal", "company_id", "client_id", "deal_id"),
            Index("ix_follow_up_starts_at", "company_id", "starts_at", "id"),
            Index(
                "ix_follow_up_long",
                "company_id",
                "ends_at",
                "starts_at",
                postgresql_where=text(f"ends_at - starts_at > interval '{LONG}'"),
            ),
            Index("ix_follow_up_assignee", "company_id", "assignee_id", "starts_at", "id"),
            Index(
                "ix_follow_up_search",
                "company_id",
                "search_text",
                postgresql_using="gin",
                postgresql_ops={"search_text": "gin_trgm_ops"},
            ),
            one_of("type", FollowUpType),
            one_of("priority", Priority),
            one_of("state", FollowUpState),
            CheckConstraint("number > 0", name="number"),
            CheckConstraint("ends_at >= starts_at", name="ends_at"),
            CheckConstraint("(state = 'DONE') = (completed_at is not null)", name="completed"),
        )
