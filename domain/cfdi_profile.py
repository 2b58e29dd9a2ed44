"""What a CFDI needs of a client: everything SAT would refuse in it, found before an invoice is issued; and its changes.

Sources: SAT's guide and error matrix of CFDI 4.0 (codes CFDI40104 to CFDI40161) and its dated catalogs.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from domain import duplicates, history
from domain.fields import Field, fields_of
from domain.inputs import Expecting, Input, Maybe, OnClient
from domain.legal_name import capital_regime, fold_upper, normalize_name, without_capital_regimes
from domain.policy import ClientAction
from domain.problem import (
    NAME_FORBIDDEN_CHARACTER,
    PAYMENT_FORM_UNKNOWN,
    POSTAL_CODE_FORMAT,
    POSTAL_CODE_UNKNOWN,
    TAX_REGIME_PERSON_KIND,
    TAX_REGIME_UNKNOWN,
    Problem,
    Rejected,
    Severity,
    error,
    reject_any,
    unverified,
    warning,
)
from domain.rfc import Rfc
from domain.text import limited, single_line
from domain.work import UnitOfWork
from models import CfdiProfile, Client
from models.catalogs import (
    CFDI_USES,
    COUNTRIES,
    CURRENCIES,
    NO_CURRENCY,
    PAYMENT_FORMS,
    PAYMENT_METHODS,
    POSTAL_CODES,
    TAX_REGIMES,
    Catalog,
    CfdiUse,
    PersonKind,
    TaxRegime,
)
from models.cfdi_profile import TaxpayerStatus
from models.history import Change, HistoryEventKind
from models.spelling import unseparated
from models.viewer import Permission

RFC_REQUIRED: Final = error("Falta el RFC.", "The RFC is missing.")
RFC_NOT_VERIFIED: Final = unverified(
    "Solo el SAT puede confirmar que el RFC está inscrito y no cancelado.",
    "Only SAT can confirm that the RFC is registered and not cancelled.",
    "CFDI40143",
)
NAME_REQUIRED: Final = error("Falta el nombre o razón social.", "The legal name is missing.")
NAME_TOO_LONG: Final = error("El nombre excede {maximum} caracteres.", "The name is longer than {maximum} characters.")
NAME_NOT_NORMALIZED: Final = warning(
    "El SAT registra el nombre en mayúsculas y sin espacios dobles.",
    "SAT registers names in upper case and without double spaces.",
)
CAPITAL_REGIME_IN_NAME: Final = warning(
    "El nombre lleva un régimen de capital ({capital_regime}), que la constancia fiscal no lleva.",
    "The name has a capital regime in it ({capital_regime}), which the tax certificate leaves out.",
)
TAXPAYER_SUSPENDED: Final = warning(
    "La constancia dice que el contribuyente está suspendido en el padrón: pida una más reciente antes de facturarle.",
    "The constancia says that the taxpayer is suspended: ask for a newer one before issuing an invoice.",
)
TAXPAYER_CANCELLED: Final = warning(
    "La constancia dice que el RFC está cancelado en el padrón: el SAT no aceptará facturas a su nombre.",
    "The constancia says that the RFC is cancelled: SAT will not accept invoices to it.",
)
NAME_RESERVED: Final = error(
    "El nombre PUBLICO EN GENERAL exige el RFC XAXX010101000.",
    "The name PUBLICO EN GENERAL requires the RFC XAXX010101000.",
    "CFDI40146",
)
NAME_GENERAL_PUBLIC: Final = warning(
    "Con el RFC XAXX010101000, una factura global lleva el nombre PUBLICO EN GENERAL.",
    "With the RFC XAXX010101000, a global invoice is issued to PUBLICO EN GENERAL.",
)
NAME_NOT_VERIFIED: Final = unverified(
    "Solo el SAT puede confirmar que el nombre está en su lista de inscritos.",
    "Only SAT can confirm that the name is in its list of taxpayers.",
    "CFDI40144",
)
NAME_MATCH_NOT_VERIFIED: Final = unverified(
    "Solo el SAT puede confirmar que el nombre corresponde al RFC.",
    "Only SAT can confirm that the name belongs to the RFC.",
    "CFDI40145",
)
POSTAL_CODE_REQUIRED: Final = error(
    "Falta el código postal del domicilio fiscal.", "The postal code of the fiscal address is missing."
)
POSTAL_CODE_OF_ISSUER: Final = warning(
    "Con un RFC genérico el código postal es el del emisor; el registrado aquí no se usará.",
    "With a generic RFC the postal code is the issuer's; the one on record will not be used.",
    "CFDI40149",
)
POSTAL_CODE_NOT_VERIFIED: Final = unverified(
    "Solo el SAT puede confirmar que el código postal está en su lista de inscritos.",
    "Only SAT can confirm that the postal code is in its list of taxpayers.",
    "CFDI40147",
)
POSTAL_CODE_MATCH_NOT_VERIFIED: Final = unverified(
    "Solo el SAT puede confirmar que el código postal corresponde al RFC.",
    "Only SAT can confirm that the postal code belongs to the RFC.",
    "CFDI40148",
)
TAX_RESIDENCE_UNKNOWN: Final = error(
    "La residencia fiscal no está en el catálogo de países.",
    "The tax residence is not in the catalog of countries.",
    "CFDI40150",
)
TAX_RESIDENCE_NOT_FOREIGN: Final = error(
    "La residencia fiscal solo va con el RFC genérico extranjero XEXX010101000.",
    "A tax residence is only valid with the foreign generic RFC XEXX010101000.",
    "CFDI40151",
)
TAX_RESIDENCE_MEXICO: Final = error(
    "La residencia fiscal de un extranjero no puede ser MEX.",
    "The tax residence of a foreigner cannot be MEX.",
    "CFDI40152",
)
TAX_RESIDENCE_REQUIRED: Final = error(
    "Hay número de registro tributario: falta la residencia fiscal.",
    "There is a foreign tax id: its tax residence is missing.",
    "CFDI40153",
)
TAX_RESIDENCE_MISSING: Final = warning(
    "Sin residencia fiscal no se podrá facturar una exportación.",
    "Without a tax residence an export cannot be invoiced.",
    "CFDI40153",
)
TAX_ID_NOT_FOREIGN: Final = error(
    "El número de registro tributario solo va con el RFC genérico extranjero XEXX010101000.",
    "A foreign tax id is only valid with the foreign generic RFC XEXX010101000.",
    "CFDI40154",
)
TAX_ID_MISSING: Final = warning(
    "Sin número de registro tributario no se podrá facturar una exportación.",
    "Without a foreign tax id an export cannot be invoiced.",
    "CFDI40155",
)
TAX_ID_PATTERN: Final = error(
    "El número de registro tributario no tiene la forma de {country}.",
    "The foreign tax id does not have the form of {country}.",
    "CFDI40156",
)
TAX_REGIME_REQUIRED: Final = error("Falta el régimen fiscal.", "The tax regime is missing.")
TAX_REGIME_GENERIC: Final = error(
    "Un RFC genérico exige el régimen fiscal 616.", "A generic RFC requires tax regime 616.", "CFDI40159"
)
CFDI_USE_REQUIRED: Final = error("Falta el uso del CFDI.", "The CFDI use is missing.")
CFDI_USE_UNKNOWN: Final = error(
    "El uso de CFDI {cfdi_use} no está vigente en el catálogo del SAT.",
    "The CFDI use {cfdi_use} is not in force in SAT's catalog.",
    "CFDI40160",
)
CFDI_USE_NOT_ALLOWED: Final = error(
    "El uso de CFDI {cfdi_use} no corresponde al tipo de persona y al régimen fiscal.",
    "The CFDI use {cfdi_use} is not valid for the kind of person and the tax regime.",
    "CFDI40161",
)
CFDI_USE_GENERIC: Final = warning(
    "Con un RFC genérico el uso del CFDI es S01.", "With a generic RFC the CFDI use is S01."
)
PAYMENT_FORM_MISSING: Final = warning(
    "Sin forma de pago habitual, habrá que elegirla en cada factura.",
    "Without a default payment form, each invoice will have to state it.",
)
PAYMENT_FORM_REQUIRED: Final = error("Indique la forma de pago.", "State the payment form.")
PAYMENT_METHOD_REQUIRED: Final = error("Indique el método de pago, PUE o PPD.", "State the payment method, PUE or PPD.")
PAYMENT_FORM_PPD: Final = error(
    "El método de pago PPD exige la forma de pago 99.", "Payment method PPD requires payment form 99.", "CFDI40105"
)
PAYMENT_FORM_PUE: Final = error(
    "El método de pago PUE no admite la forma de pago 99.", "Payment method PUE does not allow payment form 99."
)
PAYMENT_METHOD_UNKNOWN: Final = error(
    "El método de pago {payment_method} no está vigente en el catálogo del SAT.",
    "The payment method {payment_method} is not in force in SAT's catalog.",
    "CFDI40124",
)
PAYMENT_METHOD_MISSING: Final = warning(
    "Sin método de pago habitual, habrá que elegirlo en cada factura.",
    "Without a default payment method, each invoice will have to state it.",
)
CURRENCY_UNKNOWN: Final = error(
    "{currency} no es una moneda vigente en el catálogo del SAT.",
    "{currency} is not a currency in force in SAT's catalog.",
    "CFDI40113",
)


RECEPTOR_NOT_READY: Final = error(
    "Los datos de CFDI del cliente están incompletos o no son válidos: pida que se corrijan.",
    "The client's CFDI data are incomplete or not valid: have them corrected.",
)

_STATUSES: Final = {
    TaxpayerStatus.SUSPENDED: TAXPAYER_SUSPENDED,
    TaxpayerStatus.CANCELLED: TAXPAYER_CANCELLED,
}
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
    taxpayer_status: str | None = None


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


_MOST_LISTS = 200
"""What is allowed changes by the day, and hardly then; a client's data are judged each time that they are shown."""


@lru_cache(_MOST_LISTS)
def _regime_codes(kind: PersonKind | None, on: date) -> tuple[str, ...]:
    return tuple(regime.code for regime in allowed_regimes(kind, on))


@lru_cache(_MOST_LISTS)
def _use_codes(tax_regime: str | None, kind: PersonKind | None, on: date) -> tuple[str, ...]:
    return tuple(use.code for use in allowed_uses(tax_regime, kind, on))


@lru_cache(_MOST_LISTS)
def _codes(catalog: Catalog[Any], on: date) -> tuple[str, ...]:
    return tuple(entry.code for entry in catalog.all(on))


def readiness(receptor: Receptor, on: date, *, issuing: bool = False) -> Readiness:
    """All problems of a receptor's data at once, judged by the catalogs in force on a date. Where an invoice with these
    data is being issued, it has to state how it is paid."""
    rfc, problems = _read_rfc(receptor)
    return Readiness(
        (
            *problems,
            *_status_problems(receptor),
            *_name_problems(receptor, rfc),
            *_regime_problems(receptor, rfc, on),
            *_use_problems(receptor, rfc, on),
            *_postal_code_problems(receptor, rfc),
            *payment_problems(receptor.payment_form, receptor.payment_method, on, required=issuing),
            *_currency_problems(receptor, on),
            *_foreign_problems(receptor, rfc, on),
        )
    )


def without_the_clients(problems: Sequence[Problem], own: Collection[str]) -> Sequence[Problem]:
    """What may be told to whoever may not read clients: of the fields that are their own, and whether the client's data
    are ready, but no word of them."""
    of_own = [problem for problem in problems if problem.path[0] in own]
    refused = any(problem.severity is Severity.ERROR for problem in problems if problem not in of_own)
    return [Problem(RECEPTOR_NOT_READY)] * refused + of_own


def _read_rfc(receptor: Receptor) -> tuple[Rfc | None, tuple[Problem, ...]]:
    path = ("rfc",)
    if not receptor.rfc:
        return None, (Problem(RFC_REQUIRED, path),)
    try:
        rfc = Rfc.parse(receptor.rfc)
    except Rejected as rejected:
        return None, rejected.at(*path).problems
    unverified = () if rfc.is_generic else (Problem(RFC_NOT_VERIFIED, path),)
    return rfc, (*(problem.at(*path) for problem in rfc.warnings), *unverified)


def _status_problems(receptor: Receptor) -> Iterator[Problem]:
    status = receptor.taxpayer_status
    if status in _STATUSES:
        yield Problem(_STATUSES[TaxpayerStatus(status)], ("taxpayer_status",))


def _name_problems(receptor: Receptor, rfc: Rfc | None) -> Iterator[Problem]:
    path = ("name",)
    stated = receptor.name or ""
    name = normalize_name(stated)
    if not name:
        yield Problem(NAME_REQUIRED, path)
        return
    if len(name) > NAME_MAXIMUM:
        yield Problem(NAME_TOO_LONG, path, {"maximum": NAME_MAXIMUM})
        return
    if "|" in name:
        yield Problem(NAME_FORBIDDEN_CHARACTER, path)
    if name != stated:
        yield Problem(NAME_NOT_NORMALIZED, path, suggestion=name)

    general = fold_upper(name) == GENERAL_PUBLIC_NAME
    if general and rfc and not rfc.is_general_public:
        yield Problem(NAME_RESERVED, path)
    if rfc and rfc.is_general_public and name != GENERAL_PUBLIC_NAME:
        yield Problem(NAME_GENERAL_PUBLIC, path, suggestion=GENERAL_PUBLIC_NAME)
    if (rfc is None or rfc.kind is PersonKind.COMPANY) and (regime := capital_regime(name)):
        shorter = without_capital_regimes(name)
        suggestion = shorter if shorter != name else None
        yield Problem(CAPITAL_REGIME_IN_NAME, path, {"capital_regime": regime}, suggestion=suggestion)
    if rfc and not rfc.is_generic:
        yield Problem(NAME_NOT_VERIFIED, path)
        yield Problem(NAME_MATCH_NOT_VERIFIED, path)


def _regime_problems(receptor: Receptor, rfc: Rfc | None, on: date) -> Iterator[Problem]:
    path, code = ("tax_regime",), receptor.tax_regime
    generic = rfc is not None and rfc.is_generic
    allowed = (GENERIC_TAX_REGIME,) if generic else _regime_codes(rfc.kind if rfc else None, on)
    suggestion = GENERIC_TAX_REGIME if generic else None
    if not code:
        yield Problem(TAX_REGIME_REQUIRED, path, allowed=allowed, suggestion=suggestion)
        return
    values = {"tax_regime": code}
    if TAX_REGIMES.get(code, on) is None:
        yield Problem(TAX_REGIME_UNKNOWN, path, values, allowed, suggestion)
    elif generic and code != GENERIC_TAX_REGIME:
        yield Problem(TAX_REGIME_GENERIC, path, values, allowed, suggestion)
    elif code not in allowed:
        yield Problem(TAX_REGIME_PERSON_KIND, path, values, allowed)


def _use_problems(receptor: Receptor, rfc: Rfc | None, on: date) -> Iterator[Problem]:
    path, code = ("cfdi_use",), receptor.cfdi_use
    generic = rfc is not None and rfc.is_generic
    kind = rfc.kind if rfc else None
    regime = TAX_REGIMES.get(GENERIC_TAX_REGIME if generic else receptor.tax_regime, on)
    if regime and kind and kind not in regime.person_kinds:
        regime = None  # it is wrong itself, so it says nothing about uses
    allowed = _use_codes(regime.code if regime else None, kind, on)
    suggestion = GENERIC_CFDI_USE if generic else None
    if not code:
        yield Problem(CFDI_USE_REQUIRED, path, allowed=allowed, suggestion=suggestion)
        return
    values = {"cfdi_use": code}
    if CFDI_USES.get(code, on) is None:
        yield Problem(CFDI_USE_UNKNOWN, path, values, allowed, suggestion)
    elif code not in allowed:
        yield Problem(CFDI_USE_NOT_ALLOWED, path, values, allowed, suggestion)
    elif generic and code != GENERIC_CFDI_USE:
        yield Problem(CFDI_USE_GENERIC, path, values, allowed, suggestion)


def _postal_code_problems(receptor: Receptor, rfc: Rfc | None) -> Iterator[Problem]:
    path, code = ("postal_code",), receptor.postal_code
    if rfc and rfc.is_generic:
        if code:
            yield Problem(POSTAL_CODE_OF_ISSUER, path)
    elif not code:
        yield Problem(POSTAL_CODE_REQUIRED, path)
    elif not re.fullmatch(r"[0-9]{5}", code):
        yield Problem(POSTAL_CODE_FORMAT, path)
    else:
        if code not in POSTAL_CODES:
            yield Problem(POSTAL_CODE_UNKNOWN, path)
        if rfc:
            yield Problem(POSTAL_CODE_NOT_VERIFIED, path)
            yield Problem(POSTAL_CODE_MATCH_NOT_VERIFIED, path)


def payment_problems(form: str | None, method: str | None, on: date, *, required: bool) -> Iterator[Problem]:
    """Of a payment form and a payment method, and whether they go together; missing, they are a warning unless they are
    required."""
    forms, methods = _codes(PAYMENT_FORMS, on), _codes(PAYMENT_METHODS, on)
    if not form:
        yield Problem(PAYMENT_FORM_REQUIRED if required else PAYMENT_FORM_MISSING, ("payment_form",), allowed=forms)
    elif form not in forms:
        yield Problem(PAYMENT_FORM_UNKNOWN, ("payment_form",), {"payment_form": form}, forms)
    elif method == "PPD" and form != TO_BE_DEFINED:
        yield Problem(PAYMENT_FORM_PPD, ("payment_form",), allowed=(TO_BE_DEFINED,), suggestion=TO_BE_DEFINED)
    elif method == "PUE" and form == TO_BE_DEFINED:
        others = tuple(code for code in forms if code != TO_BE_DEFINED)
        yield Problem(PAYMENT_FORM_PUE, ("payment_form",), allowed=others)

    if not method:
        missing = PAYMENT_METHOD_REQUIRED if required else PAYMENT_METHOD_MISSING
        yield Problem(missing, ("payment_method",), allowed=methods)
    elif method not in methods:
        yield Problem(PAYMENT_METHOD_UNKNOWN, ("payment_method",), {"payment_method": method}, methods)


def _currency_problems(receptor: Receptor, on: date) -> Iterator[Problem]:
    currency = receptor.currency
    if currency and (currency == NO_CURRENCY or CURRENCIES.get(currency, on) is None):
        yield Problem(CURRENCY_UNKNOWN, ("currency",), {"currency": currency})


def _foreign_problems(receptor: Receptor, rfc: Rfc | None, on: date) -> Iterator[Problem]:
    residence, tax_id = receptor.tax_residence, receptor.tax_id
    country = COUNTRIES.get(residence, on)
    foreign = rfc is not None and rfc.is_foreign
    if residence:
        path = ("tax_residence",)
        if country is None:
            yield Problem(TAX_RESIDENCE_UNKNOWN, path)
        elif country.code == "MEX":
            yield Problem(TAX_RESIDENCE_MEXICO, path)
        if rfc and not foreign:
            yield Problem(TAX_RESIDENCE_NOT_FOREIGN, path)
    elif foreign:
        missing = TAX_RESIDENCE_REQUIRED if tax_id else TAX_RESIDENCE_MISSING
        yield Problem(missing, ("tax_residence",))

    if tax_id:
        path = ("tax_id",)
        pattern = country.tax_id_pattern if country and country.code != "MEX" else None
        if rfc and not foreign:
            yield Problem(TAX_ID_NOT_FOREIGN, path)
        elif country and pattern and not re.fullmatch(pattern, tax_id):
            plain = unseparated(tax_id)
            suggestion = plain if re.fullmatch(pattern, plain) else None
            yield Problem(TAX_ID_PATTERN, path, {"country": country.name}, suggestion=suggestion)
    elif foreign:
        yield Problem(TAX_ID_MISSING, ("tax_id",))


# Changing the data of a client. Every change begins a new version, so that the data of any day are known. Stated values
# must be valid; missing ones are only warnings, because a record is completed over time.


def _code(text: str) -> str:
    return single_line(text).upper()


def _rfc(text: str) -> str:
    return Rfc.parse(text).value if text.strip() else ""


def _name(text: str) -> str:
    return limited(normalize_name(text), NAME_MAXIMUM)


FIELDS = fields_of(
    CfdiProfile,
    but=["valid_from", "valid_to", "taxpayer_status"],
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


_VALUES: Final = {**FIELDS, "taxpayer_status": Field()}
"""All that a version of the profile has."""


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


async def update_cfdi_profile(
    work: UnitOfWork,
    input: UpdateCfdiProfile,
    status: TaxpayerStatus | None = None,
    own: Collection[str] | None = None,
) -> CfdiProfile | Client:
    """Changes what the input states, from now on; also the `status` that a constancia says, if it says one. `own` as in
    `revise`."""
    client = await work.client(input.client_id, ClientAction.EDIT)
    current = await current_profile(work, client)
    work.expect_any(current, input)
    return await revise(work, client, current, input, in_history=True, status=status, own=own) or current or client


async def revise(
    work: UnitOfWork,
    client: Client,
    current: CfdiProfile | None,
    input: ProfileInput,
    *,
    in_history: bool,
    status: TaxpayerStatus | None = None,
    own: Collection[str] | None = None,
) -> CfdiProfile | None:
    """Begins the next version of the profile, unless nothing differs. `in_history`: whether to record an event. What a
    constancia said of the taxpayer stays until another one says otherwise, or the RFC is another. `own`: the fields of
    the input that the viewer stated, by default all of them; the others come from records."""
    if current:
        work.comes_after(current)
    values = await work.read(FIELDS, input)
    if current is None and client.rfc and values.get("rfc", client.rfc) != client.rfc:
        current = await _first(work, client)
    before = history.snapshot(current, _VALUES) if current else dict.fromkeys(_VALUES)
    stated = (before if current else before | {"rfc": client.rfc}) | values
    same = before["taxpayer_status"] if stated["rfc"] == before["rfc"] else None
    stated["taxpayer_status"] = status or same
    _judge(work, stated, values if own is None else own)
    if stated == before:
        return None
    if stated["rfc"] != client.rfc:
        problems = await duplicates.of_rfc(work, stated["rfc"], ("rfc",), client.id)
        reject_any(problems)
        client.rfc = stated["rfc"]
        work.touch(client)
        # The profile's has to be the client's.
        work.flush()
    since = work.now
    if current:
        # Two changes at the same instant must have different times.
        since = max(since, current.valid_from + timedelta(microseconds=1))
        current.valid_to = since
        work.flush()
    version = current.version + 1 if current else 1
    profile = await work.add(work.new(CfdiProfile, client_id=client.id, valid_from=since, version=version, **stated))
    if in_history:
        changes = await history.differences(work, _VALUES, before, stated)
        change = Change.UPDATED if current else Change.CREATED
        history.note(work, HistoryEventKind.CFDI_PROFILE_CHANGED, client, change, profile.rfc or "", changes)
    return profile


async def _first(work: UnitOfWork, client: Client) -> CfdiProfile:
    """The version of a client that stated its RFC alone, so that who had an RFC remains known."""
    since = min(client.created_at, work.now - timedelta(microseconds=1))
    return await work.add(work.new(CfdiProfile, client_id=client.id, valid_from=since, version=1, rfc=client.rfc))


def _judge(work: UnitOfWork, stated: Mapping[str, Any], own: Collection[str]) -> None:
    """Values that the SAT would refuse are errors; those that it may refuse, or that are missing, are warnings."""

    def missing(problem: Problem) -> bool:
        return stated[str(problem.path[0])] is None

    problems = readiness(Receptor(**stated), work.today).problems
    lacking = [problem for problem in problems if problem.severity is Severity.ERROR and missing(problem)]
    wrong: Sequence[Problem] = [problem for problem in problems if problem not in lacking]
    if not work.viewer.may(Permission.CLIENTS_READ):
        lacking = [problem for problem in lacking if problem.path[0] in own]
        wrong = without_the_clients(wrong, own)
    work.judge(wrong)
    work.warnings += lacking
