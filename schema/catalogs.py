"""The official catalogs: SAT's for CFDI 4.0, banks, countries, states and postal codes."""

import datetime
from typing import Any

import strawberry

from models.catalogs import PersonKind
from resolvers import catalogs as answers
from resolvers import shown
from schema.enums import describe, label
from schema.fields import answered, column, shows
from schema.scalars import PostalCode, Rfc

describe(
    PersonKind,
    "What kind of taxpayer an RFC belongs to (tipo de persona).",
    name="TaxpayerKind",
    PERSON=label("Persona física", "Natural person"),
    COMPANY=label("Persona moral", "Legal entity"),
)


class Coded:
    """What has a code by which other subgraphs refer to it."""

    @classmethod
    def is_type_of(cls, entry: object, *_: Any) -> bool:
        """Whether the catalog's entry is of this type, which is named after it."""
        return f"Sat{type(entry).__name__}" == cls.__name__


@strawberry.type
@shows(shown.Entry)
class CatalogEntry(Coded):
    """What the entries of all catalogs have; not a type of the schema itself."""

    code: str = column("The code, as used in documents.")
    name: str = column("Its name in the catalog.")
    valid_from: datetime.date | None = column("First day on which it is valid; null if the source states none.")
    valid_to: datetime.date | None = column("Last day on which it is valid; null if it has no end.")


@strawberry.type(description="A tax regime (régimen fiscal), SAT's c_RegimenFiscal.")
@shows(shown.TaxRegime)
class SatTaxRegime(CatalogEntry):
    person_kinds: list[PersonKind] = answered(answers.person_kinds, "What kinds of taxpayer can be under it.")


@strawberry.type(description="What the receptor will do with a CFDI (uso de CFDI), SAT's c_UsoCFDI.")
@shows(shown.CfdiUse)
class SatCfdiUse(CatalogEntry):
    person_kinds: list[PersonKind] = answered(answers.person_kinds, "What kinds of taxpayer can state it.")
    tax_regimes: list[SatTaxRegime] = answered(answers.regimes_of_use, "The regimes under which it can be stated.")


@strawberry.type(description="How a payment is made (forma de pago), SAT's c_FormaPago.")
@shows(shown.PaymentForm)
class SatPaymentForm(CatalogEntry):
    banked: bool = column("Whether it goes through a bank (bancarizado).")
    payer_account: str | None = column("Regular expression of the payer's account; null where none may be stated.")
    deposit_account: str | None = column("Regular expression of the deposit account; null where none may be stated.")


@strawberry.type(
    description="Whether an invoice is paid at once, PUE, or later, PPD (método de pago), SAT's c_MetodoPago."
)
@shows(shown.PaymentMethod)
class SatPaymentMethod(CatalogEntry):
    pass


@strawberry.type(
    description="Whether a line is subject to taxes, and how they are itemised (objeto de impuesto), SAT's c_ObjetoImp."
)
@shows(shown.TaxObject)
class SatTaxObject(CatalogEntry):
    pass


@strawberry.type(description="A currency (moneda), SAT's c_Moneda.")
@shows(shown.Currency)
class SatCurrency(CatalogEntry):
    decimals: int = column("How many decimals an amount may have.")


@strawberry.type(description="A country (país), SAT's c_Pais.")
@shows(shown.Country)
class SatCountry(CatalogEntry):
    postal_code_pattern: str | None = column("Regular expression of its postal codes; null where the SAT gives none.")
    tax_id_pattern: str | None = column("Regular expression of its tax ids (NumRegIdTrib).")


@strawberry.type(description="A state of Mexico, or of the United States or Canada (estado), SAT's c_Estado.")
@shows(shown.State)
class SatState(CatalogEntry):
    country: str = column("The country's code.")


@strawberry.type(description="A bank or other institution that holds accounts (banco). Its CLABEs begin with its code.")
@shows(shown.Bank)
class SatBank(CatalogEntry):
    legal_name: str | None = column("Legal name, as the SAT has it.")
    rfc: Rfc | None = column("RFC, where public sources agree on it.")
    active: bool = column("Whether it takes part in SPEI today; one that no longer does may still be in old records.")


@strawberry.type(description="A postal code of Mexico (código postal), SAT's c_CodigoPostal.")
@shows(shown.PostalCode)
class SatPostalCode(Coded):
    code: PostalCode = column("Five digits.")
    state: SatState | None = column("State (estado).")
    municipality: str | None = answered(answers.municipality_of_postal_code, "Municipio or alcaldía.")
    locality: str | None = answered(answers.locality_of_postal_code, "Localidad.")
    time_zone: str = column("IANA time zone, which decides what instant a CFDI issued there was issued at.")
    border_incentive: int = column("Estímulo de la franja fronteriza: 0 none, 1 northern, 2 southern border.")
