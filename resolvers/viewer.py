"""Who asks."""

from typing import Any

from strawberry import Info

from loaders.collaborator import CollaboratorEntity
from loaders.company import CompanyEntity
from models.viewer import Viewer
from resolvers.context import context, operation


def viewer(info: Info) -> Any:
    """The viewer of the request."""
    return context(info).viewer


def collaborator(root: Viewer, info: Info) -> Any:
    """The viewer's own record."""
    return operation(info).record(CollaboratorEntity, root.collaborator_id)


def company(root: Viewer, info: Info) -> Any:
    """The viewer's company."""
    return operation(info).record(CompanyEntity, root.company_id)


def permissions(root: Viewer) -> list[str]:
    """The viewer's permissions."""
    return sorted(permission.value for permission in root.permissions)
