"""The records that a mutation or a subscription's event leads to, in the text that a statement returns of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from loaders.arrays import Ids
from planner.filling import Hole, groups_of


@dataclass(frozen=True, slots=True)
class Place:
    """A field that shows a record: the keys that lead there, without the places of lists, the attribute of a mutation's
    outcome that is its id, and the name of the statement's value that is the ids of its records; of a record that
    batches read, its hole."""

    keys: tuple[str, ...]
    attribute: str
    ids: str
    hole: Hole | None = None


RecordAt = tuple[tuple[str, ...], UUID]
"""A record at a place."""


def values_of(places: Sequence[Place], records: Sequence[RecordAt]) -> Mapping[str, Any]:
    """The values with which a statement reads the records of the places."""
    ids = {place.keys: dict[bytes, None]() for place in places}
    for keys, id in records:
        ids[keys][str(id).encode()] = None
    return {place.ids: Ids(list(ids[place.keys])) for place in places}


def records_of(text: bytes, places: Sequence[Place]) -> Mapping[tuple[tuple[str, ...], bytes], bytes]:
    """The records in the text, by their place and their id as text. Their holes are open."""
    groups = zip(places, groups_of(text), strict=True)
    return {(place.keys, id): record for place, by_id in groups for id, record in by_id.items()}
