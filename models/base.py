"""The declarative base and the column groups that most tables share.

Every table of a company (tenant) leads its primary key, its unique keys and its indexes with `company_id`, and refers
to other tables by (company_id, id): no row can point into another company, and the tables could be distributed by it.
"""

import datetime
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import (
    Alias,
    CheckConstraint,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    TableClause,
    Text,
    Uuid,
    column,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from models.columns import limit_of, range_of
from models.constraints import between, length, to_company


class Columns(Protocol):
    """A table's columns by name, or an alias's."""

    def __getitem__(self, name: str, /) -> ColumnElement[Any]: ...

    def __contains__(self, name: str, /) -> bool: ...


def same_client(company: Any, one: Columns, other: Columns) -> Sequence[ColumnElement[bool]]:
    """The row `one` is of the company, and part of the record of the same client as the other. The company is stated
    anew of each row: where companies are on several servers, it tells which one."""
    return one["company_id"] == company, one["client_id"] == other["client_id"]


def alias_of(model: "type[Base]") -> FromClause:
    """The table of a mapped class under a name of its own, for a statement that reads it more than once.

    An alias of a `Table` would copy its columns with their keys and listeners, which refer to each other and so stay
    until garbage is collected: seven times the objects that names and types take. Of these, a statement reads few.
    """
    return _Alias._construct(_names_and_types(model))  # pyright: ignore[reportPrivateUsage]  # as `alias` does


@cache
def _names_and_types(model: "type[Base]") -> TableClause:
    table = model.__table__
    return TableClause(cast("Table", table).name, *(column(each.name, each.type) for each in table.c))


class _Alias(Alias):
    """An alias that makes its columns when they are read."""

    inherit_cache = True

    @cached_property
    def c(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]  # which SQLAlchemy remembers likewise
        return _ColumnsOf(self)


class _ColumnsOf:
    """The columns of an alias, as SQLAlchemy's own collections have them."""

    def __init__(self, table: _Alias) -> None:
        self._table = table
        self._types = cast("TableClause", table.element).c
        self._read: dict[str, ColumnElement[Any]] = {}

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        read = self._read.get(name)
        if read is None:
            read = self._read[name] = column(name, self._types[name].type, _selectable=self._table)
        return read

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def __contains__(self, name: str) -> bool:
        return name in self._types

    def __iter__(self) -> Iterator[ColumnElement[Any]]:
        return (self[each.name] for each in self._types)

    def items(self) -> Iterator[tuple[str, ColumnElement[Any]]]:
        """The columns with their names."""
        return ((each.name, self[each.name]) for each in self._types)


def last_column(constraint: Any, _: Any) -> str:
    """What tells a table's keys apart, as they all begin with the company (and names have at most 63 characters)."""
    return list(constraint.columns)[-1].name


class Base(DeclarativeBase):
    """Maps Python types to PostgreSQL's; names constraints the same way everywhere."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(last)s",
            "last": last_column,
            "uq": "uq_%(table_name)s_%(last)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(last)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        str: Text(),
        UUID: Uuid(),
        datetime.datetime: DateTime(timezone=True),
        datetime.date: Date(),
    }

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cast("Table", cls.__table__)
        for each in table.columns:
            if limit := limit_of(each):
                table.append_constraint(length(each.name, limit.most))
            if bounds := range_of(each):
                table.append_constraint(between(each.name, bounds))
            elif each.name == "position" and isinstance(each.type, Integer):
                table.append_constraint(CheckConstraint("position >= 0", name="position"))
            elif each.name == "version":
                table.append_constraint(CheckConstraint("version > 0", name="version"))


class Owned:
    """A row that belongs to a company. The id is a UUIDv7 and unique within the company."""

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        return (*cls.constraints(), PrimaryKeyConstraint("company_id", "id"), to_company())

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        """The table's own keys, checks and indexes."""
        return ()

    company_id: Mapped[UUID] = mapped_column(sort_order=-20)
    id: Mapped[UUID] = mapped_column(sort_order=-19)


class Versioned:
    """A row that people edit: `version` counts its writes, from 1, for optimistic locking (`expectedVersion`)."""

    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), sort_order=90)
    created_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"), sort_order=91)
    updated_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"), sort_order=92)


class SoftDeleted:
    """A row that can be deleted and restored; `deleted_at` is when it was deleted."""

    deleted_at: Mapped[datetime.datetime | None] = mapped_column(sort_order=95)
