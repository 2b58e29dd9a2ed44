"""Which command answers which mutation, and of what kind the record is that it returns."""

from collections.abc import Mapping

from domain import (
    cfdi_import,
    cfdi_profile,
    client,
    conversion,
    deal,
    document,
    document_upload,
    follow_up,
    payment,
    payment_reminders,
    price_list,
    receivables,
    sales_document,
    tax_certificate,
)
from domain.address import ADDRESSES
from domain.bank_account import BANK_ACCOUNTS
from domain.contact import CONTACTS
from loaders.address import AddressEntity
from loaders.bank_account import BankAccountEntity
from loaders.cfdi_profile import CfdiProfileEntity
from loaders.client import ClientEntity
from loaders.contact import ContactEntity
from loaders.deal import DealEntity, FunnelStageEntity, LossReasonEntity
from loaders.document import DocumentEntity
from loaders.document_upload import DocumentUploadEntity
from loaders.entity import Entity
from loaders.follow_up import FollowUpEntity
from loaders.payment import PaymentEntity
from loaders.price_list import PriceListEntity, PriceListItemEntity
from loaders.sales_document import SalesDocumentEntity
from resolvers import cfdi_import as cfdi_import_answers
from resolvers import document_upload as uploads
from resolvers.mutation import Around, Command

_PARTS = {
    "contact": (CONTACTS, ContactEntity),
    "address": (ADDRESSES, AddressEntity),
    "bank_account": (BANK_ACCOUNTS, BankAccountEntity),
}

COMMANDS: Mapping[str, tuple[Command, type[Entity]]] = {
    "create_client": (client.create_client, ClientEntity),
    "update_client": (client.update_client, ClientEntity),
    "assign_client": (client.update_client, ClientEntity),
    "convert_prospect": (client.convert_prospect, ClientEntity),
    "delete_client": (client.delete_client, ClientEntity),
    "restore_client": (client.restore_client, ClientEntity),
    "erase_client": (client.erase_client, ClientEntity),
    **{f"create_{noun}": (parts.create, entity) for noun, (parts, entity) in _PARTS.items()},
    **{f"update_{noun}": (parts.update, entity) for noun, (parts, entity) in _PARTS.items()},
    **{f"delete_{noun}": (parts.delete, entity) for noun, (parts, entity) in _PARTS.items()},
    **{f"restore_{noun}": (parts.restore, entity) for noun, (parts, entity) in _PARTS.items()},
    "reorder_contacts": (CONTACTS.reorder, ContactEntity),
    "reorder_addresses": (ADDRESSES.reorder, AddressEntity),
    "reorder_bank_accounts": (BANK_ACCOUNTS.reorder, BankAccountEntity),
    "update_cfdi_profile": (cfdi_profile.update_cfdi_profile, CfdiProfileEntity),
    "update_receivable_terms": (receivables.update_receivable_terms, ClientEntity),
    "update_payment_reminders": (payment_reminders.update_payment_reminders, ClientEntity),
    "create_deal": (deal.create_deal, DealEntity),
    "update_deal": (deal.update_deal, DealEntity),
    "assign_deal": (deal.update_deal, DealEntity),
    "move_deal": (deal.update_deal, DealEntity),
    "win_deal": (deal.win_deal, DealEntity),
    "lose_deal": (deal.lose_deal, DealEntity),
    "close_deal": (deal.close_deal, DealEntity),
    "reopen_deal": (deal.reopen_deal, DealEntity),
    "create_funnel_stage": (deal.create_funnel_stage, FunnelStageEntity),
    "update_funnel_stage": (deal.update_funnel_stage, FunnelStageEntity),
    "delete_funnel_stage": (deal.delete_funnel_stage, FunnelStageEntity),
    "create_loss_reason": (deal.create_loss_reason, LossReasonEntity),
    "update_loss_reason": (deal.update_loss_reason, LossReasonEntity),
    "delete_loss_reason": (deal.delete_loss_reason, LossReasonEntity),
    "create_follow_up": (follow_up.create_follow_up, FollowUpEntity),
    "update_follow_up": (follow_up.update_follow_up, FollowUpEntity),
    "assign_follow_up": (follow_up.update_follow_up, FollowUpEntity),
    "complete_follow_up": (follow_up.complete_follow_up, FollowUpEntity),
    "cancel_follow_up": (follow_up.cancel_follow_up, FollowUpEntity),
    "reopen_follow_up": (follow_up.reopen_follow_up, FollowUpEntity),
    "delete_follow_up": (follow_up.delete_follow_up, FollowUpEntity),
    "restore_follow_up": (follow_up.restore_follow_up, FollowUpEntity),
    "create_sales_document": (sales_document.create_sales_document, SalesDocumentEntity),
    "update_sales_document": (sales_document.update_sales_document, SalesDocumentEntity),
    "send_sales_document": (sales_document.send_sales_document, SalesDocumentEntity),
    "accept_quote": (sales_document.accept_quote, SalesDocumentEntity),
    "reject_quote": (sales_document.reject_quote, SalesDocumentEntity),
    "cancel_sales_document": (sales_document.cancel_sales_document, SalesDocumentEntity),
    "convert_sales_document": (conversion.convert_sales_document, SalesDocumentEntity),
    "register_payment": (payment.register_payment, PaymentEntity),
    "reverse_payment": (payment.reverse_payment, PaymentEntity),
    "import_cfdi": (cfdi_import.import_cfdi, SalesDocumentEntity),
    "create_price_list": (price_list.create_price_list, PriceListEntity),
    "update_price_list": (price_list.update_price_list, PriceListEntity),
    "delete_price_list": (price_list.delete_price_list, PriceListEntity),
    "create_price_list_item": (price_list.create_price_list_item, PriceListItemEntity),
    "update_price_list_item": (price_list.update_price_list_item, PriceListItemEntity),
    "delete_price_list_item": (price_list.delete_price_list_item, PriceListItemEntity),
    "prepare_document_upload": (document_upload.prepare, DocumentUploadEntity),
    "complete_document_upload": (document_upload.complete, DocumentEntity),
    "update_document": (document.update_document, DocumentEntity),
    "delete_document": (document.delete_document, DocumentEntity),
    "restore_document": (document.restore_document, DocumentEntity),
    "apply_cfdi_profile_proposal": (tax_certificate.apply_cfdi_profile_proposal, CfdiProfileEntity),
}

AROUND: Mapping[str, Around] = {
    "import_cfdi": cfdi_import_answers.importing,
    "prepare_document_upload": uploads.preparing,
    "complete_document_upload": uploads.completing,
}
"""What is around a command that has to do with more than the database."""
