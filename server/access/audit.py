"""Writes audit events that do not belong to a command, in the background; commands write theirs in their own
transaction."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from database.wire import Pool, Sent
from errors import FichaError
from models.audit import AuditEventKind
from models.ids import uuid7
from models.viewer import Viewer

log = logging.getLogger("ficha.audit")

MOST_ON_A_SCREEN = 50
"""Account numbers and links to files that one answer may hold without being an export."""

_PATIENCE_SECONDS = 5

_RECORD = """
insert into audit_event (company_id, id, kind, actor_id, api_key_id, client_address, details)
values ($1, $2, $3, $4, $5, $6, $7)
"""
_USED = """
update api_key set last_used_at = now()
where company_id = $1 and id = $2 and (last_used_at is null or last_used_at < now() - interval '1 minute')
"""
# Locks the key, so that of two uses at once one is the first.
_FIRST_TODAY = """
insert into audit_event (company_id, id, kind, actor_id, api_key_id, client_address)
select company_id, $3, 'API_KEY_USED', created_by_id, id, $4
from api_key
where company_id = $1 and id = $2 and (last_used_at is null or last_used_at < date_trunc('day', now(), $5))
for update
"""


class Audit:
    """The audit log's writer of one process."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._writing: set[asyncio.Task[None]] = set()

    def record(
        self,
        kind: AuditEventKind,
        company_id: UUID,
        *,
        actor_id: UUID | None = None,
        api_key_id: UUID | None = None,
        address: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Adds an event."""
        values = (company_id, uuid7(), kind.value, actor_id, api_key_id, address, Jsonb(dict(details or {})))
        self._soon(self._write(company_id, (_RECORD, values)))

    def key_used(self, company_id: UUID, key_id: UUID, zone: str, address: str | None) -> None:
        """Keeps when the key was last used, and adds an event the first time on a day of the company."""
        first = (company_id, key_id, uuid7(), address, zone)
        self._soon(self._write(company_id, (_FIRST_TODAY, first), (_USED, (company_id, key_id))))

    def disclosed(self, viewer: Viewer, counts: Mapping[str, int], address: str) -> None:
        """Adds an event where an answer held more personal data than a screen shows: an export."""
        if sum(counts.values()) > MOST_ON_A_SCREEN:
            self.record(
                AuditEventKind.PERSONAL_DATA_EXPORTED,
                viewer.company_id,
                actor_id=viewer.collaborator_id,
                api_key_id=viewer.api_key_id,
                address=address or None,
                details=counts,
            )

    async def close(self) -> None:
        """Waits for what is being written, a few seconds."""
        if self._writing:
            await asyncio.wait(self._writing, timeout=_PATIENCE_SECONDS)

    def _soon(self, writing: Awaitable[None]) -> None:
        task = asyncio.ensure_future(writing)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write(self, company_id: UUID, *statements: Sent) -> None:
        try:
            await self._pool.within(company_id, statements)
        except (psycopg.Error, FichaError):
            log.exception("an audit event was lost")
