"""What a file is, told by its bytes and never by its name or by what its sender calls it.

    sniff(file) -> "application/pdf"

Only what is named in `ACCEPTED` comes through. A file that is two things at once is refused: what one program shows as
a harmless image, another may open as an archive. Sources: the formats' own specifications, and for what a browser takes
for HTML the MIME Sniffing Standard (mimesniff.spec.whatwg.org, 7.1).
"""

import codecs
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final
from xml.parsers import expat

from PIL import Image, UnidentifiedImageError

PDF: Final = "application/pdf"
XML: Final = "application/xml"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
WEBP: Final = "image/webp"
HEIC: Final = "image/heic"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT: Final = "text/plain"
CSV: Final = "text/csv"

ACCEPTED: Final[Sequence[str]] = (PDF, XML, PNG, JPEG, WEBP, HEIC, DOCX, XLSX, TEXT, CSV)
"""What a document may be. Archives, pages, programs and files with macros are none of it."""

REFUSED: Final = frozenset(
    {"text/html", "application/xhtml+xml", "image/svg+xml", "application/zip", "application/x-zip-compressed"}
    | {"application/x-msdownload", "application/javascript", "text/javascript", "application/x-sh"}
)
"""What a sender may as well not send, by its own word; anything else unknown is judged by its bytes."""

ALIASES: Final[Mapping[str, str]] = {"text/xml": XML, "image/jpg": JPEG, "image/heif": HEIC, "application/csv": CSV}

MOST_PIXELS: Final = 100_000_000
"""Of an image: a small file can unfold to more than a viewer's memory."""
MOST_ENTRIES: Final = 10_000
MOST_UNPACKED: Final = 1 << 30
MOST_RATIO: Final = 200
"""Of an office file: parts, their bytes unpacked, and how often those are as many as the packed ones. Text packs 10 to
20 times, a bomb a thousand times; small files are not judged by their ratio."""

_CHUNK: Final = 1 << 16
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg|style|img)\b", re.IGNORECASE)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_OFFICE: Final = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_END_OF_ZIP: Final = b"PK\x05\x06"


class ContentRefused(Exception):
    """The file is none of `ACCEPTED`, is broken, or is not safe. The text says why, in English, for a log."""


def known_type(declared: str) -> str | None:
    """The type that a sender's word stands for, if it is one of `ACCEPTED`; of any other the bytes decide alone."""
    name = declared.partition(";")[0].strip().lower()
    name = ALIASES.get(name, name)
    return name if name in ACCEPTED else None


def agrees(declared: str, found: str) -> bool:
    """Whether the word of a sender goes with the bytes. A table may be called text: that is what it is."""
    named = known_type(declared)
    return named is None or named == found or {named, found} == {TEXT, CSV}


def sniff(file: BinaryIO) -> str:
    """The file's type, one of `ACCEPTED`; text of any kind is `text/plain`. Raises ContentRefused."""
    file.seek(0)
    head = file.read(_CHUNK)
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    if _ends_as_zip(file):
        raise ContentRefused("a ZIP archive is behind it")
    if re.match(rb"(?:\xef\xbb\xbf)?\s*%PDF-\d\.\d", head):
        return PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _image(file, PNG)
    if head.startswith(b"\xff\xd8\xff"):
        return _image(file, JPEG)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _image(file, WEBP)
    if head[4:8] == b"ftyp" and {head[8:12], *(head[i : i + 4] for i in range(16, _box(head), 4))} & _HEIC_BRANDS:
        return HEIC
    return _text(file, head)


def _box(head: bytes) -> int:
    """Where the first box of an ISO media file ends, as far as it was read."""
    return min(int.from_bytes(head[:4], "big"), 256)


def _image(file: BinaryIO, found: str) -> str:
    """The image's type if its header holds and promises no more than `MOST_PIXELS`. Nothing is decoded."""
    file.seek(0)
    try:
        with Image.open(file, formats=(found.removeprefix("image/").upper(),)) as image:
            pixels = image.width * image.height
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise ContentRefused(f"no sound {found}: {error}") from None
    if pixels > MOST_PIXELS:
        raise ContentRefused(f"{pixels} pixels")
    return found


def _office(file: BinaryIO) -> str:
    """The type of an office file, which is an archive with certain parts. Only its directory is read."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ContentRefused(f"a broken archive: {error}") from None
    unpacked, packed = (sum(getattr(entry, size) for entry in entries) for size in ("file_size", "compress_size"))
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked > max(packed, 1 << 20) * MOST_RATIO:
        raise ContentRefused(f"{len(entries)} entries unpack from {packed} to {unpacked} bytes")
    names = {entry.filename for entry in entries}
    found = [kind for name, kind in _OFFICE.items() if name in names]
    if len(found) != 1 or "[Content_Types].xml" not in names:
        raise ContentRefused("an archive that is no document")
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names):
        raise ContentRefused("a document with a program in it")
    return found[0]


def _ends_as_zip(file: BinaryIO) -> bool:
    """Whether unpackers, who look for an archive at the end, would find one that ends with the file."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - (1 << 16) - 22))
    tail = file.read()
    at = tail.rfind(_END_OF_ZIP)
    return at >= 0 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)


def _text(file: BinaryIO, head: bytes) -> str:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if re.match(rb"<|\x00<|<\x00", start.removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)):
        return _xml(file, start)
    if not _is_text(file, head):
        raise ContentRefused("none of the known types")
    return TEXT


def _is_text(file: BinaryIO, head: bytes) -> bool:
    """Whether all of it is text: UTF-8, UTF-16 with its mark, or a Western code page of one byte a letter."""
    if not head.strip():
        return False
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return any(_decodes(file, encoding) for encoding in (("utf-16",) if marked else ("utf-8-sig", "cp1252")))


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            if _CONTROLS.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _xml(file: BinaryIO, start: bytes) -> str:
    """XML that is well-formed to its end, without a DOCTYPE, whose entities can be bombs, and that is no page."""
    if _HTML.match(start):
        raise ContentRefused("HTML or SVG")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    root: list[str] = []

    def on_start(name: str, _: Any) -> None:
        namespace, _, local = name.rpartition(" ")
        if not root:
            root.append(local)
        if namespace in ("http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"):
            raise ContentRefused("HTML or SVG in XML")

    def on_doctype(*_: Any) -> None:
        raise ContentRefused("XML with a DOCTYPE")

    parser.StartElementHandler = on_start
    parser.StartDoctypeDeclHandler = on_doctype
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ContentRefused(f"no well-formed XML: {error}") from None
    if root[0].lower() in ("html", "svg", "script"):
        raise ContentRefused("HTML or SVG")
    return XML
