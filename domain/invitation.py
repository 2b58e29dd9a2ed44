"""Invitations: a new collaborator, and a secret that binds the account that presents it to them.

The secret is shown once, to be handed over (see `domain.secret`), and used once, together with the person's own
token: `server.access.invitations` verifies that.
"""

import datetime
from dataclasses import replace
from typing import Final

from domain.audit import audit
from domain.collaborator import FIELDS, administered, demand_held, revoke_open
from domain.fields import Field, between
from domain.inputs import Input, Maybe, OnRecord
from domain.problem import error, reject
from domain.secret import INVITATION, Secret
from domain.work import UnitOfWork
from errors import CompanySuspended
from models import Collaborator, Company, Invitation
from models.audit import AuditEventKind
from models.viewer import Permission

COLLABORATOR_SUSPENDED: Final = error(
    "Está suspendido: reactívelo primero.", "They are suspended: reactivate them first."
)
COLLABORATOR_BOUND: Final = error(
    "Ya entra con su cuenta: para darle otra, desvincúlela primero.",
    "They already sign in with an account: to give them another one, unbind it first.",
)
INVITATION_NOT_OPEN: Final = error("No tiene una invitación abierta.", "They have no open invitation.")
INVITATION_INVALID: Final = error(
    "La invitación no es válida: abra de nuevo el enlace completo, o pida otra.",
    "The invitation is not valid: open the complete link again, or ask for another one.",
)
INVITATION_EXPIRED: Final = error(
    "La invitación ya venció: pida otra a quien lo invitó.", "The invitation has expired: ask for another one."
)
INVITATION_REVOKED: Final = error(
    "La invitación fue retirada, o hay otra más nueva: pida la vigente a quien lo invitó.",
    "The invitation was revoked or replaced by a newer one: ask for the current one.",
)
INVITATION_USED: Final = error(
    "La invitación ya se usó: entre con la cuenta que la aceptó, o pida otra.",
    "The invitation was used: sign in with the account that accepted it, or ask for another one.",
)


MOST_DAYS: Final = 30
TERM = {"days": Field(between(1, MOST_DAYS), required=True, default=7)}


class InviteCollaborator(Input):
    """A new collaborator. `days` is how long the invitation holds, and no column."""

    days: Maybe[int]


class ResendInvitation(OnRecord):
    """Who gets another invitation, and how many days it holds."""

    days: Maybe[int]


async def invite_collaborator(work: UnitOfWork, input: InviteCollaborator) -> tuple[Invitation, Secret]:
    """A new collaborator and their invitation; the secret cannot be read again. Needs `admin`."""
    work.viewer.demand(Permission.ADMIN)
    values = await work.read(FIELDS | TERM, input, creating=True)
    days = values.pop("days")
    await demand_held(work, values["role"], "role")
    collaborator = await work.add(work.new(Collaborator, active=True, joined_at=None, **values))
    return await _invite(work, collaborator, days)


async def resend_invitation(work: UnitOfWork, input: ResendInvitation) -> tuple[Invitation, Secret]:
    """A new invitation for a collaborator who is bound to no account; an open one is revoked. Needs `admin`.

    A collaborator whose invitation was revoked before they ever signed in is invited again.
    """
    collaborator = await administered(work, input.id)
    work.expect(collaborator, input)
    values = await work.read(TERM, input, creating=True)
    await demand_held(work, collaborator.role, "id")
    if collaborator.subject is not None:
        raise reject(COLLABORATOR_BOUND).at("id")
    if not collaborator.active:
        if collaborator.joined_at is not None:
            raise reject(COLLABORATOR_SUSPENDED).at("id")
        collaborator.active = True
        work.touch(collaborator)
    return await _invite(work, collaborator, values["days"])


async def revoke_invitation(work: UnitOfWork, input: OnRecord) -> Collaborator:
    """Revokes the collaborator's open invitation. One who never signed in cannot sign in with their e-mail address
    either. Needs `admin`."""
    collaborator = await administered(work, input.id)
    work.expect(collaborator, input)
    if not await revoke_open(work, collaborator):
        raise reject(INVITATION_NOT_OPEN).at("id")
    if collaborator.joined_at is None:
        collaborator.active = False
        work.touch(collaborator)
    audit(work, AuditEventKind.INVITATION_REVOKED, email=collaborator.email)
    return collaborator


async def _invite(work: UnitOfWork, collaborator: Collaborator, days: int) -> tuple[Invitation, Secret]:
    await revoke_open(work, collaborator)
    secret = Secret.new(work.company_id, INVITATION)
    invitation = await work.add(
        work.new(
            Invitation,
            id=secret.id,
            collaborator_id=collaborator.id,
            secret_hash=secret.hash,
            created_by_id=work.viewer.collaborator_id,
            expires_at=work.now + datetime.timedelta(days=days),
        )
    )
    audit(work, AuditEventKind.COLLABORATOR_INVITED, email=collaborator.email, role=collaborator.role.value, days=days)
    return invitation, secret


async def accept_invitation(work: UnitOfWork, secret: Secret, issuer: str, subject: str) -> Collaborator:
    """The collaborator who was invited, from now on bound to the account. It is they who act, whoever the viewer was.

    Only who has the secret is told what became of the invitation; all others get one answer, INVITATION_INVALID.
    """
    invitation = await work.get(Invitation, secret.id)
    if not secret.proves(invitation.secret_hash if invitation else bytes(32)) or invitation is None:
        raise reject(INVITATION_INVALID)
    collaborator = await work.get(Collaborator, invitation.collaborator_id, lock=True)
    invitation = await work.get(Invitation, secret.id)  # as it is now that nobody else can change it
    assert collaborator  # noqa: S101  # neither is ever deleted
    assert invitation  # noqa: S101
    company = await work.session.get(Company, work.company_id)
    if company is not None and company.suspended_at is not None:
        raise CompanySuspended
    if invitation.accepted_at is not None or collaborator.subject is not None:
        raise reject(INVITATION_USED)
    if invitation.revoked_at is not None or not collaborator.active:
        raise reject(INVITATION_REVOKED)
    if invitation.expires_at <= work.now:
        raise reject(INVITATION_EXPIRED)
    work.viewer = replace(work.viewer, collaborator_id=collaborator.id)
    collaborator.issuer, collaborator.subject = issuer, subject
    collaborator.joined_at = collaborator.joined_at or work.now
    work.touch(collaborator)
    invitation.accepted_at = work.now
    work.flush()  # `Rejected` where the account is another collaborator's
    audit(work, AuditEventKind.INVITATION_ACCEPTED, email=collaborator.email, issuer=issuer, subject=subject)
    return collaborator
