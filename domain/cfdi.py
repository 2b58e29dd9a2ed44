"""Reads a CFDI that was issued elsewhere: in a child process, because its content is untrusted, and strictly, because
it becomes a debt.

Versions 3.3 and 4.0, of type I (income), E (credit) and P (payment), and 3.2 (`domain.cfdi32`). Source: SAT's Anexo 20,
cfdv33.xsd, cfdv40.xsd, Pagos10.xsd, Pagos20.xsd, TimbreFiscalDigitalv11.xsd, implocal.xsd. What cannot be taken is
`Rejected` with its reason; what was skipped or repaired is in `Cfdi.repairs`.
"""

import asyncio
import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal, localcontext
from itertools import islice
from typing import Any, BinaryIO, Final
from uuid import UUID
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

import orjson

from domain.cfdi32 import in_words_of_33
from domain.cfdi_attributes import (
    CFDI_INCOMPLETE,
    LEAST_RATE,
    MOST_RATE,
    PESO,
    SAT_ZONE,
    child_of,
    children_of,
    decimals_in,
    number_between,
    optional_text,
    out_of_range,
    read_currency,
    read_date_time,
    read_number,
    read_rate,
    read_uuid,
    required_text,
)
from domain.cfdi_seal import Seal, Stamp, seal_of
from domain.cfdi_xml import CFDI_TOO_LARGE, MOST_BYTES, XML_UNREADABLE, Remark, parse, shortened
from domain.problem import Problem, Rejected, error, problem_codes, reject
from domain.rfc import Rfc
from domain.sales_document import Drawn
from domain.taxes import (
    MOST_AMOUNT,
    MOST_TOTAL,
    Charge,
    Line,
    Tax,
    Totals,
    decimals_of,
    rounded,
    totals_of,
    within_limits,
)
from models.catalogs import NO_CURRENCY, POSTAL_CODES
from models.sales_document import CfdiFinding, TaxFactor, TaxKind
from storage.reading import Reader, Readers, UnreadableError

CFDI_NOT_CFDI: Final = error("El XML no es un CFDI: su raíz es {root}.", "The XML is not a CFDI: its root is {root}.")
CFDI_RETENTION: Final = error(
    "Es una constancia de retenciones, no un CFDI de ingreso, egreso o pago.",
    "It is a certificate of retentions, not a CFDI of income, credit or payment.",
)
CFDI_ACUSE: Final = error(
    "Es el acuse de una cancelación, no un CFDI: repórtelo con reportCancellation en el documento que cancela.",
    "It is the acknowledgement of a cancellation, not a CFDI: report it by reportCancellation on the document that it"
    " cancels.",
)
CFDI_VERSION: Final = error(
    "La versión {version} no se admite: solo 3.2, 3.3 y 4.0.",
    "Version {version} is not accepted: only 3.2, 3.3 and 4.0.",
)
CFDI_TYPE: Final = error(
    "El tipo de comprobante {type} no se admite: solo I, E y P.",
    "A CFDI of type {type} is not accepted: only I, E and P.",
)
CFDI_NOT_STAMPED: Final = error("El CFDI no tiene timbre fiscal.", "The CFDI has no fiscal stamp.")
CFDI_TOTALS: Final = error(
    "Las sumas no cuadran: {name} dice {stated} y debería ser {computed}.",
    "The totals do not add up: {name} says {stated} and should be {computed}.",
)


MOST_LINES: Final = 5_000
MOST_RELATED: Final = 1_000
"""CFDIs that one refers to, or pays."""
MOST_CHARGES: Final = 50
"""Taxes of a line, or local ones."""

_LEAST_EQUIVALENCE: Final = Decimal("0.0000000001")
"""EquivalenciaDR has up to 10 decimals."""
_LEAST_PAID: Final = Decimal("0.005")
_RELATION: Final = re.compile(r"[0-9]{2}")
_PRECISION: Final = Context(prec=60)
"""Of a product of two values, each with all its decimals."""

_CFDI: Final = {"http://www.sat.gob.mx/cfd/3": ("3.2", "3.3"), "http://www.sat.gob.mx/cfd/4": ("4.0",)}
_PAYMENTS: Final = ("http://www.sat.gob.mx/Pagos", "http://www.sat.gob.mx/Pagos20")
_STAMP: Final = "{http://www.sat.gob.mx/TimbreFiscalDigital}TimbreFiscalDigital"
_LOCAL: Final = "{http://www.sat.gob.mx/implocal}"
_RETENTION: Final = "http://www.sat.gob.mx/esquemas/retencionpago/"
_TYPES: Final = ("I", "E", "P")
_ACUSE: Final = ("Acuse", "CancelaCFDResult")
_ENVELOPE: Final = 6
"""Elements within which an acuse is, where it comes in the envelope of the SAT's web service."""


UNSEALED: Final = Seal((CfdiFinding.XML_MISSING,), None, None)


@dataclass(frozen=True, slots=True)
class StatedReceptor:
    """The receptor as the CFDI names it; versions before 4.0 state neither postal code nor regime. A foreigner's
    `tax_residence` (ResidenciaFiscal) is a country, `tax_id` (NumRegIdTrib) its registration there."""

    rfc: str
    name: str | None
    postal_code: str | None
    tax_regime: str | None
    cfdi_use: str | None
    tax_residence: str | None
    tax_id: str | None


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
    """A CFDI. `issued_at` has no offset: it is local to the postal code `place`. Totals are as stated, and hold.

    Of version 3.2 `payment_method` is PUE for one exhibition and PPD for partialities, `payment_form` is its means of
    payment where that is known, and taxes are `local`.
    """

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
    seal: Seal = UNSEALED
    repairs: Sequence[Remark] = ()

    def related(self, *types: str) -> Sequence[UUID]:
        """The CFDIs that it refers to by one of the types of relation."""
        return [uuid for relation in self.relations if relation.type in types for uuid in relation.uuids]


def read_cfdi(content: bytes | str) -> Cfdi:
    """Everything that is taken over of a CFDI. Here, at once: what strangers sent is read by `read_apart`."""
    with localcontext(_PRECISION):
        parsed = parse(content)
        return _read_root(parsed.root, parsed.repairs)


def _read_root(root: Element, repairs: Sequence[Remark]) -> Cfdi:
    namespace, _, name = root.tag.rpartition("}")
    namespace = namespace.removeprefix("{")
    if namespace.startswith(_RETENTION):
        raise reject(CFDI_RETENTION)
    if any(each.tag.rpartition("}")[2] in _ACUSE for each in islice(root.iter(), _ENVELOPE)):
        raise reject(CFDI_ACUSE)
    if name != "Comprobante" or namespace not in _CFDI:
        raise reject(CFDI_NOT_CFDI, root=shortened(root.tag))
    version = root.get("Version") or root.get("version") or ""
    if version not in _CFDI[namespace]:
        raise reject(CFDI_VERSION, version=shortened(version))
    cfdi = f"{{{namespace}}}"
    stamp = root.find(f"{cfdi}Complemento/{_STAMP}")
    if version == "3.2" and stamp is None:
        raise reject(CFDI_NOT_STAMPED)
    comprobante = in_words_of_33(root, cfdi, MOST_LINES) if version == "3.2" else root
    type_ = required_text(comprobante, "TipoDeComprobante")
    if type_ not in _TYPES:
        raise reject(CFDI_TYPE, type=shortened(type_))
    if stamp is None:
        raise reject(CFDI_NOT_STAMPED)
    read = _read_comprobante(comprobante, cfdi, version, type_, stamp)
    instant = read.issued_at.replace(tzinfo=zone_of(read.place) or SAT_ZONE)
    seal = seal_of(root, stamp, version, plain_rfc(read.issuer_rfc), instant)
    return replace(read, seal=seal, repairs=repairs)


def zone_of(postal_code: str | None) -> ZoneInfo | None:
    """The time zone of the postal code, where the SAT's catalog has it."""
    place = POSTAL_CODES.get(postal_code or "")
    return ZoneInfo(place.time_zone) if place else None


def plain_rfc(text: str) -> str:
    """The RFC as it should be written, where it is one; samples exist with spaces in it."""
    try:
        return Rfc.parse(text).value
    except Rejected:
        return text


def _read_comprobante(root: Element, cfdi: str, version: str, type_: str, stamp: Element) -> Cfdi:
    receptor = child_of(root, f"{cfdi}Receptor")
    payment = type_ == "P"
    currency = NO_CURRENCY if payment else read_currency(root, "Moneda")
    concepts = children_of(root, f"{cfdi}Conceptos/{cfdi}Concepto", MOST_LINES)
    lines = [] if payment else [_line(concept, cfdi) for concept in concepts]
    local = list(_local_charges(root, cfdi))
    totals = Totals(*[Decimal("0.00")] * 4) if payment else _totals(root, cfdi, lines, local, currency)
    rate = read_rate(root, "TipoCambio", currency)
    if totals.total * rate >= MOST_TOTAL:
        raise out_of_range("TipoCambio", format(rate, "f"), "0", format(MOST_TOTAL / totals.total, ".6f"))
    return Cfdi(
        version=version,
        type=type_,
        uuid=read_uuid(stamp, "UUID"),
        stamped_at=read_date_time(stamp, "FechaTimbrado") if stamp.get("FechaTimbrado") else None,
        series=optional_text(root, "Serie", 25),
        folio=optional_text(root, "Folio", 40),
        issued_at=read_date_time(root, "Fecha"),
        place=required_text(root, "LugarExpedicion"),
        issuer_rfc=required_text(child_of(root, f"{cfdi}Emisor"), "Rfc"),
        receptor=StatedReceptor(
            required_text(receptor, "Rfc"),
            optional_text(receptor, "Nombre"),
            optional_text(receptor, "DomicilioFiscalReceptor"),
            optional_text(receptor, "RegimenFiscalReceptor"),
            optional_text(receptor, "UsoCFDI"),
            optional_text(receptor, "ResidenciaFiscal"),
            optional_text(receptor, "NumRegIdTrib", 40),
        ),
        currency=currency,
        exchange_rate=rate,
        payment_form=optional_text(root, "FormaPago"),
        payment_method=optional_text(root, "MetodoPago"),
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
    children_of(root, f"{cfdi}CfdiRelacionados/{cfdi}CfdiRelacionado", MOST_RELATED)
    return [
        Relation(_relation_type(each), [read_uuid(one, "UUID") for one in each.findall(f"{cfdi}CfdiRelacionado")])
        for each in children_of(root, f"{cfdi}CfdiRelacionados", MOST_RELATED)
    ]


def _relation_type(relation: Element) -> str:
    type_ = required_text(relation, "TipoRelacion")
    if not _RELATION.fullmatch(type_):
        raise reject(CFDI_INCOMPLETE, name="TipoRelacion")
    return type_


def _period(root: Element, cfdi: str) -> GlobalPeriod | None:
    period = root.find(f"{cfdi}InformacionGlobal")
    if period is None:
        return None
    return GlobalPeriod(*(required_text(period, name, 4) for name in ("Periodicidad", "Meses", "Año")))


# Lines and sums


def _line(concept: Element, cfdi: str) -> Drawn:
    quantity = number_between(concept, "Cantidad", LEAST_RATE, MOST_AMOUNT)
    price = read_number(concept, "ValorUnitario")
    amount, discount = read_number(concept, "Importe"), read_number(concept, "Descuento", Decimal(0))
    if not within_limits(amount, quantity, price, max(2, decimals_in(amount))):
        raise _unequal("Importe", amount, rounded(quantity * price, 2))
    if discount > amount:
        raise _unequal("Descuento", discount, amount)
    charges = tuple(
        _charge(tax, kind)
        for kind, path in ((TaxKind.TRANSFERRED, "Traslados/{}Traslado"), (TaxKind.WITHHELD, "Retenciones/{}Retencion"))
        for tax in children_of(concept, f"{cfdi}Impuestos/{cfdi}{path.format(cfdi)}", MOST_CHARGES)
    )
    values = {
        "sku": optional_text(concept, "NoIdentificacion", 100),
        "description": required_text(concept, "Descripcion", 1000),
        "product_code": required_text(concept, "ClaveProdServ"),
        "unit_code": required_text(concept, "ClaveUnidad"),
        "quantity": rounded(quantity, 6),
        "unit_price": rounded(price, 6),
        # Version 3.3 does not state it.
        "tax_object": optional_text(concept, "ObjetoImp") or ("02" if charges else "01"),
    }
    return Drawn(values, Line(rounded(amount, 6), rounded(discount, 6), charges))


_FACTORS: Final = {"Tasa": TaxFactor.RATE, "Cuota": TaxFactor.QUOTA, "Exento": TaxFactor.EXEMPT}


def _charge(tax: Element, kind: TaxKind) -> Charge:
    factor = _FACTORS.get(required_text(tax, "TipoFactor"))
    if factor is None:
        raise reject(CFDI_INCOMPLETE, name="TipoFactor")
    exempt = factor is TaxFactor.EXEMPT
    rate = None if exempt else rounded(read_number(tax, "TasaOCuota"), 6)
    amount = Decimal(0) if exempt else read_number(tax, "Importe")
    return Charge(
        Tax(kind, required_text(tax, "Impuesto", 3), factor, rate),
        rounded(read_number(tax, "Base"), 6),
        rounded(amount, 6),
    )


def _local_charges(root: Element, cfdi: str) -> Iterator[Charge]:
    """Taxes of states and municipalities (impuestos locales), which are of no line."""
    local = f"{cfdi}Complemento/{_LOCAL}ImpuestosLocales/{_LOCAL}"
    for kind, name, of, rate in (
        (TaxKind.TRANSFERRED, "TrasladosLocales", "ImpLocTrasladado", "TasadeTraslado"),
        (TaxKind.WITHHELD, "RetencionesLocales", "ImpLocRetenido", "TasadeRetencion"),
    ):
        for tax in children_of(root, local + name, MOST_CHARGES):
            percent = read_number(tax, rate) / 100
            yield Charge(
                Tax(kind, required_text(tax, of)[:100], TaxFactor.RATE, rounded(percent, 6)),
                None,
                rounded(read_number(tax, "Importe"), 6),
            )


def _totals(root: Element, cfdi: str, lines: Sequence[Drawn], local: Sequence[Charge], currency: str) -> Totals:
    """The sums as stated, which have to be those of the lines: to the cent, or as many cents as parts were rounded."""
    computed = totals_of([one.line for one in lines], currency, local)
    taxes = root.find(f"{cfdi}Impuestos")

    def stated(name: str, kind: TaxKind) -> Decimal:
        of_lines = read_number(taxes, name, Decimal(0)) if taxes is not None else Decimal(0)
        return rounded(of_lines + sum((c.amount for c in local if c.tax.kind is kind), Decimal(0)), 2)

    totals = Totals(
        rounded(read_number(root, "SubTotal"), 2),
        rounded(read_number(root, "Descuento", Decimal(0)), 2),
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
    total = read_number(root, "Total")
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
        for payment in children_of(root, f"{cfdi}Complemento/{tag}Pagos/{tag}Pago", MOST_RELATED):
            yield _payment(payment, tag)


def _payment(payment: Element, tag: str) -> StatedPayment:
    documents = children_of(payment, f"{tag}DoctoRelacionado", MOST_RELATED)
    if not documents:
        raise reject(CFDI_INCOMPLETE, name="DoctoRelacionado")
    currency = read_currency(payment, "MonedaP")
    amount = rounded(number_between(payment, "Monto", _LEAST_PAID, MOST_AMOUNT), 2)
    rate = read_rate(payment, "TipoCambioP", currency)
    if amount * rate >= MOST_TOTAL:
        raise out_of_range("TipoCambioP", format(rate, "f"), "0", format(MOST_TOTAL / amount, ".6f"))
    # In Pagos 1.0 what is paid may be left out where it is the whole payment.
    whole = amount if len(documents) == 1 and tag == f"{{{_PAYMENTS[0]}}}" else None
    return StatedPayment(
        # Where the hour is not known it is noon (the guide to Pagos), which may be later than now.
        read_date_time(payment, "FechaPago", whole_day=True),
        required_text(payment, "FormaDePagoP"),
        optional_text(payment, "NumOperacion"),
        currency,
        rate,
        amount,
        [_paid(each, currency, rate, whole) for each in documents],
    )


def _paid(document: Element, currency: str, rate: Decimal, whole: Decimal | None) -> PaidDocument:
    own = optional_text(document, "MonedaDR")
    foreign = own not in (None, currency)
    partiality = optional_text(document, "NumParcialidad", 10)
    if partiality is not None and not (partiality.isascii() and partiality.isdigit()):
        raise reject(CFDI_INCOMPLETE, name="NumParcialidad")
    return PaidDocument(
        read_uuid(document, "IdDocumento"),
        own,
        rounded(number_between(document, "ImpPagado", _LEAST_PAID, MOST_AMOUNT, None if foreign else whole), 2),
        _equivalence(document, own, rate) if foreign else Decimal(1),
        _balance(document, "ImpSaldoAnt"),
        _balance(document, "ImpSaldoInsoluto"),
        int(partiality) if partiality else None,
    )


def _equivalence(document: Element, currency: str | None, rate: Decimal) -> Decimal:
    name = "EquivalenciaDR" if document.get("EquivalenciaDR") else "TipoCambioDR"
    stated = number_between(document, name, _LEAST_EQUIVALENCE, MOST_RATE)
    # Pagos 1.0 has it as 1 where a foreign currency pays an invoice in pesos (its guide).
    return rate if name == "TipoCambioDR" and currency == PESO and stated == 1 else stated


def _balance(document: Element, name: str) -> Decimal | None:
    return rounded(read_number(document, name), 2) if document.get(name) else None


# In a child process


async def read_in_child(readers: Readers, reader: Reader, data: bytes, company_id: UUID) -> Any:
    """The value of the `outcome_of` that the reader returns for the XML. Raises `Rejected`, and what `Readers.read`
    raises."""
    try:
        outcome = await readers.read_content(reader, data, company_id)
    except UnreadableError:
        raise reject(XML_UNREADABLE) from None
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
        "seal": _seal_loaded(cfdi["seal"]),
        "repairs": [Remark(**each) for each in cfdi["repairs"]],
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


def _seal_loaded(seal: Mapping[str, Any]) -> Seal:
    stamp = seal["stamp"] and Stamp(**seal["stamp"])
    return Seal([CfdiFinding(each) for each in seal["findings"]], seal["certificate"], stamp)
