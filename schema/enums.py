"""The enums, each value with the word that the screen uses for it."""

from enum import Enum, StrEnum
from typing import Any, TypeVar

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from domain.payment_reminders import ReminderObstacle
from domain.policy import ClientAction, SalesDocumentAction
from domain.problem import ProblemCode, Severity
from domain.tax_certificate import CertificateStatus, Origin
from models.address import AddressKind
from models.audit import AuditEventKind
from models.bank_account import BankAccountRole
from models.catalogs import PersonKind
from models.client import ClientKind
from models.collaborator import Role
from models.deal import DealState, Priority
from models.document import DocumentKind
from models.follow_up import FollowUpState, FollowUpType
from models.history import Change, HistoryEventKind
from models.payment_reminders import ReminderMoment
from models.receivables import ExposureReason, PaymentTerms
from models.sales_document import SalesDocumentState, SalesDocumentType, TaxFactor, TaxKind

E = TypeVar("E", bound=type[Enum])


def describe(cls: E, description: str, name: str | None = None, **values: str) -> E:
    """Makes a GraphQL enum of a Python one, whose names are its values; each value needs its description."""
    described: Any = strawberry.enum(cls, name=name, description=description)
    definition: StrawberryEnumDefinition = described.__strawberry_definition__
    for value in definition.values:
        value.description = values[value.name]
    return described


class OrderDirection(StrEnum):
    """Which way an order runs."""

    ASC = "ASC"
    DESC = "DESC"


class Deleted(StrEnum):
    """Whether a list shows what was deleted."""

    EXCLUDE = "EXCLUDE"
    INCLUDE = "INCLUDE"
    ONLY = "ONLY"


class ErrorPolicy(StrEnum):
    """What becomes of the rows of a bulk mutation when some of them are wrong."""

    REJECT_ALL = "REJECT_ALL"
    REJECT_FAILED_ROWS = "REJECT_FAILED_ROWS"
    IGNORE_FAILED = "IGNORE_FAILED"


class ClientOrderField(StrEnum):
    """See `loaders.client`."""

    LEGAL_NAME = "LEGAL_NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


class DealOrderField(StrEnum):
    """See `loaders.deal`."""

    CREATED_AT = "CREATED_AT"
    EXPECTED_CLOSE_ON = "EXPECTED_CLOSE_ON"
    ESTIMATED_VALUE = "ESTIMATED_VALUE"
    PRIORITY = "PRIORITY"
    TITLE = "TITLE"


class FollowUpOrderField(StrEnum):
    """See `loaders.follow_up`."""

    STARTS_AT = "STARTS_AT"
    ENDS_AT = "ENDS_AT"
    PRIORITY = "PRIORITY"
    KEY = "KEY"
    NAME = "NAME"


class SalesDocumentOrderField(StrEnum):
    """See `loaders.sales_document`."""

    ISSUED_AT = "ISSUED_AT"
    DUE_ON = "DUE_ON"
    TOTAL = "TOTAL"
    NUMBER = "NUMBER"


class PriceListItemOrderField(StrEnum):
    """See `loaders.price_list`."""

    SKU = "SKU"
    UNIT_PRICE = "UNIT_PRICE"


class DocumentOrderField(StrEnum):
    """See `loaders.document`."""

    CREATED_AT = "CREATED_AT"
    NAME = "NAME"
    SIZE = "SIZE"
    EXPIRES_ON = "EXPIRES_ON"


describe(OrderDirection, "Which way an order runs.", ASC="From the least to the greatest.", DESC="The other way round.")
describe(
    Deleted,
    "Whether a list shows what was deleted.",
    EXCLUDE="Only what is not deleted.",
    INCLUDE="Both.",
    ONLY="Only what is deleted (eliminados).",
)
describe(
    ErrorPolicy,
    "What becomes of the rows of a bulk mutation when some of them are wrong.",
    REJECT_ALL="Nothing is kept unless every row is right.",
    REJECT_FAILED_ROWS="The rows that are right are kept.",
    IGNORE_FAILED="As REJECT_FAILED_ROWS; and a row is kept without its wrong values where it can do without them.",
)
describe(
    ProblemCode,
    "What is wrong, or may be, with a value or with what was asked for.",
    name="UserErrorCode",
    **{code.name: code.value.en for code in ProblemCode},
)
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
    ClientOrderField,
    "What clients can be ordered by.",
    LEGAL_NAME="Legal name (razón social), as Spanish orders it: accents and case aside, ñ after n.",
    CREATED_AT="When the record was created.",
    UPDATED_AT="When the record was last changed.",
)
describe(
    DealOrderField,
    "What deals can be ordered by.",
    CREATED_AT="When the deal was created.",
    EXPECTED_CLOSE_ON="The day it should close; deals without one come last.",
    ESTIMATED_VALUE="Estimated value.",
    PRIORITY="Priority, from low to urgent.",
    TITLE="Title.",
)
describe(
    FollowUpOrderField,
    "What follow-ups can be ordered by.",
    STARTS_AT="Start (fecha inicio).",
    ENDS_AT="End (fecha fin).",
    PRIORITY="Priority, from low to urgent.",
    KEY="Key (clave), by its number.",
    NAME="Name.",
)
describe(
    SalesDocumentOrderField,
    "What sales documents can be ordered by.",
    ISSUED_AT="When it was issued.",
    DUE_ON="When it falls due; documents without a due date come last.",
    TOTAL="Total, whatever the currency.",
    NUMBER="The number in its series.",
)
describe(
    PriceListItemOrderField,
    "What the items of a price list can be ordered by.",
    SKU="The company's own code.",
    UNIT_PRICE="Unit price.",
)
describe(
    DocumentOrderField,
    "What documents can be ordered by.",
    CREATED_AT="When it was uploaded.",
    NAME="File name.",
    SIZE="Size in bytes.",
    EXPIRES_ON="When it expires; documents that do not come last.",
)
describe(
    Role,
    "A named bundle of permissions (rol).",
    ADMIN="Administrador: everything.",
    SALES_MANAGER="Gerente de ventas: every client and deal of the company.",
    SALES="Ventas: the clients assigned to them.",
    BILLING="Facturación y cobranza: every client's billing.",
    READ_ONLY="Consulta: sees everything but bank data, changes nothing.",
)
describe(
    ClientKind,
    "Whether the record is already a client (prospecto o cliente).",
    PROSPECT="Prospecto: not yet a client.",
    CLIENT="Cliente.",
)
describe(
    AddressKind,
    "What an address is for (tipo de dirección).",
    FISCAL="Dirección fiscal: the one known to the SAT.",
    BRANCH="Sucursal.",
)
describe(
    Priority,
    "How soon something wants attention (prioridad).",
    LOW="Baja.",
    MEDIUM="Media.",
    HIGH="Alta.",
    URGENT="Urgente.",
)
describe(
    DealState,
    "Where a deal stands (estado del trato). A reopened deal is open again; `reopenedAt` says since when.",
    OPEN="Abierto.",
    WON="Ganado.",
    LOST="No ganado: it was lost for a reason.",
    CLOSED="Cerrado, neither won nor lost.",
)
describe(
    FollowUpType,
    "What a follow-up consists of (tipo de seguimiento).",
    CALL="Llamada.",
    EMAIL="Correo electrónico.",
    MEETING="Reunión.",
    VISIT="Visita.",
    WHATSAPP="WhatsApp.",
    OTHER="Otro.",
)
describe(
    FollowUpState,
    "Where a follow-up stands (estado del seguimiento). Whether it is overdue is `isOverdue`.",
    PENDING="Pendiente.",
    IN_PROGRESS="En proceso.",
    DONE="Realizado.",
    CANCELLED="Cancelado.",
)
describe(
    SalesDocumentType,
    "The kind of sales document (tipo de documento de venta).",
    QUOTE="Cotización.",
    SALES_NOTE="Nota de venta.",
    INVOICE="Factura.",
    CREDIT_NOTE="Nota de crédito: takes back an invoice, or a part of it (CFDI of type E).",
)
describe(
    TaxKind,
    "Whether a tax is added to the price or kept back (traslado o retención).",
    TRANSFERRED="Trasladado: added, for the client to pay.",
    WITHHELD="Retenido: kept back by the client, who pays it to the SAT.",
)
describe(
    TaxFactor,
    "How a tax is computed (tipo de factor), SAT's c_TipoFactor.",
    RATE="Tasa: a fraction of the base.",
    QUOTA="Cuota: an amount for each unit.",
    EXEMPT="Exento.",
)
describe(
    SalesDocumentAction,
    "What can be done with a sales document (acciones).",
    EDIT="Editar: while it is a draft.",
    SEND="Enviar: issue it to the client; from then on it may be owed.",
    ACCEPT="Aceptar: a quote.",
    REJECT="Rechazar: a quote.",
    CONVERT="Convertir: into the next kind of document.",
    REGISTER_PAYMENT="Registrar un pago.",
    CREDIT="Emitir una nota de crédito.",
    CANCEL="Cancelar.",
)
describe(
    SalesDocumentState,
    "Where a sales document stands (estado del documento). Overdue and expired are derived: `isOverdue`, `isExpired`.",
    DRAFT="Borrador.",
    SENT="Enviado.",
    ACCEPTED="Aceptada: a quote that the client accepted.",
    REJECTED="Rechazada: a quote that the client turned down.",
    CONVERTED="Convertido: into the next kind of document.",
    STAMPED="Timbrada: an invoice certified by the SAT.",
    VIEWED="Vista: by the client.",
    PARTIALLY_PAID="Parcialmente pagado.",
    PAID="Pagado.",
    CANCELLED="Cancelado.",
)
describe(PaymentTerms, "When a client pays (condiciones de pago).", CASH="Contado.", CREDIT="Crédito.")
describe(
    ExposureReason,
    "Why what is owed on a document counts against the credit limit (límite de crédito), or does not.",
    INVOICE="Factura por pagar: an unpaid invoice counts.",
    CREDIT_SALES_NOTE="Nota de venta a crédito: it counts.",
    CASH_SALES_NOTE="Nota de venta de contado: to be paid at once, it does not count.",
    NOT_OWED="Sin adeudo: it is not owed.",
)
describe(
    ReminderMoment,
    "When a reminder goes out (momento del recordatorio).",
    BEFORE="Antes: before the due date.",
    ON="El día del vencimiento: on the due date.",
    AFTER="Después: after the due date.",
)
describe(
    ReminderObstacle,
    "Why a payment reminder (recordatorio de pago) does not go out.",
    DISABLED="Desactivados: the client's reminders are off.",
    NO_RECIPIENT="Sin destinatario: no contact with an e-mail address gets them.",
    NO_DUE_DATE="Sin vencimiento: the document has no due date.",
    NO_RULES="Sin reglas: no reminders are configured.",
    PAST="Fecha pasada: its time has passed.",
)
describe(
    BankAccountRole,
    "What a bank account is for (uso de la cuenta).",
    DEPOSIT="Depósito: where the client deposits its payments.",
    PAYER="Ordenante: the client's own account, from which it pays.",
)
describe(
    DocumentKind,
    "What a document is (tipo de documento).",
    TAX_STATUS_CERTIFICATE="Constancia de situación fiscal.",
    CONTRACT="Contrato.",
    PAYMENT_RECEIPT="Comprobante de pago.",
    CFDI_XML="XML de un CFDI.",
    TECHNICAL="Documento técnico.",
    OTHER="Otro.",
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
describe(
    AuditEventKind,
    "What the audit log holds (bitácora).",
    SIGN_IN_REFUSED="Acceso rechazado: valid credentials of nobody: dismissed, unknown, or an API key that ended.",
    API_KEY_CREATED="Llave de API creada.",
    API_KEY_USED="Llave de API usada: for the first time on a day.",
    API_KEY_REVOKED="Llave de API revocada.",
    ROLE_PERMISSIONS_CHANGED="Permisos de un rol cambiados.",
    PERSONAL_DATA_EXPORTED="Datos personales exportados: in one answer, over 50 account numbers and links to files.",
    COLLABORATOR_UNBOUND="Colaborador desvinculado de su cuenta del emisor.",
)
describe(
    PersonKind,
    "What kind of taxpayer an RFC belongs to (tipo de persona).",
    PERSON="Persona física.",
    COMPANY="Persona moral.",
)
describe(
    Severity,
    "How much a problem weighs (gravedad).",
    name="ProblemSeverity",
    ERROR="Error: the SAT would refuse it.",
    WARNING="Advertencia: the SAT may refuse it.",
    UNVERIFIED="Sin verificar: only the SAT's own lists can tell.",
)
describe(
    ClientAction,
    "What can be started from a client's record (panel de acciones administrativas).",
    EDIT="Editar.",
    CREATE_QUOTE="Nueva cotización.",
    CREATE_SALES_NOTE="Nueva nota de venta.",
    CREATE_INVOICE="Nueva factura.",
    CREATE_DEAL="Nuevo trato.",
    SCHEDULE_FOLLOW_UP="Agendar seguimiento.",
    CONVERT_TO_CLIENT="Convertir a cliente.",
    DELETE="Eliminar.",
    RESTORE="Restaurar.",
    EDIT_BILLING="Editar condiciones de pago, recordatorios y datos bancarios.",
    ATTACH_DOCUMENT="Adjuntar documento.",
    ERASE="Borrar definitivamente.",
)
describe(
    CertificateStatus,
    "What came of reading a document that is said to be a constancia de situación fiscal.",
    READ="It is one, and was read.",
    NO_TEXT="It has no text: a scan or a photograph. What its QR code says was read.",
    UNREADABLE="It cannot be read: encrypted, damaged, or too large to be a constancia.",
    CONTRADICTORY="Its text and its QR code name two RFCs: it was altered.",
    OTHER="It is something else.",
)
describe(
    Origin,
    "Where on a constancia a value stands.",
    name="CertificateOrigin",
    TEXT="In its text.",
    QR="In its QR code.",
)
