"""What was compiled of an operation, and how its answer is read: by one statement, or level by level."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from loaders.reader import Reader
from loaders.statement import Statement
from planner.filling import Filling, Hole, fill
from planner.results import Place, RecordAt, records_of


@dataclass(frozen=True, slots=True)
class Plan(ABC):
    """How an operation's data are read, and the holes in what is read. Of a mutation's or subscription's field,
    `places` are where the records are shown that it reads."""

    holes: tuple[Hole, ...]
    places: tuple[Place, ...]

    @property
    @abstractmethod
    def size(self) -> int:
        """In characters."""

    @property
    @abstractmethod
    def statement(self) -> Statement | None:
        """The one statement, where that is all it reads."""

    @abstractmethod
    async def read(self, reader: Callable[[], Reader], values: Mapping[str, Any]) -> Any:
        """What `fill` and `records` take; it is the same for all whose values are."""

    @abstractmethod
    def records(self, reading: Any, records: Sequence[RecordAt]) -> Sequence[Any]:
        """What was read of each record, which `fill` takes; None for one that is not there."""

    @abstractmethod
    def fill(self, reading: Any, filling: Filling) -> bytes:
        """The data, or the record, with every hole filled. FichaError where a value cannot be computed from the
        arguments."""

    def data(self, reading: Any, values: Mapping[str, Any], context: Any) -> tuple[bytes, list[GraphQLError]]:
        """The data, and the errors within."""
        filling = Filling(context, values)
        return self.fill(reading, filling), filling.errors


@dataclass(frozen=True, slots=True)
class StatementPlan(Plan):
    """A statement that returns the data, or the data themselves if no row is needed."""

    source: Statement | bytes

    @property
    def size(self) -> int:
        return len(self.source.sql if isinstance(self.source, Statement) else self.source)

    @property
    def statement(self) -> Statement | None:
        return self.source if isinstance(self.source, Statement) else None

    async def read(self, reader: Callable[[], Reader], values: Mapping[str, Any]) -> bytes:
        source = self.source
        return source if isinstance(source, bytes) else await reader().run_alone(source, values)

    def records(self, reading: bytes, records: Sequence[RecordAt]) -> Sequence[bytes | None]:
        texts = records_of(reading, self.places)
        return [texts.get((place, str(id).encode())) for place, id in records]

    def fill(self, reading: bytes, filling: Filling) -> bytes:
        return fill(reading, self.holes, filling) if self.holes else reading
