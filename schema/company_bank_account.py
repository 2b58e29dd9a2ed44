"""The company's own bank accounts."""

import datetime

import strawberry

from domain import company_bank_account as commands
from models.viewer import Permission
from resolvers import bank_account as answers
from resolvers import catalogs as codes
from resolvers import formatted as formatted_answers
from schema.catalogs import SatBank, SatPaymentForm
from schema.fields import answered, column
from schema.formatted import FichaFormattedAccount
from schema.inputs import about, changes, new, value
from schema.mutations import mutation
from schema.node import Node
from schema.scalars import Rfc


@strawberry.type(
    description="An account of the company's own, which clients can be assigned for their deposits (cuenta de la"
    " empresa)."
)
class CompanyBankAccount(Node):
    bank: SatBank | None = answered(codes.bank, "The bank (banco); null when it is not in the catalog.")
    bank_name: str | None = column("The bank's name as it was typed in (nombre del banco).")
    payment_form: SatPaymentForm | None = answered(codes.payment_form, "Payment form (forma de pago).")
    bank_rfc: Rfc | None = column("RFC of the bank (RFC del banco).")
    account_number: str | None = answered(
        answers.account_number,
        "Account number or CLABE (número de cuenta bancaria). Without the permission `billing:read` only its last four"
        " characters are shown, as `••••9719`.",
    )
    formatted_account: FichaFormattedAccount | None = answered(
        formatted_answers.account, "The account number as people read it; null without one."
    )
    description: str | None = column("Description (descripción de la cuenta).")
    is_default: bool = column("Whether it is the default; at most one is.")
    deleted_at: datetime.datetime | None = column("When it was deleted; null while it is not (eliminado).")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.input(description="An account of the company; not a type of the schema itself.")
class CompanyBankAccountInput:
    bank_code: str | None = value("The bank's three-digit code; by default derived from the CLABE or the bank's RFC.")
    bank_name: str | None = value("The bank's name; by default the catalog's.")
    payment_form: str | None = value("Code of the payment form, SAT's c_FormaPago; `03`, transfer, by default.")
    bank_rfc: Rfc | None = value("RFC of the bank; by default the catalog's.")
    account_number: str | None = value("Account number or CLABE.")
    description: str | None = value("Description.")
    is_default: bool | None = value("Whether it is the default; the first account is.")


MUTATIONS = (
    mutation(
        new(
            "CreateCompanyBankAccountInput",
            CompanyBankAccountInput,
            "A new account of the company.",
            needed=("account_number",),
        ),
        commands.create_company_bank_account,
        CompanyBankAccount,
        "A new account of the company, at the end.",
        needs=Permission.COMPANY_WRITE,
    ),
    mutation(
        changes("UpdateCompanyBankAccountInput", CompanyBankAccountInput, "Changes to an account of the company."),
        commands.update_company_bank_account,
        CompanyBankAccount,
        "Edits an account of the company; the clients that deposit in it are shown what it says now.",
        needs=Permission.COMPANY_WRITE,
    ),
    mutation(
        about("DeleteCompanyBankAccountInput", "The account to be deleted."),
        commands.delete_company_bank_account,
        CompanyBankAccount,
        "Deletes an account of the company that no client is assigned.",
        needs=Permission.COMPANY_WRITE,
    ),
    mutation(
        about("RestoreCompanyBankAccountInput", "The account to be brought back."),
        commands.restore_company_bank_account,
        CompanyBankAccount,
        "Brings a deleted account of the company back, not as the default.",
        needs=Permission.COMPANY_WRITE,
    ),
)
