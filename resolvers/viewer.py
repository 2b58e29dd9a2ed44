"""Who asks."""

from collections.abc import Mapping
from typing import Any

from strawberry import Info

from loaders.collaborator import CollaboratorEntity
from loaders.company import CompanyEntity
from loaders.reads import Constant, Found, Record, Rowless, reads
from loaders.relation import Key
from models.viewer import Viewer
from resolvers.context import context
from resolvers.node import found

_ANY: Mapping[str, Any] = {}


@reads(Rowless())
def viewer(info: Info) -> Any:
    """The viewer of the request."""
    return context(info).viewer


def _collaborator(viewer: Viewer, _: Mapping[str, Any]) -> Found:
    return Key(CollaboratorEntity), str(viewer.collaborator_id)


@reads(Record(_collaborator))
def collaborator(root: Viewer, info: Info) -> Any:
    """The viewer's own record."""
    return found(info, _collaborator(root, _ANY))


def _company(viewer: Viewer, _: Mapping[str, Any]) -> Found:
    return Key(CompanyEntity), str(viewer.company_id)


@reads(Record(_company))
def company(root: Viewer, info: Info) -> Any:
    """The viewer's company."""
    return found(info, _company(root, _ANY))


def _permissions(viewer: Viewer) -> list[str]:
    return sorted(permission.value for permission in viewer.permissions)


@reads(Constant(_permissions))
def permissions(root: Viewer) -> list[str]:
    """The viewer's permissions."""
    return _permissions(root)
