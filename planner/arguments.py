"""What the arguments of a field contribute to a statement: SQL, and values of binds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import FieldNode, GraphQLField

from errors import FichaError
from models.viewer import Viewer

ReadArguments = Callable[[Any], Mapping[str, Any]]
"""From the operation's variables, as graphql-core has them, to the arguments of a field as its resolver has them."""

Arguments = Callable[[GraphQLField, FieldNode], ReadArguments]
"""Reads the arguments of a field of an operation."""

Evaluate = Callable[[Viewer, Mapping[str, Any]], tuple[Any, Mapping[str, Any]]]
"""From the viewer and the arguments to the shape (hashable, which decides the SQL) and the values of its binds."""


class Denied(Exception):
    """The arguments of a field cannot be used, or lead through what the viewer may not see: the error is the
    statement's value of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


DENIED: Final = "denied"
"""The shape of such arguments."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A field whose arguments decide part of the statement. The names of its values begin with `prefix`."""

    prefix: str
    read: ReadArguments
    evaluate: Evaluate

    def decide(self, viewer: Viewer, variables: Any) -> tuple[Any, Mapping[str, Any]]:
        """Shape and values."""
        try:
            return self.evaluate(viewer, self.read(variables))
        except FichaError as error:
            return DENIED, {self.error: error}

    @property
    def error(self) -> str:
        """The name of the value that is the error, where the arguments cannot be used."""
        return f"{self.prefix}error"
