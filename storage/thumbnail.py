"""Draws the thumbnail of an image or of a PDF's first page. Runs in a child process. It is drawn anew on white: nothing
of the source is in it but what can be seen, neither its metadata nor the place of a photograph.
"""

import base64
import io
import math
import re
from typing import Any, BinaryIO, Final

import pi_heif  # pyright: ignore[reportMissingTypeStubs]
import pypdfium2  # pyright: ignore[reportMissingTypeStubs]
from PIL import Image, ImageOps

from storage.content_type import ContentRefused
from storage.picture import in_eight_bits

SIDE: Final = 512
"""Pixels of its longer side; smaller images are not enlarged."""
MOST_PIXELS: Final = 100_000_000
"""Of an image; as many as are accepted of an upload."""
_QUALITY: Final = 80
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "HEIF")
_PDF: Final = re.compile(rb"\s{0,64}%PDF-\d\.\d")

_heif: Any = pi_heif
_pdfium: Any = pypdfium2
_heif.register_heif_opener()
_heif.options.DECODE_THREADS = 1
Image.init()  # the plug-in that writes WebP is loaded before children are forked
Image.MAX_IMAGE_PIXELS = None  # `MOST_PIXELS` is the limit; Pillow's own is a warning


def read_thumbnail(file: BinaryIO) -> dict[str, Any]:
    """For `storage.reading`: `{"picture": base64, "width": …, "height": …}`, a WebP; or `{"refused": …}`."""
    try:
        head = file.read(64)
        file.seek(0)
        drawn = _first_page(file) if _PDF.match(head) else _image(file)
    except (ContentRefused, _pdfium.PdfiumError, OSError, ValueError, SyntaxError, MemoryError) as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    picture = Image.new("RGB", drawn.size, "white")
    picture.paste(drawn, mask=drawn.getchannel("A") if drawn.mode == "RGBA" else None)
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=_QUALITY)
    return {
        "picture": base64.b64encode(written.getvalue()).decode(),
        "width": picture.width,
        "height": picture.height,
    }


def _first_page(file: BinaryIO) -> Image.Image:
    """The first page on white, with its filled fields; scripts are not run. However large a page says that it is, so
    many pixels are drawn as a thumbnail has."""
    with _pdfium.PdfDocument(file) as document:
        document.init_forms()
        page = document[0]
        width, height = page.get_size()
        if not (0 < width < math.inf and 0 < height < math.inf):
            raise ContentRefused(f"a page of {width} × {height} points")
        drawn: Image.Image = page.render(scale=SIDE / max(width, height), rev_byteorder=True).to_pil()
        # Rounded up, a side may be a pixel too long.
        return drawn.convert("RGB").crop((0, 0, min(drawn.width, SIDE), min(drawn.height, SIDE)))


def _image(file: BinaryIO) -> Image.Image:
    """The image, or the first of an animation, as it is to be seen: upright, in RGB or RGBA."""
    with Image.open(file, formats=_FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ContentRefused(f"{image.width} × {image.height} pixels")
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
        small = _reduced(image)
        small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        # The orientation is in the information that copies of an image have as well.
        upright = ImageOps.exif_transpose(small)
        return upright if upright.mode == "RGBA" else upright.convert("RGB")


def _reduced(image: Image.Image) -> Image.Image:
    """Some times as large as the thumbnail, in a mode in which it can be scaled."""
    image = in_eight_bits(image)
    if image.mode in ("1", "P", "PA", "LA", "La") or "transparency" in image.info:
        image = image.convert("RGBA" if "A" in image.mode or "transparency" in image.info else "RGB")
    factor = max(image.width, image.height) // (4 * SIDE)
    return image.reduce(factor) if factor > 1 else image.copy()
