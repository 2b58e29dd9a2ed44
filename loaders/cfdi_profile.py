"""What a CFDI needs of the client."""

import models
from loaders.entity import Entity
from models.viewer import Permission


class CfdiProfileEntity(Entity, model=models.CfdiProfile, prefix="cfp"):
    permission = Permission.CLIENTS_READ
