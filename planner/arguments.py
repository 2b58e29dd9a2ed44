"""What the arguments of a field contribute to a statement: SQL, and values of binds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLField

from errors import Forbidden
from models.viewer import Viewer

ReadArguments = Callable[[Any], Mapping[str, Any]]
"""From the operation's variables, as graphql-core has them, to the arguments of a field as its resolver has them."""

Arguments = Callable[[GraphQLField, FieldNode], ReadArguments]
"""Reads the arguments of a field of an operation."""

Evaluate = Callable[[Viewer, Mapping[str, Any]], tuple[Any, Mapping[str, Any]]]
"""From the viewer and the arguments to the shape (hashable, which decides the SQL) and the values of its binds."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The shape of arguments that lead through what the viewer may not see."""

    message: str
    permission: str | None


@dataclass(frozen=True, slots=True)
class Ask:
    """A field whose arguments decide part of the statement."""

    read: ReadArguments
    evaluate: Evaluate

    def decide(self, viewer: Viewer, variables: Any) -> tuple[Any, Mapping[str, Any]]:
        """Shape and values; BadInput where an argument cannot be used."""
        try:
            return self.evaluate(viewer, self.read(variables))
        except Forbidden as error:
            return Denied(error.message, error.permission), {}
