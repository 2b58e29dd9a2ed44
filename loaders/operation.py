"""The dataloaders of one operation, each made from a relation's declaration the first time it is needed."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID

from aiodataloader import DataLoader

from database.effort import TOTALS
from loaders import page
from loaders.deleted import Deleted
from loaders.entity import Entity, Relation
from loaders.paging import PageRequest
from loaders.reader import Reader
from loaders.relation import Computed, Connection, Key, ToOne
from loaders.rows import NOT_LOADED, Row, joinable
from loaders.statement import Statement
from models.viewer import Viewer

Batch = Callable[[list[Any]], Awaitable[list[Any]]]


@dataclass(frozen=True, slots=True)
class Edge:
    """A row and its place in the connection's order."""

    cursor: str
    node: Row


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Where a page lies; on the side that it starts from, rows are taken to be there if it was started by a cursor."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of a connection. `relation` and `parent` say of what, so that it can be counted."""

    relation: Connection
    request: PageRequest
    parent: UUID | None
    edges: Sequence[Edge]
    more: bool
    """Whether there are rows beyond the page, in its direction."""

    @property
    def nodes(self) -> list[Row]:
        """The rows alone."""
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> PageInfo:
        """Where the page lies."""
        beyond, started = self.more, self.request.shape.cursor is not None
        backward = self.request.shape.backward
        return PageInfo(
            has_next_page=started if backward else beyond,
            has_previous_page=beyond if backward else started,
            start_cursor=self.edges[0].cursor if self.edges else None,
            end_cursor=self.edges[-1].cursor if self.edges else None,
        )


class Operation:
    """The reads of one GraphQL operation, or of one event of a subscription, with their cached results. All access to
    rows passes through here, including the check of the entity's permission.

    `selected` are the names of all fields in the operation: a relation that is declared `joined` is joined when its
    field is among them, and fetched by its own dataloader in the rare case that it was not.
    """

    def __init__(self, reader: Reader, viewer: Viewer, selected: frozenset[str]) -> None:
        self.reader = reader
        self.viewer = viewer
        self._selected = selected
        self._loaders: dict[Hashable, DataLoader[Any, Any]] = {}
        self._joined: dict[type[Entity], tuple[ToOne, ...]] = {}
        self._records: dict[tuple[type[Entity], UUID], Row] = {}

    def record(self, entity: type[Entity], id: UUID) -> Awaitable[Row | None]:
        """The record with this id if the viewer sees it, otherwise None, just as if it did not exist."""
        return self.record_by(Key(entity), id)

    def record_by(self, key: Key, value: Any) -> Awaitable[Row | None]:
        """The record whose key has this value, if the viewer sees it."""
        self.viewer.demand(key.entity.permission)
        return self._loader(key, lambda: self._recorded(key)).load(value)

    def load(self, row: Row, name: str, deleted: Deleted | None = None) -> Awaitable[Any] | Any:
        """What the row's relation `name` leads to: a row or None, or a list of rows, of which `deleted` says whether it
        shows deleted ones."""
        relation = row.relations[name] if deleted is None else row.relations[name].showing(deleted)
        self.viewer.demand(relation.permission)
        if relation.joined:
            other = getattr(row, name)
            if other is not NOT_LOADED:
                return other
        key = getattr(row, relation.on)
        if key is None:
            return None
        if isinstance(relation, ToOne) and relation.is_of_any and (record := self._records.get((relation.target, key))):
            return record
        return self._loader(relation, lambda: self._batch(relation)).load(key)

    def computed(self, relation: Computed, parent: UUID, **values: Hashable) -> Awaitable[Any]:
        """What is computed of the parent with these values of its binds."""
        self.viewer.demand(relation.permission)
        return self._loader((relation, *values.items()), lambda: self._batch(relation, values)).load(parent)

    def page(self, relation: Connection, request: PageRequest, parent: UUID | None = None) -> Awaitable[Rows]:
        """A page of the relation's rows: the parent's children, or all for a relation without a parent."""
        self.viewer.demand(relation.permission)

        def make() -> Batch:
            statement = page.page(relation, request.shape, self._joins, sees_all=self.viewer.sees_all)
            return self._pages(relation, request, statement)

        return self._loader((relation, request.key), make).load(parent or _NO_PARENT)

    def count(
        self,
        relation: Connection,
        request: PageRequest,
        parent: UUID | None = None,
        *,
        filtered: bool = True,
        hidden: bool = False,
        exact: bool = False,
    ) -> Awaitable[int] | bool:
        """How many rows the request's pages have altogether; not `filtered`, would have without its filter; or how many
        more (`hidden`) if the viewer might see all kinds. Or whether this is `exact`."""
        self.viewer.demand(relation.permission)
        counted, sees_all = request.counted(filtered=filtered), self.viewer.sees_all
        statement = page.count(relation, counted.shape, sees_all=sees_all, hidden=hidden, exact=exact)
        if statement is None:
            return True
        key = (relation, hidden, exact, counted.key)
        return self._loader(key, lambda: self._counts(statement, counted.values)).load(parent or _NO_PARENT)

    def _loader(self, key: Hashable, make: Callable[[], Batch]) -> DataLoader[Any, Any]:
        loader = self._loaders.get(key)
        if loader is None:
            loader = self._loaders[key] = DataLoader(cast("Any", _counted(make())))
        return loader

    def _joins(self, entity: type[Entity]) -> tuple[ToOne, ...]:
        """The entity's relations to join in this operation."""
        if entity not in self._joined:
            self._joined[entity] = tuple(
                relation
                for relation in joinable(entity)
                if not self._selected.isdisjoint((relation.name, *relation.serves))
            )
        return self._joined[entity]

    def _batch(self, relation: Relation, values: Mapping[str, Any] = MappingProxyType({})) -> Batch:
        statement = relation.batch(self._joins)
        return self._many(statement, values) if relation.many else self._one(statement)

    def _recorded(self, key: Key) -> Batch:
        """Also keeps the records that have a global id, for relations that lead back to them."""
        read = self._one(key.batch(self._joins, sees_all=self.viewer.sees_all))

        async def batch(keys: list[Any]) -> list[Row | None]:
            rows = await read(keys)
            if not key.entity.is_node:
                return rows
            self._records |= {(key.entity, getattr(row, key.entity.key)): row for row in rows if row is not None}
            return rows

        return batch

    def _one(self, statement: Statement) -> Batch:
        async def batch(keys: list[Any]) -> list[Row | None]:
            rows: Mapping[Any, Row] = dict(await self.reader.run(statement, keys=keys))
            return [rows.get(key) for key in keys]

        return batch

    def _many(self, statement: Statement, values: Mapping[str, Any]) -> Batch:
        async def batch(keys: list[Any]) -> list[list[Row]]:
            groups: dict[Any, list[Row]] = {key: [] for key in keys}
            for key, row in await self.reader.run(statement, keys=keys, **values):
                groups[key].append(row)
            return [groups[key] for key in keys]

        return batch

    def _pages(self, relation: Connection, request: PageRequest, statement: Statement) -> Batch:
        async def batch(keys: list[Any]) -> list[Rows]:
            groups: dict[Any, list[Edge]] = {key: [] for key in keys}
            rows = await self.reader.run(statement, **_keys(keys), **request.values)
            for key, cursor, row in rows:
                groups[key or _NO_PARENT].append(Edge(cursor, row))
            return [_cut(relation, request, key, groups[key]) for key in keys]

        return batch

    def _counts(self, statement: Statement, values: Mapping[str, Any]) -> Batch:
        async def batch(keys: list[Any]) -> list[int]:
            counts = {
                key or _NO_PARENT: number for key, number in await self.reader.run(statement, **_keys(keys), **values)
            }
            return [counts.get(key, 0) for key in keys]

        return batch


_NO_PARENT = UUID(int=0)
"""Stands for the missing parent as a dataloader's key."""


def _counted(batch: Batch) -> Batch:
    async def counted(keys: list[Any]) -> list[Any]:
        TOTALS.batches += 1
        TOTALS.keys += len(keys)
        return await batch(keys)

    return counted


def _keys(keys: list[Any]) -> dict[str, list[Any]]:
    return {} if keys == [_NO_PARENT] else {"keys": keys}


def _cut(relation: Connection, request: PageRequest, key: UUID, edges: list[Edge]) -> Rows:
    """The page without the row that only told whether there are more, in the order's own direction."""
    shown = edges[: request.shape.size]
    if request.shape.backward:
        shown.reverse()
    return Rows(relation, request, None if key == _NO_PARENT else key, shown, len(edges) > request.shape.size)
