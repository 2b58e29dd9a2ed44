"""What every record with an id has, and the connections in which records are listed."""

from typing import Any, Generic, TypeVar

import strawberry
from strawberry import ID

from resolvers import relation as answers
from resolvers import shown
from schema.fields import answered, column, shows

T = TypeVar("T")


class OfRow:
    """What rows of the database show, which carry their type's name."""

    @classmethod
    def is_type_of(cls, row: Any, *_: Any) -> bool:
        """Whether the row is of this type."""
        return getattr(row, "typename", None) == cls.__name__


@strawberry.interface(description="A record that can be fetched again by its id.")
class Node(OfRow):
    id: ID = answered(
        answers.global_id,
        "Opaque global id; it never changes.",
    )

    @classmethod
    def resolve_type(cls, row: Any, *_: Any) -> str:
        """The name of the row's type."""
        return row.typename


@strawberry.type(description="Where a page lies in its connection.")
@shows(shown.PageInfo)
class PageInfo:
    has_next_page: bool = column(
        "Whether more follow, when paging forward; paging backward, whether `before` was given."
    )
    has_previous_page: bool = column(
        "Whether more precede, when paging backward; paging forward, whether `after` was given."
    )
    start_cursor: str | None = column("The first cursor of the page; null when it is empty.")
    end_cursor: str | None = column("The last cursor of the page; null when it is empty.")


@strawberry.type(description="A record in a connection, with its place there.")
@shows(shown.Edge)
class Edge(Generic[T]):
    cursor: str = column("The record's place in the connection's order, for `after` and `before`.")
    node: T = column("The record.")


@strawberry.type(description="A page of records.")
@shows(shown.Rows)
class Connection(Generic[T]):
    nodes: list[T] = column("The records of the page.")
    edges: list[Edge[T]] = column("The records of the page with their cursors.")
    page_info: PageInfo = column("Where the page lies.")
    total_count: int = answered(
        answers.total_count,
        "How many records match the filter and the search, on all pages; of lists of the whole company that are longer"
        " than some thousands, at least so many (see `totalCountIsExact`). Counted only when asked for.",
    )
    total_count_is_exact: bool = answered(
        answers.total_count_is_exact,
        "Whether `totalCount` is exact. If not, there are at least so many: write it as “5,000+”.",
    )
