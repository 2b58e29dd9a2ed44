"""JSON of what is in Python's memory: catalog entries, and values that Python computes from a row."""

from collections.abc import Callable
from inspect import iscoroutinefunction
from types import SimpleNamespace
from typing import Any, cast

from graphql import FieldNode, GraphQLObjectType, is_leaf_type

from planner.kinds import Kind, is_list, is_nullable, item_of, kind_of, required
from planner.selection import Selections, SpoiltPart, SpoiltRow, Unplannable

Write = Callable[[Any, Any], Any]
"""Makes what orjson writes, from a value and the request's context."""


def writer(kind: Kind, nodes: list[FieldNode], selections: Selections) -> Write:
    """Writes a value of the type as the nodes, which have the same key, select it. The writer raises SpoiltRow where
    there is none and the type is not nullable."""
    if not is_nullable(kind):
        write = writer(required(kind), nodes, selections)

        def write_some(value: Any, context: Any) -> Any:
            if value is None:
                raise SpoiltRow
            return write(value, context)

        return write_some
    if is_list(kind):
        item = writer(item_of(kind), nodes, selections)
        return lambda value, context: None if value is None else [item(part, context) for part in value]
    if is_leaf_type(kind):
        coerce = cast("Any", kind).coerce_output_value
        return lambda value, _: None if value is None else coerce(value)
    if not isinstance(kind, GraphQLObjectType):
        raise Unplannable(f"{kind} is abstract and not a row")
    members = [(key, _member(kind, same, selections)) for key, same in selections.of(nodes, kind).items()]

    def write_object(value: Any, context: Any) -> Any:
        try:
            return None if value is None else {key: member(value, context) for key, member in members}
        except Exception as error:
            raise SpoiltPart from error

    return write_object


def _member(parent: GraphQLObjectType, nodes: list[FieldNode], selections: Selections) -> Write:
    name = nodes[0].name.value
    if name == "__typename":
        return lambda _, __: parent.name
    definition = parent.fields[name]
    field: Any = definition.extensions["strawberry-definition"]
    write = writer(kind_of(definition), nodes, selections)
    if field.base_resolver is None:
        attribute = field.python_name
        return lambda value, context: write(getattr(value, attribute), context)
    resolve = field.base_resolver.wrapped_func
    if field.arguments:
        raise Unplannable(f"{parent.name}.{name} has arguments")
    if iscoroutinefunction(resolve):
        raise Unplannable(f"{parent.name}.{name} reads rows")
    wants_info = field.base_resolver.info_parameter is not None
    return lambda value, context: write(
        resolve(value, SimpleNamespace(context=context)) if wants_info else resolve(value), context
    )
