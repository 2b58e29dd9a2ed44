"""Small CFDIs made here, of invented taxpayers or the SAT's test ones, sealed with keys that are made here too."""

import contextlib
from collections.abc import Sequence
from typing import Any
from uuid import uuid4
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import quoteattr

from tests.sealing import sealed

SPACE = {"3.3": "http://www.sat.gob.mx/cfd/3", "4.0": "http://www.sat.gob.mx/cfd/4"}
PAYMENTS = {"3.3": "http://www.sat.gob.mx/Pagos", "4.0": "http://www.sat.gob.mx/Pagos20"}

LINE = (
    '<cfdi:Concepto ClaveProdServ="56101504" ClaveUnidad="H87" NoIdentificacion="SILLA" Cantidad="2"'
    ' Descripcion="Silla &amp; mesa" ValorUnitario="500.00" Importe="1000.00" ObjetoImp="02"><cfdi:Impuestos>'
    '<cfdi:Traslados><cfdi:Traslado Base="1000.00" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000"'
    ' Importe="160.00"/></cfdi:Traslados></cfdi:Impuestos></cfdi:Concepto>'
)
TAXES = '<cfdi:Impuestos TotalImpuestosTrasladados="160.00"/>'


def _attributes(values: dict[str, Any]) -> str:
    return " ".join(f"{name}={quoteattr(str(value))}" for name, value in values.items() if value is not None)


def cfdi(
    *,
    version: str = "4.0",
    uuid: str | None = "",
    stamped: str | None = None,
    receptor: dict[str, Any] | None = None,
    issuer: str = "DEM0101018K7",
    lines: str = LINE,
    taxes: str = TAXES,
    related: Sequence[str] = (),
    relation: str = "01",
    complement: str = "",
    head: str = '<?xml version="1.0" encoding="UTF-8"?>',
    seal: bool = True,
    **values: Any,
) -> str:
    """A CFDI: an invoice of 1,160.00 to Escuela Kemper Urgate, unless it is told otherwise. No `uuid` is no stamp;
    `stamped` is when, and otherwise its Fecha. It relates to what is `related`, by the type of relation."""
    root = {
        "Version": version, "Serie": "A", "Folio": "77", "Fecha": "2026-03-10T23:30:00", "Moneda": "MXN",
        "SubTotal": "1000.00", "Total": "1160.00", "TipoDeComprobante": "I", "LugarExpedicion": "06000",
        "FormaPago": "99", "MetodoPago": "PPD",
    } | values  # fmt: skip
    stated = {
        "Rfc": "EKU9003173C9", "Nombre": "ESCUELA KEMPER URGATE", "DomicilioFiscalReceptor": "42501",
        "RegimenFiscalReceptor": "601", "UsoCFDI": "G03",
    } | (receptor or {})  # fmt: skip
    when = f' FechaTimbrado="{root["Fecha"] if stamped is None else stamped}"'
    stamp = "" if uuid is None else (
        '<tfd:TimbreFiscalDigital xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" Version="1.1"'
        f' UUID="{uuid or str(uuid4()).upper()}"{when}/>'
    )  # fmt: skip
    others = "".join(f'<cfdi:CfdiRelacionado UUID="{one}"/>' for one in related)
    node = f'<cfdi:CfdiRelacionados TipoRelacion="{relation}">{others}</cfdi:CfdiRelacionados>' if related else ""
    text = (
        f'<cfdi:Comprobante xmlns:cfdi="{SPACE[version]}" {_attributes(root)}>{node}'
        f'<cfdi:Emisor Rfc="{issuer}"/><cfdi:Receptor {_attributes(stated)}/>'
        f"<cfdi:Conceptos>{lines}</cfdi:Conceptos>{taxes}"
        f"<cfdi:Complemento>{complement}{stamp}</cfdi:Complemento></cfdi:Comprobante>"
    )
    if seal and version in SPACE:
        with contextlib.suppress(ParseError, KeyError):  # some are made to be refused
            text = sealed(text, issuer)
    return head + text


def credit(invoice: str, **values: Any) -> str:
    """A credit note on an invoice."""
    return cfdi(**{"TipoDeComprobante": "E", "Serie": "NC", "Folio": "1", "related": [invoice]} | values)


def payment(
    *paid: tuple[str, str],
    version: str = "4.0",
    at: str = "2026-03-12T10:00:00",
    form: str = "03",
    amount: str = "",
    of_payment: str = 'MonedaP="MXN"',
    of_document: str = 'MonedaDR="MXN"',
    **values: Any,
) -> str:
    """A payment on invoices, each by its UUID with an amount; of their sum unless it is told another `amount`."""
    documents = "".join(
        f'<pago:DoctoRelacionado IdDocumento="{uuid}" {of_document} NumParcialidad="1" ImpPagado="{part}"/>'
        for uuid, part in paid
    )
    total = amount or f"{sum(float(part) for _, part in paid):.2f}"
    complement = (
        f'<pago:Pagos xmlns:pago="{PAYMENTS[version]}"><pago:Pago FechaPago="{at}" FormaDePagoP="{form}" {of_payment}'
        f' Monto="{total}" NumOperacion="SPEI 1">{documents}</pago:Pago></pago:Pagos>'
    )
    line = (
        '<cfdi:Concepto ClaveProdServ="84111506" ClaveUnidad="ACT" Cantidad="1" Descripcion="Pago" ValorUnitario="0"'
        ' Importe="0"/>'
    )
    empty = {
        "TipoDeComprobante": "P", "Moneda": "XXX", "SubTotal": "0", "Total": "0", "FormaPago": None,
        "MetodoPago": None, "Serie": "P", "Folio": "5", "lines": line, "taxes": "",
    }  # fmt: skip
    return cfdi(version=version, complement=complement, **empty | values)
