"""The connections that hang from nothing: all of the company's records that the viewer sees."""

import models
from loaders.document import current
from loaders.entity import alive
from loaders.relation import Connection

ROOT = {
    "clients": Connection(models.Client),
    "deals": Connection(models.Deal, where=alive),
    "follow_ups": Connection(models.FollowUp, where=alive),
    "sales_documents": Connection(models.SalesDocument),
    "documents": Connection(models.Document, where=current),
    "collaborators": Connection(models.Collaborator),
    "invitations": Connection(models.Invitation),
    "api_keys": Connection(models.ApiKey),
    "audit_log": Connection(models.AuditEvent),
}
"""By the name of the query's field."""
