"""Which clients a unit of work changes, and with which events, as announced to the subscriptions of every process.
Only ids are sent: a subscriber reads the records as its own viewer, who may see less than the writer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from models import Client, HistoryEvent

_EVENTS_A_NOTICE = 100
"""A notification of PostgreSQL's holds at most 8,000 bytes."""

ClientKey = tuple[UUID, UUID]
"""A company's id, and that of its client."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a session has written so far: the new events of each client that was touched."""

    company_id: UUID
    events: dict[UUID, list[UUID]] = field(default_factory=dict[UUID, list[UUID]])

    def news(self) -> Iterator[str]:
        """As a channel carries it; `read_news` reads it."""
        for client, events in self.events.items():
            for first in range(0, max(len(events), 1), _EVENTS_A_NOTICE):
                part = events[first : first + _EVENTS_A_NOTICE]
                yield orjson.dumps({"company": self.company_id, "client": client, "events": part}).decode()


def changes_of(session: AsyncSession, company_id: UUID) -> Changes:
    """What the session writes from now on."""
    changes = Changes(company_id)

    def note(flushed: Any, *_: Any) -> None:
        for record in (*flushed.new, *flushed.deleted, *(one for one in flushed.dirty if flushed.is_modified(one))):
            client = record.id if isinstance(record, Client) else getattr(record, "client_id", None)
            if client is not None:
                events = changes.events.setdefault(client, [])
                if isinstance(record, HistoryEvent):
                    events.append(record.id)

    event.listen(session.sync_session, "before_flush", note)
    return changes


def read_news(text: str) -> tuple[ClientKey, Sequence[UUID]]:
    """The client that changed, and its new events."""
    news = orjson.loads(text)
    return (UUID(news["company"]), UUID(news["client"])), [UUID(id) for id in news["events"]]
