"""The company's people."""

import models
from loaders.entity import Entity, ToOne, sort_key
from loaders.invitation import is_open


class CollaboratorEntity(Entity, model=models.Collaborator, prefix="col"):
    hidden = frozenset({"issuer", "subject", "search_text"})
    search = lambda c: c["search_text"]  # noqa: E731  # a declaration
    orders = {
        "NAME": lambda c: sort_key(c["name"]),
        "EMAIL": lambda c: c["email"],
        "JOINED_AT": lambda c: c["joined_at"],
    }

    invitation = ToOne(models.Invitation, on="id", key="collaborator_id", where=is_open)
