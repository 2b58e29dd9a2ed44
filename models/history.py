"""The history of a client (historial): what happened, when, and who did it."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from errors import DeclarationError
from models.base import Base, Owned, choice, of_client, one_of, refers
from models.cancellation import CancellationReason, SatCancellationState
from models.sales_document import SalesDocumentState, SalesDocumentType
from models.viewer import Permission


class Change(StrEnum):
    """What was done to a record, in events of the `_CHANGED` kinds."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    RESTORED = "RESTORED"
    REORDERED = "REORDERED"


@dataclass(frozen=True, slots=True)
class Detail:
    """A value of `HistoryEvent.details`, kept as it was then."""

    key: str
    kind: Any
    """Its type, as in an annotation."""
    description: str
    field: str = ""
    """Its name in the schema, where that is not the key."""

    @property
    def name(self) -> str:
        """Its name in the schema, as `from_type`."""
        return self.field or self.key


@dataclass(frozen=True, slots=True)
class Declaration:
    """The declaration of a kind of event, from which its GraphQL type, descriptions and permissions follow."""

    word: str = ""
    """What the screen calls it, as "Trato ganado"."""
    text: str = ""
    """A sentence without its full stop, as "A deal was won"."""
    permissions: frozenset[Permission] = frozenset()
    """What one needs to see it, all of them."""
    records: tuple[str, ...] = ()
    """The records that it leads to, beside the client: of `deal`, `sales_document` and `origin_document`."""
    details: tuple[Detail, ...] = ()
    is_edit: bool = False
    """Whether a part of the record was changed: then the details are `change`, `label` and `changes`."""


def event(
    word: str, text: str, *permissions: Permission, records: Sequence[str] = (), details: Any = ()
) -> Declaration:
    """An event with details of its own."""
    return Declaration(word, text, frozenset(permissions), tuple(records), tuple(details))


def edited(word: str, text: str, *permissions: Permission, records: Sequence[str] = ()) -> Declaration:
    """A change of a part of the record; see `domain.history.note`."""
    return Declaration(word, text, frozenset(permissions), tuple(records), is_edit=True)


_TYPE = Detail("type", SalesDocumentType, "What it is.", "document_type")
_FOLIO = Detail("folio", str, "Its folio.")
_TITLE = Detail("title", str, "Its title then.")
_CURRENCY = "currency, SAT's c_Moneda (ISO 4217)."
_CLOSED_ON = Detail("closed_on", datetime.date, "The close date given (fecha de cierre).")
_PAYMENT = (
    Detail("type", SalesDocumentType, "What was paid.", "document_type"),
    _FOLIO,
    Detail("amount", Decimal, "The payment's amount."),
    Detail("currency", str, f"The amount's {_CURRENCY}"),
)

_MONEY = (
    Detail("amount", Decimal, "The amount."),
    Detail("currency", str, f"The amount's {_CURRENCY}"),
)


class HistoryEventKind(StrEnum):
    """The kinds of events of a client's record. A kind is declared only here."""

    declared: Declaration

    def __new__(cls, value: str, declared: Declaration | None = None) -> Self:
        """The text is the value. A missing declaration is reported below, in a sentence."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.declared = declared or Declaration()
        return kind

    @property
    def type_name(self) -> str:
        """The name of its type in the schema, as `DealWonEvent`."""
        return self.value.title().replace("_", "") + "Event"

    CLIENT_CREATED = (
        "CLIENT_CREATED",
        event("Creación", "The record was created, as a client or as a prospect", Permission.CLIENTS_READ),
    )
    PROSPECT_CONVERTED = (
        "PROSPECT_CONVERTED",
        event(
            "Conversión de prospecto a cliente",
            "The prospect became a client, or part of one",
            Permission.CLIENTS_READ,
            details=(
                Detail("prospect_state", str | None, "The state it was in then (estado de prospecto), by its name."),
                Detail(
                    "prospect",
                    str | None,
                    "The name of the prospect that became part of this client; null where this is the prospect itself.",
                ),
            ),
        ),
    )
    PROSPECT_STATE_CHANGED = (
        "PROSPECT_STATE_CHANGED",
        event(
            "Cambio de estado del prospecto",
            "The prospect came into another state",
            Permission.CLIENTS_READ,
            details=(
                Detail("from_prospect_state", str | None, "The state it was in, by its name; null if it had none."),
                Detail("to_prospect_state", str, "The state it came into, by its name."),
            ),
        ),
    )
    SALES_DOCUMENT_ISSUED = (
        "SALES_DOCUMENT_ISSUED",
        event(
            "Documento generado",
            "A quote, sales note or invoice was issued",
            Permission.SALES_READ,
            records=["sales_document"],
            details=(
                Detail("type", SalesDocumentType, "What was issued.", "document_type"),
                _FOLIO,
                Detail("total", Decimal, "Its total then."),
                Detail("currency", str, f"The total's {_CURRENCY}"),
            ),
        ),
    )
    SALES_DOCUMENT_CONVERTED = (
        "SALES_DOCUMENT_CONVERTED",
        event(
            "Documento convertido",
            "A quote became a sales note or an invoice, or a sales note an invoice",
            Permission.SALES_READ,
            records=["sales_document", "origin_document"],
            details=(
                Detail("from_type", SalesDocumentType, "What it was."),
                Detail("from_folio", str, "The folio it had."),
                Detail("to_type", SalesDocumentType, "What it became."),
                Detail("to_folio", str, "The new document's folio."),
            ),
        ),
    )
    SALES_DOCUMENT_STATE_CHANGED = (
        "SALES_DOCUMENT_STATE_CHANGED",
        event(
            "Cambio de estado",
            "A sales document changed its state",
            Permission.SALES_READ,
            records=["sales_document"],
            details=(
                _TYPE,
                _FOLIO,
                Detail("from_state", SalesDocumentState, "The state it was in."),
                Detail("to_state", SalesDocumentState, "The state it came into."),
                Detail(
                    "credit_exceeded_by",
                    Decimal | None,
                    "By how much it exceeded the client's available credit, which the actor might override; null"
                    " otherwise.",
                ),
            ),
        ),
    )
    SALES_DOCUMENT_CHANGED = (
        "SALES_DOCUMENT_CHANGED",
        edited(
            "Documento editado",
            "A sales document was edited while it was a draft",
            Permission.SALES_READ,
            records=["sales_document"],
        ),
    )
    SALES_DOCUMENT_STAMPED = (
        "SALES_DOCUMENT_STAMPED",
        event(
            "Documento timbrado",
            "The fiscal folio of an invoice or a credit note was registered",
            Permission.SALES_READ,
            records=["sales_document"],
            details=(
                _TYPE,
                _FOLIO,
                Detail("uuid", UUID, "The fiscal folio (folio fiscal, UUID)."),
            ),
        ),
    )
    SALES_DOCUMENT_READINESS_OVERRIDDEN = (
        "SALES_DOCUMENT_READINESS_OVERRIDDEN",
        event(
            "Requisitos de CFDI omitidos",
            "An invoice or a credit note was issued although something for its CFDI was missing or wrong",
            Permission.SALES_READ,
            Permission.CLIENTS_READ,
            records=["sales_document"],
            details=(
                _TYPE,
                _FOLIO,
                Detail("problems", str, "The codes of the problems, separated by commas, as `RFC_REQUIRED`."),
                Detail("reason", str, "Why (motivo), as the actor stated it."),
            ),
        ),
    )
    SALES_DOCUMENT_CANCELLATION_REQUESTED = (
        "SALES_DOCUMENT_CANCELLATION_REQUESTED",
        event(
            "Cancelación solicitada",
            "The cancelling of a CFDI was asked for",
            Permission.SALES_READ,
            records=["sales_document"],
            details=(
                _TYPE,
                _FOLIO,
                Detail("reason", CancellationReason, "The reason stated (motivo).", "cancellation_reason"),
                Detail("substitute_uuid", UUID | None, "Fiscal folio of the CFDI that takes its place."),
            ),
        ),
    )
    SALES_DOCUMENT_CANCELLATION_REPORTED = (
        "SALES_DOCUMENT_CANCELLATION_REPORTED",
        event(
            "Respuesta del SAT a la cancelación",
            "What the SAT says of the cancelling of a CFDI was reported",
            Permission.SALES_READ,
            records=["sales_document"],
            details=(
                _TYPE,
                _FOLIO,
                Detail("from_sat_state", SatCancellationState | None, "The state that it had at the SAT, if known."),
                Detail("to_sat_state", SatCancellationState, "The state that was reported."),
            ),
        ),
    )
    SALES_DOCUMENT_PAYMENT_REGISTERED = (
        "SALES_DOCUMENT_PAYMENT_REGISTERED",
        event(
            "Pago registrado",
            "A payment was registered",
            Permission.SALES_READ,
            records=["sales_document"],
            details=_PAYMENT,
        ),
    )
    SALES_DOCUMENT_PAYMENT_REVERSED = (
        "SALES_DOCUMENT_PAYMENT_REVERSED",
        event(
            "Pago revertido",
            "A payment was reversed and no longer counts",
            Permission.SALES_READ,
            records=["sales_document"],
            details=_PAYMENT,
        ),
    )
    PAYMENT_RECEIVED = (
        "PAYMENT_RECEIVED",
        event(
            "Pago recibido",
            "A payment was registered that is on no document of its own",
            Permission.BILLING_READ,
            details=_MONEY,
        ),
    )
    CREDIT_APPLIED = (
        "CREDIT_APPLIED",
        event(
            "Saldo a favor aplicado",
            "A part of the client's credit balance was applied to a document",
            Permission.SALES_READ,
            records=["sales_document"],
            details=_PAYMENT,
        ),
    )
    CREDIT_APPLICATION_UNDONE = (
        "CREDIT_APPLICATION_UNDONE",
        event(
            "Aplicación deshecha",
            "What was applied to a document is the client's credit balance again",
            Permission.SALES_READ,
            records=["sales_document"],
            details=_PAYMENT,
        ),
    )
    CREDIT_REFUNDED = (
        "CREDIT_REFUNDED",
        event(
            "Saldo a favor reembolsado",
            "A part of the client's credit balance was paid back to the client",
            Permission.BILLING_READ,
            details=_MONEY,
        ),
    )
    DEAL_CREATED = (
        "DEAL_CREATED",
        event(
            "Trato creado",
            "A deal was created",
            Permission.DEALS_READ,
            records=["deal"],
            details=(
                _TITLE,
                Detail("estimated_value", Decimal, "The value estimated then (valor estimado)."),
                Detail("currency", str, f"Its {_CURRENCY}"),
            ),
        ),
    )
    DEAL_WON = (
        "DEAL_WON",
        event(
            "Trato ganado",
            "A deal was won",
            Permission.DEALS_READ,
            records=["deal"],
            details=(
                _TITLE,
                Detail("final_value", Decimal, "The value it was won at (valor final)."),
                Detail("currency", str, f"Its {_CURRENCY}"),
                _CLOSED_ON,
            ),
        ),
    )
    DEAL_LOST = (
        "DEAL_LOST",
        event(
            "Trato no ganado",
            "A deal was lost",
            Permission.DEALS_READ,
            records=["deal"],
            details=(_TITLE, Detail("reason", str, "Why (motivo)."), _CLOSED_ON),
        ),
    )
    DEAL_CLOSED = (
        "DEAL_CLOSED",
        event(
            "Trato cerrado",
            "A deal was closed",
            Permission.DEALS_READ,
            records=["deal"],
            details=(_TITLE, _CLOSED_ON),
        ),
    )
    DEAL_REOPENED = (
        "DEAL_REOPENED",
        event("Trato reabierto", "A deal was reopened", Permission.DEALS_READ, records=["deal"], details=[_TITLE]),
    )
    CLIENT_CHANGED = (
        "CLIENT_CHANGED",
        edited(
            "Cambio en el cliente",
            "The record itself was edited, assigned, deleted or restored",
            Permission.CLIENTS_READ,
        ),
    )
    CONTACT_CHANGED = (
        "CONTACT_CHANGED",
        edited("Cambio en los contactos", "A contact was added, edited, deleted or restored", Permission.CLIENTS_READ),
    )
    ADDRESS_CHANGED = (
        "ADDRESS_CHANGED",
        edited(
            "Cambio en las direcciones", "An address was added, edited, deleted or restored", Permission.CLIENTS_READ
        ),
    )
    CFDI_PROFILE_CHANGED = (
        "CFDI_PROFILE_CHANGED",
        edited("Cambio en los datos de CFDI", "The client's CFDI data changed", Permission.CLIENTS_READ),
    )
    BANK_ACCOUNT_CHANGED = (
        "BANK_ACCOUNT_CHANGED",
        edited(
            "Cambio en los datos bancarios",
            "A bank account was added, edited, deleted or restored",
            Permission.CLIENTS_READ,
        ),
    )
    RECEIVABLE_TERMS_CHANGED = (
        "RECEIVABLE_TERMS_CHANGED",
        edited("Cambio en las condiciones de pago", "The payment terms changed", Permission.BILLING_READ),
    )
    PAYMENT_REMINDERS_CHANGED = (
        "PAYMENT_REMINDERS_CHANGED",
        edited(
            "Cambio en los recordatorios de pago",
            "The reminders were configured anew",
            Permission.BILLING_READ,
            Permission.CLIENTS_READ,
        ),
    )
    DEAL_CHANGED = (
        "DEAL_CHANGED",
        edited(
            "Trato editado o movido de etapa",
            "A deal was edited, moved to another stage, deleted or restored",
            Permission.DEALS_READ,
            records=["deal"],
        ),
    )
    FOLLOW_UP_CHANGED = (
        "FOLLOW_UP_CHANGED",
        edited(
            "Cambio en un seguimiento",
            "A follow-up was planned, edited, finished, deleted or restored",
            Permission.FOLLOW_UPS_READ,
        ),
    )
    DOCUMENT_CHANGED = (
        "DOCUMENT_CHANGED",
        edited(
            "Documento subido",
            "A file was uploaded, edited, replaced by a new one, deleted or restored",
            Permission.DOCUMENTS_READ,
        ),
    )


if _undeclared := [kind for kind in HistoryEventKind if not (kind.declared.word and kind.declared.permissions)]:
    raise DeclarationError(
        f"models/history.py: history kind {min(_undeclared)} does not say what it is and who may see it: write"
        f' {min(_undeclared)} = "{min(_undeclared)}", edited("Word of the screen", "Sentence", Permission.…)'
    )

KIND_PERMISSIONS: Final[Mapping[HistoryEventKind, frozenset[Permission]]] = {
    kind: kind.declared.permissions for kind in HistoryEventKind
}
"""What one needs to see an event of the kind, beside the permission to read history: those of the records it is
about. The client's reminders name the client and its contacts."""

_OF_DATA: Final = (
    "CLIENT",
    "CONTACT",
    "ADDRESS",
    "CFDI_PROFILE",
    "BANK_ACCOUNT",
    "RECEIVABLE_TERMS",
    "PAYMENT_REMINDERS",
)

ACTIVITIES: Final[Sequence[HistoryEventKind]] = [
    kind for kind in HistoryEventKind if not (kind.declared.is_edit and kind.value.removesuffix("_CHANGED") in _OF_DATA)
]
"""The kinds of events that are activities with the client: all but edits of the data that are kept of it."""

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
    recorded_at: Mapped[datetime.datetime] = mapped_column(server_default=text("now()"))
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
            CheckConstraint("jsonb_typeof(details) = 'object'", name="details"),
            CheckConstraint("origin_document_id <> sales_document_id", name="origin_document"),
        )


@lru_cache(1000)
def hidden_kinds(permissions: frozenset[Permission]) -> list[str]:
    """The kinds of events that a viewer of these permissions may not see."""
    return [kind.value for kind, needed in KIND_PERMISSIONS.items() if not needed <= permissions]
