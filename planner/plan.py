"""Cached plans: one for each operation, set of permissions and shape of the arguments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)

from errors import FichaError
from loaders.recent import Recent
from models.viewer import Viewer
from planner.arguments import Arguments, Ask
from planner.compile import Compiler
from planner.plans import Plan
from planner.selection import Selections, Unplannable
from planner.usages import usages


@dataclass(frozen=True, slots=True)
class _Step:
    """A field whose arguments decide what comes next: another such field, or the plan."""

    ask: Ask
    ways: "dict[Any, _Step | Plan]" = field(default_factory=dict[Any, Any])


Way = type[Compiler]
"""How an operation is compiled: to one statement, or to levels of them."""

MOST_BYTES = 40 << 20
"""Approximate maximum size of all plans together, with the operations that they were made from."""
BYTES_OF_A_TOKEN = 500
"""Of a parsed document, its share of the tree included."""
_BYTES_OF_A_CHARACTER = 9
"""Of a plan's statement, what else the plan holds included."""


class Planner:
    """Finds the plan for an operation; caches the plans of the `most` recently used operations."""

    def __init__(self, schema: GraphQLSchema, arguments: Arguments, most: int = 1000) -> None:
        self._schema = schema
        self._arguments = arguments
        self._known: Recent[Any, _Step | Plan | Unplannable] = Recent(most)
        self._bytes = 0

    def plan(
        self, operation: "ParsedOperation", variables: Any, viewer: Viewer, part: str | None = None, way: Way = Compiler
    ) -> tuple[Plan, Mapping[str, Any]]:
        """The plan and its values, compiled if they are not cached. Raises what `find` and `compile` raise."""
        known = self.find(operation, variables, viewer, part, way)
        return known or self.keep(self.compile(operation, variables, viewer, part, way))

    def parts(self, operation: "ParsedOperation", variables: Any) -> list[str | None]:
        """What of an operation has plans of its own: a query as a whole, of any other the fields at its root, by their
        keys."""
        if operation.definition.operation is OperationType.QUERY:
            return [None]
        root = self._root(operation)
        selections = Selections(self._schema, operation.fragments, variables.coerced)
        return list(selections.collect([operation.definition.selection_set], root))

    def _root(self, operation: "ParsedOperation") -> GraphQLObjectType:
        root = self._schema.get_root_type(operation.definition.operation)
        if root is None:
            raise Unplannable("the schema has no such operations")
        return root

    def find(
        self, operation: "ParsedOperation", variables: Any, viewer: Viewer, part: str | None = None, way: Way = Compiler
    ) -> tuple[Plan, Mapping[str, Any]] | None:
        """The plan of the part and its values; None where it has yet to be compiled.

        Unplannable where the operation is for the resolvers: it cannot be compiled or its arguments are wrong; they
        give the answer, or say what is wrong, field by field. `variables` are coerced, as graphql-core has them.
        """
        values: dict[str, Any] = {}
        step = self._known.get(_place(operation, variables, viewer, part, way))
        try:
            while isinstance(step, _Step):
                shape, more = step.ask.decide(viewer, variables)
                values.update(more)
                step = step.ways.get(shape)
        except (FichaError, GraphQLError) as error:
            raise _unusable(error) from error
        if isinstance(step, Unplannable):
            raise Unplannable(*step.args)
        return (step, values) if step else None

    def compile(
        self, operation: "ParsedOperation", variables: Any, viewer: Viewer, part: str | None = None, way: Way = Compiler
    ) -> "Compiled":
        """Compiles, in milliseconds up to a second; it changes nothing here, so it can run in a thread. Raises
        Unplannable if an argument cannot be used."""
        place = _place(operation, variables, viewer, part, way)
        selections = Selections(self._schema, operation.fragments, variables.coerced)
        compiler = way(self._schema, selections, viewer, self._arguments, variables)
        try:
            root = self._root(operation)
            selected = selections.collect([operation.definition.selection_set], root)
            plan = compiler.answer(selected) if part is None else compiler.results(part, selected, root)
        except Unplannable as reason:
            # Without its traceback, which holds on to all that was compiled.
            return Compiled(place, Unplannable(*reason.args))
        except (FichaError, GraphQLError) as error:
            raise _unusable(error) from error
        return Compiled(place, plan, list(compiler.asks.values()), list(compiler.shapes.values()), compiler.values)

    def unplannable(
        self, operation: "ParsedOperation", variables: Any, viewer: Viewer, part: str | None, way: Way, reason: str
    ) -> "Compiled":
        """What `compile` returns for what the resolvers have to answer."""
        return Compiled(_place(operation, variables, viewer, part, way), Unplannable(reason))

    def keep(self, compiled: "Compiled") -> tuple[Plan, Mapping[str, Any]]:
        """Remembers what was compiled: the way from the operation, by the shapes of its fields' arguments, to the plan.
        Returns the plan and its values; raises Unplannable if that was the result."""
        place, plan = compiled.place, compiled.plan
        if isinstance(plan, Unplannable):
            self._make_room(place, 0)
            self._known.put(place, plan)
            raise Unplannable(*plan.args)
        self._make_room(place, plan.size)
        if not compiled.asks:
            self._known.put(place, plan)
            return plan, compiled.values
        step = self._known.get(place)
        if not isinstance(step, _Step):
            step = _Step(compiled.asks[0])
            self._known.put(place, step)
        for ask, shape in zip(compiled.asks[1:], compiled.shapes, strict=False):
            way = step.ways.get(shape)
            if not isinstance(way, _Step):
                way = step.ways[shape] = _Step(ask)
            step = way
        step.ways[compiled.shapes[-1]] = plan
        return plan, compiled.values

    @property
    def size(self) -> tuple[int, int]:
        """How many operations have plans, and about how many bytes all that is kept takes."""
        return len(self._known), self._bytes

    def _make_room(self, place: Any, characters: int) -> None:
        """Makes room for a plan of so many characters. If there is none left, all plans are dropped: one operation
        can have any number of plans, because its filters can have any number of shapes."""
        operation: ParsedOperation = place[0]
        more = characters * _BYTES_OF_A_CHARACTER
        if self._known.get(place) is None:
            more += operation.tokens * BYTES_OF_A_TOKEN
        self._bytes += more
        if self._bytes > MOST_BYTES:
            self._known.clear()
            self._bytes = more


def _place(operation: "ParsedOperation", variables: Any, viewer: Viewer, part: str | None, way: Way) -> "PlaceOfPlans":
    """Where the plans of a part are kept."""
    return operation, part, way, viewer.permissions, tuple(variables.coerced.get(name) for name in operation.deciding)


def _unusable(error: FichaError | GraphQLError) -> Unplannable:
    return Unplannable(f"an argument cannot be used: {error.message}")


PlaceOfPlans = tuple["ParsedOperation", str | None, Way, Any, Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The result of compiling: the plan, the fields whose arguments were evaluated, their shapes, and the plan's
    values."""

    place: PlaceOfPlans
    plan: Plan | Unplannable
    asks: Sequence[Ask] = ()
    shapes: Sequence[Any] = ()
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    seconds: float = 0.0
    """That it took."""


@dataclass(frozen=True, slots=True, eq=False)
class ParsedOperation:
    """An operation of a parsed and valid document; one object per document, so that plans are found by identity."""

    definition: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    deciding: tuple[str, ...]
    """The variables on which its directives depend."""
    tokens: int
    """Of the whole document."""

    @classmethod
    def of(cls, document: DocumentNode, definition: OperationDefinitionNode) -> "ParsedOperation":
        """The operation, with what it needs of its document."""
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        used = usages((definition, *fragments.values()))
        deciding = {each.variable for each in used if each.of_directive and not each.within}
        return cls(definition, fragments, tuple(sorted(deciding)), document.token_count or 0)
