"""The client's record: everything the detail screen shows."""

import datetime

import strawberry

from resolvers import cfdi_profile as cfdi
from resolvers import client as answers
from resolvers import history as history_answers
from resolvers import policy
from schema import inputs
from schema.address import Address
from schema.bank_account import BankAccount
from schema.cfdi_profile import CfdiProfile, CfdiReadiness
from schema.collaborator import Collaborator
from schema.contact import Contact
from schema.deal import Deal
from schema.document import Document
from schema.enums import ClientAction, ClientKind
from schema.fields import answered, column, connection, related
from schema.follow_up import FollowUp
from schema.history import HistoryEventConnection, HistoryMonth
from schema.node import Connection, Node
from schema.payment_reminders import PaymentReminders
from schema.price_list import PriceList
from schema.receivables import Receivables
from schema.sales_document import SalesDocument
from schema.scalars import Rfc


@strawberry.type(description="A client or prospect, with everything its detail screen shows (cliente).")
class Client(Node):
    kind: ClientKind = column("Whether it is already a client.")
    legal_name: str = column("Legal name (razón social), at most 300 characters.")
    trade_name: str | None = column("The name it is commonly known by (nombre comercial).")
    rfc: Rfc | None = column("RFC; unique in the company, but for the generic ones. A prospect may have none yet.")
    external_id: str | None = column("Its id in the company's other systems, unique in the company.")
    internal_note: str | None = column("Internal note (nota interna); null when nothing was written.")
    available_actions: list[ClientAction] = answered(
        answers.available_actions,
        "What the viewer may start from this record now (panel de acciones administrativas).",
    )
    viewer_can_update: bool = answered(policy.update_client, "Whether the viewer can edit it now.")
    viewer_can_update_billing: bool = answered(
        policy.update_client_billing, "Whether the viewer can edit its terms, bank accounts and reminders now."
    )
    viewer_can_convert: bool = answered(policy.convert_client, "Whether the viewer can make it a client now.")
    viewer_can_delete: bool = answered(policy.delete_client, "Whether the viewer can delete it now.")
    viewer_can_restore: bool = answered(policy.restore_client, "Whether the viewer can restore it now.")
    viewer_can_erase: bool = answered(policy.erase_client, "Whether the viewer may erase it for good.")

    owner: Collaborator | None = related("The collaborator in charge (colaborador a cargo).")
    price_list: PriceList | None = related("The default price list (tarifa predeterminada), if one was assigned.")

    contacts: list[Contact] = related("The contacts, in their order.")
    fiscal_address: Address | None = related("The fiscal address (dirección fiscal).")
    branch_addresses: list[Address] = related("The branches' addresses (sucursales), in their order.")

    history: HistoryEventConnection | None = answered(
        history_answers.history,
        "What happened to the client (historial), newest first unless turned by `order`. `month` is cut in"
        " the company's time zone. At most 100 events a page.",
    )
    history_months: list[HistoryMonth] | None = related(
        "The months from the record's creation, as client or prospect, to the current one, newest first, empty ones"
        " included: the history's drop-down."
    )
    deals: Connection[Deal] | None = connection("The deals (tratos).", inputs.DealFilter, inputs.DealOrder)
    follow_ups: Connection[FollowUp] | None = connection(
        "The follow-ups (seguimientos). `search` looks in key and name.", inputs.FollowUpFilter, inputs.FollowUpOrder
    )
    sales_documents: Connection[SalesDocument] | None = connection(
        "The quotes, sales notes and invoices. `search` looks in the folio.",
        inputs.SalesDocumentFilter,
        inputs.SalesDocumentOrder,
    )
    documents: Connection[Document] | None = connection(
        "The files (documentos). `search` looks in name and description.", inputs.DocumentFilter, inputs.DocumentOrder
    )
    deleted_documents: Connection[Document] | None = connection(
        "The deleted files (eliminados), which can be restored until they are purged.",
        inputs.DocumentFilter,
        inputs.DocumentOrder,
    )

    receivables: Receivables | None = related("Terms and debts (cuentas por cobrar).")
    payment_reminders: PaymentReminders | None = related(
        "How it is reminded of what it owes (recordatorios de pago); null when nothing was configured."
    )
    cfdi_profile: CfdiProfile | None = related("The client as the receptor of a CFDI (datos de CFDI), as it is now.")
    cfdi_profiles: list[CfdiProfile] = related("All versions of the CFDI data, oldest first.")
    cfdi_profile_on: CfdiProfile | None = answered(
        cfdi.profile_on, "The CFDI data as they were at the end of a day in the company's time zone."
    )
    cfdi_readiness: CfdiReadiness = answered(
        cfdi.readiness, "Whether an invoice could be issued to it today, and what is in the way."
    )
    bank_accounts: list[BankAccount] = related("The bank accounts (datos bancarios), in their order.")

    created_by: Collaborator | None = related("Who created the record.")
    converted_at: datetime.datetime | None = column("When the prospect became a client.")
    converted_by: Collaborator | None = related("Who converted the prospect.")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    deleted_by: Collaborator | None = related("Who deleted it.")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")
    created_at: datetime.datetime = column("When the record was created, as client or as prospect.")
    updated_at: datetime.datetime = column("When it was last changed.")
