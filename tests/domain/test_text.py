"""Text, e-mail addresses and phone numbers as they are stored."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.email import EMAIL_INVALID, parse_email
from domain.phone import PHONE_INVALID, PHONE_UNASSIGNED, Phone
from domain.problem import ProblemCode, Rejected
from domain.text import TEXT_REQUIRED, limited, multi_line, required, single_line


def rejection(error: Rejected) -> list[ProblemCode]:
    return [problem.code for problem in error.problems]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Juan   &\tJosé \n 'Niño' & \"Niña\" ", "Juan & José 'Niño' & \"Niña\""),
        ("Nin\u0303o", "Niño"),
        ("N\u200bi\u00adño\ufeff", "Niño"),
        ("e\u200b\u0301", "é"),
        ("a\u0000b\ud800c", "abc"),
        ("a\u00a0\u2003b", "a b"),
        ("a \u200b b", "a b"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u200b", ""),
        # Letters and signs that show nothing: the Hangul fillers and the empty braille pattern.
        *((blank, "") for blank in "\u115f\u1160\u3164\uffa0\u2800"),
        ("Ana\u3164Ríos\u2800", "Ana Ríos"),
    ],
)
def test_single_line(text: str, line: str) -> None:
    assert single_line(text) == line


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("uno\r\ndos\rtres  \n\n\n\ncuatro\n", "uno\ndos\ntres\n\ncuatro"),
        ("\tsangrado\u0000", "sangrado"),
        ("lista:\n\tuno", "lista:\n\tuno"),
        ("familia \U0001f468\u200d\U0001f469", "familia \U0001f468\u200d\U0001f469"),
        (" \n ", ""),
    ],
)
def test_multi_line(text: str, lines: str) -> None:
    assert multi_line(text) == lines


@given(st.text())
def test_cleaned_text_is_clean_and_stays_as_it_is(text: str) -> None:
    line, lines = single_line(text), multi_line(text)
    assert single_line(line) == line
    assert multi_line(lines) == lines
    for cleaned in (line, lines):
        assert unicodedata.is_normalized("NFC", cleaned)
        assert cleaned.encode().decode() == cleaned
        assert "\0" not in cleaned


def test_required() -> None:
    assert required("  Ñu ", 2) == "Ñu"
    for missing in (None, "", " \u200b"):
        with pytest.raises(Rejected) as caught:
            required(missing, 2)
        assert rejection(caught.value) == [TEXT_REQUIRED]


def test_limited() -> None:
    assert limited("x" * 200, 200) == "x" * 200
    with pytest.raises(Rejected) as caught:
        limited("x" * 201, 200)
    (problem,) = caught.value.problems
    assert problem.message_es == "Excede el máximo de 200 caracteres."


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Ventas@EJEMPLO.com.MX ", "Ventas@ejemplo.com.mx"),
        ("pago+factura@ñandú.mx", "pago+factura@ñandú.mx"),
        ("José@dominio.mx", "José@dominio.mx"),
        ("a\u200b@dominio.mx", "a@dominio.mx"),
    ],
)
def test_email(text: str, address: str) -> None:
    assert parse_email(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "ventas", "ventas@", "@dominio.mx", "a b@dominio.mx", "a@b@c.mx", "Juan <juan@dominio.mx>", "a@dominio",
     "a@localhost", "a@dominio..mx", "x" * 65 + "@dominio.mx"],
)  # fmt: skip
def test_what_is_no_email(text: str) -> None:
    with pytest.raises(Rejected) as caught:
        parse_email(text)
    assert rejection(caught.value) == [EMAIL_INVALID]


@pytest.mark.parametrize(
    "text",
    ["5512345678", "55 1234 5678", "(55) 1234-5678", "+52 55 1234 5678", "+52 1 55 1234 5678", "5215512345678",
     "525512345678", "044 55 1234 5678", "045 55 1234 5678", "01 55 1234 5678", "01-55-1234-5678",
     "0052 1 55 1234 5678", "+52 01 55 1234 5678", "+52 044 55 1234 5678", "+52 (1) 55.1234.5678", "٥٥١٢٣٤٥٦٧٨",
     "\u202a+52 55 1234 5678\u202c"],
)  # fmt: skip
def test_one_mexican_number_in_every_habit(text: str) -> None:
    phone = Phone.parse(text)
    assert (str(phone), phone.warnings) == ("+525512345678", ())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+1 (212) 555-0123", "+12125550123"),
        ("00 34 912 345 678", "+34912345678"),
        ("01 800 123 4567", "+528001234567"),
        ("5255123456", "+525255123456"),
    ],
)
def test_other_numbers(text: str, number: str) -> None:
    assert Phone.parse(text).number == number


def test_a_number_in_no_known_range_is_a_warning() -> None:
    (warning,) = Phone.parse("000 000 0000").warnings
    assert warning.code is PHONE_UNASSIGNED


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", PHONE_INVALID),
        ("911", PHONE_INVALID),
        ("1234 5678", PHONE_INVALID),
        ("1 55 1234 5678", PHONE_INVALID),
        ("+1 555-0123", PHONE_INVALID),
        ("55 1234 5678 y 55 8765 4321", PHONE_INVALID),
        ("llamar por la tarde", PHONE_INVALID),
    ],
)
def test_what_is_no_phone_number(text: str, code: ProblemCode) -> None:
    with pytest.raises(Rejected) as caught:
        Phone.parse(text)
    assert rejection(caught.value) == [code]


@given(st.integers(2_000_000_000, 9_999_999_999), st.sampled_from(["", "+52", "+521", "52", "521", "044", "045", "01"]))
def test_ten_digits_are_never_changed(number: int, prefix: str) -> None:
    assert Phone.parse(f"{prefix}{number}").number == f"+52{number}"
