"""How far a list looks for the rows that pass its filter: it goes through its own order, and ends with an error where
so many rows did not fill the page.

PostgreSQL holds rows against a filter as they come, and could go through all of them. So they are numbered, and the
number is asked before the filter.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, FromClause, and_, case, func, literal_column, select

from loaders.entity import Entity, Query
from loaders.filters import Shape

MOST = 10_000
"""Rows that a filter on the rows themselves looks at."""
MOST_AT_LENGTH = 2_500
"""Rows of a filter that looks at further rows for each, or folds its texts."""
FOLDING = ("contains", "starts_with")
MOST_COUNTED = 5_000
"""Rows of a list of the whole company that are counted, or looked at to count those that pass."""
NUMBER = "look_"
"""The column that numbers them."""


def most_of(entity: type[Entity], filter: Shape, *, search: bool, counted: bool = False) -> int:
    """How many rows a list looks at, or are `counted`."""
    if search or any(_takes_long(entity, *part) for part in _parts(filter)):
        return MOST_AT_LENGTH
    return MOST_COUNTED if counted else MOST


def _takes_long(entity: type[Entity], name: str, tests: Shape) -> bool:
    return name in entity.relations or any(test in FOLDING for test, _ in tests or ())


def _parts(filter: Shape) -> Iterator[tuple[str, Shape]]:
    for name, part in filter or ():
        if name in ("and_", "or_"):
            for item in part or ():
                yield from _parts(item)
        elif name == "not_":
            yield from _parts(part)
        else:
            yield name, part


def numbered(rows: Query) -> FromClause:
    """The rows in their order, each with its number. `offset 0` keeps PostgreSQL from holding them against the filter
    before it numbers them, and from any other order than the one by which it reads the first of them."""
    inner = rows.offset(literal_column("0")).lateral()
    return select(*inner.c, func.row_number().over().label(NUMBER)).select_from(inner).lateral()


def within(rows: FromClause, most: int, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a row passes; the statement ends where it is beyond those that the list looks at."""
    return case((rows.c[NUMBER] > literal_column(str(most)), func.ficha_too_broad()), else_=and_(*conditions))
