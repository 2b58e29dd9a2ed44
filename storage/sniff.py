"""Detects the type of a file from its content, never from its name or declared type. Runs in a child process.

    sniff(file) -> "application/pdf"

A file of two types at once is refused, because what one program shows as a harmless image another may open as an
archive. So is a file that a reader of its type cannot open: a PDF must have a page. Sources: the formats' own
specifications, and for what a browser takes for HTML the MIME Sniffing Standard (mimesniff.spec.whatwg.org, 7.1).
"""

import codecs
import io
import re
import zipfile
from itertools import pairwise
from typing import Any, BinaryIO, Final
from xml.parsers import expat

from PIL import Image
from pypdf import PdfReader

from storage.content_type import DOCX, HEIC, JPEG, PDF, PNG, TEXT, WEBP, XLSX, XML, ContentRefused

MOST_PIXELS: Final = 100_000_000
"""Of an image: a small file can unfold to more than a viewer's memory."""
MOST_ENTRIES: Final = 10_000
MOST_UNPACKED: Final = 1 << 30
MOST_RATIO: Final = 200
"""Of an office file: parts, their bytes unpacked, and how often those are as many as the packed ones. Text packs 10 to
20 times, a bomb a thousand times; small files are not judged by their ratio."""

MOST_DEPTH: Final = 1_000
"""Of the elements of an XML, one in another."""

_CHUNK: Final = 1 << 16
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg|style|img)\b", re.IGNORECASE)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_OFFICE: Final = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_END_OF_ZIP: Final = b"PK\x05\x06"
_LOCAL_HEADER: Final = 30
_MOST_BOXES: Final = 1_000
_ENCRYPTED: Final = 1

# `MOST_PIXELS` is the limit; Pillow's own is a warning.
Image.MAX_IMAGE_PIXELS = None
Image.preinit()


def read_type(file: BinaryIO) -> dict[str, str]:
    """What `sniff` finds, for `storage.reading`: `{"type": …}` or `{"refused": …}`."""
    try:
        return {"type": sniff(file)}
    except ContentRefused as refused:
        return {"refused": str(refused)}


def sniff(file: BinaryIO) -> str:
    """The file's type, one of `ACCEPTED`; text of any kind is `text/plain`. Raises ContentRefused."""
    file.seek(0)
    head = file.read(_CHUNK)
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    if _ends_as_zip(file):
        raise ContentRefused("a ZIP archive is behind it")
    if re.match(rb"%PDF-\d\.\d", head.removeprefix(codecs.BOM_UTF8).lstrip()):
        return _pdf(file)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _image(file, PNG)
    if head.startswith(b"\xff\xd8\xff"):
        return _image(file, JPEG)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _image(file, WEBP)
    if head[4:8] == b"ftyp" and {head[8:12], *(head[i : i + 4] for i in range(16, _box(head), 4))} & _HEIC_BRANDS:
        return _heic(file)
    return _text(file, head)


def _box(head: bytes) -> int:
    """Where the first box of an ISO media file ends, as far as it was read."""
    return min(int.from_bytes(head[:4], "big"), 256)


def _pdf(file: BinaryIO) -> str:
    """A PDF that its reader opens: it has a page. Of one with a password only that it is encrypted can be seen."""
    file.seek(0)
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            return PDF
        pages = reader.get_num_pages()
        page = reader.pages[0].mediabox if pages else None
    except Exception as error:  # noqa: BLE001  # pypdf raises whatever a damaged file leads it to
        raise ContentRefused(f"no sound PDF: {type(error).__name__}: {error}") from None
    if page is None:
        raise ContentRefused("a PDF without a page")
    return PDF


def _image(file: BinaryIO, detected: str) -> str:
    """The image's type, if it has no more than `MOST_PIXELS` and can be decoded; of an animation, its first frame."""
    file.seek(0)
    try:
        with Image.open(file, formats=(detected.removeprefix("image/").upper(),)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ContentRefused(f"{image.width} × {image.height} pixels")
            # A JPEG is decoded at an eighth of its size, all of its data nonetheless.
            image.draft("RGB", (1, 1))
            image.load()
    except (OSError, ValueError, SyntaxError, MemoryError) as error:
        raise ContentRefused(f"no sound {detected}: {error}") from None
    return detected


def _heic(file: BinaryIO) -> str:
    """HEIC whose boxes are whole, with one that describes the image (ISO/IEC 14496-12, 4.2). Nothing is decoded."""
    size = file.seek(0, io.SEEK_END)
    at, kinds = 0, list[bytes]()
    while at < size and len(kinds) < _MOST_BOXES:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - at
        if length < 8 or at + length > size:
            raise ContentRefused("no sound HEIC: a box is cut off")
        kinds.append(head[4:8])
        at += length
    if b"meta" not in kinds:
        raise ContentRefused("no sound HEIC: nothing describes an image")
    return HEIC


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
    _refuse_overlaps(entries)
    names = {entry.filename for entry in entries}
    kinds = [kind for name, kind in _OFFICE.items() if name in names]
    if len(kinds) != 1 or "[Content_Types].xml" not in names:
        raise ContentRefused("an archive that is no document")
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names):
        raise ContentRefused("a document with a program in it")
    return kinds[0]


def _refuse_overlaps(entries: list[zipfile.ZipInfo]) -> None:
    """Parts that share their bytes are a bomb whose directory looks harmless (Fifield, “A better zip bomb”, 2019)."""
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise ContentRefused("an archive with a password")
    for entry, following in pairwise(sorted(entries, key=lambda entry: entry.header_offset)):
        if entry.header_offset + _LOCAL_HEADER + entry.compress_size > following.header_offset:
            raise ContentRefused("an archive whose parts overlap")


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

    depth = 0

    def on_start(name: str, _: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise ContentRefused(f"XML of more than {MOST_DEPTH} levels")
        namespace, _, local = name.rpartition(" ")
        if not root:
            root.append(local)
        if namespace in ("http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"):
            raise ContentRefused("HTML or SVG in XML")

    def on_end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def on_doctype(*_: Any) -> None:
        raise ContentRefused("XML with a DOCTYPE")

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.StartDoctypeDeclHandler = on_doctype
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        # An encoding that expat does not know is asked of Python, which knows more of them than expat can take.
        raise ContentRefused(f"no well-formed XML: {error}") from None
    if root[0].lower() in ("html", "svg", "script"):
        raise ContentRefused("HTML or SVG")
    return XML
