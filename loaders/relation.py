"""What leads from the rows of one entity to others: to one, to many, to pages of many, to what is computed.

A relation owns its condition (in filters), its rows (in the joins of both executors) and its batch (a dataloader's
statement).
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cache
from typing import Any, NamedTuple, Self, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Uuid,
    and_,
    any_,
    column,
    exists,
    false,
    func,
    literal_column,
    not_,
    select,
    true,
)
from sqlalchemy.types import TypeEngine

from loaders.deleted import Deleted
from loaders.entity import (
    Columns,
    Conditions,
    Entity,
    Linked,
    Query,
    Relation,
    Where,
    bind,
    entity_of,
    of_company,
)
from loaders.filters import Shape, Splitter, combined, condition, passes, passes_in_cents
from loaders.rows import Joined, Joins, keyed, row_type
from loaders.statement import Statement, compiled
from models.base import Base, alias_of
from models.viewer import Permission

KEYS = bind("keys", ARRAY(Uuid()))
"""The keys of the parents whose rows a batch brings."""


class Key(NamedTuple):
    """What tells the records of a kind apart: a column that is unique in the company, among those for which `where`
    holds."""

    entity: type[Entity]
    column: str = "id"
    where: Where | None = None

    @property
    def type(self) -> TypeEngine[Any]:
        """Of the key's values."""
        return self.entity.table.c[self.column].type

    def conditions(self, table: FromClause, value: ColumnElement[Any], *, sees_all: bool) -> Conditions:
        """What holds for the rows of `table` with this value of the key, or any of them, that the viewer sees."""
        seen = self.entity.conditions(table, where=self.where)
        return (table.c[self.column] == value, *seen, self.entity.sight(table, sees_all=sees_all))

    def batch(self, joins: Joins, *, sees_all: bool) -> Statement:
        """Reads those of many keys: (key, row)."""
        joined = Joined.of(self.entity, joins)

        def make() -> Statement:
            table = self.entity.table
            conditions = self.conditions(table, any_(bind("keys", ARRAY(self.type))), sees_all=sees_all)
            query = joined.select(table, table.c[self.column].label("key_")).where(*conditions)
            return Statement.of(query, keyed(joined.maker()))

        return compiled((self, joined, sees_all), make)


class Link(Relation):
    """A relation to the rows of `target` whose `key` equals `on`, those for which `where` holds. What was deleted is as
    `deleted` says, and can be as a list's argument says instead; without it, nobody asks whether it was."""

    many = True

    def __init__(
        self, target: type[Base], *, on: str, key: str, where: Where | None = None, deleted: Deleted | None = None
    ) -> None:
        self.model = target
        self.on = on
        self.key = key
        self.where = where
        self.deleted = deleted

    def showing(self, deleted: Deleted | None) -> Self:
        """The same relation, with what was deleted as that says."""
        return self if deleted in (None, self.deleted) else cast("Self", _showing(self, deleted))

    @property
    def target(self) -> type[Entity]:
        return entity_of(self.model)

    @property
    def relations(self) -> Mapping[str, Relation]:
        return self.target.relations

    @property
    def permission(self) -> Permission | None:
        """What a viewer needs to see the target's rows."""
        return self.target.permission

    def linked(self, parent: FromClause, on: ColumnElement[Any]) -> Linked:
        del parent
        table = alias_of(self.target.model)
        key = table.c[self.key]
        return Linked(table, self.conditions(table, key == on), self.ordered(table), key.is_not(None))

    def conditions(self, table: FromClause, *links: ColumnElement[bool]) -> Conditions:
        """What holds for the rows of `table` that it leads to, beside the links."""
        conditions = self.target.conditions(table, *links, where=self.where)
        if self.deleted is None or "deleted_at" not in self.target.table.c:
            return conditions
        return (*conditions, self.deleted.of_row(table.c))

    def ordered(self, table: FromClause) -> Sequence[ColumnElement[Any]]:
        """The order of its rows."""
        del table
        return ()

    def split(self, splitter: Splitter, part: Mapping[str, Any], field: str) -> Shape:
        return tuple(
            (quantifier, tree if tree is None else splitter.split(self.target, tree, field))
            for quantifier, tree in part.items()
        )

    def condition(self, source: FromClause, part: Shape) -> ColumnElement[bool]:
        quantified: dict[str, Callable[[Shape], ColumnElement[bool]]] = {
            "some": lambda shape: self._exists(source, shape),
            "none": lambda shape: not_(self._exists(source, shape)),
            "every": lambda shape: not_(self._exists(source, shape, negate=True)),
        }
        return and_(true(), *(quantified[name](shape) for name, shape in part if shape is not None))

    def _exists(self, source: FromClause, shape: Shape, *, negate: bool = False) -> ColumnElement[bool]:
        """Whether it leads to a row for which the shape holds, or does not hold."""
        rows = self.linked(source, source.c[self.on])
        matches = condition(self.target, rows.table, shape)
        test = not_(func.coalesce(matches, false())) if negate else matches
        # `offset 0` has PostgreSQL ask row by row: a list reads a page, and not all rows of both tables for a join.
        one = select(true()).select_from(rows.table).where(*rows.conditions, test)
        return exists(one.offset(literal_column("0")))


@cache
def _showing(relation: Link, deleted: Deleted) -> Link:
    other = copy(relation)
    other.deleted = deleted
    return other


class ToOne(Link):
    """At most one row: the target's `key` equals this row's `on`.

    A joined one travels in its parent's statement, in operations that ask for it or for one of the fields it `serves`.
    """

    many = False

    def __init__(
        self,
        target: type[Base],
        *,
        on: str,
        key: str = "id",
        where: Where | None = None,
        joined: bool = False,
        serves: Sequence[str] = (),
        deleted: Deleted | None = None,
    ) -> None:
        super().__init__(target, on=on, key=key, where=where, deleted=deleted)
        self.joined = joined
        self.serves = serves

    @property
    def is_of_any(self) -> bool:
        """Whether it leads to whichever row has the global id's key, so that one that was read by that is the same."""
        return self.key == self.target.key and self.where is None and self.deleted is None

    def split(self, splitter: Splitter, part: Mapping[str, Any], field: str) -> Shape:
        return splitter.split(self.target, part, field)

    def condition(self, source: FromClause, part: Shape) -> ColumnElement[bool]:
        return self._exists(source, part)

    def batch(self, joins: Joins) -> Statement:
        # The parent vouches for it.
        return Key(self.target, self.key, self.where).batch(joins, sees_all=True)


class ToFirst(ToOne):
    """The first, in order, of the rows whose `key` equals this row's `on`."""

    def __init__(
        self,
        target: type[Base],
        *,
        key: str,
        order: Sequence[str],
        on: str = "id",
        where: Where | None = None,
        deleted: Deleted | None = None,
    ) -> None:
        super().__init__(target, on=on, key=key, where=where, deleted=deleted)
        self.order = (*order, "id")

    def linked(self, parent: FromClause, on: ColumnElement[Any]) -> Linked:
        table = alias_of(self.target.model)
        rows = select(*table.c).where(*self.conditions(table, table.c[self.key] == on))
        first = rows.order_by(*(table.c[name] for name in self.order)).limit(1).correlate(parent).lateral()
        return Linked(first, (), (), first.c["id"].is_not(None))

    def batch(self, joins: Joins) -> Statement:
        joined = Joined.of(self.target, joins)

        def make() -> Statement:
            keys = parents()
            first = self.linked(keys, keys.c["key_"]).table
            query = joined.select(first, keys.c["key_"], source=keys.join(first, true()))
            return Statement.of(query, keyed(joined.maker()))

        return compiled((self, joined), make)


class ToNamed(ToOne):
    """At most one row, whose name is visible to every viewer of this row, whatever permission the target requires."""

    @property
    def permission(self) -> Permission | None:
        return None


class ToMany(Link):
    """All rows whose `key` equals this row's `on`, in order; for the few that a person typed in."""

    def __init__(
        self,
        target: type[Base],
        *,
        key: str,
        on: str = "id",
        order: Sequence[str] = (),
        where: Where | None = None,
        deleted: Deleted | None = None,
    ) -> None:
        super().__init__(target, on=on, key=key, where=where, deleted=deleted)
        self.order = (*order, "id")

    def ordered(self, table: FromClause) -> Sequence[ColumnElement[Any]]:
        return [table.c[name] for name in self.order]

    def batch(self, joins: Joins) -> Statement:
        joined = Joined.of(self.target, joins)

        def make() -> Statement:
            table = self.target.table
            key = table.c[self.key]
            query = joined.select(table, key.label("key_")).where(*self.conditions(table, key == any_(KEYS)))
            return Statement.of(query.order_by(key, *self.ordered(table)), keyed(joined.maker()))

        return compiled((self, joined), make)


class ToManyThrough(ToMany):
    """All rows that rows of `through`, a table or a query, lead to, in order: their `by` names one, their `key` equals
    this row's `on`, and `where` holds for them; `among` holds for the rows that they lead to."""

    def __init__(
        self,
        target: type[Base],
        *,
        through: type[Base] | Callable[[], FromClause],
        by: str,
        key: str,
        where: Where | None = None,
        on: str = "id",
        among: Where | None = None,
        order: Sequence[str] = (),
    ) -> None:
        super().__init__(target, on=on, key="id", order=order, where=among)
        self.through = through
        self.by = by
        self.of = key
        self.holds = where

    def links(self, key: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> tuple[FromClause, Conditions]:
        """The rows between, and what holds for those whose key passes."""
        links = alias_of(self.through) if isinstance(self.through, type) else self.through()
        holds = (self.holds(links.c),) if self.holds else ()
        return links, of_company(links, key(links.c[self.of]), *holds)

    def linked(self, parent: FromClause, on: ColumnElement[Any]) -> Linked:
        table = alias_of(self.target.model)
        links, conditions = self.links(lambda key: key == on)
        ids = select(links.c[self.by]).where(*conditions)
        id = table.c["id"]
        return Linked(
            table, self.conditions(table, id.in_(ids.correlate(parent))), self.ordered(table), id.is_not(None)
        )

    def batch(self, joins: Joins) -> Statement:
        joined = Joined.of(self.target, joins)

        def make() -> Statement:
            table = self.target.table
            links, among = self.links(lambda key: key == any_(KEYS))
            pairs = select(links.c[self.of].label("key_"), links.c[self.by].label("id_")).where(*among)
            pairs = pairs.distinct().subquery()
            conditions = self.conditions(table, table.c["id"] == pairs.c.id_)
            query = joined.select(table, pairs.c["key_"].label("key_")).where(*conditions)
            return Statement.of(query.order_by(pairs.c["key_"], *self.ordered(table)), keyed(joined.maker()))

        return compiled((self, joined), make)


class Connection(Link):
    """Rows that can be many: filtered, searched, ordered and cut into pages by the field's arguments (`loaders.page`).

    Without a `key` it has no parent: all of the company's rows that the viewer sees.
    """

    paged = True

    def __init__(
        self,
        target: type[Base],
        *,
        key: str = "",
        on: str = "id",
        where: Where | None = None,
        deleted: Deleted | None = None,
    ) -> None:
        super().__init__(target, on=on, key=key, where=where, deleted=deleted)

    def conditions(self, table: FromClause, *links: ColumnElement[bool]) -> Conditions:
        conditions = super().conditions(table, *links)
        if self.key or self.deleted is None:
            return conditions
        return (*conditions, self.deleted.of_client(self.target, table))


Amount = Callable[[Columns], ColumnElement[int]]
"""An amount of a row in whole cents, that an index has; `Dated` where it changes with the day."""


class Computed(Relation):
    """Computed rows that no table holds. `statement` selects those of one parent, from the parent's table and key,
    for a lateral join; `columns` names what it selects. With `many` they are a list, in the statement's order;
    otherwise there is exactly one. `relations` lead on from what it selects. Filters read columns `of_row` from the
    parent's row instead, and amounts in whole `cents`, by which lists of the parents begin; of others `places` are as
    those of an entity. What is computed is `within` other amounts: a place, and the amounts there between which all
    rows are that are between two of its own. What is `stated` is in a table that has a row for some parents."""

    def __init__(
        self,
        row_name: str,
        columns: Sequence[str],
        statement: Callable[[FromClause, ColumnElement[Any]], Query],
        *,
        on: str = "id",
        many: bool = False,
        permission: Permission | None = None,
        relations: Mapping[str, Relation] | None = None,
        of_row: Mapping[str, Callable[[Columns], ColumnElement[Any]]] | None = None,
        cents: Mapping[str, Amount] | None = None,
        places: Mapping[str, str] | None = None,
        within: Mapping[str, Callable[[Any, Any], tuple[str, Any, Any]]] | None = None,
        stated: Mapping[str, type[Base]] | None = None,
    ) -> None:
        self.row_name = row_name
        self.columns = tuple(columns)
        self.statement = statement
        self.on = on
        self.many = many
        self._permission = permission
        self._relations = relations or {}
        self.of_row = of_row or {}
        self.cents = cents or {}
        self.places = places or {}
        self.within = within or {}
        self.stated: Mapping[str, type[Base]] = stated or {}

    @property
    def target(self) -> None:
        return None

    @property
    def relations(self) -> Mapping[str, Relation]:
        return self._relations

    @property
    def permission(self) -> Permission | None:
        """As declared."""
        return self._permission

    def linked(self, parent: FromClause, on: ColumnElement[Any]) -> Linked:
        return Linked(self.statement(parent, on).lateral())

    def split(self, splitter: Splitter, part: Mapping[str, Any], field: str) -> Shape:
        def leaf(name: str, tests: Mapping[str, Any], at: str) -> Shape:
            return splitter.tests(self.source, name, tests, at)

        return splitter.combine(part, field, leaf)

    def condition(self, source: FromClause, part: Shape) -> ColumnElement[bool]:
        """Asks each row for what it computes only where the row itself does not tell."""
        rows = self.linked(source, source.c[self.on]).table
        computes = False

        def leaf(name: str, tests: Shape) -> ColumnElement[bool]:
            nonlocal computes
            if name in self.of_row:
                return passes(self.of_row[name](source.c), tests)
            if name in self.cents:
                return passes_in_cents(self.cents[name](source.c), tests)
            computes = True
            return passes(rows.c[name], tests)

        condition = combined(part, leaf)
        return exists().select_from(rows).where(condition) if computes else condition

    def batch(self, joins: Joins) -> Statement:
        del joins

        def make() -> Statement:
            keys = parents()
            rows = self.linked(keys, keys.c["key_"]).table
            columns = [keys.c["key_"], *(rows.c[name] for name in self.columns)]
            query = select(*columns).select_from(keys).join(rows, true())
            return Statement.of(query, keyed(row_type(self.row_name, self.columns, None, self.relations)._make))

        return compiled(self, make)


def parents() -> FromClause:
    """The keys of the parents as rows."""
    return func.unnest(KEYS).table_valued(column("key_", Uuid())).render_derived("parent")
