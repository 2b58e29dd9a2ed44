"""The rows of a select under construction, and what is joined to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, select, true

from loaders.entity import Entity, Relation
from loaders.page import Parent


@dataclass(slots=True)
class Source:
    """The FROM of a select. Relations to at most one row are joined to it, each once."""

    origin: FromClause
    outer: tuple[FromClause, ...] = ()
    tables: list[FromClause] = field(default_factory=list[FromClause])
    joins: dict[Any, "Row"] = field(default_factory=dict[Any, "Row"])

    def select(self, *columns: Any) -> Select[*tuple[Any, ...]]:
        """Columns of the rows, for the statement that contains them."""
        query = select(*columns).select_from(self.origin)
        return query.correlate(*self.outer) if self.outer else query

    @property
    def enclosing(self) -> tuple[FromClause, ...]:
        """What a subselect may refer to."""
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
    onward: Mapping[str, Relation] = field(default_factory=dict[str, Relation])
    """The relations of computed rows."""

    @classmethod
    def of(
        cls, source: Source, table: FromClause, relation: Relation, present: ColumnElement[bool] | None = None
    ) -> "Row":
        """A row that the relation leads to."""
        return cls(source, table, relation.target, present, relation.relations)

    @property
    def relations(self) -> Mapping[str, Relation]:
        """The relations that lead on from it, by name."""
        return self.entity.relations if self.entity else self.onward

    def column(self, name: str) -> ColumnElement[Any]:
        """A column or derived value; `relation.name` is one of the row that a to-one relation leads to."""
        relation, _, rest = name.partition(".")
        if rest and self.entity:
            return self.joined(self.entity.relations[relation]).column(rest)
        return self.entity.expression(self.table, name) if self.entity else self.table.c[name]

    def has(self, name: str) -> bool:
        """Whether the value is never null: by a constraint, or because PostgreSQL computes it."""
        if self.entity is None:
            return True
        column = self.entity.table.c.get(name)
        return column is not None and not column.nullable

    def within(self, origin: FromClause) -> Source:
        """A select inside the one that the row is of."""
        return Source(origin, self.source.enclosing, [origin])

    def parent(self, relation: Relation) -> Parent:
        """As the parent of a select of the relation's rows within this one."""
        return Parent(self.column(relation.on), self.source.enclosing)

    def joined(self, relation: Relation) -> "Row":
        """The row that a relation to one leads to."""
        row = self.source.joins.get((self, relation))
        if row is None:
            other = relation.linked(self.table, self.column(relation.on))
            # Nothing is computed for a row that is not there.
            there = other.conditions or (true() if self.present is None else self.present,)
            self.source.join(other.table, and_(*there))
            row = Row.of(self.source, other.table, relation, other.present)
            self.source.joins[self, relation] = row
        return row
