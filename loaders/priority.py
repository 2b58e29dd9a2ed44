"""The order of priorities, lowest first."""

from sqlalchemy import ColumnElement, case

from loaders.entity import Columns
from models.deal import Priority


def rank(c: Columns) -> ColumnElement[int]:
    """The priority as a number."""
    return case({priority.value: rank for rank, priority in enumerate(Priority)}, value=c["priority"])
