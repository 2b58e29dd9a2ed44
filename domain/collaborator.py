"""The company's people: what they may do, who takes over from whom, and who they are to the issuer of their tokens."""

from typing import Final
from uuid import UUID

from sqlalchemy import or_, select, update

from domain import history
from domain.audit import audit
from domain.email import parse_email
from domain.fields import Field, fields_of
from domain.hand_over import hand_over
from domain.inputs import ById, Maybe, OnRecord, known
from domain.policy import NOT_FOUND
from domain.problem import PERMISSION_NOT_HELD, error, reject
from domain.work import INACTIVE, UnitOfWork
from models import Collaborator, Company, Invitation
from models.audit import AuditEventKind
from models.collaborator import Locale, Role
from models.viewer import Permission, bundle

LAST_ADMINISTRATOR: Final = error(
    "Es el último administrador que puede entrar: dé antes ese rol a otra persona.",
    "They are the last administrator who can sign in: give that role to somebody else first.",
)
HAND_OVER_SELF: Final = error(
    "No pueden pasar a la misma persona que se suspende.", "The collaborator being suspended cannot take them over."
)


FIELDS = fields_of(
    Collaborator,
    but=["picture", "active", "joined_at", "issuer", "subject"],
    email=Field(parse_email),
    locale=Field(default=Locale.ES_MX),
)


class SuspendCollaborator(OnRecord):
    """The collaborator to suspend, and the one who takes over their work."""

    hand_over_to: Maybe[UUID]


async def update_collaborator(work: UnitOfWork, input: OnRecord) -> Collaborator:
    """Changes what the input states. Needs `admin`; the last administrator who can sign in stays one."""
    collaborator, has_other = await _administered(work, input.id)
    work.expect(collaborator, input)
    values = await work.read(FIELDS, input)
    role = values.get("role", collaborator.role)
    await demand_held(work, collaborator.role, "id")
    await demand_held(work, role, "role")
    if collaborator.active and collaborator.role is Role.ADMIN and role is not Role.ADMIN and not has_other:
        raise reject(LAST_ADMINISTRATOR).at("role")
    address = collaborator.email
    if changes := await history.apply(work, collaborator, FIELDS, values):
        work.touch(collaborator)
        audit(work, AuditEventKind.COLLABORATOR_CHANGED, email=address, changes=changes)
    return collaborator


async def suspend_collaborator(work: UnitOfWork, input: SuspendCollaborator) -> Collaborator:
    """Suspends the collaborator, who can no longer sign in, and hands their work over. Needs `admin`.

    Clients, open deals and pending follow-ups go to `hand_over_to`, who must be named where there are any.
    """
    collaborator, has_other = await _administered(work, input.id)
    work.expect(collaborator, input)
    if collaborator.active and collaborator.role is Role.ADMIN and not has_other:
        raise reject(LAST_ADMINISTRATOR).at("id")
    heir = await _heir(work, collaborator, known(input.hand_over_to))
    handed = await hand_over(work, collaborator, heir)
    if collaborator.active:
        collaborator.active = False
        work.touch(collaborator)
        work.flush()
        await revoke_open(work, collaborator)
        to = heir.email if heir else None
        audit(
            work, AuditEventKind.COLLABORATOR_SUSPENDED, email=collaborator.email, handed_over_to=to, handed_over=handed
        )
    return collaborator


async def resume_collaborator(work: UnitOfWork, input: OnRecord) -> Collaborator:
    """Reactivates the collaborator; what was handed over is not returned. Needs `admin`."""
    collaborator = await administered(work, input.id)
    work.expect(collaborator, input)
    await demand_held(work, collaborator.role, "id")
    if not collaborator.active:
        collaborator.active = True
        work.touch(collaborator)
        audit(work, AuditEventKind.COLLABORATOR_RESUMED, email=collaborator.email)
    return collaborator


async def unbind_collaborator(work: UnitOfWork, input: ById) -> Collaborator:
    """Unbinds the collaborator: the next account that accepts an invitation, or signs in with their e-mail address,
    is bound. Needs `admin`."""
    collaborator = await administered(work, input.id)
    if collaborator.subject is not None:
        audit(
            work,
            AuditEventKind.COLLABORATOR_UNBOUND,
            email=collaborator.email,
            issuer=collaborator.issuer,
            subject=collaborator.subject,
        )
        collaborator.issuer = collaborator.subject = None
        work.touch(collaborator)
    return collaborator


async def administered(work: UnitOfWork, id: UUID) -> Collaborator:
    """The collaborator, locked. Needs `admin`."""
    work.viewer.demand(Permission.ADMIN)
    collaborator = await work.get(Collaborator, id, lock=True)
    if collaborator is None:
        raise reject(NOT_FOUND).at("id")
    return collaborator


async def demand_held(work: UnitOfWork, role: Role, path: str) -> None:
    """`Rejected` if the role has a permission that the viewer lacks: an administrator's API key may have fewer
    permissions than they do, and cannot grant more than it has."""
    company = await work.session.get_one(Company, work.company_id)
    lacking = bundle(role, company.role_permissions.get(role.value)) - work.viewer.permissions
    if lacking:
        raise reject(PERMISSION_NOT_HELD, permission=min(lacking)).at(path)


async def revoke_open(work: UnitOfWork, collaborator: Collaborator) -> bool:
    """Revokes the collaborator's open invitation; returns whether there was one."""
    revoked = await work.session.scalars(
        update(Invitation)
        .where(
            Invitation.company_id == work.company_id,
            Invitation.collaborator_id == collaborator.id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=work.now)
        .returning(Invitation.id)
    )
    return revoked.first() is not None


async def _administered(work: UnitOfWork, id: UUID) -> tuple[Collaborator, bool]:
    """The collaborator, and whether there is another administrator who can sign in.

    Locked with all administrators and in one order: of two who remove each other, one comes second and sees it.
    """
    work.viewer.demand(Permission.ADMIN)
    query = (
        work.of(Collaborator, or_(Collaborator.role == Role.ADMIN, Collaborator.id == id))
        .order_by(Collaborator.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    locked = {each.id: each for each in await work.session.scalars(query)}
    work.comes_after(*locked.values())
    if id not in locked:
        raise reject(NOT_FOUND).at("id")
    others = (each for each in locked.values() if each.id != id and each.role is Role.ADMIN)
    return locked[id], any(each.active and each.joined_at is not None for each in others)


async def _heir(work: UnitOfWork, leaving: Collaborator, id: UUID | None) -> Collaborator | None:
    if id is None:
        return None
    query = select(Collaborator).where(Collaborator.company_id == work.company_id, Collaborator.id == id)
    # A shared lock: they cannot be suspended before this is committed.
    heir = await work.session.scalar(query.with_for_update(read=True))
    if heir is None:
        raise reject(NOT_FOUND).at("hand_over_to")
    if heir.id == leaving.id:
        raise reject(HAND_OVER_SELF).at("hand_over_to")
    if not heir.active:
        raise reject(INACTIVE).at("hand_over_to")
    return heir
