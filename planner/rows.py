"""The rows of a select under construction, and what is joined to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, select, true

from loaders.entity import COMPANY, Computed, Entity, Relation, ToOne
from loaders.statements import company_key, conditions


@dataclass(slots=True)
class Source:
    """What a select is from. Whatever leads to at most one row is joined to it, each once."""

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

    def join(self, table: FromClause, on: ColumnElement[bool]) -> None:
        """Joins at most one row to each."""
        self.origin = self.origin.outerjoin(table, on)
        self.tables.append(table)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row that fields are read from: of an entity, or of what was computed."""

    source: Source
    table: FromClause
    entity: type[Entity] | None
    present: ColumnElement[bool] | None = None
    """Whether there is a row; None where there always is."""
    computed: Computed | None = None
    """What it was computed by, where it is of no entity."""

    @property
    def relations(self) -> Mapping[str, Relation]:
        """What leads on from it."""
        of = self.entity or self.computed
        return of.relations if of else {}

    def column(self, name: str) -> ColumnElement[Any]:
        """A column or derived value; `relation.name` is one of the row that a to-one relation leads to."""
        relation, _, rest = name.partition(".")
        if rest and self.entity:
            return self.joined(self.entity.relations[relation]).column(rest)
        return self.entity.expression(self.table, name) if self.entity else self.table.c[name]

    def within(self, origin: FromClause) -> Source:
        """A select inside the one that the row is of."""
        return Source(origin, self.source.enclosing, [origin])

    def joined(self, relation: Any) -> "Row":
        """The row that a relation to one leads to."""
        found = self.source.joins.get((self, relation))
        if found is None:
            found = self._computed(relation) if isinstance(relation, Computed) else self._linked(relation)
            self.source.joins[self, relation] = found
        return found

    def _linked(self, relation: ToOne) -> "Row":
        entity = relation.target
        table = entity.table.alias()
        link = table.c[relation.key] == self.column(relation.on)
        on = and_(table.c[company_key(entity)] == COMPANY, link, *conditions(entity, table, relation.where))
        self.source.join(table, on)
        return Row(self.source, table, entity, table.c[relation.key].is_not(None))

    def _computed(self, relation: Computed) -> "Row":
        table = relation.statement(self.table, self.column(relation.on)).lateral()
        # Nothing is computed for a row that is not there.
        self.source.join(table, true() if self.present is None else self.present)
        return Row(self.source, table, None, computed=relation)
