"""A company: its creation, the settings that administrators change, and its suspension."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import exists, select

from domain import history
from domain.audit import audit
from domain.email import parse_email
from domain.fields import OUT_OF_RANGE, Field, Fields, code_of, currency_code, fields_of, line
from domain.folios import SERIES
from domain.inputs import Expecting, Input
from domain.months import time_zone
from domain.problem import (
    NAME_FORBIDDEN_CHARACTER,
    POSTAL_CODE_FORMAT,
    POSTAL_CODE_UNKNOWN,
    TAX_REGIME_PERSON_KIND,
    TAX_REGIME_UNKNOWN,
    Problem,
    Rejected,
    error,
    reject,
    reject_any,
)
from domain.rfc import Rfc
from domain.text import TEXT_REQUIRED, single_line
from domain.work import UnitOfWork
from models import (
    Base,
    Collaborator,
    Company,
    DefaultReminder,
    FolioSeries,
    FunnelStage,
    LossReason,
    ProspectState,
    SalesDocument,
)
from models.audit import AuditEventKind
from models.catalogs import POSTAL_CODES, TAX_REGIMES
from models.collaborator import Role
from models.payment_reminders import ReminderMoment
from models.viewer import Permission

COMPANY_RFC_GENERIC: Final = error(
    "{rfc} es un RFC genérico: escriba el de la empresa.", "{rfc} is a generic RFC: state the company's own."
)
COMPANY_CURRENCY_FIXED: Final = error(
    "La empresa ya tiene documentos: su moneda sigue siendo {currency}.",
    "The company already has documents: its currency stays {currency}.",
)


M = TypeVar("M", bound=Base)


def _name(text: str) -> str:
    name = line(300)(text)
    if "|" in name:
        raise reject(NAME_FORBIDDEN_CHARACTER)
    return name


def _rfc(text: str) -> str:
    rfc = Rfc.parse(text)
    if rfc.is_generic:
        raise reject(COMPANY_RFC_GENERIC, rfc=rfc)
    return rfc.value


def _postal_code(text: str) -> str:
    code = line(20)(text)
    if code and not re.fullmatch("[0-9]{5}", code):
        raise reject(POSTAL_CODE_FORMAT)
    return code


def _postal_code_warnings(code: str) -> Sequence[Problem]:
    return () if code in POSTAL_CODES else (Problem(POSTAL_CODE_UNKNOWN),)


def _zone(text: str) -> str:
    name = single_line(line(100)(text))
    return time_zone(name).key if name else ""


def _weekdays(days: Sequence[int]) -> list[int]:
    """ISO's numbers, from 1, Monday, to 7, each once."""
    if any(not 1 <= day <= 7 for day in days):
        raise reject(OUT_OF_RANGE, least=1, most=7)
    if not days:
        raise reject(TEXT_REQUIRED)
    return sorted(set(days))


FIELDS = fields_of(
    Company,
    but=["rfc_repeated", "role_permissions", "logo_path", "suspended_at"],
    name=Field(_name),
    rfc=Field(_rfc, warn=lambda rfc: Rfc(rfc).warnings),
    tax_regime=Field(code_of(TAX_REGIMES), required=True),
    postal_code=Field(_postal_code, warn=_postal_code_warnings),
    time_zone=Field(_zone),
    currency=Field(currency_code),
    working_weekdays=Field(_weekdays, default=[1, 2, 3, 4, 5]),
)
ADMINISTRATOR: Fields = {
    "name": Field(line(200), required=True),
    "email": Field(parse_email, required=True),
}


# What a company begins with

STAGES: Final = ("Contacto", "Diagnóstico", "Propuesta", "Negociación", "Cierre")
LOSS_REASONS: Final = ("Precio", "Competencia", "Presupuesto", "Sin respuesta", "Otro")
PROSPECT_STATES: Final = ("Nuevo", "Contactado", "Interesado", "En negociación", "No interesado")
REMINDERS: Final[Sequence[Mapping[str, Any]]] = (
    {"moment": ReminderMoment.BEFORE, "days": 3, "hour": 9},
    {"moment": ReminderMoment.ON, "days": 0, "hour": 9},
    {"moment": ReminderMoment.AFTER, "days": 1, "hour": 9, "repeat_every_days": 7, "repeat_at_most": 4},
)


class New(Protocol):
    """Makes a row of the company, with an id of its own."""

    def __call__(self, model: type[M], /, **values: Any) -> M: ...


def equip(new: New, stages: Sequence[str] = STAGES, loss_reasons: Sequence[str] = LOSS_REASONS) -> Iterator[Base]:
    """The rows that a company begins with beside its people: funnel, reasons, states, reminders, series.

    The types of follow-ups are the same for every company, and no rows.
    """
    yield from (new(FunnelStage, name=name, position=place) for place, name in enumerate(stages))
    yield from (new(LossReason, name=name) for name in loss_reasons)
    yield from (new(ProspectState, name=name, position=place) for place, name in enumerate(PROSPECT_STATES))
    yield from (new(DefaultReminder, position=place, **rule) for place, rule in enumerate(REMINDERS))
    yield from (
        new(FolioSeries, type=type_, series=series, last_number=0, is_default=True) for type_, series in SERIES.items()
    )


class CreateCompany(Input):
    """A new company and who administers it first, with the fields of `ADMINISTRATOR`."""

    administrator: Input


async def create_company(work: UnitOfWork, input: CreateCompany) -> tuple[Company, Collaborator]:
    """A new company, as the unit of work's `company_id` names it, with its first administrator, the unit's viewer, and
    all that it begins with.

    For the owner of the tables: the application's role cannot create companies.
    """
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    person: dict[str, Any] = {}
    with work.gathering(problems):
        values = await work.read(FIELDS, input, creating=True)
        _demand_regime(values, work)
    with work.gathering(problems), work.at("administrator"):
        person = await work.read(ADMINISTRATOR, input.administrator, creating=True)
    reject_any(problems)
    stamps = {"version": 1, "created_at": work.now, "updated_at": work.now}
    company = await work.add(Company(id=work.company_id, role_permissions={}, **values, **stamps))
    administrator = await work.add(
        work.new(Collaborator, id=work.viewer.collaborator_id, role=Role.ADMIN, active=True, joined_at=None, **person)
    )
    work.session.add_all(equip(work.new))
    audit(work, AuditEventKind.COMPANY_CREATED, by_command=True, name=company.name, administrator=administrator.email)
    work.flush()
    return company, administrator


async def update_company(work: UnitOfWork, input: Expecting) -> Company:
    """Changes what the input states. Days and months are cut anew in another time zone by whatever is read from then
    on: only instants are stored. Needs `company:write`."""
    company = await settings_of(work, alone=True)
    work.expect(company, input)
    values = await work.read(FIELDS, input)
    _demand_regime({"rfc": company.rfc, "tax_regime": company.tax_regime} | values, work)
    if values.get("currency", company.currency) != company.currency and await _has_documents(work):
        raise reject(COMPANY_CURRENCY_FIXED, currency=company.currency).at("currency")
    if values.get("rfc", company.rfc) != company.rfc:
        company.rfc_repeated = False
    changes = await history.apply(work, company, FIELDS, values)
    if changes:
        work.company_changed = True
        work.touch(company)
        audit(work, AuditEventKind.COMPANY_CHANGED, changes=changes)
        work.flush()
    return company


async def settings_of(work: UnitOfWork, *, alone: bool = False) -> Company:
    """The company, for one who may change its settings: until the end nobody else does. Where it is to be `alone`,
    nobody adds anything to the company either, and whoever is about to waits: see `sales_document.company_of`."""
    work.viewer.demand(Permission.COMPANY_WRITE)
    query = select(Company).where(Company.id == work.company_id).with_for_update(key_share=not alone)
    company = (await work.session.scalars(query.execution_options(populate_existing=True))).one()
    work.comes_after(company)
    return company


async def suspend_company(work: UnitOfWork, company: Company) -> None:
    """Suspends the company: nobody in it can sign in; no data are lost. For the owner of the tables."""
    if company.suspended_at is None:
        company.suspended_at = work.now
        audit(work, AuditEventKind.COMPANY_SUSPENDED, by_command=True)


async def resume_company(work: UnitOfWork, company: Company) -> None:
    """Ends the suspension. For the owner of the tables."""
    if company.suspended_at is not None:
        company.suspended_at = None
        audit(work, AuditEventKind.COMPANY_RESUMED, by_command=True)


async def _has_documents(work: UnitOfWork) -> bool:
    query = select(exists().where(SalesDocument.company_id == work.company_id))
    return bool(await work.session.scalar(query))


def _demand_regime(values: Mapping[str, Any], work: UnitOfWork) -> None:
    """The regime is in force, and one of the RFC's kind of person."""
    code, kind = values["tax_regime"], Rfc(values["rfc"]).kind
    if code is None:  # of a company that is older than the column
        return
    regime = TAX_REGIMES.get(code, work.today)
    allowed = tuple(each.code for each in TAX_REGIMES.all(work.today) if kind in each.person_kinds)
    if regime is None or kind not in regime.person_kinds:
        wrong = TAX_REGIME_PERSON_KIND if regime else TAX_REGIME_UNKNOWN
        raise Rejected(Problem(wrong, ("tax_regime",), {"tax_regime": code}, allowed))
