"""Documents, parsed, measured, validated and priced once; repeated requests only look them up."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    Undefined,
    ValidationRule,
    VariablesInAllowedPositionRule,
    get_named_type,
    parse,
    specified_rules,
    type_from_ast,  # pyright: ignore[reportUnknownVariableType]  # graphql-core's own
)

from loaders.recent import Recent
from loaders.stopping import check
from planner.plan import BYTES_OF_A_TOKEN, ParsedOperation
from planner.usages import usages
from server.execution import cost
from server.execution.arguments import Variable
from server.execution.leniency import VariablesInPosition, with_twins
from server.execution.validation import validate
from server.execution.weights import weigh

MOST_BYTES = 64 << 20
"""About what the parsed documents may take up: some five hundred as apps send them."""
MOST_ERRORS = 20
"""Of validation; a document with more is not looked at further."""
_MOST_PRICES = 200
_FEW_TOKENS = 500


class Invalid(Exception):
    """The document cannot be executed; `errors` say why."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(errors[0].message)
        self.errors = list(errors)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An operation of a valid document; one object per document and operation name."""

    schema: GraphQLSchema
    document: DocumentNode
    hash: str
    """The document's SHA-256, in hexadecimal, as clients know it."""
    name: str | None
    operation: ParsedOperation
    variables: Sequence[Variable]
    read: Sequence[Variable]
    """Those on which depends what is read: of a mutation or subscription not those of the fields at its root alone."""
    deciding: Sequence[tuple[str, Callable[[Any], Any]]]
    """The variables that its price depends on, and what of each does: a few numbers, however large it is."""
    _prices: dict[Any, cost.Price] = field(default_factory=dict[Any, cost.Price])

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.operation.definition.operation

    @property
    def introspects(self) -> bool:
        """Whether it is introspection and nothing else."""
        return self.kind is OperationType.QUERY and self._tells_schema(self.operation.definition.selection_set)

    def _tells_schema(self, selected: SelectionSetNode) -> bool:
        for part in selected.selections:
            match part:
                case FieldNode():
                    tells = part.name.value.startswith("__")
                case FragmentSpreadNode():
                    tells = self._tells_schema(self.operation.fragments[part.name.value].selection_set)
                case _:
                    tells = self._tells_schema(cast("InlineFragmentNode", part).selection_set)
            if not tells:
                return False
        return True

    def is_heavy(self, price: cost.Price) -> bool:
        """Whether it may take long. A mutation writes each row by itself."""
        return price.is_heavy or (self.kind is OperationType.MUTATION and price.cost > cost.HEAVY_MUTATION)

    @property
    def is_short(self) -> bool:
        """Whether it is priced in some milliseconds."""
        return (self.document.token_count or 0) <= _FEW_TOKENS

    def find_price(self, variables: Mapping[str, Any]) -> cost.Price | None:
        """Its price with these variables, if it is known."""
        return self._prices.get(self._key(variables))

    def _key(self, variables: Mapping[str, Any]) -> Any:
        return tuple([size(variables.get(name, Undefined)) for name, size in self.deciding])

    def price(self, variables: Mapping[str, Any]) -> cost.Price:
        """Its price with these variables."""
        key = self._key(variables)
        price = self._prices.get(key)
        if price is None:
            if len(self._prices) >= _MOST_PRICES:
                self._prices.clear()
            price = cost.price(self.schema, self.operation.definition, self.operation.fragments, variables)
            self._prices[key] = price
        return price


def _read(operation: ParsedOperation) -> set[str]:
    """The names of the variables on which depends what is read."""
    definition = operation.definition
    is_query = definition.operation is OperationType.QUERY
    root = set[int]() if is_query else set(map(id, definition.selection_set.selections))
    used = usages((definition, *operation.fragments.values()))
    return {each.variable for each in used if each.of_directive or id(each.node) not in root}


def _size(value: Any) -> Any:
    """What a price depends on in a number, a list, or a missing value."""
    if isinstance(value, list):
        return "list", len(cast("list[Any]", value))
    if value is None or value is Undefined:
        return value
    # True is 1 to Python, and not to a directive, nor to a length.
    number = cost.whole(value)
    return str(value) if isinstance(value, bool) else "other" if number is None else number


def _length(value: Any) -> Any:
    """All that a condition's weight can depend on, of its value."""
    if isinstance(value, list):
        return len(cast("list[Any]", value))
    return value if value is None or value is Undefined else "other"


def _deciding(
    schema: GraphQLSchema, document: DocumentNode, operation: ParsedOperation
) -> Iterable[tuple[str, Callable[[Any], Any]]]:
    """The variables that decide over the price: those of directives and of lengths, and all that hold input objects."""
    used = [*usages(document.definitions)]
    sizing = {each.variable for each in used if each.argument in cost.SIZING and not (each.of_directive or each.within)}
    for name in dict.fromkeys((*operation.deciding, *sorted(sizing))):
        yield name, _size
    for name in sorted({each.variable for each in used if each.within}):
        yield name, _length
    for definition in operation.definition.variable_definitions or ():
        kind = type_from_ast(schema, definition.type)
        if isinstance(get_named_type(kind), GraphQLInputObjectType):
            yield definition.variable.name.value, partial(_weight, kind)


def _weight(kind: Any, value: Any) -> Any:
    return value if value is Undefined else (weigh(kind, value), cost.rows_of(value))


class _Checked(ValidationRule):
    """Ends a validation whose result is no longer needed."""

    def enter_selection_set(self, *_: Any) -> None:
        check()


def _too_long(message: str) -> GraphQLError | None:
    """The parser's own bounds, in the form of the others."""
    if "Parsing aborted" not in message:
        return None
    for limit, most in (("tokens", cost.MOST_TOKENS), ("characters", cost.LONGEST_DOCUMENT)):
        if str(most) in message:
            return cost.exceeded(limit, most)
    return cost.exceeded("depth", cost.MOST["depth"])


class NoSubgraphSchema(ValidationRule):
    """Nobody asks for the subgraph's schema."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self.context.get_parent_type()
        if parent and parent.name == "_Service" and node.name.value == "sdl":
            self.report_error(GraphQLError("The schema is not published here: see FICHA_SUBGRAPH_SDL.", node))


class Documents:
    """The documents of requests. Without `introspection` and `subgraph_sdl` the schema is not disclosed, not even by
    suggestions in error messages."""

    def __init__(
        self, schema: GraphQLSchema, *, introspection: bool = True, subgraph_sdl: bool = True, most_cost: int = 10_000
    ) -> None:
        self._schema = schema
        self.hidden = not introspection
        self._most_cost = most_cost
        self._rules = (
            _Checked,
            *(VariablesInPosition if rule is VariablesInAllowedPositionRule else rule for rule in specified_rules),
            *((NoSchemaIntrospectionCustomRule,) if self.hidden else ()),
            *(() if subgraph_sdl else (NoSubgraphSchema,)),
        )
        self._documents: Recent[str, DocumentNode | Invalid] = Recent(MOST_BYTES, _bytes)
        self._prepared: Recent[tuple[str, str | None], Prepared] = Recent(
            MOST_BYTES, lambda key, prepared: _bytes(key[0], prepared.document)
        )

    def knows(self, query: str) -> bool:
        """Whether the document was read and is kept."""
        return self.known(query) is not None

    def known(self, query: str) -> DocumentNode | Invalid | None:
        """What was read of it, if it is kept."""
        return self._documents.get(query)

    def keep(self, query: str, document: DocumentNode | Invalid) -> DocumentNode | Invalid:
        """Keeps what was read."""
        return self._documents.put(query, document)

    def prepare(self, query: str, name: str | None) -> Prepared:
        """The document's operation of this name, or its only one. Raises Invalid."""
        return self.find(query, name) or self._prepare(query, name)

    def find(self, query: str, name: str | None) -> Prepared | None:
        """What `prepare` returned before, if it is kept."""
        return self._prepared.get((query, name))

    def measure(self, prepared: Prepared, variables: Mapping[str, Any]) -> int:
        """How many values the variables hold. Raises Invalid where they are too many, or too deep."""
        values, error = cost.measure_variables(prepared.variables, variables)
        if error:
            raise Invalid(error)
        return values

    def price(self, prepared: Prepared, variables: Mapping[str, Any]) -> cost.Price:
        """The operation's price. Raises Invalid where that, or the variables, are too much."""
        self.measure(prepared, variables)
        return self.price_measured(prepared, variables)

    def price_measured(self, prepared: Prepared, variables: Mapping[str, Any]) -> cost.Price:
        """As `price`, of variables that were measured."""
        price = prepared.price(variables)
        if error := price.excess():
            raise Invalid(error)
        if price.introspection > cost.MOST_BESIDE and not prepared.introspects:
            raise Invalid(cost.exceeded("introspection", cost.MOST_BESIDE, price.introspection))
        if price.cost > self._most_cost:
            raise Invalid(cost.exceeded("cost", self._most_cost, price.cost))
        return price

    def shown(self, price: cost.Price) -> Mapping[str, int]:
        """A price as `extensions.cost`."""
        return {"requested": price.cost, "limit": self._most_cost}

    def _prepare(self, query: str, name: str | None) -> Prepared:
        document = self._documents.get(query) or self.keep(query, self.read(query))
        if isinstance(document, Invalid):
            raise Invalid(*document.errors)
        operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        if not operations:
            raise Invalid(GraphQLError("The document holds no operation."))
        if name is None and len(operations) > 1:
            raise Invalid(GraphQLError("Must provide operation name if query contains multiple operations."))
        for definition in operations:
            if name is None or (definition.name and definition.name.value == name):
                operation = ParsedOperation.of(document, definition)
                deciding = tuple(_deciding(self._schema, document, operation))
                variables = [Variable.of(self._schema, d) for d in definition.variable_definitions or ()]
                names = _read(operation)
                read = [variable for variable in variables if variable.name in names]
                digest = hashlib.sha256(query.encode()).hexdigest()
                prepared = Prepared(self._schema, document, digest, name, operation, variables, read, deciding)
                return self._prepared.put((query, name), prepared)
        raise Invalid(GraphQLError(f'Unknown operation named "{name}".'))

    def read(self, query: str) -> DocumentNode | Invalid:
        """The document, parsed, bounded and validated. It takes up to a fraction of a second, and as it changes nothing
        here it can be done in a thread."""
        document = DocumentNode()
        try:
            document = parse(query, max_tokens=cost.MOST_TOKENS, max_source_length=cost.LONGEST_DOCUMENT)
            errors = cost.measure(document)
            if not errors:
                errors = validate(
                    self._schema, document, self._rules, most_errors=MOST_ERRORS, hide_suggestions=self.hidden
                )
        except GraphQLSyntaxError as error:
            errors = [_too_long(error.message) or error]
        except RecursionError:
            errors = [cost.exceeded("depth", cost.MOST["depth"])]
        return Invalid(*_together(errors)) if errors else with_twins(self._schema, document)


def _bytes(query: str, document: DocumentNode | Invalid) -> int:
    """Its approximate size in bytes. The errors of an invalid document keep the document in memory too."""
    tokens = document.token_count if isinstance(document, DocumentNode) else min(len(query), cost.MOST_TOKENS)
    return (tokens or 0) * BYTES_OF_A_TOKEN + len(query) * 4


def _together(errors: Iterable[GraphQLError]) -> Sequence[GraphQLError]:
    """The errors, equal ones merged with all of their locations: a short document can repeat the same error very
    often."""
    alike: dict[str, list[GraphQLError]] = {}
    for error in errors:
        alike.setdefault(error.message, []).append(error)
    return [
        GraphQLError(message, [node for error in same for node in error.nodes or ()]) if len(same) > 1 else same[0]
        for message, same in alike.items()
    ]
