"""What the company's roles may do."""

from collections.abc import Mapping
from dataclasses import dataclass

from strawberry import Info

from loaders.company import CompanyEntity
from models.collaborator import Role
from models.viewer import Permission, bundle
from resolvers.context import operation, viewer

PERMISSION = Permission.ADMIN
"""What a viewer needs to see the bundles."""


@dataclass(frozen=True, slots=True)
class RolePermissions:
    """A role's bundle."""

    role: Role
    permissions: list[str]
    is_changed: bool


async def roles(info: Info) -> list[RolePermissions]:
    """Every role with its bundle in the viewer's company."""
    asking = viewer(info)
    asking.demand(PERMISSION)
    company = await operation(info).record(CompanyEntity, asking.company_id)
    changed: Mapping[str, list[str]] = company.role_permissions if company else {}
    return [
        RolePermissions(
            role, sorted(p.value for p in bundle(role, changed.get(role.value))), is_changed=role.value in changed
        )
        for role in Role
    ]
