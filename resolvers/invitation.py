"""Invitations: listed, and given out with a secret that is shown once."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from strawberry import Info

from domain.inputs import Input
from domain.problem import Rejected
from domain.secret import Secret
from domain.work import UnitOfWork
from loaders.collaborator import CollaboratorEntity
from loaders.invitation import InvitationEntity
from loaders.page import Order
from models import Invitation
from models.viewer import Viewer
from resolvers.context import context
from resolvers.inputs import plain
from resolvers.mutation import Outcome, record, replayed, transact
from resolvers.reading import paged

Invite = Callable[[UnitOfWork, Any], Awaitable[tuple[Invitation, Secret]]]
"""Invites somebody, by a `domain.inputs.Input`."""


@paged
def invitations(_: Viewer) -> Mapping[str, Any]:
    """The company's invitations, newest first, used and expired ones among them."""
    return {"order": (Order("CREATED_AT", descending=True),)}


@dataclass(frozen=True, slots=True)
class Invited(Outcome):
    """A new invitation, and the secret that is shown this once."""

    secret: str | None = None
    link: str | None = None


shown = record(InvitationEntity)


def inviting(invite: Invite) -> Callable[[Any, Any], Any]:
    """A resolver of input type and payload, that does the command and shows its secret."""

    def resolver(input_type: Any, payload: Any) -> Any:
        async def resolve(info: Info, input: Any) -> Invited:
            values: Mapping[str, Any] = plain(input, CollaboratorEntity)
            if done := replayed(info):
                return _without_secret(done)

            async def attempt(work: UnitOfWork) -> Invited:
                invitation, secret = await invite(work, Input(**values))
                if values["validate_only"]:
                    work.discard()
                    return Invited()
                return Invited(invitation.id, secret=secret.text, link=context(info).invitation_link(secret.text))

            try:
                outcome = await transact(info, attempt, validate_only=values["validate_only"])
            except Rejected as rejected:
                return Invited(user_errors=rejected.problems)
            return outcome if isinstance(outcome, Invited) else _without_secret(outcome)

        resolve.__annotations__ |= {"input": input_type, "return": payload}
        return resolve

    return resolver


def _without_secret(outcome: Outcome) -> Invited:
    """For whoever repeats a request under one `Idempotency-Key`: a secret is not kept."""
    return Invited(outcome.id, user_errors=outcome.user_errors, warnings=outcome.warnings)
