"""The files kept with a client's record."""

from sqlalchemy import func

import models
from loaders.entity import Entity, ToOne
from models.viewer import Permission


class DocumentEntity(Entity, model=models.Document, prefix="file"):
    permission = Permission.DOCUMENTS_READ
    search = lambda c: c["search_text"]  # noqa: E731  # a declaration
    orders = {
        "CREATED_AT": lambda c: c["created_at"],
        "NAME": lambda c: func.ficha_sort_key(c["name"]),
        "SIZE": lambda c: c["size"],
        "EXPIRES_ON": lambda c: c["expires_on"],
    }

    client = ToOne(models.Client, on="client_id")
    uploaded_by = ToOne(models.Collaborator, on="uploaded_by_id", joined=True)
