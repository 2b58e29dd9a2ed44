"""Checks what the entities declare against the tables, without a database: a name that is misspelt is told in a
sentence that names the file, when the rooms are imported and not at the first request."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from errors import file_of, unknown
from loaders.entity import Entity, Relation, entities
from loaders.relation import Computed, Link, ToMany
from loaders.root import ROOT


def faults() -> Iterator[str]:
    """Errors in the entities' declarations."""
    for entity in entities():
        for relation in entity.relations.values():
            yield from _of_relation(entity, relation)
        yield from _of_expressions(entity)
        yield from _of_types(entity)
    for name, connection in ROOT.items():
        yield from _of_target(connection, f"loaders/root.py: {name}")


def readable(entity: type[Entity]) -> Collection[str]:
    """The columns and derived values that rows of the entity are read with."""
    return [*(name for name in map(str, entity.table.c.keys()) if name not in entity.hidden), *entity.derived]


def _of_relation(entity: type[Entity], relation: Relation) -> Iterator[str]:
    place = f"{file_of(entity)}: {relation!r}"
    if relation.on not in entity.table.c and relation.on not in entity.derived:
        yield unknown(place, relation.on, entity.table.c.keys(), f"the table {entity.table.name}")
    if isinstance(relation, Link):
        yield from _of_target(relation, place)
    if isinstance(relation, Computed) and not _raises(lambda: relation.statement(entity.table, entity.table.c["id"])):
        selected = relation.statement(entity.table, entity.table.c["id"]).selected_columns.keys()
        for name in relation.columns:
            if name not in selected:
                yield unknown(place, name, selected, "its statement")


def _of_target(link: Link, place: str) -> Iterator[str]:
    table = link.model.__table__
    try:
        columns = link.target.table.c
    except KeyError:
        yield f"{place} leads to models.{link.model.__name__}, which has no entity: declare one in loaders/"
        return
    named: Iterable[str] = (*([link.key] if link.key else ()), *(link.order if isinstance(link, ToMany) else ()))
    for name in named:
        if name not in columns:
            yield unknown(place, name, columns.keys(), f"the table {table.description}")
    if link.where and (missing := _raises(lambda: link.where and link.where(columns))):
        yield unknown(place, missing, columns.keys(), f"the table {table.description}")


def _of_expressions(entity: type[Entity]) -> Iterator[str]:
    """Orders, derived values, search and sight are functions of the row's columns."""
    expressions = {
        **{f"orders[{name!r}]": order for name, order in entity.orders.items()},
        **{name: derived.expression for name, derived in entity.derived.items()},
        **{name: function for name in ("search", "visible") if (function := getattr(entity, name))},
    }
    for name in entity.search_through:
        if name not in entity.relations:
            place = f"{file_of(entity)}: {entity.__name__}.search_through"
            yield unknown(place, name, entity.relations.keys(), entity.__name__)
    for name, expression in expressions.items():
        if missing := _raises(lambda expression=expression: expression(entity.table.c)):
            place = f"{file_of(entity)}: {entity.__name__}.{name}"
            yield unknown(place, missing, entity.table.c.keys(), f"the table {entity.table.name}")
    if entity.client_key and entity.client_key not in entity.table.c:
        place = f"{file_of(entity)}: {entity.__name__}.client_key"
        yield unknown(place, entity.client_key, entity.table.c.keys(), f"the table {entity.table.name}")


def _of_types(entity: type[Entity]) -> Iterator[str]:
    """An entity of several types names one for each value of its discriminator."""
    if not entity.discriminator:
        return
    place = f"{file_of(entity)}: {entity.__name__}"
    column = entity.table.c.get(entity.discriminator)
    if column is None:
        yield unknown(place, entity.discriminator, entity.table.c.keys(), f"the table {entity.table.name}")
        return
    values: Iterable[str] = getattr(column.type, "enums", entity.type_names)
    for value in values:
        if value not in entity.type_names:
            yield f"{place}.type_names has no type for the {entity.discriminator} {value}: add one"


def _raises(make: Callable[[], Any]) -> str | None:
    """The name of the column that making an expression did not find."""
    try:
        make()
    except KeyError as error:
        return str(error.args[0])
    return None
