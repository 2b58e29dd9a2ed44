"""All rows: importing this module maps every table, so that `Base.metadata` is whole."""

from models.address import Address
from models.api_key import ApiKey
from models.audit import AuditEvent
from models.avatar import Avatar
from models.bank_account import BankAccount
from models.base import Base
from models.cfdi_profile import CfdiProfile
from models.client import Client
from models.client_tally import ClientTally
from models.collaborator import Collaborator
from models.company import Company, CompanySequence
from models.contact import Contact
from models.deal import Deal, FunnelStage, LossReason
from models.document import Document
from models.document_upload import DocumentUpload
from models.follow_up import FollowUp
from models.history import HistoryEvent
from models.idempotency import IdempotencyKey
from models.invitation import Invitation
from models.payment import Payment
from models.payment_reminders import PaymentReminders, ReminderRule
from models.price_list import PriceList, PriceListItem
from models.receivables import ReceivableTerms
from models.sales_document import SalesDocument, SalesDocumentLine, SalesDocumentTax
from models.tombstone import Tombstone

__all__ = [
    "Address",
    "ApiKey",
    "AuditEvent",
    "Avatar",
    "BankAccount",
    "Base",
    "CfdiProfile",
    "Client",
    "ClientTally",
    "Collaborator",
    "Company",
    "CompanySequence",
    "Contact",
    "Deal",
    "Document",
    "DocumentUpload",
    "FollowUp",
    "FunnelStage",
    "HistoryEvent",
    "IdempotencyKey",
    "Invitation",
    "LossReason",
    "Payment",
    "PaymentReminders",
    "PriceList",
    "PriceListItem",
    "ReceivableTerms",
    "ReminderRule",
    "SalesDocument",
    "SalesDocumentLine",
    "SalesDocumentTax",
    "Tombstone",
]
