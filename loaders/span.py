"""Which rows last into a span of time: they begin before it ends, and end after it began or lie in it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, DateTime, FromClause, and_, func, literal_column, or_, select

from loaders.entity import bind, of_company
from models.base import Base, alias_of


class Span:
    """A condition of filters: that a row, which lasts from one column's instant to another's, lasts into the span from
    the instant `since` to just before `until`. What ends in the instant in which the span begins does not, unless it
    begins there as well.

    Rows are found by where they begin, in the span or at most the interval `long` before it; only where one that lasts
    longer reaches into the span, from there on. The table has an index on (company, end, beginning) of those.
    """

    permission = None
    """It asks for none beside that of the rows."""

    def __init__(self, model: type[Base], begin: str, end: str, *, long: str) -> None:
        self._model = model
        self.on = begin
        self._end = end
        self._long: ColumnElement[Any] = literal_column(f"interval '{long}'")

    def split(self, splitter: Any, part: Mapping[str, Any], field: str) -> Any:
        """The shape of the condition."""
        del field
        return tuple((name, splitter.instant(part[name])) for name in ("since", "until"))

    def condition(self, source: FromClause, part: Any) -> ColumnElement[bool]:
        """The SQL of that shape, for rows of `source`."""
        since, until = (bind(value.name, DateTime(timezone=True)) for _, value in part)
        begin, end = source.c[self.on], source.c[self._end]
        other = alias_of(self._model)
        others_begin, others_end = other.c[self.on], other.c[self._end]
        unfinished = of_company(other, others_end - others_begin > self._long, others_end > since)
        # A filter, lest PostgreSQL look for the least one in an index of all rows. It asks once, and reads the page in
        # order from there on.
        running = func.min(others_begin).filter(others_begin < since)
        earliest = select(running).where(*unfinished).scalar_subquery()
        return and_(begin < until, begin >= func.least(since - self._long, earliest), or_(begin >= since, end > since))
