"""What happened around the record rather than in it: who came in, what they were allowed, what they took out."""

import datetime
from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned
from models.columns import choice
from models.constraints import index, one_of, refers


class AuditEventKind(StrEnum):
    """What is audited."""

    SIGN_IN_REFUSED = "SIGN_IN_REFUSED"
    API_KEY_CREATED = "API_KEY_CREATED"
    API_KEY_USED = "API_KEY_USED"
    API_KEY_REVOKED = "API_KEY_REVOKED"
    ROLE_PERMISSIONS_CHANGED = "ROLE_PERMISSIONS_CHANGED"
    PERSONAL_DATA_EXPORTED = "PERSONAL_DATA_EXPORTED"
    DUPLICATE_DISCLOSED = "DUPLICATE_DISCLOSED"
    COLLABORATOR_UNBOUND = "COLLABORATOR_UNBOUND"
    COMPANY_CREATED = "COMPANY_CREATED"
    COMPANY_CHANGED = "COMPANY_CHANGED"
    COMPANY_SUSPENDED = "COMPANY_SUSPENDED"
    COMPANY_RESUMED = "COMPANY_RESUMED"
    COLLABORATOR_INVITED = "COLLABORATOR_INVITED"
    INVITATION_REVOKED = "INVITATION_REVOKED"
    INVITATION_ACCEPTED = "INVITATION_ACCEPTED"
    COLLABORATOR_CHANGED = "COLLABORATOR_CHANGED"
    COLLABORATOR_SUSPENDED = "COLLABORATOR_SUSPENDED"
    COLLABORATOR_RESUMED = "COLLABORATOR_RESUMED"
    STATEMENT_LINK_CREATED = "STATEMENT_LINK_CREATED"
    STATEMENT_LINK_OPENED = "STATEMENT_LINK_OPENED"
    STATEMENT_LINK_REVOKED = "STATEMENT_LINK_REVOKED"


class AuditEvent(Owned, Base):
    """An event, never changed once written; the application may add and read them, and nothing else."""

    __tablename__ = "audit_event"

    occurred_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
    kind: Mapped[AuditEventKind] = choice(AuditEventKind)
    actor_id: Mapped[UUID | None]
    """The collaborator; null if the credentials belonged to none."""
    api_key_id: Mapped[UUID | None]
    """The key that was used, or that it is about."""
    client_address: Mapped[str | None]
    """The IP address that the request came from."""
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            refers("collaborator", "actor_id"),
            refers("api_key", "api_key_id"),
            index("ix_audit_event_occurred_at", "occurred_at", "id"),
            one_of("kind", AuditEventKind),
            CheckConstraint("jsonb_typeof(details) = 'object'", name="details"),
        )
