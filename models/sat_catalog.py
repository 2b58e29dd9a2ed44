"""The SAT's catalogs of too many rows for memory: products and services, and units. They are of no company."""

import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, Index, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from models.base import Base
from models.columns import line_of
from models.constraints import matching

PRODUCT_CODE = r"^[0-9]{8}$"
UNIT_CODE = r"^[A-Za-z0-9]{1,3}$"
"""Seven have small letters, as `Ohm` and `Xyv`, in the SAT's catCFDI.xsd too."""


class _Listed:
    """What both have. Codes and folded names are ordered as bytes, so that an index finds what begins with a text."""

    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True, sort_order=-20)
    name: Mapped[str] = line_of(500)
    valid_from: Mapped[datetime.date | None]
    valid_to: Mapped[datetime.date | None]
    """The last day on which it may be stated."""

    @declared_attr
    @classmethod
    def folded(cls) -> Mapped[str]:
        """The name without accents and case."""
        return mapped_column(Text(collation="C"), Computed("ficha_fold(name)", persisted=True), sort_order=80)


class SatProduct(_Listed, Base):
    """A product or service, c_ClaveProdServ."""

    __tablename__ = "sat_product"

    similar_words: Mapped[str | None] = line_of(1_000)
    """What else people call it (palabras similares)."""
    requires_iva: Mapped[bool]
    requires_ieps: Mapped[bool]
    border_incentive: Mapped[bool]
    """Whether the incentive of the border regions (estímulo franja fronteriza) applies to it."""
    stems: Mapped[Any] = mapped_column(
        TSVECTOR,
        Computed(
            "setweight(ficha_stems(name), 'A') || setweight(ficha_stems(coalesce(similar_words, '')), 'B')",
            persisted=True,
        ),
        sort_order=81,
    )
    """The stems of its words; those of the name have the weight A."""

    __table_args__ = (
        matching("code", PRODUCT_CODE),
        Index("ix_sat_product_folded", "folded"),
        Index("ix_sat_product_stems", "stems", postgresql_using="gin"),
    )


class SatUnit(_Listed, Base):
    """A unit of measure, c_ClaveUnidad."""

    __tablename__ = "sat_unit"

    stems: Mapped[Any] = mapped_column(
        TSVECTOR, Computed("setweight(ficha_stems(name), 'A')", persisted=True), sort_order=81
    )

    __table_args__ = (
        matching("code", UNIT_CODE),
        Index("ix_sat_unit_folded", "folded"),
        Index("ix_sat_unit_stems", "stems", postgresql_using="gin"),
    )


class SatPublication(Base):
    """Which publication of a catalog was taken in last."""

    __tablename__ = "sat_publication"

    catalog: Mapped[str] = mapped_column(Text, primary_key=True)
    """The table that it is of."""
    as_of: Mapped[datetime.date]
    """The day that its source states, or has."""
    imported_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (CheckConstraint("catalog in ('sat_product', 'sat_unit')", name="catalog"),)
