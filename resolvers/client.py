"""The client's record."""

from typing import Any

from strawberry import ID, Info

from domain.policy import ClientAction, client_actions
from domain.problem import Rejected
from domain.rfc import Rfc
from errors import BadInput
from loaders.client import ClientEntity, has_own_rfc
from loaders.ids import decode_as
from models.address import AddressKind
from resolvers.context import operation, viewer
from resolvers.relation import orders, page, plain
from schema.enums import Deleted
from schema.inputs import ClientFilter, ClientOrder


def client(info: Info, id: ID | None = None, rfc: str | None = None) -> Any:
    """The client with this id or RFC."""
    if (id is None) == (rfc is None):
        raise BadInput("BAD_USER_INPUT", "Indique id o rfc, uno de los dos.", "id")
    if id is not None:
        return operation(info).record(ClientEntity, decode_as(ClientEntity, id, "id"))
    try:
        key = Rfc.parse(rfc or "")
    except Rejected as error:
        raise error.at("rfc") from None
    if key.is_generic:
        raise BadInput("RFC_GENERIC", "Un RFC genérico es de muchos clientes: use clients con un filtro.", "rfc")
    return operation(info).record_by(ClientEntity, "rfc", str(key), has_own_rfc)


def clients(
    info: Info,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    filter: ClientFilter | None = None,
    order_by: list[ClientOrder] | None = None,
    search: str | None = None,
    deleted: Deleted = Deleted.EXCLUDE,
) -> Any:
    """A page of the company's clients and prospects."""
    conditions: list[dict[str, Any]] = [plain(filter) or {}]
    if deleted is not Deleted.INCLUDE:
        conditions.append({"deleted_at": {"ne" if deleted is Deleted.ONLY else "eq": None}})
    return page(
        "clients",
        None,
        info,
        first=first,
        after=after,
        last=last,
        before=before,
        filter={"and_": conditions},
        order=orders(order_by),
        search=search,
    )


async def fiscal_address(root: Any, info: Info) -> Any:
    """The one fiscal address among the client's addresses."""
    addresses = await operation(info).load(root, "addresses")
    return next((address for address in addresses if address.kind == AddressKind.FISCAL), None)


async def branch_addresses(root: Any, info: Info) -> Any:
    """The client's other addresses."""
    addresses = await operation(info).load(root, "addresses")
    return [address for address in addresses if address.kind == AddressKind.BRANCH]


def available_actions(root: Any, info: Info) -> list[ClientAction]:
    """What the viewer may start from the record now."""
    return client_actions(viewer(info), root)
