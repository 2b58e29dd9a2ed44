"""All rows: importing this module maps every table, so that `Base.metadata` is whole."""

# Each is here to be imported as `models.…`.
# pyright: reportUnusedImport=false

from models.address import Address
from models.api_key import ApiKey
from models.application import Application
from models.audit import AuditEvent
from models.avatar import Avatar
from models.bank_account import BankAccount
from models.base import Base
from models.cancellation import Cancellation
from models.cfdi_profile import CfdiProfile
from models.cfdi_relation import CfdiRelation
from models.client import Client
from models.client_note import ClientNote
from models.client_tally import ClientTally
from models.collaborator import Collaborator
from models.company import Company, CompanySequence
from models.company_bank_account import CompanyBankAccount
from models.company_logo import CompanyLogo
from models.contact import Contact
from models.deal import Deal, FunnelStage, LossReason
from models.default_reminder import DefaultReminder
from models.document import Document
from models.document_upload import DocumentUpload
from models.folio_series import FolioSeries
from models.follow_up import FollowUp
from models.history import HistoryEvent
from models.holiday import Holiday
from models.idempotency import IdempotencyKey
from models.invitation import Invitation
from models.ledger import LedgerEntry
from models.payment import Payment
from models.payment_reminders import PaymentReminders, ReminderRule
from models.price_list import PriceList, PriceListItem
from models.prospect_state import ProspectState
from models.receivables import ReceivableTerms
from models.sales_document import SalesDocument, SalesDocumentLine, SalesDocumentTax
from models.sat_catalog import SatProduct, SatPublication, SatUnit
from models.statement_link import StatementLink
from models.taxpayer_listing import TaxpayerList, TaxpayerListing
from models.tombstone import Tombstone
