"""The company's people."""

from collections.abc import Mapping
from typing import Any

from domain.collaborator import unbind_collaborator
from domain.work import UnitOfWork
from loaders.collaborator import CollaboratorEntity
from models import Collaborator

__all__ = ["CollaboratorEntity", "unbind"]


async def unbind(work: UnitOfWork, given: Mapping[str, Any]) -> Collaborator:
    """The command behind `unbindCollaborator`."""
    return await unbind_collaborator(work, given["id"])
