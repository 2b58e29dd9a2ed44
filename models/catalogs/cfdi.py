"""SAT's catalogs for CFDI 4.0: what the receptor of an invoice may state."""

from dataclasses import dataclass
from typing import Final

from models.catalogs.catalog import Catalog, Entry, PersonKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRegime(Entry):
    """*Régimen fiscal* (c_RegimenFiscal)."""

    person_kinds: frozenset[PersonKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class CfdiUse(Entry):
    """*Uso de CFDI* (c_UsoCFDI), with the codes of the tax regimes whose taxpayers may state it."""

    person_kinds: frozenset[PersonKind]
    tax_regimes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentForm(Entry):
    """*Forma de pago* (c_FormaPago), with the pattern (a whole match) of an account number; None forbids an account."""

    banked: bool
    payer_account: str | None = None
    deposit_account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod(Entry):
    """*Método de pago* (c_MetodoPago): PUE, at once; PPD, in instalments or later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency(Entry):
    """*Moneda* (c_Moneda). `decimals` is how many an amount may have."""

    decimals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxObject(Entry):
    """*Objeto de impuesto* (c_ObjetoImp): whether what is sold is subject to taxes, and whether they are itemised."""


TAX_REGIMES: Final = Catalog(TaxRegime, "tax_regimes.csv")
CFDI_USES: Final = Catalog(CfdiUse, "cfdi_uses.csv")
PAYMENT_FORMS: Final = Catalog(PaymentForm, "payment_forms.csv")
PAYMENT_METHODS: Final = Catalog(PaymentMethod, "payment_methods.csv")
CURRENCIES: Final = Catalog(Currency, "currencies.csv")
NO_CURRENCY: Final = "XXX"
"""The code of what has no currency, as the comprobante of a payment: there are no amounts in it."""
TAX_OBJECTS: Final = Catalog(TaxObject, "tax_objects.csv")
