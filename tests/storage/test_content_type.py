"""The sniffer: each accepted type by its bytes, and everything else refused, forged and double-natured files too."""

import contextlib
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from demo.files import cfdi_xml, pdf, png
from storage.content_type import ACCEPTED, ContentRefused, agrees, known_type
from storage.sniff import sniff


def image(kind: str, size: tuple[int, int] = (3, 2)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 10, 10)).save(file, kind)
    return file.getvalue()


def archive(*names: str, content: bytes = b"<a/>") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content)
    return file.getvalue()


def heic(brand: bytes = b"heic", compatible: bytes = b"mif1heic") -> bytes:
    box = b"ftyp" + brand + bytes(4) + compatible
    return struct.pack(">I", len(box) + 4) + box + struct.pack(">I4s", 64, b"meta") + bytes(56)


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CFDI = cfdi_xml(("EKU9003173C9", "ESCUELA"), ("XAXX010101000", "PUBLICO"), "06000", "1.00")

SOUND = {
    "pdf": (pdf(["hola"]), "application/pdf"),
    "pdf after a line": (b"\r\n" + pdf(["hola"]), "application/pdf"),
    "xml": (CFDI, "application/xml"),
    "xml with BOM": (b"\xef\xbb\xbf" + CFDI, "application/xml"),
    "xml with comment": (b"<!-- una -->\n<!-- dos -->\n<a><b/></a>", "application/xml"),
    "xml without declaration": (b"\n  <a x='1'/>", "application/xml"),
    "xml in UTF-16": ("<?xml version='1.0' encoding='UTF-16'?><año/>".encode("utf-16"), "application/xml"),
    "xml in Latin-1": ("<?xml version='1.0' encoding='ISO-8859-1'?><año/>".encode("latin-1"), "application/xml"),
    "png": (png(4, 4, (1, 2, 3)), "image/png"),
    "jpeg": (image("JPEG"), "image/jpeg"),
    "webp": (image("WEBP"), "image/webp"),
    "heic": (heic(), "image/heic"),
    "heic of another brand": (heic(b"mif1", b"mif1heic"), "image/heic"),
    "docx": (archive("[Content_Types].xml", "word/document.xml"), DOCX),
    "xlsx": (archive("[Content_Types].xml", "xl/workbook.xml"), XLSX),
    "text": ("año\t2026\r\n".encode(), "text/plain"),
    "text in cp1252": ("año".encode("cp1252"), "text/plain"),
    "text in UTF-16": ("año".encode("utf-16"), "text/plain"),
    "text with a tag in it": (b"use <script> con cuidado", "text/plain"),
}

REFUSED = {
    "empty": b"",
    "white space": b" \n ",
    "zip": archive("a.txt"),
    "empty zip": b"PK\x05\x06" + bytes(18),
    "html": b"<!DOCTYPE html><html></html>",
    "html after space": b"  \n<HTML><body>",
    "script": b"<script>alert(1)</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "svg with a declaration": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
    "svg with a prefix": b"<s:svg xmlns:s='http://www.w3.org/2000/svg'/>",
    "page within xml": b"<a><h:script xmlns:h='http://www.w3.org/1999/xhtml'/></a>",
    "xml with a doctype": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    "broken xml": b"<a><b></a>",
    "xml and more": CFDI + b"<script/>",
    "exe": b"MZ\x90\x00\x03\x00\x00\x00" + bytes(60),
    "elf": b"\x7fELF\x02\x01\x01" + bytes(60),
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(20),
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60),
    "avif": heic(b"avif", b"avifmif1"),
    "png's signature alone": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "jpeg's signature alone": b"\xff\xd8\xff\xe0" + bytes(40),
    "pdf in the middle": b"GARBAGE\x00%PDF-1.7",
    "jpeg and zip": image("JPEG") + archive("evil.class"),
    "pdf and zip": pdf(["hola"]) + archive("evil.exe"),
    "docx and xlsx": archive("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"),
    "docx with macros": archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "zip called docx": archive("[Content_Types].xml", "a.txt"),
    "cut docx": archive("[Content_Types].xml", "word/document.xml")[:-30],
    "bomb": archive("[Content_Types].xml", "word/document.xml", content=bytes(150 << 20)),
}


@pytest.mark.claims(
    "docs/documents.md",
    "Accepted types: PDF, XML, PNG, JPEG, WebP, HEIC, DOCX, XLSX, plain text and CSV.",
)
@pytest.mark.parametrize(("content", "expected"), SOUND.values(), ids=SOUND)
def test_a_type_is_told_by_the_bytes(content: bytes, expected: str) -> None:
    assert sniff(io.BytesIO(content)) == expected
    assert expected in ACCEPTED


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_everything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ContentRefused):
        sniff(io.BytesIO(content))


def test_an_image_of_too_many_pixels_is_refused_undecoded() -> None:
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + bytes(20)
    with pytest.raises(ContentRefused):
        sniff(io.BytesIO(content))


@pytest.mark.parametrize(
    ("declared", "known"),
    [
        ("application/pdf", "application/pdf"),
        ("Application/PDF; q=1", "application/pdf"),
        ("text/xml; charset=utf-8", "application/xml"),
        ("image/jpg", "image/jpeg"),
        ("application/octet-stream", None),
        ("application/force-download", None),
        ("application/vnd.ms-excel", None),
        ("", None),
    ],
)
def test_a_senders_word(declared: str, known: str | None) -> None:
    assert known_type(declared) == known
    assert agrees(declared, known or "application/pdf")


def test_a_word_that_names_another_type_does_not_agree() -> None:
    assert not agrees("image/png", "application/pdf")
    assert agrees("text/plain", "text/csv")


@given(st.binary(max_size=200))
def test_any_bytes_are_told_or_refused(content: bytes) -> None:
    with contextlib.suppress(ContentRefused):
        assert sniff(io.BytesIO(content)) in ACCEPTED


@pytest.mark.claims(
    "docs/documents.md",
    "A PDF must have a page, an image must decode, and an XML must not use more than 1,000 levels.",
)
@given(
    st.sampled_from([content for content, _ in SOUND.values()]), st.integers(0, 400), st.binary(min_size=1, max_size=8)
)
def test_damaged_files_are_told_or_refused(content: bytes, at: int, damage: bytes) -> None:
    damaged = content[:at] + damage + content[at + len(damage) :]
    with contextlib.suppress(ContentRefused):
        assert sniff(io.BytesIO(damaged)) in ACCEPTED
