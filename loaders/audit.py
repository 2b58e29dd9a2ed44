"""The audit log."""

import models
from loaders.entity import Derived, Entity
from loaders.relation import ToOne
from models.viewer import Permission


class AuditEventEntity(Entity, model=models.AuditEvent, prefix="aud", type_name="FichaAuditEvent"):
    permission = Permission.ADMIN
    orders = {"OCCURRED_AT": lambda c: c["occurred_at"]}
    created_at = Derived(lambda c: c["occurred_at"])
    updated_at = created_at

    actor = ToOne(models.Collaborator, on="actor_id", joined=True)
    api_key = ToOne(models.ApiKey, on="api_key_id", joined=True)
