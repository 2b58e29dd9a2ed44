"""The one form of a problem, and its table of texts."""

import re
import string
from pathlib import Path
from types import ModuleType

import pytest

import domain.rfc
from domain.problem import (
    TAX_REGIME_UNKNOWN,
    Problem,
    ProblemCode,
    Rejected,
    Severity,
    codes_of,
    error,
    problem_codes,
    reject,
)
from domain.rfc import RFC_DATE, RFC_FORMAT
from errors import DeclarationError

DOMAIN = [file.read_text(encoding="utf-8") for file in Path(__file__).resolve().parents[2].glob("domain/*.py")]


@pytest.mark.parametrize("code", problem_codes().values(), ids=lambda code: code.name)
def test_both_languages_say_it_with_the_same_values(code: ProblemCode) -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert fields(code.es) == fields(code.en)
    assert code.es.endswith(".")
    assert code.en.endswith(".")
    assert code.es != code.en


def test_what_only_sat_knows_is_unverified_with_its_code() -> None:
    unverified = {code.sat_code for code in problem_codes().values() if code.severity is Severity.UNVERIFIED}
    assert unverified == {"CFDI40143", "CFDI40144", "CFDI40145", "CFDI40147", "CFDI40148"}


def test_a_path_grows_from_outside() -> None:
    problem = Problem(TAX_REGIME_UNKNOWN, ("tax_regime",), {"tax_regime": "630"})
    outer = problem.at("clients", 0)
    assert outer.path == ("clients", 0, "tax_regime")
    assert problem.path == ("tax_regime",)
    assert outer.message_es == "El régimen fiscal 630 no está vigente en el catálogo del SAT."
    assert outer.message_en == "The tax regime 630 is not in force in SAT's catalog."
    assert (outer.severity, outer.sat_code) == (Severity.ERROR, "CFDI40157")


def test_values_are_never_read_as_templates() -> None:
    problem = Problem(TAX_REGIME_UNKNOWN, values={"tax_regime": "{0.__class__}"})
    assert problem.message_en == "The tax regime {0.__class__} is not in force in SAT's catalog."


def test_a_rejection_carries_its_problems() -> None:
    rejected = Rejected(Problem(RFC_FORMAT), *reject(RFC_DATE, date="000230").problems)
    assert [problem.path for problem in rejected.at("rfc").problems] == [("rfc",), ("rfc",)]
    assert str(rejected.at("rfc")) == "rfc: RFC_FORMAT; rfc: RFC_DATE"


def test_a_code_declared_twice_is_told_by_name() -> None:
    other = ModuleType("domain.other")
    vars(other)["RFC_DATE"] = error("Uno.", "One.")
    with pytest.raises(DeclarationError, match="problem code RFC_DATE is declared twice"):
        codes_of([domain.rfc, other])


def test_a_code_has_the_name_of_its_constant() -> None:
    assert {name: code.name for name, code in problem_codes().items()} == {name: name for name in problem_codes()}
    assert len(set(problem_codes().values())) == len(problem_codes())


@pytest.mark.parametrize("name", problem_codes())
def test_a_code_is_declared_once(name: str) -> None:
    declared = re.compile(rf"^{name}: Final = (?:error|warning|unverified)\(", re.MULTILINE)
    assert sum(len(declared.findall(text)) for text in DOMAIN) == 1
