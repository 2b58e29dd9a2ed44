"""Which clients a unit of work changes, and with which events: each of them gets another revision, and they are
announced to the subscriptions of every process.

Only ids are sent: a subscriber reads the records as its own viewer, who may see less than the writer.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Uuid, any_, event, func, literal, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

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


def changes_of(session: AsyncSession, company_id: UUID) -> Changes:
    """What the session writes from now on.

    Each flush that writes a part of a client also writes the client's row, in the same statement as the client's own
    changes if there are any: its `updated_at` becomes the part's, and the database counts its `revision`.
    """
    changes = Changes(company_id)
    revisions = _Revisions(company_id)

    def note(flushed: Session, *_: Any) -> None:
        moments: dict[UUID, datetime.datetime] = {}
        for record in (*flushed.new, *flushed.deleted, *(one for one in flushed.dirty if flushed.is_modified(one))):
            client = record.id if isinstance(record, Client) else getattr(record, "client_id", None)
            if client is not None and not isinstance(record, _SEEN_BY_NOBODY):
                moments[client] = max(moments.get(client, _LONG_AGO), _moment_of(record))
                events = changes.events.setdefault(client, [])
                if isinstance(record, HistoryEvent):
                    events.append(record.id)
        revisions.count(flushed, moments)

    event.listen(session.sync_session, "before_flush", note)
    event.listen(session.sync_session, "loaded_as_persistent", revisions.keep)
    event.listen(session.sync_session, "after_soft_rollback", revisions.forget)
    return changes


_SEEN_BY_NOBODY: Final = DocumentUpload
"""A file that was only announced is not among the client's documents yet."""

_FEW: Final = 20
"""So many clients are written with what else the flush writes of them; more, as where work is handed over, by one
statement."""

_WRITTEN_AT: Final = ("created_at", "recorded_at", "updated_at", "revoked_at")

_LONG_AGO: Final = datetime.datetime.min.replace(tzinfo=datetime.UTC)


def _moment_of(record: Any) -> datetime.datetime:
    """When the record was written last."""
    times = (getattr(record, name, None) for name in _WRITTEN_AT)
    return max((time for time in times if time is not None), default=_LONG_AGO)


class _Revisions:
    """Moves the revisions of the clients that a session changes."""

    def __init__(self, company_id: UUID) -> None:
        self._company_id = company_id
        self._clients: dict[UUID, Client] = {}
        self._counted: dict[UUID, datetime.datetime] = {}

    def keep(self, _: Session, record: Any) -> None:
        """A session alone does not keep what it loaded; a client is loaded, and locked, before its parts change."""
        if isinstance(record, Client):
            self._clients[record.id] = record

    def forget(self, *_: Any) -> None:
        """A savepoint was rolled back, and with it what was counted since."""
        self._counted.clear()

    def count(self, session: Session, moments: Mapping[UUID, datetime.datetime]) -> None:
        """Writes the rows of the clients that changed at these moments. One that was just created is left as it is:
        nobody has seen it."""
        ids = [
            id
            for id, moment in moments.items()
            if id in self._clients and (id not in self._counted or self._counted[id] < moment)
        ]
        if len(ids) > _FEW:
            self._write(session, ids, max(moments[id] for id in ids))
        else:
            for id in ids:
                client = self._clients[id]
                client.updated_at = max(client.updated_at, moments[id])
                flag_modified(client, "updated_at")
        self._counted |= {id: moments[id] for id in ids}

    def _write(self, session: Session, ids: list[UUID], moment: datetime.datetime) -> None:
        rows = update(Client).where(
            Client.company_id == self._company_id, Client.id == any_(literal(ids, ARRAY(Uuid())))
        )
        moved = rows.values(updated_at=func.greatest(Client.updated_at, moment))
        session.execute(moved.execution_options(synchronize_session=False))


def read_news(text: str) -> tuple[ClientKey, Sequence[UUID]]:
    """The client that changed, and its new events."""
    news = orjson.loads(text)
    return (UUID(news["company"]), UUID(news["client"])), [UUID(id) for id in news["events"]]
