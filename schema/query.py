"""Where a query starts."""

import strawberry

from resolvers import audit as audit_answers
from resolvers import catalogs as catalog_answers
from resolvers import client as client_answers
from resolvers import follow_up as follow_up_answers
from resolvers import labels as label_answers
from resolvers import node as node_answers
from resolvers import payment_reminders as reminder_answers
from resolvers import relation as relation_answers
from resolvers import role as role_answers
from resolvers import sat_catalog as sat_catalog_answers
from resolvers import search as search_answers
from resolvers import summary as summary_answers
from resolvers import viewer as viewer_answers
from schema import catalogs
from schema.api_key import FichaApiKey
from schema.audit import FichaAuditEvent
from schema.client import Client, ClientFilter, ClientOrder
from schema.collaborator import Collaborator, CollaboratorFilter, CollaboratorOrder
from schema.company import FichaViewer
from schema.deal import ClientDeal, ClientDealFilter, ClientDealOrder
from schema.document import ClientDocument, ClientDocumentFilter, ClientDocumentOrder
from schema.fields import answered, connection
from schema.follow_up import FollowUp, FollowUpFilter, FollowUpOrder
from schema.holiday import OfficialHoliday
from schema.invitation import CollaboratorInvitation
from schema.labels import FichaEnum
from schema.node import Connection, Node
from schema.payment_reminders import PaymentReminder
from schema.role import FichaRolePermissions
from schema.sales_document import SalesDocument, SalesDocumentFilter, SalesDocumentOrder
from schema.sat_catalog import SatProduct, SatUnit
from schema.search import SearchHit
from schema.summary import ClientsSummary, DealsSummary, ReceivablesSummary

_BY_ID = " Null if not found or not visible to the viewer."


@strawberry.type(description="Everything that can be read.")
class Query:
    viewer: FichaViewer = answered(viewer_answers.viewer, "The viewer of this request.")

    node: Node | None = answered(node_answers.node, "Any record by its id." + _BY_ID)
    nodes: list[Node | None] = answered(
        node_answers.nodes, "Records by their ids, at most 100, in the ids' order." + _BY_ID
    )

    search: list[SearchHit] | None = answered(
        search_answers.search,
        "Records of any kind that the viewer sees, by folio, RFC, name, e-mail address, telephone, UUID of a CFDI,"
        " title, key and file name, best match first. Deleted records, and those of deleted clients, are left out.",
    )
    client: Client | None = answered(
        client_answers.client, "The client with this id or this RFC, one of the two." + _BY_ID
    )
    clients: Connection[Client] | None = answered(
        client_answers.clients(ClientFilter, ClientOrder),
        "Clients and prospects. `search` looks in legal and trade name, RFC, internal note, and the contacts' names,"
        " e-mail addresses and telephones; it forgives accents, case and a typo, and lists the best match first.",
    )
    clients_summary: ClientsSummary | None = answered(
        summary_answers.clients_summary(ClientFilter),
        "How many clients and prospects match, by kind, collaborator in charge and prospect state.",
    )
    deal: ClientDeal | None = answered(node_answers.deal, "A deal." + _BY_ID)
    deals: Connection[ClientDeal] | None = connection(
        "Deals. `search` looks in title and description.", ClientDealFilter, ClientDealOrder, deletable=True
    )
    deals_summary: DealsSummary | None = answered(
        summary_answers.deals_summary(ClientDealFilter),
        "Counts and sums of the deals that match, by stage, collaborator in charge, month and state.",
    )
    follow_up: FollowUp | None = answered(node_answers.follow_up, "A follow-up." + _BY_ID)
    follow_ups: Connection[FollowUp] | None = answered(
        follow_up_answers.follow_ups(FollowUpFilter, FollowUpOrder),
        "Follow-ups. `search` looks in key, name, the assignee's name and the deal's title. With `from` and `to` those"
        " of a calendar: all that last into these days, at most 62, the earliest first unless ordered otherwise. Each"
        " of the two needs the other.",
    )
    sales_document: SalesDocument | None = answered(
        node_answers.sales_document, "A quote, sales note or invoice." + _BY_ID
    )
    sales_documents: Connection[SalesDocument] | None = connection(
        "Quotes, sales notes and invoices. `search` looks in the folio. They cannot be deleted: `deleted` is about"
        " their clients.",
        SalesDocumentFilter,
        SalesDocumentOrder,
        deletable=True,
    )
    receivables_summary: ReceivablesSummary | None = answered(
        summary_answers.receivables_summary(ClientFilter),
        "What the clients that match owe now, by age, collaborator in charge and currency.",
    )
    document: ClientDocument | None = answered(node_answers.document, "A file of a client's record." + _BY_ID)
    documents: Connection[ClientDocument] | None = connection(
        "Files. `search` looks in name and description.", ClientDocumentFilter, ClientDocumentOrder, deletable=True
    )

    collaborators: Connection[Collaborator] | None = connection(
        "The company's people, suspended and invited ones among them. `search` looks in name, e-mail address and"
        " position.",
        CollaboratorFilter,
        CollaboratorOrder,
    )
    invitations: Connection[CollaboratorInvitation] | None = answered(
        relation_answers.newest_first,
        "Invitations, newest first, used, revoked and expired ones among them; for administrators.",
    )
    api_keys: Connection[FichaApiKey] | None = answered(
        relation_answers.newest_first,
        "The company's API keys, newest first, revoked and expired ones among them; for administrators.",
    )
    audit_log: Connection[FichaAuditEvent] | None = answered(
        audit_answers.audit_log, "The audit log (bitácora), newest first; for administrators."
    )
    roles: list[FichaRolePermissions] | None = answered(
        role_answers.roles, "Every role with its permissions in the company; for administrators."
    )

    reminder_preview: list[PaymentReminder] | None = answered(
        reminder_answers.reminder_preview,
        "Which payment reminder would go out when, to whom, for which document, and why one would not, in the order of"
        " their instants. Of those for one document on one day, the one planned for the latest day alone goes out. Null"
        " when there is no such client, or the viewer does not see it.",
    )

    labels: list[FichaEnum] = answered(
        label_answers.all_labels,
        "All enums with the labels of their values (etiquetas), for clients that keep them, and under `FichaPermission`"
        " the permissions; the same for every viewer until the server's next version. In the viewer's language, or in"
        " that of `language`.",
    )

    tax_regimes: list[catalogs.SatTaxRegime] = answered(
        catalog_answers.tax_regimes, "The tax regimes (regímenes fiscales) valid on a day."
    )
    cfdi_uses: list[catalogs.SatCfdiUse] = answered(
        catalog_answers.cfdi_uses,
        "The uses of a CFDI that a taxpayer of this regime and kind can state on a day.",
    )
    payment_forms: list[catalogs.SatPaymentForm] = answered(
        catalog_answers.payment_forms, "The payment forms (formas de pago) valid on a day."
    )
    payment_methods: list[catalogs.SatPaymentMethod] = answered(
        catalog_answers.payment_methods, "The payment methods (métodos de pago) valid on a day."
    )
    currencies: list[catalogs.SatCurrency] = answered(
        catalog_answers.currencies, "The currencies (monedas) valid on a day."
    )
    countries: list[catalogs.SatCountry] = answered(catalog_answers.countries, "The countries (países) valid on a day.")
    states: list[catalogs.SatState] = answered(
        catalog_answers.states, "The states (estados) of a country, Mexico by default."
    )
    banks: list[catalogs.SatBank] = answered(catalog_answers.banks, "The banks (bancos) that take part in SPEI.")
    sat_products: list[SatProduct] = answered(
        sat_catalog_answers.products,
        "The SAT's products and services (claves de producto o servicio) to choose from. `search` or `codes`; without"
        " either, the first ones by code.",
    )
    sat_units: list[SatUnit] = answered(
        sat_catalog_answers.units,
        "The SAT's units of measure (claves de unidad) to choose from. `search` or `codes`; without either, the first"
        " ones by code.",
    )
    sat_tax_objects: list[catalogs.SatTaxObject] = answered(
        catalog_answers.tax_objects, "The values of objeto de impuesto that are valid on a day."
    )
    official_holidays: list[OfficialHoliday] = answered(
        catalog_answers.holidays,
        "Mexico's official holidays (días de descanso obligatorio) of a year, the current one by default. Election days"
        " are not among them: a company adds them.",
    )
    postal_code: catalogs.SatPostalCode | None = answered(
        catalog_answers.postal_code,
        "What the SAT knows of a postal code; null when it lists none.",
    )
