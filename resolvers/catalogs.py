"""The official catalogs, from memory. Lists hold what is valid today where the company is, or on the day asked for."""

import datetime
from typing import Any

from strawberry import Info

from domain.cfdi_profile import allowed_uses
from errors import BadInput
from loaders.reads import Coded, reads
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
from resolvers.context import context, viewer


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


def _day(info: Info, on: datetime.date | None) -> datetime.date:
    return on or viewer(info).today(context(info).now)


def _listed(catalog: Catalog[Any]) -> Any:
    def resolve(info: Info, on: datetime.date | None = None, search: str | None = None) -> Any:
        day = _day(info, on)
        return catalog.search(search, day) if search else catalog.all(day)

    return resolve


payment_forms = _listed(PAYMENT_FORMS)
payment_methods = _listed(PAYMENT_METHODS)
currencies = _listed(CURRENCIES)
countries = _listed(COUNTRIES)
banks = _listed(BANKS)


def tax_regimes(info: Info, person_kind: PersonKind | None = None, on: datetime.date | None = None) -> Any:
    """The regimes, of one kind of taxpayer if asked."""
    regimes = TAX_REGIMES.all(_day(info, on))
    return [regime for regime in regimes if person_kind is None or person_kind in regime.person_kinds]


def cfdi_uses(
    info: Info, tax_regime: str | None = None, person_kind: PersonKind | None = None, on: datetime.date | None = None
) -> Any:
    """The uses that a taxpayer under this regime and of this kind can state."""
    if tax_regime is not None and tax_regime not in TAX_REGIMES:
        raise BadInput("UNKNOWN_CODE", "El régimen fiscal no está en el catálogo c_RegimenFiscal.", "taxRegime")
    return allowed_uses(tax_regime, person_kind, _day(info, on))


def states(info: Info, country: str = "MEX", on: datetime.date | None = None) -> Any:
    """The states of a country."""
    return [state for state in STATES.all(_day(info, on)) if state.country == country]


def postal_code(code: str) -> Any:
    """The postal code, or None where the SAT does not list it."""
    return POSTAL_CODES.get(code)


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
