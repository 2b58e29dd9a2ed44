"""What a mutation can be told. An absent field keeps what there is, or takes its default; null clears.

The rules are those of the commands in `domain/`: they find everything wrong with an input at once.
"""

import datetime
from decimal import Decimal
from typing import Any

import strawberry
from strawberry import ID

from schema.enums import (
    AddressKind,
    BankAccountRole,
    ClientKind,
    ErrorPolicy,
    FollowUpState,
    FollowUpType,
    PaymentTerms,
    Priority,
    ReminderMoment,
    Role,
)
from schema.inputs import where as value
from schema.scalars import EmailAddress, PhoneNumber, PostalCode, Rfc


@strawberry.input
class Command:
    """What all inputs have in common; not a type of the schema itself."""

    validate_only: bool = value("All checks are made, but nothing is kept.", default=False)


@strawberry.input
class OnClient(Command):
    """An input about something new of a client; not a type of the schema itself."""

    client_id: ID = strawberry.field(description="The client.")


@strawberry.input
class OnRecord(Command):
    """An input about one record; not a type of the schema itself."""

    id: ID = strawberry.field(description="The record.")
    expected_version: int | None = value("The `version` that was read; if there is another now: `CONFLICT`.")


@strawberry.input
class Reorder(OnClient):
    """An input about the order of a client's records; not a type of the schema itself."""

    ids: list[ID] = strawberry.field(description="All of them that are not deleted, once each, in the new order.")


def about(name: str, what: str, base: type = OnRecord) -> Any:
    """An input of nothing but its base's fields."""
    return strawberry.input(type(name, (base,), {"__module__": __name__}), description=what)


def rows_of(row: Any, name: str) -> Any:
    """The input of the mutation's list form."""
    fields = {
        "rows": strawberry.field(description="At most 200, done in their order."),
        "error_policy": value("What becomes of the others when some are wrong.", default=ErrorPolicy.REJECT_ALL),
    }
    types = {"rows": list[row], "error_policy": ErrorPolicy}
    cls = type(name, (Command,), {"__annotations__": types, "__module__": __name__, **fields})
    return strawberry.input(cls, description="Several at once, in one transaction.")


# Contacts


@strawberry.input(description="A contact of a new client.")
class ContactInput:
    name: str | None = value("Name, at most 200 characters; a contact needs one.")
    job_title: str | None = value("Position at the client, at most 200 characters.")
    email: EmailAddress | None = value("E-mail address.")
    phone: PhoneNumber | None = value(
        "Telephone: ten digits in Mexico, elsewhere + and the country's code. The old prefixes +52 1, 044, 045 and 01"
        " are taken off."
    )
    is_primary: bool | None = value("Whether it is the main contact, instead of the former one.")
    receives_reminders: bool | None = value("Whether payment reminders go to its e-mail address.")


@strawberry.input(description="A new contact.")
class CreateContactInput(ContactInput, OnClient):
    pass


@strawberry.input(description="Changes to a contact.")
class UpdateContactInput(ContactInput, OnRecord):
    pass


# Addresses


@strawberry.input(description="An address of a new client.")
class AddressInput:
    kind: AddressKind | None = value("What it is for; a branch's by default. A client has one fiscal address.")
    label: str | None = value("The branch's name, at most 200 characters.")
    street: str | None = value("Street (calle), at most 300 characters; an address needs one.")
    exterior_number: str | None = value("Número exterior, at most 60 characters.")
    interior_number: str | None = value("Número interior, at most 60 characters.")
    neighborhood: str | None = value("Colonia, at most 200 characters.")
    locality: str | None = value("Localidad; taken from the postal code when it is not given.")
    municipality: str | None = value("Municipio or alcaldía; taken from the postal code when it is not given.")
    state: str | None = value("Code of the state, SAT's c_Estado; taken from the postal code when it is not given.")
    postal_code: PostalCode | None = value("Postal code: five digits in Mexico.")
    country: str | None = value("Code of the country, SAT's c_Pais; `MEX` by default.")
    reference: str | None = value("How to find it, at most 300 characters.")


@strawberry.input(description="A new address.")
class CreateAddressInput(AddressInput, OnClient):
    pass


@strawberry.input(description="Changes to an address.")
class UpdateAddressInput(AddressInput, OnRecord):
    pass


# What a CFDI needs


@strawberry.input(description="What a CFDI needs of a new client.")
class CfdiProfileInput:
    rfc: Rfc | None = value("RFC, in any case, with or without hyphens. The client's own RFC follows it.")
    name: str | None = value("Name as the constancia has it, without the régimen capital; at most 300 characters.")
    tax_regime: str | None = value("Code of the tax regime, SAT's c_RegimenFiscal.")
    cfdi_use: str | None = value("Code of the use, SAT's c_UsoCFDI.")
    postal_code: PostalCode | None = value("Postal code of the fiscal address.")
    payment_form: str | None = value("Code of the usual payment form, SAT's c_FormaPago.")
    payment_method: str | None = value("Code of the usual payment method, SAT's c_MetodoPago.")
    currency: str | None = value("Code of the usual currency, SAT's c_Moneda.")
    tax_residence: str | None = value("Code of a foreigner's country, SAT's c_Pais; never `MEX`.")
    tax_id: str | None = value("A foreigner's tax id (NumRegIdTrib), at most 40 characters.")


@strawberry.input(
    description="Changes to what a CFDI needs of the client. They hold from now on; what held before is kept."
)
class UpdateCfdiProfileInput(CfdiProfileInput, OnClient):
    expected_version: int | None = value("The profile's `version` that was read.")


# Bank accounts


@strawberry.input(description="A bank account; not a type of the schema itself.")
class BankAccountInput:
    role: BankAccountRole | None = value("What it is for; the client's deposits by default.")
    bank_code: str | None = value("The bank's three digits; told by the CLABE or the bank's RFC when not given.")
    bank_name: str | None = value("The bank's name, at most 300 characters; the catalog's when not given.")
    payment_form: str | None = value("Code of the payment form, SAT's c_FormaPago; an account needs one.")
    bank_rfc: Rfc | None = value("RFC of the bank; the catalog's when not given.")
    account_number: str | None = value("Account number, CLABE or card, as its payment form and role ask.")
    description: str | None = value("Description, at most 300 characters.")
    is_default: bool | None = value("Whether it is the one to use for its role; the first is.")


@strawberry.input(description="A new bank account.")
class CreateBankAccountInput(BankAccountInput, OnClient):
    pass


@strawberry.input(description="Changes to a bank account.")
class UpdateBankAccountInput(BankAccountInput, OnRecord):
    pass


# Terms and reminders


@strawberry.input(description="The terms of a new client.")
class ReceivableTermsInput:
    terms: PaymentTerms | None = value("Cash (contado), the default, or credit.")
    credit_days: int | None = value("Credit days, 1 to 3650; 0 for cash.")
    credit_limit: Decimal | None = value("Credit limit. Null: none was set. 0: no credit.")


@strawberry.input(description="Changes to the client's terms.")
class UpdateReceivableTermsInput(ReceivableTermsInput, OnClient):
    confirmed: bool = value("Sets a limit even if it is below what is already used.", default=False)
    expected_version: int | None = value("The terms' `version` that was read.")


@strawberry.input(description="One reminder.")
class ReminderRuleInput:
    moment: ReminderMoment = strawberry.field(description="Before, on or after the due date.")
    days: int = value("How many days before or after, 1 to 365; 0 on the due date.", default=0)
    hour: int = value("At what full hour, 0 to 23, in the company's time zone.", default=9)
    repeat_every_days: int | None = value("After the due date: repeated every so many days, 1 to 365.", default=None)
    repeat_at_most: int | None = value("How many times it is repeated at most, 1 to 100.", default=None)


@strawberry.input(description="Changes to how the client is reminded of what it owes.")
class UpdatePaymentRemindersInput(OnClient):
    enabled: bool | None = value("Whether reminders go out at all.")
    rules: list[ReminderRuleInput] | None = value("All the reminders, in their order, at most 20.")
    recipient_ids: list[ID] | None = value("All the contacts that they go to.")
    cc: list[EmailAddress] | None = value("All the further addresses, at most 20.")
    attach_pdf: bool | None = value("Whether the document's PDF is attached.")
    attach_xml: bool | None = value("Whether the invoice's XML is attached.")
    working_days_only: bool | None = value("Whether a reminder on a day off moves to the next working day.")
    expected_version: int | None = value("The configuration's `version` that was read.")


# Clients


@strawberry.input(description="A record; not a type of the schema itself.")
class ClientInput:
    legal_name: str | None = value("Legal name (razón social), at most 300 characters; a record needs one.")
    trade_name: str | None = value("The name it is commonly known by, at most 300 characters.")
    owner_id: ID | None = value("The collaborator in charge.")
    price_list_id: ID | None = value("The default price list.")
    internal_note: str | None = value("Internal note, at most 10,000 characters.")
    external_id: str | None = value("Its id in the company's other systems, unique, at most 200 characters.")
    allow_duplicates: bool = value(
        "Does it even if it resembles another record. Of an RFC there is only one all the same.", default=False
    )


@strawberry.input(description="A new client or prospect, with all that is known of it.")
class CreateClientInput(ClientInput, Command):
    kind: ClientKind = value("Whether it already is a client.", default=ClientKind.CLIENT)
    rfc: Rfc | None = value("RFC; that of the CFDI data when it is not given.")
    contacts: list[ContactInput] | None = value("Contacts, in their order.")
    addresses: list[AddressInput] | None = value("Addresses, in their order.")
    cfdi_profile: CfdiProfileInput | None = value("What a CFDI needs.")
    receivable_terms: ReceivableTermsInput | None = value("Terms; needs the permission `billing:write`.")


@strawberry.input(description="Changes to a record. Its RFC is part of the CFDI data.")
class UpdateClientInput(ClientInput, OnRecord):
    pass


@strawberry.input(description="Who is in charge of the client from now on.")
class AssignClientInput(OnRecord):
    owner_id: ID | None = strawberry.field(description="The collaborator; null for nobody.")


# Deals


@strawberry.input(description="A deal; not a type of the schema itself.")
class DealInput:
    title: str | None = value("Title, at most 200 characters; a deal needs one.")
    description: str | None = value("Description, at most 1,000 characters.")
    estimated_value: Decimal | None = value("Estimated value, 0 by default.")
    currency: str | None = value("Its currency, SAT's c_Moneda; `MXN` by default.")
    priority: Priority | None = value("Priority; medium by default.")
    assignee_id: ID | None = value("Who is in charge of it; the client's owner by default.")
    stage_id: ID | None = value("Its stage; the funnel's first by default.")
    expected_close_on: datetime.date | None = value("The day it should close.")


@strawberry.input(description="A new deal.")
class CreateDealInput(DealInput, OnClient):
    pass


@strawberry.input(description="Changes to an open deal.")
class UpdateDealInput(DealInput, OnRecord):
    pass


@strawberry.input(description="Who is in charge of the deal from now on.")
class AssignDealInput(OnRecord):
    assignee_id: ID | None = strawberry.field(description="The collaborator; null for nobody.")


@strawberry.input(description="The stage that an open deal moves to.")
class MoveDealInput(OnRecord):
    stage_id: ID = strawberry.field(description="The stage.")


@strawberry.input(description="A deal was won.")
class WinDealInput(OnRecord):
    closed_on: datetime.date = strawberry.field(description="Close date, not in the future (fecha de cierre).")
    final_value: Decimal = strawberry.field(description="The value it was won at (valor final).")


@strawberry.input(description="A deal was lost.")
class LoseDealInput(OnRecord):
    closed_on: datetime.date = strawberry.field(description="Close date, not in the future (fecha de cierre).")
    loss_reason_id: ID = strawberry.field(description="Why.")


@strawberry.input(description="A deal was closed, neither won nor lost.")
class CloseDealInput(OnRecord):
    closed_on: datetime.date = strawberry.field(description="Close date, not in the future (fecha de cierre).")


@strawberry.input(description="A stage of the company's sales funnel; not a type of the schema itself.")
class FunnelStageInput:
    name: str | None = value("Name, unique, at most 120 characters; a stage needs one.")
    position: int | None = value("Its place in the funnel; the last by default.")
    active: bool | None = value("Whether deals can be moved to it.")


@strawberry.input(description="A new stage of the funnel.")
class CreateFunnelStageInput(FunnelStageInput, Command):
    pass


@strawberry.input(description="Changes to a stage of the funnel.")
class UpdateFunnelStageInput(FunnelStageInput, OnRecord):
    pass


@strawberry.input(description="A reason for losing deals; not a type of the schema itself.")
class LossReasonInput:
    name: str | None = value("The reason, unique, at most 200 characters; it cannot be empty.")
    active: bool | None = value("Whether it can be chosen.")


@strawberry.input(description="A new reason for losing deals.")
class CreateLossReasonInput(LossReasonInput, Command):
    pass


@strawberry.input(description="Changes to a reason for losing deals.")
class UpdateLossReasonInput(LossReasonInput, OnRecord):
    pass


# Follow-ups


@strawberry.input(description="A follow-up; not a type of the schema itself.")
class FollowUpInput:
    name: str | None = value("Name, at most 200 characters; a follow-up needs one.")
    description: str | None = value("Description, at most 1,000 characters.")
    type: FollowUpType | None = value("What it consists of; something else by default.")
    starts_at: datetime.datetime | None = value("Start; a follow-up needs one.")
    ends_at: datetime.datetime | None = value("End, not before the start; the start by default.")
    priority: Priority | None = value("Priority; medium by default.")
    assignee_id: ID | None = value("Who is to do it; the deal's or the client's person in charge by default.")
    deal_id: ID | None = value("The deal it is for, one of the client's.")


@strawberry.input(description="A new follow-up, of a client or of a deal of theirs.")
class CreateFollowUpInput(FollowUpInput, Command):
    client_id: ID | None = value("The client; the deal's when it is not given.")


@strawberry.input(description="Changes to an open follow-up.")
class UpdateFollowUpInput(FollowUpInput, OnRecord):
    state: FollowUpState | None = value("`PENDING` or `IN_PROGRESS`; it is finished by other mutations.")


@strawberry.input(description="Who is to do the follow-up from now on.")
class AssignFollowUpInput(OnRecord):
    assignee_id: ID | None = strawberry.field(description="The collaborator; null for nobody.")


# Keys and roles


@strawberry.input(description="A new API key of the viewer's.")
class CreateApiKeyInput(Command):
    name: str = strawberry.field(description="What it is for, at most 100 characters.")
    scopes: list[str] = strawberry.field(
        description="The permissions it is to have, as `clients:read`; the viewer must hold each of them."
    )
    days: int | None = value("How many days it works, 1 to 365; 90 unless something else is said.")


@strawberry.input(description="The key to be revoked.")
class RevokeApiKeyInput(Command):
    id: ID = strawberry.field(description="The key.")


@strawberry.input(description="The collaborator to be unbound.")
class UnbindCollaboratorInput(Command):
    id: ID = strawberry.field(description="The collaborator.")


@strawberry.input(description="What a role may do in the company.")
class SetRolePermissionsInput(Command):
    role: Role = strawberry.field(description="The role; not `ADMIN`, which keeps all permissions.")
    permissions: list[str] | None = value(
        "All it may do, as `clients:read`; null or absent: what it usually may.", default=None
    )
