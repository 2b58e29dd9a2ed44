"""The history of a client (historial): what happened, when, and who did it."""

import datetime
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from errors import DeclarationError
from models.base import Base, Owned, choice, of_client, one_of, refers
from models.viewer import Permission


class HistoryEventKind(StrEnum):
    """What can happen to a client's record."""

    CLIENT_CREATED = "CLIENT_CREATED"
    PROSPECT_CONVERTED = "PROSPECT_CONVERTED"
    SALES_DOCUMENT_ISSUED = "SALES_DOCUMENT_ISSUED"
    SALES_DOCUMENT_CONVERTED = "SALES_DOCUMENT_CONVERTED"
    SALES_DOCUMENT_STATE_CHANGED = "SALES_DOCUMENT_STATE_CHANGED"
    SALES_DOCUMENT_CHANGED = "SALES_DOCUMENT_CHANGED"
    SALES_DOCUMENT_PAYMENT_REGISTERED = "SALES_DOCUMENT_PAYMENT_REGISTERED"
    SALES_DOCUMENT_PAYMENT_REVERSED = "SALES_DOCUMENT_PAYMENT_REVERSED"
    DEAL_CREATED = "DEAL_CREATED"
    DEAL_WON = "DEAL_WON"
    DEAL_LOST = "DEAL_LOST"
    DEAL_CLOSED = "DEAL_CLOSED"
    DEAL_REOPENED = "DEAL_REOPENED"
    CLIENT_CHANGED = "CLIENT_CHANGED"
    CONTACT_CHANGED = "CONTACT_CHANGED"
    ADDRESS_CHANGED = "ADDRESS_CHANGED"
    CFDI_PROFILE_CHANGED = "CFDI_PROFILE_CHANGED"
    BANK_ACCOUNT_CHANGED = "BANK_ACCOUNT_CHANGED"
    RECEIVABLE_TERMS_CHANGED = "RECEIVABLE_TERMS_CHANGED"
    PAYMENT_REMINDERS_CHANGED = "PAYMENT_REMINDERS_CHANGED"
    DEAL_CHANGED = "DEAL_CHANGED"
    FOLLOW_UP_CHANGED = "FOLLOW_UP_CHANGED"
    DOCUMENT_CHANGED = "DOCUMENT_CHANGED"


class Change(StrEnum):
    """What was done to a record of which one of the `_CHANGED` kinds tells."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    RESTORED = "RESTORED"
    REORDERED = "REORDERED"


KIND_PERMISSIONS: Final[Mapping[HistoryEventKind, frozenset[Permission]]] = {
    HistoryEventKind.CLIENT_CREATED: frozenset({Permission.CLIENTS_READ}),
    HistoryEventKind.PROSPECT_CONVERTED: frozenset({Permission.CLIENTS_READ}),
    HistoryEventKind.SALES_DOCUMENT_ISSUED: frozenset({Permission.SALES_READ}),
    HistoryEventKind.SALES_DOCUMENT_CONVERTED: frozenset({Permission.SALES_READ}),
    HistoryEventKind.SALES_DOCUMENT_STATE_CHANGED: frozenset({Permission.SALES_READ}),
    HistoryEventKind.SALES_DOCUMENT_CHANGED: frozenset({Permission.SALES_READ}),
    HistoryEventKind.SALES_DOCUMENT_PAYMENT_REGISTERED: frozenset({Permission.SALES_READ}),
    HistoryEventKind.SALES_DOCUMENT_PAYMENT_REVERSED: frozenset({Permission.SALES_READ}),
    HistoryEventKind.DEAL_CREATED: frozenset({Permission.DEALS_READ}),
    HistoryEventKind.DEAL_WON: frozenset({Permission.DEALS_READ}),
    HistoryEventKind.DEAL_LOST: frozenset({Permission.DEALS_READ}),
    HistoryEventKind.DEAL_CLOSED: frozenset({Permission.DEALS_READ}),
    HistoryEventKind.DEAL_REOPENED: frozenset({Permission.DEALS_READ}),
    HistoryEventKind.CLIENT_CHANGED: frozenset({Permission.CLIENTS_READ}),
    HistoryEventKind.CONTACT_CHANGED: frozenset({Permission.CLIENTS_READ}),
    HistoryEventKind.ADDRESS_CHANGED: frozenset({Permission.CLIENTS_READ}),
    HistoryEventKind.CFDI_PROFILE_CHANGED: frozenset({Permission.CLIENTS_READ}),
    HistoryEventKind.BANK_ACCOUNT_CHANGED: frozenset({Permission.CLIENTS_READ}),
    HistoryEventKind.RECEIVABLE_TERMS_CHANGED: frozenset({Permission.BILLING_READ}),
    HistoryEventKind.PAYMENT_REMINDERS_CHANGED: frozenset({Permission.BILLING_READ, Permission.CLIENTS_READ}),
    HistoryEventKind.DEAL_CHANGED: frozenset({Permission.DEALS_READ}),
    HistoryEventKind.FOLLOW_UP_CHANGED: frozenset({Permission.FOLLOW_UPS_READ}),
    HistoryEventKind.DOCUMENT_CHANGED: frozenset({Permission.DOCUMENTS_READ}),
}
"""What one needs to see an event of the kind, beside the permission to read history: those of the records it is
about. The client's reminders name the client and its contacts."""

if _undeclared := set(HistoryEventKind) - set(KIND_PERMISSIONS):
    raise DeclarationError(
        f"history kind {min(_undeclared)} does not say who may see it: add it to KIND_PERMISSIONS in models/history.py"
    )

CHANGE_PERMISSIONS: Final[Mapping[str, Permission]] = {"deal_id": Permission.DEALS_READ}
"""What one needs, beside that, to see a change of a field that refers to a record of another kind: by the field's name
in `details["changes"]`, which holds that record's name."""


class HistoryEvent(Owned, Base):
    """An event, never changed once written. `details` holds the values as they were then, so that a folio or an
    estimated value read years later is the one of that day; the ids lead to the records as they are now."""

    __tablename__ = "history_event"

    client_id: Mapped[UUID]
    occurred_at: Mapped[datetime.datetime]
    """When it happened, which may be before it was recorded."""
    kind: Mapped[HistoryEventKind] = choice(HistoryEventKind)
    actor_id: Mapped[UUID | None]
    """Who did it; null when the system did."""
    api_key_id: Mapped[UUID | None]
    """The key that did it in their name; null when they did it themselves."""
    as_prospect: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether the record was a prospect at the time."""
    deal_id: Mapped[UUID | None]
    sales_document_id: Mapped[UUID | None]
    origin_document_id: Mapped[UUID | None]
    """The document that was converted into `sales_document_id`."""
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            refers("collaborator", "actor_id"),
            refers("api_key", "api_key_id"),
            refers("deal", "client_id", "deal_id", key=("client_id", "id")),
            refers("sales_document", "client_id", "sales_document_id", key=("client_id", "id")),
            refers("sales_document", "client_id", "origin_document_id", key=("client_id", "id")),
            Index("ix_history_event_client", "company_id", "client_id", "occurred_at", "id"),
            one_of("kind", HistoryEventKind),
        )


@lru_cache(1000)
def hidden_kinds(permissions: frozenset[Permission]) -> list[str]:
    """The kinds of events that a viewer of these permissions may not see."""
    return [kind.value for kind, needed in KIND_PERMISSIONS.items() if not needed <= permissions]
