"""What was applied of payments and credit notes to documents."""

import models
from loaders.entity import Entity
from loaders.relation import ToOne
from models.viewer import Permission


class ApplicationEntity(Entity, model=models.Application, prefix="app", type_name="CreditApplication"):
    permission = Permission.SALES_READ

    payment = ToOne(models.Payment, on="payment_id")
    credit_note = ToOne(models.SalesDocument, on="credit_note_id")
    sales_document = ToOne(models.SalesDocument, on="sales_document_id")
    applied_by = ToOne(models.Collaborator, on="applied_by_id", joined=True)
