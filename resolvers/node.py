"""Records by their global id."""

from collections.abc import Sequence
from typing import Any

from strawberry import ID

from errors import BadInput
from loaders.deal import DealEntity
from loaders.document import DocumentEntity
from loaders.entity import Entity
from loaders.follow_up import FollowUpEntity
from loaders.ids import read_as, read_id
from loaders.reads import Place
from loaders.relation import Key
from loaders.sales_document import SalesDocumentEntity
from models.viewer import Viewer
from resolvers.reading import record, records

MOST_NODES = 100


def _record(entity: type[Entity]) -> Any:
    """A resolver: the record of that kind with the given id."""

    def find(_: Viewer, id: ID) -> Place:
        return Key(entity), read_as(entity, id, "id")

    return record(find)


deal = _record(DealEntity)
follow_up = _record(FollowUpEntity)
sales_document = _record(SalesDocumentEntity)
document = _record(DocumentEntity)


def _place(id: str, field: str) -> Place:
    entity, value = read_id(id, field)
    return Key(entity, entity.key), value


@record
def node(_: Viewer, id: ID) -> Place:
    """The record with this id, of whatever kind."""
    return _place(id, "id")


def _demand_few(ids: Sequence[object]) -> None:
    if len(ids) > MOST_NODES:
        raise BadInput("PAGE_TOO_LONG", f"A lo más {MOST_NODES} identificadores a la vez.", "ids")


nodes = records("ids", ID, lambda _, id: _place(id, "ids"), _demand_few)
"""The records with these ids, in their order."""
