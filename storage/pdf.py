"""Reads a PDF's text and the QR codes on it. Runs in a child process: see `storage.reading`."""

import io
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

MOST_BYTES: Final = 20_000_000
MOST_PAGES: Final = 30
MOST_TEXT: Final = 100_000
"""Characters of all pages together. A constancia has 10,000."""
MOST_DRAWN: Final = 120_000
"""Bytes of one page's drawing instructions, which its text is a part of. A constancia's page has 50,000."""
MOST_IMAGES: Final = 30
MOST_PIXELS: Final = 20_000_000
"""Of each image, before it is decoded. A page scanned at 300 dots an inch has 9 million."""


class PdfUnreadableError(Exception):
    """It is damaged, encrypted or too large. The text says why, in English, for a log."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """What was read: the text of each page, and the QR codes with the pages that they are on, counted from 1."""

    pages: list[str] = field(default_factory=list[str])
    codes: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


def read_pdf(file: BinaryIO) -> Pdf:
    """Reads the PDF. Raises PdfUnreadableError, and whatever the libraries raise on a damaged file."""
    from pypdf import PdfReader  # for the child alone

    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise PdfUnreadableError(f"more than {MOST_BYTES} bytes")
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise PdfUnreadableError("encrypted")
    if len(reader.pages) > MOST_PAGES:
        raise PdfUnreadableError(f"{len(reader.pages)} pages")
    texts: list[str] = []
    codes: list[tuple[int, str]] = []
    left = MOST_IMAGES
    for number, page in enumerate(reader.pages, start=1):
        drawn = page.get_contents()
        if drawn is not None and len(drawn.get_data()) > MOST_DRAWN:
            raise PdfUnreadableError(f"page {number} has more than {MOST_DRAWN} bytes")
        texts.append(page.extract_text())
        if sum(map(len, texts)) > MOST_TEXT:
            raise PdfUnreadableError(f"more than {MOST_TEXT} characters")
        for image in _images(page)[:left]:
            left -= 1
            codes += [(number, code) for code in _codes(image)]
    return Pdf(texts, codes)


def _images(page: Any) -> list[Any]:
    """The page's images of a size that can be looked at; each is decoded when it is taken."""
    resources: Any = page.get("/Resources") or {}
    drawn: Any = resources.get("/XObject") or {}
    images: dict[str, Any] = {name: drawn[name] for name in drawn}
    fitting = [
        name
        for name, each in images.items()
        if each.get("/Subtype") == "/Image" and 0 < each["/Width"] * each["/Height"] <= MOST_PIXELS
    ]
    return [page.images[name] for name in fitting]


def _codes(image: Any) -> list[str]:
    import zxingcpp  # for the child alone

    grey = image.image.convert("L")
    return [code.text for code in zxingcpp.read_barcodes(grey, zxingcpp.barcode_formats_from_str("QRCode"))]
