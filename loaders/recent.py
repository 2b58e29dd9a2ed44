"""What requests fill and is kept to be found again: one cache with a bound.

`functools.cache` is for what the declarations bound: an entity's row class (`loaders.rows`), its order's type and
default (`loaders.page`, `loaders.paging`), the entities by their prefix (`loaders.ids`), an input's references
(`resolvers.mutation`), the Python and API names of declared fields (`loaders.filters`).
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def fitted(data: bytes) -> bytes:
    """A copy, to be kept, that takes up what it is long: what `orjson.dumps` returns takes up 4 KB, however short."""
    return bytes(memoryview(data))


class Recent(Generic[K, V]):
    """A mapping that forgets what was not used for longest, when all that it keeps weighs more than `most`."""

    def __init__(self, most: int, weigh: Callable[[K, V], int] = lambda _, __: 1) -> None:
        self._most = most
        self._weigh = weigh
        self._weight = 0
        self._values: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K) -> V | None:
        """The value, now the most recently used."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> V:
        """Keep it."""
        if key in self._values:
            self._weight -= self._weigh(key, self._values[key])
        self._values[key] = value
        self._values.move_to_end(key)
        self._weight += self._weigh(key, value)
        while self._weight > self._most:
            self._weight -= self._weigh(*self._values.popitem(last=False))
        return value

    def remember(self, key: K, make: Callable[[], V]) -> V:
        """The value, which is made and stored if it is missing."""
        value = self.get(key)
        return self.put(key, make()) if value is None else value

    def drop(self, key: K) -> None:
        """Forget it, if it is there."""
        if key in self._values:
            self._weight -= self._weigh(key, self._values.pop(key))

    def drop_those(self, which: Callable[[V], bool]) -> None:
        """Forgets all values for which it is true."""
        for key in [key for key, value in self._values.items() if which(value)]:
            self.drop(key)

    def clear(self) -> None:
        """Forget all of it."""
        self._values.clear()
        self._weight = 0
