"""A CFDI of version 3.2, as history: what it becomes in the words of 3.3."""

import datetime
import re
from decimal import Decimal

import pytest

from domain.cfdi import read_cfdi
from domain.problem import Rejected
from models.sales_document import CfdiVerification, TaxKind
from tests.sealing import sealed

UUID = "CEE4BE01-ADFA-4DEB-8421-ADD60F0BEDAC"
TAXES = (
    '<cfdi:Impuestos totalImpuestosTrasladados="144.00" totalImpuestosRetenidos="90.00"><cfdi:Retenciones>'
    '<cfdi:Retencion impuesto="ISR" importe="90.00"/></cfdi:Retenciones><cfdi:Traslados>'
    '<cfdi:Traslado impuesto="IVA" tasa="16.00" importe="144.00"/></cfdi:Traslados></cfdi:Impuestos>'
)


def cfdi32(*, taxes: str = TAXES, complement: str = "", **values: str | None) -> str:
    """An invoice of two lines of 500.00 and 500.01 less 100.01, with IVA and ISR: 954.00."""
    root = {
        "version": "3.2", "serie": "A", "folio": "7", "fecha": "2014-03-10T12:00:00",
        "formaDePago": "Pago en una sola exhibición", "subTotal": "1000.01", "descuento": "100.01", "total": "954.00",
        "tipoDeComprobante": "ingreso", "metodoDePago": "03", "LugarExpedicion": "México, D.F.",
    } | values  # fmt: skip
    stated = " ".join(f'{name}="{value}"' for name, value in root.items() if value is not None)
    lines = "".join(
        f'<cfdi:Concepto cantidad="1" unidad="PZA" descripcion="Silla" valorUnitario="{price}" importe="{price}"/>'
        for price in ("500.00", "500.01")
    )
    text = (
        f'<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/3" {stated}>'
        '<cfdi:Emisor rfc="DEM0101018K7" nombre="Demo"><cfdi:DomicilioFiscal calle="Uno" municipio="Centro"'
        ' estado="BC" pais="México" codigoPostal="22000"/><cfdi:RegimenFiscal Regimen="Ley"/></cfdi:Emisor>'
        '<cfdi:Receptor rfc="EKU9003173C9" nombre="ESCUELA KEMPER URGATE SA DE CV"/>'
        f"<cfdi:Conceptos>{lines}</cfdi:Conceptos>{taxes}<cfdi:Complemento>{complement}<tfd:TimbreFiscalDigital"
        ' xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" version="1.0"'
        f' UUID="{UUID}" FechaTimbrado="2014-03-10T13:00:00"/></cfdi:Complemento></cfdi:Comprobante>'
    )
    return sealed(text, "DEM0101018K7")


def test_an_invoice_is_read() -> None:
    read = read_cfdi(cfdi32())
    assert (read.version, read.type, str(read.uuid).upper()) == ("3.2", "I", UUID)
    assert (read.series, read.folio, read.place) == ("A", "7", "22000")
    assert read.issued_at == datetime.datetime(2014, 3, 10, 12)  # noqa: DTZ001  # as it is stated
    assert (read.currency, read.exchange_rate) == ("MXN", Decimal(1))
    assert (read.payment_method, read.payment_form) == ("PUE", "03")
    assert read.seal.verification is CfdiVerification.VERIFIED


def test_taxes_and_discount_are_those_of_the_document() -> None:
    read = read_cfdi(cfdi32())
    assert (read.totals.subtotal, read.totals.discount) == (Decimal("1000.01"), Decimal("100.01"))
    assert (read.totals.tax, read.totals.withheld, read.totals.total) == (
        Decimal("144.00"), Decimal("90.00"), Decimal("954.00"),
    )  # fmt: skip
    assert [(charge.tax.kind, charge.tax.tax, charge.tax.rate) for charge in read.local] == [
        (TaxKind.TRANSFERRED, "002", Decimal("0.160000")), (TaxKind.WITHHELD, "001", Decimal("0.100000")),
    ]  # fmt: skip
    assert sum(one.line.discount for one in read.lines) == Decimal("100.01")
    assert all(one.line.discount <= one.line.amount for one in read.lines)


@pytest.mark.claims(
    "docs/sales.md",
    'Version 3.2 comes in as history: its taxes are of the document, "pago en una sola exhibición" is PUE'
    ", partialities are PPD.",
)
@pytest.mark.parametrize(
    ("form", "method"),
    [
        ("PAGO EN UNA SOLA EXHIBICION", "PUE"),
        ("Pago en parcialidades", "PPD"),
        ("Parcialidad 1 de 3", "PPD"),
        ("contado", None),
    ],
)
def test_the_form_of_payment_of_3_2_is_the_method_of_today(form: str, method: str | None) -> None:
    assert read_cfdi(cfdi32(formaDePago=form)).payment_method == method


@pytest.mark.parametrize(
    ("means", "form"),
    [("03", "03"), ("02,03", "02"), ("Transferencia electrónica", "03"), ("EFECTIVO", "01"), ("NA", None)],
)
def test_the_means_of_payment_of_3_2_is_the_form_of_today(means: str, form: str | None) -> None:
    assert read_cfdi(cfdi32(metodoDePago=means)).payment_form == form


@pytest.mark.parametrize("currency", [None, "MXN", "Pesos", "M.N.", "peso mexicano"])
def test_pesos_in_any_spelling(currency: str | None) -> None:
    assert read_cfdi(cfdi32(Moneda=currency, TipoCambio="13.05")).exchange_rate == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"Moneda": "USD"}, "CFDI_RATE_REQUIRED"),
        ({"Moneda": "Conchas"}, "CFDI_INCOMPLETE"),
        ({"total": "955.00"}, "CFDI_TOTALS"),
        ({"descuento": "2000.00"}, "CFDI_TOTALS"),
        ({"tipoDeComprobante": "traslado"}, "CFDI_TYPE"),
        ({"fecha": "2010-03-10T12:00:00"}, "CFDI_OUT_OF_RANGE"),
        ({"total": None}, "CFDI_INCOMPLETE"),
    ],
)
def test_what_cannot_be_counted_is_refused(values: dict[str, str | None], code: str) -> None:
    with pytest.raises(Rejected) as rejected:
        read_cfdi(cfdi32(**values))
    assert rejected.value.problems[0].code.name == code


def test_a_foreign_currency_with_its_rate_is_read() -> None:
    read = read_cfdi(cfdi32(Moneda="Dólares", TipoCambio="13.05"))
    assert (read.currency, read.exchange_rate) == ("USD", Decimal("13.05"))


def test_another_total_is_no_seal() -> None:
    text = re.sub("Silla", "Mesa", cfdi32())
    assert read_cfdi(text).seal.verification is CfdiVerification.FAILED
