"""The client's record: everything the detail screen shows."""

import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from domain import client as commands
from domain import prospect as prospects
from domain.policy import ClientAction
from models.client import ClientKind
from models.viewer import Permission
from resolvers import account_statement as statements
from resolvers import cfdi_profile as cfdi
from resolvers import client as client_answers
from resolvers import history as history_answers
from resolvers import relation as relation_answers
from resolvers import taxpayer_listing as listings
from schema.account_statement import AccountStatement, PastReceivables
from schema.actions import ActionState, available, can, states
from schema.address import ClientAddress, ClientAddressFilter, ClientAddressInput, NewClientAddressInput
from schema.bank_account import ClientBankAccount
from schema.cfdi_profile import CfdiProfile, CfdiProfileFilter, CfdiProfileInput, CfdiReadiness
from schema.collaborator import Collaborator, CollaboratorFilter
from schema.contact import ClientContact, ClientContactFilter, ClientContactInput, NewClientContactInput
from schema.deal import ClientDeal, ClientDealFilter, ClientDealOrder
from schema.document import ClientDocument, ClientDocumentFilter, ClientDocumentOrder
from schema.enums import describe, label, name_fields
from schema.fields import answered, column, connection, related
from schema.filters import (
    FichaDateTimeFilter,
    FichaIdFilter,
    FichaStringFilter,
    Filter,
    ListFilter,
    filter_input,
    ordering,
)
from schema.follow_up import FollowUp, FollowUpFilter, FollowUpOrder
from schema.history import HistoryEventConnection, HistoryMonth
from schema.inputs import Command, OnRecord, Ref, about, changes, demanding, required, value
from schema.ledger import LedgerEntry, LedgerEntryFilter, LedgerEntryOrder
from schema.mutations import mutation
from schema.node import Connection, Node
from schema.payment_reminders import PaymentReminders
from schema.price_list import SalesPriceList, SalesPriceListFilter
from schema.prospect_state import ProspectState, ProspectStateFilter
from schema.receivables import Receivables, ReceivablesFilter, ReceivableTermsInput
from schema.sales_document import SalesDocument, SalesDocumentFilter, SalesDocumentOrder
from schema.scalars import Rfc
from schema.taxpayer_listing import TaxpayerListing

if TYPE_CHECKING:
    from schema.statement_link import StatementLink


name_fields(
    models.Client,
    kind=label("Tipo de registro", "Kind of record"),
    legal_name=label("Razón social", "Legal name"),
    trade_name=label("Nombre comercial", "Trade name"),
    rfc=label("RFC", "RFC"),
    owner_id=label("Colaborador a cargo", "Owner"),
    price_list_id=label("Tarifa", "Price list"),
    prospect_state_id=label("Estado del prospecto", "Prospect state"),
    internal_note=label("Nota interna", "Internal note"),
    external_id=label("Id externo", "External id"),
)


describe(
    ClientKind,
    "Whether the record is already a client (prospecto o cliente).",
    PROSPECT=label("Prospecto", "Prospect", "not yet a client."),
    CLIENT=label("Cliente", "Client"),
)

describe(
    ClientAction,
    "What can be started from a client's record (panel de acciones administrativas).",
    EDIT=label("Editar", "Edit"),
    CREATE_QUOTE=label("Nueva cotización", "New quote"),
    CREATE_SALES_NOTE=label("Nueva nota de venta", "New sales note"),
    CREATE_INVOICE=label("Nueva factura", "New invoice"),
    CREATE_DEAL=label("Nuevo trato", "New deal"),
    SCHEDULE_FOLLOW_UP=label("Agendar seguimiento", "Schedule follow-up"),
    CONVERT_TO_CLIENT=label("Convertir a cliente", "Convert to client"),
    SET_PROSPECT_STATE=label("Cambiar el estado del prospecto", "Change the prospect's state"),
    DELETE=label("Eliminar", "Delete"),
    RESTORE=label("Restaurar", "Restore"),
    EDIT_BILLING=label(
        "Editar condiciones de pago, recordatorios y datos bancarios", "Edit payment terms, reminders and bank data"
    ),
    ATTACH_DOCUMENT=label("Adjuntar documento", "Attach document"),
    ERASE=label("Borrar definitivamente", "Erase permanently"),
    ADD_CONTACT=label("Agregar contacto", "Add contact"),
    ADD_ADDRESS=label("Agregar dirección", "Add address"),
    ADD_BANK_ACCOUNT=label("Agregar cuenta bancaria", "Add bank account"),
)


@filter_input("Conditions on the last activity with a client.")
class ClientActivityFilter:
    last_activity_at: FichaDateTimeFilter | None = value("When it was; `eq: null` finds clients without any.")


@filter_input("Conditions on a client.")
class ClientFilter:
    id: FichaIdFilter | None = value("Id.")
    kind: Filter[ClientKind] | None = value("Client or prospect.")
    legal_name: FichaStringFilter | None = value("Legal name.")
    trade_name: FichaStringFilter | None = value("Trade name.")
    rfc: FichaStringFilter | None = value("RFC, however it is written.")
    external_id: FichaStringFilter | None = value("Id in the company's other systems.")
    created_at: FichaDateTimeFilter | None = value("When the record was created.")
    updated_at: FichaDateTimeFilter | None = value("When it or a part of it was last changed.")
    converted_at: FichaDateTimeFilter | None = value("When the prospect became a client.")
    prospect_state: ProspectStateFilter | None = value("The state that the prospect is in; null where there is none.")
    owner: CollaboratorFilter | None = value("The collaborator in charge.")
    price_list: SalesPriceListFilter | None = value("Default price list.")
    cfdi_profile: CfdiProfileFilter | None = value("CFDI data.")
    receivables: ReceivablesFilter | None = value("Terms and debts.")
    contacts: ListFilter[ClientContactFilter] | None = value("Its contacts.")
    addresses: ListFilter[ClientAddressFilter] | None = value("Its addresses.")
    deals: ListFilter[ClientDealFilter] | None = value("Its deals.")
    follow_ups: ListFilter[FollowUpFilter] | None = value("Its follow-ups.")
    next_follow_up: FollowUpFilter | None = value("Its next follow-up.")
    activity: ClientActivityFilter | None = value("Its last activity.")
    sales_documents: ListFilter[SalesDocumentFilter] | None = value("Its sales documents.")
    documents: ListFilter[ClientDocumentFilter] | None = value("Its documents.")


ClientOrder = ordering(
    "ClientOrder",
    "A term of an order of clients.",
    "What clients can be ordered by.",
    LEGAL_NAME=label("Razón social", "Legal name", "as Spanish orders it: accents and case aside, ñ after n."),
    CREATED_AT=label("Fecha de creación", "Created", "when the record was created."),
    UPDATED_AT=label("Último cambio", "Last change", "when the record or a part of it was last changed."),
    KIND=label("Tipo de registro", "Kind of record", "clients before prospects."),
    OWNER=label(
        "Colaborador a cargo", "Owner", "by the name of the collaborator in charge; records without one come last."
    ),
    PROSPECT_STATE=label(
        "Estado del prospecto", "Prospect state", "by its place among the company's states; who has none comes last."
    ),
    BALANCE=label(
        "Saldo",
        "Balance",
        "what the client owes, less its credit balance, in the company's currency. Needs `billing:read`.",
    ),
    OVERDUE_BALANCE=label(
        "Saldo vencido", "Overdue balance", "the part of it whose due date has passed. Needs `billing:read`."
    ),
    RFC=label("RFC del cliente", "Tax id (RFC)", "records without one come last."),
    LAST_ACTIVITY=label(
        "Última actividad",
        "Last activity",
        "`lastActivityAt`, of what the viewer sees; records without any come last. Needs `history:read`.",
    ),
    NEXT_FOLLOW_UP=label(
        "Próximo seguimiento",
        "Next follow-up",
        "when `nextFollowUp` starts; records without any come last. Needs `follow_ups:read`.",
    ),
)


@strawberry.type(description="A client or prospect, with everything its detail screen shows (cliente).")
class Client(Node):
    kind: ClientKind = column("Whether it is already a client.")
    legal_name: str = column("Legal name (razón social).")
    trade_name: str | None = column("The name it is commonly known by (nombre comercial).")
    rfc: Rfc | None = column("RFC; unique in the company, except generic ones. A prospect may have none yet.")
    external_id: str | None = column("Its id in the company's other systems, unique in the company.")
    internal_note: str | None = column("Internal note (nota interna); null when nothing was written.")
    available_actions: list[ClientAction] = available(
        ClientAction, "What the viewer may start from this record now (panel de acciones administrativas)."
    )
    actions: list[ActionState] = states(
        ClientAction,
        "a client",
        "Every action of the administrative panel (panel de acciones administrativas), whether the viewer can take it"
        " now, and why not.",
        "acción administrativa",
    )
    viewer_can_update: bool = can(ClientAction.EDIT, "Whether the viewer can edit it now.")
    viewer_can_update_billing: bool = can(
        ClientAction.EDIT_BILLING, "Whether the viewer can edit its terms, bank accounts and reminders now."
    )
    viewer_can_convert: bool = can(ClientAction.CONVERT_TO_CLIENT, "Whether the viewer can make it a client now.")
    viewer_can_delete: bool = can(ClientAction.DELETE, "Whether the viewer can delete it now.")
    viewer_can_restore: bool = can(ClientAction.RESTORE, "Whether the viewer can restore it now.")
    viewer_can_erase: bool = can(ClientAction.ERASE, "Whether the viewer can erase it for good now.")

    prospect_state: ProspectState | None = related(
        "The state that the prospect is in (estado de prospecto); null for a client, and where the company had no state"
        " when the prospect was created."
    )
    converted_into: Annotated["Client", strawberry.lazy("schema.client")] | None = related(
        "The client that the prospect became part of, with all that it had; null if there is none, or if the viewer"
        " may not see it. The prospect itself remains as a deleted record, so that old links still work."
    )
    owner: Collaborator | None = related("The collaborator in charge (colaborador a cargo).")
    price_list: SalesPriceList | None = related("The default price list (tarifa predeterminada), if one was assigned.")

    contacts: list[ClientContact] = related("The contacts, in their order.", deletable=True)
    fiscal_address: ClientAddress | None = related("The fiscal address (dirección fiscal).")
    branch_addresses: list[ClientAddress] = related(
        "The branches' addresses (sucursales), in their order.", deletable=True
    )

    history: HistoryEventConnection | None = answered(
        history_answers.history,
        "What happened to the client (historial), newest first unless turned by `order`. `month` is cut in"
        " the company's time zone. At most 100 events a page.",
    )
    history_months: list[HistoryMonth] | None = related(
        "The months from the record's creation, as client or prospect, to the current one, newest first, empty ones"
        " included: the history's drop-down. They begin earlier where an event that the viewer may see is older, as"
        " that of an imported CFDI."
    )
    last_activity_at: datetime.datetime | None = answered(
        client_answers.last_activity_at,
        "When the newest activity was of which the viewer may see the event (última actividad): of the history all but"
        " edits of the client's own data. Null where there is none.",
    )
    next_follow_up: FollowUp | None = related(
        "The open follow-up that starts first, overdue ones among them (próximo seguimiento); null where none is open."
    )
    deals: Connection[ClientDeal] | None = connection(
        "The deals (tratos).", ClientDealFilter, ClientDealOrder, deletable=True
    )
    follow_ups: Connection[FollowUp] | None = connection(
        "The follow-ups (seguimientos). `search` looks in key, name, the assignee's name and the deal's title.",
        FollowUpFilter,
        FollowUpOrder,
        deletable=True,
    )
    sales_documents: Connection[SalesDocument] | None = connection(
        "The quotes, sales notes and invoices. `search` looks in the folio.",
        SalesDocumentFilter,
        SalesDocumentOrder,
    )
    documents: Connection[ClientDocument] | None = connection(
        "The files (documentos). `search` looks in name and description. Deleted ones can be restored until they are"
        " purged.",
        ClientDocumentFilter,
        ClientDocumentOrder,
        deletable=True,
    )

    receivables: Receivables | None = related("Terms and debts (cuentas por cobrar).")
    ledger: Connection[LedgerEntry] | None = connection(
        "The entries of its ledger (movimientos): everything that changed what it owes or is owed.",
        LedgerEntryFilter,
        LedgerEntryOrder,
    )
    receivables_as_of: PastReceivables | None = answered(
        statements.receivables_as_of, "What it owed at the end of a day of the past (saldos a una fecha)."
    )
    statement: AccountStatement | None = answered(
        statements.statement, "Its statement of account (estado de cuenta) of some days, in one currency."
    )
    statement_links: Connection[Annotated["StatementLink", strawberry.lazy("schema.statement_link")]] | None = answered(
        relation_answers.newest_first,
        "The links to its statements of account, newest first, including revoked and expired ones.",
    )
    payment_reminders: PaymentReminders | None = related(
        "Its payment reminders (recordatorios de pago); null if none were configured."
    )
    cfdi_profile: CfdiProfile | None = related("The client as the receptor of a CFDI (datos de CFDI), as it is now.")
    cfdi_profiles: list[CfdiProfile] = related("All versions of the CFDI data, oldest first.")
    cfdi_profile_on: CfdiProfile | None = answered(
        cfdi.profile_on, "The CFDI data as they were at the end of a day in the company's time zone."
    )
    cfdi_readiness: CfdiReadiness = answered(
        cfdi.readiness, "Whether an invoice could be issued to it today, and what is in the way."
    )
    taxpayer_listing: TaxpayerListing | None = answered(
        listings.listing_on,
        "What the SAT had published of it under art. 69-B of the CFF up to a day; null where it was not listed. Issuing"
        " documents to a client that is presumed or definite is warned of.",
    )
    taxpayer_listings: list[TaxpayerListing] = related("All that the SAT published of it under art. 69-B.")
    bank_accounts: list[ClientBankAccount] = related(
        "The bank accounts (datos bancarios), in their order.", deletable=True
    )

    created_by: Collaborator | None = related("Who created the record.")
    converted_at: datetime.datetime | None = column("When the prospect became a client, or part of one.")
    converted_by: Collaborator | None = related("Who converted the prospect.")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    deleted_by: Collaborator | None = related("Who deleted it.")
    version: int = column(
        "Version number of the record's own values; send it back as `expectedVersion`. A change of a contact or of"
        " another part leaves it as it is."
    )
    revision: int = column(
        "Grows with each change of the record or of any part of it, as a contact, a deal, a document or a payment: the"
        " key of a cached copy. Names of what it refers to, as its owner, and what depends on the day do not move it."
    )
    created_at: datetime.datetime = column("When the record was created, as client or as prospect.")
    updated_at: datetime.datetime = column("When it or a part of it was last changed.")


@strawberry.input(description="A record's own values; not a type of the schema itself.")
class ClientValuesInput:
    legal_name: str | None = value("Legal name (razón social).")
    trade_name: str | None = value("The name it is commonly known by.")
    owner_id: Ref["Collaborator"] | None = value("The collaborator in charge.")
    price_list_id: Ref["SalesPriceList"] | None = value("The default price list.")
    internal_note: str | None = value("Internal note.")
    external_id: str | None = value("Its id in the company's other systems, unique.")


@strawberry.input(description="A record; not a type of the schema itself.")
class ClientInput(ClientValuesInput):
    allow_duplicates: bool = value(
        "Saves it even if it resembles another record. An RFC must still be unique.", default=False
    )


@strawberry.input(description="A record with all that is known of it; not a type of the schema itself.")
class ClientFormInput(ClientInput):
    rfc: Rfc | None = value("RFC; by default that of the CFDI data.")
    cfdi_profile: CfdiProfileInput | None = value("CFDI data.")
    receivable_terms: ReceivableTermsInput | None = value("Terms; needs the permission `billing:write`.")


@strawberry.input(description="A new client or prospect, with all that is known of it.")
@demanding("legal_name")
class CreateClientInput(ClientFormInput, Command):
    contacts: list[NewClientContactInput] | None = value("Contacts, in their order.")
    addresses: list[NewClientAddressInput] | None = value("Addresses, in their order.")
    kind: ClientKind = value("Whether it already is a client.", default=ClientKind.CLIENT)
    prospect_state_id: Ref["ProspectState"] | None = value(
        "The state that a new prospect is in; the company's first by default."
    )


@strawberry.input(
    description="The prospect that becomes a client, with further data. A contact that it already has is updated: one"
    " with the same e-mail address, or with the same name and no different telephone. So is its fiscal address, and"
    " a branch at the same place."
)
class ConvertProspectInput(ClientFormInput, OnRecord):
    contacts: list[ClientContactInput] | None = value("Contacts, in their order.")
    addresses: list[ClientAddressInput] | None = value("Addresses, in their order.")
    into_client_id: Ref["Client"] | None = value(
        "The existing client that it is merged into: contacts, addresses, accounts, deals, follow-ups, documents,"
        " sales documents and history move there, and the other fields of this input apply to that client."
    )


@strawberry.input(description="The new state of a prospect.")
class SetProspectStateInput(OnRecord):
    prospect_state_id: Ref["ProspectState"] = required("The state, one that can be chosen.")


@strawberry.input(description="The collaborator to put in charge of the client.")
class AssignClientInput(OnRecord):
    owner_id: Ref["Collaborator"] | None = required("The collaborator; null for nobody.")


MUTATIONS = (
    mutation(
        CreateClientInput,
        commands.create_client,
        Client,
        "A new client or prospect. Records that it may duplicate are the user error `DUPLICATE`.",
        needs=Permission.CLIENTS_WRITE,
        many="CreateClients",
    ),
    mutation(
        changes("UpdateClientInput", ClientInput, "Changes to a record. Its RFC is part of the CFDI data."),
        commands.update_client,
        Client,
        "Edits the record (editar).",
        needs=ClientAction.EDIT,
        many="UpdateClients",
    ),
    mutation(
        AssignClientInput,
        commands.update_client,
        Client,
        "Puts a collaborator in charge (colaborador a cargo), who can then see the client.",
        needs=ClientAction.EDIT,
        many="AssignClients",
    ),
    mutation(
        SetProspectStateInput,
        prospects.set_prospect_state,
        Client,
        "Changes a prospect's state (estado de prospecto).",
        needs=ClientAction.SET_PROSPECT_STATE,
    ),
    mutation(
        ConvertProspectInput,
        prospects.convert_prospect,
        Client,
        "Turns a prospect into a client, or merges it into an existing client. Its history is kept. Repeating it"
        " changes nothing.",
        needs=ClientAction.CONVERT_TO_CLIENT,
        many="ConvertProspects",
    ),
    mutation(
        about("DeleteClientInput", "The client to be deleted."),
        commands.delete_client,
        Client,
        "Deletes the client (eliminados); it accepts no changes until it is restored.",
        needs=ClientAction.DELETE,
        many="DeleteClients",
    ),
    mutation(
        about("RestoreClientInput", "The client to be brought back."),
        commands.restore_client,
        Client,
        "Brings a deleted client back.",
        needs=ClientAction.RESTORE,
        many="RestoreClients",
    ),
    mutation(
        about("EraseClientInput", "The client to be erased."),
        commands.erase_client,
        Client,
        "Erases a client for good, with its history; refused while it has documents or a balance.",
        needs=ClientAction.ERASE,
        many="EraseClients",
    ),
)
