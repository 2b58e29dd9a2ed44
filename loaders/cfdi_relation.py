"""The CFDI that a CFDI refers to."""

import models
from loaders.entity import Entity
from loaders.relation import ToOne
from models.viewer import Permission


class CfdiRelationEntity(Entity, model=models.CfdiRelation, prefix="rel"):
    is_node = False
    permission = Permission.SALES_READ

    related = ToOne(models.SalesDocument, on="related_id")
