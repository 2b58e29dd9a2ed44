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
    "LAST_ADMINISTRATOR",
    "Es el último administrador que puede entrar: dé antes ese rol a otra persona.",
    "It is the last administrator who can sign in: give that role to somebody else first.",
)
HAND_OVER_SELF: Final = error(
    "HAND_OVER_SELF", "No pueden pasar a la misma persona que se suspende.", "Who is suspended cannot take them over."
)


FIELDS = fields_of(
    Collaborator,
    but=["picture", "active", "joined_at", "issuer", "subject"],
    email=Field(parse_email),
    locale=Field(default=Locale.ES_MX),
)


class SuspendCollaborator(OnRecord):
    """Who is suspended, and who takes over what they had in hand."""

    hand_over_to: Maybe[UUID]


async def update_collaborator(work: UnitOfWork, input: OnRecord) -> Collaborator:
    """Changes what is given. Needs `admin`; the last administrator who can sign in stays one."""
    found, has_other = await _administered(work, input.id)
    work.expect(found, input)
    values = await work.read(FIELDS, input)
    role = values.get("role", found.role)
    await demand_held(work, found.role, "id")
    await demand_held(work, role, "role")
    if found.active and found.role is Role.ADMIN and role is not Role.ADMIN and not has_other:
        raise reject(LAST_ADMINISTRATOR).at("role")
    address = found.email
    if changes := await history.apply(work, found, FIELDS, values):
        work.touch(found)
        audit(work, AuditEventKind.COLLABORATOR_CHANGED, email=address, changes=changes)
    return found


async def suspend_collaborator(work: UnitOfWork, input: SuspendCollaborator) -> Collaborator:
    """The collaborator, who no longer comes in; what was theirs is another's from now on. Needs `admin`.

    Clients, open deals and pending follow-ups go to `hand_over_to`, who must be named where there are any.
    """
    found, has_other = await _administered(work, input.id)
    work.expect(found, input)
    if found.active and found.role is Role.ADMIN and not has_other:
        raise reject(LAST_ADMINISTRATOR).at("id")
    heir = await _heir(work, found, known(input.hand_over_to))
    handed = await hand_over(work, found, heir)
    if found.active:
        found.active = False
        work.touch(found)
        await revoke_open(work, found)
        to = heir.email if heir else None
        audit(work, AuditEventKind.COLLABORATOR_SUSPENDED, email=found.email, handed_over_to=to, handed_over=handed)
    return found


async def resume_collaborator(work: UnitOfWork, input: OnRecord) -> Collaborator:
    """The collaborator, who comes in again as before; what was handed over is not given back. Needs `admin`."""
    found = await administered(work, input.id)
    work.expect(found, input)
    await demand_held(work, found.role, "id")
    if not found.active:
        found.active = True
        work.touch(found)
        audit(work, AuditEventKind.COLLABORATOR_RESUMED, email=found.email)
    return found


async def unbind_collaborator(work: UnitOfWork, input: ById) -> Collaborator:
    """The collaborator, who is bound anew to whoever accepts an invitation, or signs in by their e-mail address, next.
    Needs `admin`."""
    found = await administered(work, input.id)
    if found.subject is not None:
        audit(
            work,
            AuditEventKind.COLLABORATOR_UNBOUND,
            email=found.email,
            issuer=found.issuer,
            subject=found.subject,
        )
        found.issuer = found.subject = None
        work.touch(found)
    return found


async def administered(work: UnitOfWork, id: UUID) -> Collaborator:
    """The collaborator, locked. Needs `admin`."""
    work.viewer.demand(Permission.ADMIN)
    found = await work.get(Collaborator, id, lock=True)
    if found is None:
        raise reject(NOT_FOUND).at("id")
    return found


async def demand_held(work: UnitOfWork, role: Role, path: str) -> None:
    """`Rejected` where the role may do what the viewer may not: an API key of an administrator's may hold less than
    they do, and makes nobody who holds more than itself."""
    company = await work.session.get_one(Company, work.company_id)
    lacking = bundle(role, company.role_permissions.get(role.value)) - work.viewer.permissions
    if lacking:
        raise reject(PERMISSION_NOT_HELD, permission=min(lacking)).at(path)


async def revoke_open(work: UnitOfWork, collaborator: Collaborator) -> bool:
    """Takes back the collaborator's open invitation; whether there was one."""
    found = await work.session.scalars(
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
    return found.first() is not None


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
    if id not in locked:
        raise reject(NOT_FOUND).at("id")
    others = (each for each in locked.values() if each.id != id and each.role is Role.ADMIN)
    return locked[id], any(each.active and each.joined_at is not None for each in others)


async def _heir(work: UnitOfWork, found: Collaborator, id: UUID | None) -> Collaborator | None:
    if id is None:
        return None
    query = select(Collaborator).where(Collaborator.company_id == work.company_id, Collaborator.id == id)
    # Shared, so that they cannot be suspended meanwhile; whoever suspends them waits.
    heir = await work.session.scalar(query.with_for_update(read=True))
    if heir is None:
        raise reject(NOT_FOUND).at("hand_over_to")
    if heir.id == found.id:
        raise reject(HAND_OVER_SELF).at("hand_over_to")
    if not heir.active:
        raise reject(INACTIVE).at("hand_over_to")
    return heir
