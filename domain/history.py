"""What the history says of an edit: which fields changed, from what to what, as text of that day."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import inspect

from domain.fields import Field, Fields, Given
from domain.work import UnitOfWork
from models import Base, Client
from models.history import Change, HistoryEventKind


async def _text(work: UnitOfWork, field: Field, value: Any) -> str | None:
    """A value as people read it; a reference as the name of what it leads to."""
    if field.refers and isinstance(value, UUID):
        referred: Any = await work.get(field.refers, value)
        return getattr(referred, "name", None) or getattr(referred, "title", None)
    return None if value is None else field.shown(value)


async def apply(work: UnitOfWork, record: Base, fields: Fields, values: Given) -> list[dict[str, Any]]:
    """Writes values that differ into the record and tells each as {field, from, to}; what is equal leaves no trace."""
    changes: list[dict[str, Any]] = []
    for name, value in values.items():
        before = getattr(record, name)
        if before != value:
            field = fields[name]
            changes.append(
                {"field": name, "from": await _text(work, field, before), "to": await _text(work, field, value)}
            )
            setattr(record, name, value)
    return changes


def note(
    work: UnitOfWork,
    kind: HistoryEventKind,
    client: Client,
    change: Change,
    label: str,
    changes: list[dict[str, Any]] | None = None,
    **links: UUID,
) -> None:
    """Appends one of the `_CHANGED` kinds: what was done to the record that people know as `label`."""
    work.record(kind, client, details={"change": change, "label": label, "changes": changes or []}, **links)


async def edit(
    work: UnitOfWork,
    client: Client,
    record: Base,
    fields: Fields,
    values: Given,
    kind: HistoryEventKind,
    label: str,
    **links: UUID,
) -> bool:
    """An update as a whole: writes, counts and records it; nothing of the kind where nothing differs."""
    changes = await apply(work, record, fields, values)
    if changes or inspect(record).modified:
        work.touch(cast("Any", record))
        note(work, kind, client, Change.UPDATED, label, changes, **links)
    return bool(changes)
