"""The connections that hang from nothing: all of the company's records that the viewer sees."""

import models
from loaders.deleted import Deleted
from loaders.document import is_newest
from loaders.relation import Connection

ROOT = {
    "clients": Connection(models.Client),
    "deals": Connection(models.Deal, deleted=Deleted.EXCLUDE),
    "follow_ups": Connection(models.FollowUp, deleted=Deleted.EXCLUDE),
    "sales_documents": Connection(models.SalesDocument, deleted=Deleted.EXCLUDE),
    "documents": Connection(models.Document, where=is_newest, deleted=Deleted.EXCLUDE),
    "collaborators": Connection(models.Collaborator),
    "invitations": Connection(models.Invitation),
    "api_keys": Connection(models.ApiKey),
    "audit_log": Connection(models.AuditEvent),
}
"""By the name of the query's field."""
