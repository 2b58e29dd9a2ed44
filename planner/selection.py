"""What an operation selects from an object of a type: fragments resolved, `@include` and `@skip` decided, same keys
merged, in the order of the query."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
)
from graphql.language import BooleanValueNode, DirectiveNode

Selected = Mapping[str, list[FieldNode]]


class Unplannable(Exception):
    """The operation cannot be planned, and is left to the resolvers. The text says why."""


class SpoiltRow(Exception):
    """A row holds what its type in the schema does not allow."""


class SpoiltPart(SpoiltRow):
    """So it is somewhere within a value that Python makes; where, the resolvers say."""


class Selections:
    """Collects the selections of one operation. `deciding` are the
    values of the variables that directives asked for."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self.deciding: dict[str, Any] = {}

    def of(self, nodes: Iterable[FieldNode], object_type: GraphQLObjectType) -> Selected:
        """What the nodes, which have the same key, select from an object of the type."""
        return self.collect((node.selection_set for node in nodes if node.selection_set), object_type)

    def collect(self, sets: Iterable[SelectionSetNode], object_type: GraphQLObjectType) -> Selected:
        """What the sets select. A fragment counts once, however often they spread it."""
        selected: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for selections in sets:
            self._add(selections, object_type, selected, spread)
        return selected

    def _add(
        self,
        selections: SelectionSetNode,
        object_type: GraphQLObjectType,
        selected: dict[str, list[FieldNode]],
        spread: set[str],
    ) -> None:
        for selection in selections.selections:
            if selection.directives and not self._included(selection.directives):
                continue
            match selection:
                case FieldNode():
                    key = selection.alias.value if selection.alias else selection.name.value
                    selected.setdefault(key, []).append(selection)
                case InlineFragmentNode():
                    condition = selection.type_condition.name.value if selection.type_condition else None
                    if condition is None or self._applies(condition, object_type):
                        self._add(selection.selection_set, object_type, selected, spread)
                case FragmentSpreadNode() if selection.name.value in spread:
                    pass
                case FragmentSpreadNode():
                    fragment = self._fragments[selection.name.value]
                    if getattr(fragment, "variable_definitions", None):
                        raise Unplannable("a fragment with variables of its own")
                    if self._included(fragment.directives or ()) and self._applies(
                        fragment.type_condition.name.value, object_type
                    ):
                        spread.add(selection.name.value)
                        self._add(fragment.selection_set, object_type, selected, spread)
                case _:
                    raise Unplannable("an unknown selection")

    def _applies(self, condition: str, object_type: GraphQLObjectType) -> bool:
        if condition == object_type.name:
            return True
        kind = self._schema.type_map[condition]
        return isinstance(kind, GraphQLAbstractType) and self._schema.is_sub_type(kind, object_type)

    def _included(self, directives: Iterable[DirectiveNode]) -> bool:
        for directive in directives:
            name = directive.name.value
            if name not in ("include", "skip"):
                raise Unplannable(f"the directive @{name}")
            if self._condition(directive) is (name == "skip"):
                return False
        return True

    def _condition(self, directive: DirectiveNode) -> bool:
        [value] = (argument.value for argument in directive.arguments or ())
        if isinstance(value, BooleanValueNode):
            return value.value
        if isinstance(value, VariableNode):
            self.deciding[value.name.value] = decided = bool(self._variables.get(value.name.value))
            return decided
        raise Unplannable("a directive's condition that is neither a literal nor a variable")
