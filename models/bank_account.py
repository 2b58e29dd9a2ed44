"""Bank accounts (datos bancarios): where a client deposits its payments, and from where it pays."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Owned, SoftDeleted, Versioned
from models.catalogs import PAYMENT_FORMS, PaymentForm
from models.client import RFC_PATTERN
from models.columns import choice, line_of
from models.constraints import ALIVE, index, matching, of_client, one_code, one_of, refers


class BankAccountRole(StrEnum):
    """What an account is for."""

    DEPOSIT = "DEPOSIT"
    PAYER = "PAYER"


def account_rules() -> Sequence[CheckConstraint]:
    """What is so of any account, a client's or the company's."""
    return (
        one_code("payment_form", PAYMENT_FORMS),
        matching("bank_code", "^[0-9]{3}$"),
        matching("bank_rfc", RFC_PATTERN),
    )


def account_fits(role: str, account_of: Callable[[PaymentForm], str | None], name: str) -> CheckConstraint:
    """Where the condition `role` holds, the number is one that its payment form takes."""
    forms = " or ".join(
        f"payment_form = '{form.code}' and account_number ~ '^({account})$'"
        for form in PAYMENT_FORMS
        if (account := account_of(form))
    )
    return CheckConstraint(f"account_number is null or not ({role}) or {forms}", name=name)


class BankAccount(Owned, Versioned, SoftDeleted, Base):
    """An account assigned to a client; at most one by role is the default."""

    __tablename__ = "bank_account"

    client_id: Mapped[UUID]
    company_account_id: Mapped[UUID | None]
    """The company's account that was assigned for the client's deposits, whose values it repeats; null where they were
    typed in."""
    role: Mapped[BankAccountRole] = choice(BankAccountRole)
    bank_code: Mapped[str | None]
    """The bank's three digits in a CLABE (ABM)."""
    bank_name: Mapped[str | None] = line_of(300)
    payment_form: Mapped[str]
    bank_rfc: Mapped[str | None]
    account_number: Mapped[str | None] = line_of(50)
    description: Mapped[str | None] = line_of(300)
    is_default: Mapped[bool] = mapped_column(server_default=text("false"))
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"))

    @classmethod
    def constraints(cls) -> Sequence[Any]:
        return (
            of_client(),
            index("ix_bank_account_client", "client_id", "position", "id", where=ALIVE),
            index("uq_bank_account_default", "client_id", "role", where="is_default and deleted_at is null"),
            refers("company_bank_account", "company_account_id"),
            index(
                "uq_bank_account_company_account",
                "company_account_id",
                "client_id",
                where="company_account_id is not null and deleted_at is null",
            ),
            index("ix_bank_account_company_account", "company_account_id", where="company_account_id is not null"),
            CheckConstraint("company_account_id is null or role = 'DEPOSIT'", name="company_account"),
            one_of("role", BankAccountRole),
            *account_rules(),
            account_fits("role = 'PAYER'", lambda form: form.payer_account, "payer_account"),
            account_fits("role = 'DEPOSIT'", lambda form: form.deposit_account, "deposit_account"),
        )
