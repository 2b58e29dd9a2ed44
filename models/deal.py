"""Deals (tratos) and what they move through: the stages of the sales funnel (embudo), the reasons for losing one."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, Numeric, Text, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, SoftDeleted, Versioned
from models.catalogs import CURRENCIES
from models.columns import choice, line_of, money, text_of
from models.constraints import ALIVE, index, of_client, one_code, one_of, ranked_by, refers, sorted_by, trigrams
from models.spelling import CODE, spelt


class Priority(StrEnum):
    """How soon a deal or a follow-up wants attention (prioridad)."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    URGENT = "URGENT"


PLACE: Final = text("""(((ficha_sort_key(title) COLLATE "C") || chr(1)) || (id::text COLLATE "C"))""")
"""The place of a deal among what is ordered by deals (`loaders.ordering.ByRow`), as `ranked_by`."""


class DealState(StrEnum):
    """Where a deal stands; a reopened deal is open again."""

    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"
    CLOSED = "CLOSED"


MOST_DECIMALS = 100
"""Of a deal's position; where a gap would take more, `domain.board` gives its neighbours new ones."""


class FunnelStage(Owned, Versioned, Base):
    """A stage of the company's sales funnel (etapa del embudo de ventas)."""

    __tablename__ = "funnel_stage"

    name: Mapped[str] = line_of(120)
    position: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (UniqueConstraint("company_id", "name"),)


class LossReason(Owned, Versioned, Base):
    """Why the company loses deals (motivo de pérdida)."""

    __tablename__ = "loss_reason"

    name: Mapped[str] = line_of(200)
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (UniqueConstraint("company_id", "name"),)


class Deal(Owned, Versioned, SoftDeleted, Base):
    """A business opportunity. Won asks a close date and a final value, lost a close date and a reason."""

    __tablename__ = "deal"

    client_id: Mapped[UUID]
    title: Mapped[str] = line_of(200)
    description: Mapped[str | None] = text_of(1_000)
    estimated_value: Mapped[Decimal] = money()
    currency: Mapped[str] = mapped_column(server_default=text("'MXN'"), **spelt(CODE))
    priority: Mapped[Priority] = choice(Priority)
    assignee_id: Mapped[UUID | None]
    stage_id: Mapped[UUID]
    position: Mapped[Decimal] = mapped_column(Numeric)
    """Its place in the stage, from the least on. Deleted deals keep theirs."""
    state: Mapped[DealState] = choice(DealState)
    expected_close_on: Mapped[datetime.date | None]
    closed_on: Mapped[datetime.date | None]
    final_value: Mapped[Decimal | None] = money()
    loss_reason_id: Mapped[UUID | None]
    reopened_at: Mapped[datetime.datetime | None]
    created_by_id: Mapped[UUID | None]

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            refers("collaborator", "assignee_id"),
            refers("collaborator", "created_by_id"),
            refers("funnel_stage", "stage_id"),
            refers("loss_reason", "loss_reason_id"),
            # A follow-up refers to a deal of its own client by this key.
            UniqueConstraint("company_id", "client_id", "id"),
            index("ix_deal_client", "client_id", "created_at", "id", where=ALIVE),
            index("ix_deal_created_at", "created_at", "id"),
            index("ix_deal_assignee", "assignee_id"),
            index("ix_deal_state_created_at", "state", "created_at", "id"),
            *(index(f"ix_deal_{each}", each) for each in ("closed_on", "currency", "priority")),
            *(index(f"ix_deal_{each}", each, "id") for each in ("estimated_value", "expected_close_on", "position")),
            index("ix_deal_deleted", "created_at", "id", where="deleted_at is not null"),
            index("ix_deal_final_value", "final_value", where="final_value is not null"),
            index("ix_deal_rank", ranked_by("priority", Priority), "id"),
            index("ix_deal_title", sorted_by("title"), "id"),
            index("ix_deal_place", PLACE),
            trigrams("ix_deal_search", literal_column("ficha_words(title, description)", Text()).label("folded_text")),
            # Deferred: deals change places within a transaction.
            UniqueConstraint("company_id", "stage_id", "position", deferrable=True, initially="DEFERRED"),
            CheckConstraint(f"scale(position) <= {MOST_DECIMALS}", name="position"),
            one_of("priority", Priority),
            one_of("state", DealState),
            CheckConstraint("estimated_value >= 0 and final_value >= 0", name="values"),
            CheckConstraint("(state = 'OPEN') = (closed_on is null)", name="closed_on"),
            CheckConstraint("(state = 'WON') <= (final_value is not null)", name="won"),
            CheckConstraint("(state = 'LOST') = (loss_reason_id is not null)", name="lost"),
            CheckConstraint("final_value is null or state = 'WON'", name="final_value"),
            one_code("currency", CURRENCIES),
        )
