"""Fills in the JSON that PostgreSQL wrote: what it left open, and what an answer gathers while that is done."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from graphql import GraphQLError

from errors import Retryable, TimedOut
from planner.marks import Mark, Place, marked, settled
from planner.selection import SpoiltPart

INNER = "\x01", "\x02"
"""Marks the begin and the end of a hole. The JSON around it has no control characters, as PostgreSQL escapes them."""
OUTER = "\x03", "\x04"
"""Marks a hole whose values may contain other holes, which are filled first."""
GROUP, ROW = "\x05", "\x06"
"""The end of the records of a key; what precedes each record, and its key where that stands before it."""

Opened = bytes | Sequence[Any]
"""A text that was cut at its holes: a text, and for each hole itself, its content and the text behind it. One without
holes is as it is."""


@dataclass(slots=True)
class Filling:
    """An answer while it is filled: the request's context, the values of the statement, the errors, and the marks of
    those whose places are still to be found in the answer."""

    context: Any
    values: Mapping[str, Any]
    errors: list[GraphQLError] = field(default_factory=list[GraphQLError])
    marks: list[Mark] = field(default_factory=list[Mark])
    refused: dict["Hole", bytes] = field(default_factory=dict["Hole", bytes])
    """The marks of refusals, each of which may stand at many places."""
    batches: Mapping[Any, Mapping[bytes, Opened]] = field(default_factory=dict[Any, Mapping[bytes, Opened]])
    """What was read of each batch, by its keys."""
    fields: Mapping["Hole", Place] = field(default_factory=dict["Hole", Place])
    """Where the holes stand whose faults cost a field alone."""
    written: dict[Any, bytes] = field(default_factory=dict[Any, bytes])
    """What was filled already, by the batch and the key."""

    def mark(self, place: Place, error: Exception) -> bytes:
        """The mark of an error at the place."""
        self.marks.append((place, error))
        return marked(len(self.marks) - 1)

    def settle(self, data: bytes) -> bytes:
        """The answer without marks."""
        if not self.marks:
            return data
        data, errors = settled(data, self.marks)
        self.errors += errors
        return data


class Hole(Protocol):
    """A place to fill."""

    brackets: ClassVar[tuple[str, str]] = INNER
    personal: ClassVar[bool] = True
    """Whether what belongs there may depend on more of the request than its language and its company."""

    def fill(self, filling: Filling, content: bytes) -> bytes:
        """The JSON that belongs there."""
        ...


_GROUP, _ROW = GROUP.encode(), ROW.encode()
_ID = 36
"""The length of an id as PostgreSQL writes it."""


def groups_of(content: bytes) -> Iterator[Mapping[bytes, bytes]]:
    """The records by their keys, of each group that a statement wrote. Their holes are open."""
    *groups, _ = content.split(_GROUP)
    return map(keyed, groups)


def keyed(text: bytes) -> Mapping[bytes, bytes]:
    """The records in the text by their keys.

    It begins with a number where the records contain their keys, which are ids: so far into each its key is.
    Otherwise its key precedes each record.
    """
    place, *rows = text.split(_ROW)
    if place:
        begin, end = int(place), int(place) + _ID
        return {row[begin:end]: row for row in rows}
    return dict(zip(rows[::2], rows[1::2], strict=True))


def fill(data: bytes, holes: Sequence[Hole], filling: Filling) -> bytes:
    """The answer with all holes filled."""
    data = closed(cut(data, holes), filling)
    if OUTER[0].encode() in data:
        data = closed(cut(data, holes, _OUTER), filling)
    return filling.settle(data)


_INNER, _OUTER = (re.compile(f"{start}([0-9]+):([^{end}]*){end}".encode()) for start, end in (INNER, OUTER))


def has_holes(text: bytes) -> bool:
    """Whether there is anything to fill in."""
    return INNER[0].encode() in text


def cut(text: bytes, holes: Sequence[Hole], at: re.Pattern[bytes] = _INNER) -> Sequence[Any]:
    """The text, cut at its holes."""
    parts: list[Any] = at.split(text)
    for place in range(1, len(parts), 3):
        parts[place] = holes[int(parts[place])]
    return parts


def closed(opened: Opened, filling: Filling) -> bytes:
    """The text with its holes filled."""
    if isinstance(opened, bytes):
        return opened
    texts = [opened[0]]
    for place in range(1, len(opened), 3):
        hole = opened[place]
        try:
            texts.append(hole.fill(filling, opened[place + 1]))
        except Exception as error:  # noqa: BLE001  # whatever it is, it costs the field
            texts.append(_fault(hole, error, filling))
        texts.append(opened[place + 2])
    return b"".join(texts)


def _fault(hole: Hole, error: Exception, filling: Filling) -> bytes:
    """The mark of a fault in filling the hole; the error itself where it is not the field's alone."""
    field = filling.fields.get(hole)
    if field is None or isinstance(error, Retryable | TimedOut | SpoiltPart | OSError):
        raise error
    return filling.mark(field, error)
