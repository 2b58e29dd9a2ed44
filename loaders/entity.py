"""The vocabulary of the declarations: an entity is a table as the API shows it, a relation leads from one to others.

    class client(Entity, model=models.Client, prefix="cli"):
        owner = ToOne(models.Collaborator, on="owner_id", joined=True)
        contacts = ToMany(models.Contact, key="client_id", order=("position",))

Targets are named by their mapped class, so that modules may refer to each other in circles.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

from sqlalchemy import BindParameter, Column, ColumnElement, FromClause, Select, Table, bindparam, collate, func
from sqlalchemy.types import ARRAY, Date, DateTime, Text, Uuid

from models.base import Base, Columns
from models.viewer import Permission

Query = Select[*tuple[Any, ...]]


def bind(name: str, type_: Any) -> BindParameter[Any]:
    """A value that comes with each execution of a statement."""
    return bindparam(name, type_=type_, required=False)


COMPANY = bind("company_id", Uuid())
VIEWER = bind("viewer_id", Uuid())
NOW = bind("now", DateTime(timezone=True))
"""The instant of the operation, the same in all of its statements."""
HERE = bind("here", Text())
"""Where this server is reached, as `https://api.example.mx`."""
TODAY = bind("today", Date())
"""The day of `NOW` in the company's zone."""

HIDDEN_KINDS = bind("hidden_kinds", ARRAY(Text()))
"""The kinds of history events that the viewer may not see."""

Where = Callable[[Columns], ColumnElement[bool]]
"""Makes a condition from a table's columns, which may be an alias's."""

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
    """Orders texts as Spanish does, whatever the database's collation."""
    return collate(func.ficha_sort_key(text, type_=Text()), "C")


class Derived:
    """A value computed from the row itself, in SQL, so that it is shown, filtered and compiled from one definition."""

    def __init__(self, expression: Callable[[Columns], ColumnElement[Any]]) -> None:
        self.expression = expression


class Relation:
    """A way from the rows of one entity to others; `source` and `name` are where it is declared, `on` is the column
    of the source that it starts from."""

    name: str
    source: "type[Entity]"
    on: str

    @property
    def permission(self) -> Permission | None:
        """What a viewer needs to follow it."""
        raise NotImplementedError

    def __set_name__(self, owner: "type[Entity]", name: str) -> None:
        self.source, self.name = owner, name

    def __repr__(self) -> str:
        return f"{self.source.__name__}.{self.name}"


class Link(Relation):
    """A relation to the rows of `target` whose `key` equals `on`, those for which `where` holds."""

    def __init__(self, target: type[Base], *, on: str, key: str, where: Where | None = None) -> None:
        self.model = target
        self.on = on
        self.key = key
        self.where = where

    @property
    def target(self) -> "type[Entity]":
        """Where it leads."""
        return entity_of(self.model)

    @property
    def permission(self) -> Permission | None:
        """What a viewer needs to see the target's rows."""
        return self.target.permission


class ToOne(Link):
    """At most one row: the target's `key` equals this row's `on`.

    A joined one travels in its parent's statement, in operations that ask for it or for one of the fields it `serves`.
    """

    def __init__(
        self,
        target: type[Base],
        *,
        on: str,
        key: str = "id",
        where: Where | None = None,
        joined: bool = False,
        serves: Sequence[str] = (),
    ) -> None:
        super().__init__(target, on=on, key=key, where=where)
        self.joined = joined
        self.serves = serves


class ToNamed(ToOne):
    """At most one row, of which whoever sees this row sees the name, whatever the target asks for."""

    @property
    def permission(self) -> Permission | None:
        return None


class ToMany(Link):
    """All rows whose `key` equals this row's `on`, in order; for the few that a person typed in."""

    def __init__(
        self, target: type[Base], *, key: str, on: str = "id", order: Sequence[str] = (), where: Where | None = None
    ) -> None:
        super().__init__(target, on=on, key=key, where=where)
        self.order = (*order, "id")


class Connection(Link):
    """Rows that can be many: filtered, searched, ordered and cut into pages by the field's arguments.

    Without a `key` it has no parent: all of the company's rows that the viewer sees.
    """

    def __init__(self, target: type[Base], *, key: str = "", on: str = "id", where: Where | None = None) -> None:
        super().__init__(target, on=on, key=key, where=where)


class Computed(Relation):
    """Rows that no table holds. `statement` makes those of one parent, whose table and key it is given, to be joined
    laterally; `columns` names what it selects. With `many` they are a list, in the statement's order; otherwise there
    is exactly one. `relations` lead on from what it selects."""

    def __init__(
        self,
        row_name: str,
        columns: Sequence[str],
        statement: Callable[[FromClause, ColumnElement[Any]], Query],
        *,
        on: str = "id",
        many: bool = False,
        permission: Permission | None = None,
        relations: Mapping[str, "Relation"] | None = None,
    ) -> None:
        self.relations = relations or {}
        self.needed = permission
        self.row_name = row_name
        self.columns = tuple(columns)
        self.statement = statement
        self.on = on
        self.many = many

    @property
    def permission(self) -> Permission | None:
        """As declared."""
        return self.needed


class Tally:
    """Where an entity's rows are counted already, by the values of some of their `columns`: the sum of `number` in the
    rows of `model`. Those rows alone count for which a filter's part `given` holds."""

    def __init__(self, model: type[Base], *, given: tuple[str, Any]) -> None:
        self.table = cast("Table", model.__table__)
        self.given = given
        self.columns = frozenset(self.table.c.keys()) - {"company_id", "id", "number"}


class Entity:
    """A kind of record. Subclasses declare it; they are never instantiated.

    `client_key` is the column that leads to the client whose sight decides over this row, None where every
    collaborator of the company may see it.
    """

    model: ClassVar[type[Base]]
    table: ClassVar[Table]
    prefix: ClassVar[str]
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
    search: ClassVar[Callable[[Columns], ColumnElement[str]] | None] = None
    """The folded text that a connection's `search` looks in."""
    tally: ClassVar[Tally | None] = None
    """Where its rows are counted, for those that can be too many to count."""
    derived: ClassVar[Mapping[str, Derived]]
    relations: ClassVar[Mapping[str, Relation]]

    def __init_subclass__(cls, *, model: type[Base], prefix: str) -> None:
        cls.model, cls.prefix = model, prefix
        cls.table = cast("Table", model.__table__)
        cls.relations = {name: value for name, value in vars(cls).items() if isinstance(value, Relation)}
        cls.derived = {name: value for name, value in vars(cls).items() if isinstance(value, Derived)}
        cls.is_node = cls.is_node and "id" in cls.table.c
        if "client_id" in cls.table.c:
            cls.client_key = "client_id"
        _ENTITIES[cls.table.name] = cls

    @classmethod
    def columns(cls, source: FromClause) -> Mapping[str, ColumnElement[Any]]:
        """What a row of this entity holds, read from `source`: its columns and its derived values, by name."""
        kept = {name: column for name, column in source.c.items() if name in cls.table.c and name not in cls.hidden}
        return {**kept, **{name: derived.expression(source.c).label(name) for name, derived in cls.derived.items()}}

    @classmethod
    def nullable_orders(cls) -> frozenset[str]:
        """The orders by something that a row may not have."""
        return frozenset(
            name
            for name, order in cls.orders.items()
            if isinstance(column := order(cls.table.c), Column) and column.nullable
        )

    @classmethod
    def expression(cls, source: FromClause, name: str) -> ColumnElement[Any]:
        """One column or derived value."""
        derived = cls.derived.get(name)
        return derived.expression(source.c) if derived else source.c[name]
