"""Price lists (tarifas) that a client may have by default."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, SoftDeleted, Versioned, length


class PriceList(Owned, Versioned, SoftDeleted, Base):
    """A named list of prices in one currency."""

    __tablename__ = "price_list"

    name: Mapped[str]
    description: Mapped[str | None]
    currency: Mapped[str] = mapped_column(server_default=text("'MXN'"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (UniqueConstraint("company_id", "name"), length("name", 120), length("description", 1000))
