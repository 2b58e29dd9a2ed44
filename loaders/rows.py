"""Light rows: what a statement brings back, a tuple with names. A row knows the entity that it is of.

A relation that is declared `joined` has a place in the row; it holds `NOT_LOADED` where the statement left it out.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import ColumnElement, FromClause, and_, select

from loaders.entity import Entity, Query, Relation
from loaders.statement import Make

if TYPE_CHECKING:
    from loaders.relation import ToOne

NOT_LOADED = object()

Row = Any
"""A light row: the attributes of the mapped class that it comes from, and the entity's derived values."""

Joins = Callable[[type[Entity]], tuple["ToOne", ...]]
"""The relations of an entity that an operation joins."""


def joinable(entity: type[Entity]) -> Sequence["ToOne"]:
    """The relations that can travel in the entity's own statements."""
    return [cast("ToOne", relation) for relation in entity.relations.values() if relation.joined]


def row_type(
    name: str, columns: Sequence[str], entity: type[Entity] | None, relations: Mapping[str, Relation]
) -> type[Any]:
    """A class of rows with these columns; the entity is None for what is computed."""
    base = namedtuple(name, columns)  # pyright: ignore[reportUntypedNamedTuple]  # made from a declaration
    return type(name, (base,), {"__slots__": (), "entity": entity, "relations": relations})


@cache
def entity_row(entity: type[Entity]) -> type[Any]:
    """The class of the entity's rows; `typename` is the name of a row's GraphQL type."""
    names = (*entity.names(), *(relation.name for relation in joinable(entity)))
    cls = row_type(entity.__name__, names, entity, entity.relations)
    if entity.discriminator:
        kind, types = attrgetter(entity.discriminator), entity.type_names
        cls.typename = property(lambda row: types[kind(row)])
    else:
        cls.typename = entity.type_name
    return cls


def keyed(make: Make) -> Make:
    """Makes (key, row) of a tuple that begins with the key."""
    return lambda values: (values[0], make(values[1:]))


class Joined(NamedTuple):
    """An entity's rows and, beside each, the rows that these of its relations lead to."""

    entity: type[Entity]
    relations: tuple["ToOne", ...] = ()

    @classmethod
    def of(cls, entity: type[Entity], joins: Joins) -> "Joined":
        return cls(entity, joins(entity))

    def select(self, table: FromClause, *first: ColumnElement[Any], source: FromClause | None = None) -> Query:
        """Selects what comes first, and the columns of the rows in `table` and of those beside them; from `source`,
        of which the table is a part, if that is more."""
        columns: list[Any] = [*first, *self.entity.columns(table).values()]
        joined = table if source is None else source
        for relation in self.relations:
            other = relation.linked(table, table.c[relation.on])
            joined = joined.outerjoin(other.table, and_(*other.conditions))
            # Labelled, as two joined rows may have columns of one name.
            shown = relation.target.columns(other.table).items()
            columns += [column.label(f"{relation.name}__{name}") for name, column in shown]
        return select(*columns).select_from(joined)

    def maker(self) -> Make:
        """Makes a row of a tuple of the selected columns, without those that come first."""
        make, columns = entity_row(self.entity)._make, len(self.entity.names())
        missing = (NOT_LOADED,) * len(joinable(self.entity))
        if not self.relations:
            return (lambda values: make(values + missing)) if missing else make

        parts: list[tuple[int, int, int, Make]] = []
        start = columns
        for relation in joinable(self.entity):
            if relation in self.relations:
                names = relation.target.names()
                end, key = start + len(names), start + names.index(relation.key)
                parts.append((start, end, key, Joined(relation.target).maker()))
                start = end
            else:
                parts.append((0, 0, -1, make))

        def row(values: tuple[Any, ...]) -> Row:
            others = tuple(
                NOT_LOADED if key < 0 else None if values[key] is None else make_other(values[first:end])
                for first, end, key, make_other in parts
            )
            return make(values[:columns] + others)

        return row
