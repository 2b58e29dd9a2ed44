"""How far PostgreSQL's log had come when somebody wrote: so a replica tells whether it has what they wrote."""

import re
import time
from typing import Final, NamedTuple, Protocol, Self
from uuid import UUID

_TEXT: Final = re.compile(r"([0-9A-F]{8})-([0-9A-F]{16})")
_MOST: Final = 10_000
"""Viewers whose positions a process keeps before it looks for old ones."""


class Position(NamedTuple):
    """A place in PostgreSQL's log: bytes since its beginning, in a timeline, of which each promotion begins a new one.

    In another timeline the same bytes may be something else: a replica that has followed the former primary further
    than the new one did has a greater number of bytes, and yet a lesser position.
    """

    timeline: int
    byte: int

    def __str__(self) -> str:
        """As clients get it and send it back. These texts have the order of the positions."""
        return f"{self.timeline:08X}-{self.byte:016X}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The position of the text; None where it is none."""
        parts = _TEXT.fullmatch(text)
        return cls(int(parts[1], 16), int(parts[2], 16)) if parts else None


UNKNOWN: Final = Position(1 << 32, 0)
"""Of somebody who may have written, but nobody knows where: no replica has come so far."""

_TIMELINE = "('x' || left(pg_walfile_name(place), 8))::bit(32)::bigint"
OF_PRIMARY: Final = f"select {_TIMELINE}, (place - '0/0'::pg_lsn)::bigint from pg_current_wal_insert_lsn() place"  # noqa: S608  # ours
"""SQL: the position of the primary. What was committed before is before it."""
OF_REPLICA: Final = (
    "select (select last_value from ficha_timeline), coalesce(pg_last_wal_replay_lsn() - '0/0'::pg_lsn, 0)::bigint"
)
"""SQL: the position of a replica. What is read after it in the same transaction is not older. A replica does not know
its timeline; it has what the processes of Ficha wrote of it on the primary, see `Replicas`."""


class Positions(Protocol):
    """Where viewers have written last, for as long as a replica that is read may be behind."""

    async def note(self, who: UUID, position: Position) -> None:
        """They have written."""
        ...

    async def find(self, who: UUID) -> Position | None:
        """Where they have written last; None where every replica has it."""
        ...

    async def close(self) -> None:
        """Nothing more is noted."""


class OfProcess:
    """What viewers wrote by way of this process, for so many `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._positions: dict[UUID, tuple[float, Position]] = {}

    async def note(self, who: UUID, position: Position) -> None:
        now = time.monotonic()
        if len(self._positions) >= _MOST:
            self._positions = {id: noted for id, noted in self._positions.items() if noted[0] > now}
        _, former = self._positions.get(who, (0.0, UNKNOWN))
        last = position if former == UNKNOWN else max(former, position)
        self._positions[who] = now + self._seconds, last

    async def find(self, who: UUID) -> Position | None:
        until, position = self._positions.get(who, (0.0, UNKNOWN))
        return position if until > time.monotonic() else None

    async def close(self) -> None:
        """There is nothing to close."""
