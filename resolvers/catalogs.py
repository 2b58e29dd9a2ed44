"""The official catalogs, from memory. Lists contain the entries valid today in the company's time zone, or on the
requested day."""

import datetime
from dataclasses import dataclass
from typing import Any

from domain.cfdi_profile import allowed_uses
from domain.fields import FIRST_DAY, LAST_DAY
from domain.working_days import official_holidays
from errors import BadInput
from loaders.paging import search_text
from loaders.reads import Coded
from models.catalogs import (
    BANKS,
    CFDI_USES,
    COUNTRIES,
    CURRENCIES,
    PAYMENT_FORMS,
    PAYMENT_METHODS,
    POSTAL_CODES,
    STATES,
    TAX_OBJECTS,
    TAX_REGIMES,
    Catalog,
    PersonKind,
)
from resolvers.context import Context
from resolvers.reading import in_memory, resolver

CATALOGS = {
    "SatBank": BANKS,
    "SatCfdiUse": CFDI_USES,
    "SatCountry": COUNTRIES,
    "SatCurrency": CURRENCIES,
    "SatPaymentForm": PAYMENT_FORMS,
    "SatPaymentMethod": PAYMENT_METHODS,
    "SatPostalCode": POSTAL_CODES,
    "SatState": STATES,
    "SatTaxObject": TAX_OBJECTS,
    "SatTaxRegime": TAX_REGIMES,
}
"""Those whose entries other subgraphs can refer to by code, by the name of the type."""

tax_regime = resolver(Coded(TAX_REGIMES, "tax_regime"))
cfdi_use = resolver(Coded(CFDI_USES, "cfdi_use"))
payment_form = resolver(Coded(PAYMENT_FORMS, "payment_form"))
payment_method = resolver(Coded(PAYMENT_METHODS, "payment_method"))
currency = resolver(Coded(CURRENCIES, "currency"))
tax_residence = resolver(Coded(COUNTRIES, "tax_residence"))
country = resolver(Coded(COUNTRIES, "country"))
state = resolver(Coded(STATES, "state"))
bank = resolver(Coded(BANKS, "bank_code"))


def _day(context: Context, on: datetime.date | None) -> datetime.date:
    """The requested day; by default today."""
    return on or context.viewer.today(context.now)


def _listed(catalog: Catalog[Any]) -> Any:
    @in_memory
    def entries(context: Context, on: datetime.date | None = None, search: str | None = None) -> Any:
        day = _day(context, on)
        text = search_text(search)
        return catalog.all(day) if text is None else catalog.search(text, day)

    return entries


payment_forms = _listed(PAYMENT_FORMS)
payment_methods = _listed(PAYMENT_METHODS)
currencies = _listed(CURRENCIES)
tax_objects = _listed(TAX_OBJECTS)
countries = _listed(COUNTRIES)
banks = _listed(BANKS)


@in_memory
def tax_regimes(context: Context, person_kind: PersonKind | None = None, on: datetime.date | None = None) -> Any:
    """The regimes, optionally of one kind of taxpayer."""
    regimes = TAX_REGIMES.all(_day(context, on))
    return [regime for regime in regimes if person_kind is None or person_kind in regime.person_kinds]


@in_memory
def cfdi_uses(
    context: Context,
    tax_regime: str | None = None,
    person_kind: PersonKind | None = None,
    on: datetime.date | None = None,
) -> Any:
    """The uses that a taxpayer under this regime and of this kind can state."""
    if tax_regime is not None and tax_regime not in TAX_REGIMES:
        raise BadInput("UNKNOWN_CODE", "El régimen fiscal no está en el catálogo c_RegimenFiscal.", "taxRegime")
    return allowed_uses(tax_regime, person_kind, _day(context, on))


@in_memory
def states(context: Context, country: str = "MEX", on: datetime.date | None = None) -> Any:
    """The states of a country."""
    if country not in COUNTRIES:
        raise BadInput("UNKNOWN_CODE", "El país no está en el catálogo c_Pais.", "country")
    return [state for state in STATES.all(_day(context, on)) if state.country == country]


@in_memory
def postal_code(_: Context, code: str) -> Any:
    """The postal code, or None where the SAT does not list it."""
    return POSTAL_CODES.get(code)


def person_kinds(root: Any) -> list[PersonKind]:
    """In the enum's order."""
    return [kind for kind in PersonKind if kind in root.person_kinds]


def regimes_of_use(root: Any) -> Any:
    """The entries of the use's regimes."""
    return [TAX_REGIMES.get(code) for code in sorted(root.tax_regimes)]


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


@in_memory
def holidays(context: Context, year: int | None = None) -> Any:
    """Mexico's official holidays of a year: the current one, unless the argument names one."""
    year = context.viewer.today(context.now).year if year is None else year
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise BadInput("BAD_VALUE", f"El año debe estar entre {FIRST_DAY.year} y {LAST_DAY.year}.", "year")
    return [OfficialHoliday(day, name) for day, name in official_holidays(year)]
