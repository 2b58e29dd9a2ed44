"""The vocabulary of the declarations: an entity is a table as the API shows it.

    class ClientEntity(Entity, model=models.Client, prefix="cli"):
        owner = ToOne(models.Collaborator, on="owner_id", joined=True)
        contacts = ToMany(models.Contact, key="client_id", order=("position",))

What leads from one to others is in `loaders.relation`. Targets are named by their mapped class, so that modules may
refer to each other in circles.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from operator import eq
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, cast

from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    Column,
    ColumnElement,
    CompoundSelect,
    FromClause,
    FunctionElement,
    ScalarSelect,
    Select,
    Table,
    any_,
    bindparam,
    case,
    collate,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.types import ARRAY, Boolean, Date, DateTime, Text, Uuid

import models
from models.base import Base, Columns, alias_of
from models.rights import PUBLIC
from models.viewer import Permission

if TYPE_CHECKING:
    from loaders.filters import Shape, Splitter
    from loaders.rows import Joins
    from loaders.span import Span
    from loaders.statement import Statement

Query = Select[*tuple[Any, ...]]
CompoundQuery = CompoundSelect[*tuple[Any, ...]]


def bind(name: str, type_: Any) -> BindParameter[Any]:
    """A value that comes with each execution of a statement."""
    return bindparam(name, type_=type_, required=False)


COMPANY = bind("company_id", Uuid())
VIEWER = bind("viewer_id", Uuid())
SEES_ALL = bind("sees_all", Boolean())
"""Whether the viewer sees all clients. For relations that lead to another client, whom no parent vouches for; what has
no parent at all is held against `Entity.sight`."""
NOW = bind("now", DateTime(timezone=True))
"""The instant of the operation, the same in all of its statements."""
HERE = bind("here", Text())
"""Where this server is reached, as `https://api.example.mx`."""
TODAY = bind("today", Date())
"""The day of `NOW` in the company's zone."""

HIDDEN_KINDS = bind("hidden_kinds", ARRAY(Text()))
"""The kinds of history events that the viewer may not see."""


class Hidden(BinaryExpression[bool]):
    """Whether a kind of history events is hidden from the viewer: none is in a statement that `Statement.of` makes for
    those who see all."""

    __visit_name__ = "hidden"
    inherit_cache = True

    def __init__(self, kind: ColumnElement[str]) -> None:
        super().__init__(kind, any_(HIDDEN_KINDS), eq, type_=Boolean())


Conditions = tuple[ColumnElement[bool], ...]

Where = Callable[[Columns], ColumnElement[bool]]
"""Makes a condition from a table's columns, which may be an alias's."""


def of_company(table: FromClause, *conditions: ColumnElement[bool]) -> Conditions:
    """The condition on the company, and further ones on the same table. Every statement has it for every table that
    it reads, in addition to row-level security."""
    return (table.c["company_id" if "company_id" in table.c else "id"] == COMPANY, *conditions)


def _is_nullable(order: ColumnElement[Any]) -> bool:
    """Whether a row may lack it: a column that may be null, a value of another row, which may not be there, or the
    greatest of what a row may lack."""
    if isinstance(order, FunctionElement) and order.name == "greatest":
        return all(map(_is_nullable, order.clauses))
    return isinstance(order, ScalarSelect) or (isinstance(order, Column) and bool(order.nullable))


_ENTITIES: dict[str, "type[Entity]"] = {}


def entity_of(model: type[Base]) -> "type[Entity]":
    """The declaration for a mapped class."""
    return _ENTITIES[model.__tablename__]


def entities() -> Sequence["type[Entity]"]:
    """Every declared entity, by name."""
    return [_ENTITIES[name] for name in sorted(_ENTITIES)]


def alive(c: Columns) -> ColumnElement[bool]:
    """Not deleted."""
    return c["deleted_at"].is_(None)


def sort_key(text: ColumnElement[str]) -> ColumnElement[str]:
    """Orders text by Spanish rules, independent of the database's collation."""
    return collate(func.ficha_sort_key(text, type_=Text()), "C")


class Derived:
    """A value computed from the row itself, in SQL, so that it is shown, filtered and compiled from one definition."""

    def __init__(self, expression: Callable[[Columns], ColumnElement[Any]]) -> None:
        self.expression = expression


def value_of(
    model: type[Base], name: str, on: ColumnElement[Any] | None = None, *, key: str = "id"
) -> ScalarSelect[Any]:
    """A value of another row, whose `key` is `on`; without it, of the company's: for a `Derived`."""
    table = alias_of(model)
    links = () if on is None else (table.c[key] == on,)
    return select(table.c[name]).where(*of_company(table, *links)).scalar_subquery()


class Dated(NamedTuple):
    """A value of a row that changes with the day. The row has it in its column `column`, which an index has, for the
    days on which `holds`; `lapsed` selects the ids of the company's rows of which it does not hold today, and
    `computed` is the value of those."""

    column: str
    holds: Where
    lapsed: Callable[[], CompoundQuery]
    computed: Callable[[Columns], ColumnElement[Any]]

    def __call__(self, c: Columns) -> ColumnElement[Any]:
        """The value of any row."""
        if _TODAY in c:
            return c[_TODAY]
        return case((self.holds(c), c[self.column]), else_=self.computed(c))

    def parts(self, model: type[Base]) -> tuple[FromClause, FromClause]:
        """The company's rows of which it holds, and the lapsed ones, as two tables. A statement that reads them one by
        one uses the index for the former, which it cannot where each row is asked whether it holds."""
        lapsed, ids = alias_of(model), select(self.lapsed().cte().c["id"]).scalar_subquery()
        among = lapsed.c["id"] == any_(func.array(ids, type_=ARRAY(Uuid())))
        rows = select(*lapsed.c, self.computed(lapsed.c).label(_TODAY)).where(*of_company(lapsed, among))
        return self.lasting(model), rows.subquery()

    def lasting(self, model: type[Base]) -> FromClause:
        """The former of the two."""
        table = alias_of(model)
        rows = select(*table.c, table.c[self.column].label(_TODAY)).where(*of_company(table, self.holds(table.c)))
        return rows.subquery()


_TODAY: Final = "of_today"
"""The column of those tables that has the value."""


class Linked(NamedTuple):
    """The rows that a relation leads to from one row: those of `table` for which the conditions hold, in this order.
    `present` tells a row from the nulls of an outer join; it is None where there always is exactly one row."""

    table: FromClause
    conditions: Conditions = ()
    order: Sequence[ColumnElement[Any]] = ()
    present: ColumnElement[bool] | None = None


class Relation(ABC):
    """A way from the rows of one entity to others; `source` and `name` are where it is declared, `on` is the column
    of the source that it starts from."""

    name: str
    source: "type[Entity]"
    on: str
    many: bool = False
    """Whether it leads to a list."""
    paged: bool = False
    """Whether its rows are read in pages."""
    joined: bool = False
    """Whether it can travel in its parent's statement, in operations that ask for it or a field that it `serves`."""
    serves: Sequence[str] = ()

    @property
    @abstractmethod
    def target(self) -> "type[Entity] | None":
        """What it leads to; None where no table holds it."""

    @property
    @abstractmethod
    def relations(self) -> Mapping[str, "Relation"]:
        """What leads on from its rows."""

    @property
    @abstractmethod
    def permission(self) -> Permission | None:
        """What a viewer needs to follow it."""

    @abstractmethod
    def linked(self, parent: FromClause, on: ColumnElement[Any]) -> Linked:
        """Its rows for one row of `parent`, whose column `on` it starts from. All that reads them is made of this: the
        joins of both executors, and filters."""

    @abstractmethod
    def split(self, splitter: "Splitter", part: Any, field: str) -> "Shape":
        """The shape of a filter's part through it."""

    @abstractmethod
    def condition(self, source: FromClause, part: "Shape") -> ColumnElement[bool]:
        """The SQL of that shape, for rows of `source`."""

    def batch(self, joins: "Joins") -> "Statement":
        """Reads its rows for many keys of parents: (key, row). What is joined to them is in `joins`."""
        del joins
        raise TypeError(f"{self!r} is read in pages")

    def __set_name__(self, owner: "type[Entity]", name: str) -> None:
        self.source, self.name = owner, name

    def __repr__(self) -> str:
        return f"{self.source.__name__}.{self.name}"


class Tally:
    """A table with stored counts of an entity's rows, grouped by some of their `columns`: the count is the sum of
    `number` in the rows of `model`. Only rows for which the filter's part `condition` holds are counted."""

    def __init__(self, model: type[Base], *, condition: tuple[str, Any]) -> None:
        self.model = model
        self.condition = condition
        self.columns = frozenset(model.__table__.c.keys()) - {"company_id", "id", "number"}


class Entity:
    """A kind of record. Subclasses declare it; they are never instantiated.

    `client_key` is the column that leads to the client whose sight decides over this row, None where every
    collaborator of the company may see it.
    """

    model: ClassVar[type[Base]]
    table: ClassVar[Table]
    prefix: ClassVar[str]
    type_name: ClassVar[str]
    """The name of its GraphQL type; the model's, where that is none that other subgraphs may have as well."""
    key: ClassVar[str] = "id"
    """The column that its global id is of: another one where a client has one row at most."""
    is_node: ClassVar[bool] = True
    """Whether the schema has a type for it that implements Node, so that its rows can be fetched by a global id."""
    permission: ClassVar[Permission | None] = None
    """What a viewer needs to see these rows, whichever way leads to them; None needs only a viewer."""
    client_key: ClassVar[str | None] = None
    visible: ClassVar[Where | None] = None
    """Which of the rows a viewer with the permission sees, where that depends on the row."""
    hidden: ClassVar[frozenset[str]] = frozenset({"search_text", "sort_name"})
    """Columns that serve statements and are not read."""
    type_names: ClassVar[Mapping[str, str]] = {}
    """For an entity of several GraphQL types: the type's name by the value of the column `discriminator`."""
    discriminator: ClassVar[str] = ""
    orders: ClassVar[Mapping[str, Callable[[Columns], ColumnElement[Any]]]] = {}
    """What a connection can be ordered by, beside the id that ends every order."""
    orders_beyond: ClassVar[Mapping[str, str]] = {}
    """What `ficha_beyond` calls those of them that are by texts or decimals which no leakproof operator compares."""
    orders_of_beginnings: ClassVar[Mapping[str, str]] = {}
    """By an order's name: the text whose folded beginning the order's value begins with."""
    orders_of_sight: ClassVar[frozenset[str]] = frozenset()
    """Those in which an index has the rows that a viewer sees who does not see all."""
    orders_of_equals: ClassVar[Mapping[str, Collection[str]]] = {}
    """By an order's name: the values of a row of which an index has the rows with one of them in that order."""
    needs: ClassVar[Mapping[str, Permission]] = {}
    """What a viewer needs besides `permission` to order by these, whose order tells who has more of it."""
    search: ClassVar[Callable[[Columns], ColumnElement[str]] | None] = None
    """The folded text that a connection's `search` looks in."""
    search_through: ClassVar[Mapping[str, Callable[[Columns], ColumnElement[str]]]] = {}
    """Folded texts of single rows that it leads to, by the relation's name, in which the words may be as well; for
    viewers who have the relation's permission."""
    places: ClassVar[Mapping[str, str]] = {}
    """What `ficha_having` and `ficha_between` call the columns whose values they look up: see `loaders.few`."""
    searched: ClassVar[str] = ""
    """What `ficha_having` calls the text of `search`, where an index has its trigrams."""
    rare: ClassVar[Collection[str]] = ()
    """The derived conditions of which an index has the rows that hold."""
    is_small: ClassVar[bool] = False
    """Whether a company has no more of these rows than a person would look through."""
    spans: ClassVar[Mapping[str, "Span"]] = {}
    """Which spans of time a row lasts into can be asked of it, by the name that filters of resolvers have for it."""
    tally: ClassVar[Tally | None] = None
    """Where its rows are counted, for those that can be too many to count."""
    derived: ClassVar[Mapping[str, Derived]]
    relations: ClassVar[Mapping[str, Relation]]

    def __init_subclass__(cls, *, model: type[Base], prefix: str, type_name: str | None = None) -> None:
        cls.model, cls.prefix, cls.type_name = model, prefix, type_name or model.__name__
        cls.table = cast("Table", model.__table__)
        cls.relations = {name: value for name, value in vars(cls).items() if isinstance(value, Relation)}
        cls.derived = {name: value for name, value in vars(cls).items() if isinstance(value, Derived)}
        cls.is_node = cls.is_node and cls.key in cls.table.c
        if "client_id" in cls.table.c:
            cls.client_key = "client_id"
        _ENTITIES[cls.table.name] = cls

    @classmethod
    def types(cls) -> Collection[str]:
        """The names of its GraphQL types."""
        return cls.type_names.values() or (cls.type_name,)

    @classmethod
    def names(cls) -> Sequence[str]:
        """The names of the columns and derived values that a row of this entity holds, in the order of `columns`."""
        return [*(column.key for column in cls.table.c if column.key not in cls.hidden), *cls.derived]

    @classmethod
    def columns(cls, source: FromClause) -> Mapping[str, ColumnElement[Any]]:
        """What a row of this entity holds, read from `source`: its columns and its derived values, by name."""
        values = {name: derived.expression(source.c).label(name) for name, derived in cls.derived.items()}
        return {name: values[name] if name in values else source.c[name] for name in cls.names()}

    @classmethod
    def nullable_orders(cls) -> frozenset[str]:
        """The orders by something that a row may not have."""
        return frozenset(name for name, order in cls.orders.items() if _is_nullable(order(cls.table.c)))

    @classmethod
    def way(cls, name: str) -> "Relation | Span | None":
        """What a filter's part of the name is about, where it is no column."""
        return cls.relations.get(name) or cls.spans.get(name)

    @classmethod
    def expression(cls, source: FromClause, name: str) -> ColumnElement[Any]:
        """One column or derived value."""
        derived = cls.derived.get(name)
        return derived.expression(source.c) if derived else source.c[name]

    @classmethod
    def conditions(cls, table: FromClause, *links: ColumnElement[bool], where: Where | None = None) -> Conditions:
        """What holds for the rows of `table` that the links lead to and the viewer, who has the permission, is shown:
        they are the company's, visible, and as `where` says. What no parent vouches for needs `sight` besides."""
        holding = (*links, *(holds(table.c) for holds in (cls.visible, where) if holds))
        return holding if cls.table.name in PUBLIC else of_company(table, *holding)

    @classmethod
    def sight(cls, table: FromClause, *, sees_all: bool) -> ColumnElement[bool]:
        """Whether the viewer sees the row: all of them do, or it is of a client that is assigned to them."""
        if sees_all or cls.client_key is None:
            return true()
        if cls.client_key == "id":
            return table.c["owner_id"] == VIEWER
        clients = alias_of(models.Client)
        of_row = clients.c["id"] == table.c[cls.client_key]
        return exists().where(*of_company(clients, of_row, clients.c["owner_id"] == VIEWER))
