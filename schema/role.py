"""What the company's roles may do."""

import strawberry

from domain.role import set_role_permissions
from models.viewer import Permission
from resolvers import role as answers
from schema.collaborator import Role
from schema.company import FichaCompany
from schema.fields import answered, column, shows
from schema.inputs import Command, required, value
from schema.mutations import mutation
from schema.payloads import Payload


@strawberry.type(description="A role and its bundle of permissions (permisos del rol) in the company.")
@shows(answers.RolePermissions, [answers.PERMISSION])
class FichaRolePermissions:
    role: Role = column("The role (rol).")
    permissions: list[str] = column("What it may do, as `clients:read_all`, in alphabetical order.")
    is_changed: bool = column("Whether the company changed its default permissions.")


@strawberry.type(description="The payload of `setRolePermissions`.")
class SetRolePermissionsPayload(Payload):
    roles: list[FichaRolePermissions] | None = answered(
        answers.roles, "Every role with its permissions, as they are now."
    )


@strawberry.input(description="What a role may do in the company.")
class SetRolePermissionsInput(Command):
    role: Role = required("The role; not `ADMIN`, which keeps all permissions.")
    permissions: list[str] | None = value(
        "All its permissions, as `clients:read`; null or absent restores the default ones.", default=None
    )


MUTATIONS = (
    mutation(
        SetRolePermissionsInput,
        set_role_permissions,
        FichaCompany,
        "Sets the permissions of a role in the company. It takes effect within `FICHA_VIEWER_CACHE_SECONDS`.",
        needs=Permission.ADMIN,
        payload=SetRolePermissionsPayload,
    ),
)
