"""RFC: form, calendar, check digit; each public case's kind, and properties."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.problem import ProblemCode, Rejected
from domain.rfc import RFC_CHECK_DIGIT, RFC_DATE, RFC_FORMAT, RFC_WITHOUT_HOMOCLAVE, Rfc
from models.catalogs import PersonKind

SAT_TEST_TAXPAYERS = [
    "EKU9003173C9", "IIA040805DZ4", "KIJ0906199R1", "IVD920810GU2", "XIA190128J61", "URE180429TM6",
    "ZUÑ920208KL4", "OÑO120726RX3", "H&E951128469", "L&O950913MSA", "JES900109Q90", "CACX7605101P8",
    "EWE1709045U0", "IXS7607092R5", "HAÑ930228SM9", "S&S051221SE2", "CAÑF770131PA3", "LIÑI920228KS8",
    "WERX631016S30", "XAMA620210DQ5", "FUNK671228PH6", "KICR630120NX3", "MISC491214B86", "RAQÑ7701212M3",
    "WATM640917J45", "IAÑL750210963", "XIQB891116QE4", "XOJI740919U48", "JUFA7608212V6", "KAHO641101B39",
]  # fmt: skip


@pytest.mark.parametrize("text", SAT_TEST_TAXPAYERS)
def test_sat_s_test_taxpayers_pass_without_warning(text: str) -> None:
    rfc = Rfc.parse(text)
    assert (str(rfc), rfc.check_digit, rfc.warnings) == (text, text[-1], ())
    assert rfc.kind is (PersonKind.COMPANY if len(text) == 12 else PersonKind.PERSON)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ACE900319JT9", "3"),
        ("MAHM670102NJA", "1"),
        ("FNI970829JR9", "3"),
        ("RTO840921RE4", "2"),
        ("AUGJ651117623", "4"),
        ("CCA980429MD4", "2"),
        ("AAJ0809274AA", "0"),
        ("LME060822IH5", "3"),
        ("RDE7910023J3", "1"),
        ("BSM970519DU8", "2"),
        ("MCI7306249Y1", "6"),
        ("VACE460910SX6", "5"),
        ("AAA010101AAA", "1"),
        ("ROS561231GR8", "0"),
    ],
)
def test_a_wrong_check_digit_is_a_warning(text: str, expected: str) -> None:
    (warning,) = Rfc.parse(text).warnings
    assert warning.code is RFC_CHECK_DIGIT
    assert warning.values == {"expected": expected}
    assert warning.message_en.startswith(f"The check digit of the RFC should be {expected}.")


@pytest.mark.parametrize("text", ["MAB9307148T4", "ESA2005273X1", "MTA0902267B6", "ROS561231GR8"])
def test_a_prefix_is_not_a_country(text: str) -> None:
    assert Rfc.parse(text).kind is PersonKind.COMPANY


@pytest.mark.parametrize(
    ("text", "general_public", "foreign"), [("XAXX010101000", True, False), ("XEXX010101000", False, True)]
)
def test_generics_are_persons_and_never_warned_of(text: str, general_public: bool, foreign: bool) -> None:
    rfc = Rfc.parse(text)
    assert (rfc.is_general_public, rfc.is_foreign, rfc.is_generic) == (general_public, foreign, True)
    assert (rfc.kind, rfc.warnings) == (PersonKind.PERSON, ())


def test_any_other_rfc_is_not_generic() -> None:
    assert not Rfc.parse("EKU9003173C9").is_generic


@pytest.mark.parametrize(
    "text",
    [
        "eku9003173c9",
        "  EKU 900317 3C9 ",
        "EKU-900317-3C9",
        "EKU–900317—3C9",
        "\u200bEKU9003173C9\ufeff",
        "EKU\u00a0900317\t3C9\n",
        "\u202aEKU9003173C9\u202c",
        "EKU9003173C9\u200e",
        "EKU\u00ad900317\u20603C9",
    ],
)
def test_writing_habits_are_forgiven(text: str) -> None:
    assert Rfc.parse(text).value == "EKU9003173C9"


def test_a_decomposed_or_small_enye_is_one_letter() -> None:
    assert Rfc.parse("oN\u0303o120726rx3").value == "OÑO120726RX3"
    assert Rfc.parse("oño120726rx3").value == "OÑO120726RX3"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("GOH831115", RFC_WITHOUT_HOMOCLAVE),
        ("comg600703", RFC_WITHOUT_HOMOCLAVE),
        ("BNO670315CDO", RFC_FORMAT),
        ("AWE9000000JU78978900", RFC_FORMAT),
        ("EKU9013173C9", RFC_FORMAT),
        ("EKU9003323C9", RFC_FORMAT),
        ("EK9003173C9", RFC_FORMAT),
        ("EKUXX9003173C9", RFC_FORMAT),
        ("EKU9003173C9X", RFC_FORMAT),
        ("EKU٩٠٠٣١٧3C9", RFC_FORMAT),
        ("EKU9003173C\u017f", RFC_FORMAT),
        ("\u017fKU9003173C9", RFC_FORMAT),
        ("", RFC_FORMAT),
        ("AÑO0002301A1", RFC_DATE),
        ("AAA010229AA1", RFC_DATE),
        ("AAA990431AA1", RFC_DATE),
    ],
)
def test_what_is_no_rfc(text: str, code: ProblemCode) -> None:
    with pytest.raises(Rejected) as caught:
        Rfc.parse(text)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_29_february_of_2000_exists() -> None:
    assert Rfc.parse("AAA000229AA1").value == "AAA000229AA1"


def test_an_unparsed_rfc_is_checked_too() -> None:
    with pytest.raises(Rejected):
        Rfc("eku9003173c9")


letters = st.text("ABCDEFGHIJKLMNÑOPQRSTUVWXYZ&", min_size=3, max_size=4)
dates = st.dates(date(1930, 1, 1), date(2029, 12, 31))
homoclaves = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=2, max_size=2)


@given(letters, dates, homoclaves, st.sampled_from("0123456789A"))
def test_every_well_formed_rfc_is_taken_and_has_one_check_digit(
    name: str, born: date, homoclave: str, last: str
) -> None:
    text = f"{name}{born:%y%m%d}{homoclave}{last}"
    rfc = Rfc.parse(text.lower())
    assert rfc.value == text
    assert Rfc.parse(rfc.value) == rfc
    assert Rfc(rfc.value[:-1] + rfc.check_digit).warnings == ()
    assert bool(rfc.warnings) == (last != rfc.check_digit and not rfc.is_generic)


@given(st.text(max_size=20))
def test_any_text_is_taken_or_rejected(text: str) -> None:
    with suppress(Rejected):
        assert len(Rfc.parse(text).value) in (12, 13)
