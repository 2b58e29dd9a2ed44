"""A client's bank account: which number a payment form asks for, whose bank it is, and how the number is shown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.clabe import Clabe
from domain.fields import Field, fields_of, line
from domain.parts import Parts, give_way
from domain.policy import Asking, ClientAction
from domain.problem import Problem, ProblemCode, Rejected
from domain.rfc import Rfc
from domain.text import single_line
from domain.work import UnitOfWork
from models.bank_account import BankAccount, BankAccountRole
from models.catalogs import BANKS, PAYMENT_FORMS, Bank
from models.history import HistoryEventKind

_CLABE_FORMS: Final = frozenset({"02", "03"})
_EIGHTEEN_DIGITS: Final = re.compile(r"[0-9]{18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BankData:
    """What is stated of an account: codes of the catalogs, the number without separators.

    Role DEPOSIT: the account assigned for the client's deposits; PAYER: the client's own, *ordenante* in Pagos 2.0.
    """

    payment_form: str
    role: BankAccountRole = BankAccountRole.DEPOSIT
    account_number: str | None = None
    bank_code: str | None = None
    bank_rfc: str | None = None


def normalize_account_number(text: str) -> str:
    """The number in capitals, without spaces and hyphens."""
    return re.sub(r"[\s\-]", "", text).upper()


def mask_account_number(number: str) -> str:
    """`••••1234`: the last four characters, or none of a number too short to hide behind (fewer than eight)."""
    return "••••" + (number[-4:] if len(number) >= 8 else "")


def bank_of(number: str | None, bank_rfc: str | None = None) -> Bank | None:
    """The bank an account tells by itself: by its CLABE, or else by the bank's RFC."""
    if number and _EIGHTEEN_DIGITS.fullmatch(number):
        try:
            return Clabe(number).bank
        except Rejected:
            pass  # eighteen digits of another kind
    return next((bank for bank in BANKS if bank_rfc and bank.rfc == bank_rfc), None)


def account_problems(data: BankData, on: date) -> tuple[Problem, ...]:
    """Everything wrong with an account, all at once; paths are the field names of `BankData`.

    Patterns: c_FormaPago, as the Pagos 2.0 complement checks them (CRP20225, CRP20226).
    """
    return (*_number_problems(data, on), *_bank_problems(data), *_bank_rfc_problems(data))


def _number_problems(data: BankData, on: date) -> tuple[Problem, ...]:
    values = {"payment_form": data.payment_form}
    form = PAYMENT_FORMS.get(data.payment_form, on)
    if form is None:
        allowed = tuple(entry.code for entry in PAYMENT_FORMS.all(on))
        return (Problem(ProblemCode.PAYMENT_FORM_UNKNOWN, ("payment_form",), values, allowed),)
    if not data.account_number:
        return ()
    payer = data.role is BankAccountRole.PAYER
    pattern = form.payer_account if payer else form.deposit_account
    if pattern is None:
        return (Problem(ProblemCode.ACCOUNT_FORBIDDEN, ("account_number",), values),)
    if not re.fullmatch(pattern, data.account_number):
        code = ProblemCode.PAYER_ACCOUNT_PATTERN if payer else ProblemCode.DEPOSIT_ACCOUNT_PATTERN
        return (Problem(code, ("account_number",), values),)
    if data.payment_form in _CLABE_FORMS and _EIGHTEEN_DIGITS.fullmatch(data.account_number):
        try:
            warnings = Clabe(data.account_number).warnings
        except Rejected as rejected:
            return rejected.at("account_number").problems
        return tuple(problem.at("account_number") for problem in warnings)
    return ()


def _bank_problems(data: BankData) -> tuple[Problem, ...]:
    if not data.bank_code:
        return ()
    if data.bank_code not in BANKS:
        return (Problem(ProblemCode.BANK_UNKNOWN, ("bank_code",), {"bank": data.bank_code}),)
    told = bank_of(data.account_number) if data.payment_form in _CLABE_FORMS else None
    if told and told.code != data.bank_code:
        return (Problem(ProblemCode.BANK_MISMATCH, ("bank_code",), {"bank": told.name}, suggestion=told.code),)
    return ()


def _bank_rfc_problems(data: BankData) -> tuple[Problem, ...]:
    if not data.bank_rfc:
        return ()
    bank = BANKS.get(data.bank_code)
    # A mistyped RFC is better answered with the right one than with what is wrong in it.
    known = bank.rfc if bank else None
    try:
        rfc = Rfc(data.bank_rfc)
    except Rejected as rejected:
        return tuple(
            Problem(problem.code, ("bank_rfc",), problem.values, suggestion=known) for problem in rejected.problems
        )
    if bank and known and rfc.value != known and not rfc.is_foreign:
        values = {"bank": bank.name, "expected": known}
        return (Problem(ProblemCode.BANK_RFC_MISMATCH, ("bank_rfc",), values, suggestion=known),)
    if bank_of(None, rfc.value):
        return ()
    return tuple(problem.at("bank_rfc") for problem in rfc.warnings)


# Writing. The first account of a role is its default, and naming another takes it from the former.

FIELDS = fields_of(
    BankAccount,
    but=["position"],
    role=Field(default=BankAccountRole.DEPOSIT),
    bank_code=Field(line(3)),
    payment_form=Field(line(2)),
    bank_rfc=Field(lambda text: re.sub(r"[\s\-]", "", single_line(text)).upper()),
    account_number=Field(normalize_account_number, shown=mask_account_number),
)


def _stated(account: Any) -> BankData:
    """What an account states, with what its number and its bank tell."""
    told = bank_of(account.account_number, account.bank_rfc)
    code = account.bank_code or (told and told.code)
    bank = BANKS.get(code)
    return BankData(
        payment_form=account.payment_form,
        role=BankAccountRole(account.role),
        account_number=account.account_number,
        bank_code=code,
        bank_rfc=account.bank_rfc or (bank.rfc if bank else None),
    )


def restoring(asking: Asking, account: Any, _: Any) -> Iterator[Problem]:
    """What is in the way of bringing a deleted account back, as what was a payment form when it was deleted."""
    yield from account_problems(_stated(account), asking.today)


async def _settle(work: UnitOfWork, account: BankAccount) -> None:
    stated = _stated(account)
    account.bank_code, account.bank_rfc = stated.bank_code, stated.bank_rfc
    if bank := BANKS.get(account.bank_code):
        account.bank_name = account.bank_name or bank.name
    work.judge(account_problems(stated, work.today))
    same_role = BankAccount.role == account.role
    if not account.is_default:
        others = work.of(
            BankAccount,
            BankAccount.client_id == account.client_id,
            BankAccount.id != account.id,
            BankAccount.deleted_at.is_(None),
            same_role,
        )
        account.is_default = await work.session.scalar(others.limit(1)) is None
    if account.is_default:
        await give_way(work, account, "is_default", same_role)


def _label(account: BankAccount) -> str:
    number = account.account_number and mask_account_number(account.account_number)
    return " ".join(filter(None, (account.bank_name or account.payment_form, number)))


BANK_ACCOUNTS = Parts(
    model=BankAccount,
    fields=FIELDS,
    kind=HistoryEventKind.BANK_ACCOUNT_CHANGED,
    label=_label,
    action=ClientAction.EDIT_BILLING,
    settle=_settle,
    flag="is_default",
)
