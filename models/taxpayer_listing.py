"""The SAT's list of taxpayers with presumed non-existent operations (CFF, art. 69-B). It is of no company."""

import datetime
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Integer, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.client import RFC_PATTERN
from models.columns import choice, line_of
from models.constraints import matching, one_of


class ListingStatus(StrEnum):
    """What the SAT published of a taxpayer under art. 69-B, in the order of the procedure."""

    PRESUMED = "PRESUMED"
    DISPROVED = "DISPROVED"
    FINAL = "FINAL"
    FAVOURABLE = "FAVOURABLE"


PLACE: Final[Mapping[str, int]] = {status.value: place for place, status in enumerate(ListingStatus)}
"""Which of two that were published on one day came last."""


class TaxpayerListing(Base):
    """One publication of a taxpayer in one status; the newest one holds."""

    __tablename__ = "taxpayer_listing"

    rfc: Mapped[str]
    status: Mapped[ListingStatus] = choice(ListingStatus)
    published_on: Mapped[datetime.date]
    """On the SAT's page, or in the Diario Oficial where only that is stated."""
    gazetted_on: Mapped[datetime.date | None]
    """In the Diario Oficial de la Federación."""
    name: Mapped[str] = line_of(500)
    notice: Mapped[str | None] = line_of(500)
    """Number and date of the SAT's notice (oficio global)."""

    __table_args__ = (
        PrimaryKeyConstraint("rfc", "status", "published_on"),
        one_of("status", ListingStatus),
        matching("rfc", RFC_PATTERN),
    )


class TaxpayerList(Base):
    """The publication that the listings are of; there is one, or none before the first was taken in."""

    __tablename__ = "taxpayer_list"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, server_default=text("1"))
    as_of: Mapped[datetime.date]
    """The day that the SAT states for the list."""
    imported_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (CheckConstraint("id = 1", name="only"),)
