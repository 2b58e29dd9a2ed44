"""Reads a CFDI that somebody else wrote: guarded, as it may be anything; strict, as it becomes a debt.

Versions 3.3 and 4.0, of type I (income), E (credit) and P (payment). Source: SAT's Anexo 20, cfdv33.xsd, cfdv40.xsd,
Pagos10.xsd, Pagos20.xsd, TimbreFiscalDigitalv11.xsd, implocal.xsd. What cannot be taken is `Rejected` with its reason.
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import (  # without a DOCTYPE, which is refused, expat has nothing to expand
    Element,
    ParseError,
    TreeBuilder,
    XMLParser,
)

from domain.problem import Problem, ProblemCode, Rejected, reject
from domain.sales_document import Drawn
from domain.taxes import Charge, Line, Tax, Totals, decimals_of, rounded, totals_of, within_limits
from models.catalogs import CURRENCIES
from models.sales_document import TaxFactor, TaxKind

MOST_BYTES: Final = 5 * 1024 * 1024
"""A CFDI of a thousand lines is a tenth of that."""
MOST_DEPTH: Final = 50

_CFDI: Final = {"http://www.sat.gob.mx/cfd/3": "3.3", "http://www.sat.gob.mx/cfd/4": "4.0"}
_PAYMENTS: Final = ("http://www.sat.gob.mx/Pagos", "http://www.sat.gob.mx/Pagos20")
_STAMP: Final = "{http://www.sat.gob.mx/TimbreFiscalDigital}TimbreFiscalDigital"
_LOCAL: Final = "{http://www.sat.gob.mx/implocal}"
_RETENTION: Final = "http://www.sat.gob.mx/esquemas/retencionpago/"
_TYPES: Final = ("I", "E", "P")
_NUMBER: Final = re.compile(r"[0-9]{1,18}(\.[0-9]{1,10})?")


@dataclass(frozen=True, slots=True)
class StatedReceptor:
    """The receptor as the CFDI names it; version 3.3 states neither postal code nor regime."""

    rfc: str
    name: str | None
    postal_code: str | None
    tax_regime: str | None
    cfdi_use: str | None


@dataclass(frozen=True, slots=True)
class PaidDocument:
    """What a payment pays of one invoice, in the invoice's currency."""

    uuid: UUID
    currency: str | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class StatedPayment:
    """A payment (Pago): when, local to the place of issue, how, and what it pays."""

    paid_at: datetime.datetime
    form: str
    reference: str | None
    documents: Sequence[PaidDocument]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cfdi:
    """A CFDI. `issued_at` has no offset: it is local to the postal code `place`. Totals are as stated, and hold."""

    version: str
    type: str
    uuid: UUID
    series: str | None
    folio: str | None
    issued_at: datetime.datetime
    place: str
    issuer_rfc: str
    receptor: StatedReceptor
    currency: str
    exchange_rate: Decimal
    payment_form: str | None
    payment_method: str | None
    lines: Sequence[Drawn]
    local: Sequence[Charge]
    totals: Totals
    related: Sequence[UUID]
    """The CFDIs that it refers to (CfdiRelacionados)."""
    payments: Sequence[StatedPayment]


class _Guarded(TreeBuilder):
    """Stops at what no CFDI has."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def doctype(self, *_: object) -> None:
        raise reject(ProblemCode.CFDI_DOCTYPE)

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise reject(ProblemCode.CFDI_NOT_XML, reason="anidado / nested")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse(content: bytes | str) -> Element:
    """The root of the XML, of whatever kind. The encoding is the one that it declares; of a text there is none."""
    encoding = None
    if isinstance(content, str):
        content, encoding = content.removeprefix("\ufeff").encode(), "utf-8"
    if len(content) > MOST_BYTES:
        raise reject(ProblemCode.CFDI_TOO_LARGE, most=MOST_BYTES)
    parser = XMLParser(target=_Guarded(), encoding=encoding)  # noqa: S314  # guarded, as above
    try:
        parser.feed(content)
        return parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise reject(ProblemCode.CFDI_NOT_XML, reason=str(error)) from None


def read(content: bytes | str) -> Cfdi:
    """Everything that is taken over of a CFDI."""
    root = parse(content)
    namespace, _, name = root.tag.rpartition("}")
    namespace = namespace.removeprefix("{")
    if namespace.startswith(_RETENTION):
        raise reject(ProblemCode.CFDI_RETENTION)
    if name != "Comprobante" or namespace not in _CFDI:
        raise reject(ProblemCode.CFDI_NOT_CFDI, root=root.tag)
    version = root.get("Version") or root.get("version") or ""
    if version != _CFDI[namespace]:
        raise reject(ProblemCode.CFDI_VERSION, version=version)
    type_ = _text(root, "TipoDeComprobante")
    if type_ not in _TYPES:
        raise reject(ProblemCode.CFDI_TYPE, type=type_)
    return _read(root, f"{{{namespace}}}", version, type_)


def _read(root: Element, cfdi: str, version: str, type_: str) -> Cfdi:
    stamp = root.find(f"{cfdi}Complemento/{_STAMP}")
    if stamp is None:
        raise reject(ProblemCode.CFDI_NOT_STAMPED)
    receptor = _child(root, f"{cfdi}Receptor")
    payment = type_ == "P"
    currency = _text(root, "Moneda")
    if currency not in CURRENCIES:
        raise reject(ProblemCode.CFDI_INCOMPLETE, name="Moneda")
    lines = [] if payment else [_line(concept, cfdi) for concept in root.iterfind(f"{cfdi}Conceptos/{cfdi}Concepto")]
    local = list(_local_charges(root, cfdi))
    totals = Totals(*[Decimal("0.00")] * 4) if payment else _totals(root, cfdi, lines, local, currency)
    return Cfdi(
        version=version,
        type=type_,
        uuid=_uuid(stamp, "UUID"),
        series=_optional(root, "Serie", 25),
        folio=_optional(root, "Folio", 40),
        issued_at=_instant(root, "Fecha"),
        place=_text(root, "LugarExpedicion"),
        issuer_rfc=_text(_child(root, f"{cfdi}Emisor"), "Rfc"),
        receptor=StatedReceptor(
            _text(receptor, "Rfc"),
            _optional(receptor, "Nombre"),
            _optional(receptor, "DomicilioFiscalReceptor"),
            _optional(receptor, "RegimenFiscalReceptor"),
            _optional(receptor, "UsoCFDI"),
        ),
        currency=currency,
        exchange_rate=rounded(_positive(root, "TipoCambio", Decimal(1)), 6),
        payment_form=_optional(root, "FormaPago"),
        payment_method=_optional(root, "MetodoPago"),
        lines=lines,
        local=local,
        totals=totals,
        related=[_uuid(one, "UUID") for one in root.iterfind(f"{cfdi}CfdiRelacionados/{cfdi}CfdiRelacionado")],
        payments=list(_payments(root, cfdi)) if payment else (),
    )


# Lines and sums


def _line(concept: Element, cfdi: str) -> Drawn:
    quantity, price = _positive(concept, "Cantidad"), _number(concept, "ValorUnitario")
    amount, discount = _number(concept, "Importe"), _number(concept, "Descuento", Decimal(0))
    if not within_limits(amount, quantity, price, max(2, _decimals(amount))):
        raise _unequal("Importe", amount, rounded(quantity * price, 2))
    if discount > amount:
        raise _unequal("Descuento", discount, amount)
    charges = tuple(
        _charge(tax, kind)
        for kind, path in ((TaxKind.TRANSFERRED, "Traslados/{}Traslado"), (TaxKind.WITHHELD, "Retenciones/{}Retencion"))
        for tax in concept.iterfind(f"{cfdi}Impuestos/{cfdi}{path.format(cfdi)}")
    )
    values = {
        "sku": _optional(concept, "NoIdentificacion", 100),
        "description": _text(concept, "Descripcion", 1000),
        "product_code": _text(concept, "ClaveProdServ"),
        "unit_code": _text(concept, "ClaveUnidad"),
        "quantity": rounded(quantity, 6),
        "unit_price": rounded(price, 6),
        # Version 3.3 does not state it.
        "tax_object": _optional(concept, "ObjetoImp") or ("02" if charges else "01"),
    }
    return Drawn(values, Line(rounded(amount, 6), rounded(discount, 6), charges))


_FACTORS: Final = {"Tasa": TaxFactor.RATE, "Cuota": TaxFactor.QUOTA, "Exento": TaxFactor.EXEMPT}


def _charge(tax: Element, kind: TaxKind) -> Charge:
    factor = _FACTORS.get(_text(tax, "TipoFactor"))
    if factor is None:
        raise reject(ProblemCode.CFDI_INCOMPLETE, name="TipoFactor")
    exempt = factor is TaxFactor.EXEMPT
    rate = None if exempt else rounded(_number(tax, "TasaOCuota"), 6)
    amount = Decimal(0) if exempt else _number(tax, "Importe")
    return Charge(Tax(kind, _text(tax, "Impuesto"), factor, rate), rounded(_number(tax, "Base"), 6), rounded(amount, 6))


def _local_charges(root: Element, cfdi: str) -> Iterator[Charge]:
    """Taxes of states and municipalities (impuestos locales), which are of no line."""
    local = f"{cfdi}Complemento/{_LOCAL}ImpuestosLocales/{_LOCAL}"
    for kind, name, of, rate in (
        (TaxKind.TRANSFERRED, "TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado"),
        (TaxKind.WITHHELD, "RetencionesLocales", "ImpLocRetenido", "TasadeRetencion"),
    ):
        for tax in root.iterfind(local + name):
            percent = _number(tax, rate) / 100
            yield Charge(
                Tax(kind, _text(tax, of)[:100], TaxFactor.RATE, rounded(percent, 6)), None, _number(tax, "Importe")
            )


def _totals(root: Element, cfdi: str, lines: Sequence[Drawn], local: Sequence[Charge], currency: str) -> Totals:
    """The sums as stated, which have to be those of the lines: to the cent, or as many cents as parts were rounded."""
    computed = totals_of([one.line for one in lines], currency, local)
    taxes = root.find(f"{cfdi}Impuestos")

    def stated(name: str, kind: TaxKind) -> Decimal:
        of_lines = _number(taxes, name, Decimal(0)) if taxes is not None else Decimal(0)
        return rounded(of_lines + sum((c.amount for c in local if c.tax.kind is kind), Decimal(0)), 2)

    totals = Totals(
        rounded(_number(root, "SubTotal"), 2),
        rounded(_number(root, "Descuento", Decimal(0)), 2),
        stated("TotalImpuestosTrasladados", TaxKind.TRANSFERRED),
        stated("TotalImpuestosRetenidos", TaxKind.WITHHELD),
    )
    parts = len({charge.tax for one in lines for charge in one.line.charges}) or 1
    step = Decimal(1).scaleb(-decimals_of(currency))
    for name, of, most in (
        ("SubTotal", "subtotal", step),
        ("Descuento", "discount", step),
        ("TotalImpuestosTrasladados", "tax", step * parts),
        ("TotalImpuestosRetenidos", "withheld", step * parts),
    ):
        if abs(getattr(totals, of) - getattr(computed, of)) > most:
            raise _unequal(name, getattr(totals, of), getattr(computed, of))
    total = _number(root, "Total")
    if total != totals.total:
        raise _unequal("Total", total, totals.total)
    return totals


def _unequal(name: str, stated: Decimal, computed: Decimal) -> Rejected:
    values = {"name": name, "stated": format(stated, "f"), "computed": format(computed, "f")}
    return Rejected(Problem(ProblemCode.CFDI_TOTALS, values=values))


# Payments


def _payments(root: Element, cfdi: str) -> Iterator[StatedPayment]:
    for namespace in _PAYMENTS:
        tag = f"{{{namespace}}}"
        for payment in root.iterfind(f"{cfdi}Complemento/{tag}Pagos/{tag}Pago"):
            documents = [_paid(one, payment) for one in payment.iterfind(f"{tag}DoctoRelacionado")]
            if not documents:
                raise reject(ProblemCode.CFDI_INCOMPLETE, name="DoctoRelacionado")
            yield StatedPayment(
                _instant(payment, "FechaPago"),
                _text(payment, "FormaDePagoP"),
                _optional(payment, "NumOperacion"),
                documents,
            )


def _paid(document: Element, payment: Element) -> PaidDocument:
    # In Pagos 1.0 the amount may be left out where it is the whole payment.
    whole = _number(payment, "Monto")
    amount = _positive(document, "ImpPagado", whole)
    return PaidDocument(_uuid(document, "IdDocumento"), _optional(document, "MonedaDR"), rounded(amount, 2))


# Attributes


def _child(parent: Element, tag: str) -> Element:
    child = parent.find(tag)
    if child is None:
        raise reject(ProblemCode.CFDI_INCOMPLETE, name=tag.rpartition("}")[2])
    return child


def _optional(element: Element, name: str, most: int = 300) -> str | None:
    text = " ".join((element.get(name) or "").split())
    if len(text) > most:
        raise reject(ProblemCode.CFDI_INCOMPLETE, name=name)
    return text or None


def _text(element: Element, name: str, most: int = 300) -> str:
    text = _optional(element, name, most)
    if text is None:
        raise reject(ProblemCode.CFDI_INCOMPLETE, name=name)
    return text


def _number(element: Element, name: str, default: Decimal | None = None) -> Decimal:
    text = _optional(element, name)
    if text is None and default is not None:
        return default
    if text is None or not _NUMBER.fullmatch(text):
        raise reject(ProblemCode.CFDI_INCOMPLETE, name=name)
    return Decimal(text)


def _positive(element: Element, name: str, default: Decimal | None = None) -> Decimal:
    value = _number(element, name, default)
    if not value:
        raise reject(ProblemCode.CFDI_INCOMPLETE, name=name)
    return value


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _instant(element: Element, name: str) -> datetime.datetime:
    try:
        when = datetime.datetime.fromisoformat(_text(element, name))
    except ValueError:
        raise reject(ProblemCode.CFDI_INCOMPLETE, name=name) from None
    return when.replace(tzinfo=None)


def _uuid(element: Element, name: str) -> UUID:
    try:
        return UUID(_text(element, name))
    except ValueError:
        raise reject(ProblemCode.CFDI_INCOMPLETE, name=name) from None
