"""Invitations of people to the company."""

import datetime

import strawberry

from domain import invitation as commands
from models.viewer import Permission
from resolvers import invitation as answers
from resolvers.secret import Issued
from schema.collaborator import Collaborator, CollaboratorInput, Role
from schema.fields import answered, column, related, shows
from schema.inputs import Command, OnRecord, about, required, value
from schema.mutations import mutation
from schema.node import Node
from schema.payloads import Payload
from schema.scalars import EmailAddress, Url


@strawberry.type(
    description="An invitation to become a collaborator of the company (invitación). Whoever presents its secret with a"
    " token of their own is that collaborator from then on; see docs/sign-in.md."
)
class Invitation(Node):
    collaborator: Collaborator | None = related("Who is invited.")
    created_by: Collaborator | None = related("Who invited; they themselves where it was whoever runs the server.")
    created_at: datetime.datetime = column("When.")
    expires_at: datetime.datetime = column("From when on it opens nothing.")
    accepted_at: datetime.datetime | None = column(
        "When it was used, or no longer needed: the collaborator had signed in by their e-mail address."
    )
    revoked_at: datetime.datetime | None = column("When it was taken back, or a newer one took its place.")


_SHOWN = "The invitation; null when nothing was done or when it was only validated."
_SHOWN_ONCE = (
    "What the person is to present: `fi_…`. It is shown this once: only a hash of it is kept. Null when the request is"
    " repeated with its `Idempotency-Key`."
)
_LINK = (
    "The secret as a link to hand over: `FICHA_INVITATION_URL`, or GraphiQL, with the secret behind a `#`, which"
    " browsers send to no server. Null where there is no such page, and under the same conditions as `secret`."
)


@strawberry.type(description="What `inviteCollaborator` answers.")
@shows(Issued)
class InviteCollaboratorPayload(Payload):
    invitation: Invitation | None = answered(answers.shown, _SHOWN)
    secret: str | None = column(_SHOWN_ONCE)
    link: Url | None = answered(answers.link, _LINK)


@strawberry.type(description="What `resendInvitation` answers.")
@shows(Issued)
class ResendInvitationPayload(Payload):
    invitation: Invitation | None = answered(answers.shown, _SHOWN)
    secret: str | None = column(_SHOWN_ONCE)
    link: Url | None = answered(answers.link, _LINK)


@strawberry.input(description="A person who is invited to be a collaborator.")
class InviteCollaboratorInput(CollaboratorInput, Command):
    name: str = required("Full name.")
    email: EmailAddress = required(
        "E-mail address, unique in the company. A first sign-in by it, if the issuer verified it, does as well as"
        " accepting the invitation."
    )
    role: Role = required("Their role; the viewer holds all of its permissions.")
    days: int | None = value("How many days the invitation holds, 1 to 30; 7 unless something else is said.")


@strawberry.input(description="The collaborator who gets a new invitation.")
class ResendInvitationInput(OnRecord):
    days: int | None = value("How many days it holds, 1 to 30; 7 unless something else is said.")


MUTATIONS = (
    mutation(
        InviteCollaboratorInput,
        commands.invite_collaborator,
        Invitation,
        "A new collaborator, and an invitation to be handed to them.",
        needs=Permission.ADMIN,
        payload=InviteCollaboratorPayload,
        resolver=answers.inviting(commands.invite_collaborator),
    ),
    mutation(
        ResendInvitationInput,
        commands.resend_invitation,
        Collaborator,
        "A new invitation for a collaborator who is bound to no account: the last one was lost or has expired, or they"
        " have a new account. The last one no longer opens anything.",
        needs=Permission.ADMIN,
        payload=ResendInvitationPayload,
        resolver=answers.inviting(commands.resend_invitation),
    ),
    mutation(
        about("RevokeInvitationInput", "The collaborator whose invitation is taken back."),
        commands.revoke_invitation,
        Collaborator,
        "Takes back a collaborator's open invitation. Who never came in is suspended; `resendInvitation` invites them"
        " again.",
        needs=Permission.ADMIN,
    ),
)
