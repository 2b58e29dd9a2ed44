"""Variables of our own scalars whose values go into inputs of mutations, as `schema.forgiving` has it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from graphql import (
    DocumentNode,
    GraphQLSchema,
    ListTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    ValidationContext,
    VariableDefinitionNode,
    VariablesInAllowedPositionRule,
)

from schema.forgiving import is_twin, strict, twin_name
from schema.scalars import CODES


class VariablesInPosition(VariablesInAllowedPositionRule):
    """A scalar and its twin are one type."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.context = cast("Any", _StrictUsages(context))


class _StrictUsages:
    """A validation's context in which variables are used as the scalars themselves."""

    def __init__(self, context: ValidationContext) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def get_recursive_variable_usages(self, operation: OperationDefinitionNode) -> Sequence[Any]:
        usages = cast("Sequence[Any]", self._context.get_recursive_variable_usages(operation))
        return [usage._replace(type=strict(usage.type)) for usage in usages]


def with_twins(schema: GraphQLSchema, document: DocumentNode) -> DocumentNode:
    """The valid document, its variables of scalars that are used in inputs of mutations alone being of the twins."""
    if not any(_lenient_ones(definition) for definition in document.definitions):
        return document
    context = ValidationContext(schema, document, TypeInfo(schema), lambda _: None)
    twin = replace(document, definitions=tuple(_with_twins(context, each) for each in document.definitions))
    object.__setattr__(twin, "token_count", document.token_count)  # as the parser does; `replace` does not know it
    return twin


def _with_twins(context: ValidationContext, definition: Any) -> Any:
    candidates = _lenient_ones(definition)
    if not candidates:
        return definition
    used: dict[str, list[Any]] = defaultdict(list)
    usages = cast("Sequence[Any]", context.get_recursive_variable_usages(definition))
    for usage in usages:
        used[usage.node.name.value].append(usage.type)
    twins = {
        variable: replace(variable, type=_twin(variable.type))
        for variable in candidates
        if all(map(is_twin, used[variable.variable.name.value]))
    }
    variables = tuple(twins.get(variable, variable) for variable in definition.variable_definitions)
    return replace(definition, variable_definitions=variables)


def _lenient_ones(operation: Any) -> list[VariableDefinitionNode]:
    """The variables of a mutation that are of scalars with twins. One with a default is as the document says."""
    if not isinstance(operation, OperationDefinitionNode) or operation.operation is not OperationType.MUTATION:
        return []
    return [
        variable
        for variable in operation.variable_definitions or ()
        if variable.default_value is None and _name_of(variable.type) in CODES
    ]


def _name_of(kind: Any) -> str:
    return _name_of(kind.type) if isinstance(kind, NonNullTypeNode | ListTypeNode) else kind.name.value


def _twin(kind: Any) -> Any:
    """The type's node, with the twin's name."""
    if isinstance(kind, NonNullTypeNode | ListTypeNode):
        return replace(kind, type=_twin(kind.type))
    return replace(kind, name=NameNode(value=twin_name(kind.name.value)))
