"""Columns of kinds that many tables have."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Enum, Integer, Numeric
from sqlalchemy.orm import mapped_column


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


def choice(cls: type[StrEnum], **options: Any) -> Any:
    """A column that holds one of the enum's values, as text with a check; the value is its GraphQL name."""
    # Each name is its value, which is what SQLAlchemy stores.
    kind = Enum(cls, native_enum=False, create_constraint=False, length=40)
    return mapped_column(kind, **options)


def money(**options: Any) -> Any:
    """An amount with two decimals."""
    return mapped_column(Numeric(18, 2), **options)
