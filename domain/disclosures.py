"""What a viewer learns about records that they may not see. It is counted and audited outside the transaction, which
may be rolled back. `server.access.disclosures` does it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from models.viewer import Viewer


class Disclosures(Protocol):
    """How many records out of sight were disclosed to each viewer."""

    async def allowed(self, viewer: Viewer) -> bool:
        """Whether another record may be disclosed to the viewer."""
        ...

    async def disclosed(self, viewer: Viewer, field: str, clients: Sequence[UUID]) -> None:
        """Records that the viewer learnt that these clients have the value that they entered for the field."""
        ...


class Unbounded:
    """For commands of the operator, who sees all."""

    async def allowed(self, viewer: Viewer) -> bool:
        del viewer
        return True

    async def disclosed(self, viewer: Viewer, field: str, clients: Sequence[UUID]) -> None:
        pass
