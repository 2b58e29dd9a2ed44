"""What a CFDI needs of a client: everything SAT would refuse in it, found before an invoice is issued; and its changes.

Sources: SAT's guide and error matrix of CFDI 4.0 (codes CFDI40104 to CFDI40161) and its dated catalogs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from domain import duplicates, history
from domain.fields import Field, fields_of
from domain.inputs import Expecting, Input, Maybe, OnClient
from domain.legal_name import TRAILING_REGIME, fold_upper, normalize_name, without_capital_regime
from domain.policy import ClientAction
from domain.problem import Problem, ProblemCode, Rejected, Severity
from domain.rfc import Rfc
from domain.text import limited, single_line
from domain.work import UnitOfWork
from models import CfdiProfile, Client
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
)
from models.history import Change, HistoryEventKind

GENERAL_PUBLIC_NAME: Final = "PUBLICO EN GENERAL"
GENERIC_TAX_REGIME: Final = "616"
GENERIC_CFDI_USE: Final = "S01"
TO_BE_DEFINED: Final = "99"
NAME_MAXIMUM: Final = 300


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

    general = fold_upper(name) == GENERAL_PUBLIC_NAME
    if general and rfc and not rfc.is_general_public:
        yield Problem(ProblemCode.NAME_RESERVED, path)
    if rfc and rfc.is_general_public and name != GENERAL_PUBLIC_NAME:
        yield Problem(ProblemCode.NAME_GENERAL_PUBLIC, path, suggestion=GENERAL_PUBLIC_NAME)
    if (rfc is None or rfc.kind is PersonKind.COMPANY) and (match := TRAILING_REGIME.search(fold_upper(name))):
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


# Changing the data of a client. Every change begins a new version, so that those of any day can be told. What is stated
# has to be right; what is missing is only warned of, for a record is completed over time.


def _code(text: str) -> str:
    return single_line(text).upper()


def _rfc(text: str) -> str:
    return Rfc.parse(text).value if text.strip() else ""


def _name(text: str) -> str:
    return limited(normalize_name(text), NAME_MAXIMUM)


FIELDS = fields_of(
    CfdiProfile,
    but=["valid_from", "valid_to"],
    rfc=Field(_rfc),
    name=Field(_name),
    tax_regime=Field(_code),
    cfdi_use=Field(_code),
    postal_code=Field(single_line),
    payment_form=Field(_code),
    payment_method=Field(_code),
    currency=Field(_code),
    tax_residence=Field(_code),
)


class ProfileInput(Input):
    """What a CFDI needs of a client."""

    rfc: Maybe[str]


class UpdateCfdiProfile(ProfileInput, OnClient, Expecting):
    """Changes to what a CFDI needs of a client."""


async def current_profile(work: UnitOfWork, client: Client) -> CfdiProfile | None:
    """The version that holds now."""
    return await work.session.scalar(
        work.of(CfdiProfile, CfdiProfile.client_id == client.id, CfdiProfile.valid_to.is_(None))
    )


async def update_cfdi_profile(work: UnitOfWork, input: UpdateCfdiProfile) -> CfdiProfile | Client:
    """Changes what the input states, from now on."""
    client = await work.client(input.client_id, ClientAction.EDIT)
    current = await current_profile(work, client)
    if current:
        work.expect(current, input)
    return await revise(work, client, current, input, told=True) or current or client


async def revise(
    work: UnitOfWork, client: Client, current: CfdiProfile | None, input: ProfileInput, *, told: bool
) -> CfdiProfile | None:
    """Begins the next version of the profile, unless nothing differs; `told` to the history or not."""
    values = await work.read(FIELDS, input)
    before = history.snapshot(current, FIELDS) if current else dict.fromkeys(FIELDS)
    stated = (before if current else before | {"rfc": client.rfc}) | values
    _judge(work, stated)
    if stated == before:
        return None
    if stated["rfc"] != client.rfc:
        problems = await duplicates.of_rfc(work, stated["rfc"], ("rfc",), client.id)
        if problems:
            raise Rejected(*problems)
        client.rfc = stated["rfc"]
        work.touch(client)
    since = work.now
    if current:
        # Two changes at one instant still come one after the other.
        since = max(since, current.valid_from + timedelta(microseconds=1))
        current.valid_to = since
        await work.flush()
    version = current.version + 1 if current else 1
    profile = await work.add(work.new(CfdiProfile, client_id=client.id, valid_from=since, version=version, **stated))
    if told:
        changes = await history.differences(work, FIELDS, before, stated)
        change = Change.UPDATED if current else Change.CREATED
        history.note(work, HistoryEventKind.CFDI_PROFILE_CHANGED, client, change, profile.rfc or "", changes)
    return profile


def _judge(work: UnitOfWork, stated: Mapping[str, Any]) -> None:
    """What SAT would refuse is rejected, what it may refuse or what is missing is warned of."""

    def missing(problem: Problem) -> bool:
        return stated[str(problem.path[0])] is None

    problems = readiness(Receptor(**stated), work.today).problems
    work.judge([problem for problem in problems if not (problem.severity is Severity.ERROR and missing(problem))])
    work.warnings += [problem for problem in problems if problem.severity is Severity.ERROR and missing(problem)]
