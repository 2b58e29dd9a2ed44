"""CFDIs that were made to break their reader or the record: each is told by a code what is wrong with it."""

import asyncio
import contextlib
import random
import re
import resource
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from domain.cfdi import read_apart, read_cfdi
from domain.problem import Rejected
from errors import Overloaded
from models import CfdiProfile
from storage.reading import Readers
from tests.cfdi import LINE, cfdi, credit, payment
from tests.fixtures import Company

IMPORT = """
mutation ($input: ImportCfdiInput!) {
  importCfdi(input: $input) { salesDocument { id total } userErrors { code path message } }
}
"""

EDGES = (
    "", " ", "0", "-1", "-0", "0.0000001", "0.000001", "0.004", "1e999", "1E-999", "NaN", "-NaN", "sNaN", "Infinity",
    "-Infinity", "inf", "9" * 9, "9" * 12, "9" * 16, "9" * 18, "9" * 19, "9" * 100_000, "0." + "0" * 9 + "1",
    "999999999999.9999999999", "1_000", "١٢", "1,5", "9999-12-31T23:59:59", "0001-01-01T00:00:00",
    "2026-02-30T00:00:00", "2026-01-01", "2026-W01-1", "20260101T000000", "2026-01-01T00:00:00+99:99",
    "2026-01-01T24:00:00", "2026-12-31T23:59:60", "10000-01-01T00:00:00", "2004-12-31T00:00:00", "I", "E", "P", "T",
    "N", "MXN", "XXX", "USD", "ZZZ", "PUE", "PPD", "99", "01", "Tasa", "Cuota", "Exento", "001", "002", "003",
    "XAXX010101000", "XEXX010101000", "EKU9003173C9", "DEM0101018K7", "00000", "06000", "42501", "2147483647",
    "2147483648", "999999999", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "{" + "0" * 32 + "}", "urn:uuid:" + "0" * 32, "a" * 300, "a" * 301, "a" * 5_000, "a" * 1_000_000, "ñ" * 300,
    "\u0301\u0327" * 150, "\u202egpj.exe", "\u200b", "\ufeff", "\ufffe", "\U0010ffff", "é\u0301" * 100, "%s%n", "{0}",
    "{name}", "'; drop table client; --", "&lt;b&gt;", "&#10;", "&#x9;", "&#x85;", "&#xFFFD;", "&amp;" * 100,
)  # fmt: skip

ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')

KINDS = {
    "invoice": lambda: cfdi(related=[str(uuid4())], TipoCambio="1"),
    "credit": lambda: credit(str(uuid4())),
    "payment": lambda: payment((str(uuid4()), "100.00")),
    "3.3": lambda: cfdi(version="3.3"),
}


def spoilt(text: str) -> Iterator[str]:
    """The text with each attribute's value in turn at each edge, and without the attribute."""
    for found in ATTRIBUTE.finditer(text):
        if found[1].startswith(("xmlns", "version", "encoding")) or ":" in text[found.start() - 1 : found.start()]:
            continue
        yield text[: found.start()] + text[found.end() :]
        for edge in EDGES:
            yield f"{text[: found.start(2)]}{edge}{text[found.end(2) :]}"


@pytest.mark.parametrize("kind", KINDS)
def test_every_attribute_at_its_edges_is_taken_or_told(kind: str) -> None:
    for text in spoilt(KINDS[kind]()):
        taken_or_told(text)


def taken_or_told(content: str | bytes) -> None:
    try:
        read_cfdi(content)
    except Rejected as rejected:
        for problem in rejected.problems:
            assert len(problem.message_es) < 600
            assert problem.code.name.startswith("CFDI_")


def test_a_thousand_mutations_are_taken_or_told() -> None:
    choose = random.Random(13)  # noqa: S311  # the same ones each time
    for _ in range(1_000):
        content = bytearray(KINDS[choose.choice([*KINDS])]().encode())
        for _ in range(choose.randrange(1, 8)):
            at = choose.randrange(len(content))
            match choose.randrange(6):
                case 0:
                    content[at] = choose.randrange(256)
                case 1:
                    del content[at : at + choose.randrange(1, 40)]
                case 2:
                    content[at:at] = content[choose.randrange(len(content)) :][: choose.randrange(1, 200)]
                case 3:
                    del content[at:]
                    content += b" "
                case 4:
                    content[at:at] = choose.choice(
                        [b"\0", b"\xff\xfe", b"&#0;", b"&#xD800;", b"<![CDATA[", b"<!--", b"<?x"]
                    )
                case _:
                    content[at:at] = b"<a>" * choose.randrange(1, 100)
        taken_or_told(bytes(content))


ENCODINGS = (
    "Shift_JIS", "EUC-JP", "ISO-2022-JP", "GB18030", "Big5", "UTF-7", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32",
    "UCS-4", "EBCDIC-CP-US", "cp500", "cp037", "rot13", "hex", "base64", "zip", "bz2", "punycode", "idna",
    "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "utf-8-sig", "ascii", "ISO-8859-15", "windows-1252",
    "koi8-r", "no-such", "x" * 5_000, "", "-", "../../etc/passwd",
)  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda encoding: encoding[:20] or "none")
def test_whatever_encoding_is_declared(encoding: str) -> None:
    text = cfdi(head=f'<?xml version="1.0" encoding="{encoding}"?>', receptor={"Nombre": "MUÑOZ 日本"})
    for written in ("utf-8", "utf-16", "shift_jis", "cp500"):
        taken_or_told(text.encode(written, errors="replace"))
    taken_or_told(text)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param("<a>" * 100_000 + "</a>" * 100_000, id="depth"),
        pytest.param("<a " + " ".join(f"a{n}='1'" for n in range(200_000)) + "/>", id="attributes"),
        pytest.param(f"<a b='{'x' * 4_900_000}'/>", id="a long value"),
        pytest.param(f"<{'a' * 4_900_000}/>", id="a long name"),
        pytest.param("<a>" + "<b/>" * 1_000_000 + "</a>", id="elements"),
        pytest.param(
            "<a xmlns:b='" + "x" * 1_000_000 + "'>" + "<b:c/>" * 500_000 + "</a>", id="a long namespace, often"
        ),
        pytest.param("<a " + " ".join(f"xmlns:a{n}='u{n}'" for n in range(150_000)) + "/>", id="namespaces"),
        pytest.param(cfdi(lines=LINE * 4_000), id="lines"),
        pytest.param(cfdi(lines=LINE * 10_000), id="more lines"),
        pytest.param("<!--" + "-" * 4_000_000, id="a comment that never ends"),
        pytest.param("<a>" + "]]" * 2_000_000, id="brackets"),
    ],
)
def test_bombs_are_told_and_take_little(content: str) -> None:
    async def bring() -> None:
        with Readers() as readers:
            await read_apart(readers, content.encode(), uuid4())

    before = resource.getrusage(resource.RUSAGE_SELF)
    # On a busy machine a child may run out of time before it runs out of CPU time.
    with contextlib.suppress(Rejected, Overloaded):
        asyncio.run(bring())
    after = resource.getrusage(resource.RUSAGE_SELF)
    # Of the server's own process; the child has limits.
    assert after.ru_utime - before.ru_utime < 2
    assert after.ru_maxrss - before.ru_maxrss < 100_000


@pytest.fixture(scope="module")
def importing(live_server: Any, owner: Any) -> Any:
    mine = Company(live_server, owner)
    client = mine.client(legal_name="ESCUELA KEMPER URGATE", rfc="EKU9003173C9")
    mine.add(CfdiProfile, client_id=client, rfc="EKU9003173C9")

    def bring(text: str) -> Any:
        answer = mine.ask(IMPORT, input={"xml": text})
        assert answer.status == 200
        return answer.data["importCfdi"]

    return bring


RECORDED = {
    "Fecha": ["9999-12-31T23:59:59", "0001-01-01T00:00:00", "2005-01-01T00:00:00", "2005-01-01T23:59:59"],
    "TipoCambio": ["0.0000001", "0.000001", "999999999.999999", "1000000000", "1000000001"],
    "Moneda": ["USD", "XXX", "XDR", "JPY"],
    "Serie": ["A" * 25, "\u202eA", "á", "'", "\\", "%"],
    "Folio": ["2147483647", "999999999", "1000000000", "0", "-1", "١٢", "9" * 40, "\\", "%s"],
    "FormaPago": ["a" * 300, "\u202e", "00"],
    "MetodoPago": ["a" * 300, "xx"],
    "LugarExpedicion": ["a" * 300, "00000", "99999"],
    "NoIdentificacion": ["a" * 100, "\u200b", "'"],
    "Descripcion": ["a" * 1000, "\U0010ffff", "\ufffe", "é\u0301"],
    "ClaveProdServ": ["a" * 300, "00000000"],
    "ClaveUnidad": ["a" * 300],
    "ObjetoImp": ["a" * 300, "99"],
    "Cantidad": ["0.0000001", "0.0000005", "999999999999", "2.0000000001"],
    "Impuesto": ["a" * 300, "999"],
    "TasaOCuota": ["999999999999.999999", "0.0000001"],
    "Base": ["999999999999.999999", "0"],
    "Nombre": ["a" * 300, "\u0301\u0327" * 100, "{0}", "%s"],
    "UsoCFDI": ["a" * 300],
    "RegimenFiscalReceptor": ["a" * 300],
    "DomicilioFiscalReceptor": ["a" * 300],
}


@pytest.mark.parametrize("name", RECORDED)
def test_what_the_reader_takes_the_record_takes_or_tells(name: str, importing: Any) -> None:
    for folio, value in enumerate(RECORDED[name], 1):
        text = cfdi(Folio=str(folio), Serie=f"{name.upper()[:20]}", TipoCambio="1")
        spoiled = re.sub(rf'(?<=[ ]){name}="[^"]*"', lambda _, value=value: f'{name}="{value}"', text)
        payload = importing(spoiled)
        assert payload["salesDocument"] or payload["userErrors"][0]["code"]


def test_the_largest_amounts_the_reader_takes_the_record_takes_or_tells(importing: Any) -> None:
    for amount in ("999999999999.99", "999999999999", "99999999999.99"):
        line = (
            '<cfdi:Concepto ClaveProdServ="56101504" ClaveUnidad="H87" Cantidad="1" Descripcion="Todo"'
            f' ValorUnitario="{amount}" Importe="{amount}" ObjetoImp="01"/>'
        )
        for rate in ("1", "1000000000"):
            text = cfdi(
                lines=line,
                taxes="",
                SubTotal=amount,
                Total=amount,
                Moneda="USD",
                TipoCambio=rate,
                Serie="MAX",
                Folio=None,
            )
            payload = importing(text)
            assert payload["salesDocument"] or payload["userErrors"][0]["code"]


@pytest.mark.parametrize("amount", ["0.001", "0.004", "0.005", "1160.001", "999999999999"])
def test_amounts_that_are_paid(amount: str, importing: Any) -> None:
    uuid = str(uuid4())
    assert importing(cfdi(uuid=uuid, Serie="PAID", Folio=amount))["salesDocument"]
    payload = importing(payment((uuid, amount), Serie="P", Folio=amount))
    assert payload["salesDocument"] or payload["userErrors"][0]["code"]
    assert importing(payment((uuid, "1.00"), at="9999-12-31T23:59:59"))["userErrors"][0]["code"] == "CFDI_OUT_OF_RANGE"
