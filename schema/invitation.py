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
class CollaboratorInvitation(Node):
    collaborator: Collaborator | None = related("Who is invited.")
    created_by: Collaborator | None = related("Who invited them; themselves if it was the operator of the server.")
    created_at: datetime.datetime = column("When.")
    updated_at: datetime.datetime = column("When it was created, accepted or revoked, whichever was last.")
    expires_at: datetime.datetime = column("When it expires.")
    accepted_at: datetime.datetime | None = column(
        "When it was accepted, or no longer needed because the collaborator signed in with their e-mail address."
    )
    revoked_at: datetime.datetime | None = column("When it was revoked, or replaced by a newer one.")


@strawberry.type(description="The payload of `inviteCollaborator`.")
@shows(Issued)
class InviteCollaboratorPayload(Payload):
    invitation: CollaboratorInvitation | None = answered(
        answers.shown, "The invitation; null when nothing was done or when it was only validated."
    )
    secret: str | None = column(
        "The secret that the person presents: `fi_…`. It is shown only once: Ficha stores only its hash."
        " Null when the request is repeated with its `Idempotency-Key`."
    )
    link: Url | None = answered(
        answers.link,
        "The secret as a link to hand over: `FICHA_INVITATION_URL`, or the client page, or GraphiQL, with the secret"
        " after a `#`, which browsers never send to a server. Null if there is no such page, or if `secret` is null.",
    )


@strawberry.type(description="The payload of `resendInvitation`.")
class ResendInvitationPayload(InviteCollaboratorPayload):
    pass


@strawberry.input(description="A person who is invited to be a collaborator.")
class InviteCollaboratorInput(CollaboratorInput, Command):
    name: str = required("Full name.")
    email: EmailAddress = required(
        "E-mail address, unique in the company. A first sign-in with it, if the issuer verified it,"
        " also accepts the invitation."
    )
    role: Role = required("Their role; the viewer holds all of its permissions.")
    days: int | None = value("Days until the invitation expires, 1 to 30; 7 by default.")


@strawberry.input(description="The collaborator who gets a new invitation.")
class ResendInvitationInput(OnRecord):
    days: int | None = value("Days until it expires, 1 to 30; 7 by default.")


MUTATIONS = (
    mutation(
        InviteCollaboratorInput,
        commands.invite_collaborator,
        CollaboratorInvitation,
        "A new collaborator, and an invitation to be handed to them.",
        needs=Permission.ADMIN,
        payload=InviteCollaboratorPayload,
        resolver=answers.inviting(commands.invite_collaborator),
    ),
    mutation(
        ResendInvitationInput,
        commands.resend_invitation,
        Collaborator,
        "Sends a collaborator who is bound to no account a new invitation, which replaces the"
        " previous one: because it was lost or has expired, or because they have a new account.",
        needs=Permission.ADMIN,
        payload=ResendInvitationPayload,
        resolver=answers.inviting(commands.resend_invitation),
    ),
    mutation(
        about("RevokeInvitationInput", "The collaborator whose invitation is revoked."),
        commands.revoke_invitation,
        Collaborator,
        "Revokes a collaborator's open invitation. A collaborator who never signed in is suspended;"
        " `resendInvitation` invites them again.",
        needs=Permission.ADMIN,
    ),
)
