"""Files that are to take their reader's time and memory: each ends, without a picture or with a small one, in a child
whose limits hold, and the next one is drawn."""

import base64
import io
import struct
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from demo.files import pdf
from domain.thumbnail import READER
from storage.reading import Readers, UnreadableError
from storage.reading_child import MEMORY
from tests.hostile.test_bombs import CATALOG, many_pages, nested_pages, page_with, pdf_of, png_of, unfolding
from tests.hostile.test_reading import reading_with
from tests.writing import insist


def image_of(width: int, height: int, kind: str, mode: str = "L", **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new(mode, (width, height)).save(written, kind, **options)
    return written.getvalue()


def bare_png(width: int, height: int) -> bytes:
    """Of one bit a pixel, all of it packed."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packed = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join(packed.compress(row) for _ in range(height)) + packed.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def page_drawing(instructions: bytes, resources: bytes = b"", *more: bytes, box: bytes = b"0 0 612 792") -> bytes:
    """A PDF of a page that draws this."""
    packed = zlib.compress(instructions, 9)
    page = b"<</Type /Page /Parent 2 0 R /MediaBox [%b] /Contents 4 0 R /Resources <<%b>>>>" % (box, resources)
    stream = b"<</Length %d /Filter /FlateDecode>>\nstream\n%b\nendstream" % (len(packed), packed)
    return pdf_of(CATALOG, b"<</Type /Pages /Kids [3 0 R] /Count 1>>", page, stream, *more)


def form_in_itself() -> bytes:
    """A form that draws itself a thousand times."""
    inner = b"/F Do " * 1000
    form = b"<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</F 5 0 R>>>> /Length %d>>" % len(
        inner
    )
    return page_drawing(b"/F Do", b"/XObject <</F 5 0 R>>", form + b"\nstream\n%b\nendstream" % inner)


def forms_in_forms(depth: int = 12) -> bytes:
    """Each form draws the next one ten times: 10 to the power of `depth` in all."""
    inner = b"/F Do " * 10
    forms = [
        b"<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources <</XObject <</F %d 0 R>>>> /Length %d>>"
        b"\nstream\n%b\nendstream" % (place + 6, len(inner), inner)
        for place in range(depth)
    ]
    last = b"<</Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 11>>\nstream\n0 0 9 9 re f\nendstream"
    return page_drawing(b"/F Do", b"/XObject <</F 5 0 R>>", *forms, last)


def image_in_pdf(width: int, height: int) -> bytes:
    data = zlib.compress(bytes(1 << 20), 9)
    image = (
        b"<</Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8"
        b" /Filter /FlateDecode /Length %d>>\nstream\n%b\nendstream" % (width, height, len(data), data)
    )
    return page_drawing(b"600 0 0 600 0 0 cm /I Do", b"/XObject <</I 5 0 R>>", image)


def bomb_of_text() -> bytes:
    packed = zlib.compress(bytes(1 << 28), 9)
    sound = image_of(40, 20, "PNG")
    text = b"zTXt" + b"Comment\0\0" + packed
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    return sound[:33] + chunk + sound[33:]


BOMBS: dict[str, Callable[[], bytes]] = {
    "a PNG of 50,000 × 50,000": lambda: bare_png(50_000, 50_000),
    "a PNG that says so": lambda: png_of(50_000, 50_000, zlib.compress(bytes(1000))),
    "a PNG of nearly two to the 31": lambda: png_of(2**31 - 1, 2**31 - 1, b""),
    "a PNG of 100 million pixels": lambda: image_of(10_000, 10_000, "PNG", "RGBA"),
    "a PNG of 100 million pixels of a palette": lambda: image_of(10_000, 10_000, "PNG", "P", transparency=0),
    "a PNG of 100 million pixels of 16 bits": lambda: image_of(10_000, 10_000, "PNG", "I;16"),
    "a JPEG of 65,000 × 65,000": lambda: image_of(65_000, 1_000, "JPEG").replace(
        struct.pack(">HH", 1_000, 65_000), struct.pack(">HH", 65_000, 65_000), 1
    ),
    "a WebP of 16,000 × 6,000": lambda: image_of(16_000, 6_000, "WEBP", "RGB", quality=1, method=0),
    "a PNG with a text that unfolds": bomb_of_text,
    "a page tree without end": lambda: nested_pages(20_000),
    "a page tree in a circle": lambda: pdf_of(CATALOG, b"<</Type /Pages /Kids [2 0 R] /Count 1>>"),
    "many pages": lambda: many_pages(5_000),
    "a stream that unfolds": lambda: page_with(unfolding(1), b"/FlateDecode"),
    "a stream that unfolds twice": lambda: page_with(unfolding(2), b"[/FlateDecode /FlateDecode]"),
    "a page of brackets": lambda: page_with(zlib.compress(b"[" * 400_000), b"/FlateDecode"),
    "a page as large as numbers are": lambda: page_drawing(b"0 0 9 9 re f", box=b"0 0 1e38 1e38"),
    "a page without end": lambda: page_drawing(b"0 0 9 9 re f", box=b"0 0 1e400 1e400"),
    "a page of nothing": lambda: page_drawing(b"", box=b"0 0 0 0"),
    "a page turned inside out": lambda: page_drawing(b"0 0 9 9 re f", box=b"612 792 0 0"),
    "five million curves": lambda: page_drawing(b"0 0 m 9 9 99 99 600 700 c S\n" * 5_000_000),
    "a clip in a clip": lambda: page_drawing(b"q 0 0 600 700 re W n\n" * 500_000),
    "a form in itself": form_in_itself,
    "forms in forms": forms_in_forms,
    "an image of 30,000 × 30,000 in a page": lambda: image_in_pdf(30_000, 30_000),
    "a dash of nearly nothing": lambda: page_drawing(b"[0.000001 0.000001] 0 d 0 0 m 600 700 l S\n" * 1000),
}  # fmt: skip


@pytest.mark.sampled(3)
@pytest.mark.claims(
    "docs/documents.md",
    "A file that would take more than 3 s of CPU time or 1 GiB of memory has none.",
)
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_ends_and_the_next_file_is_drawn(bomb: Callable[[], bytes]) -> None:
    async def do(readers: Readers) -> Any:
        async def drawn(content: bytes) -> Any:
            return await insist(partial(readers.read_content, READER, content, uuid4()))

        try:
            answer = await drawn(bomb())
        except UnreadableError as error:
            answer = {"refused": str(error)}
        return answer, await drawn(pdf(["hola"]))

    answer, following = reading_with(do)
    assert (following["width"], following["height"]) == (396, 512)
    if "refused" not in answer:
        assert max(answer["width"], answer["height"]) <= 512
        assert len(base64.b64decode(answer["picture"])) < 100_000


def test_the_limits_of_a_reader_are_those_of_the_guide() -> None:
    assert (READER.cpu_seconds, MEMORY) == (3, 1 << 30)
