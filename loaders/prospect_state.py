"""The states of the company's prospects."""

import models
from loaders.entity import Entity


class ProspectStateEntity(Entity, model=models.ProspectState, prefix="pst"):
    pass
