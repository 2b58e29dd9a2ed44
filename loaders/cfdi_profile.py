"""What a CFDI needs of the client."""

import models
from loaders.entity import Entity


class CfdiProfileEntity(Entity, model=models.CfdiProfile, prefix="cfp"):
    pass
