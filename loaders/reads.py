"""What a resolver reads, declared beside it, so that the planner can compile what the resolver would do.

A resolver without a declaration is answered by the resolver alone, and so is the operation that it is part of.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from loaders.relation import Key
from models.catalogs import Catalog
from models.viewer import Viewer

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class GlobalId:
    """The row's global id."""


@dataclass(frozen=True, slots=True)
class Related:
    """The relation of the field's name."""


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of the connection of the field's name. `request` makes the arguments of `page_request` of the field's."""

    request: Callable[[Viewer, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Counted:
    """A count of a connection: of all its rows, of those that match its filter, or of those that are hidden."""

    filtered: bool = True
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Detail:
    """A value of an event's details."""

    key: str


@dataclass(frozen=True, slots=True)
class Coded:
    """The catalog's entry for the code in a column."""

    catalog: Catalog[Any]
    column: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A value that Python computes from columns of the row, or with `relation.name` of what a to-one relation leads to.

    `compute` is given the request's context and the columns' values as they are in JSON, by those names; where there
    is no such row, they are None.
    """

    columns: tuple[str, ...]
    compute: Callable[[Any, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class InMemory:
    """What `find` makes of the request's context and the field's arguments, without asking the database."""

    find: Callable[[Any, Mapping[str, Any]], Any]


Found = tuple[Key, str]
"""Where a record is: its key, and the key's value as text."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where several records are: values of each key, in UTF-8, and for each record in turn the number of its key."""

    values: Mapping[Key, Sequence[bytes]]
    order: Sequence[int]

    @classmethod
    def of(cls, found: Sequence[Found]) -> "Places":
        values: dict[Key, list[bytes]] = {}
        for key, value in found:
            values.setdefault(key, []).append(value.encode())
        numbers = {key: number for number, key in enumerate(values)}
        return cls(values, [numbers[key] for key, _ in found])


@dataclass(frozen=True, slots=True)
class Record:
    """The record that the viewer and the arguments lead to, if the viewer sees it."""

    find: Callable[[Viewer, Mapping[str, Any]], Found]


@dataclass(frozen=True, slots=True)
class Records:
    """The records at several places, in their order; null for what the viewer does not see."""

    find: Callable[[Viewer, Mapping[str, Any]], Places]


@dataclass(frozen=True, slots=True)
class Constant:
    """What depends on the viewer alone."""

    value: Callable[[Viewer], Any]


@dataclass(frozen=True, slots=True)
class Rowless:
    """An object that is no row; its fields say for themselves what they read."""


@dataclass(frozen=True, slots=True)
class Same:
    """The same row, shown as another type."""


def reads(what: object) -> Callable[[Resolver], Resolver]:
    """Declares what a resolver reads."""

    def declare(resolver: Resolver) -> Resolver:
        resolver.reads = what  # pyright: ignore[reportFunctionMemberAccess]  # that is where the planner finds it
        return resolver

    return declare
