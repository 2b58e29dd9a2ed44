"""Checks that whatever a schema shows, filters and orders by is there in the other rooms.

It runs when `schema` is imported, without a database, so that a forgotten or misspelt name is told in a sentence and
not by a failing request.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryContainer, StrawberryObjectDefinition
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.lazy_type import LazyType

from errors import DeclarationError, file_of, unknown
from loaders import reads
from loaders.declarations import faults, readable
from loaders.entity import Entity, Relation, entities
from loaders.history import HistoryEventEntity
from loaders.relation import Computed
from loaders.root import ROOT

COMBINING = frozenset({"and_", "or_", "not_"})


def check(schema: GraphQLSchema, of_inputs: Iterable[str] = ()) -> None:
    """DeclarationError with a line for each name that another room does not have."""
    lines = dict.fromkeys(chain(faults(), _of_kinds(schema), _Shown(schema).faults(), of_inputs))
    if lines:
        raise DeclarationError("\n".join(lines))


def _of_kinds(schema: GraphQLSchema) -> Iterator[str]:
    """Each value that decides an entity's type has that type."""
    for entity in entities():
        for value, name in entity.type_names.items():
            if not isinstance(schema.get_type(name), GraphQLObjectType):
                noun = "history kind" if entity is HistoryEventEntity else entity.discriminator
                file = file_of(entity).replace("loaders", "schema")
                yield f"{noun} {value} has no GraphQL type: add {name} in {file}"


class _Shown:
    """Looks through the object types of a schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._filters: set[tuple[str, str]] = set()
        self._entities: dict[str, type[Entity]] = {}
        self._computed: dict[str, Computed] = {}
        for entity in entities():
            for name in entity.types():
                self._entities[name] = entity
            for relation in entity.relations.values():
                if isinstance(relation, Computed):
                    self._computed[relation.row_name] = relation

    def faults(self) -> Iterator[str]:
        """What is wrong with their fields, and with the filters and orders of their connections."""
        for name, kind in self._schema.type_map.items():
            definition = kind.extensions.get("strawberry-definition")
            if isinstance(kind, GraphQLObjectType) and isinstance(definition, StrawberryObjectDefinition):
                for field in definition.fields:
                    yield from self._field(name, definition, field)
                if name in self._entities:
                    yield from self._served(definition, self._entities[name])

    def _field(self, name: str, definition: StrawberryObjectDefinition, field: Any) -> Iterator[str]:
        place = f"{file_of(definition.origin)}: {name}.{field.python_name}"
        entity, computed = self._entities.get(name), self._computed.get(name)
        relations = entity.relations if entity else computed.relations if computed else ROOT if name == "Query" else {}
        columns = readable(entity) if entity else computed.columns if computed else _attributes(definition.origin)
        of = entity.__name__ if entity else f"the row of {name}"
        what = reads_of(field)
        if field.base_resolver is None:
            if columns is not None and field.python_name not in columns:
                yield unknown(place, field.python_name, columns, of, _add_column(entity))
        elif isinstance(what, reads.Related | reads.Paged):
            name = getattr(what, "name", "") or field.python_name
            relation = relations.get(name)
            if relation is None:
                yield unknown(place, name, relations, of)
            elif relation.paged is not isinstance(what, reads.Paged):
                yield f"{place} leads to {relation!r}: declare it by {'connection' if relation.paged else 'related'}(…)"
            elif relation.paged and relation.target:
                yield from self._arguments(place, field, relation.target)
            elif isinstance(relation, Computed):
                yield from self._called(place, field, relation)
        elif isinstance(what, reads.Chosen):
            for name in (*what.among, what.otherwise):
                if name not in relations:
                    yield unknown(place, name, relations, of)
        elif columns is not None and isinstance(what, reads.Same):
            yield from self._same(inner(field.type), columns, of)
        elif entity and isinstance(what, reads.Filled):
            yield from _filled(place, what.columns, entity)
        elif entity and isinstance(what, reads.Coded) and what.column not in readable(entity):
            yield unknown(place, what.column, readable(entity), of)

    @staticmethod
    def _called(place: str, field: Any, relation: Computed) -> Iterator[str]:
        """By its type's name a computed row is found, with what it holds and the permission that it asks for."""
        shown = get_object_definition(inner(field.type), strict=True).name
        if relation.row_name != shown:
            yield f"{place} shows {shown}, whose row is called {relation.row_name}: call it {shown} in loaders/"

    @staticmethod
    def _same(kind: Any, columns: Collection[str], of: str) -> Iterator[str]:
        """Another type that shows the same row."""
        definition = get_object_definition(kind, strict=True)
        for field in definition.fields:
            if not field.base_resolver and field.python_name not in columns:  # pyright: ignore[reportUnknownMemberType]  # Strawberry's
                place = f"{file_of(definition.origin)}: {definition.name}.{field.python_name}"
                yield unknown(place, field.python_name, columns, of)

    def _served(self, definition: StrawberryObjectDefinition, entity: type[Entity]) -> Iterator[str]:
        """A joined relation names the fields that it is joined for."""
        fields = [field.python_name for field in definition.fields]
        for relation in entity.relations.values():
            for name in relation.serves:
                if name not in fields:
                    yield unknown(f"{file_of(entity)}: {relation!r}", name, fields, f"the type {definition.name}")

    # What connections are filtered and ordered by

    def _arguments(self, place: str, field: Any, entity: type[Entity]) -> Iterator[str]:
        for argument in field.arguments:
            kind = inner(argument.type)
            if argument.python_name == "filter":
                yield from self._filter(kind, entity)
            elif argument.python_name == "order_by":
                yield from _order(place, kind, entity)

    def _filter(self, kind: Any, entity: type[Entity]) -> Iterator[str]:
        definition = get_object_definition(kind, strict=True)
        if (definition.name, entity.__name__) in self._filters:
            return
        self._filters.add((definition.name, entity.__name__))
        columns, relations = readable(entity), entity.relations
        for field in definition.fields:
            name = field.python_name
            relation = relations.get(name)
            place = f"{file_of(definition.origin)}: {definition.name}.{name}"
            if relation is not None:
                yield from self._through(place, inner(field.type), relation)
            elif name not in columns and name not in COMBINING:
                yield unknown(place, name, [*columns, *relations], entity.__name__)

    def _through(self, place: str, kind: Any, relation: Relation) -> Iterator[str]:
        definition = get_object_definition(kind, strict=True)
        if isinstance(relation, Computed):
            for field in definition.fields:
                if field.python_name not in (*relation.columns, *COMBINING):
                    yield unknown(place, field.python_name, relation.columns, f"{relation!r}")
        elif relation.target:
            some = next((field for field in definition.fields if field.python_name == "some"), None)
            yield from self._filter(inner(some.type) if relation.many and some else kind, relation.target)


def _add_column(entity: type[Entity] | None) -> str:
    return f"add the column in {file_of(entity.model)}, or a Derived in {file_of(entity)}" if entity else ""


def reads_of(field: Any) -> Any:
    """What the field's resolver declares that it reads."""
    return getattr(field.base_resolver.wrapped_func, "reads", None) if field.base_resolver else None


def _order(place: str, kind: Any, entity: type[Entity]) -> Iterator[str]:
    definition = get_object_definition(kind, strict=True)
    by = inner(next(field for field in definition.fields if field.python_name == "field").type)
    values = [value.name for value in by.values] if isinstance(by, StrawberryEnumDefinition) else []
    for value in values:
        if value not in entity.orders:
            yield unknown(f"{place}, by {definition.name},", value, entity.orders, f"{entity.__name__}.orders")
    for name in entity.orders:
        if name not in values:
            at = f"{file_of(entity)}: {entity.__name__}.orders"
            yield unknown(at, name, values, f"the enum of {definition.name}")


def _filled(place: str, columns: tuple[str, ...], entity: type[Entity]) -> Iterator[str]:
    """A computed field names columns of its row, or `relation.column` of what a to-one relation leads to."""
    for name in columns:
        relation, dot, column = name.rpartition(".")
        if not dot:
            if column not in readable(entity):
                yield unknown(place, column, readable(entity), entity.__name__)
        elif (link := entity.relations.get(relation)) is None or link.many:
            yield unknown(place, relation, entity.relations, entity.__name__)
        elif isinstance(link, Computed):
            if column not in link.columns:
                yield unknown(place, column, link.columns, f"{link!r}")
        elif link.target and column not in readable(link.target):
            yield unknown(place, column, readable(link.target), link.target.__name__)


def _attributes(origin: type) -> Collection[str] | None:
    """The attributes of what a type that is no row shows, where it says so: see `schema.fields.shows`."""
    shown: type | None = getattr(origin, "__shows__", None)
    if shown is None:
        return None
    annotated: Mapping[str, Any] = {}
    for cls in reversed(shown.__mro__):
        annotated = {**annotated, **vars(cls).get("__annotations__", {})}
    return {*annotated, *(name for name in dir(shown) if not name.startswith("_"))}


def inner(kind: Any) -> Any:
    """The type within lists, nulls and lazy references."""
    while isinstance(kind, StrawberryContainer | LazyType):
        kind = kind.of_type if isinstance(kind, StrawberryContainer) else kind.resolve_type()
    return kind
