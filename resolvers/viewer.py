"""Who asks."""

from collections.abc import Mapping
from typing import Any

from strawberry import Info

from loaders.collaborator import CollaboratorEntity
from loaders.company import CompanyEntity
from loaders.reads import Constant, Found, Key, Record, Rowless, reads
from models.collaborator import Locale, Role
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


def _role(viewer: Viewer) -> Role:
    return viewer.role


@reads(Constant(_role))
def role(root: Viewer) -> Role:
    """The viewer's role."""
    return _role(root)


def _locale(viewer: Viewer) -> Locale:
    return viewer.locale


@reads(Constant(_locale))
def locale(root: Viewer) -> Locale:
    """The viewer's language and country."""
    return _locale(root)
