"""Executes operations: as one statement where the planner knows how, otherwise by resolvers and dataloaders.

Documents are parsed and validated once. The answer's data are JSON already when PostgreSQL wrote them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    OperationDefinitionNode,
    get_argument_values,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.types.arguments import convert_arguments
from strawberry.types.graphql import OperationType

from errors import BadInput
from planner.plan import Asked, Planner, Recent
from resolvers.context import Context
from schema import SCHEMA

_OPERATION_TYPES = (OperationType.QUERY, OperationType.MUTATION)
_MOST_DOCUMENTS = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation came to. `data` is JSON, None where nothing was executed; `planned` is whether it was one
    statement."""

    data: bytes | None
    errors: list[GraphQLError]
    planned: bool = False


def arguments(definition: GraphQLField, node: FieldNode, variables: VariableValues) -> Mapping[str, Any]:
    """The arguments of a field, as Strawberry gives them to its resolver."""
    declared: Any = definition.extensions["strawberry-definition"]
    given = get_argument_values(definition, node, variables)
    return convert_arguments(given, declared.arguments, SCHEMA.schema_converter.scalar_registry, SCHEMA.config)


class Executor:
    """Executes the schema's operations. Without `planned`, all of them by resolvers."""

    def __init__(self, *, planned: bool = True) -> None:
        self._planner = Planner(SCHEMA._schema, arguments) if planned else None  # pyright: ignore[reportPrivateUsage]  # strawberry wraps it
        self._asked: Recent[tuple[str, str | None], Asked] = Recent(_MOST_DOCUMENTS)

    async def execute(
        self, query: str, variables: Mapping[str, Any] | None, name: str | None, context: Context
    ) -> Answer:
        """The answer to one operation of a document."""
        if self._planner:
            answer = await self._planned(self._planner, query, variables or {}, name, context)
            if answer is not None:
                return Answer(answer, [], planned=True)
        result: Any = await SCHEMA.execute(
            query,
            dict(variables) if variables is not None else None,
            context_value=context,
            operation_name=name,
            allowed_operation_types=_OPERATION_TYPES,
        )
        errors: list[GraphQLError] = result.errors or []
        executed = result.data is not None or any(error.path for error in errors)
        return Answer(orjson.dumps(result.data) if executed else None, errors)

    async def _planned(
        self, planner: Planner, query: str, variables: Mapping[str, Any], name: str | None, context: Context
    ) -> bytes | None:
        asked = self._asked.get((query, name)) or self._find(query, name)
        if asked is None:
            return None
        coerced = get_variable_values(
            SCHEMA._schema,  # pyright: ignore[reportPrivateUsage]  # strawberry wraps it
            asked.operation.variable_definitions or (),
            dict(variables),
        )
        if not isinstance(coerced, VariableValues):
            return None
        found = planner.plan(asked, coerced, context.viewer)
        if found is None:
            return None
        plan, values = found
        try:
            rows = await context.open(frozenset()).reader.run(plan.statement, **values)
        except BadInput:
            return None  # the resolvers will say at which field
        return plan.fill(rows[0][0].encode(), context)

    def _find(self, query: str, name: str | None) -> Asked | None:
        """The operation of a valid document; None where anything is wrong, which the schema will say in its own words."""
        try:
            document = parse(query, max_tokens=10_000)
        except GraphQLError:
            return None
        operation = get_operation_ast(document, name)
        if not isinstance(operation, OperationDefinitionNode) or validate(SCHEMA._schema, document):  # pyright: ignore[reportPrivateUsage]  # as above
            return None
        return self._asked.put((query, name), Asked.of(document, operation))
