"""The company's own days off, beside the official ones (días inhábiles)."""

import datetime
from collections.abc import Sequence
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned
from models.columns import line_of


class Holiday(Owned, Base):
    """A day on which the company does not work."""

    __tablename__ = "holiday"

    day: Mapped[datetime.date]
    name: Mapped[str] = line_of(120)
    created_at: Mapped[datetime.datetime] = mapped_column(sort_order=91)

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (UniqueConstraint("company_id", "day"),)
