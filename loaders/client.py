"""The client and all that hangs from it."""

from sqlalchemy import ColumnElement, bindparam, or_

import models
from loaders.activity import ACTIVITY, is_open
from loaders.deleted import Deleted
from loaders.document import is_newest
from loaders.entity import SEES_ALL, VIEWER, Columns, Entity, Tally, sort_key
from loaders.facts import facts_of
from loaders.history import months_of
from loaders.ordering import ByChoice, ByRow, InParts, Newest
from loaders.prospect_state import position
from loaders.receivables import COLUMNS, IN_CENTS, OF_CLIENT, OVERDUE, RELATIONS, WITHIN, receivables_of
from loaders.relation import Computed, Connection, ToFirst, ToMany, ToOne
from loaders.sales_document import is_owed
from loaders.taxpayer_listing import COLUMNS as LISTING_COLUMNS
from loaders.taxpayer_listing import listings_of
from models.address import AddressKind
from models.client import GENERIC_RFCS, LAST_ACTIVITY, ClientKind
from models.facts import client_facts
from models.rights import DERIVED
from models.viewer import Permission


def has_own_rfc(c: Columns) -> ColumnElement[bool]:
    """An RFC that is nobody else's in the company. The expression is that of the unique index, so that PostgreSQL
    uses the index."""
    return c["rfc"].not_in(bindparam("generic", GENERIC_RFCS, expanding=True))


def is_seen(c: Columns) -> ColumnElement[bool]:
    """A client that the viewer sees."""
    return or_(SEES_ALL, c["owner_id"] == VIEWER)


class ClientEntity(Entity, model=models.Client, prefix="cli"):
    permission = Permission.CLIENTS_READ
    client_key = "id"
    hidden = Entity.hidden | DERIVED["client"]
    orders = {
        "LEGAL_NAME": lambda c: c["sort_name"],
        "CREATED_AT": lambda c: c["created_at"],
        "UPDATED_AT": lambda c: c["updated_at"],
        "KIND": ByChoice("kind", ClientKind),
        "OWNER": ByRow("owner_id", models.Collaborator, lambda c: sort_key(c["name"])),
        "PROSPECT_STATE": ByRow("prospect_state_id", models.ProspectState, position),
        "BALANCE": IN_CENTS["balance"],
        "OVERDUE_BALANCE": OVERDUE,
        "RFC": InParts(lambda c: c["rfc"]),
        "LAST_ACTIVITY": Newest(LAST_ACTIVITY),
        "NEXT_FOLLOW_UP": InParts(lambda c: c["next_follow_up_at"]),
    }
    needs = {
        **dict.fromkeys(("BALANCE", "OVERDUE_BALANCE"), Permission.BILLING_READ),
        "LAST_ACTIVITY": Permission.HISTORY_READ,
        "NEXT_FOLLOW_UP": Permission.FOLLOW_UPS_READ,
    }

    orders_of_beginnings = {"LEGAL_NAME": "legal_name"}
    orders_of_sight = frozenset({"LEGAL_NAME"})
    places = {**dict.fromkeys(("legal_name", "trade_name", "rfc"), "client"), "external_id": "client_key"}
    tally = Tally(models.ClientTally, condition=("deleted_at", (("eq", None),)))

    owner = ToOne(models.Collaborator, on="owner_id", joined=True)
    price_list = ToOne(models.PriceList, on="price_list_id", joined=True)
    prospect_state = ToOne(models.ProspectState, on="prospect_state_id", joined=True)
    converted_into = ToOne(models.Client, on="converted_into_id", where=is_seen)
    created_by = ToOne(models.Collaborator, on="created_by_id")
    converted_by = ToOne(models.Collaborator, on="converted_by_id")
    deleted_by = ToOne(models.Collaborator, on="deleted_by_id")
    cfdi_profile = ToOne(
        models.CfdiProfile,
        on="id",
        key="client_id",
        where=lambda c: c["valid_to"].is_(None),
        joined=True,
        serves=("cfdi_readiness",),
    )
    cfdi_profiles = ToMany(models.CfdiProfile, key="client_id", order=("valid_from",))
    payment_reminders = ToOne(models.PaymentReminders, on="id", key="client_id", joined=True)

    contacts = ToMany(models.Contact, key="client_id", order=("position",), deleted=Deleted.EXCLUDE)
    addresses = ToMany(models.Address, key="client_id", order=("position",), deleted=Deleted.EXCLUDE)
    fiscal_address = ToOne(
        models.Address,
        on="id",
        key="client_id",
        where=lambda c: c["kind"] == AddressKind.FISCAL,
        deleted=Deleted.EXCLUDE,
        joined=True,
    )
    branch_addresses = ToMany(
        models.Address,
        key="client_id",
        order=("position",),
        where=lambda c: c["kind"] == AddressKind.BRANCH,
        deleted=Deleted.EXCLUDE,
    )
    bank_accounts = ToMany(models.BankAccount, key="client_id", order=("position",), deleted=Deleted.EXCLUDE)

    deals = Connection(models.Deal, key="client_id", deleted=Deleted.EXCLUDE)
    follow_ups = Connection(models.FollowUp, key="client_id", deleted=Deleted.EXCLUDE)
    sales_documents = Connection(models.SalesDocument, key="client_id")
    owed_documents = ToMany(models.SalesDocument, key="client_id", order=("due_on",), where=is_owed)
    documents = Connection(models.Document, key="client_id", where=is_newest, deleted=Deleted.EXCLUDE)
    next_follow_up = ToFirst(
        models.FollowUp, key="client_id", order=("starts_at",), where=is_open, deleted=Deleted.EXCLUDE
    )
    activity = ACTIVITY
    history = Connection(models.HistoryEvent, key="client_id")
    ledger = Connection(models.LedgerEntry, key="client_id")
    statement_links = Connection(models.StatementLink, key="client_id")

    facts = facts_of("ClientFacts", client_facts)
    history_months = Computed(
        "HistoryMonth", ("month", "event_count", "by_kind"), months_of, many=True, permission=Permission.HISTORY_READ
    )
    taxpayer_listings = Computed(
        "TaxpayerListing", LISTING_COLUMNS, listings_of, many=True, permission=Permission.CLIENTS_READ
    )
    receivables = Computed(
        "Receivables",
        COLUMNS,
        receivables_of,
        permission=Permission.BILLING_READ,
        relations=RELATIONS,
        of_row=OF_CLIENT,
        cents=IN_CENTS,
        places={"owed": "client_owed", "credit_balance": "client_credit", "credit_limit": "client_limit"},
        within=WITHIN,
        stated=dict.fromkeys(("credit_days", "overdue_days"), models.ReceivableTerms),
    )
