"""Sales documents, their lines and payments; what is owed and what is late is derived here, once."""

from decimal import Decimal

from sqlalchemy import ColumnElement, Numeric, and_, case, cast

import models
from loaders.entity import TODAY, Columns, Connection, Derived, Entity, ToMany, ToOne
from models.sales_document import OWING, SalesDocumentState, SalesDocumentType
from models.viewer import Permission


def is_owed(c: Columns) -> ColumnElement[bool]:
    """Whether the document is a debt of the client: a sales note or an invoice that was issued and not paid off."""
    return and_(c["type"] != SalesDocumentType.QUOTE, c["state"].in_(OWING))


def balance(c: Columns) -> ColumnElement[Decimal]:
    """What remains to be paid, in the document's currency."""
    return case((is_owed(c), c["total"] - c["paid"]), else_=cast(0, Numeric(18, 2)))


class SalesDocumentEntity(Entity, model=models.SalesDocument, prefix="doc"):
    permission = Permission.SALES_READ
    discriminator = "type"
    type_names = {"QUOTE": "Quote", "SALES_NOTE": "SalesNote", "INVOICE": "Invoice"}
    search = lambda c: c["folio"]  # noqa: E731  # a declaration
    orders = {
        "ISSUED_AT": lambda c: c["issued_at"],
        "DUE_ON": lambda c: c["due_on"],
        "TOTAL": lambda c: c["total"],
        "NUMBER": lambda c: c["number"],
    }

    balance = Derived(balance)
    is_overdue = Derived(lambda c: and_(is_owed(c), c["due_on"] < TODAY))
    is_expired = Derived(
        lambda c: and_(
            c["type"] == SalesDocumentType.QUOTE,
            c["state"].in_((SalesDocumentState.DRAFT, SalesDocumentState.SENT)),
            c["expires_on"] < TODAY,
        )
    )

    client = ToOne(models.Client, on="client_id")
    deal = ToOne(models.Deal, on="deal_id")
    issued_by = ToOne(models.Collaborator, on="issued_by_id", joined=True)
    origin = ToOne(models.SalesDocument, on="origin_id")
    lines = ToMany(models.SalesDocumentLine, key="sales_document_id", order=("position",))
    payments = ToMany(models.Payment, key="sales_document_id", order=("paid_at",))
    descendants = ToMany(models.SalesDocument, key="origin_id", order=("issued_at",))
    history = Connection(models.HistoryEvent, key="sales_document_id")


class SalesDocumentLineEntity(Entity, model=models.SalesDocumentLine, prefix="lin"):
    permission = Permission.SALES_READ
