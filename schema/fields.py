"""How a type declares its fields: a column by its description alone, a relation and a connection by their kind."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import strawberry

from models.viewer import Permission
from resolvers import relation as answers

T = TypeVar("T")


def shows(cls: type, permissions: Sequence[Permission] = ()) -> Callable[[type[T]], type[T]]:
    """Names the Python class whose attributes a type shows that is no row of the database, and what its resolvers ask
    of who sees it."""

    def mark(shown: type[T]) -> type[T]:
        shown.__shows__ = cls  # pyright: ignore[reportAttributeAccessIssue]  # where `resolvers.declarations` looks
        shown.__permissions__ = permissions  # pyright: ignore[reportAttributeAccessIssue]  # for `resolvers.scopes`
        return shown

    return mark


def column(description: str) -> Any:
    """A field that is the row's attribute of the same name."""
    return strawberry.field(description=description)


def answered(resolver: Any, description: str) -> Any:
    """A field with a resolver of its own."""
    return strawberry.field(resolver=resolver, description=description)


def related(description: str, *, deletable: bool = False) -> Any:
    """A field that is the entity's relation of the same name; with `deletable` it is a list with an argument that says
    whether it shows deleted records."""
    return answered(answers.related_or_deleted if deletable else answers.related, description)


def connection(description: str, filter_input: Any, order_input: Any, *, deletable: bool = False) -> Any:
    """A field that is the entity's connection of the same name, or the root's where there is no entity; `deletable` as
    for `related`."""
    return answered(answers.connected(filter_input, order_input, deletable=deletable), description)
