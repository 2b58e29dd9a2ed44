"""What the company's roles may do."""

import strawberry

from domain.role import set_role_permissions
from models.viewer import Permission
from resolvers import role as answers
from schema.collaborator import Role
from schema.company import Company
from schema.fields import answered, column, shows
from schema.inputs import Command, required, value
from schema.mutations import mutation
from schema.payloads import Payload


@strawberry.type(description="A role and its bundle of permissions (permisos del rol) in the company.")
@shows(answers.RolePermissions)
class RolePermissions:
    role: Role = column("The role (rol).")
    permissions: list[str] = column("What it may do, as `clients:read_all`, in alphabetical order.")
    is_changed: bool = column("Whether the company gave it other permissions than it usually has.")


@strawberry.type(description="What `setRolePermissions` answers.")
class SetRolePermissionsPayload(Payload):
    roles: list[RolePermissions] | None = answered(answers.roles, "Every role with its permissions, as they are now.")


@strawberry.input(description="What a role may do in the company.")
class SetRolePermissionsInput(Command):
    role: Role = required("The role; not `ADMIN`, which keeps all permissions.")
    permissions: list[str] | None = value(
        "All it may do, as `clients:read`; null or absent: what it usually may.", default=None
    )


MUTATIONS = (
    mutation(
        SetRolePermissionsInput,
        set_role_permissions,
        Company,
        "Says what a role may do in the company. It takes hold at the viewers' next look-up, at most"
        " `FICHA_VIEWER_CACHE_SECONDS` later.",
        needs=Permission.ADMIN,
        payload=SetRolePermissionsPayload,
    ),
)
