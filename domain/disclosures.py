"""What a viewer learns of records out of their sight: counted and audited beyond the transaction that told it, which
may well be discarded. `server.access.disclosures` does it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from models.viewer import Viewer


class Disclosures(Protocol):
    """How many records out of sight each viewer was told of."""

    async def allowed(self, viewer: Viewer) -> bool:
        """Whether the viewer may be told of another one."""
        ...

    async def disclosed(self, viewer: Viewer, field: str, clients: Sequence[UUID]) -> None:
        """The viewer is told that what they gave for the field is also that of some of these clients."""
        ...


class Unbounded:
    """For commands of the operator, who sees all."""

    async def allowed(self, viewer: Viewer) -> bool:
        del viewer
        return True

    async def disclosed(self, viewer: Viewer, field: str, clients: Sequence[UUID]) -> None:
        pass
