"""Payments on sales documents."""

import models
from loaders.entity import Entity
from loaders.relation import ToOne
from models.viewer import Permission


class PaymentEntity(Entity, model=models.Payment, prefix="pay"):
    permission = Permission.SALES_READ
    sales_document = ToOne(models.SalesDocument, on="sales_document_id")
    registered_by = ToOne(models.Collaborator, on="registered_by_id", joined=True)
