"""The members of a row that is of one of several types: what the types have in common stands once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from planner.text import Member, Pieces

Shared = tuple[Member, list[str]]
"""A member, and the values of the discriminator of all types that have it."""


def in_common(objects: Sequence[Sequence[Member]]) -> int:
    """How many members all objects begin with: the same keys, made by the same expressions."""
    common = 0
    for alike in zip(*objects, strict=False):
        if any(key != alike[0][0] or pieces is not alike[0][1] for key, pieces in alike):
            break
        common += 1
    return common


def blocks(
    objects: Mapping[str, Sequence[Member]], is_detail: Callable[[Pieces], bool]
) -> Iterator[tuple[bool, list[Shared]]]:
    """The members of all objects in an order that each of them has: details together as far as that allows, and what
    stands between them; whether they are details. A member comes twice only where objects have two in opposite
    orders."""
    rest, details = _merged(objects), True
    while rest:
        block: list[Shared] = []
        later: list[Shared] = []
        barred: set[str] = set()
        for shared in rest:
            (_, pieces), values = shared
            if is_detail(pieces) is details and barred.isdisjoint(values):
                block.append(shared)
            else:
                later.append(shared)
                barred.update(values)
        if block:
            yield details, block
        rest, details = later, not details


def runs(block: Sequence[Shared]) -> Iterator[tuple[list[str], list[Member]]]:
    """What the same types have and stands together, with the types' values."""
    for values, run in groupby(block, lambda shared: shared[1]):
        yield values, [member for member, _ in run]


def _merged(objects: Mapping[str, Sequence[Member]]) -> list[Shared]:
    merged: list[Shared] = []
    for value, members in objects.items():
        place = 0
        for key, pieces in members:
            later = (n for n in range(place, len(merged)) if merged[n][0][0] == key and merged[n][0][1] is pieces)
            if (there := next(later, None)) is None:
                merged.insert(place, ((key, pieces), [value]))
            else:
                place = there
                merged[place][1].append(value)
            place += 1
    return merged
