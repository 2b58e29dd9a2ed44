"""Uploads that are on their way to become documents."""

from sqlalchemy import func

import models
from loaders.entity import Derived, Entity, value_of
from loaders.relation import ToOne
from models.viewer import Permission


class DocumentUploadEntity(Entity, model=models.DocumentUpload, prefix="upl", type_name="ClientDocumentUpload"):
    permission = Permission.DOCUMENTS_WRITE
    updated_at = Derived(
        lambda c: func.coalesce(value_of(models.Document, "created_at", c["document_id"]), c["created_at"])
    )

    document = ToOne(models.Document, on="document_id")
