"""The company's people."""

from sqlalchemy import func

import models
from loaders.entity import HERE, Derived, Entity, sort_key
from loaders.invitation import is_open
from loaders.relation import ToOne


class CollaboratorEntity(Entity, model=models.Collaborator, prefix="col"):
    hidden = frozenset({"issuer", "subject", "search_text", "picture"})
    is_small = True
    search = lambda c: c["search_text"]  # noqa: E731  # a declaration
    orders = {
        "NAME": lambda c: sort_key(c["name"]),
        "EMAIL": lambda c: c["email"],
        "JOINED_AT": lambda c: c["joined_at"],
    }

    avatar_url = Derived(lambda c: HERE + c["avatar_path"])
    avatar_thumbnail_url = Derived(lambda c: HERE + func.replace(c["avatar_path"], ".webp", "-64.webp"))

    invitation = ToOne(models.Invitation, on="id", key="collaborator_id", where=is_open)
