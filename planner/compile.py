"""From an operation to the expression of its answer. What cannot be compiled raises Unplannable."""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import Any, ClassVar, NamedTuple, assert_never, cast

import orjson
from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    is_abstract_type,
    is_leaf_type,
    print_ast,
)
from sqlalchemy import ARRAY, ColumnElement, Integer, Text, Uuid, and_, any_, case, func, literal_column, select

from errors import FichaError, Forbidden
from loaders import reads
from loaders.arrays import Ids
from loaders.entity import Entity, Relation, bind
from loaders.page import Page, by_values
from loaders.relation import Connection, Key, Link
from loaders.root import ROOT
from loaders.statement import Statement
from loaders.stopping import check
from models.base import alias_of
from models.history import hidden_kinds
from models.viewer import Viewer
from planner import text
from planner.arguments import DENIED, Arguments, Ask, Denied, Evaluate
from planner.filling import GROUP, INNER, OUTER, ROW, Hole
from planner.holes import (
    OfArguments,
    OfCatalog,
    OfDetail,
    OfDetails,
    OfEntries,
    OfLabel,
    OfPlaces,
    OfRow,
    OfText,
    Refused,
    Spoilt,
    Wrong,
)
from planner.kinds import Declared, Kind, declared, enum_values, is_nullable, item_of, kind_of, named, object_of
from planner.marks import Place
from planner.page import page
from planner.plans import Plan, StatementPlan
from planner.results import Place as ResultPlace
from planner.rows import Row, Source
from planner.selection import Selected, Selections, Unplannable
from planner.text import Pieces
from planner.usages import source_of
from planner.values import writer
from planner.variants import Shared, blocks, in_common, runs


class _Step(NamedTuple):
    """A step of the way to what is being compiled: a key, None for any index of a list; the nodes of the field; and
    whether null may stand there."""

    key: str | None
    nodes: list[FieldNode]
    nullable: bool


class Compiler:
    """Compiles one operation for the permissions of one viewer.

    Beside the answer's expression there are: `asks`, the fields whose arguments were looked at, with the `shapes` that
    came of them, by what the names of their values begin with; the `values` of the binds; the `holes` of the answer;
    whether PostgreSQL is to plan the statement `by_values`.
    """

    of_places = OfPlaces
    details_by_python: ClassVar[bool] = True
    """Whether Python writes the details of an event: all of a row are one hole, and have their faults in common."""

    def __init__(
        self, schema: GraphQLSchema, selections: Selections, viewer: Viewer, arguments: Arguments, variables: Any
    ) -> None:
        self._schema = schema
        self.selections = selections
        self.viewer = viewer
        self._arguments = arguments
        self._variables = variables
        self.asks: dict[str, Ask] = {}
        self.shapes: dict[str, Any] = {}
        self.values: dict[str, Any] = {}
        self.holes: list[Hole] = []
        self.by_values = False
        self._prefixes: dict[Any, str] = {}
        self.hides = bool(hidden_kinds(viewer.permissions))
        self._path: list[_Step] = []
        self._compiled: dict[Any, Pieces] = {}
        self._alike: dict[Any, tuple[Any, Pieces, Sequence[Hole]]] = {}
        self._texts: dict[int, str] = {}
        self._details: dict[int, OfDetail] = {}
        """Of the pieces of details: how Python writes them."""
        self._spoilt_hole: ColumnElement[str] | None = None

    def answer(self, selected: Selected) -> Plan:
        """The plan of a query's data."""
        query = self._schema.query_type
        assert query is not None  # noqa: S101  # a schema without queries cannot have been asked
        one = select(literal_column("1", Integer()).label("one")).subquery("one")
        source = Source(one, tables=[one])
        return self._plan(self._object(query, selected, Row(source, one, None)), source)

    def results(self, place: str, selected: Selected, root: GraphQLObjectType) -> Plan:
        """The plan of the records that the field at this key of a mutation or subscription leads to: the ids that it
        then takes say which. The field itself, and what else a payload shows, is for its resolver."""
        one = select(literal_column("1", Integer()).label("one")).subquery("one")
        row = Row(Source(one, tables=[one]), one, None)
        places: list[ResultPlace] = []
        pieces: Pieces = []
        for keys, kind, what, nodes in self._leading(root, {place: selected[place]}, ()):
            if what.entity.permission in (None, *self.viewer.permissions):
                ids = f"result{len(places)}"
                hole = self._group(Key(what.entity), ids, kind, nodes, row, pieces)
                places.append(ResultPlace(keys, what.attribute, ids, hole))
        if not places:
            raise Unplannable("it shows no record")
        return self._plan(pieces, row.source, places)

    def _plan(self, pieces: Pieces, source: Source, places: Sequence[ResultPlace] = ()) -> Plan:
        return StatementPlan(tuple(self.holes), tuple(places), self._read_by(pieces, source))

    def _read_by(self, pieces: Pieces, source: Source) -> Statement | bytes:
        """The statement that writes the pieces, or their text where all of it is known."""
        whole = text.whole(pieces)
        if isinstance(whole, str):
            return whole.encode()
        return Statement.of(source.select(whole), hides=self.hides, by_values=self.by_values)

    def _leading(
        self, parent: GraphQLObjectType, selected: Selected, above: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, ...], Kind, reads.Result, list[FieldNode]]]:
        """The fields of a payload that are records."""
        for key, nodes in selected.items():
            field = declared(parent, nodes[0].name.value)
            if field is None:
                continue  # __typename
            inner = named(field.kind)
            if isinstance(field.reads, reads.Result):
                yield (*above, key), field.kind, field.reads, nodes
            elif isinstance(inner, GraphQLObjectType) and not (field.has_resolver and above):
                yield from self._leading(inner, self.selections.of(nodes, inner), (*above, key))

    # Objects

    def members(
        self, kind: GraphQLObjectType, selected: Selected, member: Callable[[list[FieldNode]], Pieces]
    ) -> list[text.Member]:
        """The members of an object of the type, each made by `member` of its nodes."""
        members: list[text.Member] = []
        for key, nodes in selected.items():
            field = declared(kind, nodes[0].name.value)
            with self.at(key, nodes, nullable=field is not None and field.nullable):
                members.append((key, member(nodes)))
        return members

    def items(self, kind: Kind, nodes: list[FieldNode], row: Row) -> ColumnElement[str]:
        """The row as an item of a list."""
        with self.at(None, nodes, nullable=is_nullable(item_of(kind))):
            return text.joined(self.record(kind, nodes, row))

    @contextmanager
    def at(self, key: str | None, nodes: list[FieldNode], *, nullable: bool) -> Generator[None]:
        """What is compiled within the `with` is of these nodes, under this key; None is an index of a list. It may be
        null or not."""
        self._path.append(_Step(key, nodes, nullable))
        try:
            yield
        finally:
            self._path.pop()

    def record(self, kind: Kind, nodes: list[FieldNode], row: Row) -> Pieces:
        """The row as an object of its type, which may be one of several."""
        named_kind = named(kind)
        if isinstance(named_kind, GraphQLObjectType):
            return self._object(named_kind, self.selections.of(nodes, named_kind), row)
        entity = row.entity
        if entity is None or not is_abstract_type(named_kind):
            raise Unplannable(f"{named_kind} is no type of rows")
        if not entity.discriminator:
            own = self._object_type(entity.type_name)
            if not self._schema.is_sub_type(named_kind, own):
                raise Unplannable(f"{own} is no {named_kind}")
            return self._object(own, self.selections.of(nodes, own), row)
        return self._one_of(entity, nodes, row)

    def _object(self, kind: GraphQLObjectType, selected: Selected, row: Row) -> Pieces:
        return text.obj(self.members(kind, selected, lambda nodes: self._field(kind, nodes, row)))

    def _one_of(self, entity: type[Entity], nodes: list[FieldNode], row: Row) -> Pieces:
        """An object of one of several types. What several have in common is written once: each time that PostgreSQL
        executes a statement it prepares all of it, also what is of no type that occurs."""
        which = row.column(entity.discriminator)
        typename: Pieces = ['"', text.looked_up(which, entity.type_names, self._unknown()), '"']

        def members(name: str) -> list[text.Member]:
            kind = self._object_type(name)

            def member(same: list[FieldNode]) -> Pieces:
                return typename if same[0].name.value == "__typename" else self._field(kind, same, row)

            return self.members(kind, self.selections.of(nodes, kind), member)

        objects = {value: members(name) for value, name in entity.type_names.items()}
        first = next(iter(objects.values()))
        common = in_common(list(objects.values()))
        if not common:
            own_objects = ((which == value, text.joined(text.obj(own))) for value, own in objects.items())
            return [text.choice(*own_objects, otherwise=self._unknown())]
        rest: Pieces = []
        own_members = {value: own[common:] for value, own in objects.items()}
        for are_details, block in blocks(own_members, lambda pieces: id(pieces) in self._details):
            if are_details:
                rest.append(self._of_details(row, which, block, objects))
            else:
                for values, run in runs(block):
                    some = text.joined(text.members(run, first=False))
                    rest.append(text.choice((text.is_in(which, values), some), otherwise="''"))
        if not any(pieces is typename for _, pieces in first[:common]):
            rest.append(text.choice((text.is_in(which, objects), "''"), otherwise=self._unknown()))
        return [*text.members(first[:common]), *rest, "}"]

    def _of_details(
        self, row: Row, which: ColumnElement[Any], block: Sequence[Shared], every: Collection[str]
    ) -> ColumnElement[str]:
        """Members that Python writes. Few of the types occur in a page, and PostgreSQL would prepare the expressions of
        all of them: a third of the time that a page of the history takes it."""
        members: dict[str, list[tuple[bytes, OfDetail]]] = {}
        for (key, pieces), values in block:
            for value in values:
                members.setdefault(value, []).append((f',"{key}":'.encode(), self._details[id(pieces)]))
        hole = OfDetails({value.encode(): own for value, own in members.items()})
        written = text.joined(self._hole(hole, [which, " ", row.column("details")]))
        without = [value for value in every if value not in members]
        return text.choice((text.is_in(which, without), "''"), otherwise=written) if without else written

    def _object_type(self, name: str) -> GraphQLObjectType:
        kind = self._schema.type_map.get(name)
        if not isinstance(kind, GraphQLObjectType):
            raise Unplannable(f"there is no type {name}")
        return kind

    # Fields

    def _field(self, parent: GraphQLObjectType, nodes: list[FieldNode], row: Row) -> Pieces:
        check()
        name = nodes[0].name.value
        if name == "__typename":
            return [f'"{parent.name}"']
        if name.startswith("__"):
            raise Unplannable("introspection")
        field = declared(parent, name)
        assert field is not None  # noqa: S101  # the document is valid
        # A field that several types of one row have in common is compiled once: the same nodes, or others that say the
        # same, but for what is refused, as an error names the place of its node.
        place = (row, field.same, *[step.key for step in self._path])
        same = (*place, *map(id, nodes))
        pieces = self._compiled.get(same)
        if pieces is not None:
            return pieces
        alike = (*place, *map(self._text, nodes))
        if alike in self._alike and self._alike[alike][0] == field.reads:
            _, pieces, holes = self._alike[alike]
            self._share(holes)
        if pieces is None:
            start = len(self.holes)
            try:
                pieces = self._read(parent, field, nodes, row)
            except Forbidden as error:
                pieces = self._hole(self._refusal(error))
            except Denied as denied:
                pieces = self._hole(self._refusal(denied.name))
            self._compiled[same] = pieces
            holes = self.holes[start:]
            if not any(isinstance(hole, Refused) for hole in holes):
                self._alike[alike] = field.reads, pieces, holes
        return pieces

    def _share(self, holes: Sequence[Hole]) -> None:
        """The holes stand in fields of other nodes as well."""

    def _text(self, node: FieldNode) -> str:
        if not (node.selection_set or node.arguments or node.directives or node.alias):
            return node.name.value
        if id(node) not in self._texts:
            self._texts[id(node)] = _source(node)
        return self._texts[id(node)]

    def _read(self, parent: GraphQLObjectType, field: Declared, nodes: list[FieldNode], row: Row) -> Pieces:
        if not field.has_resolver:
            return self._leaf(field.kind, row, field.python_name)
        definition, kind, what = field.definition, field.kind, field.reads
        match what:
            case reads.GlobalId() if row.entity:
                return [f'"{row.entity.prefix}_', row.column(row.entity.key), '"']
            case reads.Related(name):
                relation = row.relations[name or field.python_name]
                if definition.args:
                    prefix = self._prefix(nodes[0], definition)
                    shown = self._ask(prefix, nodes[0], definition, lambda _, arguments: (arguments["deleted"], {}))
                    relation = cast("Link", relation).showing(shown)
                return self._relation(kind, nodes, row, relation)
            case reads.Chosen():
                return self._chosen(kind, nodes, row, what)
            case reads.Paged():
                relations = row.entity.relations if row.entity else ROOT
                return self._connection(definition, nodes, row, relations[field.python_name], what)
            case reads.Detail(key):
                return self._detail(kind, row, key)
            case reads.Coded():
                return self._coded(kind, nodes, row, what)
            case reads.Labelled():
                return self._labelled(kind, row, what)
            case reads.Worded():
                return self._worded(kind, row, what)
            case reads.Filled():
                return self._filled(kind, nodes, row, what)
            case reads.InMemory():
                return self._in_memory(definition, nodes, what)
            case reads.Record():
                return self._record_named(definition, nodes, row, what)
            case reads.Records():
                return self._records_named(definition, nodes, row, what)
            case reads.Constant(value):
                return [orjson.dumps(writer(kind, nodes, self.selections)(value(self.viewer), None)).decode()]
            case reads.Same():
                return self.record(kind, nodes, row)
            case reads.Rowless():
                return self.record(kind, nodes, Row(row.source, row.table, None))
            case reads.GlobalId() | reads.Counted() | reads.Result() | None:
                raise Unplannable(f"{parent.name}.{nodes[0].name.value} does not say what it reads")
            case _:
                assert_never(what)

    def _relation(self, kind: Kind, nodes: list[FieldNode], row: Row, relation: Relation) -> Pieces:
        self.viewer.demand(relation.permission)
        return self._followed(kind, nodes, row, relation)

    def _followed(self, kind: Kind, nodes: list[FieldNode], row: Row, relation: Relation) -> Pieces:
        """What the relation leads to, for a viewer who may follow it."""
        if not relation.many:
            other = row.joined(relation)
            return self._where_there(kind, other, self.record(kind, nodes, other))
        rows = relation.linked(row.table, row.column(relation.on))
        source = row.within(rows.table)
        items = self.items(kind, nodes, Row.of(source, rows.table, relation))
        query = source.select(text.joined(text.array(items, *rows.order))).where(*rows.conditions)
        return [query.scalar_subquery()]

    def _chosen(self, kind: Kind, nodes: list[FieldNode], row: Row, what: reads.Chosen) -> Pieces:
        """The record that one of several relations leads to. Who may not follow one is refused where it is that one."""
        which = row.column("details").op("->>", return_type=Text())(text.known(what.key))

        def followed(name: str) -> ColumnElement[str]:
            try:
                return text.joined(self._relation(kind, nodes, row, row.relations[name]))
            except Forbidden as error:
                return text.joined(self._hole(self._refusal(error)))

        cases = [(which == text.known(name), followed(name)) for name in what.among]
        return [case(*cases, else_=followed(what.otherwise))]

    def _connection(
        self, definition: GraphQLField, nodes: list[FieldNode], row: Row, relation: Relation, what: reads.Paged
    ) -> Pieces:
        connection = cast("Connection", relation)
        prefix = self._prefix(nodes[0], definition)

        def evaluate(viewer: Viewer, arguments: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
            request = what.page(viewer, connection, arguments, prefix)
            return request.shape, request.values

        shape = self._ask(prefix, nodes[0], definition, evaluate)
        self.viewer.demand(relation.permission)
        self.by_values |= by_values(connection, shape)
        return self._page(object_of(definition), nodes, row, connection, shape)

    def _page(
        self, kind: GraphQLObjectType, nodes: list[FieldNode], row: Row, connection: Connection, shape: Page
    ) -> Pieces:
        """The page of that shape, for a viewer who may see it."""
        return page(self, row, connection, shape, kind, nodes)

    # Records at places that the arguments name

    def _record_named(self, definition: GraphQLField, nodes: list[FieldNode], row: Row, what: reads.Record) -> Pieces:
        """A record that the arguments identify; it is joined once, however often it is selected."""
        prefix = self._prefix(nodes[0], definition)
        name = f"{prefix}key"

        def evaluate(viewer: Viewer, arguments: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
            key, value = what.find(viewer, **arguments)
            viewer.demand(key.entity.permission)
            return key, {name: value}

        key = self._ask(prefix, nodes[0], definition, evaluate)
        source = row.source
        same = (key, *(_source(argument) for argument in nodes[0].arguments or ()))
        named_row = source.joins.get(same)
        if named_row is None:
            table = alias_of(key.entity.model)
            on = key.conditions(table, bind(name, key.type), sees_all=self.viewer.sees_all)
            source.join(table, and_(*on))
            there = table.c[str(key.entity.key)].is_not(None)
            named_row = source.joins[same] = Row(source, table, key.entity, there)
        return self._where_there(kind_of(definition), named_row, self.record(kind_of(definition), nodes, named_row))

    def _records_named(self, definition: GraphQLField, nodes: list[FieldNode], row: Row, what: reads.Records) -> Pieces:
        """Records of any kinds, in the order in which the arguments name them; null where there is none.

        PostgreSQL finds those of a key all at once, which takes half as long as one after the other, and Python puts
        them in their places.
        """
        prefix = self._prefix(nodes[0], definition)
        name = f"{prefix}places"

        def evaluate(viewer: Viewer, arguments: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
            places = what.places(viewer, arguments)
            values = enumerate(places.values.items())
            arrays = {
                f"{prefix}key{number}": _array(key, some) for number, (key, some) in values if isinstance(key, Key)
            }
            return tuple(places.values), {name: places, **arrays}

        keys = self._ask(prefix, nodes[0], definition, evaluate)
        kind = item_of(kind_of(definition))
        holes: list[Hole | None] = []
        records: Pieces = []
        with self.at(None, nodes, nullable=is_nullable(kind)):
            for number, key in enumerate(keys):
                if isinstance(key, reads.Nowhere):
                    holes.append(Wrong(self._place()))
                elif isinstance(key, reads.CatalogKey):
                    holes.append(OfEntries(self._entry(key, kind, nodes)))
                else:
                    try:
                        self.viewer.demand(key.entity.permission)
                        holes.append(self._group(key, f"{prefix}key{number}", kind, nodes, row, records))
                    except Forbidden as error:
                        holes.append(self._refusal(error))
        return self._hole(self.of_places(name, holes), records)

    def _entry(self, key: reads.CatalogKey, kind: Kind, nodes: list[FieldNode]) -> Callable[[str], bytes]:
        """Writes a catalog's entry, as the object of its own type, by its code."""
        kinds = self._schema.get_possible_types(cast("GraphQLAbstractType", named(kind)))
        writers = [(each.is_type_of, writer(each, nodes, self.selections)) for each in kinds]

        def write(code: str) -> bytes:
            entry = key.catalog.get(code)
            if entry is None:
                return b"null"
            fitting = (write for is_of, write in writers if is_of and is_of(entry, cast("Any", None)))
            return orjson.dumps(next(fitting)(entry, None))

        return write

    def _group(self, key: Key, name: str, kind: Kind, nodes: list[FieldNode], row: Row, records: Pieces) -> Hole | None:
        """Adds to the `records` those whose keys are among the values of that name; see `keyed`. Returns the hole of
        one of them, where they are not there."""
        table = alias_of(key.entity.model)
        source = row.within(table)
        record = self.record(kind, nodes, Row(source, table, key.entity))
        before, value = _beginning(record), table.c[key.column]
        # A hole that stands before the id takes up another length when it is filled.
        is_fixed = not any(mark in piece for piece in before for mark, _ in (INNER, OUTER))
        own = isinstance(key.type, Uuid) and is_fixed and len(before) < len(record) and record[len(before)] is value
        texts = func.string_agg(text.joined([ROW, *record] if own else [ROW, value, ROW, *record]), text.known(""))
        seen = key.conditions(table, any_(bind(name, ARRAY(key.type))), sees_all=self.viewer.sees_all)
        place = str(sum(map(len, before))) if own else ""
        records += [place, source.select(texts).where(*seen).scalar_subquery(), GROUP]
        return None

    def _prefix(self, node: FieldNode, definition: GraphQLField) -> str:
        """The prefix of the names of a field's values. The same arguments have the same values."""
        same = (id(definition), *(_source(argument) for argument in node.arguments or ()))
        return self._prefixes.setdefault(same, f"a{len(self._prefixes)}_")

    def _ask(self, prefix: str, node: FieldNode, definition: GraphQLField, evaluate: Evaluate) -> Any:
        if prefix not in self.shapes:
            ask = self.asks[prefix] = Ask(prefix, self._arguments(definition, node), evaluate)
            self.shapes[prefix], values = ask.decide(self.viewer, self._variables)
            self.values.update(values)
        shape = self.shapes[prefix]
        if shape == DENIED:
            raise Denied(self.asks[prefix].error)
        return shape

    # Rows as they should not be

    def _unknown(self) -> ColumnElement[str]:
        """Stands in a row of an unknown type: the resolvers find out what that means."""
        if self._spoilt_hole is None:
            self._spoilt_hole = text.joined(self._hole(Spoilt()))
        return self._spoilt_hole

    def _spoilt(self) -> ColumnElement[str]:
        """Stands where the field's value is wrong."""
        return self._unknown()

    def _where_there(self, kind: Kind, row: Row, value: Pieces) -> Pieces:
        if row.present is None:
            return value
        return text.where_there(row.present, value, *(() if is_nullable(kind) else (self._spoilt(),)))

    def _leaf(self, kind: Kind, row: Row, name: str) -> Pieces:
        value = row.column(name)
        named_kind, nullable = named(kind), is_nullable(kind)
        if not is_leaf_type(named_kind):
            raise Unplannable(f"{named_kind} is no scalar and has no resolver")
        if (values := enum_values(kind)) is not None and not isinstance(value.type, ARRAY):
            return text.one_of(value, values, nullable, self._spoilt())
        if nullable or row.has(name):
            return text.scalar("ID" if values is not None else named_kind.name, value, nullable)
        return text.scalar(named_kind.name, value, True, self._spoilt())

    # Holes

    def _hole(self, hole: Hole, content: Pieces | None = None) -> Pieces:
        opened, closed = hole.brackets
        self.holes.append(hole)
        return [f"{opened}{len(self.holes) - 1}:", *(content or ()), closed]

    def _detail(self, kind: Kind, row: Row, key: str) -> Pieces:
        value, values = text.member_of(row.column("details"), key), enum_values(kind)
        pieces = text.detail(value, values, is_nullable(kind), self._spoilt())
        if self.details_by_python:
            self._details[id(pieces)] = OfDetail(key, None if values is None else frozenset(values), is_nullable(kind))
        return pieces

    def _coded(self, kind: Kind, nodes: list[FieldNode], row: Row, what: reads.Coded) -> Pieces:
        hole = OfCatalog(what.catalog, writer(kind, nodes, self.selections), is_nullable(kind))
        code = text.as_text(text.written(row.column(what.column)))
        return self._hole(hole, [code])

    def _labelled(self, kind: Kind, row: Row, what: reads.Labelled) -> Pieces:
        value = row.column(what.column)
        if isinstance(value.type, ARRAY):
            hole = OfRow([what.column], {}, what.of_list, lambda labels, _: labels)
            return self._hole(hole, [text.call("json_build_array", value)])
        code = text.member_of(value, what.key) if what.key else text.written(value)
        return self._hole(OfLabel(what.labels, is_nullable(kind)), [text.as_text(code)])

    def _worded(self, kind: Kind, row: Row, what: reads.Worded) -> Pieces:
        value = row.column(what.column)
        hole = OfText(what.text, is_nullable(kind))
        if what.key:
            return self._hole(hole, [text.as_text(text.member_of(value, what.key))])
        return self._hole(hole, text.scalar(what.scalar, value, nullable=True))

    def _filled(self, kind: Kind, nodes: list[FieldNode], row: Row, what: reads.Filled) -> Pieces:
        names = what.read(self.viewer, row.relations)
        write = writer(kind, nodes, self.selections)
        columns = text.call("json_build_array", *(row.column(name) for name in names))
        return self._hole(OfRow(names, what.unseen, what.compute, write), [columns])

    def _in_memory(self, definition: GraphQLField, nodes: list[FieldNode], what: reads.InMemory) -> Pieces:
        prefix = self._prefix(nodes[0], definition)
        name = f"{prefix}arguments"
        self._ask(prefix, nodes[0], definition, lambda _, arguments: ((), {name: arguments}))
        return self._hole(OfArguments(name, what.find, writer(kind_of(definition), nodes, self.selections)))

    def _refusal(self, error: FichaError | str) -> Refused:
        return Refused(error, self._place())

    def _place(self) -> Place:
        """The place of what is being compiled."""
        upwards = enumerate(reversed(self._path))
        rises = next((levels for levels, step in upwards if step.nullable), len(self._path))
        return Place(self._path[-1].nodes, tuple(step.key for step in self._path), rises)


def _beginning(pieces: Pieces) -> list[str]:
    """The texts that they begin with."""
    return [piece for piece in takewhile(lambda piece: isinstance(piece, str), pieces) if isinstance(piece, str)]


def _source(node: Node) -> str:
    """What the node says, the same for nodes that differ in their spaces."""
    source = source_of(node)
    # In texts and behind comments spaces matter.
    return print_ast(node) if '"' in source or "#" in source else " ".join(source.replace(",", " ").split())


def _array(key: Key, values: Sequence[bytes]) -> Any:
    return Ids(values) if key.column == key.entity.key else [value.decode() for value in values]
