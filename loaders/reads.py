"""What a field of an answer reads, as data. Two executors are made of it: `resolvers.reading`, which asks dataloaders,
and `planner.compile`, which writes SQL, as one statement or in batches.

A resolver that does not declare what it reads is called for each object, and its operation is not planned.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from errors import FichaError
from loaders.entity import Entity, Relation
from loaders.paging import PageRequest, page_request
from loaders.relation import Connection, Key
from models.catalogs import Catalog, PostalCodes
from models.labels import Labels
from models.viewer import Permission, Viewer

Resolver = TypeVar("Resolver", bound=Callable[..., Any])

CUT = ("first", "after", "last", "before")
"""The arguments of every connection, which cut its pages."""


@dataclass(frozen=True, slots=True)
class GlobalId:
    """The row's global id."""


@dataclass(frozen=True, slots=True)
class Related:
    """The relation of the field's name, or of another one; an argument `deleted` says whether its list shows deleted
    records."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The relation, one of `among`, that an event's details name under `key`; `otherwise` where they name none."""

    key: str
    among: tuple[str, ...]
    otherwise: str

    def relation(self, details: Mapping[str, Any]) -> str:
        """The relation's name."""
        name = details.get(self.key)
        return name if name in self.among else self.otherwise


@dataclass(frozen=True, slots=True)
class Paged:
    """A page of the connection of the field's name. `request` makes of the viewer and the arguments that do not cut it
    what else `page_request` takes: filter, order and search."""

    request: Callable[..., Mapping[str, Any]]

    def page(
        self, viewer: Viewer, connection: Connection, arguments: Mapping[str, Any], prefix: str = ""
    ) -> PageRequest:
        """The page that the arguments ask for; BadInput names the argument that cannot be used."""
        cut = {name: arguments.get(name) for name in CUT}
        rest = {name: value for name, value in arguments.items() if name not in CUT}
        return page_request(viewer, connection, prefix=prefix, **cut, **self.request(viewer, **rest))


@dataclass(frozen=True, slots=True)
class Counted:
    """A count of a connection: of all its rows, of those that match its filter, or of those that are hidden. Or whether
    it is `exact`."""

    filtered: bool = True
    hidden: bool = False
    exact: bool = False


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
class Labelled:
    """The label, in the viewer's language, of an enum's value in a column, or in an event's details under `key`; of a
    list of values, their labels."""

    labels: Labels
    column: str
    key: str = ""

    def value(self, row: Any) -> Any:
        """What is labelled."""
        value = getattr(row, self.column)
        return value.get(self.key) if self.key else value

    def of_list(self, context: Any, row: Mapping[str, Any]) -> Any:
        """The labels of the values in the row's column, as `Filled.compute` has them."""
        return self.text(self.labels, row[self.column], context.language)

    @staticmethod
    def text(labels: Labels, value: Any, language: str) -> Any:
        """The label of a value, or those of a list of values; KeyError for a value that there is not."""
        if value is None:
            return None
        if isinstance(value, str):
            return labels[value].text(language)
        return [labels[each].text(language) for each in value]


@dataclass(frozen=True, slots=True)
class Worded:
    """What people read for a day, an instant, a month or an amount in a column, or in an event's details under `key`.
    `text` makes it of the request's context and the value, which is as it is in the row or as the API writes it."""

    scalar: str
    """The value's type in the schema, as `DateTime`."""
    column: str
    text: Callable[[Any, Any], str]
    key: str = ""

    def value(self, row: Any) -> Any:
        """What is put in words."""
        value = getattr(row, self.column)
        return value.get(self.key) if self.key else value


@dataclass(frozen=True, slots=True)
class Filled:
    """A value that Python computes from columns of the row, or with `relation.name` of what a to-one relation leads to.

    `compute` takes the request's context and the columns' values by those names, as they are in JSON or in the row;
    where there is no such row, they are None. For a viewer who may not follow a relation, its columns are as `unseen`
    says; if it does not, the field is refused.
    """

    columns: tuple[str, ...]
    compute: Callable[[Any, Mapping[str, Any]], Any]
    unseen: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def permissions(self, relations: Mapping[str, Relation]) -> Sequence[Permission]:
        """Those without which the field is refused."""
        followed = (name.partition(".") for name in self.columns if "." in name and name not in self.unseen)
        permissions = (relations[relation].permission for relation, *_ in followed)
        return sorted({permission for permission in permissions if permission})

    def read(self, viewer: Viewer, relations: Mapping[str, Relation]) -> Sequence[str]:
        """The columns that are read for the viewer, all but the unseen. Forbidden where the field is refused."""
        columns: list[str] = []
        for name in self.columns:
            relation, _, rest = name.partition(".")
            permission = relations[relation].permission if rest else None
            if name not in self.unseen or permission in (None, *viewer.permissions):
                viewer.demand(permission)
                columns.append(name)
        return columns


@dataclass(frozen=True, slots=True)
class InMemory:
    """What `find` makes from the request's context and the field's arguments, without the database."""

    find: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class CatalogKey:
    """The codes of a catalog's entries, which are in memory."""

    catalog: Catalog[Any] | PostalCodes


Place = tuple[Key, str]
"""Where a record is: its key, and the key's value as text."""
Reference = Place | tuple[CatalogKey, str]
"""Where a record or a catalog's entry is."""


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Stands for the key of what leads to no place: its values are the errors that say why."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where several records are: values of each key, in UTF-8, and for each record in turn the number of its key."""

    values: Mapping[Key | CatalogKey | Nowhere, Sequence[Any]]
    order: Sequence[int]

    @classmethod
    def of(cls, places: Iterable[Reference | tuple[Nowhere, FichaError]]) -> "Places":
        values: dict[Key | CatalogKey | Nowhere, list[Any]] = {}
        order: list[int] = []
        numbers: dict[Key | CatalogKey | Nowhere, int] = {}
        for key, value in places:
            values.setdefault(key, []).append(value.encode() if isinstance(value, str) else value)
            order.append(numbers.setdefault(key, len(numbers)))
        return cls(values, order)


@dataclass(frozen=True, slots=True)
class Record:
    """The record that the viewer and the arguments lead to, if the viewer sees it."""

    find: Callable[..., Place]


@dataclass(frozen=True, slots=True)
class Records:
    """The records that the items of a list argument lead to, in their order; null for what the viewer does not see.

    `find` says where one is, of the viewer and the item; what is wrong with one is that one's error. `check` raises
    where the list itself cannot be used; `alike` may know all places at once, where the items are of one kind.
    """

    argument: str
    find: Callable[[Viewer, Any], Reference]
    check: Callable[[Sequence[Any]], None]
    alike: Callable[[Sequence[Any]], Places | None] = lambda _: None

    def places(self, viewer: Viewer, arguments: Mapping[str, Any]) -> Places:
        """Where all of them are; BadInput where the list cannot be used."""
        items = arguments[self.argument]
        self.check(items)
        return self.alike(items) or Places.of(self._place(viewer, item) for item in items)

    def _place(self, viewer: Viewer, item: Any) -> Reference | tuple[Nowhere, FichaError]:
        try:
            return self.find(viewer, item)
        except FichaError as error:
            return Nowhere(), error


@dataclass(frozen=True, slots=True)
class Result:
    """The record that a mutation has changed, or that a subscription's event is about, if the viewer sees it. Its id is
    an attribute of the mutation's outcome, and nothing that the operation itself says."""

    entity: type[Entity]
    attribute: str = "id"


@dataclass(frozen=True, slots=True)
class Constant:
    """What depends on the viewer alone."""

    value: Callable[[Viewer], Any]


@dataclass(frozen=True, slots=True)
class Rowless:
    """An object that is no row but the viewer; its fields say for themselves what they read."""


@dataclass(frozen=True, slots=True)
class Same:
    """The same row, shown as another type."""


Reads = (
    GlobalId
    | Related
    | Chosen
    | Paged
    | Counted
    | Detail
    | Coded
    | Labelled
    | Worded
    | Filled
    | InMemory
    | Record
    | Records
    | Result
    | Constant
    | Rowless
    | Same
)


def reads(what: Reads) -> Callable[[Resolver], Resolver]:
    """Declares what a resolver reads."""

    def declare(resolver: Resolver) -> Resolver:
        resolver.reads = what  # pyright: ignore[reportFunctionMemberAccess]  # that is where the planner finds it
        return resolver

    return declare
