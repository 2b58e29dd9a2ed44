"""CFDI 3.2 (2012 to 2017) as history: its attributes in the words of 3.3, so that one reader takes both.

What differs: taxes are of the document and not of its lines, as local ones are later on; so is the discount, which is
spread over the lines. There are no codes of products and units. A time of issue is local to a place in words: its
postal code is that of the branch (ExpedidoEn) or of the issuer. "Pago en una sola exhibición" is PUE, partialities are
PPD. Source: Anexo 20 of 2011 to 2016, cfdv32.xsd.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from domain.cfdi_attributes import PESO, children_of, optional_text, read_number
from domain.taxes import rounded
from models.catalogs import CURRENCIES, PAYMENT_FORMS, fold

_LOCAL: Final = "{http://www.sat.gob.mx/implocal}"
_TYPES: Final = {"ingreso": "I", "egreso": "E", "traslado": "T"}
_TAXES: Final = {"ISR": "001", "IVA": "002", "IEPS": "003"}
_NO_PRODUCT: Final = "01010101"
"""What the SAT's c_ClaveProdServ has for "not in the catalog"."""
_ANY_UNIT: Final = "ZZ"
"""The c_ClaveUnidad for a unit that the parties agreed on."""
_CURRENCIES: Final = {
    **dict.fromkeys(("", "mn", "mxp", "peso", "pesos", "pesomexicano", "pesosmexicanos", "mexicanpeso"), PESO),
    **dict.fromkeys(("dolar", "dolares", "dls", "dlls", "usdollar", "dolaresamericanos", "dolaramericano"), "USD"),
    **dict.fromkeys(("euro", "euros"), "EUR"),
}
_FORMS: Final = (
    ("efectivo", "01"), ("cheque", "02"), ("transferencia", "03"), ("credito", "04"), ("monedero", "05"),
    ("dinero electronico", "06"), ("vales", "08"), ("debito", "28"),
)  # fmt: skip
"""Words of a means of payment; until July 2016 it was not a code."""
_CODE: Final = re.compile(r"\d{2}", re.ASCII)
_MOST_TAXES: Final = 50


def in_words_of_33(root: Element, cfdi: str, most_lines: int) -> Element:
    """A comprobante of 3.3 that says the same; `cfdi` is the namespace in braces. The seal is in the original."""
    name = {key: (optional_text(root, key) or "") for key in ("tipoDeComprobante", "metodoDePago", "formaDePago")}
    currency = _currency(optional_text(root, "Moneda") or "")
    taxes = [*_taxes(root, cfdi)]
    values = {
        "Version": "3.3",
        "Serie": root.get("serie"),
        "Folio": root.get("folio"),
        "Fecha": root.get("fecha"),
        "SubTotal": root.get("subTotal"),
        "Descuento": root.get("descuento"),
        "Total": format(rounded(read_number(root, "total"), 2), "f"),
        "Moneda": currency,
        # Some stated the dollar's rate of the day, whatever the currency was.
        "TipoCambio": None if currency == PESO else root.get("TipoCambio"),
        "TipoDeComprobante": _TYPES.get(name["tipoDeComprobante"].lower(), name["tipoDeComprobante"]),
        "MetodoPago": _method(name["formaDePago"]),
        "FormaPago": _form(name["metodoDePago"]),
        "LugarExpedicion": _place(root, cfdi),
    }
    comprobante = Element(root.tag, _stated(values))
    for tag in ("Emisor", "Receptor"):
        if (party := root.find(f"{cfdi}{tag}")) is not None:
            SubElement(comprobante, f"{cfdi}{tag}", _stated({"Rfc": party.get("rfc"), "Nombre": party.get("nombre")}))
    concepts = children_of(root, f"{cfdi}Conceptos/{cfdi}Concepto", most_lines)
    lines = SubElement(comprobante, f"{cfdi}Conceptos")
    for concept, discount in zip(concepts, _discounts(root, concepts), strict=True):
        SubElement(lines, f"{cfdi}Concepto", _concept(concept, discount, taxed=bool(taxes)))
    complement = SubElement(comprobante, f"{cfdi}Complemento")
    SubElement(complement, f"{_LOCAL}ImpuestosLocales").extend(taxes)
    for each in root.iterfind(f"{cfdi}Complemento/*"):
        complement.append(each)
    return comprobante


def _stated(values: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _concept(concept: Element, discount: Decimal, *, taxed: bool) -> dict[str, str]:
    return _stated(
        {
            "ClaveProdServ": _NO_PRODUCT,
            "ClaveUnidad": _ANY_UNIT,
            "NoIdentificacion": concept.get("noIdentificacion"),
            "Cantidad": concept.get("cantidad"),
            "Descripcion": concept.get("descripcion"),
            "ValorUnitario": concept.get("valorUnitario"),
            "Importe": concept.get("importe"),
            "Descuento": format(discount, "f"),
            "ObjetoImp": "02" if taxed else "01",
        }
    )


def _discounts(root: Element, concepts: Sequence[Element]) -> list[Decimal]:
    """The document's discount in parts by the lines' amounts; the cents that are over are the first lines'."""
    whole = rounded(read_number(root, "descuento", Decimal(0)), 2)
    amounts = [read_number(each, "importe") for each in concepts]
    total = sum(amounts, Decimal(0))
    if not whole or whole > total:
        return [Decimal(0)] * len(amounts)  # the sums will not hold, which is told
    parts = [(whole * amount / total).quantize(Decimal("0.01"), ROUND_DOWN) for amount in amounts]
    left = whole - sum(parts, Decimal(0))
    for place, amount in enumerate(amounts):
        more = min(left, amount - parts[place])
        parts[place] += more
        left -= more
    return parts


def _taxes(root: Element, cfdi: str) -> Iterator[Element]:
    """The taxes of the document, as local taxes are stated. What is withheld states no rate: it is that of its sum."""
    base = read_number(root, "subTotal") - read_number(root, "descuento", Decimal(0))
    for tax in children_of(root, f"{cfdi}Impuestos/{cfdi}Traslados/{cfdi}Traslado", _MOST_TAXES):
        rate = read_number(tax, "tasa", Decimal(0))
        percent = rate * 100 if 0 < rate < 1 else rate
        yield _tax(tax, "TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado", percent)
    for tax in children_of(root, f"{cfdi}Impuestos/{cfdi}Retenciones/{cfdi}Retencion", _MOST_TAXES):
        percent = rounded(read_number(tax, "importe") * 100 / base, 4) if base > 0 else Decimal(0)
        yield _tax(tax, "RetencionesLocales", "ImpLocRetenido", "TasadeRetencion", percent)


def _tax(tax: Element, tag: str, name: str, rate: str, percent: Decimal) -> Element:
    code = (optional_text(tax, "impuesto") or "").upper()
    values = {name: _TAXES.get(code, code), rate: format(percent, "f"), "Importe": tax.get("importe")}
    return Element(f"{_LOCAL}{tag}", _stated(values))


def _currency(text: str) -> str:
    """The currency, which was any text."""
    if text.upper() in CURRENCIES:
        return text.upper()
    return _CURRENCIES.get("".join(filter(str.isalpha, fold(text))), text)


def _method(text: str) -> str | None:
    words = fold(text)
    if "una sola" in words or words == "pue":
        return "PUE"
    return "PPD" if "parcial" in words or "diferido" in words or words == "ppd" else None


def _form(text: str) -> str | None:
    """The first means of payment, by its code or its words."""
    if code := _CODE.search(text):
        return code[0] if code[0] in PAYMENT_FORMS else None
    words = fold(text)
    return next((code for word, code in _FORMS if word in words), None)


def _place(root: Element, cfdi: str) -> str | None:
    for path in (f"{cfdi}Emisor/{cfdi}ExpedidoEn", f"{cfdi}Emisor/{cfdi}DomicilioFiscal"):
        place = root.find(path)
        if place is not None and place.get("codigoPostal"):
            return place.get("codigoPostal")
    return root.get("LugarExpedicion")
