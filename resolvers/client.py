"""The client's record."""

import datetime
from collections.abc import Mapping
from typing import Any

from strawberry import ID

from domain.problem import Rejected
from domain.rfc import Rfc
from errors import BadInput
from loaders.client import ClientEntity, has_own_rfc
from loaders.deleted import Deleted
from loaders.ids import read_as
from loaders.reads import Place
from loaders.relation import Key
from models.viewer import Viewer
from resolvers.context import Context
from resolvers.reading import filled, paged, record
from resolvers.relation import listed
from schema.scalars import Rfc as RfcText


def find(_: Viewer, id: ID | None = None, rfc: RfcText | None = None) -> Place:
    """The client with this id or RFC."""
    if (id is None) == (rfc is None):
        raise BadInput("BAD_USER_INPUT", "Indique id o rfc, uno de los dos.", "id")
    if id is not None:
        return Key(ClientEntity), read_as(ClientEntity, id, "id")
    try:
        key = Rfc.parse(str(rfc))
    except Rejected as error:
        raise error.at("rfc") from None
    if key.is_generic:
        raise BadInput("RFC_GENERIC", "Un RFC genérico es de muchos clientes: use clients con un filtro.", "rfc")
    return Key(ClientEntity, "rfc", has_own_rfc), str(key)


client = record(find)


@filled("activity.last_activity_at")
def last_activity_at(_: Context, client: Mapping[str, Any]) -> datetime.datetime | None:
    """When the newest activity was."""
    instant = client["activity.last_activity_at"]
    return datetime.datetime.fromisoformat(instant) if isinstance(instant, str) else instant


def _listed(
    viewer: Viewer,
    filter: Any = None,
    order_by: Any = None,
    search: str | None = None,
    deleted: Deleted = Deleted.EXCLUDE,
) -> Mapping[str, Any]:
    """The company's clients and prospects, without the deleted ones unless `deleted` includes them."""
    arguments = dict(listed(viewer, filter, order_by, search))
    if deleted is not Deleted.INCLUDE:
        shown: dict[str, Any] = {"deleted_at": {"ne" if deleted is Deleted.ONLY else "eq": None}}
        if deleted is Deleted.ONLY:  # of what can be restored
            shown["converted_into_id"] = {"eq": None}
        arguments["filter"] = (arguments["filter"] or {}) | shown
    return arguments


def clients(filter_input: Any, order_input: Any) -> Any:
    """A resolver: a page of the company's clients and prospects."""
    return paged(_listed, filter=filter_input | None, order_by=list[order_input] | None)
