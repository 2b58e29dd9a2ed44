"""Executes operations: as one statement where the planner knows how, else level by level, else by resolvers and
dataloaders.

The answer's data are JSON already when PostgreSQL wrote them.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from inspect import isawaitable
from typing import Any, cast
from uuid import UUID

import orjson
from graphql import ExecutionResult, GraphQLError, OperationType
from graphql import execute as execute_document  # pyright: ignore[reportUnknownVariableType]  # graphql-core's own
from graphql.execution.values import VariableValues
from strawberry.execution import optimized_is_awaitable

from errors import FichaError, Retryable, SavedUnread, TimedOut
from loaders.recent import Recent, fitted
from loaders.stopping import Stopped
from models.viewer import Viewer
from planner.compile import Compiler
from planner.level_compiler import LevelCompiler
from planner.plan import Compiled, Planner, Way
from planner.selection import Unplannable
from resolvers.context import Context
from schema import SCHEMA
from server.execution.arguments import arguments, coerce
from server.execution.audience import Audience
from server.execution.cost import Price, measure_variables
from server.execution.documents import Documents, Invalid, Prepared
from server.execution.errors import fault_in, root
from server.execution.fairness import Party, Workshop
from server.execution.results import Completing, Planned, PlannedResults, Plans
from server.telemetry.observed import current

log = logging.getLogger("ficha")

GRAPHQL = SCHEMA._schema  # pyright: ignore[reportPrivateUsage]  # Strawberry wraps it

SHORT_DOCUMENT = 2_000
"""Length in characters of a document that always takes at most some ten milliseconds to read."""
SMALL_PLAN = 40
"""Objects and conditions of an operation that is compiled in some tens of milliseconds."""
SHORT_INTROSPECTION = 100
"""The cost of an introspection that takes some tens of milliseconds."""
FEW_VALUES = 2_000
"""Values of variables that are weighed and coerced in some milliseconds."""
NOBODY = Party(UUID(int=0), UUID(int=0))
"""The party where there is no viewer, as in commands."""

MOST_INTROSPECTION = 16 << 20
"""Size of the cache of introspection answers, in bytes; they are the same for all viewers and never change."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation came to. `data` is JSON, None where nothing was executed; `plan` is what made it, if any."""

    data: bytes | None
    errors: list[GraphQLError]
    plan: Planned | None = None


class Executor:
    """Executes the schema's operations: as one statement each where they are `planned`, what is not so level by level
    where they are `batched`, and the rest by resolvers.

    A new document is read in a thread of the `workshop`, and a new operation is compiled there, so that other
    requests are not delayed. Concurrent requests for the same one share the result.
    """

    def __init__(
        self,
        documents: Documents | None = None,
        *,
        planned: bool = True,
        batched: bool = True,
        workshop: Workshop | None = None,
        compiled: Callable[[float], None] = lambda _: None,
    ) -> None:
        """`compiled` is called with the seconds that each plan took to compile."""
        self.documents = documents or Documents(GRAPHQL)
        self._ways = (*([Compiler] if planned else []), *([LevelCompiler] if batched else []))
        self._planner = Planner(GRAPHQL, arguments)
        self._workshop = workshop or Workshop()
        self._compiled = compiled
        self.lookups = Counter[tuple[str, str]]()
        """Of documents and plans, how often one was at hand (`hit`), had to be made (`miss`), or there is none
        (`none`)."""
        self._introspections: Recent[tuple[Prepared, bytes], bytes] = Recent(
            MOST_INTROSPECTION, lambda key, data: len(key[1]) + len(data)
        )

    @property
    def plans(self) -> tuple[int, int]:
        """How many operations have plans, and about how many bytes those take."""
        return self._planner.size

    @property
    def busy_seconds(self) -> float:
        """For how long the same document is read, or the same plan compiled."""
        return self._workshop.busy_seconds

    @property
    def waiting(self) -> Mapping[tuple[str, ...], int]:
        """How many documents and plans wait to be read and compiled, of small and of large ones."""
        return self._workshop.waiting

    async def execute(
        self, query: str, variables: Mapping[str, Any] | None, name: str | None, context: Context
    ) -> Answer:
        """The answer to one operation of a document."""
        try:
            prepared = await self.prepare(query, name)
        except Invalid as invalid:
            return Answer(None, invalid.errors)
        inputs = variables or {}
        return await self.answer(prepared, inputs, context, await self.planned(prepared, inputs, context.viewer))

    async def prepare(self, query: str, name: str | None, party: Party = NOBODY) -> Prepared:
        """The operation of this name of the document, or its only one. Raises Invalid, and Overloaded."""
        documents = self.documents
        prepared = documents.find(query, name)
        self.lookups["document", "hit" if prepared else "miss"] += 1
        if prepared:
            if observed := current():
                observed.is_document_cached = True
            return prepared
        if not documents.knows(query):
            find, make, size = partial(documents.known, query), partial(documents.read, query), len(query)
            read = await self._workshop.make(party, size, find, make, small=size <= SHORT_DOCUMENT)
            documents.keep(query, read)
        return documents.prepare(query, name)

    async def price(self, prepared: Prepared, variables: Mapping[str, Any], party: Party) -> Price:
        """As `Documents.price`; what takes long, as the document or the variables are large, in a thread."""
        documents = self.documents
        values = documents.measure(prepared, variables)
        if values <= FEW_VALUES and (prepared.is_short or prepared.find_price(variables)):
            return documents.price_measured(prepared, variables)
        make = partial(documents.price_measured, prepared, variables)
        return await self._workshop.make(party, values, lambda: None, make, small=values <= FEW_VALUES)

    async def planned(self, prepared: Prepared, variables: Mapping[str, Any], viewer: Viewer) -> Plans:
        """The plans of the operation's parts, compiled if they are not known yet; what has none is for the resolvers.
        Overloaded where too many wait to have theirs compiled."""
        plans: dict[str | None, Planned] = {}
        try:
            coerced = await self._coerced(prepared, variables, viewer)
            for part in self._planner.parts(prepared.operation, coerced):
                plan = await self._plan(self._ways, _Part(prepared, variables, coerced, viewer, part))
                if plan:
                    plans[part] = plan
        except Unplannable:
            pass
        except (Retryable, TimedOut):
            raise
        except Exception:
            log.exception("document %s is answered by resolvers: it could not be compiled", prepared.hash)
        return plans

    async def _plan(self, ways: Sequence[Way], part: "_Part") -> Planned | None:
        """The plan by the first of the ways that there is one for."""
        for way in ways:
            with suppress(Unplannable):
                return await self._planned(way, part)
        self.lookups["plan", "none"] += 1
        return None

    async def plan_results(
        self, prepared: Prepared, variables: Mapping[str, Any], context: Context, audience: Audience
    ) -> bool:
        """From now on, what the operation leads to is read by the plans for the context's viewer. Those that cannot be
        compiled now are for the resolvers. Returns whether the whole audience is shown the same."""
        try:
            plans = await self.planned(prepared, variables, context.viewer)
        except (Retryable, TimedOut):
            plans = dict[str | None, Planned]()
        context.results = PlannedResults(plans, context, audience) if plans else None
        holes = [hole for planned in plans.values() for hole in planned.plan.holes]
        # A subscription has one field at its root.
        return bool(plans) and not any(hole.personal for hole in holes)

    async def answer(self, prepared: Prepared, variables: Mapping[str, Any], context: Context, plans: Plans) -> Answer:
        """The answer to an operation that may be executed, by its plans if it has any."""
        if prepared.kind is OperationType.MUTATION:
            context.results = PlannedResults(plans, context) if plans else None
            return await self.resolve(prepared, variables, context)
        if (planned := plans.get(None)) and (answer := await self._run(planned, prepared, variables, context)):
            return answer
        if not prepared.introspects:
            return await self.resolve(prepared, variables, context)
        try:
            coerced = coerce(prepared.variables, variables).coerced
        except GraphQLError:
            return await self.resolve(prepared, variables, context)
        key = (prepared, fitted(orjson.dumps(coerced, option=orjson.OPT_SORT_KEYS)))

        def find() -> Answer | None:
            return Answer(data, []) if (data := self._introspections.get(key)) else None

        if known := find():
            return known
        cost = prepared.price(variables).cost

        def tell() -> Answer:
            # It needs only the schema, so it never waits.
            return _answered(self._executed(prepared, variables, context))

        small = cost <= SHORT_INTROSPECTION
        answer = await self._workshop.make(Party.of(context.viewer), cost, find, tell, small=small)
        if answer.data and not answer.errors:
            self._introspections.put(key, fitted(answer.data))
        return answer

    async def resolve(
        self, prepared: Prepared, variables: Mapping[str, Any], context: Context, root: Any = None
    ) -> Answer:
        """The answer of the resolvers; `root` is the event of a subscription. Unavailable, Overloaded or TimedOut if
        a dependency is, because a partial answer could be taken for a complete one; a mutation that was saved is
        answered all the same."""
        result = self._executed(prepared, variables, context, root)
        done: ExecutionResult = await result if isawaitable(result) else result
        errors: list[GraphQLError] = done.errors or []
        if errors and (fault := fault_in(errors)):
            if not context.committed:
                raise fault
            done.errors = [_saved(error) for error in errors]
        return _answered(done)

    def _executed(self, prepared: Prepared, variables: Mapping[str, Any], context: Context, root: Any = None) -> Any:
        return execute_document(
            GRAPHQL,
            prepared.document,
            root,
            context,
            dict(variables),
            prepared.name,
            is_awaitable=cast("Any", optimized_is_awaitable),
            executor_class=Completing if context.results else None,
            hide_suggestions=self.documents.hidden,
        )

    def plan(
        self, query: str, variables: Mapping[str, Any] | None, name: str | None, viewer: Viewer, way: Way = Compiler
    ) -> Planned:
        """How the operation is answered at once, or another way; Unplannable, with the reason, where it is not."""
        try:
            prepared = self.documents.prepare(query, name)
        except Invalid as invalid:
            raise Unplannable(str(invalid)) from invalid
        coerced = self._inputs(prepared, variables or {})
        [*parts] = self._planner.parts(prepared.operation, coerced)
        return Planned(*self._planner.plan(prepared.operation, coerced, viewer, parts[0], way), way)

    async def _coerced(self, prepared: Prepared, variables: Mapping[str, Any], viewer: Viewer) -> VariableValues:
        """As `_inputs`; what takes long, as the variables are many, in a thread."""
        if measure_variables(prepared.read, variables)[0] <= FEW_VALUES:
            return self._inputs(prepared, variables)
        give = partial(self._inputs, prepared, variables)
        return await self._workshop.make(Party.of(viewer), FEW_VALUES, lambda: None, give, small=False)

    async def _planned(self, way: Way, part: "_Part") -> Planned:
        operation, planner, observed = part.prepared.operation, self._planner, current()
        planned = planner.find(operation, part.coerced, part.viewer, part.key, way)
        self.lookups["plan", "hit" if planned else "miss"] += 1
        if observed:
            observed.plans_cached += planned is not None
            observed.plans_compiled += planned is None
        if planned is None:
            price = part.prepared.price(part.variables)
            size = price.objects + price.conditions + price.relations
            compiled = await self._workshop.make(
                Party.of(part.viewer),
                size,
                # Finds what was compiled in the meantime.
                lambda: planner.find(operation, part.coerced, part.viewer, part.key, way),
                partial(_compiled, planner, way, part),
                small=size <= SMALL_PLAN,
            )
            if isinstance(compiled, Compiled):
                self._compiled(compiled.seconds)
                planned = planner.keep(compiled)
            else:
                planned = compiled
        return Planned(*planned, way)

    def _inputs(self, prepared: Prepared, variables: Mapping[str, Any]) -> VariableValues:
        """The variables as the planner takes them."""
        try:
            return coerce(prepared.read, variables)
        except GraphQLError as error:
            raise Unplannable(error.message) from error

    async def _run(
        self, planned: Planned, prepared: Prepared, variables: Mapping[str, Any], context: Context
    ) -> Answer | None:
        """The answer by the plan, or else by one of the ways after its own; None where it is for the resolvers, who say
        what is wrong, or limit the damage to its fields."""
        _, *others = self._ways[self._ways.index(planned.way) :]
        try:
            reading = await planned.plan.read(context.reader, planned.values)
            data, errors = planned.plan.data(reading, planned.values, context)
        except (Retryable, TimedOut):
            raise  # the database is away, or gave up: it would be so for the others too
        except FichaError:
            pass  # a value cannot be used
        except Exception:
            # A fault of Ficha or an invalid row.
            log.exception("document %s is answered another way: its plan failed", prepared.hash)
        else:
            return Answer(data, errors, planned)
        coerced = await self._coerced(prepared, variables, context.viewer)
        other = await self._plan(others, _Part(prepared, variables, coerced, context.viewer, None))
        return other and await self._run(other, prepared, variables, context)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of an operation that has plans of its own, for a viewer: its `key` is as `Plans` has it."""

    prepared: Prepared
    variables: Mapping[str, Any]
    coerced: VariableValues
    viewer: Viewer
    key: str | None


def _answered(done: ExecutionResult) -> Answer:
    errors: list[GraphQLError] = done.errors or []
    executed = done.data is not None or any(error.path for error in errors)
    return Answer(orjson.dumps(done.data) if executed else None, errors)


def _saved(error: GraphQLError) -> GraphQLError:
    """The error of a mutation's answer; where what was saved could not be read, it says so."""
    if len(error.path or ()) < 2 or not isinstance(root(error), Retryable | TimedOut):
        return error
    return GraphQLError("", error.nodes, path=error.path, original_error=SavedUnread())


def _compiled(planner: Planner, way: Way, part: _Part) -> Compiled:
    """The part compiled; where that fails, that it is not for this way, so that it is not tried each time."""
    operation, coerced, viewer = part.prepared.operation, part.coerced, part.viewer
    began = time.perf_counter()
    try:
        compiled = planner.compile(operation, coerced, viewer, part.key, way)
        return replace(compiled, seconds=time.perf_counter() - began)
    except (Unplannable, Stopped, OSError):  # what the system lacks now it may have the next time
        raise
    except Exception:
        log.exception("document %s is answered another way: it could not be compiled", part.prepared.hash)
        return planner.unplannable(operation, coerced, viewer, part.key, way, "it could not be compiled")
