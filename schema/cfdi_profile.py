"""What a CFDI needs of the client, and whether it would be accepted."""

import datetime

import strawberry

import models
from domain import cfdi_profile as commands
from domain.policy import ClientAction
from models.catalogs import CFDI_USES, COUNTRIES, CURRENCIES, PAYMENT_FORMS, PAYMENT_METHODS, TAX_REGIMES
from models.cfdi_profile import TaxpayerStatus
from resolvers import catalogs as codes
from resolvers import shown
from schema.catalogs import SatCfdiUse, SatCountry, SatCurrency, SatPaymentForm, SatPaymentMethod, SatTaxRegime
from schema.enums import describe, label, name_fields
from schema.fields import answered, column, shows
from schema.filters import FichaStringFilter, filter_input
from schema.inputs import OnClient, value
from schema.mutations import mutation
from schema.node import Node
from schema.problem import FichaProblem
from schema.scalars import PostalCode, Rfc

describe(
    TaxpayerStatus,
    "Status of a taxpayer in the SAT's register (estatus en el padrón).",
    ACTIVE=label("Activo", "Active"),
    SUSPENDED=label("Suspendido", "Suspended"),
    CANCELLED=label("Cancelado", "Cancelled"),
)


name_fields(
    models.CfdiProfile,
    rfc=label("RFC", "RFC"),
    name=label("Nombre fiscal", "Fiscal name"),
    tax_regime=label("Régimen fiscal", "Tax regime", catalog=TAX_REGIMES),
    cfdi_use=label("Uso de CFDI", "CFDI use", catalog=CFDI_USES),
    postal_code=label("Código postal fiscal", "Fiscal postal code"),
    payment_form=label("Forma de pago", "Payment form", catalog=PAYMENT_FORMS),
    payment_method=label("Método de pago", "Payment method", catalog=PAYMENT_METHODS),
    currency=label("Moneda", "Currency", catalog=CURRENCIES),
    tax_residence=label("Residencia fiscal", "Tax residence", catalog=COUNTRIES),
    tax_id=label("Número de registro tributario", "Foreign tax id"),
    taxpayer_status=label("Situación del contribuyente", "Taxpayer's status"),
)


@filter_input("Conditions on the client's CFDI data.")
class CfdiProfileFilter:
    tax_regime: FichaStringFilter | None = value("Code of the tax regime.")
    cfdi_use: FichaStringFilter | None = value("Code of the use.")
    postal_code: FichaStringFilter | None = value("Postal code.")
    payment_form: FichaStringFilter | None = value("Code of the payment form.")
    payment_method: FichaStringFilter | None = value("Code of the payment method.")


@strawberry.type(description="The client as the receptor of a CFDI 4.0 (datos de CFDI); a change makes a new version.")
class CfdiProfile(Node):
    rfc: Rfc | None = column("RFC.")
    name: str | None = column(
        "Name as the constancia de situación fiscal has it, without the régimen capital (S.A. DE C.V. …), no `|`."
    )
    tax_regime: SatTaxRegime | None = answered(codes.tax_regime, "Tax regime (régimen fiscal).")
    cfdi_use: SatCfdiUse | None = answered(codes.cfdi_use, "Use of the CFDI (uso de CFDI).")
    postal_code: PostalCode | None = column("Postal code of the fiscal address (domicilio fiscal del receptor).")
    payment_form: SatPaymentForm | None = answered(codes.payment_form, "Usual payment form (forma de pago).")
    payment_method: SatPaymentMethod | None = answered(codes.payment_method, "Usual payment method (método de pago).")
    currency: SatCurrency | None = answered(codes.currency, "Usual currency (moneda).")
    tax_residence: SatCountry | None = answered(
        codes.tax_residence,
        "Country of a foreigner's tax residence (residencia fiscal); never Mexico.",
    )
    tax_id: str | None = column("A foreigner's tax id (NumRegIdTrib).")
    taxpayer_status: TaxpayerStatus | None = column(
        "Status in the SAT's register (estatus en el padrón), as the constancia that was applied last says; null where"
        " none did since the RFC is this one."
    )
    valid_from: datetime.datetime = column("Start of validity.")
    valid_to: datetime.datetime | None = column("End of validity; null for the current version.")
    version: int = column("Version number of the record; send it back as `expectedVersion`.")
    created_at: datetime.datetime = column("When it was created.")
    updated_at: datetime.datetime = column("When it was last changed.")


@strawberry.type(
    description="Whether an invoice (factura) could be issued to the client today, as far as Ficha can tell"
    " without the SAT."
)
@shows(shown.Readiness)
class CfdiReadiness:
    ready: bool = column("True if no problem is an error. The SAT may still refuse it: see the unverified problems.")
    problems: list[FichaProblem] = column("Every problem at once, in the order of the screen's fields.")


@strawberry.input(description="The CFDI data of a new client.")
class CfdiProfileInput:
    rfc: Rfc | None = value("RFC, in any case, with or without hyphens. The client's own RFC follows it.")
    name: str | None = value("Name as the constancia has it, without the régimen capital.")
    tax_regime: str | None = value("Code of the tax regime, SAT's c_RegimenFiscal.")
    cfdi_use: str | None = value("Code of the use, SAT's c_UsoCFDI.")
    postal_code: PostalCode | None = value("Postal code of the fiscal address.")
    payment_form: str | None = value("Code of the usual payment form, SAT's c_FormaPago.")
    payment_method: str | None = value("Code of the usual payment method, SAT's c_MetodoPago.")
    currency: str | None = value("Code of the usual currency, SAT's c_Moneda.")
    tax_residence: str | None = value("Code of a foreigner's country, SAT's c_Pais; never `MEX`.")
    tax_id: str | None = value("A foreigner's tax id (NumRegIdTrib).")


@strawberry.input(description="Changes to the client's CFDI data. They take effect now; earlier versions are kept.")
class UpdateCfdiProfileInput(CfdiProfileInput, OnClient):
    expected_version: int | None = value("The profile's `version` that was read.")


MUTATIONS = (
    mutation(
        UpdateCfdiProfileInput,
        commands.update_cfdi_profile,
        CfdiProfile,
        "Changes the client's CFDI data from now on. What the SAT would refuse is a user error; what"
        " it may refuse or what is still missing is a warning.",
        needs=ClientAction.EDIT,
    ),
)
