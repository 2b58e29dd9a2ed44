"""Invitations; the hash of the secret stays where it is."""

from sqlalchemy import ColumnElement, and_, func

import models
from loaders.entity import Derived, Entity
from loaders.relation import ToOne
from models.base import Columns
from models.viewer import Permission


def is_open(c: Columns) -> ColumnElement[bool]:
    """Neither used nor taken back, though perhaps expired. A collaborator has one at most."""
    return and_(c["accepted_at"].is_(None), c["revoked_at"].is_(None))


class InvitationEntity(Entity, model=models.Invitation, prefix="inv", type_name="CollaboratorInvitation"):
    permission = Permission.ADMIN
    hidden = frozenset({"secret_hash"})
    orders = {"CREATED_AT": lambda c: c["created_at"]}
    updated_at = Derived(lambda c: func.greatest(c["created_at"], c["accepted_at"], c["revoked_at"]))

    collaborator = ToOne(models.Collaborator, on="collaborator_id", joined=True)
    created_by = ToOne(models.Collaborator, on="created_by_id", joined=True)
