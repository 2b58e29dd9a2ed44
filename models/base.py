"""The declarative base and the column groups that most tables share.

Every table of a company (tenant) leads its primary key, its unique keys and its indexes with `company_id`, and refers
to other tables by (company_id, id): no row can point into another company, and the tables could be distributed by it.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final, Protocol, cast
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Enum,
    ForeignKeyConstraint,
    FromClause,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    TableClause,
    Text,
    Uuid,
    column,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from models.catalogs import Catalog


class Columns(Protocol):
    """A table's columns by name, or an alias's."""

    def __getitem__(self, name: str, /) -> ColumnElement[Any]: ...


def alias_of(model: "type[Base]") -> FromClause:
    """The table of a mapped class under a name of its own, for a statement that reads it more than once.

    An alias of a `Table` would copy its columns with their keys and listeners, which refer to each other and so stay
    until garbage is collected: seven times the objects that names and types take.
    """
    return _names_and_types(model).alias()


@cache
def _names_and_types(model: "type[Base]") -> TableClause:
    table = model.__table__
    return TableClause(cast("Table", table).name, *(column(each.name, each.type) for each in table.c))


def last_column(constraint: Any, _: Any) -> str:
    """What tells a table's keys apart, as they all begin with the company (and names have at most 63 characters)."""
    return list(constraint.columns)[-1].name


@dataclass(frozen=True, slots=True)
class Limit:
    """A text has 1 to `most` characters (Unicode code points), in one line or in several."""

    most: int
    several_lines: bool = False


def line_of(most: int, **options: Any) -> Any:
    """A column that holds one line of text. The database checks the limit; inputs and their descriptions follow it."""
    info = {"limit": Limit(most), **options.pop("info", {})}
    return mapped_column(info=info, **options)


def text_of(most: int, **options: Any) -> Any:
    """A column that holds text of several lines, otherwise as `line_of`."""
    return mapped_column(info={"limit": Limit(most, several_lines=True)}, **options)


@dataclass(frozen=True, slots=True)
class Range:
    """A number is within these bounds, both included."""

    least: int
    most: int


def number_of(least: int, most: int, **options: Any) -> Any:
    """A column that holds a whole number within bounds, both included; checked and described as `line_of`."""
    return mapped_column(Integer, info={"range": Range(least, most)}, **options)


def limit_of(column: Column[Any]) -> Limit | None:
    """The limit of a text column, if it has one."""
    return column.info.get("limit")


def range_of(column: Column[Any]) -> Range | None:
    """The bounds of a number, if it has some."""
    return column.info.get("range")


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


def to_company() -> ForeignKeyConstraint:
    """The company that owns the row."""
    return ForeignKeyConstraint(["company_id"], ["company.id"])


def refers(table: str, *columns: str, key: Sequence[str] = ("id",), **options: Any) -> ForeignKeyConstraint:
    """A reference to a row of the same company: `columns` here are `key` there."""
    return ForeignKeyConstraint(
        ["company_id", *columns], [f"{table}.company_id", *(f"{table}.{k}" for k in key)], **options
    )


def of_record(table: str, column: str, **options: Any) -> ForeignKeyConstraint:
    """A reference to another row of the same client."""
    return refers(table, "client_id", column, key=("client_id", "id"), **options)


def of_client() -> ForeignKeyConstraint:
    """The client to whose record the row belongs; erasing the client erases the row."""
    return refers("client", "client_id", ondelete="CASCADE")


ALIVE: Final = "deleted_at is null"


def index(name: str, *columns: Any, where: str = "", **options: Any) -> Index:
    """An index by these columns within the company: unique if its name begins with `uq`, of all rows or of those alone
    for which `where` holds."""
    partly = {"postgresql_where": text(where)} if where else {}
    return Index(name, "company_id", *columns, unique=name.startswith("uq_"), **partly, **options)


def trigrams(name: str, words: Any, where: str = "") -> Index:
    """An index by which folded text is found by any part of it."""
    key = words if isinstance(words, str) else words.name
    return index(name, words, where=where, postgresql_using="gin", postgresql_ops={key: "gin_trgm_ops"})


def choice(cls: type[StrEnum], **options: Any) -> Any:
    """A column that holds one of the enum's values, as text with a check; the value is its GraphQL name."""
    # Each name is its value, which is what SQLAlchemy stores.
    kind = Enum(cls, native_enum=False, create_constraint=False, length=40)
    return mapped_column(kind, **options)


def one_of(column: str, cls: type[StrEnum]) -> CheckConstraint:
    """The check that goes with `choice`."""
    return CheckConstraint(f"{column} in ({', '.join(repr(m.value) for m in cls)})", name=column)


def length(column: str, most: int) -> CheckConstraint:
    """The check that goes with `line_of` and `text_of`; null passes."""
    return CheckConstraint(f"char_length({column}) between 1 and {most}", name=f"{column}_length")


def between(column: str, bounds: Range) -> CheckConstraint:
    """The check that goes with `number_of`; null passes."""
    return CheckConstraint(f"{column} between {bounds.least} and {bounds.most}", name=column)


EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+$"
"""What an e-mail address is at least. Inputs are read by `domain.email`."""


def matching(column: str, pattern: str) -> CheckConstraint:
    """The column matches PostgreSQL's pattern; null passes."""
    return CheckConstraint(f"{column} ~ '{pattern}'", name=column)


def one_code(column: str, catalog: Catalog[Any], *, unless: str = "", name: str = "") -> CheckConstraint:
    """The column is a code of the catalog, in force or not, `unless` something else holds; null passes."""
    codes = ", ".join(repr(entry.code) for entry in catalog)
    either = f"{unless} or " if unless else ""
    return CheckConstraint(f"{either}{column} in ({codes})", name=name or column)


def money(**options: Any) -> Any:
    """An amount with two decimals."""
    return mapped_column(Numeric(18, 2), **options)
