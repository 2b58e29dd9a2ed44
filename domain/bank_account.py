"""A client's bank account: which number a payment form asks for, whose bank it is, and how the number is shown."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import and_, or_

from domain import history
from domain.clabe import Clabe
from domain.fields import Field, fields_of, line
from domain.inputs import ABSENT, Maybe, OnClient
from domain.parts import Parts, give_way, siblings
from domain.policy import NOT_FOUND, Asking, ClientAction
from domain.problem import PAYMENT_FORM_UNKNOWN, Problem, Rejected, error, reject, warning
from domain.rfc import Rfc
from domain.text import not_far_over
from domain.work import UnitOfWork
from models import Client, CompanyBankAccount
from models.bank_account import BankAccount, BankAccountRole
from models.catalogs import BANKS, PAYMENT_FORMS, Bank
from models.history import Change, HistoryEventKind
from models.spelling import bare_rfc, unseparated

ACCOUNT_ASSIGNED: Final = error(
    "La cuenta es de la empresa: cámbiela en las cuentas de la empresa, o asigne otra.",
    "The account is the company's: change it there, or assign another.",
)
ACCOUNT_WITHDRAWN: Final = error(
    "La empresa ya no usa esta cuenta: asigne otra.", "The company no longer uses this account: assign another."
)
ACCOUNT_FORBIDDEN: Final = error(
    "La forma de pago {payment_form} no admite un número de cuenta.",
    "Payment form {payment_form} does not allow an account number.",
)
PAYER_ACCOUNT_PATTERN: Final = error(
    "Con la forma de pago {payment_form}, la cuenta ordenante lleva {allowed}; escribió {written}.",
    "With payment form {payment_form} the payer's account has {allowed}; you wrote {written}.",
    "CRP20225",
)
DEPOSIT_ACCOUNT_PATTERN: Final = error(
    "Con la forma de pago {payment_form}, la cuenta beneficiaria lleva {allowed}; escribió {written}.",
    "With payment form {payment_form} the deposit account has {allowed}; you wrote {written}.",
    "CRP20226",
)
BANK_UNKNOWN: Final = error("El banco {bank} no está en el catálogo.", "The bank {bank} is not in the catalog.")
BANK_MISMATCH: Final = warning(
    "La CLABE es de {bank}, no del banco elegido.", "The CLABE belongs to {bank}, not to the chosen bank."
)
BANK_RFC_MISMATCH: Final = warning("El RFC conocido de {bank} es {expected}.", "The known RFC of {bank} is {expected}.")


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


_MOST: Final = 50
"""Characters of an account number, or of an RFC, as people write one."""


def normalize_account_number(text: str) -> str:
    """The number in capitals, without spaces and hyphens."""
    return unseparated(not_far_over(text, _MOST)).upper()


def mask_account_number(number: str) -> str:
    """`••••1234`: the last four characters, or none of a number too short to hide behind (fewer than eight)."""
    return "••••" + (number[-4:] if len(number) >= 8 else "")


def bank_of(number: str | None, bank_rfc: str | None = None) -> Bank | None:
    """The bank that an account implies: by its CLABE, or else by the bank's RFC."""
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
        return (Problem(PAYMENT_FORM_UNKNOWN, ("payment_form",), values, allowed),)
    if not data.account_number:
        return ()
    payer = data.role is BankAccountRole.PAYER
    pattern = form.payer_account if payer else form.deposit_account
    if pattern is None:
        return (Problem(ACCOUNT_FORBIDDEN, ("account_number",), values),)
    if not re.fullmatch(pattern, data.account_number):
        code = PAYER_ACCOUNT_PATTERN if payer else DEPOSIT_ACCOUNT_PATTERN
        return (Problem(code, ("account_number",), values | _lengths(pattern, data.account_number)),)
    if data.payment_form in _CLABE_FORMS and _EIGHTEEN_DIGITS.fullmatch(data.account_number):
        try:
            warnings = Clabe(data.account_number).warnings
        except Rejected as rejected:
            return rejected.at("account_number").problems
        return tuple(problem.at("account_number") for problem in warnings)
    return ()


_ALTERNATIVE: Final = re.compile(r"\[(0-9|A-Z0-9_)\]\{([0-9]+)(?:,([0-9]+))?\}")


def _lengths(pattern: str, number: str) -> dict[str, str]:
    """In words, which numbers the pattern of a payment form allows, and what was written: `10 o 18 dígitos`, `17`."""
    digits: list[str] = []
    mixed = ""
    for kind, least, most in _ALTERNATIVE.findall(pattern):
        if kind == "0-9":
            digits += [str(length) for length in range(int(least), int(most or least) + 1)]
        else:
            mixed = f"{least}–{most}"
    listed, last = ", ".join(digits[:-1]), digits[-1]
    es, en = (f"{listed} {word} {last}" if listed else last for word in ("o", "or"))
    texts = {"allowed": f"{es} dígitos", "allowed_en": f"{en} digits"}
    if mixed:
        texts["allowed"] += f", o {mixed} letras, dígitos y guiones bajos"
        texts["allowed_en"] += f", or {mixed} letters, digits and underscores"
    if number.isascii() and number.isdigit():
        return texts | {"written": str(len(number)), "written_en": str(len(number))}
    others = f"{len(number)} {{}} ({number})"
    return texts | {"written": others.format("caracteres"), "written_en": others.format("characters")}


def _bank_problems(data: BankData) -> tuple[Problem, ...]:
    if not data.bank_code:
        return ()
    if data.bank_code not in BANKS:
        return (Problem(BANK_UNKNOWN, ("bank_code",), {"bank": data.bank_code}),)
    bank = bank_of(data.account_number) if data.payment_form in _CLABE_FORMS else None
    if bank and bank.code != data.bank_code:
        return (Problem(BANK_MISMATCH, ("bank_code",), {"bank": bank.name}, suggestion=bank.code),)
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
        return (Problem(BANK_RFC_MISMATCH, ("bank_rfc",), values, suggestion=known),)
    if bank_of(None, rfc.value):
        return ()
    return tuple(problem.at("bank_rfc") for problem in rfc.warnings)


# Writing. The first account of a role is its default, and naming another takes it from the former.

RULES: Final[Mapping[str, Field]] = {
    "bank_code": Field(line(3)),
    "payment_form": Field(line(2)),
    "bank_rfc": Field(lambda text: bare_rfc(not_far_over(text, _MOST))),
    "account_number": Field(normalize_account_number, shown=mask_account_number),
}
"""Of any account, a client's or the company's."""

FIELDS = fields_of(
    BankAccount, but=["position", "company_account_id"], role=Field(default=BankAccountRole.DEPOSIT), **RULES
)


MIRRORED: Final = ("bank_code", "bank_name", "payment_form", "bank_rfc", "account_number", "description")
"""What an account that was assigned has of the company's."""


class Account(Protocol):
    """An account of a client or of the company."""

    bank_code: Any
    bank_name: Any
    payment_form: Any
    bank_rfc: Any
    account_number: Any


def _bank(account: Account) -> tuple[str | None, Bank | None]:
    """The code of an account's bank, stated or derived from its number or the bank's RFC; and the bank, if it is
    known."""
    bank = bank_of(account.account_number, account.bank_rfc)
    code = account.bank_code or (bank and bank.code)
    return code, BANKS.get(code)


def _stated(account: Any) -> BankData:
    """What an account states, completed from its number and its bank."""
    code, bank = _bank(account)
    return BankData(
        payment_form=account.payment_form,
        role=BankAccountRole(account.role),
        account_number=account.account_number,
        bank_code=code,
        bank_rfc=account.bank_rfc or (bank.rfc if bank else None),
    )


def restoring(asking: Asking, account: Any, facts: Any) -> Iterator[Problem]:
    """The reasons why a deleted account cannot be restored: its payment form is no longer valid, or the company's
    account was deleted."""
    if facts.withdrawn:
        yield Problem(ACCOUNT_WITHDRAWN)
    else:
        yield from account_problems(_stated(account), asking.today)


def complete(account: Account) -> None:
    """Fills in the bank's data from the number and the catalog."""
    account.bank_code, bank = _bank(account)
    if bank:
        account.bank_name = account.bank_name or bank.name
        account.bank_rfc = account.bank_rfc or bank.rfc


async def _settle(work: UnitOfWork, account: BankAccount) -> Sequence[BankAccount]:
    complete(account)
    if account.company_account_id:
        await _demand_same(work, account, account.company_account_id)
    work.judge(account_problems(_stated(account), work.today))
    account.is_default = account.is_default or not await _has_others(work, account)
    return await give_way(work, account, "is_default", "role") if account.is_default else ()


async def _has_others(work: UnitOfWork, account: BankAccount) -> bool:
    """Whether the client has another account of this role."""
    known = siblings(work, account)
    if known is not None:
        return any(each.role is account.role for each in known)
    others = work.of(
        BankAccount,
        BankAccount.client_id == account.client_id,
        BankAccount.id != account.id,
        BankAccount.deleted_at.is_(None),
        BankAccount.role == account.role,
    )
    return await work.session.scalar(others.limit(1)) is not None


async def _demand_same(work: UnitOfWork, account: BankAccount, id: UUID) -> None:
    """An account that was assigned says what the company's says, where it is changed."""
    original = await _of_company(work, id)
    if original is None:
        raise reject(ACCOUNT_WITHDRAWN).at("id")
    own = {name: getattr(original, name) for name in MIRRORED} | {"role": BankAccountRole.DEPOSIT}
    different = [name for name, value in own.items() if getattr(account, name) != value]
    if different:
        raise Rejected(*(Problem(ACCOUNT_ASSIGNED, (name,)) for name in different))


async def _of_company(work: UnitOfWork, id: UUID) -> CompanyBankAccount | None:
    """The company's account, unless it is deleted; until the end it is neither changed nor deleted."""
    query = work.of(CompanyBankAccount, CompanyBankAccount.id == id, CompanyBankAccount.deleted_at.is_(None))
    return await work.session.scalar(query.with_for_update(read=True).execution_options(populate_existing=True))


def label(account: Account) -> str:
    """As people know it, without its whole number."""
    number = account.account_number and mask_account_number(account.account_number)
    return " ".join(filter(None, (account.bank_name or account.payment_form, number)))


def _leaves(account: BankAccount, input: Any) -> bool:
    """The account gets another role, with a default of its own."""
    return input.role not in (ABSENT, account.role)


def _is_same(account: BankAccount, stated: Mapping[str, Any]) -> bool:
    """The same number for the same purpose."""
    number, role = stated.get("account_number"), stated.get("role", BankAccountRole.DEPOSIT)
    return bool(number) and account.account_number == number and account.role is role


def _give_in(account: BankAccount, there: Sequence[BankAccount]) -> None:
    others = [each for each in there if each.role is account.role]
    account.is_default = account.is_default and not any(each.is_default for each in others)


BANK_ACCOUNTS = Parts(
    model=BankAccount,
    fields=FIELDS,
    kind=HistoryEventKind.BANK_ACCOUNT_CHANGED,
    label=label,
    action=ClientAction.EDIT_BILLING,
    settle=_settle,
    compared=frozenset({"is_default", "role"}),
    flag="is_default",
    one_of_each="role",
    leaves=_leaves,
    is_same=_is_same,
    give_in=_give_in,
)


class AssignDepositAccount(OnClient):
    """Which of the company's accounts the client deposits in."""

    company_account_id: UUID
    is_default: Maybe[bool]


async def assign_deposit_account(work: UnitOfWork, input: AssignDepositAccount) -> BankAccount:
    """Assigns this account of the company for the client's deposits, as the default unless the input says otherwise.

    One that was assigned before stays one; one with the same number that was typed in becomes the assigned one.
    """
    client = await work.client(input.client_id, ClientAction.EDIT_BILLING)
    original = await _of_company(work, input.company_account_id)
    if original is None:
        raise reject(NOT_FOUND).at("company_account_id")
    values: dict[str, Any] = {name: getattr(original, name) for name in MIRRORED}
    values |= {"role": BankAccountRole.DEPOSIT, "is_default": input.is_default is not False}
    account = await _same_number(work, client, original)
    if account is None:
        account = await BANK_ACCOUNTS.create(work, OnClient(client_id=client.id, **values))
    else:
        changes = await history.differences(work, FIELDS, history.snapshot(account, FIELDS), values)
        if values["is_default"]:
            yielding = await give_way(work, account, "is_default", "role")
            BANK_ACCOUNTS.tell_yielding(work, client, yielding)
        else:
            del values["is_default"]
        for name, value in values.items():
            setattr(account, name, value)
        if changes or account.company_account_id is None:
            work.touch(account)
            kind = HistoryEventKind.BANK_ACCOUNT_CHANGED
            history.note(work, kind, client, Change.UPDATED, label(account), changes, subject_id=account.id)
    account.company_account_id = original.id
    work.flush()
    return account


async def _same_number(work: UnitOfWork, client: Client, original: CompanyBankAccount) -> BankAccount | None:
    """The client's account that is the company's: assigned already, or typed in."""
    query = work.of(
        BankAccount,
        BankAccount.client_id == client.id,
        BankAccount.deleted_at.is_(None),
        BankAccount.role == BankAccountRole.DEPOSIT,
        or_(
            BankAccount.company_account_id == original.id,
            and_(BankAccount.company_account_id.is_(None), BankAccount.account_number == original.account_number),
        ),
    )
    return await work.session.scalar(query.order_by(BankAccount.company_account_id.is_(None)).limit(1))
