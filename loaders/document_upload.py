"""Uploads that are on their way to become documents."""

import models
from loaders.entity import Entity
from loaders.relation import ToOne
from models.viewer import Permission


class DocumentUploadEntity(Entity, model=models.DocumentUpload, prefix="upl", type_name="ClientDocumentUpload"):
    permission = Permission.DOCUMENTS_WRITE

    document = ToOne(models.Document, on="document_id")
