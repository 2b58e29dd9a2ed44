"""The import of a CFDI that was issued elsewhere."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from domain import cfdi_import as commands
from domain.cfdi_receptor import OnUnknownClient
from domain.policy import ClientAction
from resolvers import cfdi_import as answers
from resolvers import mutation as mutations
from resolvers.cfdi_import import MOST_BYTES, MOST_LINES, importing
from resolvers.inputs import entity_named
from schema.client import Client
from schema.enums import describe, label
from schema.fields import answered, column, shows
from schema.inputs import Command, Ref, value
from schema.mutations import mutation
from schema.payloads import Payload
from schema.sales_document import SalesDocument

if TYPE_CHECKING:
    from schema.document import ClientDocument
    from schema.payment import ClientPayment

describe(
    OnUnknownClient,
    "What to do with a CFDI whose receptor is no client (receptor desconocido).",
    REFUSE=label("Rechazar", "Refuse", "it is a user error."),
    CREATE=label("Crear", "Create", "the client is created from the CFDI, or from the prospect that matches it."),
)


@strawberry.type(description="A line of a CFDI as it is written there (concepto).")
@shows(answers.ReadLine)
class CfdiReadingLine:
    description: str = column("Descripcion.")
    product_code: str = column("ClaveProdServ, SAT's c_ClaveProdServ.")
    quantity: Decimal = column("Cantidad.")
    currency: str = column("Moneda of the CFDI.")
    unit_price: Decimal = column("ValorUnitario.")
    amount: Decimal = column("Importe, before discount and taxes.")


@strawberry.type(description="What a CFDI says, whether it was brought in or not (lectura del CFDI).")
@shows(answers.ReadCfdi)
class CfdiReading:
    cfdi_version: str = column("Version: `3.2`, `3.3` or `4.0`.")
    type: str = column("TipoDeComprobante: `I` an invoice, `E` a credit note, `P` payments.")
    uuid: UUID = column("The fiscal folio.")
    folio: str | None = column("Series and number.")
    issued_on: datetime.date = column("The day at the place of issue; of payments, when their CFDI was issued.")
    issuer_rfc: str = column("RFC of the issuer.")
    receptor_rfc: str = column("RFC of the receptor.")
    receptor_name: str | None = column("Name of the receptor.")
    currency: str = column("SAT's c_Moneda (ISO 4217); `XXX` of payments.")
    payment_method: str | None = column("SAT's c_MetodoPago.")
    payment_form: str | None = column("SAT's c_FormaPago.")
    subtotal: Decimal = column("The lines' sum.")
    discount: Decimal = column("Discount.")
    tax: Decimal = column("Taxes that are added.")
    withheld: Decimal = column("Taxes that are withheld.")
    total: Decimal = column("Total; of payments what was paid, in pesos if they are in several currencies.")
    line_count: int = column("How many lines it has.")
    lines: list[CfdiReadingLine] = column(f"Its first lines, at most {MOST_LINES}.")


@strawberry.type(description="The payload of `importCfdi`.")
@shows(mutations.Outcome)
class ImportCfdiPayload(Payload):
    client: Client | None = answered(
        mutations.client,
        "The client's current state. Null if nothing was saved, after a dry run, or if the viewer may no longer see it;"
        " present after `CONFLICT`.",
    )
    sales_document: SalesDocument | None = answered(
        mutations.record(entity_named("SalesDocument")), "The record's current state; null in the same cases."
    )
    cfdi: CfdiReading | None = answered(
        answers.read,
        "What was read, after a dry run or a user error too. Null if nothing could be read, or if an earlier request of"
        " the same `Idempotency-Key` brought it in.",
    )


@strawberry.input(description="A CFDI that was issued elsewhere: its text, or a document that holds it.")
class ImportCfdiInput(Command):
    xml: str | None = value("The XML, where it fits into a request (1 MB); a larger one is uploaded first.")
    document_id: Ref["ClientDocument"] | None = value(
        f"An uploaded document that is the XML, at most {MOST_BYTES >> 20} MiB."
    )
    client_id: Ref["Client"] | None = value(
        "The client, where the receptor alone does not say who it is: the general public, a foreigner, one of several."
        " It must not be another taxpayer."
    )
    on_unknown_client: OnUnknownClient | None = value(
        "What to do where no client is the receptor; by default refuse it. To create one needs `clients:write`."
    )
    assume_paid: bool | None = value(
        "Whether an invoice that says PUE (paid at once) is assumed to be paid on its day; by default as the client's"
        " terms say, which is yes unless they say otherwise."
    )
    payment_id: Ref["ClientPayment"] | None = value(
        "Of a payment (type P) that resembles one on record, that payment: it gets the CFDI's fiscal folio."
    )
    new_payment: bool | None = value("Of a payment (type P): it is none of those on record that it resembles.")


MUTATIONS = (
    mutation(
        ImportCfdiInput,
        commands.import_cfdi,
        SalesDocument,
        "Brings in a CFDI (3.2, 3.3 or 4.0; type I, E or P) of the company's that was issued elsewhere, once: as an"
        " invoice, as a credit note, or as payments, where the document is the first that was paid and is null while"
        " none of them is on record. What it relates to is replaced (`04`), credited (`01`, `03` and `07` of type E),"
        " or only referred to; what is not on record yet is waited for. A payment that was registered by hand gets the"
        " folio of its CFDI. The client is found by RFC, a foreigner by its registration abroad, the general public by"
        " name; or it is chosen, or made. A document of ours that it is the stamp of is stamped and not doubled: that"
        " with its folio or, where it bears none, the only one of its total that is pending. The XML is kept with the"
        " client's documents; what differs from the record is warned of, and so is a seal that is not verified."
        " Payments need"
        " `billing:write` instead.",
        needs=(ClientAction.CREATE_INVOICE, ClientAction.EDIT_BILLING),
        around=importing,
        payload=ImportCfdiPayload,
    ),
)
