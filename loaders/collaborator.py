"""The company's people."""

import models
from loaders.entity import Entity


class CollaboratorEntity(Entity, model=models.Collaborator, prefix="col"):
    hidden = frozenset({"issuer", "subject"})
