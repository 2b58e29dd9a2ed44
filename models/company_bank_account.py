"""The company's own bank accounts, one of which a client is assigned for its deposits (cuentas de la empresa)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from models.bank_account import account_fits, account_rules
from models.base import Base, Owned, SoftDeleted, Versioned
from models.columns import line_of
from models.constraints import ALIVE, index


class CompanyBankAccount(Owned, Versioned, SoftDeleted, Base):
    """An account of the company's; at most one is the default. The clients' accounts that refer to it repeat its
    values, and follow it when they change."""

    __tablename__ = "company_bank_account"

    bank_code: Mapped[str | None]
    """The bank's three digits in a CLABE (ABM)."""
    bank_name: Mapped[str | None] = line_of(300)
    payment_form: Mapped[str]
    bank_rfc: Mapped[str | None]
    account_number: Mapped[str] = line_of(50)
    description: Mapped[str | None] = line_of(300)
    is_default: Mapped[bool] = mapped_column(server_default=text("false"))
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            index("uq_company_bank_account_number", "account_number", where=ALIVE),
            index("uq_company_bank_account_default", where="is_default and deleted_at is null"),
            *account_rules(),
            account_fits("true", lambda form: form.deposit_account, "deposit_account"),
        )
