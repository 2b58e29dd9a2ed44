"""Small real files for the demo's documents, made here byte by byte: PDF, PNG and a CFDI-like XML."""

import struct
import zlib
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr


def pdf(lines: Sequence[str]) -> bytes:
    """A PDF of one letter-size page with the lines in Helvetica; characters outside cp1252 become question marks."""
    text = b"\n".join(b"(%s) Tj T*" % _literal(line) for line in lines)
    stream = b"BT /F1 12 Tf 16 TL 72 720 Td\n%s\nET" % text
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    # The second line's high bytes tell transfer programs that the file is binary (ISO 32000-1, 7.5.2).
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)
    return bytes(out)


def _literal(text: str) -> bytes:
    """A PDF string literal's inside."""
    raw = text.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def png(width: int, height: int, color: tuple[int, int, int]) -> bytes:
    """A PNG of one colour with a darker frame, 8-bit RGB."""
    inner, frame = bytes(color), bytes(c // 2 for c in color)
    rows = (
        b"\x00" + (frame * width if y in (0, height - 1) else frame + inner * (width - 2) + frame)
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    # Level 0 stores: compressed bytes may differ between zlib versions, and the demo is the same on every machine.
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"".join(rows), 0))
        + chunk(b"IEND", b"")
    )


def cfdi_xml(issuer: tuple[str, str], receptor: tuple[str, str], postal_code: str, total: str) -> bytes:
    """The outline of a CFDI 4.0 invoice, unsigned and unstamped: well-formed, of no fiscal effect."""
    attributes = {
        "xmlns:cfdi": "http://www.sat.gob.mx/cfd/4",
        "Version": "4.0",
        "Serie": "F",
        "Fecha": "2026-09-07T10:15:00",
        "Moneda": "MXN",
        "SubTotal": total,
        "Total": total,
        "TipoDeComprobante": "I",
        "Exportacion": "01",
        "LugarExpedicion": "06000",
    }
    root = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<cfdi:Comprobante {root}>\n"
        f'  <cfdi:Emisor Rfc={quoteattr(issuer[0])} Nombre={quoteattr(issuer[1])} RegimenFiscal="601"/>\n'
        f"  <cfdi:Receptor Rfc={quoteattr(receptor[0])} Nombre={quoteattr(receptor[1])}"
        f' DomicilioFiscalReceptor="{postal_code}" RegimenFiscalReceptor="601" UsoCFDI="G03"/>\n'
        "</cfdi:Comprobante>\n"
    ).encode()
