"""Orders of lists that may be long, by what many rows have in common or some rows lack. Such a list is read in parts,
each of which an index answers: see `loaders.page`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, collate, column, func, literal_column, select, values

from loaders.entity import Columns, Query, of_company
from models.base import Base, alias_of
from models.viewer import Permission


class InParts:
    """An order by a value that a row may lack and an index (company, value, id) has: the rows with it, then those
    without."""

    def __init__(self, value: Callable[[Columns], ColumnElement[Any]]) -> None:
        self._value = value

    def __call__(self, c: Columns) -> ColumnElement[Any]:
        """What a row is ordered by."""
        return self._value(c)


class Newest(InParts):
    """An order by the newest instant of several columns, of those that the viewer sees: each needs a permission. An
    index has the newest of all, and others that of what many see."""

    def __init__(self, columns: Mapping[Permission, str]) -> None:
        super().__init__(self.seen)
        self.columns = columns

    def seen(self, c: Columns, hidden: Collection[Permission] = ()) -> ColumnElement[Any]:
        """The newest, without those that need a hidden permission; null where there is none."""
        columns = [c[column] for permission, column in self.columns.items() if permission not in hidden]
        return columns[0] if len(columns) == 1 else func.greatest(*columns, type_=columns[0].type)


def rank(on: str, choices: type[StrEnum]) -> Callable[[Columns], ColumnElement[int]]:
    """An order by one of an enum's values, as the enum declares them: see `models.constraints.ranked_by`."""
    places = {each.value: place for place, each in enumerate(choices)}
    return lambda c: case(places, value=c[on])


class Stepwise(InParts, ABC):
    """An order by the place of one of few values of the column `on`, which an index (company, column, id) has: the rows
    of one value after those of another. A place is a text, and of one value."""

    def __init__(self, on: str, *, are_many: bool = False) -> None:
        super().__init__(self.place)
        self.on = on
        self.are_many = are_many
        """Whether the values may be so many that a list goes through some of them and no further: see `bounds`."""

    @abstractmethod
    def place(self, c: Columns) -> ColumnElement[str]:
        """The place of a row's value; null for a row without one."""

    @abstractmethod
    def steps(self) -> Query:
        """The values (`key_`), each with its `place_`."""


class ByChoice(Stepwise):
    """By one of an enum's values, in the order of their names."""

    def __init__(self, on: str, choices: type[StrEnum]) -> None:
        super().__init__(on)
        self._choices = choices

    def place(self, c: Columns) -> ColumnElement[str]:
        return collate(cast(c[self.on], Text()), "C")

    def steps(self) -> Query:
        names = values(column("key_", Text()), name="choice").data([(each.value,) for each in self._choices])
        return select(names.c["key_"], collate(names.c["key_"], "C").label("place_"))


class ByRow(Stepwise):
    """By the row that the column leads to: by the text that `order` makes of it, and where that is the same, by its id.
    Where they `are_many`, an index has them in that order."""

    def __init__(
        self, on: str, model: type[Base], order: Callable[[Columns], ColumnElement[str]], *, are_many: bool = False
    ) -> None:
        super().__init__(on, are_many=are_many)
        self._model = model
        self._order = order

    def place(self, c: Columns) -> ColumnElement[str]:
        row = alias_of(self._model)
        return select(self._place(row.c)).where(*of_company(row, row.c["id"] == c[self.on])).scalar_subquery()

    def steps(self) -> Query:
        row = alias_of(self._model)
        place = self._place(row.c).label("place_")
        return select(row.c["id"].label("key_"), place).where(*of_company(row))

    def _place(self, c: Columns) -> ColumnElement[str]:
        # What comes before every other character, so that "Ana" comes before "Ana B".
        return collate(self._order(c) + literal_column("chr(1)", Text()) + cast(c["id"], Text()), "C")
