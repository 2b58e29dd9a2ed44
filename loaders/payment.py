"""Payments, and what was applied of them."""

import models
from loaders.entity import Derived, Entity
from loaders.relation import ToMany, ToOne
from models.application import stands
from models.payment import left
from models.viewer import Permission


class PaymentEntity(Entity, model=models.Payment, prefix="pay", type_name="ClientPayment"):
    permission = Permission.SALES_READ

    left = Derived(left)

    client = ToOne(models.Client, on="client_id")
    sales_document = ToOne(models.SalesDocument, on="sales_document_id")
    registered_by = ToOne(models.Collaborator, on="registered_by_id", joined=True)
    applications = ToMany(models.Application, key="payment_id", order=("applied_on",), where=stands)
