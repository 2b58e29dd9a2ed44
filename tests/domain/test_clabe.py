"""CLABE: control digit, parts, bank; each public case's kind, and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clabe import (
    CLABE_BANK_INACTIVE,
    CLABE_BANK_UNKNOWN,
    CLABE_CONTROL_DIGIT,
    CLABE_FORMAT,
    Clabe,
    control_digit,
)
from domain.problem import ProblemCode, Rejected


def test_parts() -> None:
    clabe = Clabe.parse("032180000118359719")
    assert (clabe.bank_code, clabe.plaza_code, clabe.account) == ("032", "180", "00011835971")
    assert str(clabe) == "032180000118359719"


@pytest.mark.parametrize(
    "text",
    ["012660015490725198", "012 660 01549072519 8", "012-660-01549072519-8", "\u202a012–660–01549072519–8\u202c"],
)
def test_a_plaza_no_list_holds_is_taken(text: str) -> None:
    clabe = Clabe.parse(text)
    assert (clabe.number, clabe.plaza_code, clabe.warnings) == ("012660015490725198", "660", ())
    assert clabe.bank is not None
    assert clabe.bank.name == "BBVA México"


def test_a_young_participant_is_known() -> None:
    clabe = Clabe.parse("738180793822290063")
    assert clabe.bank is not None
    assert (clabe.bank.name, clabe.warnings) == ("Fintoc", ())


def test_a_merged_bank_is_a_warning() -> None:
    (warning,) = Clabe.parse("032180000118359719").warnings
    assert (warning.code, warning.message_en) == (
        CLABE_BANK_INACTIVE,
        "IXE no longer takes part in SPEI.",
    )


def test_an_unknown_bank_is_a_warning() -> None:
    number = "99918000011835971"
    (warning,) = Clabe.parse(number + control_digit(number)).warnings
    assert (warning.code, warning.values) == (CLABE_BANK_UNKNOWN, {"bank": "999"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("032180000118359718", CLABE_CONTROL_DIGIT),
        ("000000000000000001", CLABE_CONTROL_DIGIT),
        ("03218000011835971", CLABE_FORMAT),
        ("0321800001183597190", CLABE_FORMAT),
        ("٠٣٢١٨٠٠٠٠١١٨٣٥٩٧١٩", CLABE_FORMAT),
        ("03218000011835971²", CLABE_FORMAT),
        ("032180000118359719\n1", CLABE_FORMAT),
        ("", CLABE_FORMAT),
    ],
)
def test_what_is_no_clabe(text: str, code: ProblemCode) -> None:
    with pytest.raises(Rejected) as caught:
        Clabe.parse(text)
    assert [problem.code for problem in caught.value.problems] == [code]


digits = st.text("0123456789", min_size=17, max_size=17)


@given(digits, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(first_17: str, position: int, shift: int) -> None:
    number = first_17 + control_digit(first_17)
    assert Clabe(number).number == number
    wrong = number[:position] + str((int(number[position]) + shift) % 10) + number[position + 1 :]
    with pytest.raises(Rejected):
        Clabe(wrong)
