"""From an operation to the expression of its answer. What cannot be compiled raises Unplannable."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import orjson
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    is_enum_type,
    is_leaf_type,
    is_non_null_type,
    print_ast,
)
from sqlalchemy import ColumnElement, FromClause, Integer, Select, and_, case, func, literal_column, select, true
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from loaders import reads
from loaders.entity import COMPANY, Computed, Connection, Entity, Query, ToMany, ToOne, bind
from loaders.ids import encoded
from loaders.paging import page_request
from loaders.root import ROOT
from loaders.statements import Page, company_key, conditions, number, number_hidden, rows, sight
from models.viewer import Viewer
from planner import text
from planner.selection import Selected, Selections, Unplannable
from planner.text import Pieces
from planner.values import Write, writer

FILL, END = "\x01", "\x02"
"""What brackets a place that Python fills: JSON from PostgreSQL holds no control character."""

Arguments = Callable[[GraphQLField, FieldNode], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Ask:
    """A field whose arguments decide part of the statement (the shape) and some of its values."""

    node: FieldNode
    definition: GraphQLField
    evaluate: Callable[[Viewer, Mapping[str, Any]], tuple[Any, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Filler:
    """Computes what a place holds from the row's columns."""

    columns: tuple[str, ...]
    compute: Callable[[Any, Mapping[str, Any]], Any]
    write: Write


@dataclass(slots=True)
class Source:
    """The rows of a select under construction. To-one relations are joined to it, each once."""

    origin: FromClause
    outer: tuple[FromClause, ...] = ()
    tables: list[FromClause] = field(default_factory=list[FromClause])
    joins: dict[Any, "Row"] = field(default_factory=dict[Any, "Row"])

    def select(self, *columns: Any) -> Select[*tuple[Any, ...]]:
        """Columns of the rows, as part of the statement around."""
        query = select(*columns).select_from(self.origin)
        return query.correlate(*self.outer) if self.outer else query

    @property
    def enclosing(self) -> tuple[FromClause, ...]:
        """What a select within this one may refer to."""
        return (*self.outer, *self.tables)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row that fields are read from: of an entity, or of what was computed."""

    source: Source
    table: FromClause
    entity: type[Entity] | None
    present: ColumnElement[bool] | None = None
    """Whether there is a row; None where there always is."""

    def column(self, name: str) -> ColumnElement[Any]:
        """A column or derived value."""
        return self.entity.expression(self.table, name) if self.entity else self.table.c[name]


class Compiler:
    """Compiles one operation for the permissions of one viewer. `asks` and `fillers` are what the statement needs."""

    def __init__(self, schema: GraphQLSchema, selections: Selections, viewer: Viewer, arguments: Arguments) -> None:
        self._schema = schema
        self.selections = selections
        self.viewer = viewer
        self._arguments = arguments
        self.asks: list[Ask] = []
        self.shapes: list[Any] = []
        self.values: dict[str, Any] = {}
        self.fillers: list[Filler] = []
        self._compiled: dict[Any, Pieces] = {}

    def answer(self, selected: Selected) -> Select[*tuple[Any, ...]]:
        """The statement of a query's data."""
        query = self._schema.query_type
        assert query is not None  # noqa: S101  # a schema without queries cannot have been asked
        one = select(literal_column("1").label("one")).subquery("one")
        source = Source(one, tables=[one])
        data = self._object(query, selected, Row(source, one, None))
        return source.select(text.joined(data))

    # Objects

    def _object(self, kind: GraphQLObjectType, selected: Selected, row: Row) -> Pieces:
        return text.obj([(key, self._field(kind, nodes, row)) for key, nodes in selected.items()])

    def record(self, kind: GraphQLOutputType, nodes: list[FieldNode], row: Row) -> Pieces:
        """The row as an object of its type, which may be one of several."""
        named = get_named_type(kind)
        if isinstance(named, GraphQLObjectType):
            return self._object(named, self.selections.of(nodes, named), row)
        entity = row.entity
        if entity is None or not isinstance(named, GraphQLInterfaceType):
            raise Unplannable(f"{named} is no interface of rows")
        if not entity.discriminator:
            own = self._object_type(entity.model.__name__)
            return self._object(own, self.selections.of(nodes, own), row)
        return self._one_of(entity, nodes, row)

    def _one_of(self, entity: type[Entity], nodes: list[FieldNode], row: Row) -> Pieces:
        """An object of one of several types. What they all begin with is written once, the rest for each."""
        which = row.column(entity.discriminator)
        typename: Pieces = ['"', case(entity.type_names, value=which), '"']
        objects: dict[str, list[tuple[str, Pieces]]] = {}
        for value, name in entity.type_names.items():
            kind = self._object_type(name)
            objects[value] = [
                (key, typename if same[0].name.value == "__typename" else self._field(kind, same, row))
                for key, same in self.selections.of(nodes, kind).items()
            ]
        first = next(iter(objects.values()))
        common = 0
        while all(len(o) > common and o[common] == first[common] and o[common][1] is first[common][1] for o in objects.values()):
            common += 1
            if common == len(first):
                break
        if not common:
            return [case(*((which == value, text.joined(text.obj(members))) for value, members in objects.items()))]
        rests = [(value, text.members(members[common:], first=False)) for value, members in objects.items()]
        own = [(which == value, text.joined(rest)) for value, rest in rests if rest]
        return [*text.members(first[:common]), *([case(*own)] if own else []), "}"]

    def _object_type(self, name: str) -> GraphQLObjectType:
        kind = self._schema.type_map.get(name)
        if not isinstance(kind, GraphQLObjectType):
            raise Unplannable(f"there is no type {name}")
        return kind

    def _there(self, row: Row, value: Pieces) -> Pieces:
        return value if row.present is None else text.where_there(row.present, value)

    # Fields

    def _field(self, parent: GraphQLObjectType, nodes: list[FieldNode], row: Row) -> Pieces:
        name = nodes[0].name.value
        if name == "__typename":
            return [f'"{parent.name}"']
        if name.startswith("__"):
            raise Unplannable("introspection")
        definition = parent.fields[name]
        declared: Any = definition.extensions["strawberry-definition"]
        # A field that several types of one row have in common is compiled once.
        same = (row, declared.python_name, str(definition.type), tuple(map(id, nodes)))
        pieces = self._compiled.get(same)
        if pieces is None:
            pieces = self._compiled[same] = self._read(parent, definition, nodes, row)
        return pieces

    def _read(self, parent: GraphQLObjectType, definition: GraphQLField, nodes: list[FieldNode], row: Row) -> Pieces:
        name = nodes[0].name.value
        declared: Any = definition.extensions["strawberry-definition"]
        if declared.base_resolver is None:
            return self._leaf(definition, row.column(declared.python_name))
        what = getattr(declared.base_resolver.wrapped_func, "reads", None)
        match what:
            case reads.GlobalId() if row.entity:
                return ['"', encoded(row.entity, row.column("id")), '"']
            case reads.Related() if row.entity:
                return self._relation(definition, nodes, row, row.entity.relations[declared.python_name])
            case reads.Paged():
                relations = row.entity.relations if row.entity else ROOT
                relation = cast("Connection", relations[declared.python_name])
                return self._connection(definition, nodes, row, relation, what)
            case reads.Detail(key):
                return self._leaf(definition, row.column("details").op("->>")(text.known(key)), nullable=True)
            case reads.Coded():
                return self._coded(definition, nodes, row, what)
            case reads.Filled():
                return self._filled(definition, nodes, row, what)
            case reads.Record():
                return self._found(definition, nodes, row, what)
            case reads.Constant(value):
                write = writer(definition.type, nodes, self.selections)
                return [written(write, value(self.viewer), None)]
            case reads.Rowless():
                return self.record(definition.type, nodes, Row(row.source, row.table, None))
            case _:
                raise Unplannable(f"{parent.name}.{name} does not say what it reads")

    def _leaf(self, definition: GraphQLField, column: ColumnElement[Any], nullable: bool | None = None) -> Pieces:
        kind = definition.type
        optional = not is_non_null_type(kind) if nullable is None else nullable
        named = get_named_type(kind)
        if not is_leaf_type(named):
            raise Unplannable(f"{named} is no scalar and has no resolver")
        return text.scalar("ID" if is_enum_type(named) else named.name, column, optional)

    def _relation(self, definition: GraphQLField, nodes: list[FieldNode], row: Row, relation: Any) -> Pieces:
        self.viewer.demand(relation.permission)
        match relation:
            case ToOne():
                other = self._joined(row, relation)
                return self._there(other, self.record(definition.type, nodes, other))
            case ToMany():
                return self._many(definition, nodes, row, relation)
            case Computed(many=True):
                return self._computed_many(definition, nodes, row, relation)
            case Computed():
                other = self._computed_one(row, relation)
                return self.record(definition.type, nodes, other)
            case _:
                raise Unplannable(f"{relation!r} is read in pages")

    # Rows

    def _joined(self, row: Row, relation: ToOne) -> Row:
        """The row that a to-one relation leads to, joined to the rows that it starts from."""
        source = row.source
        found = source.joins.get((row, relation))
        if found is None:
            entity = relation.target
            table = entity.table.alias()
            link = table.c[relation.key] == row.column(relation.on)
            on = and_(table.c[company_key(entity)] == COMPANY, link, *conditions(entity, table, relation.where))
            source.origin = source.origin.outerjoin(table, on)
            source.tables.append(table)
            present = table.c[relation.key].is_not(None)
            found = source.joins[row, relation] = Row(source, table, entity, present)
        return found

    def _computed_one(self, row: Row, relation: Computed) -> Row:
        source = row.source
        found = source.joins.get((row, relation))
        if found is None:
            table = relation.statement(row.table, row.column(relation.on)).lateral()
            # Nothing is computed for a row that is not there.
            source.origin = source.origin.outerjoin(table, true() if row.present is None else row.present)
            source.tables.append(table)
            found = source.joins[row, relation] = Row(source, table, None)
        return found

    def within(self, row: Row, origin: FromClause) -> Source:
        """A select within the one that the row is of."""
        return Source(origin, row.source.enclosing, [origin])

    def _many(self, definition: GraphQLField, nodes: list[FieldNode], row: Row, relation: ToMany) -> Pieces:
        entity = relation.target
        table = entity.table.alias()
        source = self.within(row, table)
        item = text.joined(self.record(definition.type, nodes, Row(source, table, entity)))
        order = [table.c[name] for name in relation.order]
        query = source.select(text.joined(text.array(item, *order))).where(
            table.c["company_id"] == COMPANY,
            table.c[relation.key] == row.column(relation.on),
            *conditions(entity, table, relation.where),
        )
        return [query.scalar_subquery()]

    def _computed_many(self, definition: GraphQLField, nodes: list[FieldNode], row: Row, relation: Computed) -> Pieces:
        table = relation.statement(row.table, row.column(relation.on)).lateral()
        source = self.within(row, table)
        item = text.joined(self.record(definition.type, nodes, Row(source, table, None)))
        return [source.select(text.joined(text.array(item))).scalar_subquery()]

    def _found(self, definition: GraphQLField, nodes: list[FieldNode], row: Row, what: reads.Record) -> Pieces:
        """A record by what its arguments say; the same one is joined once, however often it is asked for."""
        prefix = f"r{len(self.asks)}_"

        def evaluate(viewer: Viewer, given: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
            place = what.find(viewer, given)
            return (place.entity, place.column, place.where), {f"{prefix}key": place.value}

        shape, values = self._ask(nodes[0], definition, evaluate)
        entity, column, where = shape
        self.viewer.demand(entity.permission)
        source = row.source
        same = (entity, column, tuple(print_ast(argument) for argument in nodes[0].arguments))
        found = source.joins.get(same)
        if found is None:
            table = entity.table.alias()
            on = [
                table.c[company_key(entity)] == COMPANY,
                table.c[column] == bind(f"{prefix}key", table.c[column].type),
                *conditions(entity, table, where),
            ]
            if not self.viewer.sees_all:
                on.append(sight(entity, table))
            source.origin = source.origin.outerjoin(table, and_(*on))
            source.tables.append(table)
            found = source.joins[same] = Row(source, table, entity, table.c["id"].is_not(None))
        return self._there(found, self.record(definition.type, nodes, found))

    def _ask(
        self,
        node: FieldNode,
        definition: GraphQLField,
        evaluate: Callable[[Viewer, Mapping[str, Any]], tuple[Any, Mapping[str, Any]]],
    ) -> tuple[Any, Mapping[str, Any]]:
        shape, values = evaluate(self.viewer, self._arguments(definition, node))
        self.asks.append(Ask(node, definition, evaluate))
        self.shapes.append(shape)
        self.values.update(values)
        return shape, values

    # Connections

    def _connection(
        self, definition: GraphQLField, nodes: list[FieldNode], row: Row, relation: Connection, what: reads.Paged
    ) -> Pieces:
        self.viewer.demand(relation.permission)
        kind = cast("GraphQLObjectType", get_named_type(definition.type))
        selected = self.selections.of(nodes, kind)
        prefix = f"p{len(self.asks)}_"

        def evaluate(viewer: Viewer, given: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
            request = page_request(viewer, relation, prefix=prefix, **what.request(viewer, given))
            return request.shape, request.values

        shape, _ = self._ask(nodes[0], definition, evaluate)
        return _Page(self, row, relation, shape, kind).pieces(selected)

    # Catalogs and Python

    def _coded(self, definition: GraphQLField, nodes: list[FieldNode], row: Row, what: reads.Coded) -> Pieces:
        """A small catalog travels in the statement, each entry already written."""
        write = writer(definition.type, nodes, self.selections)
        entries = {entry.code: written(write, entry, None) for entry in what.catalog}
        dictionary = cast_to(text.known(written(lambda value, _: value, entries, None)), JSONB())
        return [func.coalesce(dictionary.op("->>")(row.column(what.column)), text.known("null"))]

    def _filled(self, definition: GraphQLField, nodes: list[FieldNode], row: Row, what: reads.Filled) -> Pieces:
        if what.of and row.entity:
            relation = row.entity.relations[what.of]
            self.viewer.demand(relation.permission)
            row = self._joined(row, cast("ToOne", relation))
        write = writer(definition.type, nodes, self.selections)
        self.fillers.append(Filler(what.columns, what.compute, write))
        columns = text.escaped([row.column(name) for name in what.columns])
        return [f"{FILL}{len(self.fillers) - 1}:", columns, END]


class _Page:
    """A page of a connection under compilation: a select over its rows."""

    def __init__(
        self, compiler: Compiler, row: Row, relation: Connection, shape: Page, kind: GraphQLObjectType
    ) -> None:
        self._compiler = compiler
        self._row = row
        self._relation = relation
        self._shape = shape
        self._kind = kind
        page = rows(relation, shape, compiler.viewer.sees_all, self._of_parent)
        self._source = compiler.within(row, page)
        self._item = Row(self._source, page, relation.target)
        # One row more is read than is shown: it tells whether there are more.
        self._shown = page.c.n_ <= literal_column(str(shape.size))
        self._order = page.c.n_.desc() if shape.backward else page.c.n_

    def pieces(self, selected: Selected) -> Pieces:
        """The connection as selected."""
        value = text.obj([(key, self._member(nodes)) for key, nodes in selected.items()])
        return [self._source.select(text.joined(value)).scalar_subquery()]

    def _of_parent(self, query: Query, table: FromClause) -> Query:
        if self._relation.key:
            query = query.where(table.c[self._relation.key] == self._row.column(self._relation.on))
        outer = self._row.source.enclosing
        return query.correlate(*outer) if outer else query

    def _member(self, nodes: list[FieldNode]) -> Pieces:
        name = nodes[0].name.value
        if name == "__typename":
            return [f'"{self._kind.name}"']
        definition = self._kind.fields[name]
        match name:
            case "nodes":
                item = self._compiler.record(definition.type, nodes, self._item)
                return text.array(text.joined(item), self._order, where=self._shown)
            case "edges":
                return text.array(text.joined(self._edge(definition, nodes)), self._order, where=self._shown)
            case "pageInfo":
                return self._page_info(definition, nodes)
            case _:
                return self._count(definition)

    def _edge(self, definition: GraphQLField, nodes: list[FieldNode]) -> Pieces:
        def member(kind: GraphQLObjectType, nodes: list[FieldNode]) -> Pieces:
            match nodes[0].name.value:
                case "cursor":
                    return ['"', self._item.table.c.cursor_, '"']
                case "node":
                    return self._compiler.record(kind.fields["node"].type, nodes, self._item)
                case _:
                    return [f'"{kind.name}"']

        return self._plain(definition, nodes, member)

    def _page_info(self, definition: GraphQLField, nodes: list[FieldNode]) -> Pieces:
        shape = self._shape
        more = text.scalar("Boolean", func.count() > literal_column(str(shape.size)), nullable=False)
        started: Pieces = ["true" if shape.cursor is not None else "false"]

        def member(kind: GraphQLObjectType, nodes: list[FieldNode]) -> Pieces:
            match nodes[0].name.value:
                case "hasNextPage":
                    return started if shape.backward else more
                case "hasPreviousPage":
                    return more if shape.backward else started
                case "startCursor":
                    return self._cursor_at(1)
                case "endCursor":
                    return self._cursor_at(-1)
                case _:
                    return [f'"{kind.name}"']

        return self._plain(definition, nodes, member)

    def _cursor_at(self, place: int) -> Pieces:
        cursors = func.string_agg(self._item.table.c.cursor_, aggregate_order_by(text.known(" "), self._order))
        cursor = func.split_part(cursors.filter(self._shown), text.known(" "), literal_column(str(place)))
        return [func.coalesce(text.known('"').concat(cursor).concat(text.known('"')), text.known("null"))]

    def _plain(
        self,
        definition: GraphQLField,
        nodes: list[FieldNode],
        member: Callable[[GraphQLObjectType, list[FieldNode]], Pieces],
    ) -> Pieces:
        kind = cast("GraphQLObjectType", get_named_type(definition.type))
        selected = self._compiler.selections.of(nodes, kind)
        return text.obj([(key, member(kind, same)) for key, same in selected.items()])

    def _count(self, definition: GraphQLField) -> Pieces:
        what: Any = definition.extensions["strawberry-definition"].base_resolver.wrapped_func.reads
        if not isinstance(what, reads.Counted):
            raise Unplannable("an unknown field of a connection")
        shape = replace(self._shape, order=(), backward=False, cursor=None, size=0)
        if what.hidden:
            table, query = number_hidden(self._relation, shape)
        else:
            shape = shape if what.filtered else replace(shape, filter=(), search=False)
            table, query = number(self._relation, shape, self._compiler.viewer.sees_all)
        return [self._of_parent(query, table).scalar_subquery()]


def written(write: Write, value: Any, context: Any) -> str:
    """The JSON that a writer makes."""
    return orjson.dumps(write(value, context)).decode()
