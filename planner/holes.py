"""Places in the JSON that PostgreSQL leaves for Python to fill: a hole is a number, and values of the row as JSON."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, ClassVar, Protocol

import orjson
from graphql import GraphQLError

from errors import FichaError, Retryable, TimedOut
from loaders.reads import Places
from planner.marks import Mark, Place, marked, settled
from planner.selection import SpoiltPart, SpoiltRow
from planner.values import Write

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
    refused: dict["Refused", bytes] = field(default_factory=dict["Refused", bytes])
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


@dataclass(frozen=True, slots=True, eq=False)
class OfRow(Hole):
    """A value that Python computes from columns of the row."""

    columns: Sequence[str]
    unseen: Mapping[str, Any]
    compute: Callable[[Any, Mapping[str, Any]], Any]
    write: Write

    def fill(self, filling: Filling, content: bytes) -> bytes:
        row = {**self.unseen, **dict(zip(self.columns, orjson.loads(content), strict=True))}
        return orjson.dumps(self.write(self.compute(filling.context, row), filling.context))


@dataclass(frozen=True, slots=True, eq=False)
class OfArguments(Hole):
    """A value that Python computes from the field's arguments, which are the statement's value `name`."""

    name: str
    compute: Callable[..., Any]
    write: Write

    def fill(self, filling: Filling, content: bytes) -> bytes:
        del content
        value = self.compute(filling.context, **filling.values[self.name])
        return orjson.dumps(self.write(value, filling.context))


@dataclass(frozen=True, slots=True, eq=False)
class OfCatalog(Hole):
    """An entry of a catalog, prepared as JSON, by its code as JSON."""

    personal: ClassVar[bool] = False
    entries: Mapping[bytes, bytes]
    nullable: bool = True

    def fill(self, filling: Filling, content: bytes) -> bytes:
        del filling
        entry = self.entries.get(content, b"null")
        if entry == b"null" and not self.nullable:
            raise SpoiltRow
        return entry


@dataclass(frozen=True, slots=True, eq=False)
class OfLabel(Hole):
    """The label of an enum's value in the request's language; prepared as JSON, by language and the value's JSON."""

    personal: ClassVar[bool] = False
    entries: Mapping[str, Mapping[bytes, bytes]]
    nullable: bool

    def fill(self, filling: Filling, content: bytes) -> bytes:
        label = self.entries[filling.context.language].get(content)
        if label is None and not (self.nullable and content in (b"", b"null")):
            raise SpoiltRow
        return label or b"null"


@dataclass(frozen=True, slots=True, eq=False)
class OfText(Hole):
    """What people read for a scalar, made of its JSON."""

    personal: ClassVar[bool] = False
    text: Callable[[Any, Any], str]
    nullable: bool

    def fill(self, filling: Filling, content: bytes) -> bytes:
        if content in (b"", b"null"):
            if not self.nullable:
                raise SpoiltRow
            return b"null"
        return orjson.dumps(self.text(filling.context, orjson.loads(content)))


@dataclass(frozen=True, slots=True)
class OfDetail:
    """A value of an event's details, which is text; of an enum one of its `values`."""

    key: str
    values: Collection[str] | None
    nullable: bool

    def write(self, details: Mapping[str, Any]) -> bytes:
        """The value as JSON."""
        value = details.get(self.key)
        if isinstance(value, str) and (self.values is None or value in self.values):
            return orjson.dumps(value)
        if value is None and self.nullable:
            return b"null"
        raise SpoiltRow


@dataclass(frozen=True, slots=True, eq=False)
class OfDetails(Hole):
    """Members of an event that are of its details: what stands before each, and the value, by the event's kind, which
    precedes the details."""

    personal: ClassVar[bool] = False
    members: Mapping[bytes, Sequence[tuple[bytes, OfDetail]]]

    def fill(self, filling: Filling, content: bytes) -> bytes:
        del filling
        kind, _, text = content.partition(b" ")
        members = self.members.get(kind)
        if members is None:
            raise SpoiltRow
        details = orjson.loads(text)
        return b"".join([part for before, detail in members for part in (before, detail.write(details))])


@dataclass(frozen=True, slots=True, eq=False)
class Spoilt(Hole):
    """A value that should not be there, or is missing: nothing is written, and the resolvers answer instead, with the
    error."""

    def fill(self, filling: Filling, content: bytes) -> bytes:
        del filling, content
        raise SpoiltRow


@dataclass(frozen=True, slots=True, eq=False)
class Refused(Hole):
    """A field that the viewer may not see, or whose arguments cannot be used: null, and an error at its path, which is
    None where only the answer tells it. The error, or the name of the statement's value that is the error."""

    error: FichaError | str
    place: Place
    path: Sequence[str] | None

    def fill(self, filling: Filling, content: bytes) -> bytes:
        del content
        error = filling.values[self.error] if isinstance(self.error, str) else self.error
        if self.path is not None and not self.place.rises:
            filling.errors.append(self.place.error(error, self.path))
            return b"null"
        # The mark is its own: in a list of several types the places of two refusals have the same path.
        if self not in filling.refused:
            filling.refused[self] = filling.mark(self.place, error)
        return filling.refused[self]


@dataclass(frozen=True, slots=True, eq=False)
class Wrong(Hole):
    """A record that the arguments lead nowhere: the content is the error."""

    place: Place

    def fill(self, filling: Filling, content: Any) -> bytes:
        return filling.mark(self.place, content)


@dataclass(frozen=True, slots=True, eq=False)
class OfEntries(Hole):
    """The entry of a catalog for a code, written when it is needed."""

    personal: ClassVar[bool] = False
    write: Callable[[str], bytes]

    def fill(self, filling: Filling, content: bytes) -> bytes:
        del filling
        return self.write(content.decode())


@dataclass(frozen=True, slots=True, eq=False)
class OfPlaces(Hole):
    """The records in the order of the statement's value `name`: of each key in turn what its hole makes of its values;
    without a hole, what the statement has read of it, null for what it did not find."""

    brackets: ClassVar[tuple[str, str]] = OUTER
    name: str
    holes: Sequence[Hole | None]

    def fill(self, filling: Filling, content: bytes) -> bytes:
        places: Places = filling.values[self.name]
        texts = groups_of(content)
        records: list[Iterator[bytes]] = [
            map(hole.fill, repeat(filling), values) if hole else map(next(texts).get, values, repeat(b"null"))
            for hole, values in zip(self.holes, places.values.values(), strict=True)
        ]
        return b"[%b]" % b",".join([next(records[number]) for number in places.order])


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
    if field is None or isinstance(error, Retryable | TimedOut | SpoiltPart):
        raise error
    return filling.mark(field, error)
