"""The *cadena original* of a CFDI and of its stamp: the text that their seals sign.

The values of the attributes in the order of the SAT's style sheets (cadenaoriginal_3_2.xslt, _3_3, _4_0, Pagos10,
Pagos20, implocal, cadenaoriginal_TFD_1_0 and _1_1), each after a `|`. The lists are ours: an attribute that ends in `!`
is always in the text, another where it is there. A complement that has no list here leaves the text unknown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

_SPACES: Final = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class _Part:
    """The elements at a path, whose namespace is `c`, and what each adds to the text."""

    path: str
    items: "tuple[str | _Part, ...]"


def _at(path: str, *items: "str | _Part") -> _Part:
    return _Part("/".join(f"c:{name}" if name else ".//" for name in path.split("/")).replace(".///", ".//"), items)


# The comprobante

_TAX: Final = "Impuesto! TipoFactor! TasaOCuota Importe"
_CONCEPT_TAXES: Final = (
    _at("Impuestos/Traslados/Traslado", f"Base! {_TAX}"),
    _at("Impuestos/Retenciones/Retencion", "Base! Impuesto! TipoFactor! TasaOCuota! Importe!"),
)
_CONCEPT_REST: Final = (
    _at("InformacionAduanera", "NumeroPedimento!"),
    _at("CuentaPredial", "Numero!"),
    _at(
        "/Parte",
        "ClaveProdServ! NoIdentificacion Cantidad! Unidad Descripcion! ValorUnitario Importe",
        _at("/InformacionAduanera", "NumeroPedimento!"),
    ),
)
_CONCEPT: Final = (
    "ClaveProdServ! NoIdentificacion Cantidad! ClaveUnidad! Unidad Descripcion! ValorUnitario! Importe! Descuento"
)
_THIRD_PARTY: Final = _at(
    "ACuentaTerceros",
    "RfcACuentaTerceros! NombreACuentaTerceros! RegimenFiscalACuentaTerceros! DomicilioFiscalACuentaTerceros!",
)
_RELATIONS: Final = _at("CfdiRelacionados", "TipoRelacion!", _at("CfdiRelacionado", "UUID!"))

_CFDI_40: Final = (
    "Version! Serie Folio Fecha! FormaPago NoCertificado! CondicionesDePago SubTotal! Descuento Moneda! TipoCambio"
    " Total! TipoDeComprobante! Exportacion! MetodoPago LugarExpedicion! Confirmacion",
    _at("InformacionGlobal", "Periodicidad! Meses! Año!"),
    _RELATIONS,
    _at("Emisor", "Rfc! Nombre! RegimenFiscal! FacAtrAdquirente"),
    _at(
        "Receptor",
        "Rfc! Nombre! DomicilioFiscalReceptor! ResidenciaFiscal NumRegIdTrib RegimenFiscalReceptor! UsoCFDI!",
    ),
    _at("Conceptos/Concepto", f"{_CONCEPT} ObjetoImp!", *_CONCEPT_TAXES, _THIRD_PARTY, *_CONCEPT_REST),
    _at(
        "Impuestos",
        _at("Retenciones/Retencion", "Impuesto! Importe!"),
        "TotalImpuestosRetenidos",
        _at("Traslados/Traslado", f"Base! {_TAX}"),
        "TotalImpuestosTrasladados",
    ),
)
_CFDI_33: Final = (
    "Version! Serie Folio Fecha! FormaPago NoCertificado! CondicionesDePago SubTotal! Descuento Moneda! TipoCambio"
    " Total! TipoDeComprobante! MetodoPago LugarExpedicion! Confirmacion",
    _RELATIONS,
    _at("Emisor", "Rfc! Nombre RegimenFiscal!"),
    _at("Receptor", "Rfc! Nombre ResidenciaFiscal NumRegIdTrib UsoCFDI!"),
    _at("Conceptos/Concepto", _CONCEPT, *_CONCEPT_TAXES, *_CONCEPT_REST),
    _at(
        "Impuestos",
        _at("Retenciones/Retencion", "Impuesto! Importe!"),
        "TotalImpuestosRetenidos",
        _at("Traslados/Traslado", "Impuesto! TipoFactor! TasaOCuota! Importe!"),
        "TotalImpuestosTrasladados",
    ),
)
_ADDRESS: Final = "calle noExterior noInterior colonia localidad referencia municipio estado pais! codigoPostal"
_CFDI_32: Final = (
    "version! fecha! tipoDeComprobante! formaDePago! condicionesDePago subTotal! descuento TipoCambio Moneda total!"
    " metodoDePago! LugarExpedicion! NumCtaPago FolioFiscalOrig SerieFolioFiscalOrig FechaFolioFiscalOrig"
    " MontoFolioFiscalOrig",
    _at(
        "Emisor",
        "rfc! nombre",
        _at(
            "DomicilioFiscal",
            "calle! noExterior noInterior colonia localidad referencia municipio! estado! pais! codigoPostal!",
        ),
        _at("ExpedidoEn", _ADDRESS),
        _at("RegimenFiscal", "Regimen!"),
    ),
    _at("Receptor", "rfc! nombre", _at("Domicilio", _ADDRESS)),
    _at(
        "Conceptos/Concepto",
        "cantidad! unidad! noIdentificacion descripcion! valorUnitario! importe!",
        _at("/InformacionAduanera", "numero! fecha! aduana"),
        _at("CuentaPredial", "numero!"),
    ),
    _at(
        "Impuestos",
        _at("Retenciones/Retencion", "impuesto! importe!"),
        "totalImpuestosRetenidos",
        _at("Traslados/Traslado", "impuesto! tasa! importe!"),
        "totalImpuestosTrasladados",
    ),
)
_VERSIONS: Final = {"4.0": _CFDI_40, "3.3": _CFDI_33, "3.2": _CFDI_32}

# Its complements

_PAYMENT: Final = (
    "FechaPago! FormaDePagoP! MonedaP! TipoCambioP Monto! NumOperacion RfcEmisorCtaOrd NomBancoOrdExt CtaOrdenante"
    " RfcEmisorCtaBen CtaBeneficiario TipoCadPago CertPago CadPago SelloPago"
)
_PAYMENTS_10: Final = (
    "Version!",
    _at(
        "Pago",
        _PAYMENT,
        _at(
            "DoctoRelacionado",
            "IdDocumento! Serie Folio MonedaDR! TipoCambioDR MetodoDePagoDR! NumParcialidad ImpSaldoAnt ImpPagado"
            " ImpSaldoInsoluto",
        ),
        _at(
            "Impuestos",
            "TotalImpuestosRetenidos TotalImpuestosTrasladados",
            _at("Retenciones/Retencion", "Impuesto! Importe!"),
            _at("Traslados/Traslado", "Impuesto! TipoFactor! TasaOCuota! Importe!"),
        ),
    ),
)
_PAYMENTS_20: Final = (
    "Version!",
    _at(
        "Totales",
        "TotalRetencionesIVA TotalRetencionesISR TotalRetencionesIEPS TotalTrasladosBaseIVA16"
        " TotalTrasladosImpuestoIVA16 TotalTrasladosBaseIVA8 TotalTrasladosImpuestoIVA8 TotalTrasladosBaseIVA0"
        " TotalTrasladosImpuestoIVA0 TotalTrasladosBaseIVAExento MontoTotalPagos!",
    ),
    _at(
        "Pago",
        _PAYMENT,
        _at(
            "DoctoRelacionado",
            "IdDocumento! Serie Folio MonedaDR! EquivalenciaDR NumParcialidad! ImpSaldoAnt! ImpPagado!"
            " ImpSaldoInsoluto! ObjetoImpDR!",
            _at("ImpuestosDR/RetencionesDR/RetencionDR", "BaseDR! ImpuestoDR! TipoFactorDR! TasaOCuotaDR! ImporteDR!"),
            _at("ImpuestosDR/TrasladosDR/TrasladoDR", "BaseDR! ImpuestoDR! TipoFactorDR! TasaOCuotaDR ImporteDR"),
        ),
        _at(
            "ImpuestosP",
            _at("RetencionesP/RetencionP", "ImpuestoP! ImporteP!"),
            _at("TrasladosP/TrasladoP", "BaseP! ImpuestoP! TipoFactorP! TasaOCuotaP ImporteP"),
        ),
    ),
)
_LOCAL_TAXES: Final = (
    "version! TotaldeRetenciones! TotaldeTraslados!",
    _at("RetencionesLocales", "ImpLocRetenido! TasadeRetencion! Importe!"),
    _at("TrasladosLocales", "ImpLocTrasladado! TasadeTraslado! Importe!"),
)
_STAMP: Final = "{http://www.sat.gob.mx/TimbreFiscalDigital}TimbreFiscalDigital"
_COMPLEMENTS: Final[Mapping[str, tuple[str | _Part, ...]]] = {
    "{http://www.sat.gob.mx/Pagos}Pagos": _PAYMENTS_10,
    "{http://www.sat.gob.mx/Pagos20}Pagos": _PAYMENTS_20,
    "{http://www.sat.gob.mx/implocal}ImpuestosLocales": _LOCAL_TAXES,
    _STAMP: (),  # made after the seal, which does not sign it
}

_STAMPS: Final = {
    "1.0": "version! UUID! FechaTimbrado! selloCFD! noCertificadoSAT!",
    "1.1": "Version! UUID! FechaTimbrado! RfcProvCertif! Leyenda SelloCFD! NoCertificadoSAT!",
}


def cadena_of(comprobante: Element, version: str) -> str | None:
    """The text that the issuer's seal signs; None where a complement has no list here."""
    space = _space(comprobante)
    values = [*_values(comprobante, _VERSIONS[version], space)]
    if comprobante.find(".//c:ComplementoConcepto/*", {"c": space}) is not None:
        return None
    for complement in comprobante.iterfind("c:Complemento/*", {"c": space}):
        if complement.tag not in _COMPLEMENTS:
            return None
        values += _values(complement, _COMPLEMENTS[complement.tag], _space(complement))
    return f"||{'|'.join(values)}||"


def cadena_of_stamp(stamp: Element, version: str) -> str:
    """The text that the SAT's seal signs (TimbreFiscalDigital 1.0 and 1.1)."""
    return f"||{'|'.join(_values(stamp, (_STAMPS[version],), _space(stamp)))}||"


def _space(element: Element) -> str:
    return element.tag.rpartition("}")[0].removeprefix("{")


def _values(element: Element, items: tuple[str | _Part, ...], space: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, _Part):
            for each in element.iterfind(item.path, {"c": space}):
                yield from _values(each, item.items, space)
            continue
        for name in item.split():
            value = element.get(name.removesuffix("!"))
            if value is not None or name.endswith("!"):
                yield _SPACES.sub(" ", value or "").strip(" ")
