"""Records by their global id."""

import asyncio
from typing import Any

from strawberry import ID, Info

from errors import BadInput
from loaders.deal import DealEntity
from loaders.document import DocumentEntity
from loaders.entity import Entity
from loaders.follow_up import FollowUpEntity
from loaders.ids import decode, decode_as
from loaders.sales_document import SalesDocumentEntity
from resolvers.context import operation

MOST_NODES = 100


def _record(entity: type[Entity]) -> Any:
    """A resolver: the record of that kind with the given id."""

    def resolve(info: Info, id: ID) -> Any:
        return operation(info).record(entity, decode_as(entity, id, "id"))

    return resolve


deal = _record(DealEntity)
follow_up = _record(FollowUpEntity)
sales_document = _record(SalesDocumentEntity)
document = _record(DocumentEntity)


def node(info: Info, id: ID) -> Any:
    """The record with this id, of whatever kind."""
    entity, key = decode(id, "id")
    return operation(info).record(entity, key)


async def nodes(info: Info, ids: list[ID]) -> Any:
    """The records with these ids, in their order."""
    if len(ids) > MOST_NODES:
        raise BadInput("PAGE_TOO_LONG", f"A lo más {MOST_NODES} identificadores a la vez.", "ids")
    return list(await asyncio.gather(*(operation(info).record(*decode(id, "ids")) for id in ids)))
