"""Places in the JSON that PostgreSQL leaves for Python to fill: a hole is a number, and values of the row as JSON."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, ClassVar, Protocol

import orjson
from graphql import FieldNode, GraphQLError
from graphql.error import located_error

from errors import Forbidden
from loaders.reads import Places
from planner.selection import SpoiltRow
from planner.values import Write

INNER = "\x01", "\x02"
"""Marks the begin and the end of a hole. The JSON around it has no control characters, as PostgreSQL escapes them."""
OUTER = "\x03", "\x04"
"""Marks a hole whose values may contain other holes, which are filled first."""
GROUP, ROW = "\x05", "\x06"
"""The end of the records of a key; what precedes each record, and its key where that stands before it."""

Path = tuple[str | None, ...]
"""A path in an answer: the keys that lead there, None for any index of a list."""


@dataclass(slots=True)
class Filling:
    """An answer while it is filled: the request's context, the values of the statement, and the errors."""

    context: Any
    values: Mapping[str, Any]
    errors: list[GraphQLError] = field(default_factory=list[GraphQLError])
    scattered: dict["Refused", Mapping[str, int]] = field(default_factory=dict["Refused", Mapping[str, int]])
    """Refusals within lists, whose places are still to be found in the answer by a mark: an object with one empty
    name, which no field of any type has."""


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
    """A nullable field that the viewer may not see: null, and an error at its path."""

    error: Forbidden
    nodes: list[FieldNode]
    path: Path

    def fill(self, filling: Filling, content: bytes) -> bytes:
        del content
        if None not in self.path:
            filling.errors.append(self.at(self.path))
            return b"null"
        # Only the whole answer tells which place of a list this is. The mark is its own: in a list of several types
        # the places of two refusals have the same path but for the place.
        return orjson.dumps(filling.scattered.setdefault(self, {"": len(filling.scattered)}))

    def at(self, path: Sequence[Any]) -> GraphQLError:
        """The error at one place."""
        return located_error(self.error, self.nodes, path)

    def find(
        self, within: Any, path: Path, mark: Mapping[str, int], above: tuple[str | int, ...] = ()
    ) -> list[GraphQLError]:
        """The errors at all marked places under `within`; null is put there."""
        (key, *rest), errors = path, list[GraphQLError]()
        for place in range(len(within)) if key is None else [key]:
            here = (*above, place)
            part = within[place] if key is None else within.get(key)
            if rest and isinstance(part, dict | list):
                errors += self.find(part, tuple(rest), mark, here)
            elif not rest and part == mark:
                within[place] = None
                errors.append(self.at(here))
        return errors


@dataclass(frozen=True, slots=True, eq=False)
class OfPlaces(Hole):
    """The records in the order of the statement's value `name`, from what PostgreSQL found of each key; null for one
    that it did not find. All records of a key may be refused."""

    brackets: ClassVar[tuple[str, str]] = OUTER
    name: str
    refused: Sequence[Refused | None]

    def fill(self, filling: Filling, content: bytes) -> bytes:
        places: Places = filling.values[self.name]
        records: list[Iterator[bytes]] = []
        groups = groups_of(content)
        for by_key, values, refused in zip(groups, places.values.values(), self.refused, strict=True):
            absent = refused.fill(filling, b"") if refused else b"null"
            records.append(map(by_key.get, values, repeat(absent)))
        return b"[%b]" % b",".join([next(records[number]) for number in places.order])


_BRACKETS = [(opened.encode(), closed.encode()) for opened, closed in (INNER, OUTER)]
_GROUP, _ROW = GROUP.encode(), ROW.encode()
_ID = 36
"""The length of an id as PostgreSQL writes it."""


def groups_of(content: bytes) -> Iterator[Mapping[bytes, bytes]]:
    """The records by their keys, of each group that a statement wrote. Their holes are open.

    A group begins with a number where the records contain their keys, which are ids: so far into each its key is.
    Otherwise its key precedes each record.
    """
    *groups, _ = content.split(_GROUP)
    for group in groups:
        place, *rows = group.split(_ROW)
        if place:
            begin, end = int(place), int(place) + _ID
            yield {row[begin:end]: row for row in rows}
        else:
            yield dict(zip(rows[::2], rows[1::2], strict=True))


def fill(data: bytes, holes: Sequence[Hole], filling: Filling) -> bytes:
    """The answer with all holes filled."""
    for opened, closed in _BRACKETS:
        parts: list[bytes] = []
        end = 0
        while (start := data.find(opened, end)) >= 0:
            colon, stop = data.index(b":", start), data.index(closed, start)
            hole = holes[int(data[start + 1 : colon])]
            parts += [data[end:start], hole.fill(filling, data[colon + 1 : stop])]
            end = stop + 1
        data = b"".join([*parts, data[end:]])
    if filling.scattered:
        answer = orjson.loads(data)
        for refused, mark in filling.scattered.items():
            filling.errors += refused.find(answer, refused.path, mark)
        data = orjson.dumps(answer)
    return data
