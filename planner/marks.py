"""What goes wrong at one place of an answer: a mark stands there until the whole answer is known, which alone tells the
place's path. Then null takes its place, and rises to the next place that may be null."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, cast

import orjson
from graphql import FieldNode, GraphQLError
from graphql.error import located_error

Path = tuple[str | int, ...]
Keys = tuple[str | None, ...]
"""The keys that lead to a place, None for any index of a list."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field of an operation, or an item of one: its nodes, the keys that lead there, and how many levels of lists and
    objects null rises from there, 0 where it may be null itself. What does not end within the answer makes all of it
    null."""

    nodes: Sequence[FieldNode]
    keys: Keys
    rises: int

    def error(self, error: Exception, path: Sequence[Any]) -> GraphQLError:
        """The error at one path of the answer."""
        return located_error(error, self.nodes, path)


Mark = tuple[Place, Exception]

Ways = dict[str | None, "Ways"]
"""Where marks may be: what leads on from a place, by its key."""


def marked(number: int) -> bytes:
    """The mark of that number: an object with one empty name, which no field of any type has."""
    return b'{"":%d}' % number


def settled(data: bytes, marks: Sequence[Mark]) -> tuple[bytes, list[GraphQLError]]:
    """The answer without its marks, and their errors."""
    ways: Ways = {}
    for keys in dict.fromkeys(place.keys for place, _ in marks):
        within = ways
        for key in keys:
            within = within.setdefault(key, {})
    settling = _Settling(marks)
    value, _ = settling.settle(orjson.loads(data), ways, ())
    return orjson.dumps(value), settling.errors


class _Settling:
    def __init__(self, marks: Sequence[Mark]) -> None:
        self._marks = marks
        self.errors: list[GraphQLError] = []

    def settle(self, value: Any, ways: Ways, path: Path) -> tuple[Any, int]:
        """The value without its marks, and how many levels further up null rises from it."""
        steps: Iterable[tuple[str | int, Ways]]
        match value:
            case {"": int(number)}:
                place, error = self._marks[number]
                self.errors.append(place.error(error, path))
                return None, place.rises
            case dict():
                steps = ((key, ways[key]) for key in ways if key is not None and key in value)
            case list():
                steps = zip(range(len(cast("list[Any]", value))), repeat(ways.get(None, {})), strict=False)
            case _:
                return value, 0
        parts: Any = cast("Any", value)
        for key, within in steps if ways else ():
            parts[key], rises = self.settle(parts[key], within, (*path, key))
            if rises:
                return None, rises - 1
        return parts, 0
