"""The company's people."""

import models
from loaders.entity import Entity


class collaborator(Entity, model=models.Collaborator, prefix="col"):
    pass
