"""Follow-ups (seguimientos): the tasks, calls and visits planned with a client."""

import datetime
from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, SoftDeleted, Versioned
from models.columns import choice, line_of, text_of
from models.constraints import index, of_client, of_record, one_of, ranked_by, refers, sorted_by, trigrams
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
            of_record("deal", "deal_id"),
            refers("collaborator", "assignee_id"),
            refers("collaborator", "created_by_id"),
            UniqueConstraint("company_id", "number"),
            index("ix_follow_up_client", "client_id", "starts_at", "id"),
            index("ix_follow_up_deal", "client_id", "deal_id"),
            index("ix_follow_up_starts_at", "starts_at", "id"),
            index("ix_follow_up_long", "ends_at", "starts_at", where=f"ends_at - starts_at > interval '{LONG}'"),
            index("ix_follow_up_assignee", "assignee_id", "starts_at", "id"),
            index("ix_follow_up_assignee_id", "assignee_id", "id"),
            index("ix_follow_up_of_deal", "deal_id", "id"),
            index("ix_follow_up_priority", "priority"),
            *(index(f"ix_follow_up_{each}_starts_at", each, "starts_at", "id") for each in ("state", "type")),
            index("ix_follow_up_open", "ends_at", where="state in ('PENDING', 'IN_PROGRESS')"),
            index("ix_follow_up_deleted", "starts_at", "id", where="deleted_at is not null"),
            index("ix_follow_up_ends_at", "ends_at", "id"),
            index("ix_follow_up_name", sorted_by("name"), "id"),
            index("ix_follow_up_rank", ranked_by("priority", Priority), "id"),
            index("ix_follow_up_progress", ranked_by("state", FollowUpState), "id"),
            trigrams("ix_follow_up_search", "search_text"),
            one_of("type", FollowUpType),
            one_of("priority", Priority),
            one_of("state", FollowUpState),
            CheckConstraint("number > 0", name="number"),
            CheckConstraint("ends_at >= starts_at", name="ends_at"),
            CheckConstraint("(state = 'DONE') = (completed_at is not null)", name="completed"),
        )
