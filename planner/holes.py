"""What PostgreSQL leaves open in the JSON for Python to fill: each hole is a number, and values of the row as JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
from graphql import FieldNode, GraphQLError
from graphql.error import located_error

from errors import Forbidden
from planner.values import Write

OPEN, CLOSE = "\x01", "\x02"
"""What brackets a hole. The JSON around it holds no control character, as PostgreSQL escapes them."""

Path = tuple[str | None, ...]
"""Where an answer has something: the keys that lead there, None for a place in a list."""


@dataclass(slots=True)
class Filling:
    """One answer being filled: the request's context, the values of the statement, and what went wrong."""

    context: Any
    values: Mapping[str, Any]
    errors: list[GraphQLError] = field(default_factory=list[GraphQLError])
    scattered: dict["Refused", str] = field(default_factory=dict["Refused", str])
    """What was refused in lists, and is yet to be found in the answer by what marks its places."""


class Hole(Protocol):
    """A place to fill."""

    def fill(self, filling: Filling, given: bytes) -> bytes:
        """The JSON that belongs there."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class OfRow:
    """A value that Python computes from columns of the row."""

    columns: Sequence[str]
    compute: Callable[[Any, Mapping[str, Any]], Any]
    write: Write

    def fill(self, filling: Filling, given: bytes) -> bytes:
        row = dict(zip(self.columns, orjson.loads(given), strict=True))
        return orjson.dumps(self.write(self.compute(filling.context, row), filling.context))


@dataclass(frozen=True, slots=True, eq=False)
class OfArguments:
    """A value that Python computes from the field's arguments, which are the statement's value `name`."""

    name: str
    compute: Callable[[Any, Mapping[str, Any]], Any]
    write: Write

    def fill(self, filling: Filling, given: bytes) -> bytes:
        del given
        value = self.compute(filling.context, filling.values[self.name])
        return orjson.dumps(self.write(value, filling.context))


@dataclass(frozen=True, slots=True, eq=False)
class OfCatalog:
    """A catalog's entry, written beforehand. Both code and entry are JSON."""

    entries: Mapping[bytes, bytes]

    def fill(self, filling: Filling, given: bytes) -> bytes:
        del filling
        return self.entries.get(given, b"null")


@dataclass(frozen=True, slots=True, eq=False)
class Refused:
    """A nullable field that the viewer may not see: null, and an error at its path."""

    error: Forbidden
    nodes: list[FieldNode]
    path: Path

    def fill(self, filling: Filling, given: bytes) -> bytes:
        del given
        if None not in self.path:
            filling.errors.append(self.at(self.path))
            return b"null"
        # Only the whole answer tells which place of a list this is. The mark is its own: in a list of several types
        # the places of two refusals have the same path but for the place.
        return orjson.dumps(filling.scattered.setdefault(self, f"{OPEN}{len(filling.scattered)}"))

    def at(self, path: Sequence[Any]) -> GraphQLError:
        """The error at one place."""
        return located_error(self.error, self.nodes, path)

    def find(self, within: Any, path: Path, mark: str, found: tuple[str | int, ...] = ()) -> list[GraphQLError]:
        """The errors at all places under `within` that are so marked, in which null is put."""
        (key, *rest), errors = path, list[GraphQLError]()
        for place in range(len(within)) if key is None else [key]:
            here = (*found, place)
            part = within[place] if key is None else within.get(key)
            if rest and isinstance(part, dict | list):
                errors += self.find(part, tuple(rest), mark, here)
            elif not rest and part == mark:
                within[place] = None
                errors.append(self.at(here))
        return errors


_OPEN, _CLOSE = OPEN.encode(), CLOSE.encode()


def fill(data: bytes, holes: Sequence[Hole], filling: Filling) -> bytes:
    """The answer with all holes filled."""
    first, *others = data.split(_OPEN)
    parts = [first]
    for other in others:
        hole, _, rest = other.partition(_CLOSE)
        number, _, given = hole.partition(b":")
        parts += [holes[int(number)].fill(filling, given), rest]
    data = b"".join(parts)
    if filling.scattered:
        answer = orjson.loads(data)
        for refused, mark in filling.scattered.items():
            filling.errors += refused.find(answer, refused.path, mark)
        data = orjson.dumps(answer)
    return data
