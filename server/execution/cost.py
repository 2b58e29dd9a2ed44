"""The size of an operation, computed from its document before anything is executed, and its limits.

`measure` looks at the document alone, so that even validating it is safe; `price` counts by the `@cost` and
`@listSize` that the schema publishes (`schema.cost`), and by what arguments weigh (`weights`). Both look at each
part once, however often fragments repeat it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from math import ceil
from typing import Any, NamedTuple, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    Node,
    OperationDefinitionNode,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    value_from_ast_untyped,
)
from strawberry.federation.schema_directives import Cost, ListSize

from planner.kinds import kind_of
from planner.selection import Selected, Selections
from schema.cost import SEARCH, SEARCHES, is_list
from server.execution.arguments import Variable
from server.execution.weights import MOST_CONDITIONS, MOST_VALUES, NOTHING, weigh

MOST_TOKENS = 4000
LONGEST_DOCUMENT = 100_000
"""Characters."""
MOST: Mapping[str, int] = {
    "depth": 20,
    "fields": 2000,
    "objects": 400,
    "aliases": 200,
    "directives": 100,
    "rootFields": 50,
    "repeatedFields": 100,
    "variableDepth": 20,
    "variableValues": 20_000,
}
"""The bounds of a document, each for the largest of its operations, fragments counted wherever they are spread.
`objects` are the fields with fields of their own: each takes the planner 3 ms, once. `repeatedFields` are those that
stand in one selection set more than once under the same key: validation compares each of them with each other.
`variableDepth` and `variableValues` are the request's: lists and objects within each other, and all that stands in
them."""

LARGEST_NUMBER = 2**53 - 1
"""The largest number in an error. Nested fragments can exceed what clients can read as an integer."""
MOST_OF_ARGUMENTS: Mapping[str, int] = {
    "conditions": MOST_CONDITIONS,
    "relations": 20,
    "orders": 10,
    "ordersTogether": 50,
    "values": MOST_VALUES,
    "introspection": 6_000,
}
"""The bounds of what an operation's filters and orders ask for: in all of them together, for `orders` in each one, and
for `values` in each list of a condition. PostgreSQL plans and evaluates every condition for itself, so that some
hundreds take seconds before a row is read. `introspection` is what tools ask to learn the whole schema, once."""
MOST_BESIDE = 100
"""Maximum cost of introspection beside other fields, because all of the operation is then resolved on the event
loop."""
HEAVY_COST = 5_000
"""An operation that costs more is heavy, whatever it reads."""
HEAVY_CONDITIONS = 10
HEAVY_MUTATION = 500
"""The cost of a heavy mutation: some fifty rows."""

LENGTHS = {"_entities": "representations", "nodes": "ids"}
"""Fields whose list is as long as that of an argument."""
SIZING = {"first", "last", "search", *LENGTHS.values()}
"""Arguments whose number, length or presence the price depends on, beside those of directives and input objects."""
INTROSPECTION: Mapping[str, GraphQLField] = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
IN_SCHEMA: Mapping[str, float] = {"types": 650, "directives": 20, "fields": 4, "inputFields": 2}
IN_TYPE: Mapping[str, float] = {"fields": 120, "inputFields": 60, "enumValues": 120, "possibleTypes": 50}
DEEPER: Mapping[str, float] = {"fields": 20, "inputFields": 10, "enumValues": 5, "possibleTypes": 3, "ofType": 0.68}
"""How long the lists of an introspection are: those of all types, on the average; those of one type, at the most; those
of the types that these lead to, which are larger than the average. What is not named is one."""
ROOT_TYPES = {"queryType", "mutationType", "subscriptionType"}
LEADING_ON = {"fields", "inputFields", "args", "possibleTypes", "interfaces"}
PARTS_OF_A_ROW = 20
"""Fields of an introspection that cost as much as a row: Python writes that many in the time of one."""


def exceeded(limit: str, most: int, number: int | None = None) -> GraphQLError:
    """The error of an operation that is larger than it may be."""
    number = number and min(number, LARGEST_NUMBER)
    text = f"The operation's {limit} is {number}" if number is not None else f"The operation has more {limit}"
    extensions: dict[str, Any] = {"code": "LIMIT_EXCEEDED", "limit": limit, "most": most}
    if number is not None:
        extensions["found"] = number
    return GraphQLError(f"{text}; {most} is the most allowed.", extensions=extensions)


class Price(NamedTuple):
    """What an operation, or a part of it, costs; and what decides over how it is served."""

    cost: int = 0
    conditions: int = 0
    relations: int = 0
    orders: int = 0
    """Terms of its longest order."""
    orders_together: int = 0
    searches: int = 0
    objects: int = 0
    """Fields with fields of their own, each once however many rows it is read for: so long takes the planner."""
    values: int = 0
    """Of the longest list in a condition."""
    introspection: int = 0
    """What of the cost is for telling the schema."""

    @property
    def is_heavy(self) -> bool:
        """Whether PostgreSQL may look at very many more rows than it returns, or returns very many."""
        return bool(self.relations or self.searches or self.conditions > HEAVY_CONDITIONS or self.cost > HEAVY_COST)

    def excess(self) -> GraphQLError | None:
        """The limit that is exceeded, if any."""
        for limit, most in MOST_OF_ARGUMENTS.items():
            number = self.orders_together if limit == "ordersTogether" else getattr(self, limit)
            if number > most:
                return exceeded("orders" if limit == "ordersTogether" else limit, most, number)
        return None

    def beside(self, other: "Price") -> "Price":
        """Both together."""
        return Price(
            self.cost + other.cost,
            self.conditions + other.conditions,
            self.relations + other.relations,
            max(self.orders, other.orders),
            self.orders_together + other.orders_together,
            self.searches + other.searches,
            self.objects + other.objects,
            max(self.values, other.values),
            self.introspection + other.introspection,
        )


FREE = Price()


class Size(NamedTuple):
    """How large a part of a document is."""

    depth: int = 0
    width: int = 0
    """Fields at its own level."""
    fields: int = 0
    objects: int = 0
    aliases: int = 0
    directives: int = 0
    repeated: int = 0


NO_SIZE = Size()


def measure(document: DocumentNode) -> list[GraphQLError]:
    """What the document has too much of."""
    measured = _Measure({d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)})
    errors: dict[str, GraphQLError] = {}
    for definition in document.definitions:
        # Unused fragments are measured too, because they are validated.
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            size = measured.of(definition.selection_set)
            defaults = getattr(definition, "variable_definitions", None) or ()
            sizes = {
                "depth": max(size.depth, _nesting(d.default_value for d in defaults if d.default_value)),
                "fields": size.fields,
                "objects": size.objects,
                "aliases": size.aliases,
                "directives": size.directives + len(definition.directives or ()),
                "rootFields": size.width if isinstance(definition, OperationDefinitionNode) else 0,
                "repeatedFields": size.repeated,
            }
            for limit, number in sizes.items():
                if number > MOST[limit]:
                    errors.setdefault(limit, exceeded(limit, MOST[limit], number))
    return list(errors.values())


def measure_variables(variables: Iterable[Variable], inputs: Mapping[str, Any]) -> tuple[int, GraphQLError | None]:
    """How many values there are, and what the variables have too much of, so that only to look at them would take long.
    What no type lets anybody look into is not looked into here either."""
    level: list[Any] = []
    values = 0
    for variable in variables:
        value = inputs.get(variable.name)
        if variable.is_deep:
            level.append(value)
        elif isinstance(value, list):
            values += len(cast("list[Any]", value))
    depth = 0
    while level:
        depth += 1
        values += len(level)
        if depth > MOST["variableDepth"]:
            return values, exceeded("variableDepth", MOST["variableDepth"])
        if values > MOST["variableValues"]:
            break
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += cast("dict[str, Any]", value).values()
            elif isinstance(value, list):
                inner += value
        level = inner
    return values, exceeded("variableValues", MOST["variableValues"]) if values > MOST["variableValues"] else None


class _Measure:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Size] = {}

    def of(self, selection_set: SelectionSetNode) -> Size:
        """A selection set with all that it holds."""
        parts, directives = [NO_SIZE], 0
        keys: Counter[str] = Counter()
        for selection in selection_set.selections:
            directives += len(selection.directives or ())
            match selection:
                case FieldNode():
                    inner = self.of(selection.selection_set) if selection.selection_set else NO_SIZE
                    keys[selection.alias.value if selection.alias else selection.name.value] += 1
                    part = Size(
                        max(inner.depth + 1, _nesting(selection.arguments or ())),
                        1,
                        inner.fields + 1,
                        inner.objects + (selection.selection_set is not None),
                        inner.aliases + (selection.alias is not None),
                        inner.directives,
                        inner.repeated,
                    )
                case FragmentSpreadNode():
                    part = self._fragment(selection.name.value)
                case _:
                    part = self.of(cast("Any", selection).selection_set)
            parts.append(part)
        parts.append(Size(directives=directives, repeated=sum(number for number in keys.values() if number > 1)))
        depths, *sums = zip(*parts, strict=True)
        return Size(max(depths), *map(sum, sums))

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            # A fragment that spreads itself counts once here; validation refuses it.
            self._known[name] = NO_SIZE
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._known[name] = self.of(fragment.selection_set)
        return self._known[name]


def _nesting(nodes: Iterable[Any]) -> int:
    """How deep the values are nested in each other."""
    depth, level = -1, list(nodes)
    while level:
        depth += 1
        level = [
            part
            for node in level
            for part in (
                getattr(node, "values", None) or getattr(node, "fields", None) or [getattr(node, "value", None)]
            )
            if isinstance(part, Node)
        ]
    return depth


def price(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> Price:
    """The price of a valid operation with these variables: what it could come to, not what it will."""
    defaults = {
        d.variable.name.value: value_from_ast_untyped(d.default_value)
        for d in operation.variable_definitions or ()
        if d.default_value
    }
    return _Cost(schema, fragments, defaults | dict(variables)).of_operation(operation)


class _Cost:
    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._variables = dict(variables)
        self._selections = Selections(schema, fragments, variables)
        self._known: dict[Any, Price] = {}

    def of_operation(self, operation: OperationDefinitionNode) -> Price:
        root = cast("GraphQLObjectType", self._schema.get_root_type(operation.operation))
        return self._together(root, self._selections.collect((operation.selection_set,), root), {})

    def _together(self, kind: GraphQLObjectType, selected: Selected, sizes: Mapping[str, int]) -> Price:
        total = FREE
        for nodes in selected.values():
            if (part := self._field(kind, nodes, sizes)) is not FREE:
                total = total.beside(part)
        return total

    def _inside(self, kind: GraphQLNamedType, nodes: list[FieldNode], sizes: Mapping[str, int]) -> Price:
        """What the nodes select from an object of the type, or the most of what they do from one of its types."""
        key = (kind.name, tuple(map(id, nodes)), *sizes.items())
        if key not in self._known:
            kinds: Iterable[GraphQLObjectType] = (
                self._schema.get_possible_types(kind) if is_abstract_type(kind) else (cast("GraphQLObjectType", kind),)
            )
            prices = [self._together(one, self._selections.of(nodes, one), sizes) for one in kinds]
            self._known[key] = Price(*map(max, zip(*prices, strict=True)))
        return self._known[key]

    def _field(self, parent: GraphQLObjectType, nodes: list[FieldNode], sizes: Mapping[str, int]) -> Price:
        node = nodes[0]
        name = node.name.value
        if name.startswith("__"):
            meta = INTROSPECTION.get(name)
            lengths = IN_TYPE if name == "__type" else IN_SCHEMA
            cost = ceil(self._described(meta, nodes, lengths) / PARTS_OF_A_ROW) if meta else 0
            return Price(cost, introspection=cost)
        definition, kind, own, length, is_leaf = _declared(parent, name)
        if is_leaf:
            return own
        of_arguments = self._of_arguments(definition, node)
        items = self._length(definition, node, length)
        if is_list(kind_of(definition)):
            inside = self._inside(kind, nodes, {})
            return inside._replace(cost=sizes.get(name, items) * (own.cost + inside.cost)).beside(of_arguments)
        sized: dict[str, int] = dict.fromkeys((length and length.sized_fields) or (), items)
        if (written := self._written(node)) is not None:
            sized["results"] = written
        return self._inside(kind, nodes, sized).beside(of_arguments).beside(own)

    def _of_arguments(self, definition: GraphQLField, node: FieldNode) -> Price:
        """What the field's arguments add."""
        weight, searches = NOTHING, SEARCHES.get(node.name.value, 0)
        for argument in node.arguments or ():
            name = argument.name.value
            accepted: Any = definition.args[name]
            if name == "search":
                searches = int("orderBy" in definition.args and self._value(argument.value) is not None)
            elif isinstance(get_named_type(accepted.type), GraphQLInputObjectType):
                value = value_from_ast_untyped(argument.value, self._variables)
                weight = weight.beside(weigh(accepted.type, value))
        return Price(
            weight.cost + searches * SEARCH,
            weight.conditions,
            weight.relations,
            weight.orders,
            weight.orders,
            searches,
            1,
            weight.values,
        )

    def _written(self, node: FieldNode) -> int | None:
        """The number of rows of a bulk mutation; None for any other field."""
        for argument in node.arguments or ():
            if argument.name.value == "input":
                return rows_of(value_from_ast_untyped(argument.value, self._variables))
        return None

    def _described(self, field: GraphQLField, nodes: list[FieldNode], lengths: Mapping[str, float]) -> float:
        """How many fields of an introspection Python writes for this one."""
        kind = cast("GraphQLNamedType", get_named_type(cast("Any", field).type))
        if not isinstance(kind, GraphQLObjectType):
            return 1
        total = 1.0
        for same in self._selections.of(nodes, kind).values():
            name = same[0].name.value
            if name in kind.fields:
                inner = IN_TYPE if name in ROOT_TYPES else DEEPER if name in LEADING_ON else lengths
                total += lengths.get(name, 1) * self._described(kind.fields[name], same, inner)
        return total

    def _length(self, definition: GraphQLField, node: FieldNode, length: ListSize | None) -> int:
        """The expected length of the list, or of the lists in the object."""
        slicing = {LENGTHS.get(node.name.value, ""), *((length and length.slicing_arguments) or ())}
        for argument in node.arguments or ():
            if argument.name.value in slicing:
                value = self._value(argument.value)
                if isinstance(value, list):
                    return len(cast("list[Any]", value))
                if (number := whole(value)) is not None:
                    return max(number, 0)
        defaults = (whole(argument.default_value) for name, argument in definition.args.items() if name in slicing)
        return (length and length.assumed_size) or next((size for size in defaults if size), 1)

    def _value(self, node: Any) -> Any:
        return self._variables.get(node.name.value) if isinstance(node, VariableNode) else _literal(node)


def whole(value: Any) -> int | None:
    """The number that GraphQL's Int reads: of 100.0 it is 100, and of true, which is a number to Python, none."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def rows_of(value: Any) -> int | None:
    """How many rows the input of a bulk mutation has; None for any other value."""
    match value:
        case {"rows": [*rows]}:
            return len(rows)
        case _:
            return None


def _literal(node: Any) -> Any:
    """A number, or the length of a list; None for other values."""
    match node:
        case IntValueNode():
            return int(node.value)
        case ListValueNode():
            return list(node.values)
        case _:
            return getattr(node, "value", None)


class _Declared(NamedTuple):
    """What the schema declares of a field: its type, what the field itself costs, the length of its list."""

    definition: GraphQLField
    kind: GraphQLNamedType
    own: Price
    length: ListSize | None
    is_leaf: bool


@cache
def _declared(parent: GraphQLObjectType, name: str) -> _Declared:
    definition = parent.fields[name]
    kind = cast("GraphQLNamedType", get_named_type(definition.type))
    weight, is_leaf = _directive(definition, Cost), is_leaf_type(kind)
    own = weight.weight if weight else 0 if is_leaf else 1
    return _Declared(definition, kind, Price(own) if own else FREE, _directive(definition, ListSize), is_leaf)


def _directive(definition: GraphQLField, kind: type[Any]) -> Any:
    declared: Any = definition.extensions.get("strawberry-definition")
    return next((d for d in declared.directives or () if isinstance(d, kind)), None) if declared else None
