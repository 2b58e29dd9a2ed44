"""The resolvers that most fields share: an id, a relation, a page of a connection."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from strawberry import ID, Info

from loaders.entity import Connection
from loaders.ids import encode
from loaders.operation import Rows
from loaders.paging import page_request
from loaders.reads import Counted, GlobalId, Paged, Related, reads
from loaders.root import ROOT
from loaders.statements import Order
from models.viewer import Viewer
from resolvers.context import operation, viewer
from resolvers.inputs import plain


class OrderDirection(StrEnum):
    """Which way an order runs."""

    ASC = "ASC"
    DESC = "DESC"


@reads(GlobalId())
def global_id(root: Any) -> ID:
    """The record's global id."""
    return ID(encode(root.entity, root.id))


@reads(Related())
def related(root: Any, info: Info) -> Any:
    """What the relation of the field's name leads to."""
    return operation(info).load(root, info.python_name)


def page(parent: Any, info: Info, arguments: Mapping[str, Any]) -> Any:
    """A page of the parent's connection of the field's name, or of the root's where the parent is None."""
    relation: Connection = (ROOT if parent is None else parent.entity.relations)[info.python_name]
    request = page_request(operation(info).viewer, relation, **arguments)
    return operation(info).page(relation, request, None if parent is None else parent.id)


def listed(_: Viewer, given: Mapping[str, Any]) -> dict[str, Any]:
    """The page that a connection's arguments ask for."""
    asked = {name: given.get(name) for name in ("first", "after", "last", "before", "search")}
    return asked | {"filter": plain(given.get("filter")), "order": orders(given.get("order_by"))}


def connected(filter_input: Any, order_input: Any) -> Any:
    """A resolver for the connection of the field's name."""

    @reads(Paged(listed))
    def resolve(
        root: Any,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: Any = None,
        order_by: Any = None,
        search: str | None = None,
    ) -> Any:
        given = {"first": first, "after": after, "last": last, "before": before, "search": search}
        return page(root, info, listed(viewer(info), given | {"filter": filter, "order_by": order_by}))

    resolve.__annotations__ |= {"filter": filter_input | None, "order_by": list[order_input] | None}
    return resolve


def orders(terms: Any) -> tuple[Order, ...]:
    """The terms of an order."""
    return tuple(Order(term.field.value, term.direction.value == "DESC") for term in terms or ())


@reads(Counted())
def total_count(root: Rows, info: Info) -> Any:
    """How many rows the connection has altogether."""
    return operation(info).count(root.relation, root.request, root.parent)
