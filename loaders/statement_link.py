"""Links to statements of account; the hash of the secret stays where it is."""

from sqlalchemy import func

import models
from loaders.entity import Derived, Entity
from loaders.relation import ToOne
from models.viewer import Permission


class StatementLinkEntity(Entity, model=models.StatementLink, prefix="stl"):
    permission = Permission.BILLING_READ
    hidden = frozenset({"secret_hash"})
    orders = {"CREATED_AT": lambda c: c["created_at"]}
    updated_at = Derived(lambda c: func.greatest(c["created_at"], c["revoked_at"]))

    client = ToOne(models.Client, on="client_id")
    created_by = ToOne(models.Collaborator, on="created_by_id", joined=True)
    revoked_by = ToOne(models.Collaborator, on="revoked_by_id")
