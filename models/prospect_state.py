"""What prospects go through before they are clients (estados de prospectos)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, Versioned, length


class ProspectState(Owned, Versioned, Base):
    """A state of the company's prospects (estado de prospecto)."""

    __tablename__ = "prospect_state"

    name: Mapped[str]
    position: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (UniqueConstraint("company_id", "name"), length("name", 120))
