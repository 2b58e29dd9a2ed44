"""The one form of a problem, and its table of texts."""

import string

import pytest

from domain.problem import Problem, ProblemCode, Rejected, Severity, reject


@pytest.mark.parametrize("code", ProblemCode, ids=lambda code: code.name)
def test_both_languages_say_it_with_the_same_values(code: ProblemCode) -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert fields(code.value.es) == fields(code.value.en)
    assert code.value.es.endswith(".")
    assert code.value.en.endswith(".")
    assert code.value.es != code.value.en


def test_what_only_sat_knows_is_unverified_with_its_code() -> None:
    unverified = {code.value.sat_code for code in ProblemCode if code.value.severity is Severity.UNVERIFIED}
    assert unverified == {"CFDI40143", "CFDI40144", "CFDI40145", "CFDI40147", "CFDI40148"}


def test_a_path_grows_from_outside() -> None:
    problem = Problem(ProblemCode.TAX_REGIME_UNKNOWN, ("tax_regime",), {"tax_regime": "630"})
    outer = problem.at("clients", 0)
    assert outer.path == ("clients", 0, "tax_regime")
    assert problem.path == ("tax_regime",)
    assert outer.message_es == "El régimen fiscal 630 no está vigente en el catálogo del SAT."
    assert outer.message_en == "The tax regime 630 is not in force in SAT's catalog."
    assert (outer.severity, outer.sat_code) == (Severity.ERROR, "CFDI40157")


def test_values_are_never_read_as_templates() -> None:
    problem = Problem(ProblemCode.TAX_REGIME_UNKNOWN, values={"tax_regime": "{0.__class__}"})
    assert problem.message_en == "The tax regime {0.__class__} is not in force in SAT's catalog."


def test_a_rejection_carries_its_problems() -> None:
    rejected = Rejected(Problem(ProblemCode.RFC_FORMAT), *reject(ProblemCode.RFC_DATE, date="000230").problems)
    assert [problem.path for problem in rejected.at("rfc").problems] == [("rfc",), ("rfc",)]
    assert str(rejected.at("rfc")) == "rfc: RFC_FORMAT; rfc: RFC_DATE"
