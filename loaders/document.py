"""The files kept with a client's record."""

from sqlalchemy import ColumnElement

import models
from loaders.entity import Columns, Entity, sort_key
from loaders.facts import facts_of_part
from loaders.ordering import InParts
from loaders.relation import ToMany, ToOne
from models.viewer import Permission


def is_newest(c: Columns) -> ColumnElement[bool]:
    """The newest file of a document."""
    return c["replaced_at"].is_(None)


class DocumentEntity(Entity, model=models.Document, prefix="file", type_name="ClientDocument"):
    permission = Permission.DOCUMENTS_READ
    searched = "document"
    search = lambda c: c["search_text"]  # noqa: E731  # a declaration
    orders = {
        "CREATED_AT": lambda c: c["created_at"],
        "NAME": lambda c: sort_key(c["name"]),
        "SIZE": lambda c: c["size"],
        "EXPIRES_ON": InParts(lambda c: c["expires_on"]),
    }
    orders_of_equals = {"CREATED_AT": ("kind",)}
    orders_beyond = {"NAME": "document_name"}
    places = {"name": "document", "tags": "document_tag"}

    client = ToOne(models.Client, on="client_id")
    uploaded_by = ToOne(models.Collaborator, on="uploaded_by_id", joined=True)
    facts = facts_of_part()
    revisions = ToMany(models.Document, key="series_id", on="series_id", order=("revision",))
