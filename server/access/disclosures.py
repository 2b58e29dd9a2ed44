"""Counts and audits what viewers learn of clients out of their sight: see `domain.duplicates`."""

import contextlib
from collections.abc import Sequence
from uuid import UUID

from models.audit import AuditEventKind
from models.viewer import Viewer
from server.access.audit import Audit
from server.access.limits import Limit, RateLimited


class Disclosed:
    """`domain.disclosures.Disclosures` of this process, or of all of them where the limit's counts are in Redis. A
    collaborator has one budget, whatever keys they ask with."""

    def __init__(self, limit: Limit, audit: Audit) -> None:
        self._limit = limit
        self._audit = audit

    async def allowed(self, viewer: Viewer) -> bool:
        return await self._limit.spent(_who(viewer)) is None

    async def disclosed(self, viewer: Viewer, field: str, clients: Sequence[UUID]) -> None:
        with contextlib.suppress(RateLimited):
            await self._limit.spend(_who(viewer))
        self._audit.record(
            AuditEventKind.DUPLICATE_DISCLOSED,
            viewer.company_id,
            actor_id=viewer.collaborator_id,
            api_key_id=viewer.api_key_id,
            details={"field": field, "clients": [f"cli_{id}" for id in clients]},
        )


def _who(viewer: Viewer) -> str:
    return f"{viewer.company_id}/{viewer.collaborator_id}"
