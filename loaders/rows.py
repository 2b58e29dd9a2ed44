"""Light rows: what a statement brings back, a tuple with names. A row knows the entity that it is of.

A relation that is declared `joined` has a place in the row; it holds `NOT_LOADED` where the statement left it out.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from loaders.entity import Computed, Entity, ToOne

NOT_LOADED = object()

Row = Any
"""A light row: the attributes of the mapped class that it comes from, and the entity's derived values."""
Make = Callable[[tuple[Any, ...]], Row]


def joined(entity: type[Entity]) -> Sequence[ToOne]:
    """The relations that can travel in the entity's own statements."""
    return [r for r in entity.relations.values() if isinstance(r, ToOne) and r.joined]


@cache
def row_type(name: str, columns: tuple[str, ...], entity: type[Entity] | Computed) -> type[Any]:
    """The class of the rows with these columns, of an entity or computed."""
    base = namedtuple(name, columns)  # pyright: ignore[reportUntypedNamedTuple]  # made from a declaration
    of = None if isinstance(entity, Computed) else entity
    return type(name, (base,), {"__slots__": (), "entity": of, "relations": entity.relations})


@cache
def entity_row(entity: type[Entity]) -> type[Any]:
    """The class of the entity's rows; `typename` is the name of a row's GraphQL type."""
    names = (*entity.columns(entity.table), *(relation.name for relation in joined(entity)))
    cls = row_type(entity.__name__, names, entity)
    if entity.discriminator:
        kind, types = attrgetter(entity.discriminator), entity.type_names
        cls.typename = property(lambda row: types[kind(row)])
    else:
        cls.typename = entity.model.__name__
    return cls


def maker(entity: type[Entity], joins: Sequence[ToOne]) -> Make:
    """Makes a row of the entity from a tuple of its columns, followed by those of each joined relation's target."""
    make = entity_row(entity)._make
    width = len(entity.columns(entity.table))
    missing = (NOT_LOADED,) * len(joined(entity))
    if not joins:
        return (lambda values: make(values + missing)) if missing else make

    parts: list[tuple[int, int, int, Make]] = []
    start = width
    for relation in joined(entity):
        if relation in joins:
            columns = list(relation.target.columns(relation.target.table))
            parts.append((start, start + len(columns), start + columns.index(relation.key), maker(relation.target, ())))
            start += len(columns)
        else:
            parts.append((0, 0, -1, make))

    def row(values: tuple[Any, ...]) -> Row:
        others = tuple(
            NOT_LOADED if key < 0 else None if values[key] is None else make_other(values[first:end])
            for first, end, key, make_other in parts
        )
        return make(values[:width] + others)

    return row
