"""Keys for other systems; the hash of the secret stays where it is."""

from sqlalchemy import func

import models
from loaders.entity import Derived, Entity
from loaders.relation import ToOne
from models.viewer import Permission


class ApiKeyEntity(Entity, model=models.ApiKey, prefix="key", type_name="FichaApiKey"):
    permission = Permission.ADMIN
    hidden = frozenset({"secret_hash"})
    orders = {"CREATED_AT": lambda c: c["created_at"]}
    updated_at = Derived(lambda c: func.greatest(c["created_at"], c["revoked_at"]))

    created_by = ToOne(models.Collaborator, on="created_by_id", joined=True)
    revoked_by = ToOne(models.Collaborator, on="revoked_by_id", joined=True)
