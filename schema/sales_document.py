"""Sales documents, their lines and payments."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from resolvers import catalogs as codes
from schema.catalogs import PaymentForm
from schema.collaborator import Collaborator
from schema.deal import Deal
from schema.enums import SalesDocumentState, SalesDocumentType
from schema.fields import answered, column, related
from schema.node import Node

if TYPE_CHECKING:
    from schema.client import Client


@strawberry.type(description="What is sold, one line of a sales document (concepto).")
class SalesDocumentLine(Node):
    position: int = column("Its place in the document, from 1.")
    description: str = column("Description (descripción).")
    product_code: str = column("SAT's c_ClaveProdServ.")
    unit_code: str = column("SAT's c_ClaveUnidad.")
    quantity: Decimal = column("Quantity (cantidad), 6 decimals.")
    unit_price: Decimal = column("Unit price (valor unitario) without taxes, 6 decimals.")
    discount: Decimal = column("Discount (descuento) on the line.")
    tax_rate: Decimal | None = column("IVA as a fraction, `0.160000`; null when exempt.")
    amount: Decimal = column("Quantity times unit price less the discount, 2 decimals.")
    tax: Decimal = column("IVA on the amount, 2 decimals.")


@strawberry.type(description="Money received on a sales document (pago), in the document's currency.")
class Payment(Node):
    amount: Decimal = column("Amount (monto).")
    payment_form: PaymentForm | None = answered(codes.payment_form, "How it was paid (forma de pago).")
    paid_at: datetime.datetime = column("When it was received.")
    reference: str | None = column("The payer's or the bank's reference.")
    registered_by: Collaborator | None = related("Who registered it.")
    reversed_at: datetime.datetime | None = column("When it was reversed; a reversed payment no longer counts.")


@strawberry.interface(description="A quote, a sales note or an invoice (documento de venta).")
class SalesDocument(Node):
    type: SalesDocumentType = column("Which of the three it is.")
    series: str = column("Series (serie).")
    number: int = column("Its number in the series.")
    folio: str = column("Series and number, as `F-1024` (folio).")
    state: SalesDocumentState = column("State (estado).")
    issued_at: datetime.datetime = column("When it was issued (fecha de emisión).")
    issued_by: Collaborator | None = related("Who issued it.")
    currency: str = column("Its currency, SAT's c_Moneda (ISO 4217).")
    exchange_rate: Decimal = column("Units of the company's currency for one of the document's (tipo de cambio).")
    subtotal: Decimal = column("Sum of the lines before discounts and taxes.")
    discount: Decimal = column("Sum of the discounts (descuento).")
    tax: Decimal = column("Sum of the taxes (impuestos).")
    total: Decimal = column("Subtotal less discount plus taxes (total).")
    notes: str | None = column("Notes (observaciones).")
    client: Annotated["Client", strawberry.lazy("schema.client")] | None = related("The client.")
    deal: Deal | None = related("The deal that it came from.")
    origin: Annotated["SalesDocument", strawberry.lazy("schema.sales_document")] | None = related(
        "The document that this one was made from."
    )
    descendants: list[Annotated["SalesDocument", strawberry.lazy("schema.sales_document")]] = related(
        "The documents that were made from this one."
    )
    lines: list[SalesDocumentLine] = related("The lines, in order (conceptos).")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")
    created_at: datetime.datetime = column("When it was drawn up.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.type(description="A quote (cotización).")
class Quote(SalesDocument):
    expires_on: datetime.date | None = column("The last day that it holds (vigencia).")
    is_expired: bool = column("Whether it ran out before it was answered (vencida).")


@strawberry.type
class Owed(SalesDocument):
    """What a sales note and an invoice have in common; not a type of the schema itself."""

    due_on: datetime.date | None = column("The day it falls due (fecha de vencimiento), in the company's time zone.")
    paid: Decimal = column("Sum of its payments.")
    balance: Decimal = column("What remains to be paid (saldo); 0 while it is a draft or when it was cancelled.")
    is_overdue: bool = column("Whether it is owed and its due date has passed (vencida).")
    payments: list[Payment] = related("Its payments, oldest first.")


@strawberry.type(description="A sales note (nota de venta).")
class SalesNote(Owed):
    on_credit: bool = column("Whether it was sold on credit, and so counts against the credit limit.")


@strawberry.type(description="An invoice (factura).")
class Invoice(Owed):
    uuid: UUID | None = column("Fiscal folio (folio fiscal, UUID) given by the SAT's stamp.")
