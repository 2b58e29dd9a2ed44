"""The demo's files are what their types say."""

import re
import struct
import xml.etree.ElementTree as ET
import zlib

from demo.files import cfdi_xml, pdf, png


def test_pdf_offsets_lead_to_their_objects() -> None:
    content = pdf(["Año (1) \\ 2", "Úrsula 🙂"])
    assert content.startswith(b"%PDF-1.7\n")
    assert content.endswith(b"%%EOF\n")
    found = re.search(rb"startxref\n(\d+)\n", content)
    assert found
    table = content[int(found[1]) :]
    assert table.startswith(b"xref\n0 6\n")
    offsets = [int(offset) for offset in re.findall(rb"(\d{10}) 00000 n \n", table)]
    assert [content[offset:].split(b" ")[0] for offset in offsets] == [b"1", b"2", b"3", b"4", b"5"]
    stream = re.search(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", content, re.DOTALL)
    assert stream
    assert len(stream[2]) == int(stream[1])
    assert b"(A\xf1o \\(1\\) \\\\ 2) Tj" in stream[2]
    assert "(Úrsula ?) Tj".encode("cp1252") in stream[2]


def test_png_chunks_have_their_sums() -> None:
    content = png(4, 3, (200, 100, 50))
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    rest = content[8:]
    while rest:
        (length,) = struct.unpack(">I", rest[:4])
        kind, data = rest[4:8], rest[8 : 8 + length]
        assert rest[8 + length : 12 + length] == struct.pack(">I", zlib.crc32(kind + data))
        chunks[kind] = data
        rest = rest[12 + length :]
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (4, 3, 8, 2, 0, 0, 0)
    pixels = zlib.decompress(chunks[b"IDAT"])
    frame, inner = bytes((100, 50, 25)), bytes((200, 100, 50))
    assert pixels == b"\0" + frame * 4 + b"\0" + frame + inner * 2 + frame + b"\0" + frame * 4


def test_xml_is_well_formed_and_escaped() -> None:
    root = ET.fromstring(  # noqa: S314  our own bytes
        cfdi_xml(("A&B010101AAA", "UNO"), ("H&E951128469", 'HERRERIA & "ELECTRICOS"'), "06002", "1.00")
    )
    names = {"cfdi": "http://www.sat.gob.mx/cfd/4"}
    receptor = root.find("cfdi:Receptor", names)
    assert receptor is not None
    assert (receptor.get("Rfc"), receptor.get("Nombre")) == ("H&E951128469", 'HERRERIA & "ELECTRICOS"')
