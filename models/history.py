"""The history of a client (historial): what happened, when, and who did it."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from functools import lru_cache
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, literal_column, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from errors import DeclarationError
from models.base import Base, Owned
from models.cancellation import CancellationReason, SatCancellationState
from models.columns import choice
from models.constraints import index, of_client, of_record, one_of, refers
from models.external_event import ExternalEventDirection
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

    @property
    def is_text(self) -> bool:
        """Whether it is text that people write or read, as a title or a folio."""
        return self.kind in (str, str | None, UUID, UUID | None)


@dataclass(frozen=True, slots=True)
class Noun:
    """What a sentence calls a part of the record; `{record}` is "Cliente" or "Prospecto". What has no singular is
    named without its label, as "Datos de CFDI"."""

    es: str
    en: str
    es_plural: str = ""
    en_plural: str = ""
    of: str = ""
    """The table whose rows have the fields that changed."""
    feminine: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """The declaration of a kind of event, from which its GraphQL type, descriptions, sentences and permissions
    follow."""

    word: str = ""
    """What the screen calls it, as "Trato ganado"."""
    word_en: str = ""
    """The same in English, as "Deal won"."""
    text: str = ""
    """A sentence without its full stop, as "A deal was won"."""
    permissions: frozenset[Permission] = frozenset()
    """What one needs to see it, all of them."""
    records: tuple[str, ...] = ()
    """The records that it leads to, beside the client: of `deal`, `sales_document` and `origin_document`."""
    details: tuple[Detail, ...] = ()
    is_edit: bool = False
    """Whether a part of the record was changed: then the details are `change`, `label` and `changes`."""
    is_external: bool = False
    """Whether it happened in another system: then the details are `EXTERNAL_DETAILS`."""
    says: tuple[str, str] | None = None
    """The sentence about one event, in Spanish and in English, with its details in braces; what is in brackets is left
    out where a detail in it is null. See `domain.sentences`."""
    noun: Noun | None = None
    """What the sentence about an edit calls its record."""

    @property
    def subject(self) -> str:
        """The relation to the record that it is about: the first of `records`, the part that was edited, or the
        client."""
        part = self.noun.of if self.noun and self.noun.of in PARTS else ""
        return self.records[0] if self.records else part or "client"


PARTS: Final = frozenset({"contact", "address", "bank_account", "follow_up", "document"})
"""The tables of the parts of a client that are a node each, to which `HistoryEvent.subject_id` leads."""


Declared = tuple[Any, Declaration]  # Any: in the place of `auto()` the enumeration has the member's name
"""A member of the enumeration of kinds, whose value is its name."""


def event(
    word: str,
    word_en: str,
    text: str,
    *permissions: Permission,
    records: Sequence[str] = (),
    details: Any = (),
    says: tuple[str, str] | None = None,
) -> Declared:
    """An event with details of its own."""
    return auto(), Declaration(word, word_en, text, frozenset(permissions), tuple(records), tuple(details), says=says)


def of_document(word: str, word_en: str, text: str, **more: Any) -> Declared:
    """An event of a sales document."""
    return event(word, word_en, text, Permission.SALES_READ, records=["sales_document"], **more)


def of_deal(word: str, word_en: str, text: str, **more: Any) -> Declared:
    """An event of a deal."""
    return event(word, word_en, text, Permission.DEALS_READ, records=["deal"], **more)


def edited(
    word: str,
    word_en: str,
    text: str,
    *permissions: Permission,
    records: Sequence[str] = (),
    noun: Noun | None = None,
) -> Declared:
    """A change of a part of the record; see `domain.history.note`."""
    return auto(), Declaration(word, word_en, text, frozenset(permissions), tuple(records), is_edit=True, noun=noun)


EXTERNAL_DETAILS: Final = (
    Detail("direction", ExternalEventDirection | None, "Who began it (dirección); null where that says nothing."),
    Detail("source", str, "The system where it happened (origen), as `WhatsApp`."),
    Detail("external_id", str, "Its id in that system, unique there."),
    Detail("title", str, "What people see of it first (título)."),
    Detail("body", str | None, "What was said or written (texto)."),
    Detail("url", str | None, "Where that system shows it, https."),
)
"""What is kept of an event of another system; beside it `subject` names the relation to what it is about."""
UNSAID: Final = ("body", "changes")
"""The details that can be long, and that no sentence has: thousands of characters that somebody wrote, or replaced."""


def external(word: str, word_en: str, text: str, *, directed: bool = False) -> Declared:
    """An event of another system. Of some the sentence says who began it, in words that agree with any noun."""
    es, en = ("[ {direction}]", "[{direction} ]") if directed else ("", "")
    says = (f"{word}{es} ({{source}}): {{title}}", f"{en}{word_en.lower()} ({{source}}): {{title}}")
    needed = frozenset({Permission.CLIENTS_READ})
    return auto(), Declaration(word, word_en, text, needed, details=EXTERNAL_DETAILS, is_external=True, says=says)


_FOLIO = Detail("folio", str, "Its folio.")
_DOCUMENT = (Detail("type", SalesDocumentType, "What it is.", "document_type"), _FOLIO)
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

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[Any]) -> str:  # noqa: ARG004
        return name

    def __new__(cls, value: str, declared: Declaration | None = None) -> Self:
        """The name is the value. A missing declaration is reported below, in a sentence."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.declared = declared or Declaration()
        return kind

    @property
    def type_name(self) -> str:
        """The name of its type in the schema, as `DealWonEvent`."""
        return self.value.title().replace("_", "") + "Event"

    CLIENT_CREATED = event(
        "Creación",
        "Creation",
        "The record was created, as a client or as a prospect",
        Permission.CLIENTS_READ,
        says=("{record} creado", "{record} created"),
    )
    PROSPECT_CONVERTED = event(
        "Conversión de prospecto a cliente",
        "Conversion of a prospect into a client",
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
        says=("Prospecto[ «{prospect}»] convertido en cliente", "Prospect[ “{prospect}”] converted into a client"),
    )
    PROSPECT_STATE_CHANGED = event(
        "Cambio de estado del prospecto",
        "Prospect state change",
        "The prospect came into another state",
        Permission.CLIENTS_READ,
        details=(
            Detail("from_prospect_state", str | None, "The state it was in, by its name; null if it had none."),
            Detail("to_prospect_state", str, "The state it came into, by its name."),
        ),
        says=(
            "Prospecto en estado «{to_prospect_state}»[; antes, «{from_prospect_state}»]",
            "Prospect in state “{to_prospect_state}”[; before, “{from_prospect_state}”]",
        ),
    )
    SALES_DOCUMENT_ISSUED = of_document(
        "Documento generado",
        "Document issued",
        "A quote, sales note or invoice was issued",
        details=(
            Detail("type", SalesDocumentType, "What was issued.", "document_type"),
            _FOLIO,
            Detail("total", Decimal, "Its total then."),
            Detail("currency", str, f"The total's {_CURRENCY}"),
        ),
        says=("{type} {folio} generada por {total}", "{type} {folio} issued for {total}"),
    )
    SALES_DOCUMENT_CONVERTED = event(
        "Documento convertido",
        "Document converted",
        "A quote became a sales note or an invoice, or a sales note an invoice",
        Permission.SALES_READ,
        records=["sales_document", "origin_document"],
        details=(
            Detail("from_type", SalesDocumentType, "What it was."),
            Detail("from_folio", str, "The folio it had."),
            Detail("to_type", SalesDocumentType, "What it became."),
            Detail("to_folio", str, "The new document's folio."),
        ),
        says=(
            "{from_type} {from_folio} convertida en {to_type} {to_folio}",
            "{from_type} {from_folio} converted into {to_type} {to_folio}",
        ),
    )
    SALES_DOCUMENT_STATE_CHANGED = of_document(
        "Cambio de estado",
        "State change",
        "A sales document changed its state",
        details=(
            *_DOCUMENT,
            Detail("from_state", SalesDocumentState, "The state it was in."),
            Detail("to_state", SalesDocumentState, "The state it came into."),
            Detail(
                "credit_exceeded_by",
                Decimal | None,
                "By how much it exceeded the client's available credit, which the actor might override; null"
                " otherwise.",
            ),
            Detail(
                "currency",
                str | None,
                f"Of that amount: the company's {_CURRENCY} Null in events from before 2026-11-30.",
            ),
        ),
        says=(
            "{type} {folio} {to_state}[, con exceso de crédito de {credit_exceeded_by}]",
            "{type} {folio} {to_state}[, exceeding the credit by {credit_exceeded_by}]",
        ),
    )
    SALES_DOCUMENT_CHANGED = edited(
        "Documento editado",
        "Document edited",
        "A sales document was edited while it was a draft",
        Permission.SALES_READ,
        records=["sales_document"],
        noun=Noun("Documento de venta", "Sales document", of="sales_document"),
    )
    SALES_DOCUMENT_STAMPED = of_document(
        "Documento timbrado",
        "Document stamped",
        "The fiscal folio of an invoice or a credit note was registered",
        details=(
            *_DOCUMENT,
            Detail("uuid", UUID, "The fiscal folio (folio fiscal, UUID)."),
        ),
        says=("{type} {folio} timbrada", "{type} {folio} stamped"),
    )
    SALES_DOCUMENT_READINESS_OVERRIDDEN = event(
        "Requisitos de CFDI omitidos",
        "CFDI requirements overridden",
        "An invoice or a credit note was issued although something for its CFDI was missing or wrong",
        Permission.SALES_READ,
        Permission.CLIENTS_READ,
        records=["sales_document"],
        details=(
            *_DOCUMENT,
            Detail("problems", str, "The codes of the problems, separated by commas, as `RFC_REQUIRED`."),
            Detail("reason", str, "Why (motivo), as the actor stated it."),
        ),
        says=(
            "{type} {folio} emitida con requisitos de CFDI omitidos: {reason}",
            "{type} {folio} issued with CFDI requirements overridden: {reason}",
        ),
    )
    SALES_DOCUMENT_CANCELLATION_REQUESTED = of_document(
        "Cancelación solicitada",
        "Cancellation requested",
        "The cancelling of a CFDI was asked for",
        details=(
            *_DOCUMENT,
            Detail("reason", CancellationReason, "The reason stated (motivo).", "cancellation_reason"),
            Detail("substitute_uuid", UUID | None, "Fiscal folio of the CFDI that takes its place."),
        ),
        says=(
            "Cancelación de la {type} {folio} solicitada: {reason}",
            "Cancellation of {type} {folio} requested: {reason}",
        ),
    )
    SALES_DOCUMENT_CANCELLATION_REPORTED = of_document(
        "Respuesta del SAT a la cancelación",
        "The SAT's answer to the cancellation",
        "What the SAT says of the cancelling of a CFDI was reported",
        details=(
            *_DOCUMENT,
            Detail("from_sat_state", SatCancellationState | None, "The state that it had at the SAT, if known."),
            Detail("to_sat_state", SatCancellationState, "The state that was reported."),
        ),
        says=(
            "Respuesta del SAT a la cancelación de la {type} {folio}: {to_sat_state}",
            "The SAT's answer to the cancellation of {type} {folio}: {to_sat_state}",
        ),
    )
    SALES_DOCUMENT_PAYMENT_REGISTERED = of_document(
        "Pago registrado",
        "Payment registered",
        "A payment was registered",
        details=_PAYMENT,
        says=(
            "Pago de {amount} registrado en la {type} {folio}",
            "Payment of {amount} registered on {type} {folio}",
        ),
    )
    SALES_DOCUMENT_PAYMENT_REVERSED = of_document(
        "Pago revertido",
        "Payment reversed",
        "A payment was reversed and no longer counts",
        details=_PAYMENT,
        says=("Pago de {amount} de la {type} {folio} revertido", "Payment of {amount} on {type} {folio} reversed"),
    )
    PAYMENT_RECEIVED = event(
        "Pago recibido",
        "Payment received",
        "A payment was registered that is on no document of its own",
        Permission.BILLING_READ,
        details=_MONEY,
        says=("Pago de {amount} recibido", "Payment of {amount} received"),
    )
    CREDIT_APPLIED = of_document(
        "Saldo a favor aplicado",
        "Credit balance applied",
        "A part of the client's credit balance was applied to a document",
        details=_PAYMENT,
        says=(
            "Saldo a favor de {amount} aplicado a la {type} {folio}",
            "Credit balance of {amount} applied to {type} {folio}",
        ),
    )
    CREDIT_APPLICATION_UNDONE = of_document(
        "Aplicación deshecha",
        "Application undone",
        "What was applied to a document is the client's credit balance again",
        details=_PAYMENT,
        says=(
            "Aplicación de {amount} a la {type} {folio} deshecha",
            "Application of {amount} to {type} {folio} undone",
        ),
    )
    CREDIT_REFUNDED = event(
        "Saldo a favor reembolsado",
        "Credit balance refunded",
        "A part of the client's credit balance was paid back to the client",
        Permission.BILLING_READ,
        details=_MONEY,
        says=("Saldo a favor de {amount} reembolsado", "Credit balance of {amount} refunded"),
    )
    DEAL_CREATED = of_deal(
        "Trato creado",
        "Deal created",
        "A deal was created",
        details=(
            _TITLE,
            Detail("estimated_value", Decimal, "The value estimated then (valor estimado)."),
            Detail("currency", str, f"Its {_CURRENCY}"),
        ),
        says=(
            "Trato «{title}» creado, con valor estimado de {estimated_value}",
            "Deal “{title}” created, with an estimated value of {estimated_value}",
        ),
    )
    DEAL_WON = of_deal(
        "Trato ganado",
        "Deal won",
        "A deal was won",
        details=(
            _TITLE,
            Detail("final_value", Decimal, "The value it was won at (valor final)."),
            Detail("currency", str, f"Its {_CURRENCY}"),
            _CLOSED_ON,
        ),
        says=("Trato «{title}» ganado", "Deal “{title}” won"),
    )
    DEAL_LOST = of_deal(
        "Trato no ganado",
        "Deal lost",
        "A deal was lost",
        details=(_TITLE, Detail("reason", str, "Why (motivo)."), _CLOSED_ON),
        says=("Trato «{title}» no ganado: {reason}", "Deal “{title}” lost: {reason}"),
    )
    DEAL_CLOSED = of_deal(
        "Trato cerrado",
        "Deal closed",
        "A deal was closed",
        details=(_TITLE, _CLOSED_ON),
        says=("Trato «{title}» cerrado", "Deal “{title}” closed"),
    )
    DEAL_REOPENED = of_deal(
        "Trato reabierto",
        "Deal reopened",
        "A deal was reopened",
        details=[_TITLE],
        says=("Trato «{title}» reabierto", "Deal “{title}” reopened"),
    )
    CLIENT_CHANGED = edited(
        "Cambio en el cliente",
        "Client changed",
        "The record itself was edited, assigned, deleted or restored",
        Permission.CLIENTS_READ,
        noun=Noun("{record}", "{record}", of="client"),
    )
    CONTACT_CHANGED = edited(
        "Cambio en los contactos",
        "Contacts changed",
        "A contact was added, edited, deleted or restored",
        Permission.CLIENTS_READ,
        noun=Noun("Contacto", "Contact", "Contactos", "Contacts", of="contact"),
    )
    ADDRESS_CHANGED = edited(
        "Cambio en las direcciones",
        "Addresses changed",
        "An address was added, edited, deleted or restored",
        Permission.CLIENTS_READ,
        noun=Noun("Dirección", "Address", "Direcciones", "Addresses", of="address", feminine=True),
    )
    CFDI_PROFILE_CHANGED = edited(
        "Cambio en los datos de CFDI",
        "CFDI data changed",
        "The client's CFDI data changed",
        Permission.CLIENTS_READ,
        noun=Noun("", "", "Datos de CFDI", "CFDI data", of="cfdi_profile"),
    )
    BANK_ACCOUNT_CHANGED = edited(
        "Cambio en los datos bancarios",
        "Bank data changed",
        "A bank account was added, edited, deleted or restored",
        Permission.CLIENTS_READ,
        noun=Noun(
            "Cuenta bancaria",
            "Bank account",
            "Cuentas bancarias",
            "Bank accounts",
            of="bank_account",
            feminine=True,
        ),
    )
    RECEIVABLE_TERMS_CHANGED = edited(
        "Cambio en las condiciones de pago",
        "Payment terms changed",
        "The payment terms changed",
        Permission.BILLING_READ,
        noun=Noun("", "", "Condiciones de pago", "Payment terms", of="receivable_terms", feminine=True),
    )
    PAYMENT_REMINDERS_CHANGED = edited(
        "Cambio en los recordatorios de pago",
        "Payment reminders changed",
        "The reminders were configured anew",
        Permission.BILLING_READ,
        Permission.CLIENTS_READ,
        noun=Noun("", "", "Recordatorios de pago", "Payment reminders", of="payment_reminders"),
    )
    DEAL_CHANGED = edited(
        "Trato editado o movido de etapa",
        "Deal edited or moved to another stage",
        "A deal was edited, moved to another stage, deleted or restored",
        Permission.DEALS_READ,
        records=["deal"],
        noun=Noun("Trato", "Deal", of="deal"),
    )
    FOLLOW_UP_CHANGED = edited(
        "Cambio en un seguimiento",
        "Follow-up changed",
        "A follow-up was planned, edited, finished, deleted or restored",
        Permission.FOLLOW_UPS_READ,
        noun=Noun("Seguimiento", "Follow-up", of="follow_up"),
    )
    DOCUMENT_CHANGED = edited(
        "Documento subido",
        "Documents changed",
        "A file was uploaded, edited, replaced by a new one, deleted or restored",
        Permission.DOCUMENTS_READ,
        noun=Noun("Documento", "Document", of="document"),
    )
    EXTERNAL_CALL = external("Llamada", "Call", "A telephone call, as a telephone exchange reports it", directed=True)
    EXTERNAL_MESSAGE = external("Mensaje", "Message", "A message, as one of WhatsApp or an SMS", directed=True)
    EXTERNAL_EMAIL = external("Correo electrónico", "E-mail", "An e-mail, as a mail archive has it", directed=True)
    EXTERNAL_MEETING = external("Reunión", "Meeting", "A meeting, as a calendar has it")
    EXTERNAL_VISIT = external("Visita", "Visit", "A visit to the client, or of the client")
    EXTERNAL_ORDER = external("Pedido", "Order", "An order, as one in a web shop")
    EXTERNAL_TICKET = external("Solicitud de soporte", "Support ticket", "A ticket of a help desk")
    EXTERNAL_OTHER = external("Evento externo", "External event", "Anything else that another system reports")


def _incomplete(declared: Declaration) -> bool:
    return not (declared.word and declared.word_en and declared.text and declared.permissions)


if _undeclared := [kind for kind in HistoryEventKind if _incomplete(kind.declared)]:
    raise DeclarationError(
        f"models/history.py: history kind {min(_undeclared)} does not say what it is and who may see it: write"
        f' {min(_undeclared)} = edited("Palabra", "Word", "Sentence", Permission.…)'
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


def activity_permission(kind: HistoryEventKind) -> Permission | None:
    """What one needs, beside the permission to read clients, to see that there was an activity of the kind: that
    permission itself where nothing else is needed. None for a kind that is no activity."""
    if kind not in ACTIVITIES:
        return None
    return next(iter(kind.declared.permissions - {Permission.CLIENTS_READ}), Permission.CLIENTS_READ)


if _several := [kind for kind in ACTIVITIES if len(kind.declared.permissions - {Permission.CLIENTS_READ}) > 1]:
    raise DeclarationError(
        f"models/history.py: history kind {min(_several)} is an activity and needs several permissions beside"
        f" {Permission.CLIENTS_READ}: a client's row keeps its newest activity by one"
    )

CHANGE_PERMISSIONS: Final[Mapping[str, Permission]] = {"deal_id": Permission.DEALS_READ}
"""What one needs, beside that, to see a change of a field that refers to a record of another kind: by the field's name
in `details["changes"]`, which holds that record's name."""


SOURCE: Final = literal_column("(details ->> 'source')", Text())
EXTERNAL_ID: Final = literal_column("(details ->> 'external_id')", Text())
"""What tells an event of another system from all others of the company. Written as the index has them."""


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
    subject_id: Mapped[UUID | None]
    """The part of the record that was edited, of the kind that `kind` says, as a contact, or that an event of another
    system is about; null for what was recorded before this was kept. It is no foreign key, as it leads into several
    tables."""
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            refers("collaborator", "actor_id"),
            refers("api_key", "api_key_id"),
            of_record("deal", "deal_id"),
            of_record("sales_document", "sales_document_id"),
            of_record("sales_document", "origin_document_id"),
            index("ix_history_event_client", "client_id", "occurred_at", "id"),
            index("uq_history_event_external_id", SOURCE, EXTERNAL_ID, where="(details ->> 'external_id') is not null"),
            one_of("kind", HistoryEventKind),
            CheckConstraint("jsonb_typeof(details) = 'object'", name="details"),
            CheckConstraint("origin_document_id <> sales_document_id", name="origin_document"),
        )


@lru_cache(1000)
def hidden_kinds(permissions: frozenset[Permission]) -> list[str]:
    """The kinds of events that a viewer of these permissions may not see."""
    return [kind.value for kind, needed in KIND_PERMISSIONS.items() if not needed <= permissions]
