"""Records by their global id."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from strawberry import ID, Info

from errors import BadInput
from loaders.deal import DealEntity
from loaders.document import DocumentEntity
from loaders.entity import Entity
from loaders.follow_up import FollowUpEntity
from loaders.ids import read, read_as
from loaders.reads import Found, Places, Record, Records, reads
from loaders.relation import Key
from loaders.sales_document import SalesDocumentEntity
from models.viewer import Viewer
from resolvers.context import operation, viewer

MOST_NODES = 100


def found(info: Info, where: Found) -> Any:
    """The record that is there, if the viewer sees it."""
    key, value = where
    return operation(info).record_by(key, UUID(value) if key.column == "id" else value)


def _record(entity: type[Entity]) -> Any:
    """A resolver: the record of that kind with the given id."""

    def find(_: Viewer, given: Mapping[str, Any]) -> Found:
        return Key(entity), read_as(entity, given["id"], "id")

    @reads(Record(find))
    def resolve(info: Info, id: ID) -> Any:
        return found(info, find(viewer(info), {"id": id}))

    return resolve


deal = _record(DealEntity)
follow_up = _record(FollowUpEntity)
sales_document = _record(SalesDocumentEntity)
document = _record(DocumentEntity)


def find_node(_: Viewer, given: Mapping[str, Any]) -> Found:
    """The record with this id, of whatever kind."""
    entity, id = read(given["id"], "id")
    return Key(entity), id


@reads(Record(find_node))
def node(info: Info, id: ID) -> Any:
    """The record with this id, of whatever kind."""
    return found(info, find_node(viewer(info), {"id": id}))


def _place(id: str) -> Found:
    entity, value = read(id, "ids")
    return Key(entity), value


def find_nodes(_: Viewer, given: Mapping[str, Any]) -> Places:
    """The records with these ids, of whatever kinds."""
    _demand_few(given["ids"])
    return Places.of([_place(id) for id in given["ids"]])


@reads(Records(find_nodes))
async def nodes(info: Info, ids: list[ID]) -> Any:
    """The records with these ids, in their order."""
    _demand_few(ids)

    async def one(id: ID) -> Any:
        return await found(info, _place(id))

    # What goes wrong with one, such as a missing permission, is that one's error.
    return list(await asyncio.gather(*map(one, ids), return_exceptions=True))


def _demand_few(ids: Sequence[object]) -> None:
    if len(ids) > MOST_NODES:
        raise BadInput("PAGE_TOO_LONG", f"A lo más {MOST_NODES} identificadores a la vez.", "ids")
