"""Invitations, given out with a secret that is shown once."""

from collections.abc import Callable
from typing import Any

from strawberry import Info

from loaders.collaborator import CollaboratorEntity
from loaders.invitation import InvitationEntity
from resolvers.context import context
from resolvers.mutation import record
from resolvers.secret import Issue, Issued, issuing

shown = record(InvitationEntity)


def inviting(invite: Issue) -> Callable[[Any, Any], Any]:
    """Makes a resolver of input type and payload, for a command that invites a collaborator."""
    return issuing(invite, CollaboratorEntity)


def link(root: Issued, info: Info) -> str | None:
    """The secret as a link to hand over, where there is a page for it and the secret is shown."""
    return context(info).invitation_link(root.secret) if root.secret else None
