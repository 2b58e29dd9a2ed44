"""Which clients a unit of work changes, and with which events: each of them gets another revision, and they are
announced to the subscriptions of every process.

Only ids are sent: a subscriber reads the records as its own viewer, who may see less than the writer.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import orjson

from database.session import Session
from models import Client, DocumentUpload, HistoryEvent

_EVENTS_A_NOTICE = 100
"""A notification of PostgreSQL's holds at most 8,000 bytes."""

ClientKey = tuple[UUID, UUID]
"""A company's id, and that of its client."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a session has written so far: the new events of each client that was touched."""

    company_id: UUID
    events: dict[UUID, list[UUID]] = field(default_factory=dict[UUID, list[UUID]])

    def add(self, clients: Iterable[UUID]) -> None:
        """Clients of which a statement changed parts that the session does not know."""
        for client in clients:
            self.events.setdefault(client, [])

    def news(self) -> Iterator[str]:
        """As a channel carries it; `read_news` reads it."""
        for client, events in self.events.items():
            for first in range(0, max(len(events), 1), _EVENTS_A_NOTICE):
                part = events[first : first + _EVENTS_A_NOTICE]
                yield orjson.dumps({"company": self.company_id, "client": client, "events": part}).decode()


def changes_of(session: Session, company_id: UUID) -> Changes:
    """What the session writes from now on."""
    changes = Changes(company_id)
    session.watch = _Noting(session, changes)
    return changes


_SEEN_BY_NOBODY: Final = DocumentUpload
"""A file that was only announced is not among the client's documents yet."""

_WRITTEN_AT: Final = ("created_at", "recorded_at", "updated_at", "revoked_at")

_LONG_AGO: Final = datetime.datetime.min.replace(tzinfo=datetime.UTC)


def _moment_of(record: Any) -> datetime.datetime:
    """When the record was written last."""
    times = (getattr(record, name, None) for name in _WRITTEN_AT)
    return max((time for time in times if time is not None), default=_LONG_AGO)


class _Noting:
    """Notes the events and the clients that a session writes.

    Whatever writes a part of a client also writes the client's row, in the same statement as the client's own changes
    if there are any: its `updated_at` becomes the part's, and the database counts its `revision`.
    """

    def __init__(self, session: Session, changes: Changes) -> None:
        self._session = session
        self._changes = changes
        self._created: set[UUID] = set()
        """Clients that nobody has seen: their rows are left as they are."""
        self._counted: dict[UUID, datetime.datetime] = {}

    def before_write(self, added: Sequence[Any], others: Sequence[Any]) -> None:
        """Notes the records, and moves the revisions of the clients that they are of."""
        self._created |= {record.id for record in added if isinstance(record, Client)}
        moments: dict[UUID, datetime.datetime] = {}
        for record in (*added, *others):
            client = record.id if isinstance(record, Client) else getattr(record, "client_id", None)
            if client is not None and not isinstance(record, _SEEN_BY_NOBODY):
                moments[client] = max(moments.get(client, _LONG_AGO), _moment_of(record))
                events = self._changes.events.setdefault(client, [])
                if isinstance(record, HistoryEvent):
                    events.append(record.id)
        for id, moment in moments.items():
            if id not in self._created and self._counted.get(id, _LONG_AGO) < moment:
                self._count(id, moment)

    def _count(self, id: UUID, moment: datetime.datetime) -> None:
        client = self._session.record(Client, self._changes.company_id, id)
        if client is not None:  # it was loaded, and locked, before its parts change
            client.updated_at = max(client.updated_at, moment)
            self._session.touch(client)
            self._counted[id] = moment

    def after_rollback(self) -> None:
        """What was counted may be undone."""
        self._counted.clear()


def read_news(text: str) -> tuple[ClientKey, Sequence[UUID]]:
    """The client that changed, and its new events."""
    news = orjson.loads(text)
    return (UUID(news["company"]), UUID(news["client"])), [UUID(id) for id in news["events"]]
