"""The official catalogs (SAT, ABM, Banco de México) as data: small immutable tables in memory, read at first use.

`TAX_REGIMES.get("601", on=date.today())`, `BANKS.search("bajio")`, `POSTAL_CODES.get("32000").time_zone`. Each file in
`data/` names its source; `docs/adr/0003-catalogs-in-memory.md` tells why they are in no database and no package.
"""

# Each is here to be imported from one place.
# pyright: reportUnusedImport=false

from models.catalogs.bank import BANKS, Bank
from models.catalogs.catalog import Catalog, Entry, PersonKind, fold
from models.catalogs.cfdi import (
    CFDI_USES,
    CURRENCIES,
    NO_CURRENCY,
    PAYMENT_FORMS,
    PAYMENT_METHODS,
    TAX_OBJECTS,
    TAX_REGIMES,
    CfdiUse,
    Currency,
    PaymentForm,
    PaymentMethod,
    TaxObject,
    TaxRegime,
)
from models.catalogs.place import COUNTRIES, POSTAL_CODES, STATES, Country, Place, PostalCode, PostalCodes, State
from models.catalogs.tax import TAX_RATES, TaxRate
