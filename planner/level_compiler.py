"""Compiles an operation to a plan of levels: as `planner.compile`, but what relations lead to is read by batches."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import FieldNode, GraphQLObjectType
from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, column, func

from loaders.entity import Relation, bind
from loaders.page import Page
from loaders.relation import Connection, Key
from loaders.statement import Statement
from models.base import alias_of
from planner import text
from planner.compile import Compiler
from planner.filling import ROW, Hole
from planner.holes import OfPlaces, Refused, Spoilt
from planner.kinds import Kind, is_nullable
from planner.levels import KEYS, Batch, LevelPlan, OfBatch, OfBatches
from planner.marks import Place
from planner.plans import Plan
from planner.results import Place as ResultPlace
from planner.rows import Row, Source
from planner.text import Pieces


class LevelCompiler(Compiler):
    """Compiles one operation for the permissions of one viewer. A fault of a row costs the field that it is about,
    where it is known which that is."""

    of_places = OfBatches
    details_by_python = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._level = 0
        self._levels: list[list[Batch]] = [[]]
        self._fields: dict[Hole, Place] = {}
        self._nowhere = Spoilt()

    def _plan(self, pieces: Pieces, source: Source, places: Sequence[ResultPlace] = ()) -> Plan:
        root = self._read_by(pieces, source)
        return LevelPlan(tuple(self.holes), tuple(places), root, self._levels, self._fields)

    def _followed(self, kind: Kind, nodes: list[FieldNode], row: Row, relation: Relation) -> Pieces:
        def follow(keys: Row) -> Pieces:
            return super(LevelCompiler, self)._followed(kind, nodes, keys, relation)

        on = row.column(relation.on)
        if relation.joined or not isinstance(on.type, Uuid):
            return follow(row)
        alone = b"null" if is_nullable(kind) else self._place()
        return self._batched(row, relation, follow, b"[]" if relation.many else alone)

    def _page(
        self, kind: GraphQLObjectType, nodes: list[FieldNode], row: Row, connection: Connection, shape: Page
    ) -> Pieces:
        def cut(keys: Row) -> Pieces:
            return super(LevelCompiler, self)._page(kind, nodes, keys, connection, shape)

        return self._batched(row, connection, cut, b"null") if connection.key else cut(row)

    def _batched(self, row: Row, relation: Relation, write: Callable[[Row], Pieces], absent: bytes | Place) -> Pieces:
        """A hole for what the relation leads to from the row. It is written of many keys, each of which stands for the
        row that has it."""
        on = row.column(relation.on)
        rows = func.unnest(bind(KEYS, ARRAY(Uuid()))).table_valued(column(relation.on, Uuid())).render_derived("parent")
        source = Source(rows, tables=[rows])
        key = rows.c[relation.on]
        self._level += 1
        pieces = write(Row(source, rows, None))
        hole = OfBatch(self._batch(key, pieces, source), absent)
        self._level -= 1
        return self._hole(hole, [on])

    def _group(self, key: Key, name: str, kind: Kind, nodes: list[FieldNode], row: Row, records: Pieces) -> Hole:
        del row, records
        table = alias_of(key.entity.model)
        source = Source(table, tables=[table])
        record = self.record(kind, nodes, Row(source, table, key.entity))
        seen = key.conditions(table, any_(bind(name, ARRAY(key.type))), sees_all=self.viewer.sees_all)
        return OfBatch(self._batch(table.c[key.column], record, source, *seen))

    # Faults

    def _hole(self, hole: Hole, content: Pieces | None = None) -> Pieces:
        if not isinstance(hole, OfBatch | OfPlaces | Refused) and hole is not self._nowhere:
            self._fields[hole] = self._place()
        return super()._hole(hole, content)

    def _unknown(self) -> ColumnElement[str]:
        return text.joined(self._hole(self._nowhere))

    def _spoilt(self) -> ColumnElement[str]:
        return text.joined(self._hole(Spoilt()))

    def _share(self, holes: Sequence[Hole]) -> None:
        for hole in holes:
            self._fields.pop(hole, None)

    # Batches

    def _batch(self, key: ColumnElement[Any], pieces: Pieces, source: Source, *where: ColumnElement[bool]) -> Batch:
        records = func.string_agg(text.joined([ROW, key, ROW, *pieces]), text.known(""))
        batch = Batch(Statement.of(source.select(records).where(*where), hides=self.hides))
        while len(self._levels) <= self._level:
            self._levels.append([])
        self._levels[self._level].append(batch)
        return batch
