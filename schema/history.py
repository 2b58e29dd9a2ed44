"""The history of a client, one type for each kind of event."""

import datetime
from decimal import Decimal
from typing import Any

import strawberry
from strawberry import ID

from models.history import Change, HistoryEventKind
from resolvers import history as answers
from resolvers.relation import global_id
from schema.collaborator import Collaborator
from schema.deal import Deal
from schema.enums import describe
from schema.fields import answered, column, related, shows
from schema.node import Connection, Node
from schema.sales_document import SalesDocument, SalesDocumentState, SalesDocumentType
from schema.scalars import YearMonth

describe(
    Change,
    "What was done to a record (cambio).",
    CREATED="Creado.",
    UPDATED="Editado.",
    DELETED="Eliminado.",
    RESTORED="Restaurado.",
    REORDERED="Reordenado: the client's records of the kind were put in another order.",
)

describe(
    HistoryEventKind,
    "What can happen to a client's record (tipo de evento); each kind has a type of its own.",
    CLIENT_CREATED="Creación: the record was created, as a client or as a prospect.",
    PROSPECT_CONVERTED="Conversión de prospecto a cliente.",
    SALES_DOCUMENT_ISSUED="Documento generado: a quote, sales note or invoice was issued.",
    SALES_DOCUMENT_CONVERTED="Documento convertido: of a quote a sales note or an invoice, of a sales note an invoice.",
    SALES_DOCUMENT_STATE_CHANGED="Cambio de estado: of a sales document.",
    SALES_DOCUMENT_CHANGED="Documento editado: while it was a draft.",
    SALES_DOCUMENT_PAYMENT_REGISTERED="Pago registrado.",
    SALES_DOCUMENT_PAYMENT_REVERSED="Pago revertido: it no longer counts.",
    DEAL_CREATED="Trato creado.",
    DEAL_WON="Trato ganado.",
    DEAL_LOST="Trato no ganado.",
    DEAL_CLOSED="Trato cerrado.",
    DEAL_REOPENED="Trato reabierto.",
    CLIENT_CHANGED="Cambio en el cliente: the record itself was edited, assigned, deleted or restored.",
    CONTACT_CHANGED="Cambio en los contactos.",
    ADDRESS_CHANGED="Cambio en las direcciones.",
    CFDI_PROFILE_CHANGED="Cambio en los datos de CFDI.",
    BANK_ACCOUNT_CHANGED="Cambio en los datos bancarios.",
    RECEIVABLE_TERMS_CHANGED="Cambio en las condiciones de pago.",
    PAYMENT_REMINDERS_CHANGED="Cambio en los recordatorios de pago.",
    DEAL_CHANGED="Trato editado o movido de etapa.",
    FOLLOW_UP_CHANGED="Cambio en un seguimiento.",
    DOCUMENT_CHANGED="Documento subido, editado, sustituido, eliminado o restaurado.",
)


def detail(key: str, description: str) -> Any:
    """A field that is the value of that time, kept with the event."""
    return answered(answers.detail(key), description)


@strawberry.type(description="The API key that somebody acted through (llave de API).")
class ActingApiKey:
    id: ID = answered(global_id, "The key's id, by which `apiKeys` lists it.")
    name: str = column("What it is for.")


@strawberry.interface(
    description="Something that happened to the client (evento del historial). Its own fields are the values of that"
    " time; the records it leads to are as they are now."
)
class HistoryEvent(Node):
    kind: HistoryEventKind = column("What happened.")
    occurred_at: datetime.datetime = column("When it happened, which may be before it was recorded.")
    actor: Collaborator | None = related("Who did it (colaborador); null when nobody did, as in an import.")
    api_key: ActingApiKey | None = related("The key that did it in the actor's name; null when they did it themselves.")
    as_prospect: bool = column("Whether the record was still a prospect at the time.")


@strawberry.type(description="The record was created (creación del cliente), as a client or as a prospect.")
class ClientCreatedEvent(HistoryEvent):
    pass


@strawberry.type(description="The prospect became a client (conversión de prospecto a cliente).")
class ProspectConvertedEvent(HistoryEvent):
    pass


@strawberry.type
class SalesDocumentEvent(HistoryEvent):
    """What the events of sales documents have in common; not a type of the schema itself."""

    sales_document: SalesDocument | None = related("The document, as it is now.")


@strawberry.type(description="A quote, sales note or invoice was issued (documento generado).")
class SalesDocumentIssuedEvent(SalesDocumentEvent):
    document_type: SalesDocumentType = detail("type", "What was issued.")
    folio: str = detail("folio", "Its folio.")
    total: Decimal = detail("total", "Its total then.")
    currency: str = detail("currency", "The total's currency, SAT's c_Moneda (ISO 4217).")


@strawberry.type(description="A sales document became another one (cambio de cotización a nota de venta o factura).")
class SalesDocumentConvertedEvent(SalesDocumentEvent):
    from_type: SalesDocumentType = detail("from_type", "What it was.")
    from_folio: str = detail("from_folio", "The folio it had.")
    to_type: SalesDocumentType = detail("to_type", "What it became.")
    to_folio: str = detail("to_folio", "The new document's folio.")
    origin_document: SalesDocument | None = related("The document that was converted, as it is now.")


@strawberry.type(description="A sales document changed its state (cambio de estado).")
class SalesDocumentStateChangedEvent(SalesDocumentEvent):
    document_type: SalesDocumentType = detail("type", "What it is.")
    folio: str = detail("folio", "Its folio.")
    from_state: SalesDocumentState = detail("from_state", "The state it was in.")
    to_state: SalesDocumentState = detail("to_state", "The state it came into.")
    credit_exceeded_by: Decimal | None = detail(
        "credit_exceeded_by",
        "By how much it exceeded the client's available credit, which the actor might override; null otherwise.",
    )


@strawberry.type
class SalesDocumentPaymentEvent(SalesDocumentEvent):
    """What the events of payments have in common; not a type of the schema itself."""

    document_type: SalesDocumentType = detail("type", "What was paid.")
    folio: str = detail("folio", "Its folio.")
    amount: Decimal = detail("amount", "The payment's amount.")
    currency: str = detail("currency", "The amount's currency, SAT's c_Moneda (ISO 4217).")


@strawberry.type(description="A payment was registered (pago registrado).")
class SalesDocumentPaymentRegisteredEvent(SalesDocumentPaymentEvent):
    pass


@strawberry.type(description="A payment was reversed (pago revertido).")
class SalesDocumentPaymentReversedEvent(SalesDocumentPaymentEvent):
    pass


@strawberry.type
class DealEvent(HistoryEvent):
    """What the events of deals have in common; not a type of the schema itself."""

    deal: Deal | None = related("The deal, as it is now.")
    title: str = detail("title", "Its title then.")


@strawberry.type(description="A deal was created (trato creado).")
class DealCreatedEvent(DealEvent):
    estimated_value: Decimal = detail("estimated_value", "The value estimated then (valor estimado).")
    currency: str = detail("currency", "Its currency, SAT's c_Moneda (ISO 4217).")


@strawberry.type(description="A deal was won (trato ganado).")
class DealWonEvent(DealEvent):
    final_value: Decimal = detail("final_value", "The value it was won at (valor final).")
    currency: str = detail("currency", "Its currency, SAT's c_Moneda (ISO 4217).")
    closed_on: datetime.date = detail("closed_on", "The close date given (fecha de cierre).")


@strawberry.type(description="A deal was lost (trato no ganado).")
class DealLostEvent(DealEvent):
    reason: str = detail("reason", "Why (motivo).")
    closed_on: datetime.date = detail("closed_on", "The close date given (fecha de cierre).")


@strawberry.type(description="A deal was closed (trato cerrado).")
class DealClosedEvent(DealEvent):
    closed_on: datetime.date = detail("closed_on", "The close date given (fecha de cierre).")


@strawberry.type(description="A deal was reopened (trato reabierto).")
class DealReopenedEvent(DealEvent):
    pass


@strawberry.type(description="A value that was edited (dato editado).")
@shows(answers.Edited)
class FieldChange:
    field: str = column("The field, in API names; a reference by the name of the field that shows it.")
    from_: str | None = strawberry.field(name="from", description="What it was, as text; null when there was nothing.")
    to: str | None = column("What it became, as text. Account numbers are masked, references are names.")


@strawberry.interface(
    description="A part of the record was added, edited, deleted or restored (cambio en el expediente)."
)
class RecordChangedEvent(HistoryEvent):
    change: Change = detail("change", "What was done.")
    label: str = detail("label", "What people called the record then.")
    changes: list[FieldChange] = answered(
        answers.changes, "The values that differ and that the viewer may see, and no others."
    )


@strawberry.type(description="A sales document was edited while it was a draft (cambio en un documento de venta).")
class SalesDocumentChangedEvent(RecordChangedEvent):
    sales_document: SalesDocument | None = related("The document, as it is now.")


@strawberry.type(description="The record itself was edited, assigned, deleted or restored (cambio en el cliente).")
class ClientChangedEvent(RecordChangedEvent):
    pass


@strawberry.type(description="A contact was added, edited, deleted or restored (cambio en los contactos).")
class ContactChangedEvent(RecordChangedEvent):
    pass


@strawberry.type(description="An address was added, edited, deleted or restored (cambio en las direcciones).")
class AddressChangedEvent(RecordChangedEvent):
    pass


@strawberry.type(description="What a CFDI needs of the client changed (cambio en los datos de CFDI).")
class CfdiProfileChangedEvent(RecordChangedEvent):
    pass


@strawberry.type(description="A bank account was added, edited, deleted or restored (cambio en los datos bancarios).")
class BankAccountChangedEvent(RecordChangedEvent):
    pass


@strawberry.type(description="The payment terms changed (cambio en las condiciones de pago).")
class ReceivableTermsChangedEvent(RecordChangedEvent):
    pass


@strawberry.type(description="The reminders were configured anew (cambio en los recordatorios de pago).")
class PaymentRemindersChangedEvent(RecordChangedEvent):
    pass


@strawberry.type(description="A deal was edited or moved to another stage (cambio en un trato).")
class DealChangedEvent(RecordChangedEvent):
    deal: Deal | None = related("The deal, as it is now.")


@strawberry.type(
    description="A follow-up was planned, edited, finished, deleted or restored (cambio en un seguimiento)."
)
class FollowUpChangedEvent(RecordChangedEvent):
    pass


@strawberry.type(
    description="A file was uploaded, edited, replaced by a new one, deleted or restored (cambio en los documentos)."
)
class DocumentChangedEvent(RecordChangedEvent):
    pass


EVENTS = (
    ClientCreatedEvent,
    ProspectConvertedEvent,
    SalesDocumentIssuedEvent,
    SalesDocumentConvertedEvent,
    SalesDocumentStateChangedEvent,
    SalesDocumentChangedEvent,
    SalesDocumentPaymentRegisteredEvent,
    SalesDocumentPaymentReversedEvent,
    DealCreatedEvent,
    DealWonEvent,
    DealLostEvent,
    DealClosedEvent,
    DealReopenedEvent,
    ClientChangedEvent,
    ContactChangedEvent,
    AddressChangedEvent,
    CfdiProfileChangedEvent,
    BankAccountChangedEvent,
    ReceivableTermsChangedEvent,
    PaymentRemindersChangedEvent,
    DealChangedEvent,
    FollowUpChangedEvent,
    DocumentChangedEvent,
)
"""Every kind of event."""


@strawberry.type(description="A page of the history.")
class HistoryEventConnection(Connection[HistoryEvent]):
    total_count: int = answered(
        answers.total_count,
        "How many events the whole history has. Counted only when asked for.",
    )
    filtered_count: int = answered(
        answers.filtered_count,
        "How many events are of the month and the kinds asked for. Counted only when asked for.",
    )
    hidden_count: int = answered(
        answers.hidden_count,
        "How many events of the month and the kinds asked for are left out, because they are about something that the"
        " viewer may not see. Not part of the other counts.",
    )


@strawberry.type(description="A month of the history's drop-down (mes), in the company's time zone.")
class HistoryMonth:
    month: YearMonth = column("The month.")
    event_count: int = column("How many events it has; 0 for a month in which nothing happened.")
