"""The cancelling of CFDI, as the SAT has it."""

import models
from loaders.entity import Entity
from loaders.relation import ToOne
from models.viewer import Permission


class CancellationEntity(Entity, model=models.Cancellation, prefix="cnl", type_name="SalesDocumentCancellation"):
    is_node = False
    permission = Permission.SALES_READ

    substitute = ToOne(models.SalesDocument, on="substitute_id")
    requested_by = ToOne(models.Collaborator, on="requested_by_id", joined=True)
    acuse = ToOne(models.Document, on="acuse_id")
