"""Price lists (tarifas) that a client may have by default, and what they price."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, SoftDeleted, Versioned
from models.catalogs import CURRENCIES, TAX_OBJECTS
from models.columns import line_of, text_of
from models.constraints import ALIVE, index, matching, one_code, refers
from models.sat_catalog import PRODUCT_CODE, UNIT_CODE
from models.spelling import CODE, spelt


class PriceList(Owned, Versioned, SoftDeleted, Base):
    """A named list of prices in one currency."""

    __tablename__ = "price_list"

    name: Mapped[str] = line_of(120)
    description: Mapped[str | None] = text_of(1_000)
    currency: Mapped[str] = mapped_column(server_default=text("'MXN'"), **spelt(CODE))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (UniqueConstraint("company_id", "name"), one_code("currency", CURRENCIES))


class PriceListItem(Owned, Versioned, SoftDeleted, Base):
    """What a line of a document is, and costs, unless the line says otherwise."""

    __tablename__ = "price_list_item"

    price_list_id: Mapped[UUID]
    sku: Mapped[str] = line_of(100)
    """The company's own code of it; of those that are not deleted, unique in the list."""
    description: Mapped[str] = line_of(1_000)
    product_code: Mapped[str]
    """SAT's c_ClaveProdServ."""
    unit_code: Mapped[str]
    """SAT's c_ClaveUnidad."""
    unit_price: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    tax_object: Mapped[str] = mapped_column(server_default=text("'02'"))
    """SAT's c_ObjetoImp."""
    taxes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    """The taxes of a line, each with kind, tax, factor and rate."""
    search_text: Mapped[str] = mapped_column(Computed("ficha_fold(sku || ' ' || description)", persisted=True))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            refers("price_list", "price_list_id", ondelete="CASCADE"),
            index("uq_price_list_item_sku", "price_list_id", "sku", where=ALIVE),
            CheckConstraint("unit_price >= 0", name="unit_price"),
            matching("product_code", PRODUCT_CODE),
            matching("unit_code", UNIT_CODE),
            one_code("tax_object", TAX_OBJECTS),
            CheckConstraint("jsonb_typeof(taxes) = 'array'", name="taxes"),
        )
