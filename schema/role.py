"""What the company's roles may do."""

import strawberry

from resolvers import mutation
from resolvers import role as answers
from schema import commands
from schema.enums import Role
from schema.fields import answered, column, shows
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


set_role_permissions = answered(
    mutation.mutation(
        answers.set_permissions, answers.CompanyEntity, commands.SetRolePermissionsInput, SetRolePermissionsPayload
    ),
    "Says what a role may do in the company. It takes hold at the viewers' next look-up, at most"
    " `FICHA_VIEWER_CACHE_SECONDS` later. Needs `admin`.",
)
