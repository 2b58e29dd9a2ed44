"""The official catalogs, from memory. Lists hold what is valid today where the company is, or on the day asked for."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from strawberry import Info

from domain.cfdi_profile import allowed_uses
from domain.fields import FIRST_DAY, LAST_DAY
from domain.working_days import official_holidays
from errors import BadInput
from loaders.reads import Coded, InMemory, reads
from models.catalogs import (
    BANKS,
    CFDI_USES,
    COUNTRIES,
    CURRENCIES,
    PAYMENT_FORMS,
    PAYMENT_METHODS,
    POSTAL_CODES,
    STATES,
    TAX_REGIMES,
    Catalog,
    PersonKind,
)
from resolvers.context import Context, context


def entry_of(catalog: Catalog[Any], column: str) -> Any:
    """A resolver: the catalog's entry for the code in the row's column, whether or not it still holds."""

    @reads(Coded(catalog, column))
    def resolve(root: Any) -> Any:
        return catalog.get(getattr(root, column))

    return resolve


tax_regime = entry_of(TAX_REGIMES, "tax_regime")
cfdi_use = entry_of(CFDI_USES, "cfdi_use")
payment_form = entry_of(PAYMENT_FORMS, "payment_form")
payment_method = entry_of(PAYMENT_METHODS, "payment_method")
currency = entry_of(CURRENCIES, "currency")
tax_residence = entry_of(COUNTRIES, "tax_residence")
country = entry_of(COUNTRIES, "country")
state = entry_of(STATES, "state")
bank = entry_of(BANKS, "bank_code")


def _on(context: Context, given: Mapping[str, Any]) -> datetime.date:
    """The day that is asked about: today, unless the arguments name one."""
    return given.get("on") or context.viewer.today(context.now)


def _listed(catalog: Catalog[Any]) -> Any:
    def find(context: Context, given: Mapping[str, Any]) -> Any:
        search, day = given.get("search"), _on(context, given)
        return catalog.search(search, day) if search else catalog.all(day)

    @reads(InMemory(find))
    def resolve(info: Info, on: datetime.date | None = None, search: str | None = None) -> Any:
        return find(context(info), {"on": on, "search": search})

    return resolve


payment_forms = _listed(PAYMENT_FORMS)
payment_methods = _listed(PAYMENT_METHODS)
currencies = _listed(CURRENCIES)
countries = _listed(COUNTRIES)
banks = _listed(BANKS)


def _regimes(context: Context, given: Mapping[str, Any]) -> Any:
    kind = given.get("person_kind")
    return [regime for regime in TAX_REGIMES.all(_on(context, given)) if kind is None or kind in regime.person_kinds]


@reads(InMemory(_regimes))
def tax_regimes(info: Info, person_kind: PersonKind | None = None, on: datetime.date | None = None) -> Any:
    """The regimes, of one kind of taxpayer if asked."""
    return _regimes(context(info), {"person_kind": person_kind, "on": on})


def _uses(context: Context, given: Mapping[str, Any]) -> Any:
    regime = given.get("tax_regime")
    if regime is not None and regime not in TAX_REGIMES:
        raise BadInput("UNKNOWN_CODE", "El régimen fiscal no está en el catálogo c_RegimenFiscal.", "taxRegime")
    return allowed_uses(regime, given.get("person_kind"), _on(context, given))


@reads(InMemory(_uses))
def cfdi_uses(
    info: Info, tax_regime: str | None = None, person_kind: PersonKind | None = None, on: datetime.date | None = None
) -> Any:
    """The uses that a taxpayer under this regime and of this kind can state."""
    return _uses(context(info), {"tax_regime": tax_regime, "person_kind": person_kind, "on": on})


def _states(context: Context, given: Mapping[str, Any]) -> Any:
    return [state for state in STATES.all(_on(context, given)) if state.country == given.get("country", "MEX")]


@reads(InMemory(_states))
def states(info: Info, country: str = "MEX", on: datetime.date | None = None) -> Any:
    """The states of a country."""
    return _states(context(info), {"country": country, "on": on})


def _postal_code(_: Context, given: Mapping[str, Any]) -> Any:
    return POSTAL_CODES.get(given["code"])


@reads(InMemory(_postal_code))
def postal_code(info: Info, code: str) -> Any:
    """The postal code, or None where the SAT does not list it."""
    return _postal_code(context(info), {"code": code})


def person_kinds(root: Any) -> list[PersonKind]:
    """In the enum's order."""
    return [kind for kind in PersonKind if kind in root.person_kinds]


def regimes_of_use(root: Any) -> Any:
    """The entries of the use's regimes."""
    return [TAX_REGIMES.get(code) for code in sorted(root.tax_regimes)]


def state_of_postal_code(root: Any) -> Any:
    """The entry of the postal code's state."""
    return STATES.get(root.state)


def municipality_of_postal_code(root: Any) -> str | None:
    """Its name."""
    return root.municipality and root.municipality.name


def locality_of_postal_code(root: Any) -> str | None:
    """Its name."""
    return root.locality and root.locality.name


@dataclass(frozen=True, slots=True)
class OfficialHoliday:
    """A day of compulsory rest."""

    day: datetime.date
    name: str


def _official_holidays(context: Context, given: Mapping[str, Any]) -> Any:
    year = given.get("year")
    year = context.viewer.today(context.now).year if year is None else year
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise BadInput("BAD_VALUE", f"El año debe estar entre {FIRST_DAY.year} y {LAST_DAY.year}.", "year")
    return [OfficialHoliday(day, name) for day, name in official_holidays(year)]


@reads(InMemory(_official_holidays))
def holidays(info: Info, year: int | None = None) -> Any:
    """Mexico's official holidays of a year: the current one, unless the argument names one."""
    return _official_holidays(context(info), {"year": year})
