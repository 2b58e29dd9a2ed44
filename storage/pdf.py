"""Reads a PDF's text and the QR codes on it, in a process of its own: what strangers send may hang or swell its reader.

    python storage/pdf.py < constancia.pdf     {"pages": ["…"], "codes": [[1, "https://…"]]}

The process limits its own memory and time; whoever starts it waits only so long. See `read`. What cannot be read, for
whatever reason, is `{"unreadable": "…"}`.
"""

import asyncio
import contextlib
import io
import json
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

SECONDS: Final = 6
"""How long a reading may take; a constancia takes less than one."""
MEMORY: Final = 1 << 30
MOST_PAGES: Final = 30
MOST_IMAGES: Final = 30
MOST_PIXELS: Final = 20_000_000
"""Of each image, before it is decoded. A page scanned at 300 dots an inch has 9 million."""
AT_ONCE: Final = 2
"""Processes that one Ficha runs side by side."""


@dataclass(frozen=True, slots=True)
class Pdf:
    """What was read: the text of each page, and the QR codes with the pages that they are on, counted from 1."""

    pages: list[str] = field(default_factory=list[str])
    codes: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    unreadable: str = ""
    """Why nothing was read, in English, for a log; empty otherwise."""


_readers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pdf")


async def read(content: bytes) -> Pdf:
    """Reads the PDF. Raises nothing: what cannot be read in time or in memory is unreadable."""
    return await asyncio.get_running_loop().run_in_executor(_readers, _read_apart, content)


def _read_apart(content: bytes) -> Pdf:
    command = [sys.executable, "-I", __file__]
    try:
        done = subprocess.run(
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Pdf(unreadable=f"took more than {SECONDS} seconds")
    except ValueError:
        return Pdf(unreadable="the reader gave up")
    codes = [(page, text) for page, text in found.get("codes", ())]
    return Pdf(found.get("pages", []), codes, found.get("unreadable", ""))


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    with contextlib.suppress(ValueError):  # where a lower limit is set already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        found = _read(sys.stdin.buffer.read())
    except Exception as error:  # noqa: BLE001  # a reader of strangers' files: whatever it is, it is the file's fault
        found = {"unreadable": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(found))


def _read(content: bytes) -> dict[str, Any]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        return {"unreadable": "encrypted"}
    if len(reader.pages) > MOST_PAGES:
        return {"unreadable": f"{len(reader.pages)} pages"}
    texts: list[str] = []
    codes: list[tuple[int, str]] = []
    left = MOST_IMAGES
    for number, page in enumerate(reader.pages, start=1):
        texts.append(page.extract_text())
        for image in _images(page)[:left]:
            left -= 1
            codes += [(number, code) for code in _codes(image)]
    return {"pages": texts, "codes": codes}


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
    import zxingcpp

    grey = image.image.convert("L")
    return [found.text for found in zxingcpp.read_barcodes(grey, zxingcpp.barcode_formats_from_str("QRCode"))]


if __name__ == "__main__":
    _main()
