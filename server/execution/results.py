"""The records that a mutation has changed, or that an event is about: read by one statement for each field at the root
of the operation, and put into the answer as the JSON that PostgreSQL wrote."""

import logging
from collections.abc import Mapping, Sequence
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

from errors import Retryable, TimedOut
from planner.filling import Filling
from planner.plan import Way
from planner.plans import Plan
from planner.results import RecordAt, values_of
from resolvers.context import Context, Unwritten, Written
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
    """Reads for one operation, or one event. What is requested in one tick of the event loop is read by one statement:
    all records of a payload. Nothing is remembered, because the next field at the root changes what there is."""

    def __init__(self, plans: Plans, context: Context, audience: Audience | None = None) -> None:
        self._plans = plans
        self._context = context
        self._audience = audience
        self._places = {place.keys for planned in plans.values() for place in planned.plan.places}
        self._loader: DataLoader[RecordAt, Any] = DataLoader(self._read, cache=False)

    async def load(self, place: tuple[str, ...], id: UUID) -> Written | None:
        """As `resolvers.context.Results`. Retryable or TimedOut if the database is away, or gave up."""
        if place not in self._places:
            raise Unwritten
        planned = self._plans[place[0]]
        try:
            record = await self._loader.load((place, id))
            if record is None:
                return None
            filling = Filling(self._context, planned.values)
            json = planned.plan.fill(record, filling)
            if json == b"null":
                raise Unwritten  # an error rises beyond the record
            return Written(json, filling.errors)
        except (Retryable, TimedOut, Unwritten):
            raise
        except Exception as error:
            # A fault of Ficha or an invalid row: the resolvers limit the damage to its fields.
            log.exception("the record at %s is read by resolvers: its plan failed", ".".join(place))
            raise Unwritten from error

    async def _read(self, records: list[RecordAt]) -> list[Any]:
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


class Completing(ExecutorThrowingOnIncremental):
    """Takes a record that is JSON already as it is, with the errors within."""

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
        for error in result.errors:
            self._add(error, path)
        return orjson.Fragment(result.json)

    def _add(self, error: GraphQLError, above: Path) -> None:
        path = above
        for key in error.path or ():
            path = Path(path, key, None)
        nodes: Sequence[Any] | None = error.nodes
        located = located_error(cast("Exception", error.original_error), nodes, path.as_list())
        self.collected_errors.add(located, path)
