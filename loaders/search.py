"""Records of every kind that have the words of one search.

`ficha_search` finds them, because statements below row-level security cannot use trigram indexes. It reads only rows of
the company and of clients that the viewer sees; the permission of each kind is asked here.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, REAL, Integer, Text, Uuid, column, func, select
from sqlalchemy.types import TypeEngine

from loaders.client import ClientEntity
from loaders.collaborator import CollaboratorEntity
from loaders.contact import ContactEntity
from loaders.deal import DealEntity
from loaders.document import DocumentEntity
from loaders.entity import SEES_ALL, VIEWER, Entity, bind
from loaders.follow_up import FollowUpEntity
from loaders.sales_document import SalesDocumentEntity
from loaders.statement import Statement, compiled
from models.viewer import Viewer


class SearchKind(StrEnum):
    """What a search finds."""

    CLIENT = "CLIENT"
    CONTACT = "CONTACT"
    DEAL = "DEAL"
    FOLLOW_UP = "FOLLOW_UP"
    SALES_DOCUMENT = "SALES_DOCUMENT"
    DOCUMENT = "DOCUMENT"
    COLLABORATOR = "COLLABORATOR"


ENTITIES: Mapping[SearchKind, type[Entity]] = {
    SearchKind.CLIENT: ClientEntity,
    SearchKind.CONTACT: ContactEntity,
    SearchKind.DEAL: DealEntity,
    SearchKind.FOLLOW_UP: FollowUpEntity,
    SearchKind.SALES_DOCUMENT: SalesDocumentEntity,
    SearchKind.DOCUMENT: DocumentEntity,
    SearchKind.COLLABORATOR: CollaboratorEntity,
}
"""The records of each kind. Among records that match alike, kinds come in this order."""


class Match(NamedTuple):
    """A record that matches: of which kind, its id, its title, and which of its values matches."""

    kind: str
    id: UUID
    title: str
    matched: str


def readable_kinds(viewer: Viewer, kinds: Iterable[SearchKind] | None) -> Sequence[SearchKind]:
    """The kinds that are searched: those that the viewer asks for, or all that the viewer may read. Forbidden if the
    viewer asks for one that it may not read."""
    if kinds is None:
        return [kind for kind, entity in ENTITIES.items() if entity.permission in (None, *viewer.permissions)]
    requested = list(dict.fromkeys(kinds))
    for kind in requested:
        viewer.demand(ENTITIES[kind].permission)
    return requested


def matches() -> Statement:
    """The records that match, best first, at most `most`: binds are `query`, `kinds` and `most`."""

    def make() -> Statement:
        names: dict[str, TypeEngine[Any]] = {
            "kind": Text(), "id": Uuid(), "title": Text(), "matched": Text(), "rank": REAL(),
        }  # fmt: skip
        hits = (
            func.ficha_search(bind("query", Text()), bind("kinds", ARRAY(Text())), VIEWER, SEES_ALL)
            .table_valued(*(column(name, type_) for name, type_ in names.items()))
            .alias("hit")
        )
        place = func.array_position(bind("order", ARRAY(Text())), hits.c.kind)
        query = (
            select(*(hits.c[name] for name in Match._fields))
            .order_by(hits.c.rank.desc(), place, hits.c.title, hits.c.id)
            .limit(bind("most", Integer()))
        )
        return Statement.of(query, Match._make)

    return compiled("search", make)
