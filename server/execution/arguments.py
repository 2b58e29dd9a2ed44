"""The variables of an operation, and the arguments of its fields as Strawberry passes them to resolvers. What does
not depend on the request is prepared once per document.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    VariableNode,
    coerce_input_value,  # pyright: ignore[reportUnknownVariableType]  # graphql-core's own
    get_argument_values,
    is_leaf_type,
    is_required_argument,
    print_ast,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values
from strawberry.types.arguments import StrawberryArgument, convert_arguments

from planner.arguments import ReadArguments
from planner.kinds import is_list, is_nullable, item_of, kind_of, required
from schema import SCHEMA
from schema.scalars import unchanged

_NOTHING = VariableValues({}, {})


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of an operation. If the request does not set it, `absent` is its source and `default` its value,
    which is Undefined without a default in the operation. Values of a variable that `is_deep` are inspected: it is
    more than a scalar, an enum, or a list of those."""

    name: str
    coerce: Callable[[Any], Any]
    is_deep: bool
    is_required: bool
    absent: VariableValueSource
    default: Any

    @classmethod
    def of(cls, schema: GraphQLSchema, definition: VariableDefinitionNode) -> "Variable":
        signature: Any = get_variable_signature(schema, definition)  # an error only where the document is not valid
        alone = get_variable_values(schema, [definition], {})
        default = alone.coerced.get(signature.name, Undefined) if isinstance(alone, VariableValues) else Undefined
        source, kind = VariableValueSource(signature), signature.type
        return cls(signature.name, _coercion(kind), not _is_flat(kind), not is_nullable(kind), source, default)


def _is_flat(kind: Any) -> bool:
    """Whether it is a scalar, an enum, or a list of such, as most variables are."""
    kind = required(kind)
    return is_leaf_type(required(item_of(kind)) if is_list(kind) else kind)


def _coercion(kind: Any) -> Callable[[Any], Any]:
    """graphql-core's `coerce_input_value` for the type: Undefined for a value that is none. What is flat does
    without its look at the type for each value."""
    if not _is_flat(kind):
        return lambda value: coerce_input_value(value, kind)
    if is_leaf_type(required(kind)):
        read, nothing = required(kind).coerce_input_value, None if is_nullable(kind) else Undefined

        def leaf(value: Any) -> Any:
            if value is None:
                return nothing
            try:
                return read(value)
            except Exception:  # noqa: BLE001  # as in graphql-core: any exception means an invalid value
                return Undefined

        return leaf
    read = required(item_of(required(kind))).coerce_input_value

    def leaves(value: Any) -> Any:
        if not isinstance(value, list) or None in value:
            return coerce_input_value(value, kind)
        parts = cast("list[Any]", value)
        if read is unchanged:
            return parts
        try:
            return [read(part) for part in parts]
        except Exception:  # noqa: BLE001  # as above
            return Undefined

    return leaves


def coerce(variables: Sequence[Variable], inputs: Mapping[str, Any]) -> VariableValues:
    """The variables as graphql-core has them. GraphQLError if one is invalid; graphql-core then reports why."""
    sources: dict[str, VariableValueSource] = {}
    coerced: dict[str, Any] = {}
    for variable in variables:
        name = variable.name
        raw = inputs.get(name, Undefined)
        if raw is Undefined:
            sources[name] = variable.absent
            value = variable.default
            if value is Undefined and not variable.is_required:
                continue
        else:
            sources[name] = VariableValueSource(variable.absent.signature, raw)
            value = variable.coerce(raw)
        if value is Undefined:
            raise GraphQLError(f"Variable '${name}' cannot be used.")
        coerced[name] = value
    return VariableValues(sources, coerced)


def arguments(definition: GraphQLField, node: FieldNode) -> ReadArguments:
    """What reads the arguments of a field of an operation from its variables."""
    declared: Any = definition.extensions["strawberry-definition"]
    nodes = {argument.name.value: argument for argument in node.arguments or ()}
    fixed: dict[str, Any] = {}
    varying: list[ReadArguments] = []
    for argument in declared.arguments:
        name = SCHEMA.config.name_converter.from_argument(argument)
        argument_node = nodes.get(name)
        if argument_node and "$" in print_ast(argument_node):
            varying.append(_of_variable(definition, node, name, argument, argument_node))
        else:
            fixed |= _reader(definition, node, name, argument, argument_node)(_NOTHING)
    if not varying:
        return lambda _: fixed

    def read(variables: VariableValues) -> Mapping[str, Any]:
        values = fixed.copy()
        for read_varying in varying:
            values |= read_varying(variables)
        return values

    return read


def _reader(
    definition: GraphQLField,
    node: FieldNode,
    name: str,
    argument: StrawberryArgument,
    argument_node: ArgumentNode | None,
) -> ReadArguments:
    """Reads one argument, literal or variable."""
    alone = GraphQLField(kind_of(definition), {name: definition.args[name]})
    field_node = FieldNode(name=node.name, arguments=(argument_node,) if argument_node else ())
    optional = {} if is_required_argument(alone.args[name]) else {name: None}

    def read(variables: VariableValues) -> Mapping[str, Any]:
        values = optional | get_argument_values(alone, field_node, variables)
        return convert_arguments(values, [argument], SCHEMA.schema_converter.scalar_registry, SCHEMA.config)

    return read


def _of_variable(
    definition: GraphQLField, node: FieldNode, name: str, argument: StrawberryArgument, argument_node: ArgumentNode
) -> ReadArguments:
    """Reads one argument that a variable is part of; where it is all of it, there is most often nothing to convert."""
    read = _reader(definition, node, name, argument, argument_node)
    if not isinstance(argument_node.value, VariableNode):
        return read
    variable = argument_node.value.name.value
    accepted: Any = definition.args[name]
    nullable, is_flat = is_nullable(accepted.type), _is_flat(accepted.type)
    absent: Mapping[str, Any] | None = None
    if not is_required_argument(accepted):
        absent = _reader(definition, node, name, argument, None)(_NOTHING)

    def quick(variables: VariableValues) -> Mapping[str, Any]:
        value = variables.coerced.get(variable, Undefined)
        if value is Undefined and absent is not None:
            return absent
        if value is Undefined or not is_flat or (value is None and not nullable):
            return read(variables)
        return {argument.python_name: value}

    return quick
