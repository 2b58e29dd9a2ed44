"""What issuing an invoice or a credit note asks of the client, the company and the document, for its CFDI.

Whatever issues one asks `lacking`. What is an error for it keeps the document from being issued, unless somebody with
the permission `cfdi:override` states why; then the history says who, what and why. Stamping itself is done elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from domain.cfdi_profile import (
    NAME_MAXIMUM,
    TO_BE_DEFINED,
    Receptor,
    payment_problems,
    readiness,
    without_the_clients,
)
from domain.fields import Field, lines, shown
from domain.inputs import Input, Maybe, known
from domain.policy import Asking
from domain.problem import Problem, Rejected, Severity, error
from domain.rfc import Rfc
from domain.sat_catalog import ended
from domain.work import UnitOfWork
from models import Client, SalesDocument
from models.catalogs import TAX_REGIMES
from models.history import HistoryEventKind
from models.viewer import Permission

COMPANY_RFC_UNSOUND: Final = error(
    "El RFC de la empresa falta o no es válido: corríjalo en los datos de la empresa.",
    "The company's RFC is missing or not valid: correct it in the company's data.",
)
COMPANY_NAME_UNSOUND: Final = error(
    "El nombre de la empresa falta o no es válido: corríjalo en los datos de la empresa.",
    "The company's name is missing or not valid: correct it in the company's data.",
)
COMPANY_TAX_REGIME_UNSOUND: Final = error(
    "El régimen fiscal de la empresa falta o no corresponde a su RFC: corríjalo en los datos de la empresa.",
    "The company's tax regime is missing or does not go with its RFC: correct it in the company's data.",
)
COMPANY_POSTAL_CODE_UNSOUND: Final = error(
    "El código postal de la empresa falta o no tiene 5 dígitos: corríjalo en los datos de la empresa.",
    "The company's postal code is missing or does not have 5 digits: correct it in the company's data.",
)
AT_ONCE: Final = "PUE"
LATER: Final = "PPD"
"""Payment methods: paid in full at once, or later."""

REASON: Final = Field(lines(500))
"""Why somebody overrides what keeps a document from being issued."""

_OF_DOCUMENT: Final = ("payment_form", "payment_method", "currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a document states for its CFDI beside its lines."""

    payment_form: str | None
    payment_method: str | None
    cfdi_use: str | None

    @classmethod
    def of(cls, record: Any) -> Self:
        """Those of a sales document, or of whatever has these attributes."""
        return cls(payment_form=record.payment_form, payment_method=record.payment_method, cfdi_use=record.cfdi_use)

    @property
    def values(self) -> Mapping[str, str | None]:
        """By the names of the document's columns."""
        return {name: getattr(self, name) for name in ("payment_form", "payment_method", "cfdi_use")}


class Overriding(Input):
    """May state why a document is issued although something for its CFDI is missing or wrong."""

    override_reason: Maybe[str]


def with_defaults(terms: Terms, profile: Mapping[str, str | None] | None, *, on_credit: bool) -> Terms:
    """What a new invoice states where its author states nothing: the use, form and method of the client's CFDI data; on
    credit and without any of these, what is paid later. Defaults that do not go with what is stated are left out."""
    usual = profile or {}
    usual_form, usual_method = usual.get("payment_form"), usual.get("payment_method")
    if not usual_method and (usual_form == TO_BE_DEFINED or (on_credit and not usual_form)):
        usual_method = LATER
    form, method = terms.payment_form, terms.payment_method
    if not method:
        goes_with = form is None or (form == TO_BE_DEFINED) is (usual_method == LATER)
        method = usual_method if goes_with else LATER if form == TO_BE_DEFINED else None
    if not form:
        form = TO_BE_DEFINED if method == LATER else usual_form if usual_form != TO_BE_DEFINED else None
    return Terms(payment_form=form, payment_method=method, cfdi_use=terms.cfdi_use or usual.get("cfdi_use"))


def payment_warnings(terms: Terms, on: date) -> Iterator[Problem]:
    """Of a draft, whose author may be about to complete it: a form and a method that do not go together."""
    if terms.payment_form and terms.payment_method:
        yield from payment_problems(terms.payment_form, terms.payment_method, on, required=False)


def lacking(asking: Asking, terms: Terms, currency: str, facts: Any) -> Sequence[Problem]:
    """What is missing or wrong for the CFDI of a document with these terms, or may be; `facts` are those of
    `models.facts.sales_document_facts`."""
    profile: Mapping[str, str | None] = facts.receptor or {}
    stated = {name: value for name, value in terms.values.items() if value or name != "cfdi_use"}
    problems = readiness(Receptor(**{**profile, **stated, "currency": currency}), asking.today, issuing=True).problems
    if not asking.viewer.may(Permission.CLIENTS_READ):
        own = (*_OF_DOCUMENT, "cfdi_use") if terms.cfdi_use else _OF_DOCUMENT
        problems = without_the_clients(problems, own)
    codes = ended(facts.ended_codes or (), asking.today)
    return (*company_problems(facts.issuer or {}, asking.today), *problems, *codes)


def company_problems(issuer: Mapping[str, str | None], on: date) -> Iterator[Problem]:
    """What is missing or wrong in the company's own data."""
    try:
        rfc = Rfc.parse(issuer.get("rfc") or "")
    except Rejected:
        rfc = None
    if rfc is None or rfc.is_generic:
        rfc = None
        yield Problem(COMPANY_RFC_UNSOUND, ("rfc",))
    name = (issuer.get("name") or "").strip()
    if not name or "|" in name or len(name) > NAME_MAXIMUM:
        yield Problem(COMPANY_NAME_UNSOUND, ("name",))
    regime = TAX_REGIMES.get(issuer.get("tax_regime"), on)
    if regime is None or (rfc and rfc.kind not in regime.person_kinds):
        yield Problem(COMPANY_TAX_REGIME_UNSOUND, ("tax_regime",))
    postal_code = issuer.get("postal_code") or ""
    if not (len(postal_code) == 5 and postal_code.isascii() and postal_code.isdigit()):
        yield Problem(COMPANY_POSTAL_CODE_UNSOUND, ("postal_code",))


def reason_of(work: UnitOfWork, input: Overriding) -> str | None:
    """The reason that is stated for overriding; Forbidden to who may not override. None where none is stated."""
    text = known(input.override_reason)
    if text is None:
        return None
    work.viewer.demand(Permission.CFDI_OVERRIDE)
    with work.at("override_reason"):
        return REASON.parse(text)


def judge(
    work: UnitOfWork, reason: str | None, problems: Sequence[Problem], others: Sequence[Problem] = ()
) -> Sequence[Problem]:
    """`Rejected` with all errors, unless those of `problems` are overridden for a reason: then they are warned of, and
    returned to be told by `tell`. Problems are found in the document that is named by `id`."""
    problems = [Problem(each.code, (), each.values, each.allowed, each.suggestion) for each in problems]
    overridden = [each for each in problems if reason and each.severity is Severity.ERROR]
    with work.at("id"):
        work.judge((*(each for each in problems if each not in overridden), *others))
        work.warnings += overridden
    return overridden


def tell(
    work: UnitOfWork, client: Client, document: SalesDocument, overridden: Sequence[Problem], reason: str | None
) -> None:
    """The history says who issued the document in spite of what, and why; nothing where there was nothing."""
    if not overridden:
        return
    details = {
        "type": document.type,
        "folio": document.folio,
        "problems": ", ".join(problem.code.name for problem in overridden),
        "reason": reason,
    }
    work.record(
        HistoryEventKind.SALES_DOCUMENT_READINESS_OVERRIDDEN,
        client,
        details={name: shown(value) for name, value in details.items()},
        sales_document_id=document.id,
    )
