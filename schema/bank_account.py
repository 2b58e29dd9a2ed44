"""Bank accounts of a client."""

import strawberry

from resolvers import bank_account as answers
from resolvers import catalogs as codes
from schema.catalogs import Bank, PaymentForm
from schema.enums import BankAccountRole
from schema.fields import answered, column
from schema.node import Node
from schema.scalars import Rfc


@strawberry.type(description="A bank account assigned to the client (datos bancarios).")
class BankAccount(Node):
    role: BankAccountRole = column("What it is for.")
    bank: Bank | None = answered(codes.bank, "The bank (banco); null when it is not in the catalog.")
    bank_name: str | None = column("The bank's name as it was typed in (nombre del banco).")
    payment_form: PaymentForm | None = answered(codes.payment_form, "Payment form (forma de pago).")
    bank_rfc: Rfc | None = column("RFC of the bank (RFC del banco).")
    account_number: str | None = answered(
        answers.account_number,
        "Account number, CLABE or card (número de cuenta bancaria). Without the permission `billing:read` only"
        " its last four characters are shown, as `••••9719`.",
    )
    description: str | None = column("Description (descripción de la cuenta).")
    is_default: bool = column("Whether it is the one to use; at most one for each role.")
    version: int = column("Counts the writes of this record, for `expectedVersion`.")
