"""Everything that can be changed. Each mutation is a command of `domain/` in a transaction of its own."""

from typing import Any

import strawberry
from strawberry.utils.str_converters import to_snake_case

from resolvers import mutation as answers
from resolvers.commands import AROUND, COMMANDS
from schema import commands
from schema.address import Address
from schema.api_key import CreateApiKeyPayload, RevokeApiKeyPayload, create_api_key, revoke_api_key
from schema.bank_account import BankAccount
from schema.cfdi_profile import CfdiProfile
from schema.client import Client
from schema.commands import about, rows_of
from schema.contact import Contact
from schema.deal import Deal, FunnelStage, LossReason
from schema.document import CompleteDocumentUploadInput, Document, UpdateDocumentInput
from schema.document_upload import DocumentUpload, PrepareDocumentUploadInput
from schema.fields import answered
from schema.follow_up import FollowUp
from schema.payloads import bulk_payload, payload
from schema.price_list import CreatePriceListInput, PriceList, PriceListItem, UpdatePriceListInput
from schema.role import SetRolePermissionsPayload, set_role_permissions
from schema.sales_document import (
    ConvertSalesDocumentInput,
    CreatePriceListItemInput,
    CreateSalesDocumentInput,
    ImportCfdiInput,
    Payment,
    RegisterPaymentInput,
    SalesDocument,
    UpdatePriceListItemInput,
    UpdateSalesDocumentInput,
)
from schema.tax_certificate import ApplyCfdiProfileProposalInput
from schema.unbinding import UnbindCollaboratorPayload, unbind_collaborator

_PAYLOADS: dict[str, Any] = {}


def _name(input_type: Any) -> str:
    return input_type.__name__.removesuffix("Input")


def _payload(input_type: Any, record: type) -> Any:
    name = _name(input_type)
    if name not in _PAYLOADS:
        _PAYLOADS[name] = payload(name, record, COMMANDS[to_snake_case(name)][1])
    return _PAYLOADS[name]


def change(input_type: Any, record: type, description: str) -> Any:
    """The mutation that the input is named after."""
    name = to_snake_case(_name(input_type))
    command, entity = COMMANDS[name]
    around = AROUND.get(name, answers.alone)
    return answered(answers.mutation(command, entity, input_type, _payload(input_type, record), around), description)


def changes(plural: str, input_type: Any, record: type) -> Any:
    """Its list form."""
    command, entity = COMMANDS[to_snake_case(_name(input_type))]
    rows = rows_of(input_type, f"{plural}Input")
    answer = bulk_payload(plural, _payload(input_type, record))
    verb = _name(input_type)
    return answered(
        answers.bulk(command, entity, rows, answer),
        f"`{verb[0].lower()}{verb[1:]}` for up to 200 at once, in one transaction; results come in the rows' order.",
    )


DeleteClientInput = about("DeleteClientInput", "The client to be deleted.")
DeleteContactInput = about("DeleteContactInput", "The contact to be deleted.")
DeleteAddressInput = about("DeleteAddressInput", "The address to be deleted.")
DeleteBankAccountInput = about("DeleteBankAccountInput", "The account to be deleted.")
DeleteFollowUpInput = about("DeleteFollowUpInput", "The follow-up to be deleted.")


@strawberry.type(
    description="Everything that can be changed. A mutation takes one `input` and answers with the record, as a query"
    " would show it now, and with `userErrors`: while there is any, nothing was done."
)
class Mutation:
    create_client = change(
        commands.CreateClientInput,
        Client,
        "A new client or prospect. Records that it may duplicate are the user error `DUPLICATE`. Needs"
        " `clients:write`.",
    )
    create_clients = changes("CreateClients", commands.CreateClientInput, Client)
    update_client = change(commands.UpdateClientInput, Client, "Edits the record (editar). Needs `clients:write`.")
    update_clients = changes("UpdateClients", commands.UpdateClientInput, Client)
    assign_client = change(
        commands.AssignClientInput,
        Client,
        "Puts somebody in charge (colaborador a cargo), who thereby sees the client. Needs `clients:write`.",
    )
    assign_clients = changes("AssignClients", commands.AssignClientInput, Client)
    convert_prospect = change(
        about("ConvertProspectInput", "The prospect that becomes a client."),
        Client,
        "Makes a client of a prospect, which keeps its history. Twice is once. Needs `clients:write`.",
    )
    delete_client = change(
        DeleteClientInput,
        Client,
        "Moves the client to the deleted ones (eliminados), where it takes nothing new. Needs `clients:write`.",
    )
    delete_clients = changes("DeleteClients", DeleteClientInput, Client)
    restore_client = change(
        about("RestoreClientInput", "The client to be brought back."), Client, "Brings a deleted client back."
    )
    erase_client = change(
        about("EraseClientInput", "The client to be erased."),
        Client,
        "Erases a client for good, with its history; refused while it has documents or a balance. Needs `admin`.",
    )

    create_contact = change(commands.CreateContactInput, Contact, "A new contact, at the end. Needs `clients:write`.")
    create_contacts = changes("CreateContacts", commands.CreateContactInput, Contact)
    update_contact = change(commands.UpdateContactInput, Contact, "Edits a contact. Needs `clients:write`.")
    update_contacts = changes("UpdateContacts", commands.UpdateContactInput, Contact)
    delete_contact = change(DeleteContactInput, Contact, "Deletes a contact. Needs `clients:write`.")
    delete_contacts = changes("DeleteContacts", DeleteContactInput, Contact)
    restore_contact = change(
        about("RestoreContactInput", "The contact to be brought back."),
        Contact,
        "Brings a deleted contact back, not as the primary one. Needs `clients:write`.",
    )
    reorder_contacts = change(
        about("ReorderContactsInput", "The client's contacts in their new order.", commands.Reorder),
        Client,
        "Puts a client's contacts in order. Needs `clients:write`.",
    )

    create_address = change(commands.CreateAddressInput, Address, "A new address, at the end. Needs `clients:write`.")
    create_addresses = changes("CreateAddresses", commands.CreateAddressInput, Address)
    update_address = change(commands.UpdateAddressInput, Address, "Edits an address. Needs `clients:write`.")
    update_addresses = changes("UpdateAddresses", commands.UpdateAddressInput, Address)
    delete_address = change(DeleteAddressInput, Address, "Deletes an address. Needs `clients:write`.")
    delete_addresses = changes("DeleteAddresses", DeleteAddressInput, Address)
    restore_address = change(
        about("RestoreAddressInput", "The address to be brought back."),
        Address,
        "Brings a deleted address back. Needs `clients:write`.",
    )
    reorder_addresses = change(
        about("ReorderAddressesInput", "The client's addresses in their new order.", commands.Reorder),
        Client,
        "Puts a client's addresses in order. Needs `clients:write`.",
    )

    update_cfdi_profile = change(
        commands.UpdateCfdiProfileInput,
        CfdiProfile,
        "Changes what a CFDI needs of the client, from now on. What the SAT would refuse is a user error; what it may"
        " refuse, and what is still missing, a warning. Needs `clients:write`.",
    )

    create_bank_account = change(
        commands.CreateBankAccountInput, BankAccount, "A new bank account, at the end. Needs `billing:write`."
    )
    create_bank_accounts = changes("CreateBankAccounts", commands.CreateBankAccountInput, BankAccount)
    update_bank_account = change(
        commands.UpdateBankAccountInput, BankAccount, "Edits a bank account. Needs `billing:write`."
    )
    update_bank_accounts = changes("UpdateBankAccounts", commands.UpdateBankAccountInput, BankAccount)
    delete_bank_account = change(DeleteBankAccountInput, BankAccount, "Deletes a bank account. Needs `billing:write`.")
    delete_bank_accounts = changes("DeleteBankAccounts", DeleteBankAccountInput, BankAccount)
    restore_bank_account = change(
        about("RestoreBankAccountInput", "The account to be brought back."),
        BankAccount,
        "Brings a deleted bank account back, not as the default. Needs `billing:write`.",
    )
    reorder_bank_accounts = change(
        about("ReorderBankAccountsInput", "The client's accounts in their new order.", commands.Reorder),
        Client,
        "Puts a client's bank accounts in order. Needs `billing:write`.",
    )

    update_receivable_terms = change(
        commands.UpdateReceivableTermsInput, Client, "Changes the payment terms. Needs `billing:write`."
    )
    update_payment_reminders = change(
        commands.UpdatePaymentRemindersInput, Client, "Configures the payment reminders. Needs `billing:write`."
    )

    create_deal = change(commands.CreateDealInput, Deal, "A new deal (nuevo trato). Needs `deals:write`.")
    create_deals = changes("CreateDeals", commands.CreateDealInput, Deal)
    update_deal = change(commands.UpdateDealInput, Deal, "Edits an open deal. Needs `deals:write`.")
    update_deals = changes("UpdateDeals", commands.UpdateDealInput, Deal)
    assign_deal = change(commands.AssignDealInput, Deal, "Puts somebody in charge of the deal. Needs `deals:write`.")
    assign_deals = changes("AssignDeals", commands.AssignDealInput, Deal)
    move_deal = change(commands.MoveDealInput, Deal, "Moves an open deal to another stage. Needs `deals:write`.")
    win_deal = change(commands.WinDealInput, Deal, "The deal was won (ganado). Needs `deals:close`.")
    lose_deal = change(commands.LoseDealInput, Deal, "The deal was lost (no ganado). Needs `deals:close`.")
    close_deal = change(commands.CloseDealInput, Deal, "The deal was closed (cerrado). Needs `deals:close`.")
    reopen_deal = change(
        about("ReopenDealInput", "The deal to be opened again."),
        Deal,
        "Opens the deal again; its close date and reason remain in the history alone. Needs `deals:close`.",
    )
    create_funnel_stage = change(
        commands.CreateFunnelStageInput, FunnelStage, "A new stage of the funnel. Needs `admin`."
    )
    update_funnel_stage = change(commands.UpdateFunnelStageInput, FunnelStage, "Edits a stage. Needs `admin`.")
    delete_funnel_stage = change(
        about("DeleteFunnelStageInput", "The stage to be deleted."),
        FunnelStage,
        "Deletes a stage that no deal is in; one that is in use can be made inactive. Needs `admin`.",
    )
    create_loss_reason = change(
        commands.CreateLossReasonInput, LossReason, "A new reason for losing deals. Needs `admin`."
    )
    update_loss_reason = change(commands.UpdateLossReasonInput, LossReason, "Edits a reason. Needs `admin`.")
    delete_loss_reason = change(
        about("DeleteLossReasonInput", "The reason to be deleted."),
        LossReason,
        "Deletes a reason that no deal was lost for; one that is in use can be made inactive. Needs `admin`.",
    )

    create_follow_up = change(
        commands.CreateFollowUpInput, FollowUp, "Plans a follow-up (agendar seguimiento). Needs `follow_ups:write`."
    )
    create_follow_ups = changes("CreateFollowUps", commands.CreateFollowUpInput, FollowUp)
    update_follow_up = change(
        commands.UpdateFollowUpInput, FollowUp, "Edits an open follow-up. Needs `follow_ups:write`."
    )
    update_follow_ups = changes("UpdateFollowUps", commands.UpdateFollowUpInput, FollowUp)
    assign_follow_up = change(
        commands.AssignFollowUpInput, FollowUp, "Says who is to do the follow-up. Needs `follow_ups:write`."
    )
    assign_follow_ups = changes("AssignFollowUps", commands.AssignFollowUpInput, FollowUp)
    complete_follow_up = change(
        about("CompleteFollowUpInput", "The follow-up that was done."),
        FollowUp,
        "The follow-up is done (realizado). Needs `follow_ups:write`.",
    )
    cancel_follow_up = change(
        about("CancelFollowUpInput", "The follow-up that will not be done."),
        FollowUp,
        "The follow-up will not be done (cancelado). Needs `follow_ups:write`.",
    )
    reopen_follow_up = change(
        about("ReopenFollowUpInput", "The follow-up that is still to be done."),
        FollowUp,
        "The follow-up is pending again. Needs `follow_ups:write`.",
    )
    delete_follow_up = change(DeleteFollowUpInput, FollowUp, "Deletes a follow-up. Needs `follow_ups:write`.")
    delete_follow_ups = changes("DeleteFollowUps", DeleteFollowUpInput, FollowUp)
    restore_follow_up = change(
        about("RestoreFollowUpInput", "The follow-up to be brought back."),
        FollowUp,
        "Brings a deleted follow-up back. Needs `follow_ups:write`.",
    )

    prepare_document_upload = change(
        PrepareDocumentUploadInput,
        DocumentUpload,
        "Announces a file (adjuntar documento). Its bytes then go to the store in the forms of `documentUpload.parts`,"
        " and `completeDocumentUpload` makes a document of them. Needs `documents:write`.",
    )
    complete_document_upload = change(
        CompleteDocumentUploadInput,
        Document,
        "Makes a document of a file that was sent, once its size, SHA-256 and type are found to be as announced. Twice"
        " is once. Needs `documents:write`.",
    )
    update_document = change(
        UpdateDocumentInput, Document, "Edits what is said of a document. Needs `documents:write`."
    )
    delete_document = change(
        about("DeleteDocumentInput", "The document to be deleted."),
        Document,
        "Deletes a document with all its revisions. It can be restored until its retention has passed, 30 days unless"
        " the server is set otherwise. Needs `documents:write`.",
    )
    restore_document = change(
        about("RestoreDocumentInput", "The document to be brought back."),
        Document,
        "Brings a deleted document back with all its revisions. Needs `documents:write`.",
    )
    apply_cfdi_profile_proposal = change(
        ApplyCfdiProfileProposalInput,
        CfdiProfile,
        "Takes over what a constancia de situación fiscal says. Needs `clients:write`.",
    )

    create_sales_document = change(
        CreateSalesDocumentInput,
        SalesDocument,
        "Draws up a quote, a sales note, an invoice or a credit note, with the next folio of its series. Needs"
        " `sales:write`.",
    )
    update_sales_document = change(UpdateSalesDocumentInput, SalesDocument, "Edits a draft. Needs `sales:write`.")
    send_sales_document = change(
        about("SendSalesDocumentInput", "The document to be sent."),
        SalesDocument,
        "Issues a document to the client. From now on a sales note or an invoice is owed; on credit and over the limit,"
        " that needs `credit:override` and is recorded. A credit note now reduces its invoice. Needs `sales:write`.",
    )
    accept_quote = change(
        about("AcceptQuoteInput", "The quote that the client accepted."),
        SalesDocument,
        "The client accepted a quote that still holds. Needs `sales:write`.",
    )
    reject_quote = change(
        about("RejectQuoteInput", "The quote that the client turned down."),
        SalesDocument,
        "The client turned a quote down. Needs `sales:write`.",
    )
    cancel_sales_document = change(
        about("CancelSalesDocumentInput", "The document to be cancelled."),
        SalesDocument,
        "Cancels a document without payments that did not become another. What was converted into it can be converted"
        " again. Needs `sales:write`.",
    )
    convert_sales_document = change(
        ConvertSalesDocumentInput,
        SalesDocument,
        "Makes a sales note or an invoice of a quote, or an invoice of a sales note: all that remains of it, or a part."
        " The invoice of a sales note is owed at once and takes its payments with it. Needs `sales:write`.",
    )
    register_payment = change(
        RegisterPaymentInput, Payment, "Registers a payment, at most the balance. Needs `billing:write`."
    )
    reverse_payment = change(
        about("ReversePaymentInput", "The payment that no longer counts."),
        Payment,
        "Reverses a payment, which no longer counts. Needs `billing:write`.",
    )
    import_cfdi = change(
        ImportCfdiInput,
        SalesDocument,
        "Brings in a CFDI (3.3 or 4.0; type I, E or P) of the company's that was issued elsewhere, once: as an invoice,"
        " as a credit note, or as payments, where the document is the first that was paid. The client is found by RFC,"
        " of a generic one by name. The XML is kept with the client's documents; what differs from the record is"
        " warned of. Needs `sales:write`, for payments `billing:write`.",
    )
    create_price_list = change(CreatePriceListInput, PriceList, "A new price list. Needs `admin`.")
    update_price_list = change(UpdatePriceListInput, PriceList, "Edits a price list. Needs `admin`.")
    delete_price_list = change(
        about("DeletePriceListInput", "The list to be deleted."),
        PriceList,
        "Deletes a price list that is no client's default. Needs `admin`.",
    )
    create_price_list_item = change(CreatePriceListItemInput, PriceListItem, "A new item of a list. Needs `admin`.")
    update_price_list_item = change(UpdatePriceListItemInput, PriceListItem, "Edits an item. Needs `admin`.")
    delete_price_list_item = change(
        about("DeletePriceListItemInput", "The item to be deleted."),
        PriceListItem,
        "Takes an item off its list. Needs `admin`.",
    )

    create_api_key: CreateApiKeyPayload = create_api_key
    revoke_api_key: RevokeApiKeyPayload = revoke_api_key
    set_role_permissions: SetRolePermissionsPayload = set_role_permissions
    unbind_collaborator: UnbindCollaboratorPayload = unbind_collaborator
