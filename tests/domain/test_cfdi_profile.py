"""CFDI readiness: every rule of the receptor, all problems at once, and what is offered instead."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cfdi_profile import (
    Readiness,
    Receptor,
    allowed_regimes,
    allowed_uses,
    normalize_name,
    readiness,
)
from domain.legal_name import without_capital_regime
from domain.problem import Problem, Severity
from models.catalogs import CFDI_USES, TAX_REGIMES, PersonKind

TODAY = date(2026, 11, 25)
KEMPER = Receptor(
    rfc="EKU9003173C9",
    name="ESCUELA KEMPER URGATE",
    tax_regime="601",
    cfdi_use="G03",
    postal_code="42501",
    payment_form="99",
    payment_method="PPD",
    currency="MXN",
)
PERSON = replace(KEMPER, rfc="CACX7605101P8", name="XOCHILT CASAS CHAVEZ", tax_regime="612")
PUBLIC = replace(
    KEMPER, rfc="XAXX010101000", name="PUBLICO EN GENERAL", tax_regime="616", cfdi_use="S01", postal_code=None
)
FOREIGN = replace(PUBLIC, rfc="XEXX010101000", name="ACME INC", tax_residence="USA", tax_id="123456789")
UNVERIFIED = ["CFDI40143", "CFDI40144", "CFDI40145", "CFDI40147", "CFDI40148"]


def judge(receptor: Receptor, **changes: str | None) -> Readiness:
    return readiness(replace(receptor, **changes), TODAY)  # pyright: ignore[reportArgumentType] - all fields are text


def known(receptor: Receptor, **changes: str | None) -> list[tuple[str, str]]:
    """Code and field of everything but what only SAT knows."""
    problems = judge(receptor, **changes).problems
    return [(p.code.name, str(p.path[0])) for p in problems if p.severity is not Severity.UNVERIFIED]


def only(receptor: Receptor, **changes: str | None) -> Problem:
    (problem,) = (p for p in judge(receptor, **changes).problems if p.severity is not Severity.UNVERIFIED)
    return problem


@pytest.mark.parametrize("receptor", [KEMPER, PERSON])
def test_a_complete_profile_is_ready_and_still_unverified(receptor: Receptor) -> None:
    found = readiness(receptor, TODAY)
    assert (found.ready, found.errors, found.warnings) == (True, (), ())
    assert [problem.sat_code for problem in found.unverified] == UNVERIFIED
    assert [problem.path for problem in found.unverified] == [
        ("rfc",), ("name",), ("name",), ("postal_code",), ("postal_code",),
    ]  # fmt: skip


@pytest.mark.parametrize("receptor", [PUBLIC, FOREIGN])
def test_complete_generic_profiles_have_nothing_to_verify(receptor: Receptor) -> None:
    assert readiness(receptor, TODAY).problems == ()


def test_an_empty_profile_names_everything_at_once() -> None:
    found = readiness(Receptor(), TODAY)
    assert [(p.code.name, p.path, p.severity) for p in found.problems] == [
        ("RFC_REQUIRED", ("rfc",), Severity.ERROR),
        ("NAME_REQUIRED", ("name",), Severity.ERROR),
        ("TAX_REGIME_REQUIRED", ("tax_regime",), Severity.ERROR),
        ("CFDI_USE_REQUIRED", ("cfdi_use",), Severity.ERROR),
        ("POSTAL_CODE_REQUIRED", ("postal_code",), Severity.ERROR),
        ("PAYMENT_FORM_MISSING", ("payment_form",), Severity.WARNING),
        ("PAYMENT_METHOD_MISSING", ("payment_method",), Severity.WARNING),
    ]
    assert not found.ready


def test_a_thoroughly_wrong_profile_names_everything_at_once() -> None:
    wrong = Receptor(
        rfc="ACE900319JT9",
        name="público en general",
        tax_regime="612",
        cfdi_use="P01",
        postal_code="1234",
        payment_form="03",
        payment_method="PPD",
        currency="PESOS",
        tax_residence="MEX",
        tax_id="1",
    )
    assert known(wrong) == [
        ("RFC_CHECK_DIGIT", "rfc"),
        ("NAME_NOT_NORMALIZED", "name"),
        ("NAME_RESERVED", "name"),
        ("TAX_REGIME_PERSON_KIND", "tax_regime"),
        ("CFDI_USE_UNKNOWN", "cfdi_use"),
        ("POSTAL_CODE_FORMAT", "postal_code"),
        ("PAYMENT_FORM_PPD", "payment_form"),
        ("CURRENCY_UNKNOWN", "currency"),
        ("TAX_RESIDENCE_MEXICO", "tax_residence"),
        ("TAX_RESIDENCE_NOT_FOREIGN", "tax_residence"),
        ("TAX_ID_NOT_FOREIGN", "tax_id"),
    ]


def test_a_profile_with_a_registered_looking_pair_is_not_called_fine() -> None:
    # The pairing of this RFC with this postal code was refused by SAT; nothing offline can know.
    found = judge(KEMPER, rfc="URE180429TM6", name="UNIVERSIDAD ROBOTICA ESPAÑOLA", postal_code="65000")
    assert found.ready
    assert "CFDI40148" in [problem.sat_code for problem in found.unverified]


@pytest.mark.parametrize(
    ("changes", "code", "sat_code", "severity"),
    [
        ({"rfc": "GOH831115"}, "RFC_WITHOUT_HOMOCLAVE", None, "ERROR"),
        ({"rfc": "ACE900319JT9"}, "RFC_CHECK_DIGIT", None, "WARNING"),
        ({"name": "A | B"}, "NAME_FORBIDDEN_CHARACTER", None, "ERROR"),
        ({"name": "X" * 301}, "NAME_TOO_LONG", None, "ERROR"),
        ({"name": "Escuela  Kemper"}, "NAME_NOT_NORMALIZED", None, "WARNING"),
        ({"name": "PUBLICO EN GENERAL"}, "NAME_RESERVED", "CFDI40146", "ERROR"),
        ({"tax_regime": "630"}, "TAX_REGIME_UNKNOWN", "CFDI40157", "ERROR"),
        ({"tax_regime": "601 - General"}, "TAX_REGIME_UNKNOWN", "CFDI40157", "ERROR"),
        ({"cfdi_use": "P01"}, "CFDI_USE_UNKNOWN", "CFDI40160", "ERROR"),
        ({"cfdi_use": "D01"}, "CFDI_USE_NOT_ALLOWED", "CFDI40161", "ERROR"),
        ({"postal_code": None}, "POSTAL_CODE_REQUIRED", None, "ERROR"),
        ({"postal_code": "4250"}, "POSTAL_CODE_FORMAT", None, "ERROR"),
        ({"postal_code": "٤٢٥٠١"}, "POSTAL_CODE_FORMAT", None, "ERROR"),
        ({"postal_code": "00001"}, "POSTAL_CODE_UNKNOWN", None, "WARNING"),
        ({"payment_form": "98"}, "PAYMENT_FORM_UNKNOWN", "CFDI40104", "ERROR"),
        ({"payment_form": "03"}, "PAYMENT_FORM_PPD", "CFDI40105", "ERROR"),
        ({"payment_method": "PUE"}, "PAYMENT_FORM_PUE", None, "ERROR"),
        ({"payment_method": "PIP"}, "PAYMENT_METHOD_UNKNOWN", "CFDI40124", "ERROR"),
        ({"payment_form": None}, "PAYMENT_FORM_MISSING", None, "WARNING"),
        ({"payment_method": None}, "PAYMENT_METHOD_MISSING", None, "WARNING"),
        ({"currency": "MNX"}, "CURRENCY_UNKNOWN", "CFDI40113", "ERROR"),
        ({"currency": "XXX"}, "CURRENCY_UNKNOWN", "CFDI40113", "ERROR"),
        ({"tax_residence": "USA"}, "TAX_RESIDENCE_NOT_FOREIGN", "CFDI40151", "ERROR"),
        ({"tax_id": "123456789"}, "TAX_ID_NOT_FOREIGN", "CFDI40154", "ERROR"),
    ],
)
def test_one_rule_at_a_time(changes: dict[str, str | None], code: str, sat_code: str | None, severity: str) -> None:
    problem = only(KEMPER, **changes)
    assert (problem.code.name, problem.sat_code, problem.severity) == (code, sat_code, severity)


def test_punctual_payment_and_no_currency_are_fine() -> None:
    assert known(KEMPER, payment_form="03", payment_method="PUE", currency=None) == []


@pytest.mark.parametrize(
    ("changes", "code", "sat_code", "severity"),
    [
        ({"tax_regime": "601"}, "TAX_REGIME_GENERIC", "CFDI40159", "ERROR"),
        ({"tax_regime": None}, "TAX_REGIME_REQUIRED", None, "ERROR"),
        ({"cfdi_use": "G03"}, "CFDI_USE_NOT_ALLOWED", "CFDI40161", "ERROR"),
        ({"cfdi_use": "G02"}, "CFDI_USE_GENERIC", None, "WARNING"),
        ({"postal_code": "42501"}, "POSTAL_CODE_OF_ISSUER", "CFDI40149", "WARNING"),
        ({"tax_residence": "MEX"}, "TAX_RESIDENCE_MEXICO", "CFDI40152", "ERROR"),
        ({"tax_residence": "XYZ"}, "TAX_RESIDENCE_UNKNOWN", "CFDI40150", "ERROR"),
        ({"tax_residence": None}, "TAX_RESIDENCE_REQUIRED", "CFDI40153", "ERROR"),
        ({"tax_id": None}, "TAX_ID_MISSING", "CFDI40155", "WARNING"),
        ({"tax_id": "12345"}, "TAX_ID_PATTERN", "CFDI40156", "ERROR"),
    ],
)
def test_the_rules_of_a_foreigner(
    changes: dict[str, str | None], code: str, sat_code: str | None, severity: str
) -> None:
    problem = only(FOREIGN, **changes)
    assert (problem.code.name, problem.sat_code, problem.severity) == (code, sat_code, severity)


def test_a_foreigner_without_papers_can_be_invoiced_but_not_exported_to() -> None:
    found = judge(FOREIGN, tax_residence=None, tax_id=None)
    assert found.ready
    assert [p.code.name for p in found.warnings] == ["TAX_RESIDENCE_MISSING", "TAX_ID_MISSING"]


def test_a_foreign_tax_id_follows_its_country() -> None:
    assert only(FOREIGN, tax_id="12-3456789").suggestion == "123456789"
    assert only(FOREIGN, tax_id="1234").suggestion is None
    assert known(FOREIGN, tax_residence="ESP", tax_id="B-12345678") == []


def test_a_mexican_profile_copied_to_a_foreigner_is_re_judged() -> None:
    assert known(KEMPER, rfc="XEXX010101000") == [
        ("TAX_REGIME_GENERIC", "tax_regime"),
        ("CFDI_USE_NOT_ALLOWED", "cfdi_use"),
        ("POSTAL_CODE_OF_ISSUER", "postal_code"),
        ("TAX_RESIDENCE_MISSING", "tax_residence"),
        ("TAX_ID_MISSING", "tax_id"),
    ]


def test_the_general_public() -> None:
    other = only(PUBLIC, name="JUAN PEREZ")
    assert (other.code.name, other.severity, other.suggestion) == (
        "NAME_GENERAL_PUBLIC", "WARNING", "PUBLICO EN GENERAL",
    )  # fmt: skip
    assert only(PUBLIC, tax_regime="601").suggestion == "616"
    assert only(PUBLIC, tax_residence="USA").sat_code == "CFDI40151"
    assert only(PUBLIC, tax_id="1").sat_code == "CFDI40154"


def test_problems_offer_what_would_be_right() -> None:
    assert only(KEMPER, payment_form="03").allowed == ("99",)
    assert "99" not in only(KEMPER, payment_method="PUE").allowed
    assert only(KEMPER, tax_regime="612").allowed == ("601", "603", "610", "620", "622", "623", "624", "626")
    assert only(FOREIGN, cfdi_use="G03").allowed == ("CP01", "G02", "S01")
    assert only(PERSON, tax_regime="605", cfdi_use="G01").allowed == (
        "CN01", "CP01", *(f"D{n:02}" for n in range(1, 11)), "S01",
    )  # fmt: skip


def test_a_wrong_regime_does_not_make_the_use_wrong() -> None:
    assert known(KEMPER, tax_regime="605") == [("TAX_REGIME_PERSON_KIND", "tax_regime")]
    assert known(KEMPER, tax_regime="605", cfdi_use="D01") == [
        ("TAX_REGIME_PERSON_KIND", "tax_regime"),
        ("CFDI_USE_NOT_ALLOWED", "cfdi_use"),
    ]


def test_catalogs_are_judged_on_the_date() -> None:
    before = readiness(KEMPER, date(2021, 12, 31))
    assert {p.code.name for p in before.errors} == {
        "TAX_REGIME_UNKNOWN", "CFDI_USE_UNKNOWN", "PAYMENT_FORM_UNKNOWN", "PAYMENT_METHOD_UNKNOWN", "CURRENCY_UNKNOWN",
    }  # fmt: skip
    assert readiness(KEMPER, date(2022, 1, 1)).ready


@pytest.mark.parametrize(
    ("name", "regime", "suggestion"),
    [
        ("ESCUELA KEMPER URGATE S.A. DE C.V.", "S.A. DE C.V.", "ESCUELA KEMPER URGATE"),
        ("ESCUELA KEMPER URGATE, S. A. DE C. V.", "S. A. DE C. V.", "ESCUELA KEMPER URGATE"),
        ("GRUPO NORTE SAPI DE CV", "SAPI DE CV", "GRUPO NORTE"),
        ("GRUPO NORTE S DE RL DE CV", "S DE RL DE CV", "GRUPO NORTE"),
        ("CREDITOS SOFOM ENR", "SOFOM ENR", "CREDITOS"),
        ("CREDITOS, S.A. DE C.V., SOFOM, E.N.R.", "SOFOM, E.N.R.", "CREDITOS"),
        ("HERMANOS LOPEZ S EN C", "S EN C", "HERMANOS LOPEZ"),
        ("PANADERÍA ÑU, S.C.", "S.C.", "PANADERÍA ÑU"),
        ("CLUB DEPORTIVO AC", "AC", "CLUB DEPORTIVO"),
        ("STARTUP SAS", "SAS", "STARTUP"),
        ("FABRICA SOCIEDAD ANÓNIMA DE CAPITAL VARIABLE", "SOCIEDAD ANÓNIMA DE CAPITAL VARIABLE", "FABRICA"),
        ("S.A. DE C.V.", "S.A. DE C.V.", None),
        ("AC", "AC", None),
    ],
)
def test_a_capital_regime_is_warned_of_and_never_emptied(name: str, regime: str, suggestion: str | None) -> None:
    problem = only(KEMPER, name=name)
    assert (problem.code.name, problem.severity) == ("CAPITAL_REGIME_IN_NAME", "WARNING")
    assert (problem.values, problem.suggestion) == ({"capital_regime": regime}, suggestion)


@pytest.mark.parametrize("name", ["CASA", "MESA", "LAS CASAS A", "SA DE CV INGENIEROS", "ACME CO.", "H&E", "O'HARA"])
def test_what_only_looks_like_a_capital_regime(name: str) -> None:
    assert known(KEMPER, name=name) == []


def test_a_person_may_be_called_like_a_regime() -> None:
    assert known(PERSON, name="MARIA SAS") == []


def test_a_name_keeps_its_own_characters() -> None:
    assert normalize_name("  juan &  josé 'niño' \u200b& \"niña\" s.a. ") == "JUAN & JOSÉ 'NIÑO' & \"NIÑA\" S.A."
    assert only(KEMPER, name="Ñandú  S").suggestion == "ÑANDÚ S"


@given(st.text(max_size=60), st.sampled_from(["", " SA", ", S.A. DE C.V.", " SC SA AC"]))
def test_no_name_is_ever_emptied(text: str, tail: str) -> None:
    name = normalize_name(text + tail)
    shorter = without_capital_regime(name)
    assert name.startswith(shorter)
    assert bool(shorter) == bool(name)


@given(
    st.sampled_from([regime.code for regime in TAX_REGIMES]),
    st.sampled_from([use.code for use in CFDI_USES]),
    st.sampled_from([KEMPER, PERSON]),
)
def test_what_is_offered_is_exactly_what_passes(regime: str, use: str, receptor: Receptor) -> None:
    kind = PersonKind.COMPANY if receptor is KEMPER else PersonKind.PERSON
    offered = regime in {r.code for r in allowed_regimes(kind, TODAY)} and use in {
        u.code for u in allowed_uses(regime, kind, TODAY)
    }
    assert (known(receptor, tax_regime=regime, cfdi_use=use) == []) == offered


def test_what_is_not_known_does_not_narrow_the_offer() -> None:
    assert len(allowed_regimes(None, TODAY)) == 19
    assert len(allowed_uses(None, None, TODAY)) == 24
    assert len(allowed_uses(None, PersonKind.COMPANY, TODAY)) == 13


@given(st.builds(Receptor, **{f: st.none() | st.text(max_size=20) for f in Receptor.__dataclass_fields__}))
def test_any_profile_is_judged_and_every_message_can_be_said(receptor: Receptor) -> None:
    for problem in readiness(receptor, TODAY).problems:
        assert problem.message_es
        assert problem.message_en
        assert problem.path[0] in Receptor.__dataclass_fields__
