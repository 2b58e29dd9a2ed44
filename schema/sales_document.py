"""Sales documents, their lines, taxes and payments."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

import models
from domain import conversion as conversion_commands
from domain import sales_document as commands
from domain import stamp as stamp_commands
from domain.policy import ClientAction, SalesDocumentAction
from models.catalogs import CFDI_USES, CURRENCIES, PAYMENT_FORMS, PAYMENT_METHODS
from models.sales_document import CfdiFinding, CfdiVerification, SalesDocumentState, SalesDocumentType, StampStatus
from resolvers import catalogs as codes
from resolvers import history as history_answers
from resolvers.cfdi_import import stamping
from schema.actions import ActionState, available, can, states
from schema.catalogs import SatCfdiUse, SatPaymentForm, SatPaymentMethod
from schema.collaborator import Collaborator, CollaboratorFilter
from schema.deal import ClientDeal, ClientDealFilter
from schema.document import ClientDocument
from schema.enums import describe, label, name_fields
from schema.fields import answered, column, related
from schema.filters import (
    FichaBooleanFilter,
    FichaDateFilter,
    FichaDateTimeFilter,
    FichaDecimalFilter,
    FichaIdFilter,
    FichaStringFilter,
    Filter,
    filter_input,
    ordering,
)
from schema.inputs import OnClient, OnRecord, Ref, about, changes, required, value
from schema.mutations import mutation
from schema.node import Node
from schema.price_list import PriceListItemInput, SalesPriceList, TaxFactor, TaxKind
from schema.sat_catalog import SatProduct, SatUnit

if TYPE_CHECKING:
    from schema.cancellation import SalesDocumentCancellation, SalesDocumentCancellationFilter
    from schema.client import Client, ClientFilter
    from schema.history import HistoryEventConnection
    from schema.payment import ClientPayment, CreditApplication


name_fields(
    models.SalesDocument,
    currency=label("Moneda", "Currency", catalog=CURRENCIES),
    exchange_rate=label("Tipo de cambio", "Exchange rate"),
    due_on=label("Fecha de vencimiento", "Due date"),
    expires_on=label("Vigencia", "Valid until"),
    payment_form=label("Forma de pago", "Payment form", catalog=PAYMENT_FORMS),
    payment_method=label("Método de pago", "Payment method", catalog=PAYMENT_METHODS),
    cfdi_use=label("Uso de CFDI", "CFDI use", catalog=CFDI_USES),
    notes=label("Notas", "Notes"),
    deal_id=label("Trato", "Deal"),
    price_list_id=label("Tarifa", "Price list"),
    lines=label("Conceptos", "Lines"),
    total=label("Total", "Total"),
    cancellation_reason=label("Motivo de cancelación", "Cancellation reason"),
)


describe(
    SalesDocumentType,
    "The kind of sales document (tipo de documento de venta).",
    QUOTE=label("Cotización", "Quote"),
    SALES_NOTE=label("Nota de venta", "Sales note"),
    INVOICE=label("Factura", "Invoice"),
    CREDIT_NOTE=label("Nota de crédito", "Credit note", "takes back an invoice, or a part of it (CFDI of type E)."),
)

describe(
    SalesDocumentAction,
    "What can be done with a sales document (acciones).",
    EDIT=label("Editar", "Edit", "while it is a draft."),
    SEND=label("Enviar", "Send", "issue it to the client; from then on it may be owed."),
    ACCEPT=label("Aceptar", "Accept", "a quote."),
    REJECT=label("Rechazar", "Reject", "a quote."),
    CONVERT=label("Convertir", "Convert", "into the next kind of document."),
    REGISTER_PAYMENT=label("Registrar un pago", "Register a payment"),
    CREDIT=label("Emitir una nota de crédito", "Issue a credit note"),
    REGISTER_STAMP=label(
        "Registrar el timbre", "Register the stamp", "the fiscal folio of an invoice or a credit note that was issued."
    ),
    CANCEL=label("Cancelar", "Cancel", "with a fiscal folio, ask the SAT to cancel it."),
    WITHDRAW_CANCELLATION=label(
        "Retirar la solicitud de cancelación",
        "Withdraw the cancellation request",
        "while the SAT's answer was not reported.",
    ),
    REPORT_CANCELLATION=label(
        "Registrar la respuesta del SAT", "Register the SAT's answer", "to a request to cancel it."
    ),
)

describe(
    SalesDocumentState,
    "State of a sales document (estado del documento). Overdue, expired and pending stamp are derived: `isOverdue`,"
    " `isExpired`, `stampStatus`.",
    DRAFT=label("Borrador", "Draft"),
    SENT=label("Enviada", "Sent"),
    ACCEPTED=label("Aceptada", "Accepted", "a quote that the client accepted."),
    REJECTED=label("Rechazada", "Rejected", "a quote that the client turned down."),
    CONVERTED=label("Convertida", "Converted", "into the next kind of document."),
    STAMPED=label(
        "Timbrada", "Stamped", "stamped, and not sent from here; whether others have a fiscal folio is `stampStatus`."
    ),
    VIEWED=label("Vista", "Viewed", "by the client."),
    PARTIALLY_PAID=label("Parcialmente pagada", "Partially paid"),
    PAID=label("Pagada", "Paid"),
    CANCELLED=label("Cancelada", "Cancelled"),
)


describe(
    StampStatus,
    "Whether an invoice or a credit note that was issued has a fiscal folio (estado del timbre).",
    PENDING=label("Pendiente de timbrar", "Pending stamp", "issued, without a fiscal folio yet."),
    STAMPED=label("Timbrada", "Stamped", "it has its fiscal folio."),
)


describe(
    CfdiVerification,
    "The result of verifying the seal and the stamp of a CFDI (verificación), without asking the SAT.",
    VERIFIED=label(
        "Verificado",
        "Verified",
        "the seal is its issuer's, of this content, with a certificate that was valid at its date.",
    ),
    NOT_CHECKED=label("Sin comprobar", "Not checked", "something that the check needs is missing."),
    FAILED=label("No coincide", "Does not match", "at least one check failed."),
)

describe(
    CfdiFinding,
    "What verifying a CFDI found (hallazgo).",
    XML_MISSING=label("Sin XML", "XML missing", "its XML is missing."),
    SEAL_MISSING=label("Sin sello", "Seal missing", "it has no seal (Sello)."),
    SEAL_FALSE=label("Sello falso", "False seal", "the seal is not of this content."),
    CERTIFICATE_MISSING=label("Sin certificado", "Certificate missing", "it has no certificate."),
    CERTIFICATE_UNREADABLE=label("Certificado ilegible", "Unreadable certificate", "its certificate cannot be read."),
    CERTIFICATE_NUMBER_DIFFERS=label(
        "Otro número de certificado",
        "Different certificate number",
        "its certificate has another number than NoCertificado.",
    ),
    CERTIFICATE_OF_ANOTHER=label(
        "Certificado de otro", "Certificate of another taxpayer", "its certificate is of another RFC than its issuer."
    ),
    CERTIFICATE_NOT_VALID_THEN=label(
        "Certificado no vigente", "Certificate not valid then", "its certificate was not valid at its date."
    ),
    COMPLEMENT_UNKNOWN=label(
        "Complemento desconocido", "Unknown complement", "it has a complement whose attributes are not known here."
    ),
    STAMP_INCOMPLETE=label("Timbre incompleto", "Incomplete stamp", "a part of its stamp is missing."),
    STAMP_OF_ANOTHER_SEAL=label(
        "Timbre de otro sello", "Stamp of another seal", "its stamp is of another seal (SelloCFD)."
    ),
    ISSUER_UNKNOWN=label(
        "Autoridad desconocida",
        "Unknown authority",
        "its certificate's authority is not among the SAT's that are installed.",
    ),
    ISSUER_FALSE=label(
        "Certificado ajeno al SAT", "Certificate not issued by the SAT", "its certificate was not issued by the SAT."
    ),
    SAT_SEAL_FALSE=label("Sello del SAT falso", "False SAT seal", "the SAT's seal (SelloSAT) is not of this stamp."),
    CHAIN_NOT_CHECKED=label(
        "Autoridad sin comprobar",
        "Authority not checked",
        "who issued its certificate; no certificate of the SAT is installed.",
    ),
    SAT_SEAL_NOT_CHECKED=label(
        "Sello del SAT sin comprobar",
        "SAT seal not checked",
        "the SAT's seal; the certificate of its PAC is not installed.",
    ),
)


@filter_input("Conditions on a sales document.")
class SalesDocumentFilter:
    id: FichaIdFilter | None = value("Id.")
    type: Filter[SalesDocumentType] | None = value("Quote, sales note, invoice or credit note.")
    folio: FichaStringFilter | None = value("Folio.")
    state: Filter[SalesDocumentState] | None = value("State.")
    stamp_status: Filter[StampStatus] | None = value("Whether it has a fiscal folio, or waits for one.")
    issued_at: FichaDateTimeFilter | None = value("When it was issued.")
    due_on: FichaDateFilter | None = value("When it falls due.")
    expires_on: FichaDateFilter | None = value("The last day that a quote is valid.")
    currency: FichaStringFilter | None = value("Currency.")
    total: FichaDecimalFilter | None = value("Total.")
    balance: FichaDecimalFilter | None = value("What remains to be paid.")
    is_overdue: FichaBooleanFilter | None = value("Whether it is owed and past its due date.")
    is_expired: FichaBooleanFilter | None = value("Whether it is a quote that ran out unanswered.")
    issued_by: CollaboratorFilter | None = value("Who issued it.")
    cancellation: Annotated["SalesDocumentCancellationFilter", strawberry.lazy("schema.cancellation")] | None = value(
        "Its cancellation at the SAT."
    )
    deal: ClientDealFilter | None = value("The deal that it came from.")
    client: Annotated["ClientFilter", strawberry.lazy("schema.client")] | None = value("Its client.")


SalesDocumentOrder = ordering(
    "SalesDocumentOrder",
    "A term of an order of sales documents.",
    "What sales documents can be ordered by.",
    ISSUED_AT=label("Fecha de emisión", "Issued", "when it was issued."),
    DUE_ON=label("Vencimiento", "Due date", "when it falls due; documents without a due date come last."),
    TOTAL=label("Total", "Total", "whatever the currency."),
    NUMBER=label("Número", "Number", "in its series."),
)


@strawberry.type(description="A tax on a line (impuesto del concepto).")
class SalesDocumentTax:
    kind: TaxKind = column("Added or withheld.")
    tax: str = column("SAT's c_Impuesto: `001` ISR, `002` IVA, `003` IEPS.")
    factor: TaxFactor = column("How it is computed.")
    currency: str = column("The document's currency, SAT's c_Moneda (ISO 4217).")
    rate: Decimal | None = column("A fraction, or an amount for each unit, 6 decimals; null when exempt.")
    base: Decimal | None = column("What it is computed on, 6 decimals: an amount, of a quota a number of units.")
    amount: Decimal = column("What it comes to, 6 decimals.")


@strawberry.type(
    description="A tax at a rate on the whole document (total de impuesto); of a local tax `tax` is its name."
)
class SalesDocumentTaxTotal:
    kind: TaxKind = column("Added or withheld.")
    tax: str = column("SAT's c_Impuesto: `001` ISR, `002` IVA, `003` IEPS; or the name of a local tax.")
    factor: TaxFactor = column("How it is computed.")
    currency: str = column("The document's currency, SAT's c_Moneda (ISO 4217).")
    rate: Decimal | None = column("A fraction, or an amount for each unit, 6 decimals; null when exempt.")
    base: Decimal | None = column("Sum of the bases, 2 decimals.")
    amount: Decimal = column("Sum of the amounts, rounded to 2 decimals.")


@strawberry.type(description="What is sold, one line of a sales document (concepto).")
class SalesDocumentLine(Node):
    position: int = column("Its place in the document, from 1.")
    sku: str | None = column("The company's own code of it (NoIdentificacion).")
    description: str = column("Description (descripción).")
    product_code: str = column("SAT's c_ClaveProdServ.")
    product: SatProduct | None = related("What the SAT's catalog says of that code; null where it has no such code.")
    unit_code: str = column("SAT's c_ClaveUnidad.")
    unit: SatUnit | None = related("What the SAT's catalog says of that code; null where it has no such code.")
    quantity: Decimal = column("Quantity (cantidad), 6 decimals.")
    currency: str = column("The document's currency, SAT's c_Moneda (ISO 4217).")
    unit_price: Decimal = column("Unit price (valor unitario) without taxes, 6 decimals.")
    amount: Decimal = column("Quantity times unit price (importe), before the discount, 6 decimals.")
    discount: Decimal = column("Discount (descuento) on the line, 6 decimals.")
    tax_object: str = column("Whether it is subject to taxes, SAT's c_ObjetoImp.")
    tax: Decimal = column("Sum of the taxes that are added, 6 decimals.")
    taxes: list[SalesDocumentTax] = related("The taxes on it.")
    converted: Decimal = column("How much of the quantity became part of other documents.")
    remaining: Decimal = column("How much of the quantity can still be converted.")
    origin_line: Annotated["SalesDocumentLine", strawberry.lazy("schema.sales_document")] | None = related(
        "The line that it was converted from."
    )
    created_at: datetime.datetime = column("When its document was created.")
    updated_at: datetime.datetime = column("When its document was last changed.")


@strawberry.type(description="A CFDI that another CFDI refers to (comprobante relacionado).")
class CfdiRelation:
    type: str = column(
        "How, SAT's c_TipoRelacion: `04` replaces it, `01` and `03` credit it where a credit note refers to it, `07`"
        " applies an advance."
    )
    uuid: UUID = column("Its fiscal folio (folio fiscal, UUID).")
    related: Annotated["SalesDocument", strawberry.lazy("schema.sales_document")] | None = related(
        "The document of that folio; null while it is not on record with the client."
    )


@strawberry.interface(description="A quote, a sales note, an invoice or a credit note (documento de venta).")
class SalesDocument(Node):
    type: SalesDocumentType = column("Which of the four it is.")
    series: str = column("Series (serie).")
    number: int = column("Its number in the series.")
    folio: str = column("Series and number, as `F-1024` (folio).")
    state: SalesDocumentState = column("State (estado).")
    issued_at: datetime.datetime = column("When it was issued (fecha de emisión).")
    issued_by: Collaborator | None = related("Who issued it.")
    currency: str = column("Its currency, SAT's c_Moneda (ISO 4217).")
    exchange_rate: Decimal = column("Units of the company's currency for one of the document's (tipo de cambio).")
    payment_form: SatPaymentForm | None = answered(codes.payment_form, "How it is to be paid (forma de pago).")
    payment_method: SatPaymentMethod | None = answered(codes.payment_method, "At once or later (método de pago).")
    cfdi_use: SatCfdiUse | None = answered(
        codes.cfdi_use, "What the client uses the CFDI for (uso de CFDI); null: as the client's CFDI data say."
    )
    price_list: SalesPriceList | None = related("Where the prices came from that were not stated (tarifa).")
    subtotal: Decimal = column("Sum of the lines before discounts and taxes.")
    discount: Decimal = column("Sum of the discounts (descuento).")
    tax: Decimal = column("Sum of the taxes that are added (impuestos trasladados).")
    withheld: Decimal = column("Sum of the taxes that are withheld (impuestos retenidos).")
    tax_totals: list[SalesDocumentTaxTotal] = related("Each tax at each rate, summed over the lines.")
    total: Decimal = column("Subtotal less discount, plus the taxes added, less those withheld (total).")
    uuid: UUID | None = column("Fiscal folio (folio fiscal, UUID) given by the SAT's stamp.")
    stamp_status: StampStatus | None = column(
        "Whether it has its fiscal folio (estado del timbre); null where there is nothing to stamp: quotes, sales"
        " notes, drafts, and what was cancelled before it was stamped."
    )
    stamped_at: datetime.datetime | None = column("When it was stamped (fecha de timbrado), where that is known.")
    xml: ClientDocument | None = related("The file of its CFDI, where its XML is known.")
    verification: CfdiVerification | None = column(
        "The result of verifying the seal and the stamp of its CFDI; null if no CFDI was imported."
    )
    verification_findings: list[CfdiFinding] = column("Why its CFDI is not verified, and what could not be checked.")
    cancellation: Annotated["SalesDocumentCancellation", strawberry.lazy("schema.cancellation")] | None = related(
        "Its cancellation at the SAT (cancelación); null if none was requested, and for a document without a fiscal"
        " folio."
    )
    notes: str | None = column("Notes (observaciones).")
    client: Annotated["Client", strawberry.lazy("schema.client")] | None = related("The client.")
    deal: ClientDeal | None = related("The deal that it came from.")
    origin: Annotated["SalesDocument", strawberry.lazy("schema.sales_document")] | None = related(
        "The document that this one was made from; of a credit note, the invoice that it reduces."
    )
    descendants: list[Annotated["SalesDocument", strawberry.lazy("schema.sales_document")]] = related(
        "The documents that were made from this one."
    )
    related_cfdi: list[CfdiRelation] = related("The CFDI that its CFDI refers to (comprobantes relacionados).")
    lines: list[SalesDocumentLine] = related("The lines, in order (conceptos).")
    history: Annotated["HistoryEventConnection", strawberry.lazy("schema.history")] | None = answered(
        history_answers.history, "What happened to it, newest first unless turned by `order`."
    )
    available_actions: list[SalesDocumentAction] = available(SalesDocumentAction, "What the viewer may do with it now.")
    viewer_can_update: bool = can(SalesDocumentAction.EDIT, "Whether the viewer can edit it now.")
    viewer_can_send: bool = can(SalesDocumentAction.SEND, "Whether the viewer can send it now.")
    viewer_can_convert: bool = can(
        SalesDocumentAction.CONVERT, "Whether the viewer can make another document of it now."
    )
    viewer_can_register_payment: bool = can(
        SalesDocumentAction.REGISTER_PAYMENT, "Whether the viewer can register a payment on it now."
    )
    viewer_can_cancel: bool = can(SalesDocumentAction.CANCEL, "Whether the viewer can cancel it now.")
    actions: list[ActionState] = states(SalesDocumentAction, "a sales document")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was drawn up.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.type(description="A quote (cotización).")
class SalesQuote(SalesDocument):
    expires_on: datetime.date | None = column("The last day that it is valid (vigencia).")
    is_expired: bool = column("Whether it ran out before it was answered (vencida).")


@strawberry.type
class Owed(SalesDocument):
    """What a sales note and an invoice have in common; not a type of the schema itself."""

    due_on: datetime.date | None = column("The day it falls due (fecha de vencimiento), in the company's time zone.")
    paid: Decimal = column("The part that payments paid.")
    credited: Decimal = column(
        "What other documents took over of its total: an invoice's credit notes, the invoices made of a part of a sales"
        " note."
    )
    balance: Decimal = column("What remains to be paid (saldo); 0 while it is a draft or when it was cancelled.")
    is_overdue: bool = column("Whether it is owed and its due date has passed (vencida).")
    payments: list[Annotated["ClientPayment", strawberry.lazy("schema.payment")]] = related(
        "The payments that are applied to it, in full or in part, oldest first."
    )
    applications: list[Annotated["CreditApplication", strawberry.lazy("schema.payment")]] = related(
        "The payments and credit notes that are applied to it, oldest first (aplicaciones)."
    )


@strawberry.type(description="A sales note (nota de venta).")
class SalesNote(Owed):
    on_credit: bool = column("Whether it was sold on credit, and so counts against the credit limit.")


@strawberry.type(description="An invoice (factura).")
class SalesInvoice(Owed):
    advance_left: Decimal | None = column(
        "What is left of an advance (anticipo) for invoices to take; null of an invoice that is none. An invoice that"
        " refers to it (TipoRelacion 07) takes what its credit notes of that relation apply or what it deducts itself,"
        " and until one of them says it, all of it."
    )


@strawberry.type(description="A credit note (nota de crédito): takes back an invoice, or a part of it.")
class SalesCreditNote(SalesDocument):
    applied: list[Annotated["CreditApplication", strawberry.lazy("schema.payment")]] = related(
        "How it is applied to documents, oldest first (aplicaciones)."
    )
    refunded: Decimal = column("The part that was paid back to the client.")
    left: Decimal = column("What is left of it to apply or to refund: the client's credit balance (saldo a favor).")


# What the mutations are told


@strawberry.input(
    description="A line. What it leaves out is that of the item with its `sku` in the price list; without one it needs"
    " description, codes and price."
)
class SalesDocumentLineInput(PriceListItemInput):
    quantity: Decimal = required("Quantity, more than 0, at most 6 decimals.")
    discount: Decimal | None = value("Discount on the line, at most its amount, 6 decimals.")


@strawberry.input(description="A sales document; not a type of the schema itself.")
class SalesDocumentInput:
    deal_id: Ref["ClientDeal"] | None = value("The deal that it comes from, one of the client's.")
    currency: str | None = value(
        "SAT's c_Moneda; by default that of the price list, or else of the client's CFDI data if `exchangeRate` is"
        " stated, or else of the company."
    )
    exchange_rate: Decimal | None = value("Units of the company's currency for one of the document's.")
    payment_form: str | None = value("SAT's c_FormaPago; by default that of the client's CFDI data, on credit `99`.")
    payment_method: str | None = value(
        "SAT's c_MetodoPago; by default that of the client's CFDI data, on credit `PPD`."
    )
    cfdi_use: str | None = value("SAT's c_UsoCFDI; by default that of the client's CFDI data.")
    due_on: datetime.date | None = value("When it falls due; by default according to the client's terms.")
    expires_on: datetime.date | None = value("The last day that a quote is valid; by default in 15 days.")
    notes: str | None = value("Notes.")
    lines: list[SalesDocumentLineInput] | None = value("All its lines, in their order, at most 1,000.")


@strawberry.input(description="A new draft.")
class CreateSalesDocumentInput(SalesDocumentInput, OnClient):
    type: SalesDocumentType = required("What it is.")
    series: str | None = value("Its series, letters and digits; by default `COT`, `NV`, `F` or `NC`, by the type.")
    price_list_id: Ref["SalesPriceList"] | None = value(
        "Price list for lines without a price; by default the client's."
    )
    invoice_id: Ref["SalesDocument"] | None = value("Of a credit note, which needs it: the invoice that it reduces.")


@strawberry.input(description="A line that becomes part of the next document.")
class ConvertedLineInput:
    line_id: Ref["SalesDocumentLine"] = required("The line.")
    quantity: Decimal | None = value("Quantity to convert; by default all that remains.")


_OVERRIDE_REASON = (
    "Why an invoice or a credit note is issued although something for its CFDI is missing or wrong; at most 500"
    " characters. Needs `cfdi:override`, and is kept in the history where anything was overridden."
)


@strawberry.input(description="What is paid with a document that is sent, in its currency.")
class ReceivedInput:
    amount: Decimal | None = value("Amount (monto); by default the document's total.")
    payment_form: str | None = value("How it was paid, SAT's c_FormaPago; by default as the document says.")
    paid_at: datetime.datetime | None = value("When it was received; by default now.")
    reference: str | None = value("The payer's or the bank's reference.")


@strawberry.input(description="The document to be sent.")
class SendSalesDocumentInput(OnRecord):
    payment: ReceivedInput | None = value(
        "What a draft sales note or invoice is paid with at the same time: it takes no credit. Needs `billing:write`."
    )
    override_reason: str | None = value(_OVERRIDE_REASON)


@strawberry.input(description="A stamp that the company's invoicing system or PAC obtained for a document.")
class RegisterStampInput(OnRecord):
    uuid: UUID = required("Fiscal folio (folio fiscal, UUID).")
    stamped_at: datetime.datetime = required("When it was stamped (fecha de timbrado); any time of the day will do.")
    xml: str | None = value("The stamped XML, at most 1 MB, which has to be the document's; it is kept as a file.")


@strawberry.input(description="What a document becomes.")
class ConvertSalesDocumentInput(OnRecord):
    to: SalesDocumentType = required("A sales note or an invoice.")
    other_ids: list[Ref["SalesDocument"]] | None = value(
        "Other sales notes of the same client and currency, at most 100, that become part of the same invoice."
    )
    lines: list[ConvertedLineInput] | None = value(
        "Lines to convert, some of each document; by default all that remains."
    )
    series: str | None = value("The new document's series.")
    override_reason: str | None = value(_OVERRIDE_REASON)


MUTATIONS = (
    mutation(
        CreateSalesDocumentInput,
        commands.create_sales_document,
        SalesDocument,
        "Draws up a quote, a sales note, an invoice or a credit note, with the next folio of its series.",
        needs=(
            ClientAction.CREATE_QUOTE,
            ClientAction.CREATE_SALES_NOTE,
            ClientAction.CREATE_INVOICE,
            SalesDocumentAction.CREDIT,
        ),
    ),
    mutation(
        changes(
            "UpdateSalesDocumentInput",
            SalesDocumentInput,
            "Changes to a draft. `lines` replaces all lines; those that were converted stay.",
        ),
        commands.update_sales_document,
        SalesDocument,
        "Edits a draft.",
        needs=SalesDocumentAction.EDIT,
    ),
    mutation(
        SendSalesDocumentInput,
        commands.send_sales_document,
        SalesDocument,
        "Issues a document to the client. From now on a sales note or an invoice is owed; on credit and over the"
        " limit, that needs `credit:override` and is recorded. A credit note now reduces its invoice. What is missing"
        " or wrong for the CFDI of an invoice or a credit note, in the data of client, company or document, is a user"
        " error unless `overrideReason` says why; until its stamp is registered it is pending (`stampStatus`).",
        needs=SalesDocumentAction.SEND,
    ),
    mutation(
        about("AcceptQuoteInput", "The quote that the client accepted."),
        commands.accept_quote,
        SalesDocument,
        "Records that the client accepted a quote, before it expires.",
        needs=SalesDocumentAction.ACCEPT,
    ),
    mutation(
        about("RejectQuoteInput", "The quote that the client rejected."),
        commands.reject_quote,
        SalesDocument,
        "Records that the client rejected a quote.",
        needs=SalesDocumentAction.REJECT,
    ),
    mutation(
        ConvertSalesDocumentInput,
        conversion_commands.convert_sales_document,
        SalesDocument,
        "Makes a sales note or an invoice of a quote, or an invoice of one or several sales notes: all that remains of"
        " them, or a part. The invoice of a sales note is issued at once, as by `sendSalesDocument`, and takes its"
        " payments with it.",
        needs=SalesDocumentAction.CONVERT,
    ),
    mutation(
        RegisterStampInput,
        stamp_commands.register_stamp,
        SalesDocument,
        "Registers the fiscal folio that the company's invoicing system or PAC obtained for an invoice or a credit"
        " note: once. The same folio again is answered with the document as it is; another one is refused, and so is"
        " one that another document has.",
        needs=SalesDocumentAction.REGISTER_STAMP,
        around=stamping,
    ),
)
