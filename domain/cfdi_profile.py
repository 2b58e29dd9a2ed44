"""CFDI readiness: everything SAT would refuse in the receptor's data of an invoice, found before it is issued.

Sources: SAT's guide and error matrix of CFDI 4.0 (codes CFDI40104 to CFDI40161) and its dated catalogs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.problem import Problem, ProblemCode, Rejected, Severity
from domain.rfc import Rfc
from domain.text import single_line
from models.catalogs import (
    CFDI_USES,
    COUNTRIES,
    CURRENCIES,
    PAYMENT_FORMS,
    PAYMENT_METHODS,
    POSTAL_CODES,
    TAX_REGIMES,
    CfdiUse,
    PersonKind,
    TaxRegime,
    fold,
)

GENERAL_PUBLIC_NAME: Final = "PUBLICO EN GENERAL"
GENERIC_TAX_REGIME: Final = "616"
GENERIC_CFDI_USE: Final = "S01"
TO_BE_DEFINED: Final = "99"
NAME_MAXIMUM: Final = 300

# Legal forms that trail a company's name, spelled without dots. There is no official list; these are the forms of the
# companies, cooperatives, civil societies and financial laws, and their common abbreviations.
_CAPITAL_REGIMES: Final = re.split(
    r",\s+",
    """SA, SA DE CV, SAB, SAB DE CV, SAPI, SAPI DE CV, SAPIB, SAPIB DE CV, SAS, SAS DE CV, SC, SC DE CV, SC DE RL,
    SC DE RL DE CV, SC DE P DE RL, SC DE P DE RL DE CV, SC DE C DE RL, SC DE C DE RL DE CV, SC DE AP DE RL,
    SC DE AP DE RL DE CV, SC DE RS, SCL, SCS, SNC, S EN NC, S EN C, S EN C DE CV, S EN C POR A, S EN C POR A DE CV,
    S DE RL, S DE RL DE CV, S DE RL MI, S DE RL DE CV MI, S DE RL DE IP, S DE RL DE IP DE CV, SPR, SPR DE RL,
    SPR DE RL DE CV, SPR DE RI, SPR DE RS, SSS, SMI, AC, ABP, IAP, IBP, AR, AR DE IC, A EN P, SOFOM ENR, SOFOM ER,
    SOFOM, SOFOL, SFP, SOCAP, SIID, SOCIEDAD ANONIMA, SOCIEDAD ANONIMA DE CAPITAL VARIABLE, SOCIEDAD CIVIL,
    ASOCIACION CIVIL, SOCIEDAD DE RESPONSABILIDAD LIMITADA,
    SOCIEDAD DE RESPONSABILIDAD LIMITADA DE CAPITAL VARIABLE, SOCIEDAD POR ACCIONES SIMPLIFICADA,
    SOCIEDAD NACIONAL DE CREDITO""",
)
_WORDS: Final = frozenset({"DE", "EN", "POR"})


def _spelled(regime: str) -> str:
    """A pattern of one regime: an acronym's letters may be dotted and spaced out, a long word is a word."""
    tokens = (
        token if token in _WORDS or len(token) > 5 else r"\.?\s?".join(token) + r"\.?" for token in regime.split()
    )
    return r"[\s,]+".join(tokens)


_TRAILING_REGIME: Final = re.compile(
    rf"(?:^|[\s,]+)(?P<regime>{'|'.join(map(_spelled, sorted(_CAPITAL_REGIMES, key=len, reverse=True)))})[\s,]*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receptor:
    """What a client's CFDI profile states; codes as SAT's catalogs write them.

    `postal_code` is that of the fiscal address. `tax_residence` (country) and `tax_id` are a foreigner's.
    """

    rfc: str | None = None
    name: str | None = None
    tax_regime: str | None = None
    cfdi_use: str | None = None
    postal_code: str | None = None
    payment_form: str | None = None
    payment_method: str | None = None
    currency: str | None = None
    tax_residence: str | None = None
    tax_id: str | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """Every problem of a profile, in the order of the screen's fields; paths are the field names of `Receptor`."""

    problems: tuple[Problem, ...]

    @property
    def ready(self) -> bool:
        """Whether an invoice may be issued: nothing is known that SAT would refuse. It may yet find otherwise."""
        return not self.errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        return self._of(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return self._of(Severity.WARNING)

    @property
    def unverified(self) -> tuple[Problem, ...]:
        return self._of(Severity.UNVERIFIED)

    def _of(self, severity: Severity) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is severity)


def normalize_name(text: str) -> str:
    """A legal name as SAT registers it: capitals and single spaces; `Ñ`, `&`, accents, dots and quotes stay."""
    return single_line(single_line(text).upper())


def without_capital_regime(name: str) -> str:
    """The name without the regimes that trail it; a name that is nothing else stays as it is."""
    while (match := _TRAILING_REGIME.search(_fold_upper(name))) and match.start():
        name = name[: match.start()]
    return name


def _fold_upper(text: str) -> str:
    """Capitals without accents, character by character, so that positions are those of the (NFC) text."""
    return "".join((fold(character)[:1] or character).upper() for character in text)


def allowed_regimes(kind: PersonKind | None, on: date) -> tuple[TaxRegime, ...]:
    """The regimes in force for a kind of person, or for any when it is not known."""
    return tuple(regime for regime in TAX_REGIMES.all(on) if kind is None or kind in regime.person_kinds)


def allowed_uses(tax_regime: str | None, kind: PersonKind | None, on: date) -> tuple[CfdiUse, ...]:
    """The CFDI uses in force for a regime and a kind of person; what is not known does not narrow them."""
    return tuple(
        use
        for use in CFDI_USES.all(on)
        if (kind is None or kind in use.person_kinds) and (tax_regime is None or tax_regime in use.tax_regimes)
    )


def readiness(receptor: Receptor, on: date) -> Readiness:
    """All problems of a receptor's data at once, judged by the catalogs in force on a date."""
    rfc, problems = _read_rfc(receptor)
    return Readiness(
        (
            *problems,
            *_name_problems(receptor, rfc),
            *_regime_problems(receptor, rfc, on),
            *_use_problems(receptor, rfc, on),
            *_postal_code_problems(receptor, rfc),
            *_payment_problems(receptor, on),
            *_foreign_problems(receptor, rfc, on),
        )
    )


def _read_rfc(receptor: Receptor) -> tuple[Rfc | None, tuple[Problem, ...]]:
    path = ("rfc",)
    if not receptor.rfc:
        return None, (Problem(ProblemCode.RFC_REQUIRED, path),)
    try:
        rfc = Rfc.parse(receptor.rfc)
    except Rejected as rejected:
        return None, rejected.at(*path).problems
    unverified = () if rfc.is_generic else (Problem(ProblemCode.RFC_NOT_VERIFIED, path),)
    return rfc, (*(problem.at(*path) for problem in rfc.warnings), *unverified)


def _name_problems(receptor: Receptor, rfc: Rfc | None) -> Iterator[Problem]:
    path = ("name",)
    stated = receptor.name or ""
    name = normalize_name(stated)
    if not name:
        yield Problem(ProblemCode.NAME_REQUIRED, path)
        return
    if len(name) > NAME_MAXIMUM:
        yield Problem(ProblemCode.NAME_TOO_LONG, path, {"maximum": NAME_MAXIMUM})
        return
    if "|" in name:
        yield Problem(ProblemCode.NAME_FORBIDDEN_CHARACTER, path)
    if name != stated:
        yield Problem(ProblemCode.NAME_NOT_NORMALIZED, path, suggestion=name)

    general = _fold_upper(name) == GENERAL_PUBLIC_NAME
    if general and rfc and not rfc.is_general_public:
        yield Problem(ProblemCode.NAME_RESERVED, path)
    if rfc and rfc.is_general_public and name != GENERAL_PUBLIC_NAME:
        yield Problem(ProblemCode.NAME_GENERAL_PUBLIC, path, suggestion=GENERAL_PUBLIC_NAME)
    if (rfc is None or rfc.kind is PersonKind.COMPANY) and (match := _TRAILING_REGIME.search(_fold_upper(name))):
        shorter = without_capital_regime(name)
        yield Problem(
            ProblemCode.CAPITAL_REGIME_IN_NAME,
            path,
            {"capital_regime": name[match.start("regime") : match.end("regime")]},
            suggestion=shorter if shorter != name else None,
        )
    if rfc and not rfc.is_generic:
        yield Problem(ProblemCode.NAME_NOT_VERIFIED, path)
        yield Problem(ProblemCode.NAME_MATCH_NOT_VERIFIED, path)


def _regime_problems(receptor: Receptor, rfc: Rfc | None, on: date) -> Iterator[Problem]:
    path, code = ("tax_regime",), receptor.tax_regime
    generic = rfc is not None and rfc.is_generic
    regimes = allowed_regimes(rfc.kind if rfc else None, on)
    allowed = (GENERIC_TAX_REGIME,) if generic else tuple(regime.code for regime in regimes)
    suggestion = GENERIC_TAX_REGIME if generic else None
    if not code:
        yield Problem(ProblemCode.TAX_REGIME_REQUIRED, path, allowed=allowed, suggestion=suggestion)
        return
    values = {"tax_regime": code}
    if TAX_REGIMES.get(code, on) is None:
        yield Problem(ProblemCode.TAX_REGIME_UNKNOWN, path, values, allowed, suggestion)
    elif generic and code != GENERIC_TAX_REGIME:
        yield Problem(ProblemCode.TAX_REGIME_GENERIC, path, values, allowed, suggestion)
    elif code not in allowed:
        yield Problem(ProblemCode.TAX_REGIME_PERSON_KIND, path, values, allowed)


def _use_problems(receptor: Receptor, rfc: Rfc | None, on: date) -> Iterator[Problem]:
    path, code = ("cfdi_use",), receptor.cfdi_use
    generic = rfc is not None and rfc.is_generic
    kind = rfc.kind if rfc else None
    regime = TAX_REGIMES.get(GENERIC_TAX_REGIME if generic else receptor.tax_regime, on)
    if regime and kind and kind not in regime.person_kinds:
        regime = None  # it is wrong itself, so it says nothing about uses
    allowed = tuple(use.code for use in allowed_uses(regime.code if regime else None, kind, on))
    suggestion = GENERIC_CFDI_USE if generic else None
    if not code:
        yield Problem(ProblemCode.CFDI_USE_REQUIRED, path, allowed=allowed, suggestion=suggestion)
        return
    values = {"cfdi_use": code}
    if CFDI_USES.get(code, on) is None:
        yield Problem(ProblemCode.CFDI_USE_UNKNOWN, path, values, allowed, suggestion)
    elif code not in allowed:
        yield Problem(ProblemCode.CFDI_USE_NOT_ALLOWED, path, values, allowed, suggestion)
    elif generic and code != GENERIC_CFDI_USE:
        yield Problem(ProblemCode.CFDI_USE_GENERIC, path, values, allowed, suggestion)


def _postal_code_problems(receptor: Receptor, rfc: Rfc | None) -> Iterator[Problem]:
    path, code = ("postal_code",), receptor.postal_code
    if rfc and rfc.is_generic:
        if code:
            yield Problem(ProblemCode.POSTAL_CODE_OF_ISSUER, path)
    elif not code:
        yield Problem(ProblemCode.POSTAL_CODE_REQUIRED, path)
    elif not re.fullmatch(r"[0-9]{5}", code):
        yield Problem(ProblemCode.POSTAL_CODE_FORMAT, path)
    else:
        if code not in POSTAL_CODES:
            yield Problem(ProblemCode.POSTAL_CODE_UNKNOWN, path)
        if rfc:
            yield Problem(ProblemCode.POSTAL_CODE_NOT_VERIFIED, path)
            yield Problem(ProblemCode.POSTAL_CODE_MATCH_NOT_VERIFIED, path)


def _payment_problems(receptor: Receptor, on: date) -> Iterator[Problem]:
    form, method, currency = receptor.payment_form, receptor.payment_method, receptor.currency
    forms = tuple(entry.code for entry in PAYMENT_FORMS.all(on))
    if not form:
        yield Problem(ProblemCode.PAYMENT_FORM_MISSING, ("payment_form",), allowed=forms)
    elif form not in forms:
        yield Problem(ProblemCode.PAYMENT_FORM_UNKNOWN, ("payment_form",), {"payment_form": form}, forms)
    elif method == "PPD" and form != TO_BE_DEFINED:
        yield Problem(
            ProblemCode.PAYMENT_FORM_PPD, ("payment_form",), allowed=(TO_BE_DEFINED,), suggestion=TO_BE_DEFINED
        )
    elif method == "PUE" and form == TO_BE_DEFINED:
        others = tuple(code for code in forms if code != TO_BE_DEFINED)
        yield Problem(ProblemCode.PAYMENT_FORM_PUE, ("payment_form",), allowed=others)

    methods = tuple(entry.code for entry in PAYMENT_METHODS.all(on))
    if not method:
        yield Problem(ProblemCode.PAYMENT_METHOD_MISSING, ("payment_method",), allowed=methods)
    elif method not in methods:
        yield Problem(ProblemCode.PAYMENT_METHOD_UNKNOWN, ("payment_method",), {"payment_method": method}, methods)

    if currency and CURRENCIES.get(currency, on) is None:
        yield Problem(ProblemCode.CURRENCY_UNKNOWN, ("currency",), {"currency": currency})


def _foreign_problems(receptor: Receptor, rfc: Rfc | None, on: date) -> Iterator[Problem]:
    residence, tax_id = receptor.tax_residence, receptor.tax_id
    country = COUNTRIES.get(residence, on)
    foreign = rfc is not None and rfc.is_foreign
    if residence:
        path = ("tax_residence",)
        if country is None:
            yield Problem(ProblemCode.TAX_RESIDENCE_UNKNOWN, path)
        elif country.code == "MEX":
            yield Problem(ProblemCode.TAX_RESIDENCE_MEXICO, path)
        if rfc and not foreign:
            yield Problem(ProblemCode.TAX_RESIDENCE_NOT_FOREIGN, path)
    elif foreign:
        missing = ProblemCode.TAX_RESIDENCE_REQUIRED if tax_id else ProblemCode.TAX_RESIDENCE_MISSING
        yield Problem(missing, ("tax_residence",))

    if tax_id:
        path = ("tax_id",)
        pattern = country.tax_id_pattern if country and country.code != "MEX" else None
        if rfc and not foreign:
            yield Problem(ProblemCode.TAX_ID_NOT_FOREIGN, path)
        elif country and pattern and not re.fullmatch(pattern, tax_id):
            plain = re.sub(r"[\s\-]", "", tax_id)
            suggestion = plain if re.fullmatch(pattern, plain) else None
            yield Problem(ProblemCode.TAX_ID_PATTERN, path, {"country": country.name}, suggestion=suggestion)
    elif foreign:
        yield Problem(ProblemCode.TAX_ID_MISSING, ("tax_id",))
