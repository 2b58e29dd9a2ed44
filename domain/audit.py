"""What commands leave in the audit log, in their own transaction."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domain import history
from domain.fields import Fields
from domain.work import UnitOfWork
from models import AuditEvent
from models.audit import AuditEventKind
from models.history import Change


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


def tell_setting(
    work: UnitOfWork, noun: str, name: Any, change: Change, changes: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Adds what was done to a record that the company sets up, which people know by this name.

    {"price_list": "Mayoreo", "change": "UPDATED", "changes": [{"field": "name", "from": "…", "to": "…"}]}
    """
    audit(
        work,
        AuditEventKind.COMPANY_CHANGED,
        **{noun: name},
        change=change.value,
        changes=[dict(one) for one in changes],
    )


async def tell_created(work: UnitOfWork, noun: str, name: Any, fields: Fields, values: Mapping[str, Any]) -> None:
    """Adds that the company set up a new record, with these values."""
    changes = await history.differences(work, fields, dict.fromkeys(fields), values)
    tell_setting(work, noun, name, Change.CREATED, changes)


async def edit_setting(
    work: UnitOfWork, noun: str, name: Any, record: Any, fields: Fields, values: Mapping[str, Any]
) -> None:
    """An update of such a record as a whole: writes, counts and tells it; nothing of the kind where nothing differs.
    `name` is the one that it had."""
    if changes := await history.apply(work, record, fields, values):
        work.touch(record)
        tell_setting(work, noun, name, Change.UPDATED, changes)
