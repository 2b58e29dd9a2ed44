"""Payments on sales documents."""

import models
from loaders.entity import Entity, ToOne


class PaymentEntity(Entity, model=models.Payment, prefix="pay"):
    registered_by = ToOne(models.Collaborator, on="registered_by_id", joined=True)
