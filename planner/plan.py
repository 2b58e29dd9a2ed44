"""Plans: compiled once for an operation, the permissions that it is asked with and the shape of its arguments, and kept."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import orjson
from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    visit,
)

from errors import FichaError
from loaders.statements import Statement
from models.viewer import Viewer
from planner.compile import END, FILL, Ask, Compiler, Filler
from planner.selection import Selections, Unplannable

K, V = TypeVar("K"), TypeVar("V")


class Recent(Generic[K, V]):
    """A mapping that forgets what was not used for longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, now the most recently used."""
        value = self._kept.get(key)
        if value is not None:
            self._kept.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> V:
        """Keep it."""
        self._kept[key] = value
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement that makes an operation's data, and what Python fills into it."""

    statement: Statement
    fillers: tuple[Filler, ...]

    def fill(self, data: bytes, context: Any) -> bytes:
        """The data, with every place filled."""
        if not self.fillers:
            return data
        first, *others = data.split(_FILL)
        parts = [first]
        for other in others:
            place, _, rest = other.partition(_END)
            number, _, values = place.partition(b":")
            filler = self.fillers[int(number)]
            columns = dict(zip(filler.columns, orjson.loads(values), strict=True))
            parts += [orjson.dumps(filler.write(filler.compute(context, columns), context)), rest]
        return b"".join(parts)


_FILL, _END = FILL.encode(), END.encode()


@dataclass(frozen=True, slots=True)
class _Step:
    """A field whose arguments decide how it goes on: with the next such field, or with the plan."""

    ask: Ask
    ways: "dict[Any, _Step | Plan]" = field(default_factory=dict[Any, Any])


_MOST_WAYS = 200
"""How many shapes of one field's arguments are kept."""


Convert = Callable[[GraphQLField, FieldNode, Any], Mapping[str, Any]]
"""The arguments of a field as its resolver would be given them, from the operation's variables."""


class Planner:
    """Finds the plan for an operation."""

    def __init__(self, schema: GraphQLSchema, convert: Convert, most: int = 1000) -> None:
        self._schema = schema
        self._convert = convert
        self._known: Recent[Any, _Step | Plan | Unplannable] = Recent(most)

    def plan(self, asked: "Asked", variables: Any, viewer: Viewer) -> tuple[Plan, Mapping[str, Any]] | None:
        """The plan and its values. None where the operation is for the resolvers: it cannot be compiled, its arguments
        are wrong, or the viewer may not see all of it; they give the answer, or say what is wrong, field by field.

        `variables` are coerced, as graphql-core has them.
        """
        if asked.operation.operation is not OperationType.QUERY:
            return None
        decided = tuple(variables.coerced.get(name) for name in asked.deciding)
        place = (asked, viewer.permissions, decided)
        values: dict[str, Any] = {}
        try:
            step = self._known.get(place)
            while isinstance(step, _Step):
                shape, more = step.ask.evaluate(viewer, self._convert(step.ask.definition, step.ask.node, variables))
                values.update(more)
                step = step.ways.get(shape)
            if isinstance(step, Plan):
                return step, values
            return None if step else self._compile(place, asked, variables, viewer)
        except FichaError:
            return None

    def _compile(
        self, place: Any, asked: "Asked", variables: Any, viewer: Viewer
    ) -> tuple[Plan, Mapping[str, Any]] | None:
        selections = Selections(self._schema, asked.fragments, variables.coerced)
        compiler = Compiler(
            self._schema, selections, viewer, lambda definition, node: self._convert(definition, node, variables)
        )
        found: dict[str, list[FieldNode]] = {}
        try:
            query = self._schema.query_type
            if query is None:
                raise Unplannable("there are no queries")
            selections.collect(asked.operation.selection_set, query, found)
            statement = Statement.of(compiler.answer(found), tuple)
        except Unplannable as reason:
            self._known.put(place, reason)
            return None
        plan = Plan(statement, tuple(compiler.fillers))
        self._remember(place, compiler, plan)
        return plan, compiler.values

    def _remember(self, place: Any, compiler: Compiler, plan: Plan) -> None:
        """Lays the way from the operation, by the shapes of its fields' arguments, to the plan."""
        asks, shapes = compiler.asks, compiler.shapes
        if not asks:
            self._known.put(place, plan)
            return
        step = self._known.get(place)
        if not isinstance(step, _Step):
            step = _Step(asks[0])
            self._known.put(place, step)
        for ask, shape in zip(asks[1:], shapes, strict=False):
            way = step.ways.get(shape)
            if not isinstance(way, _Step):
                way = step.ways[shape] = _Step(ask)
            step = way
        if len(step.ways) >= _MOST_WAYS:
            step.ways.clear()
        step.ways[shapes[-1]] = plan


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """An operation of a parsed and valid document; the same object each time that the same document is asked."""

    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    deciding: tuple[str, ...]
    """The variables on which its directives depend."""

    @classmethod
    def of(cls, document: DocumentNode, operation: OperationDefinitionNode) -> "Asked":
        """The operation, with what it needs of its document."""
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        deciding: set[str] = set()

        class Conditions(Visitor):
            def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
                deciding.update(a.value.name.value for a in node.arguments if isinstance(a.value, VariableNode))

        for part in (operation, *fragments.values()):
            visit(part, Conditions())
        return cls(operation, fragments, tuple(sorted(deciding)))
