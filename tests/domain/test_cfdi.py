"""What a CFDI says, and everything that is no CFDI, each with its own answer."""

import datetime
import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from domain.cfdi import GlobalPeriod, read_cfdi
from domain.cfdi_attributes import SAT_ZONE
from domain.cfdi_xml import MOST_BYTES
from domain.problem import Rejected
from tests.cfdi import LINE, cfdi, payment

UUID = "CEE4BE01-ADFA-4DEB-8421-ADD60F0BEDAC"

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol0 "lol">'
    + "".join(f'<!ENTITY lol{n} "' + f"&lol{n - 1};" * 10 + '">' for n in range(1, 10))
    + "]><cfdi:Comprobante>&lol9;</cfdi:Comprobante>"
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
RETENTION = '<r:Retenciones xmlns:r="http://www.sat.gob.mx/esquemas/retencionpago/2" Version="2.0"/>'
SOAP = 'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
ACUSE = '<CancelaCFDResponse><CancelaCFDResult xmlns="http://cancelacfd.sat.gob.mx"/></CancelaCFDResponse>'
OLD = '<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/3" version="3.2" tipoDeComprobante="ingreso"/>'


def soon(**much: int) -> str:
    """A time of the future in the zone of central Mexico."""
    return f"{datetime.datetime.now(SAT_ZONE) + datetime.timedelta(**much):%Y-%m-%dT%H:%M:%S}"


@pytest.mark.claims(
    "docs/sales.md",
    "Refused are more than 5 MiB, a DOCTYPE (and with it every entity), more than 50 levels, other roots,"
    " retentions, other versions and types, a CFDI without stamp, and sums that do not hold.",
)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(LAUGHS, "CFDI_DOCTYPE", id="billion laughs"),
        pytest.param(EXTERNAL, "CFDI_DOCTYPE", id="external entity"),
        pytest.param(cfdi(head="<!DOCTYPE x>"), "CFDI_DOCTYPE", id="doctype alone"),
        pytest.param(b" " * (MOST_BYTES + 1), "CFDI_TOO_LARGE", id="too large"),
        pytest.param(RETENTION, "CFDI_RETENTION", id="retention"),
        pytest.param("<a/>", "CFDI_NOT_CFDI", id="other root"),
        pytest.param('<Acuse Fecha="2026-03-12T10:00:00" RfcEmisor="X"/>', "CFDI_ACUSE", id="acuse"),
        pytest.param(f"<s:Envelope {SOAP}><s:Body>{ACUSE}</s:Body></s:Envelope>", "CFDI_ACUSE", id="acuse in SOAP"),
        pytest.param('<Comprobante Version="4.0"/>', "CFDI_NOT_CFDI", id="without namespace"),
        pytest.param(OLD, "CFDI_NOT_STAMPED", id="3.2 without stamp"),
        pytest.param(OLD.replace("3.2", "3.0"), "CFDI_VERSION", id="3.0"),
        pytest.param(cfdi(Version="3.3"), "CFDI_VERSION", id="version of another namespace"),
        pytest.param(cfdi(TipoDeComprobante="N"), "CFDI_TYPE", id="payroll"),
        pytest.param(cfdi(TipoDeComprobante="T"), "CFDI_TYPE", id="transfer"),
        pytest.param(cfdi(uuid=None), "CFDI_NOT_STAMPED", id="no stamp"),
        pytest.param(cfdi(uuid="no"), "CFDI_INCOMPLETE", id="no uuid"),
        pytest.param(cfdi(Fecha="ayer"), "CFDI_INCOMPLETE", id="no date"),
        pytest.param(cfdi(Total="1e3"), "CFDI_INCOMPLETE", id="no number"),
        pytest.param(cfdi(Total="NaN"), "CFDI_INCOMPLETE", id="not a number"),
        pytest.param(cfdi(Total="-1160.00"), "CFDI_INCOMPLETE", id="negative"),
        pytest.param(cfdi(Total="1160.01"), "CFDI_TOTALS", id="total"),
        pytest.param(cfdi(SubTotal="1000.02", Total="1160.02"), "CFDI_TOTALS", id="subtotal"),
        pytest.param(cfdi(lines=LINE.replace('Cantidad="2"', 'Cantidad="5"')), "CFDI_TOTALS", id="line"),
        pytest.param(cfdi(Moneda="PTS"), "CFDI_INCOMPLETE", id="no currency"),
        pytest.param(cfdi(TipoCambio="0"), "CFDI_OUT_OF_RANGE", id="no exchange rate"),
        pytest.param(cfdi(TipoCambio="0.0000001"), "CFDI_OUT_OF_RANGE", id="exchange rate of nothing"),
        pytest.param(cfdi(TipoCambio="1000000001"), "CFDI_OUT_OF_RANGE", id="exchange rate of everything"),
        pytest.param(cfdi(Fecha="9999-12-31T23:59:59"), "CFDI_OUT_OF_RANGE", id="the last day"),
        pytest.param(cfdi(Fecha="0001-01-01T00:00:00"), "CFDI_OUT_OF_RANGE", id="the first day"),
        pytest.param(cfdi(Fecha="2010-12-31T23:59:59"), "CFDI_OUT_OF_RANGE", id="before there were any"),
        pytest.param(cfdi(Fecha=soon(days=1)), "CFDI_OUT_OF_RANGE", id="a day ahead"),
        pytest.param(cfdi(Fecha=soon(days=2)), "CFDI_OUT_OF_RANGE", id="two days ahead"),
        pytest.param(cfdi(Fecha="2026-03-10"), "CFDI_INCOMPLETE", id="a day alone"),
        pytest.param(cfdi(Fecha="20260310T10"), "CFDI_INCOMPLETE", id="basic form"),
        pytest.param(cfdi(Fecha="2026-03-10 10:00:00"), "CFDI_INCOMPLETE", id="with a space"),
        pytest.param(cfdi(Fecha="2026-03-10T10:00:00Z"), "CFDI_INCOMPLETE", id="with a zone"),
        pytest.param(cfdi(Fecha="2026-03-10T10:00:00.5"), "CFDI_INCOMPLETE", id="with a fraction"),
        pytest.param(cfdi(Fecha="2026-03-10T10:00"), "CFDI_INCOMPLETE", id="without seconds"),
        pytest.param(cfdi(Fecha="2026-02-30T10:00:00"), "CFDI_INCOMPLETE", id="no such day"),
        pytest.param(payment((UUID, "1.00"), at="2026-03-12"), "CFDI_INCOMPLETE", id="a day of payment alone"),
        pytest.param(payment((UUID, "1.00"), at=soon(days=2)), "CFDI_OUT_OF_RANGE", id="paid the day after tomorrow"),
        pytest.param(cfdi(Total="9" * 18), "CFDI_OUT_OF_RANGE", id="more than the record holds"),
        pytest.param(cfdi(lines=LINE * 5_001), "CFDI_TOO_MANY", id="too many lines"),
        pytest.param(cfdi(related=[UUID] * 1_001), "CFDI_TOO_MANY", id="too many related"),
        pytest.param(
            cfdi(head='<?xml version="1.0" encoding="Shift_JIS"?>').encode("shift_jis"), "CFDI_NOT_XML", id="Shift_JIS"
        ),
        pytest.param(cfdi(head='<?xml version="1.0" encoding="utf-7"?>').encode(), "CFDI_NOT_XML", id="UTF-7"),
        pytest.param(
            cfdi(head='<?xml version="1.0" encoding="rot13"?>').encode(), "CFDI_NOT_XML", id="no encoding of text"
        ),
        pytest.param("<a>\ud800</a>", "CFDI_NOT_CFDI", id="half of a pair"),
        pytest.param(cfdi(Serie="A" * 26), "CFDI_INCOMPLETE", id="series too long"),
        pytest.param(cfdi(lines=LINE.replace("Silla", "S" * 1001)), "CFDI_INCOMPLETE", id="description too long"),
        pytest.param("", "CFDI_NOT_XML", id="empty"),
        pytest.param("%PDF-1.7", "CFDI_NOT_XML", id="PDF"),
        pytest.param("<a>" * 100_000, "CFDI_NOT_XML", id="depth"),
        pytest.param(cfdi()[:-5], "CFDI_NOT_XML", id="cut off"),
        pytest.param(b"\x00\xff\xfe", "CFDI_NOT_XML", id="binary"),
        pytest.param(b'<?xml version="1.0" encoding="ebcdic-xx"?><a/>', "CFDI_NOT_XML", id="unknown encoding"),
    ],
)
def test_what_is_no_cfdi_is_told_why(content: Any, code: str) -> None:
    with pytest.raises(Rejected) as rejected:
        read_cfdi(content)
    assert [problem.code.name for problem in rejected.value.problems] == [code]


@pytest.mark.parametrize("version", ["3.3", "4.0"])
def test_an_invoice_is_read(version: str) -> None:
    found = read_cfdi(cfdi(version=version, uuid=UUID))
    assert (found.type, str(found.uuid).upper(), found.series, found.folio) == ("I", UUID, "A", "77")
    assert found.issued_at == datetime.datetime(2026, 3, 10, 23, 30)  # noqa: DTZ001  # as it is stated
    assert (found.place, found.currency, found.exchange_rate) == ("06000", "MXN", Decimal(1))
    assert (found.receptor.rfc, found.receptor.name) == ("EKU9003173C9", "ESCUELA KEMPER URGATE")
    [line] = found.lines
    assert (line.values["description"], line.values["sku"]) == ("Silla & mesa", "SILLA")
    assert (line.line.amount, line.line.tax) == (Decimal("1000.000000"), Decimal("160.000000"))
    assert (found.totals.subtotal, found.totals.tax, found.totals.total) == (
        Decimal("1000.00"), Decimal("160.00"), Decimal("1160.00"),
    )  # fmt: skip


NAME = {"receptor": {"Nombre": "MUÑOZ & ÑAVEZ"}}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(cfdi(**NAME).encode(), id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + cfdi(**NAME).encode(), id="UTF-8 with BOM"),
        pytest.param(cfdi(**NAME, head='<?xml version="1.0" encoding="ISO-8859-1"?>').encode("latin-1"), id="Latin-1"),
        pytest.param(
            cfdi(**NAME, head='<?xml version="1.0" encoding="windows-1252"?>').encode("cp1252"), id="Windows-1252"
        ),
        pytest.param(cfdi(**NAME, head='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16"), id="UTF-16"),
        pytest.param(cfdi(**NAME, head='<?xml version="1.0" encoding="ISO-8859-1"?>'), id="text that says Latin-1"),
        pytest.param("\ufeff" + cfdi(**NAME), id="text with BOM"),
    ],
)
def test_encodings(content: Any) -> None:
    assert read_cfdi(content).receptor.name == "MUÑOZ & ÑAVEZ"


def test_taxes_of_one_line_may_be_of_one_kind_twice() -> None:
    half = '<cfdi:Traslado Base="500" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="80"/>'
    start, end = LINE.index("<cfdi:Traslado "), LINE.index("</cfdi:Traslados>")
    [line] = read_cfdi(cfdi(lines=LINE[:start] + half * 2 + LINE[end:])).lines
    assert [charge.amount for charge in line.line.charges] == [Decimal(80), Decimal(80)]


def test_local_taxes_and_what_is_withheld() -> None:
    line = LINE.replace(
        "</cfdi:Impuestos>",
        '<cfdi:Retenciones><cfdi:Retencion Base="1000.00" Impuesto="001" TipoFactor="Tasa" TasaOCuota="0.100000"'
        ' Importe="100.00"/></cfdi:Retenciones></cfdi:Impuestos>',
    )
    local = (
        '<l:ImpuestosLocales xmlns:l="http://www.sat.gob.mx/implocal"><l:TrasladosLocales ImpLocTrasladado="IH"'
        ' TasadeTraslado="3.00" Importe="20.00"/><l:TrasladosLocales ImpLocTrasladado="ISN" TasadeTraslado="1.00"'
        ' Importe="10.00"/></l:ImpuestosLocales>'
    )
    taxes = '<cfdi:Impuestos TotalImpuestosTrasladados="160.00" TotalImpuestosRetenidos="100.00"/>'
    found = read_cfdi(cfdi(lines=line, taxes=taxes, complement=local, Total="1090.00"))
    assert (found.totals.tax, found.totals.withheld) == (Decimal("190.00"), Decimal("100.00"))
    assert [(charge.tax.tax, charge.tax.rate) for charge in found.local] == [
        ("IH", Decimal("0.030000")), ("ISN", Decimal("0.010000")),
    ]  # fmt: skip


@pytest.mark.parametrize("version", ["3.3", "4.0"])
def test_a_payment_is_read(version: str) -> None:
    [paid] = read_cfdi(payment((UUID, "100.00"), (UUID.replace("C", "D"), "50.50"), version=version)).payments
    assert (paid.form, paid.reference) == ("03", "SPEI 1")
    assert paid.paid_at == datetime.datetime(2026, 3, 12, 10)  # noqa: DTZ001  # as it is stated
    assert [one.amount for one in paid.documents] == [Decimal("100.00"), Decimal("50.50")]


def test_relations_are_read_with_their_types() -> None:
    uuids = [str(uuid4()) for _ in range(3)]
    nodes = "".join(
        f'<cfdi:CfdiRelacionados TipoRelacion="{type_}">'
        + "".join(f'<cfdi:CfdiRelacionado UUID="{uuid}"/>' for uuid in related)
        + "</cfdi:CfdiRelacionados>"
        for type_, related in (("04", uuids[:1]), ("07", uuids[1:]))
    )
    read = read_cfdi(cfdi().replace("<cfdi:Emisor", f"{nodes}<cfdi:Emisor"))
    assert [(each.type, [str(uuid) for uuid in each.uuids]) for each in read.relations] == [
        ("04", uuids[:1]), ("07", uuids[1:]),
    ]  # fmt: skip
    assert [str(uuid) for uuid in read.related("01", "07")] == uuids[1:]


def test_the_period_of_a_global_invoice_is_read() -> None:
    period = '<cfdi:InformacionGlobal Periodicidad="04" Meses="03" Año="2026"/>'
    assert read_cfdi(cfdi()).period is None
    read = read_cfdi(cfdi().replace("<cfdi:Emisor", f"{period}<cfdi:Emisor"))
    assert read.period == GlobalPeriod("04", "03", "2026")


def paying(version: str, document: str, **values: str) -> str:
    """A payment whose values and whose one document's are these."""
    text = payment((UUID, "100.00"), version=version)
    start, end = text.index("<pago:DoctoRelacionado"), text.index("</pago:Pago>")
    text = f'{text[:start]}<pago:DoctoRelacionado IdDocumento="{UUID}" {document}/>{text[end:]}'
    for name, value in values.items():
        text = re.sub(rf' {name}="[^"]*"', "", text).replace("<pago:Pago ", f'<pago:Pago {name}="{value}" ')
    return text


def test_a_payment_in_another_currency_is_read() -> None:
    document = (
        'MonedaDR="MXN" EquivalenciaDR="18.5000000000" NumParcialidad="2" ImpSaldoAnt="2000.00" ImpPagado="1850.00"'
        ' ImpSaldoInsoluto="150.00"'
    )
    [paid] = read_cfdi(paying("4.0", document, MonedaP="USD", TipoCambioP="18.5", Monto="100.00")).payments
    assert (paid.currency, paid.rate, paid.amount) == ("USD", Decimal("18.5"), Decimal("100.00"))
    [one] = paid.documents
    assert (one.currency, one.amount, one.equivalence) == ("MXN", Decimal("1850.00"), Decimal("18.5"))
    assert (one.before, one.after, one.partiality) == (Decimal("2000.00"), Decimal("150.00"), 2)


def test_pagos_1_of_a_foreign_currency_on_pesos_state_one_as_equivalence() -> None:
    document = 'MonedaDR="MXN" TipoCambioDR="1" ImpPagado="1850.00"'
    [paid] = read_cfdi(paying("3.3", document, MonedaP="USD", TipoCambioP="18.5")).payments
    assert paid.documents[0].equivalence == Decimal("18.5")


FOREIGN = {"MonedaP": "USD", "TipoCambioP": "18.5"}


@pytest.mark.claims(
    "docs/sales.md",
    "A foreign currency needs its exchange rate; `Fecha` has to be in Anexo 20's form, of 2011 or later, and not "
    "in the future.",
)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(cfdi(Moneda="XXX"), "CFDI_INCOMPLETE", id="amounts in no currency"),
        pytest.param(cfdi(Moneda="XXX", TipoCambio="1"), "CFDI_INCOMPLETE", id="amounts in no currency, with a rate"),
        pytest.param(
            payment((UUID, "1.00"), of_payment='MonedaP="XXX"'), "CFDI_INCOMPLETE", id="a payment in no currency"
        ),
        pytest.param(cfdi(Moneda="USD"), "CFDI_RATE_REQUIRED", id="4.0 in dollars without rate"),
        pytest.param(cfdi(Moneda="USD", version="3.3"), "CFDI_RATE_REQUIRED", id="3.3 in dollars without rate"),
        pytest.param(cfdi(Moneda="USD", TipoCambio=""), "CFDI_RATE_REQUIRED", id="empty rate"),
        pytest.param(cfdi(TipoCambio="18.5"), "CFDI_OUT_OF_RANGE", id="pesos at another rate than 1"),
        pytest.param(
            paying("4.0", 'MonedaDR="MXN"', MonedaP="USD", TipoCambioP="999999999", Monto="2000000"),
            "CFDI_OUT_OF_RANGE",
            id="more pesos than the record holds",
        ),
        pytest.param(
            paying("4.0", 'MonedaDR="USD" ImpPagado="1"', MonedaP="USD"), "CFDI_RATE_REQUIRED", id="paid without rate"
        ),
        pytest.param(paying("3.3", 'MonedaDR="MXN" TipoCambioDR="1"', **FOREIGN), "CFDI_INCOMPLETE", id="no amount"),
        pytest.param(
            paying("3.3", 'MonedaDR="MXN" ImpPagado="1"', **FOREIGN), "CFDI_INCOMPLETE", id="no equivalence, 1.0"
        ),
        pytest.param(
            paying("4.0", 'MonedaDR="MXN" ImpPagado="1"', **FOREIGN), "CFDI_INCOMPLETE", id="no equivalence, 2.0"
        ),
        pytest.param(paying("4.0", 'MonedaDR="MXN"'), "CFDI_INCOMPLETE", id="2.0 always states what is paid"),
        pytest.param(cfdi(related=[UUID]).replace('Relacion="01"', 'Relacion="1"'), "CFDI_INCOMPLETE", id="relation"),
    ],
)
def test_what_cannot_be_counted_is_refused(content: str, code: str) -> None:
    with pytest.raises(Rejected) as rejected:
        read_cfdi(content)
    assert [problem.code.name for problem in rejected.value.problems] == [code]


def test_what_a_single_payment_of_pagos_1_pays_may_be_left_out() -> None:
    [paid] = read_cfdi(paying("3.3", 'MonedaDR="MXN"')).payments
    assert paid.documents[0].amount == Decimal("100.00")


def test_the_hour_of_a_payment_may_be_the_noon_of_today() -> None:
    end = f"{datetime.datetime.now(SAT_ZONE):%Y-%m-%d}T23:59:59"
    assert read_cfdi(payment((UUID, "1.00"), at=end)).payments


ADDENDA = '<cfdi:Addenda><req:x req:y="1"><req:z/></req:x></cfdi:Addenda></cfdi:Comprobante>'
STRANGE = {"receptor": {"Nombre": "MUÑOZ & ÑAVEZ"}}


def declaring(encoding: str) -> str:
    return cfdi(head=f'<?xml version="1.0" encoding="{encoding}"?>', **STRANGE)


@pytest.mark.claims(
    "docs/sales.md",
    "Mistakes in parts that are not needed are skipped or repaired, with a warning: text around the root, "
    "undeclared prefixes of an addenda, misspelt names of encodings.",
)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("\n" + cfdi(**STRANGE), "CFDI_TEXT_OUTSIDE", id="a line before the declaration"),
        pytest.param(b" \r\n\t" + cfdi(**STRANGE).encode(), "CFDI_TEXT_OUTSIDE", id="blanks before the declaration"),
        pytest.param(b"\xef\xbb\xbf\n" + cfdi(**STRANGE).encode(), "CFDI_TEXT_OUTSIDE", id="BOM and line before"),
        pytest.param(b"\0" + cfdi(**STRANGE).encode(), "CFDI_TEXT_OUTSIDE", id="NUL before"),
        pytest.param("x" + cfdi(**STRANGE), "CFDI_TEXT_OUTSIDE", id="text before"),
        pytest.param(("\n" + cfdi(head="", **STRANGE)).encode("utf-16"), None, id="line before UTF-16's root"),
        pytest.param(cfdi(**STRANGE) + "\n\n", None, id="lines after are allowed"),
        pytest.param(cfdi(**STRANGE) + "\0", "CFDI_TEXT_OUTSIDE", id="NUL after"),
        pytest.param(cfdi(**STRANGE).encode() + b"\0" * 512, "CFDI_TEXT_OUTSIDE", id="NULs after"),
        pytest.param(cfdi(**STRANGE) + "fin", "CFDI_TEXT_OUTSIDE", id="text after"),
        pytest.param(cfdi(**STRANGE) + "<otra/>", "CFDI_TEXT_OUTSIDE", id="another root"),
        pytest.param(cfdi(**STRANGE).encode() + b"\xff\xfe", "CFDI_TEXT_OUTSIDE", id="rubbish after"),
        pytest.param(
            cfdi(**STRANGE).replace("</cfdi:Comprobante>", ADDENDA), "CFDI_PREFIX_UNDECLARED", id="undeclared prefix"
        ),
        pytest.param(
            cfdi(**STRANGE).replace("<cfdi:Emisor", '<cfdi:Emisor raro:a="1"'),
            "CFDI_PREFIX_UNDECLARED",
            id="undeclared prefix of an attribute",
        ),
        pytest.param(declaring("utf8").encode(), "CFDI_ENCODING_NAME", id="utf8"),
        pytest.param(declaring("UTF_8").encode(), "CFDI_ENCODING_NAME", id="UTF_8"),
        pytest.param(declaring("latin1").encode("latin-1"), "CFDI_ENCODING_NAME", id="latin1"),
        pytest.param(declaring("ISO8859-1").encode("latin-1"), "CFDI_ENCODING_NAME", id="ISO8859-1"),
        pytest.param(declaring("ansi").encode("cp1252"), "CFDI_ENCODING_NAME", id="ansi"),
        pytest.param(declaring("cp1252").encode("cp1252"), "CFDI_ENCODING_NAME", id="cp1252"),
        pytest.param(declaring("UTF-8").encode(), None, id="as it should be"),
    ],
)
def test_what_is_wrong_outside_of_what_is_read_is_skipped_or_repaired(content: Any, code: str | None) -> None:
    read = read_cfdi(content)
    assert read.receptor.name == "MUÑOZ & ÑAVEZ"
    assert [repair.code for repair in read.repairs] == ([code] if code else [])
    for repair in read.repairs:
        assert repair.problem("xml").message_es


@pytest.mark.parametrize(
    ("text", "value"),
    [(".5", "0.5"), ("+.5", "0.5"), ("5.", "5"), ("+1", "1"), ("001.50", "1.5"), ("2.0000000000000", "2")],
)
def test_numbers_are_read_as_xs_decimal_allows(text: str, value: str) -> None:
    line = LINE.replace('Cantidad="2"', f'Cantidad="{text}"').replace("500.00", f"{1000 / Decimal(value):.6f}")
    assert read_cfdi(cfdi(lines=line)).lines[0].values["quantity"] == Decimal(value)


def test_each_xml_of_a_complement_with_an_undeclared_prefix_is_no_stamp() -> None:
    text = re.sub(r' xmlns:tfd="[^"]*"', "", cfdi())
    with pytest.raises(Rejected) as rejected:
        read_cfdi(text)
    assert rejected.value.problems[0].code.name == "CFDI_NOT_STAMPED"
