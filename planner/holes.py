"""Places in the JSON that PostgreSQL leaves for Python to fill: a hole is a number, and values of the row as JSON."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any, ClassVar

import orjson

from errors import FichaError
from loaders.reads import Places
from loaders.recent import fitted
from models.catalogs.catalog import Catalog
from models.labels import Labels
from planner.filling import OUTER, Filling, Hole, groups_of
from planner.marks import Place
from planner.selection import SpoiltRow
from planner.values import Write


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
    """An entry of a catalog by its code as JSON; written when it is first read, as a plan needs few of them."""

    personal: ClassVar[bool] = False
    catalog: Catalog[Any]
    write: Write
    nullable: bool = True
    written: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])

    def fill(self, filling: Filling, content: bytes) -> bytes:
        del filling
        written = self.written.get(content)
        if written is not None:
            return written
        code = orjson.loads(content or b"null")
        entry = self.catalog.get(code) if isinstance(code, str) else None
        if entry is None:
            if not self.nullable:
                raise SpoiltRow
            return b"null"
        return self.written.setdefault(content, fitted(orjson.dumps(self.write(entry, None))))


@dataclass(frozen=True, slots=True, eq=False)
class OfLabel(Hole):
    """The label, in the request's language, of an enum's value as JSON; written when it is first read."""

    personal: ClassVar[bool] = False
    labels: Labels
    nullable: bool
    written: dict[tuple[str, bytes], bytes] = field(default_factory=dict[tuple[str, bytes], bytes])

    def fill(self, filling: Filling, content: bytes) -> bytes:
        place = filling.context.language, content
        written = self.written.get(place)
        if written is not None:
            return written
        value = orjson.loads(content or b"null")
        label = self.labels.get(value) if isinstance(value, str) else None
        if label is None:
            if value is not None or not self.nullable:
                raise SpoiltRow
            return b"null"
        return self.written.setdefault(place, fitted(orjson.dumps(label.text(place[0]))))


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
    """A field that the viewer may not see, or whose arguments cannot be used: null, and an error at its path. The
    error, or the name of the statement's value that is the error."""

    error: FichaError | str
    place: Place

    def fill(self, filling: Filling, content: bytes) -> bytes:
        del content
        error = filling.values[self.error] if isinstance(self.error, str) else self.error
        keys = self.place.keys
        if None not in keys and not self.place.rises:
            filling.errors.append(self.place.error(error, keys))
            return b"null"
        # Only the whole answer tells which place of a list this is. The mark is its own: in a list of several types the
        # places of two refusals have the same keys.
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
