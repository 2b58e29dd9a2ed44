"""The client's record."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from strawberry import ID, Info

from domain.problem import Rejected
from domain.rfc import Rfc
from errors import BadInput
from loaders.client import ClientEntity, has_own_rfc
from loaders.ids import read_as
from loaders.reads import Found, Key, Paged, Record, reads
from models.viewer import Viewer
from resolvers.context import viewer
from resolvers.node import found
from resolvers.relation import listed, page
from schema.scalars import Rfc as RfcText


class Deleted(StrEnum):
    """Whether a list shows what was deleted."""

    EXCLUDE = "EXCLUDE"
    INCLUDE = "INCLUDE"
    ONLY = "ONLY"


def find(_: Viewer, given: Mapping[str, Any]) -> Found:
    """The client with this id or RFC."""
    id, rfc = given.get("id"), given.get("rfc")
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


@reads(Record(find))
def client(info: Info, id: ID | None = None, rfc: RfcText | None = None) -> Any:
    """The client with this id or RFC."""
    return found(info, find(viewer(info), {"id": id, "rfc": rfc}))


def asked(viewer: Viewer, given: Mapping[str, Any]) -> dict[str, Any]:
    """The page that the arguments ask for, without the deleted ones unless they are wanted."""
    arguments = listed(viewer, given)
    deleted = given.get("deleted", Deleted.EXCLUDE)
    if deleted is not Deleted.INCLUDE:
        kept = {"deleted_at": {"ne" if deleted is Deleted.ONLY else "eq": None}}
        arguments["filter"] = (arguments["filter"] or {}) | kept
    return arguments


def clients(filter_input: Any, order_input: Any) -> Any:
    """A resolver: a page of the company's clients and prospects."""

    @reads(Paged(asked))
    def resolve(
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: Any = None,
        order_by: Any = None,
        search: str | None = None,
        deleted: Deleted = Deleted.EXCLUDE,
    ) -> Any:
        given = {"first": first, "after": after, "last": last, "before": before, "search": search, "deleted": deleted}
        return page(None, info, asked(viewer(info), given | {"filter": filter, "order_by": order_by}))

    resolve.__annotations__ |= {"filter": filter_input | None, "order_by": list[order_input] | None}
    return resolve
