"""What was applied of payments and credit notes to documents."""

from sqlalchemy import func

import models
from loaders.entity import Derived, Entity, value_of
from loaders.relation import ToOne
from models.viewer import Permission


class ApplicationEntity(Entity, model=models.Application, prefix="app", type_name="CreditApplication"):
    permission = Permission.SALES_READ
    currency = Derived(lambda c: value_of(models.SalesDocument, "currency", c["sales_document_id"]))
    source_currency = Derived(
        lambda c: func.coalesce(
            value_of(models.Payment, "currency", c["payment_id"]),
            value_of(models.SalesDocument, "currency", c["credit_note_id"]),
        )
    )

    payment = ToOne(models.Payment, on="payment_id")
    credit_note = ToOne(models.SalesDocument, on="credit_note_id")
    sales_document = ToOne(models.SalesDocument, on="sales_document_id")
    applied_by = ToOne(models.Collaborator, on="applied_by_id", joined=True)
