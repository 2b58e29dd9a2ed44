"""The records that a mutation has changed, or that an event is about: read by one statement for each field at the root
of the operation, and put into the answer as the JSON that PostgreSQL wrote."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from uuid import UUID

import orjson
from graphql import GraphQLError
from graphql.error import located_error
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental
from graphql.pyutils import Path
from strawberry.dataloader import DataLoader

from database.session import Session
from errors import BadInput, Retryable, TimedOut
from planner.filling import Filling
from planner.plan import Way
from planner.plans import Plan
from planner.results import RecordAt, values_of
from resolvers.context import Context, Unwritten, Written
from resolvers.mutation import Outcome
from server.execution.audience import Audience

log = logging.getLogger("ficha")


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, the values to execute it with, and the way it was compiled."""

    plan: Plan
    values: Mapping[str, Any]
    way: Way


Plans = Mapping[str | None, Planned]
"""The plans of an operation's parts, of those that have one: of a query as a whole under None, of any other operation
of the fields at its root, by their keys."""


class PlannedResults:
    """Reads for one operation, or one event. The records of a mutation's outcome are read behind its commit, in the
    same round trip. Others, as after a conflict, are read when they are requested: those of one tick of the event loop
    by one statement. Nothing of them is remembered, because the next field at the root changes what there is."""

    def __init__(self, plans: Plans, context: Context, audience: Audience | None = None) -> None:
        self._plans = plans
        self._context = context
        self._audience = audience
        self._attributes = {place.keys: place.attribute for planned in plans.values() for place in planned.plan.places}
        self._loader: DataLoader[RecordAt, Any] = DataLoader(self._read, cache=False)
        self._unread: dict[str, tuple[Sequence[RecordAt], bytes]] = {}
        """What came of the records that were read behind a commit, by the key of the field at the root."""
        self._followed: dict[RecordAt, Any] = {}
        """These records."""
        self._reading: set[asyncio.Task[Any]] = set()
        """The loader's own tasks: who waits for them may leave, and they go on."""

    def cancel(self) -> None:
        """As `resolvers.context.Results`."""
        for task in self._reading:
            task.cancel()

    def follow(self, session: Session, root: str, outcomes: Sequence[Any]) -> None:
        """As `resolvers.context.Results`."""
        if (planned := self._plans.get(root)) is None:
            return
        places = planned.plan.places
        ids = ((place, getattr(outcome, place.attribute)) for place in places for outcome in outcomes)
        records = [(place.keys, id) for place, id in ids if id is not None]
        statement = planned.plan.statement
        if not records or statement is None:
            return
        values = {**planned.values, **values_of(places, records)}

        def read(text: bytes) -> None:
            self._unread[root] = records, text

        with suppress(BadInput):  # it is raised when the record is requested
            self._context.reader().follow(session, statement, values, read)

    async def load(self, place: tuple[str, ...], id: UUID) -> Written | None:
        """As `resolvers.context.Results`. Retryable or TimedOut if the database is away, or gave up."""
        if place not in self._attributes:
            raise Unwritten
        try:
            read = self._read_before(place[0])
            record = read[place, id] if (place, id) in read else await self._loader.load((place, id))
            return None if record is None else self._filled(place, record)
        except (Retryable, TimedOut, Unwritten):
            raise
        except Exception as error:
            # A fault of Ficha or an invalid row: the resolvers limit the damage to its fields.
            log.exception("the record at %s is read by resolvers: its plan failed", ".".join(place))
            raise Unwritten from error

    def at_hand(self, place: tuple[str, ...], outcome: Any) -> Written | None:
        """The record of a mutation's outcome, null where it is not seen; None where it was not read behind the commit,
        or cannot be written."""
        attribute = self._attributes.get(place)
        if attribute is None:
            return None
        id = getattr(outcome, attribute)
        try:
            read = self._read_before(place[0])
            if id is None:
                return _NULL
            if (place, id) not in read:
                return None
            record = read[place, id]
            return _NULL if record is None else self._filled(place, record)
        except Exception:  # noqa: BLE001  # `load` tells of it
            return None

    def _read_before(self, root: str) -> Mapping[RecordAt, Any]:
        """All that was read behind commits so far, for the field at the root too."""
        if unread := self._unread.pop(root, None):
            records, text = unread
            self._followed |= zip(records, self._plans[root].plan.records(text, records), strict=True)
        return self._followed

    def _filled(self, place: tuple[str, ...], record: Any) -> Written:
        planned = self._plans[place[0]]
        filling = Filling(self._context, planned.values)
        json = planned.plan.fill(record, filling)
        if json == b"null":
            raise Unwritten  # an error rises beyond the record
        return Written(json, filling.errors)

    async def _read(self, records: list[RecordAt]) -> list[Any]:
        task = asyncio.current_task()
        assert task  # noqa: S101  # the loader runs it in one
        self._reading.add(task)
        try:
            return await self._read_together(records)
        finally:
            self._reading.discard(task)

    async def _read_together(self, records: list[RecordAt]) -> list[Any]:
        by_root: dict[str, list[RecordAt]] = {}
        for record in records:
            by_root.setdefault(record[0][0], []).append(record)
        readings: dict[RecordAt, Any] = {}
        for root, some in by_root.items():
            planned = self._plans[root]
            values = {**planned.values, **values_of(planned.plan.places, some)}
            read = partial(planned.plan.read, self._context.reader, values)
            reading = await (self._audience.read((root, *some), read) if self._audience else read())
            readings |= zip(some, planned.plan.records(reading, some), strict=True)
        return [readings[record] for record in records]


_NULL = Written(b"null", ())


class Completing(ExecutorThrowingOnIncremental):
    """Takes a record that is JSON already as it is, with the errors within."""

    def execute_field(
        self, parent_type: Any, source: Any, field_details_list: Any, path: Path, position_context: None
    ) -> Any:
        """As graphql-core's. A record that was read behind the commit needs no resolver to wait for."""
        results: PlannedResults | None = self.context_value.results
        if results and isinstance(source, Outcome):
            place = tuple([key for key in path.as_list() if isinstance(key, str)])
            if written := results.at_hand(place, source):
                return self._written(written, path)
        execute = cast("Any", super()).execute_field  # partly untyped in graphql-core
        return execute(parent_type, source, field_details_list, path, position_context)

    def complete_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Path,
        result: Any,
        position_context: None,
    ) -> Any:
        """As graphql-core's."""
        if not isinstance(result, Written):
            complete = cast("Any", super()).complete_value  # partly untyped in graphql-core
            return complete(return_type, field_details_list, info, path, result, position_context)
        return self._written(result, path)

    def _written(self, record: Written, path: Path) -> Any:
        for error in record.errors:
            self._add(error, path)
        return orjson.Fragment(record.json)

    def _add(self, error: GraphQLError, above: Path) -> None:
        path = above
        for key in error.path or ():
            path = Path(path, key, None)
        nodes: Sequence[Any] | None = error.nodes
        located = located_error(cast("Exception", error.original_error), nodes, path.as_list())
        self.collected_errors.add(located, path)
