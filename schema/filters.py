"""What filters and orders are made of; a noun's own filter and order are in its noun's file.

A filter's fields are all of them conditions (`and`); `and`, `or` and `not` combine filters; relations are filters of
their own, and `some`, `every` and `none` quantify over lists. An empty filter matches everything.
"""

import datetime
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar

import strawberry
from strawberry import ID

from models.labels import Label
from resolvers.relation import OrderDirection
from schema.enums import describe
from schema.inputs import required, value

T = TypeVar("T")


@strawberry.input(description="Conditions on an id.")
class FichaIdFilter:
    eq: ID | None = value("Is this record.")
    in_: list[ID] | None = value("Is one of these.", name="in")


@strawberry.input(description="Conditions on a text. `contains` and `startsWith` take no account of accents and case.")
class FichaStringFilter:
    eq: str | None = value("Is exactly this; null: has none.")
    ne: str | None = value("Is not this; null: has one.")
    in_: list[str] | None = value("Is one of these.", name="in")
    not_in: list[str] | None = value("Is none of these.")
    contains: str | None = value("Has this in it.")
    starts_with: str | None = value("Begins with this.")


@strawberry.input(description="Conditions on a list of texts.")
class FichaStringListFilter:
    has: str | None = value("Has exactly this among them.")


@strawberry.input(description="Conditions on an instant.")
class FichaDateTimeFilter:
    eq: datetime.datetime | None = value("Is this one; null: has none.")
    ne: datetime.datetime | None = value("Is not this one; null: has one.")
    lt: datetime.datetime | None = value("Is before.")
    lte: datetime.datetime | None = value("Is before or at.")
    gt: datetime.datetime | None = value("Is after.")
    gte: datetime.datetime | None = value("Is at or after.")


@strawberry.input(description="Conditions on a calendar day.")
class FichaDateFilter:
    eq: datetime.date | None = value("Is this one; null: has none.")
    ne: datetime.date | None = value("Is not this one; null: has one.")
    lt: datetime.date | None = value("Is before.")
    lte: datetime.date | None = value("Is before or on.")
    gt: datetime.date | None = value("Is after.")
    gte: datetime.date | None = value("Is on or after.")


@strawberry.input(description="Conditions on an amount.")
class FichaDecimalFilter:
    eq: Decimal | None = value("Equals; null: has none.")
    ne: Decimal | None = value("Does not equal; null: has one.")
    lt: Decimal | None = value("Is less than.")
    lte: Decimal | None = value("Is at most.")
    gt: Decimal | None = value("Is more than.")
    gte: Decimal | None = value("Is at least.")


@strawberry.input(description="Conditions on a whole number.")
class FichaIntFilter:
    eq: int | None = value("Equals; null: has none.")
    ne: int | None = value("Does not equal; null: has one.")
    in_: list[int] | None = value("Is one of these.", name="in")
    lt: int | None = value("Is less than.")
    lte: int | None = value("Is at most.")
    gt: int | None = value("Is more than.")
    gte: int | None = value("Is at least.")


@strawberry.input(description="Conditions on yes or no.")
class FichaBooleanFilter:
    eq: bool | None = value("Is this.")


@strawberry.input(description="Conditions on one of several values.")
class Filter(Generic[T]):
    eq: T | None = value("Is this one; null: has none.")
    ne: T | None = value("Is not this one; null: has one.")
    in_: list[T] | None = value("Is one of these.", name="in")
    not_in: list[T] | None = value("Is none of these.")


@strawberry.input(description="Conditions on the records of a list.")
class ListFilter(Generic[T]):
    some: T | None = value("At least one of them matches.")
    every: T | None = value("All of them match; so does an empty list.")
    none: T | None = value("None of them matches; so does an empty list.")


_COMBINED = (
    ("and_", "list[{}] | None", "and", "All of these must match."),
    ("or_", "list[{}] | None", "or", "At least one of these must match."),
    ("not_", "{} | None", "not", "This must not match."),
)


def filter_input(description: str) -> Callable[[type[T]], type[T]]:
    """Makes a class of conditions a filter: its conditions can be combined by `and`, `or` and `not`."""

    def make(cls: type[T]) -> type[T]:
        own = cls.__annotations__
        cls.__annotations__ = {name: kind.format(cls.__name__) for name, kind, _, _ in _COMBINED} | own
        for name, _, shown, says in _COMBINED:
            setattr(cls, name, value(says, name=shown))
        return strawberry.input(cls, description=description)

    return make


def ordering(name: str, description: str, fields: str, **labels: Label) -> Any:
    """A term of an order, by one of the fields that are labelled: those of the entity's `orders` in `loaders/`. Their
    enum is described by `fields` and has the order's name with `Field`."""
    enum: Any = StrEnum(f"{name}Field", [(key, key) for key in labels])
    keys: Any = describe(enum, fields, None, **labels)
    parts = {
        "field": required("Sort key."),
        "direction": value("Direction.", default=OrderDirection.ASC),
    }
    types: dict[str, Any] = {"field": keys, "direction": OrderDirection}
    return strawberry.input(type(name, (), {"__annotations__": types, **parts}), description=description)
