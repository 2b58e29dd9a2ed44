"""A plan of many statements: what each relation leads to is read for all rows above, level by level.

A batch is one such statement. PostgreSQL writes the JSON of its records, as in the plan of one statement, and leaves a
hole where a relation leads on, with the key that it starts from. The batches of a level travel in one round trip.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from loaders.arrays import Ids
from loaders.reader import Reader
from loaders.statement import Statement
from planner.filling import INNER, Filling, Hole, Opened, closed, cut, has_holes, keyed
from planner.holes import OfPlaces
from planner.marks import Place
from planner.plans import Plan
from planner.results import RecordAt
from planner.selection import SpoiltRow

KEYS = "keys"
"""The name of the statement's value that are the keys of a batch."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Reads records, lists or pages by their keys: the statement's value `KEYS`, which comes from the rows above, or of
    the first level what the arguments name. It returns them in one text, each preceded by its key."""

    statement: Statement


@dataclass(frozen=True, slots=True, eq=False)
class OfBatch(Hole):
    """What a batch has read by the key that is the content, null for what it did not find; `absent` where there is no
    key, or the place of the error that this is."""

    personal: ClassVar[bool] = False
    batch: Batch
    absent: bytes | Place = b"null"

    def fill(self, filling: Filling, content: bytes) -> bytes:
        if not content:
            absent = self.absent
            return absent if isinstance(absent, bytes) else filling.mark(absent, SpoiltRow())
        opened = filling.batches[self.batch].get(content, b"null")
        if isinstance(opened, bytes):
            return opened
        place = self.batch, content
        text = filling.written.get(place)
        if text is None:
            text = filling.written[place] = closed(opened, filling)
        return text


class OfBatches(OfPlaces):
    """As `OfPlaces`, of what batches have read."""

    brackets: ClassVar[tuple[str, str]] = INNER


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the answer, or one record of it, and beneath it the records of each batch by their keys."""

    top: Opened
    batches: Mapping[Batch, Mapping[bytes, Opened]]


@dataclass(frozen=True, slots=True)
class LevelPlan(Plan):
    """The statement of the root, or its text where it reads no row, and the batches of each level. The first level is
    read with the root. `fields` are where the holes stand whose faults cost a field alone."""

    root: Statement | bytes
    levels: Sequence[Sequence[Batch]]
    fields: Mapping[Hole, Place]

    @property
    def size(self) -> int:
        root = self.root.sql if isinstance(self.root, Statement) else self.root
        return len(root) + sum(len(batch.statement.sql) for level in self.levels for batch in level)

    @property
    def statement(self) -> None:
        return None

    async def read(self, reader: Callable[[], Reader], values: Mapping[str, Any]) -> Reading:
        first, *deeper = self.levels
        root = [] if isinstance(self.root, bytes) else [self.root]
        sent = [(statement, values) for statement in (*root, *(batch.statement for batch in first))]
        reading = reader() if sent else None
        results = await reading.run_together(sent) if reading else []
        following = _Following(self.holes)
        top = following.open(cast("bytes", results.pop(0) if root else self.root))
        batches = {batch: following.open_all(texts) for batch, texts in zip(first, results, strict=True)}
        for level in deeper:
            due = [(batch, keys) for batch in level if (keys := following.keys.get(batch))]
            if reading is None or not due:
                break
            sent = [(batch.statement, {**values, KEYS: Ids(list(keys))}) for batch, keys in due]
            for (batch, _), texts in zip(due, await reading.run_together(sent), strict=True):
                batches[batch] = following.open_all(texts)
        return Reading(top, batches)

    def records(self, reading: Reading, records: Sequence[RecordAt]) -> Sequence[Reading | None]:
        holes = {place.keys: cast("OfBatch", place.hole) for place in self.places}
        opened = (reading.batches[holes[keys].batch].get(str(id).encode()) for keys, id in records)
        return [None if parts is None else Reading(parts, reading.batches) for parts in opened]

    def fill(self, reading: Reading, filling: Filling) -> bytes:
        filling.batches, filling.fields = reading.batches, self.fields
        return filling.settle(closed(reading.top, filling))


class _Following:
    """Cuts what was read at its holes; `keys` are those by which the batches beneath will be read."""

    def __init__(self, holes: Sequence[Hole]) -> None:
        self._holes = holes
        self.keys: dict[Batch, dict[bytes, None]] = {}

    def open_all(self, text: bytes) -> Mapping[bytes, Opened]:
        """The records of a batch by their keys."""
        records = keyed(text)
        return {key: self.open(record) for key, record in records.items()} if has_holes(text) else records

    def open(self, text: bytes) -> Opened:
        """One text."""
        opened = cut(text, self._holes)
        for place in range(1, len(opened), 3):
            hole = opened[place]
            if type(hole) is OfBatch and (key := opened[place + 1]):
                self.keys.setdefault(hole.batch, {})[key] = None
        return opened
