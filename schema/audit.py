"""The audit log."""

import datetime

import strawberry

from resolvers import audit as answers
from schema.api_key import ApiKey
from schema.collaborator import Collaborator
from schema.enums import AuditEventKind
from schema.fields import answered, column, related
from schema.node import Node


@strawberry.type(description="Something about who came in, what they were allowed, what they took out (bitácora).")
class AuditEvent(Node):
    kind: AuditEventKind = column("What happened.")
    occurred_at: datetime.datetime = column("When.")
    actor: Collaborator | None = related("The collaborator; null where the credentials stood for none.")
    api_key: ApiKey | None = related("The key that was used, or that it is about.")
    client_address: str | None = column("The IP address that the request came from, where it was kept.")
    details: str = answered(answers.details, "What else there is to say, a JSON object as text.")
