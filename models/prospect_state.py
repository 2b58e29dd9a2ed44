"""What prospects go through before they are clients (estados de prospectos)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, Versioned
from models.columns import line_of, number_of

LAST_POSITION = 10_000
"""The highest place that a state can have."""


class ProspectState(Owned, Versioned, Base):
    """A state of the company's prospects (estado de prospecto)."""

    __tablename__ = "prospect_state"

    name: Mapped[str] = line_of(120)
    position: Mapped[int] = number_of(0, LAST_POSITION)
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (UniqueConstraint("company_id", "name"),)
