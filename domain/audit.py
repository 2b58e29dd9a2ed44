"""What commands leave in the audit log, in their own transaction."""

from typing import Any
from uuid import UUID

from domain.work import UnitOfWork
from models import AuditEvent
from models.audit import AuditEventKind


def audit(
    work: UnitOfWork, kind: AuditEventKind, *, api_key_id: UUID | None = None, by_command: bool = False, **details: Any
) -> None:
    """Adds an event; `api_key_id` is the key that it is about, otherwise the one that was used. `by_command`: the
    operator of the server did it, not a collaborator."""
    event = work.new(
        AuditEvent,
        occurred_at=work.now,
        kind=kind,
        actor_id=None if by_command else work.viewer.collaborator_id,
        api_key_id=api_key_id or work.viewer.api_key_id,
        details=details,
    )
    work.session.add(event)
