"""Records by their global id."""

import asyncio
from typing import Any

from strawberry import ID, Info

from errors import BadInput
from loaders.deal import deal as deal_entity
from loaders.document import document as document_entity
from loaders.entity import Entity
from loaders.follow_up import follow_up as follow_up_entity
from loaders.ids import decode, decode_as
from loaders.sales_document import sales_document as sales_document_entity
from resolvers.context import operation

MOST_NODES = 100


def _record(entity: type[Entity]) -> Any:
    """A resolver: the record of that kind with the given id."""

    def resolve(info: Info, id: ID) -> Any:
        return operation(info).record(entity, decode_as(entity, id, "id"))

    return resolve


deal = _record(deal_entity)
follow_up = _record(follow_up_entity)
sales_document = _record(sales_document_entity)
document = _record(document_entity)


def node(info: Info, id: ID) -> Any:
    """The record with this id, of whatever kind."""
    entity, key = decode(id, "id")
    return operation(info).record(entity, key)


async def nodes(info: Info, ids: list[ID]) -> Any:
    """The records with these ids, in their order."""
    if len(ids) > MOST_NODES:
        raise BadInput("PAGE_TOO_LONG", f"A lo más {MOST_NODES} identificadores a la vez.", "ids")
    return list(await asyncio.gather(*(operation(info).record(*decode(id, "ids")) for id in ids)))
