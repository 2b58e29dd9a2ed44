"""What most types have: an id, relations, pages of connections with filter, order and search."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from loaders.deleted import Deleted
from loaders.page import Order
from loaders.reads import Counted, GlobalId, Related
from models.viewer import Viewer
from resolvers.inputs import plain
from resolvers.reading import paged, parameter, resolver


class OrderDirection(StrEnum):
    """Which way an order runs."""

    ASC = "ASC"
    DESC = "DESC"


global_id = resolver(GlobalId())
related = resolver(Related())
related_or_deleted = resolver(Related(), [parameter("deleted", Deleted, Deleted.EXCLUDE)])
total_count = resolver(Counted())
total_count_is_exact = resolver(Counted(exact=True))


def listed(_: Viewer, filter: Any = None, order_by: Any = None, search: str | None = None) -> Mapping[str, Any]:
    """The page that a connection's arguments ask for."""
    return {"filter": plain(filter), "order": orders(order_by), "search": search}


def listed_or_deleted(
    viewer: Viewer,
    filter: Any = None,
    order_by: Any = None,
    search: str | None = None,
    deleted: Deleted = Deleted.EXCLUDE,
) -> Mapping[str, Any]:
    """The page that the arguments ask for of records that can be deleted."""
    return {**listed(viewer, filter, order_by, search), "deleted": deleted}


def connected(filter_input: Any, order_input: Any, *, deletable: bool = False) -> Any:
    """A resolver for the connection of the field's name."""
    request = listed_or_deleted if deletable else listed
    return paged(request, filter=filter_input | None, order_by=list[order_input] | None)


@paged
def newest_first(_: Viewer) -> Mapping[str, Any]:
    """A page of the connection of the field's name, the newest records first."""
    return {"order": (Order("CREATED_AT", descending=True),)}


def orders(terms: Any) -> tuple[Order, ...]:
    """The terms of an order."""
    return tuple(Order(term.field.value, term.direction.value == "DESC") for term in terms or ())
