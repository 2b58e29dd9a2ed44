"""The series of the company's sales documents, each with the last folio that it gave out (series y folios)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, Versioned
from models.columns import choice
from models.constraints import index, one_of
from models.sales_document import SalesDocumentType

LAST_FOLIO = 2_147_483_647
"""What the column of a document's number holds."""


class FolioSeries(Owned, Versioned, Base):
    """A series of one type of documents. At most one of each type is the default."""

    __tablename__ = "folio_series"

    type: Mapped[SalesDocumentType] = choice(SalesDocumentType)
    series: Mapped[str]
    last_number: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """The last number used or skipped: the next document gets the number after it."""
    is_default: Mapped[bool] = mapped_column(server_default=text("false"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            UniqueConstraint("company_id", "type", "series"),
            index("uq_folio_series_default", "type", where="is_default"),
            one_of("type", SalesDocumentType),
            CheckConstraint("char_length(series) between 1 and 25", name="series"),
            CheckConstraint("active or not is_default", name="default"),
            CheckConstraint(f"last_number between 0 and {LAST_FOLIO}", name="last_number"),
        )
