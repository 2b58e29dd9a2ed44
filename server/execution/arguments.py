"""What an operation is given: its variables, and the arguments of its fields as Strawberry gives them to resolvers.

What stays the same is worked out once for a document, so that little is left to do for each request.
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

from planner.arguments import Given
from planner.kinds import is_list, is_nullable, item_of, kind_of, required
from schema import SCHEMA
from schema.scalars import as_given

_NOTHING = VariableValues({}, {})


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of an operation. `absent` is its source, and `default` its value, where the request has none of it;
    that is Undefined where the operation has none either. What is given for one that `is_deep` is looked into: it is
    more than a scalar, an enum, or a list of such."""

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
        return lambda given: coerce_input_value(given, kind)
    if is_leaf_type(required(kind)):
        read, nothing = required(kind).coerce_input_value, None if is_nullable(kind) else Undefined

        def leaf(given: Any) -> Any:
            if given is None:
                return nothing
            try:
                return read(given)
            except Exception:  # noqa: BLE001  # as graphql-core: whatever a scalar raises, it is none of its values
                return Undefined

        return leaf
    read = required(item_of(required(kind))).coerce_input_value

    def leaves(given: Any) -> Any:
        if not isinstance(given, list) or None in given:
            return coerce_input_value(given, kind)
        parts = cast("list[Any]", given)
        if read is as_given:
            return parts
        try:
            return [read(part) for part in parts]
        except Exception:  # noqa: BLE001  # as above
            return Undefined

    return leaves


def coerce(variables: Sequence[Variable], inputs: Mapping[str, Any]) -> VariableValues:
    """The variables as graphql-core has them. GraphQLError where one cannot be used; graphql-core tells why."""
    sources: dict[str, VariableValueSource] = {}
    coerced: dict[str, Any] = {}
    for variable in variables:
        name = variable.name
        given = inputs.get(name, Undefined)
        if given is Undefined:
            sources[name] = variable.absent
            value = variable.default
            if value is Undefined and not variable.is_required:
                continue
        else:
            sources[name] = VariableValueSource(variable.absent.signature, given)
            value = variable.coerce(given)
        if value is Undefined:
            raise GraphQLError(f"Variable '${name}' cannot be used.")
        coerced[name] = value
    return VariableValues(sources, coerced)


def arguments(definition: GraphQLField, node: FieldNode) -> Given:
    """What reads the arguments of a field of an operation from its variables."""
    declared: Any = definition.extensions["strawberry-definition"]
    nodes = {argument.name.value: argument for argument in node.arguments or ()}
    fixed: dict[str, Any] = {}
    varying: list[Given] = []
    for argument in declared.arguments:
        name = SCHEMA.config.name_converter.from_argument(argument)
        given = nodes.get(name)
        if given and "$" in print_ast(given):
            varying.append(_of_variable(definition, node, name, argument, given))
        else:
            fixed |= _reader(definition, node, name, argument, given)(_NOTHING)
    if not varying:
        return lambda _: fixed

    def read(variables: VariableValues) -> Mapping[str, Any]:
        found = fixed.copy()
        for one in varying:
            found |= one(variables)
        return found

    return read


def _reader(
    definition: GraphQLField, node: FieldNode, name: str, argument: StrawberryArgument, given: ArgumentNode | None
) -> Given:
    """Reads one argument, whatever it is given."""
    alone = GraphQLField(kind_of(definition), {name: definition.args[name]})
    asked = FieldNode(name=node.name, arguments=(given,) if given else ())

    def read(variables: VariableValues) -> Mapping[str, Any]:
        values = get_argument_values(alone, asked, variables)
        return convert_arguments(values, [argument], SCHEMA.schema_converter.scalar_registry, SCHEMA.config)

    return read


def _of_variable(
    definition: GraphQLField, node: FieldNode, name: str, argument: StrawberryArgument, given: ArgumentNode
) -> Given:
    """Reads one argument that a variable is part of; where it is all of it, there is most often nothing to convert."""
    read = _reader(definition, node, name, argument, given)
    if not isinstance(given.value, VariableNode):
        return read
    variable = given.value.name.value
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
