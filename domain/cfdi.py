"""Reads a CFDI that was issued elsewhere: in a child process, because its content is untrusted, and strictly, because
it becomes a debt.

Versions 3.3 and 4.0, of type I (income), E (credit) and P (payment). Source: SAT's Anexo 20, cfdv33.xsd, cfdv40.xsd,
Pagos10.xsd, Pagos20.xsd, TimbreFiscalDigitalv11.xsd, implocal.xsd. What cannot be taken is `Rejected` with its
reason.
"""

import asyncio
import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final, cast
from uuid import UUID
from xml.etree.ElementTree import (  # without a DOCTYPE, which is refused, expat has nothing to expand
    Element,
    ParseError,
    TreeBuilder,
    XMLParser,
)
from zoneinfo import ZoneInfo

import orjson

from domain.problem import Problem, Rejected, error, problem_codes, reject
from domain.sales_document import Drawn
from domain.taxes import Charge, Line, Tax, Totals, decimals_of, rounded, totals_of, within_limits
from domain.text import single_line
from models.catalogs import CURRENCIES
from models.sales_document import TaxFactor, TaxKind
from storage.reading import Reader, Readers, UnreadableError

CFDI_TOO_LARGE: Final = error("CFDI_TOO_LARGE", "El CFDI excede {most} bytes.", "The CFDI is larger than {most} bytes.")
CFDI_DOCTYPE: Final = error(
    "CFDI_DOCTYPE",
    "El XML declara un DOCTYPE, que un CFDI no lleva.",
    "The XML declares a DOCTYPE, which a CFDI does not have.",
)
CFDI_NOT_XML: Final = error(
    "CFDI_NOT_XML", "El archivo no es un XML legible: {reason}.", "The file is not readable XML: {reason}."
)
CFDI_NOT_CFDI: Final = error(
    "CFDI_NOT_CFDI", "El XML no es un CFDI: su raíz es {root}.", "The XML is not a CFDI: its root is {root}."
)
CFDI_RETENTION: Final = error(
    "CFDI_RETENTION",
    "Es una constancia de retenciones, no un CFDI de ingreso, egreso o pago.",
    "It is a certificate of retentions, not a CFDI of income, credit or payment.",
)
CFDI_VERSION: Final = error(
    "CFDI_VERSION",
    "La versión {version} no se admite: solo 3.3 y 4.0.",
    "Version {version} is not accepted: only 3.3 and 4.0.",
)
CFDI_TYPE: Final = error(
    "CFDI_TYPE",
    "El tipo de comprobante {type} no se admite: solo I, E y P.",
    "A CFDI of type {type} is not accepted: only I, E and P.",
)
CFDI_INCOMPLETE: Final = error(
    "CFDI_INCOMPLETE", "Falta o no es legible {name}.", "{name} is missing or cannot be read."
)
CFDI_RATE_REQUIRED: Final = error(
    "CFDI_RATE_REQUIRED",
    "El CFDI está en {currency} y no dice {name}: sin tipo de cambio no se registra.",
    "The CFDI is in {currency} and does not state {name}: without an exchange rate it is not recorded.",
)
CFDI_OUT_OF_RANGE: Final = error(
    "CFDI_OUT_OF_RANGE",
    "{name} dice {value}: debe estar entre {least} y {most}.",
    "{name} says {value}: it must be between {least} and {most}.",
)
CFDI_TOO_MANY: Final = error(
    "CFDI_TOO_MANY",
    "El CFDI tiene {count} nodos {name}: se admiten a lo más {most}.",
    "The CFDI has {count} {name} nodes: at most {most} are accepted.",
)
CFDI_NOT_STAMPED: Final = error("CFDI_NOT_STAMPED", "El CFDI no tiene timbre fiscal.", "The CFDI has no fiscal stamp.")
CFDI_TOTALS: Final = error(
    "CFDI_TOTALS",
    "Las sumas no cuadran: {name} dice {stated} y debería ser {computed}.",
    "The totals do not add up: {name} says {stated} and should be {computed}.",
)


MOST_BYTES: Final = 5 * 1024 * 1024
"""A CFDI of a thousand lines is a tenth of that."""
MOST_DEPTH: Final = 50
MOST_LINES: Final = 5_000
MOST_RELATED: Final = 1_000
"""CFDIs that one refers to, or pays."""
MOST_CHARGES: Final = 50
"""Taxes of a line, or local ones."""

FIRST_DAY: Final = datetime.date(2005, 1, 1)
"""Digital invoices (CFD) begin in that year."""
SAT_ZONE: Final = ZoneInfo("America/Mexico_City")
"""The SAT's own times, as that of a stamp, are those of central Mexico, wherever a CFDI was issued (Anexo 20)."""
_MOST_AMOUNT: Final = Decimal(10) ** 12
"""What the record holds of a line's values is less."""
_MOST_TOTAL: Final = Decimal(10) ** 15
"""What the record holds of a total in the company's currency is less."""
_LEAST_RATE: Final = Decimal("0.000001")
_MOST_RATE: Final = Decimal(10) ** 9
_LEAST_EQUIVALENCE: Final = Decimal("0.0000000001")
"""EquivalenciaDR has up to 10 decimals."""
_LEAST_PAID: Final = Decimal("0.005")
_PESO: Final = "MXN"
_NO_CURRENCY: Final = "XXX"
_RELATION: Final = re.compile(r"[0-9]{2}")
_PRECISION: Final = Context(prec=60)
"""Of a product of two values, each with all its decimals."""

_CFDI: Final = {"http://www.sat.gob.mx/cfd/3": "3.3", "http://www.sat.gob.mx/cfd/4": "4.0"}
_PAYMENTS: Final = ("http://www.sat.gob.mx/Pagos", "http://www.sat.gob.mx/Pagos20")
_STAMP: Final = "{http://www.sat.gob.mx/TimbreFiscalDigital}TimbreFiscalDigital"
_LOCAL: Final = "{http://www.sat.gob.mx/implocal}"
_RETENTION: Final = "http://www.sat.gob.mx/esquemas/retencionpago/"
_TYPES: Final = ("I", "E", "P")
_MOST_SHOWN: Final = 100
_MOST_ATTRIBUTE: Final = 5_000
"""Characters of an attribute, white space and all; the longest that is read has 1,000."""
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
class Relation:
    """CFDIs that this one refers to (CfdiRelacionados), and as what: `type` is their TipoRelacion, as `04`."""

    type: str
    uuids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class GlobalPeriod:
    """The period that a global invoice sums up (InformacionGlobal, CFDI 4.0), in the SAT's codes."""

    periodicity: str
    months: str
    year: str


@dataclass(frozen=True, slots=True)
class PaidDocument:
    """What a payment pays of one invoice. `amount` (ImpPagado), `before` and `after` (ImpSaldoAnt, ImpSaldoInsoluto)
    are in the invoice's currency."""

    uuid: UUID
    currency: str | None
    amount: Decimal
    equivalence: Decimal
    """Units of the invoice's currency for one of the payment's (EquivalenciaDR; TipoCambioDR in Pagos 1.0)."""
    before: Decimal | None
    after: Decimal | None
    partiality: int | None
    """The number of this payment among those of the invoice (NumParcialidad), from 1."""


@dataclass(frozen=True, slots=True)
class StatedPayment:
    """A payment (Pago): when, local to the place of issue, how, and what it pays. `amount` (Monto) is in `currency`
    (MonedaP), of which one unit is `rate` pesos (TipoCambioP)."""

    paid_at: datetime.datetime
    form: str
    reference: str | None
    currency: str
    rate: Decimal
    amount: Decimal
    documents: Sequence[PaidDocument]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cfdi:
    """A CFDI. `issued_at` has no offset: it is local to the postal code `place`. Totals are as stated, and hold."""

    version: str
    type: str
    uuid: UUID
    stamped_at: datetime.datetime | None
    """FechaTimbrado, the time of central Mexico without an offset; null where it is not stated."""
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
    relations: Sequence[Relation]
    period: GlobalPeriod | None
    payments: Sequence[StatedPayment]

    def related(self, *types: str) -> Sequence[UUID]:
        """The CFDIs that it refers to by one of the types of relation."""
        return [uuid for relation in self.relations if relation.type in types for uuid in relation.uuids]


class _Guarded(TreeBuilder):
    """Stops at what no CFDI has."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def doctype(self, *_: object) -> None:
        raise reject(CFDI_DOCTYPE)

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise reject(CFDI_NOT_XML, reason="anidado / nested")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse(content: bytes | str) -> Element:
    """The root element of the XML. Bytes are decoded as the XML declares; a text is already decoded."""
    encoding = None
    if isinstance(content, str):
        content, encoding = content.removeprefix("\ufeff").encode(errors="replace"), "utf-8"
    if len(content) > MOST_BYTES:
        raise reject(CFDI_TOO_LARGE, most=MOST_BYTES)
    try:
        parser = XMLParser(target=_Guarded(), encoding=encoding)  # noqa: S314  # guarded, as above
        parser.feed(content)
        return parser.close()
    except (ParseError, ValueError, LookupError) as error:
        # An encoding that expat does not know is asked of Python, which knows more of them than expat can take.
        raise reject(CFDI_NOT_XML, reason=_shown(str(error))) from None


def read_cfdi(content: bytes | str) -> Cfdi:
    """Everything that is taken over of a CFDI. Here, at once: what strangers sent is read by `read_apart`."""
    with localcontext(_PRECISION):
        return _read_root(parse(content))


def _read_root(root: Element) -> Cfdi:
    namespace, _, name = root.tag.rpartition("}")
    namespace = namespace.removeprefix("{")
    if namespace.startswith(_RETENTION):
        raise reject(CFDI_RETENTION)
    if name != "Comprobante" or namespace not in _CFDI:
        raise reject(CFDI_NOT_CFDI, root=_shown(root.tag))
    version = root.get("Version") or root.get("version") or ""
    if version != _CFDI[namespace]:
        raise reject(CFDI_VERSION, version=_shown(version))
    type_ = _text(root, "TipoDeComprobante")
    if type_ not in _TYPES:
        raise reject(CFDI_TYPE, type=_shown(type_))
    return _read_comprobante(root, f"{{{namespace}}}", version, type_)


def _read_comprobante(root: Element, cfdi: str, version: str, type_: str) -> Cfdi:
    stamp = root.find(f"{cfdi}Complemento/{_STAMP}")
    if stamp is None:
        raise reject(CFDI_NOT_STAMPED)
    receptor = _child(root, f"{cfdi}Receptor")
    payment = type_ == "P"
    currency = _currency(root, "Moneda")
    concepts = _several(root, f"{cfdi}Conceptos/{cfdi}Concepto", MOST_LINES)
    lines = [] if payment else [_line(concept, cfdi) for concept in concepts]
    local = list(_local_charges(root, cfdi))
    totals = Totals(*[Decimal("0.00")] * 4) if payment else _totals(root, cfdi, lines, local, currency)
    rate = _rate(root, "TipoCambio", currency)
    if totals.total * rate >= _MOST_TOTAL:
        raise _out_of_range("TipoCambio", format(rate, "f"), "0", format(_MOST_TOTAL / totals.total, ".6f"))
    return Cfdi(
        version=version,
        type=type_,
        uuid=_uuid(stamp, "UUID"),
        stamped_at=_instant(stamp, "FechaTimbrado") if stamp.get("FechaTimbrado") else None,
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
        exchange_rate=rate,
        payment_form=_optional(root, "FormaPago"),
        payment_method=_optional(root, "MetodoPago"),
        lines=lines,
        local=local,
        totals=totals,
        relations=_relations(root, cfdi),
        period=_period(root, cfdi),
        payments=list(_payments(root, cfdi)) if payment else (),
    )


# Relations


def _relations(root: Element, cfdi: str) -> list[Relation]:
    """Version 4.0 may state several; 3.3 states one."""
    _several(root, f"{cfdi}CfdiRelacionados/{cfdi}CfdiRelacionado", MOST_RELATED)
    return [
        Relation(_relation_type(each), [_uuid(one, "UUID") for one in each.findall(f"{cfdi}CfdiRelacionado")])
        for each in _several(root, f"{cfdi}CfdiRelacionados", MOST_RELATED)
    ]


def _relation_type(relation: Element) -> str:
    type_ = _text(relation, "TipoRelacion")
    if not _RELATION.fullmatch(type_):
        raise reject(CFDI_INCOMPLETE, name="TipoRelacion")
    return type_


def _period(root: Element, cfdi: str) -> GlobalPeriod | None:
    period = root.find(f"{cfdi}InformacionGlobal")
    if period is None:
        return None
    return GlobalPeriod(*(_text(period, name, 4) for name in ("Periodicidad", "Meses", "Año")))


# Lines and sums


def _line(concept: Element, cfdi: str) -> Drawn:
    quantity = _between(concept, "Cantidad", _LEAST_RATE, _MOST_AMOUNT)
    price = _number(concept, "ValorUnitario")
    amount, discount = _number(concept, "Importe"), _number(concept, "Descuento", Decimal(0))
    if not within_limits(amount, quantity, price, max(2, _decimals(amount))):
        raise _unequal("Importe", amount, rounded(quantity * price, 2))
    if discount > amount:
        raise _unequal("Descuento", discount, amount)
    charges = tuple(
        _charge(tax, kind)
        for kind, path in ((TaxKind.TRANSFERRED, "Traslados/{}Traslado"), (TaxKind.WITHHELD, "Retenciones/{}Retencion"))
        for tax in _several(concept, f"{cfdi}Impuestos/{cfdi}{path.format(cfdi)}", MOST_CHARGES)
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
        raise reject(CFDI_INCOMPLETE, name="TipoFactor")
    exempt = factor is TaxFactor.EXEMPT
    rate = None if exempt else rounded(_number(tax, "TasaOCuota"), 6)
    amount = Decimal(0) if exempt else _number(tax, "Importe")
    return Charge(
        Tax(kind, _text(tax, "Impuesto", 3), factor, rate), rounded(_number(tax, "Base"), 6), rounded(amount, 6)
    )


def _local_charges(root: Element, cfdi: str) -> Iterator[Charge]:
    """Taxes of states and municipalities (impuestos locales), which are of no line."""
    local = f"{cfdi}Complemento/{_LOCAL}ImpuestosLocales/{_LOCAL}"
    for kind, name, of, rate in (
        (TaxKind.TRANSFERRED, "TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado"),
        (TaxKind.WITHHELD, "RetencionesLocales", "ImpLocRetenido", "TasadeRetencion"),
    ):
        for tax in _several(root, local + name, MOST_CHARGES):
            percent = _number(tax, rate) / 100
            yield Charge(
                Tax(kind, _text(tax, of)[:100], TaxFactor.RATE, rounded(percent, 6)),
                None,
                rounded(_number(tax, "Importe"), 6),
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
    return Rejected(Problem(CFDI_TOTALS, values=values))


# Payments


def _payments(root: Element, cfdi: str) -> Iterator[StatedPayment]:
    for namespace in _PAYMENTS:
        tag = f"{{{namespace}}}"
        for payment in _several(root, f"{cfdi}Complemento/{tag}Pagos/{tag}Pago", MOST_RELATED):
            yield _payment(payment, tag)


def _payment(payment: Element, tag: str) -> StatedPayment:
    documents = _several(payment, f"{tag}DoctoRelacionado", MOST_RELATED)
    if not documents:
        raise reject(CFDI_INCOMPLETE, name="DoctoRelacionado")
    currency = _currency(payment, "MonedaP")
    amount = rounded(_between(payment, "Monto", _LEAST_PAID, _MOST_AMOUNT), 2)
    rate = _rate(payment, "TipoCambioP", currency)
    # In Pagos 1.0 what is paid may be left out where it is the whole payment.
    whole = amount if len(documents) == 1 and tag == f"{{{_PAYMENTS[0]}}}" else None
    return StatedPayment(
        _instant(payment, "FechaPago"),
        _text(payment, "FormaDePagoP"),
        _optional(payment, "NumOperacion"),
        currency,
        rate,
        amount,
        [_paid(each, currency, rate, whole) for each in documents],
    )


def _paid(document: Element, currency: str, rate: Decimal, whole: Decimal | None) -> PaidDocument:
    own = _optional(document, "MonedaDR")
    foreign = own not in (None, currency)
    partiality = _optional(document, "NumParcialidad", 10)
    if partiality is not None and not (partiality.isascii() and partiality.isdigit()):
        raise reject(CFDI_INCOMPLETE, name="NumParcialidad")
    return PaidDocument(
        _uuid(document, "IdDocumento"),
        own,
        rounded(_between(document, "ImpPagado", _LEAST_PAID, _MOST_AMOUNT, None if foreign else whole), 2),
        _equivalence(document, own, rate) if foreign else Decimal(1),
        _balance(document, "ImpSaldoAnt"),
        _balance(document, "ImpSaldoInsoluto"),
        int(partiality) if partiality else None,
    )


def _equivalence(document: Element, currency: str | None, rate: Decimal) -> Decimal:
    name = "EquivalenciaDR" if document.get("EquivalenciaDR") else "TipoCambioDR"
    stated = _between(document, name, _LEAST_EQUIVALENCE, _MOST_RATE)
    # Pagos 1.0 has it as 1 where a foreign currency pays an invoice in pesos (its guide).
    return rate if name == "TipoCambioDR" and currency == _PESO and stated == 1 else stated


def _balance(document: Element, name: str) -> Decimal | None:
    return rounded(_number(document, name), 2) if document.get(name) else None


# Attributes


def _child(parent: Element, tag: str) -> Element:
    child = parent.find(tag)
    if child is None:
        raise reject(CFDI_INCOMPLETE, name=tag.rpartition("}")[2])
    return child


def _several(parent: Element, path: str, most: int) -> list[Element]:
    elements = parent.findall(path)
    if len(elements) > most:
        values = {"name": path.rpartition("}")[2], "count": len(elements), "most": most}
        raise Rejected(Problem(CFDI_TOO_MANY, values=values))
    return elements


def _shown(text: str) -> str:
    """A value as a message shows it, which may be anything."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _optional(element: Element, name: str, most: int = 300) -> str | None:
    text = element.get(name) or ""
    line = single_line(text) if len(text) <= _MOST_ATTRIBUTE else text
    if len(line) > most:
        raise reject(CFDI_INCOMPLETE, name=name)
    return line or None


def _text(element: Element, name: str, most: int = 300) -> str:
    text = _optional(element, name, most)
    if text is None:
        raise reject(CFDI_INCOMPLETE, name=name)
    return text


def _number(element: Element, name: str, default: Decimal | None = None) -> Decimal:
    text = _optional(element, name)
    if text is None and default is not None:
        return default
    if text is None or not _NUMBER.fullmatch(text):
        raise reject(CFDI_INCOMPLETE, name=name)
    value = Decimal(text)
    if value >= _MOST_AMOUNT:
        raise _out_of_range(name, text, "0", format(_MOST_AMOUNT - 1, "f"))
    return value


def _between(element: Element, name: str, least: Decimal, most: Decimal, default: Decimal | None = None) -> Decimal:
    value = _number(element, name, default)
    if not least <= value <= most:
        raise _out_of_range(name, format(value, "f"), format(least, "f"), format(most, "f"))
    return value


def _currency(element: Element, name: str) -> str:
    currency = _text(element, name)
    if currency not in CURRENCIES:
        raise reject(CFDI_INCOMPLETE, name=name)
    return currency


def _rate(element: Element, name: str, currency: str) -> Decimal:
    """Pesos for one unit of the currency. Without one a foreign currency is not taken, and the peso's own is 1 (the
    SAT's matrix of errors of 3.3, CFDI33113 to CFDI33115). XXX, of a payment, has none."""
    default = Decimal(1) if currency in (_PESO, _NO_CURRENCY) else None
    if default is None and not element.get(name):
        raise reject(CFDI_RATE_REQUIRED, name=name, currency=currency)
    rate = rounded(_between(element, name, _LEAST_RATE, _MOST_RATE, default), 6)
    if currency == _PESO and rate != 1:
        raise _out_of_range(name, format(rate, "f"), "1", "1")
    return rate


def _out_of_range(name: str, value: str, least: str, most: str) -> Rejected:
    return reject(CFDI_OUT_OF_RANGE, name=name, value=value, least=least, most=most)


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _instant(element: Element, name: str) -> datetime.datetime:
    """An instant of the past; where it was stated it may be a day later than here."""
    text = _text(element, name)
    try:
        when = datetime.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise reject(CFDI_INCOMPLETE, name=name) from None
    last = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    if not FIRST_DAY <= when.date() <= last:
        raise _out_of_range(name, text, FIRST_DAY.isoformat(), last.isoformat())
    return when


def _uuid(element: Element, name: str) -> UUID:
    try:
        return UUID(_text(element, name))
    except ValueError:
        raise reject(CFDI_INCOMPLETE, name=name) from None


# In a child process


async def read_in_child(readers: Readers, reader: Reader, data: bytes, company_id: UUID) -> Any:
    """The value of the `outcome_of` that the reader returns for the XML. Raises `Rejected`, and what `Readers.read`
    raises."""
    with TemporaryFile() as opened:
        file = cast("BinaryIO", opened)
        file.write(data)
        file.flush()
        try:
            outcome = await readers.read(reader, file, company_id)
        except UnreadableError as error:
            raise reject(CFDI_NOT_XML, reason=str(error)) from None
    if problems := outcome.get("problems"):
        raise Rejected(*(Problem(problem_codes()[each["code"]], values=each["values"]) for each in problems))
    return outcome["value"]


def outcome_of(read: Callable[[], Any]) -> Any:
    """What `read` returns or refuses, as JSON: `{"value": …}` or `{"problems": …}`."""
    try:
        result = {"value": read()}
    except Rejected as rejected:
        result = {"problems": [{"code": problem.code.name, "values": problem.values} for problem in rejected.problems]}
    return orjson.loads(orjson.dumps(result, default=str))


async def read_apart(readers: Readers, content: bytes | str, company_id: UUID) -> Cfdi:
    """`read_cfdi` in a child process, for untrusted content of the company. Raises `Rejected`, and what
    `Readers.read` raises."""
    data = content if isinstance(content, bytes) else content.encode(errors="replace")
    if len(data) > MOST_BYTES:
        raise reject(CFDI_TOO_LARGE, most=MOST_BYTES)
    dumped = await read_in_child(readers, _BYTES if isinstance(content, bytes) else _TEXT, data, company_id)
    # Building a CFDI of thousands of lines takes a while: in a thread, so that other requests do not wait.
    return await asyncio.to_thread(_loaded, dumped)


_BYTES: Final = Reader("domain.cfdi:read_bytes", 1 << 22)
_TEXT: Final = Reader("domain.cfdi:read_text", 1 << 22)


def read_bytes(file: BinaryIO) -> Any:
    """The `outcome_of` a CFDI, for `storage.reading`. The encoding is the one that the XML declares."""
    return _dumped(file.read(MOST_BYTES + 1))


def read_text(file: BinaryIO) -> Any:
    """The same for content that came as text, whose encoding is UTF-8 whatever it declares."""
    return _dumped(file.read(MOST_BYTES + 1).decode())


def _dumped(content: bytes | str) -> Any:
    return outcome_of(lambda: read_cfdi(content))


def _loaded(cfdi: dict[str, Any]) -> Cfdi:
    values: dict[str, Any] = {
        "uuid": UUID(cfdi["uuid"]),
        "stamped_at": cfdi["stamped_at"] and datetime.datetime.fromisoformat(cfdi["stamped_at"]),
        "issued_at": datetime.datetime.fromisoformat(cfdi["issued_at"]),
        "receptor": StatedReceptor(**cfdi["receptor"]),
        "exchange_rate": Decimal(cfdi["exchange_rate"]),
        "lines": [_line_loaded(each) for each in cfdi["lines"]],
        "local": [_charge_loaded(each) for each in cfdi["local"]],
        "totals": Totals(**{name: Decimal(value) for name, value in cfdi["totals"].items()}),
        "relations": [_relation_loaded(each) for each in cfdi["relations"]],
        "period": cfdi["period"] and GlobalPeriod(**cfdi["period"]),
        "payments": [_payment_loaded(each) for each in cfdi["payments"]],
    }
    return Cfdi(**cfdi | values)


def _line_loaded(drawn: Mapping[str, Any]) -> Drawn:
    values, line = drawn["values"], drawn["line"]
    numbers = {name: Decimal(values[name]) for name in ("quantity", "unit_price")}
    charges = tuple(_charge_loaded(each) for each in line["charges"])
    return Drawn(values | numbers, Line(Decimal(line["amount"]), Decimal(line["discount"]), charges))


def _charge_loaded(charge: Mapping[str, Any]) -> Charge:
    base = charge["base"]
    return Charge(Tax.of(charge["tax"]), None if base is None else Decimal(base), Decimal(charge["amount"]))


def _relation_loaded(relation: Mapping[str, Any]) -> Relation:
    return Relation(relation["type"], [UUID(each) for each in relation["uuids"]])


def _payment_loaded(payment: Mapping[str, Any]) -> StatedPayment:
    values: dict[str, Any] = {
        "paid_at": datetime.datetime.fromisoformat(payment["paid_at"]),
        "rate": Decimal(payment["rate"]),
        "amount": Decimal(payment["amount"]),
        "documents": [_paid_loaded(each) for each in payment["documents"]],
    }
    return StatedPayment(**{**payment, **values})


def _paid_loaded(document: Mapping[str, Any]) -> PaidDocument:
    values: dict[str, Any] = {
        "uuid": UUID(document["uuid"]),
        "amount": Decimal(document["amount"]),
        "equivalence": Decimal(document["equivalence"]),
    }
    values |= {name: document[name] and Decimal(document[name]) for name in ("before", "after")}
    return PaidDocument(**{**document, **values})
