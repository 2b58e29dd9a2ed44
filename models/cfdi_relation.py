"""The CFDI that other CFDI refer to (CFDI relacionados), on record or not."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from models.base import Base, Owned
from models.columns import money
from models.constraints import index, of_record


class CfdiRelation(Owned, Base):
    """A CFDI that a document or a payment refers to by its fiscal folio (CfdiRelacionado, DoctoRelacionado), which may
    come later: then it waits, without `related_id`."""

    __tablename__ = "cfdi_relation"

    client_id: Mapped[UUID]
    sales_document_id: Mapped[UUID | None]
    payment_id: Mapped[UUID | None]
    """Who refers."""
    type: Mapped[str]
    """SAT's c_TipoRelacion, 01 to 09; `DR` is a document that a payment pays."""
    uuid: Mapped[UUID]
    related_id: Mapped[UUID | None]
    """The document of that folio, once it is on record."""
    amount: Mapped[Decimal | None] = money()
    """What a payment pays of it, in the document's currency."""
    source_amount: Mapped[Decimal | None] = money()
    """The same in the payment's currency."""

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_record("sales_document", "sales_document_id", ondelete="CASCADE"),
            of_record("sales_document", "related_id", ondelete="CASCADE"),
            of_record("payment", "payment_id", ondelete="CASCADE"),
            index("ix_cfdi_relation_sales_document", "client_id", "sales_document_id"),
            index("ix_cfdi_relation_payment", "client_id", "payment_id"),
            index("ix_cfdi_relation_related", "client_id", "related_id"),
            index("ix_cfdi_relation_uuid", "client_id", "uuid"),
            CheckConstraint("num_nonnulls(sales_document_id, payment_id) = 1", name="referrer"),
            CheckConstraint("type ~ '^([0-9]{2}|DR)$'", name="type"),
            CheckConstraint("(type = 'DR') = (payment_id is not null and amount is not null)", name="paid"),
            CheckConstraint("least(amount, source_amount) > 0", name="amounts"),
        )
