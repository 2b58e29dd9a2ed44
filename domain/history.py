"""What the history says of an edit: which fields changed, from what to what, as text of that day."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.fields import Field, Fields
from domain.work import UnitOfWork
from models import Base, Client
from models.history import Change, HistoryEventKind


async def text_of(work: UnitOfWork, field: Field, value: Any) -> str | None:
    """A value as people read it; a reference as the name of what it leads to."""
    if field.refers and isinstance(value, UUID):
        referred: Any = await work.get(field.refers, value)
        return getattr(referred, "name", None) or getattr(referred, "title", None)
    return None if value is None else field.shown(value)


def snapshot(record: Base, fields: Fields) -> dict[str, Any]:
    """The record's values by name."""
    return {name: getattr(record, name) for name in fields}


def assign(record: Base, values: Mapping[str, Any]) -> None:
    """Gives the record these values, as those of a former `snapshot`."""
    for name, value in values.items():
        setattr(record, name, value)


async def differences(
    work: UnitOfWork, fields: Fields, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The values that differ, each as {field, from, to}."""
    return [
        {
            "field": name,
            "from": await text_of(work, fields[name], before[name]),
            "to": await text_of(work, fields[name], value),
        }
        for name, value in after.items()
        if before[name] != value
    ]


async def apply(work: UnitOfWork, record: Base, fields: Fields, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Writes values into the record and returns the `differences`."""
    changes = await differences(work, fields, snapshot(record, fields), values)
    assign(record, values)
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
    """Appends one of the `_CHANGED` kinds: what was done to the record that people know as `label`; `subject_id` is its
    id where it is a part of the client that is no deal and no sales document."""
    details = {"change": change, "label": label, "changes": changes or []}
    work.record(kind, client, details=details, occurred_at=None, **links)


async def edit(
    work: UnitOfWork,
    client: Client,
    record: Any,
    fields: Fields,
    values: Mapping[str, Any],
    kind: HistoryEventKind,
    label: str,
    **links: UUID,
) -> None:
    """An update as a whole: writes, counts and records it; nothing of the kind where nothing differs."""
    changes = await apply(work, record, fields, values)
    if changes:
        work.touch(record)
        note(work, kind, client, Change.UPDATED, label, changes, subject_id=record.id, **links)
