"""What the roles of a company may do, where it differs from what they usually may."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from domain.audit import audit
from domain.inputs import Input
from domain.problem import PERMISSION_NOT_HELD, PERMISSION_UNKNOWN, error, reject
from domain.work import UnitOfWork
from models import Company
from models.audit import AuditEventKind
from models.collaborator import Role
from models.viewer import Permission, bundle

ROLE_FIXED: Final = error("El rol ADMIN conserva todos sus permisos.", "The role ADMIN keeps all of its permissions.")


class SetRolePermissions(Input):
    """All that a role may do; None: what it usually may."""

    role: str
    permissions: Sequence[str] | None


async def set_role_permissions(work: UnitOfWork, input: SetRolePermissions) -> None:
    """Sets the permissions of the role; None restores the default ones. It takes effect at each viewer's next
    look-up. ADMIN cannot be changed, so that a company always has an administrator.
    """
    work.viewer.demand(Permission.ADMIN)
    role, permissions = Role(input.role), input.permissions
    if role is Role.ADMIN:
        raise reject(ROLE_FIXED).at("role")
    known = {permission.value for permission in Permission}
    for permission in permissions or ():
        if permission not in known:
            raise reject(PERMISSION_UNKNOWN, permission=permission).at("permissions")
    # Locked, so that concurrent changes of two roles are both kept.
    query = select(Company).where(Company.id == work.company_id).with_for_update(key_share=True)
    company = (await work.session.scalars(query)).one()
    work.comes_after(company)
    before = bundle(role, company.role_permissions.get(role.value))
    for permission in sorted(set(permissions or ()) - {held.value for held in before}):
        # An administrator's API key may have fewer permissions than they do; it cannot grant more than it has.
        if not work.viewer.may(Permission(permission)):
            raise reject(PERMISSION_NOT_HELD, permission=permission).at("permissions")
    changed = {name: stated for name, stated in company.role_permissions.items() if name != role.value}
    if permissions is not None:
        changed[role.value] = sorted(set(permissions))
    company.role_permissions = changed
    after = bundle(role, changed.get(role.value))
    if after != before:
        audit(
            work,
            AuditEventKind.ROLE_PERMISSIONS_CHANGED,
            role=role.value,
            granted=sorted(after - before),
            withdrawn=sorted(before - after),
        )
