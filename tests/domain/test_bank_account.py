"""Bank accounts: pattern by form and role, the bank they tell, the mask."""

from datetime import date

import pytest

from domain.bank_account import (
    BANK_MISMATCH,
    BANK_RFC_MISMATCH,
    BankData,
    account_problems,
    bank_of,
    mask_account_number,
    normalize_account_number,
)
from domain.problem import PAYMENT_FORM_UNKNOWN, ProblemCode
from domain.rfc import RFC_CHECK_DIGIT, RFC_FORMAT
from models.bank_account import BankAccountRole

TODAY = date(2026, 11, 25)
DEPOSIT, PAYER = BankAccountRole.DEPOSIT, BankAccountRole.PAYER
CLABE = "012660015490725198"
NOT_A_CLABE = "012660015490725190"

# Lengths of all-digit numbers that each form takes, by role; none: any account is forbidden.
DEPOSIT_LENGTHS = set(range(10, 51))  # digits are also letters of the alphanumeric alternative
TAKEN = {
    "02": ({11, 18}, DEPOSIT_LENGTHS),
    "03": ({10, 16, 18}, {10, 18}),
    "04": ({16}, DEPOSIT_LENGTHS),
    "05": (DEPOSIT_LENGTHS, DEPOSIT_LENGTHS),
    "06": ({10}, set[int]()),
    "28": ({16}, DEPOSIT_LENGTHS),
    "29": ({15, 16}, DEPOSIT_LENGTHS),
}
FORBIDDING = ["01", "08", "12", "13", "14", "15", "17", "23", "24", "25", "26", "27", "30", "31", "99"]


def codes(data: BankData) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(problem.code.name, problem.path) for problem in account_problems(data, TODAY)]


@pytest.mark.parametrize("form", TAKEN)
@pytest.mark.parametrize("role", BankAccountRole)
def test_patterns_by_form_and_role(form: str, role: BankAccountRole) -> None:
    taken = TAKEN[form][role is DEPOSIT]
    for length in range(1, 53):
        number = "0" * length  # eighteen zeros are a CLABE with a right control digit
        found = [code for code, _ in codes(BankData(payment_form=form, role=role, account_number=number))]
        refused = bool({"PAYER_ACCOUNT_PATTERN", "DEPOSIT_ACCOUNT_PATTERN", "ACCOUNT_FORBIDDEN"} & set(found))
        assert refused == (length not in taken), length


@pytest.mark.parametrize("form", FORBIDDING)
@pytest.mark.parametrize("role", BankAccountRole)
def test_every_other_form_forbids_an_account(form: str, role: BankAccountRole) -> None:
    assert codes(BankData(payment_form=form, role=role, account_number=CLABE)) == [
        ("ACCOUNT_FORBIDDEN", ("account_number",))
    ]
    assert codes(BankData(payment_form=form, role=role)) == []


@pytest.mark.parametrize(
    ("role", "code", "sat_code"),
    [(PAYER, "PAYER_ACCOUNT_PATTERN", "CRP20225"), (DEPOSIT, "DEPOSIT_ACCOUNT_PATTERN", "CRP20226")],
)
def test_each_role_has_its_own_sat_code(role: BankAccountRole, code: str, sat_code: str) -> None:
    (problem,) = account_problems(BankData(payment_form="03", role=role, account_number="123"), TODAY)
    assert (problem.code.name, problem.sat_code) == (code, sat_code)


@pytest.mark.parametrize(
    ("form", "role", "checked"),
    [("02", PAYER, True), ("02", DEPOSIT, True), ("03", PAYER, True), ("03", DEPOSIT, True), ("05", PAYER, False),
     ("04", DEPOSIT, False), ("28", DEPOSIT, False), ("29", DEPOSIT, False)],
)  # fmt: skip
def test_a_clabe_is_checked_for_cheques_and_transfers_only(form: str, role: BankAccountRole, checked: bool) -> None:
    expected = [("CLABE_CONTROL_DIGIT", ("account_number",))] if checked else []
    assert codes(BankData(payment_form=form, role=role, account_number=NOT_A_CLABE)) == expected


def test_digits_are_ascii() -> None:
    assert codes(BankData(payment_form="03", account_number="٠١٢٣٤٥٦٧٨٩")) == [
        ("DEPOSIT_ACCOUNT_PATTERN", ("account_number",))
    ]


def test_clabe_warnings_are_passed_on() -> None:
    data = BankData(payment_form="03", account_number="032180000118359719")
    assert codes(data) == [("CLABE_BANK_INACTIVE", ("account_number",))]


def test_a_form_out_of_the_catalog() -> None:
    (problem,) = account_problems(BankData(payment_form="98", account_number=CLABE), TODAY)
    assert (problem.code, problem.sat_code, len(problem.allowed)) == (PAYMENT_FORM_UNKNOWN, "CFDI40104", 22)


def test_a_complete_account_has_no_problems() -> None:
    data = BankData(payment_form="03", account_number=CLABE, bank_code="012", bank_rfc="BBA830831LJ2")
    assert account_problems(data, TODAY) == ()


def test_the_chosen_bank_is_compared_with_the_clabe() -> None:
    (problem,) = account_problems(BankData(payment_form="03", account_number=CLABE, bank_code="072"), TODAY)
    assert (problem.code, problem.path, problem.suggestion) == (BANK_MISMATCH, ("bank_code",), "012")


def test_an_unknown_bank_is_an_error() -> None:
    assert codes(BankData(payment_form="03", bank_code="40012")) == [("BANK_UNKNOWN", ("bank_code",))]


@pytest.mark.parametrize(
    ("bank", "rfc", "code", "suggestion"),
    [
        ("002", "BNM840515VB8", BANK_RFC_MISMATCH, "BNM840515VB1"),
        ("014", "BSM970503DU8", BANK_RFC_MISMATCH, "BSM970519DU8"),
        ("060", "BSI940526D24", BANK_RFC_MISMATCH, "BAN950525MD6"),
        ("009", "BNO670315CDO", RFC_FORMAT, "BNO670315CD0"),
        (None, "BNO670315CDO", RFC_FORMAT, None),
        (None, "BNM840515VB8", RFC_CHECK_DIGIT, None),
    ],
)
def test_a_mistyped_bank_rfc(bank: str | None, rfc: str, code: ProblemCode, suggestion: str | None) -> None:
    (problem,) = account_problems(BankData(payment_form="03", bank_code=bank, bank_rfc=rfc), TODAY)
    assert (problem.code, problem.path, problem.suggestion) == (code, ("bank_rfc",), suggestion)


def test_a_real_bank_s_broken_check_digit_and_a_foreign_bank_pass() -> None:
    assert account_problems(BankData(payment_form="03", bank_rfc="BSM970519DU8"), TODAY) == ()
    assert account_problems(BankData(payment_form="03", bank_code="014", bank_rfc="XEXX010101000"), TODAY) == ()


@pytest.mark.parametrize(
    ("number", "rfc", "bank"),
    [
        (CLABE, None, "012"),
        (CLABE, "BMN930209927", "012"),
        (NOT_A_CLABE, "BMN930209927", "072"),
        ("0123456789", "BMN930209927", "072"),
        (None, "BMN930209927", "072"),
        ("0123456789", None, None),
        (None, None, None),
    ],
)
def test_the_bank_an_account_tells(number: str | None, rfc: str | None, bank: str | None) -> None:
    found = bank_of(number, rfc)
    assert (found.code if found else None) == bank


@pytest.mark.parametrize(
    ("number", "masked"),
    [(CLABE, "••••5198"), ("12345678", "••••5678"), ("1234567", "••••"), ("1234", "••••"), ("", "••••")],
)
def test_mask(number: str, masked: str) -> None:
    assert mask_account_number(number) == masked


def test_normalize() -> None:
    assert normalize_account_number(" 0126-6001 5490 725198\n") == CLABE
    assert normalize_account_number("\u202a0126–6001\u200b5490\u00a0725198\u202c") == CLABE
    assert normalize_account_number("abc_123") == "ABC_123"
