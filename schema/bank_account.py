"""Bank accounts of a client."""

import datetime

import strawberry

import models
from domain.bank_account import BANK_ACCOUNTS, assign_deposit_account
from domain.policy import BankAccountAction, ClientAction
from models.bank_account import BankAccountRole
from models.catalogs import BANKS, PAYMENT_FORMS
from resolvers import bank_account as answers
from resolvers import catalogs as codes
from resolvers import formatted as formatted_answers
from schema.actions import ActionState, states
from schema.catalogs import SatBank, SatPaymentForm
from schema.company_bank_account import CompanyBankAccount
from schema.enums import describe, label, name_fields
from schema.fields import answered, column, related
from schema.formatted import FichaFormattedAccount
from schema.inputs import OnClient, Ref, about, changes, new, reorder, required, value
from schema.mutations import mutation
from schema.node import Node
from schema.scalars import Rfc

describe(
    BankAccountRole,
    "What a bank account is for (uso de la cuenta).",
    name="ClientBankAccountRole",
    DEPOSIT=label("Depósito", "Deposit", "where the client deposits its payments."),
    PAYER=label("Ordenante", "Payer", "the client's own account, from which it pays."),
)


describe(
    BankAccountAction,
    "What can be done with a bank account (acciones).",
    name="ClientBankAccountAction",
    EDIT=label("Editar", "Edit"),
    DELETE=label("Eliminar", "Delete"),
    RESTORE=label("Restaurar", "Restore"),
)


name_fields(
    models.BankAccount,
    role=label("Uso de la cuenta", "Use of the account"),
    bank_code=label("Banco", "Bank", catalog=BANKS),
    bank_name=label("Nombre del banco", "Bank's name"),
    bank_rfc=label("RFC del banco", "Bank's RFC"),
    payment_form=label("Forma de pago", "Payment form", catalog=PAYMENT_FORMS),
    account_number=label("Número de cuenta", "Account number"),
    description=label("Descripción", "Description"),
    is_default=label("Cuenta predeterminada", "Default account"),
)


@strawberry.type(description="A bank account assigned to the client (datos bancarios).")
class ClientBankAccount(Node):
    role: BankAccountRole = column("What it is for.")
    bank: SatBank | None = answered(codes.bank, "The bank (banco); null when it is not in the catalog.")
    bank_name: str | None = column("The bank's name as it was typed in (nombre del banco).")
    payment_form: SatPaymentForm | None = answered(codes.payment_form, "Payment form (forma de pago).")
    bank_rfc: Rfc | None = column("RFC of the bank (RFC del banco).")
    account_number: str | None = answered(
        answers.account_number,
        "Account number, CLABE or card (número de cuenta bancaria). Without the permission `billing:read` only"
        " its last four characters are shown, as `••••9719`.",
    )
    formatted_account: FichaFormattedAccount | None = answered(
        formatted_answers.account, "The account number as people read it; null without one."
    )
    description: str | None = column("Description (descripción de la cuenta).")
    is_default: bool = column("Whether it is the default; at most one for each role.")
    company_account: CompanyBankAccount | None = related(
        "The company's account that was assigned for the client's deposits; null where this one was typed in."
    )
    actions: list[ActionState] = states(BankAccountAction, "a bank account")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.input(description="A bank account; not a type of the schema itself.")
class BankAccountInput:
    role: BankAccountRole | None = value("What it is for; the client's deposits by default.")
    bank_code: str | None = value("The bank's three-digit code; by default derived from the CLABE or the bank's RFC.")
    bank_name: str | None = value("The bank's name; by default the catalog's.")
    payment_form: str | None = value("Code of the payment form, SAT's c_FormaPago.")
    bank_rfc: Rfc | None = value("RFC of the bank; by default the catalog's.")
    account_number: str | None = value("Account number, CLABE or card, as its payment form and role ask.")
    description: str | None = value("Description.")
    is_default: bool | None = value("Whether it is the default for its role; the first account is.")


@strawberry.input(description="The company's account to which the client makes its deposits.")
class AssignDepositAccountInput(OnClient):
    company_account_id: Ref["CompanyBankAccount"] = required("The company's account.")
    is_default: bool = value("Whether it is the default.", default=True)


MUTATIONS = (
    mutation(
        AssignDepositAccountInput,
        assign_deposit_account,
        ClientBankAccount,
        "Assigns one of the company's accounts for the client's deposits (cuenta asignada para los depósitos). One that"
        " was typed in with the same number becomes the assigned one.",
        needs=ClientAction.EDIT_BILLING,
    ),
    mutation(
        new("CreateBankAccountInput", BankAccountInput, "A new bank account.", needed=("payment_form",), base=OnClient),
        BANK_ACCOUNTS.create,
        ClientBankAccount,
        "A new bank account, at the end.",
        needs=ClientAction.ADD_BANK_ACCOUNT,
        many="CreateBankAccounts",
        ahead=BANK_ACCOUNTS.read_all,
    ),
    mutation(
        changes("UpdateBankAccountInput", BankAccountInput, "Changes to a bank account."),
        BANK_ACCOUNTS.update,
        ClientBankAccount,
        "Edits a bank account.",
        needs=BankAccountAction.EDIT,
        many="UpdateBankAccounts",
        ahead=BANK_ACCOUNTS.read_all,
    ),
    mutation(
        about("DeleteBankAccountInput", "The account to be deleted."),
        BANK_ACCOUNTS.delete,
        ClientBankAccount,
        "Deletes a bank account.",
        needs=BankAccountAction.DELETE,
        many="DeleteBankAccounts",
    ),
    mutation(
        about("RestoreBankAccountInput", "The account to be brought back."),
        BANK_ACCOUNTS.restore,
        ClientBankAccount,
        "Brings a deleted bank account back, not as the default.",
        needs=BankAccountAction.RESTORE,
    ),
    mutation(
        reorder("ReorderBankAccountsInput", "ClientBankAccount", "The client's accounts in their new order."),
        BANK_ACCOUNTS.reorder,
        None,
        "Puts a client's bank accounts in order.",
        needs=ClientAction.EDIT_BILLING,
    ),
)
