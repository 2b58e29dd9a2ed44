"""The inputs of commands, as objects whose fields the type checker knows."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from inspect import get_annotations, signature
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self, TypeVar, cast
from uuid import UUID

from domain.problem import Rejected
from domain.unparsed import Unparsed


class Absent(Enum):
    """In place of the value of a field that is not there, which is not null."""

    ABSENT = "ABSENT"

    def __bool__(self) -> Literal[False]:
        return False


ABSENT: Final = Absent.ABSENT

T = TypeVar("T")
Maybe = T | None | Absent
"""A field that may be absent, or null."""


_ADDED = "added"
Added = Annotated[T, _ADDED]
"""A field that is not in the schema: what surrounds the command adds it (`resolvers.mutation.Around`)."""


class Input:
    """The input of a command, or a record within it. A field that is absent keeps what there is, or takes its default;
    null clears it.

    A subclass names, for the type checker, the fields that a command reads one by one. All others are read as the
    record's columns and rules say (`domain.fields`), and are named in the schema alone. To read a field whose value is
    `Unparsed` is to be `Rejected`.
    """

    __slots__ = ("__dict__", "__unparsed")

    def __init__(self, **values: Any) -> None:
        nested = {name: _nested(value) for name, value in values.items()}
        self.__unparsed = {name: value for name, value in nested.items() if isinstance(value, Unparsed)}
        vars(self).update({name: value for name, value in nested.items() if name not in self.__unparsed})

    if not TYPE_CHECKING:  # else every name would be one that the type checker takes

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            if value := self.__unparsed.get(name):
                raise Rejected(*value.problems)
            return ABSENT

    def __bool__(self) -> bool:
        """Whether there is any field in it."""
        return bool(vars(self) or self.__unparsed)

    def with_values(self, **values: Any) -> Self:
        """The same, with these values in place of its own."""
        return type(self)(**{**self.__unparsed, **vars(self), **values})

    def with_defaults(self, **values: Any) -> Self:
        """The same, with these values for the fields that are absent."""
        return type(self)(**{**values, **self.__unparsed, **vars(self)})

    def without(self, *names: str) -> Self:
        """The same, without these fields."""
        return type(self)(
            **{name: each for name, each in {**self.__unparsed, **vars(self)}.items() if name not in names}
        )

    def is_unparsed(self, name: str) -> bool:
        """Whether the field's value could not be read."""
        return name in self.__unparsed


def _nested(value: Any) -> Any:
    if isinstance(value, dict):
        return Input(**cast("dict[str, Any]", value))
    if isinstance(value, list):
        parts = cast("list[Any]", value)
        return Unparsed.in_list(parts) or [_nested(part) for part in parts]
    return value


def known(value: Maybe[T]) -> T | None:
    """The value; None where it is absent or null."""
    return None if value is ABSENT else value


class ById(Input):
    """About one record."""

    id: UUID


class Expecting(Input):
    """Refused where the record has another version by now."""

    expected_version: Maybe[int]


class OnRecord(ById, Expecting):
    """About one record that people edit."""


class OnClient(Input):
    """About something of a client's."""

    client_id: UUID


class Reorder(OnClient):
    """The client's records in their new order."""

    ids: Sequence[UUID]


def input_of(command: Callable[..., Any]) -> type[Input]:
    """The class of a command's input, by its annotation."""
    kind = signature(command).parameters["input"].annotation
    return kind if isinstance(kind, type) and issubclass(kind, Input) else Input


def fields_of_input(kind: type[Input]) -> Mapping[str, Any]:
    """The fields that the class names, and that its command therefore reads one by one, with their annotations."""
    return {name: annotation for cls in reversed(kind.__mro__) for name, annotation in get_annotations(cls).items()}


def is_added(annotation: Any) -> bool:
    """Whether the field is `Added`."""
    return _ADDED in getattr(annotation, "__metadata__", ())
