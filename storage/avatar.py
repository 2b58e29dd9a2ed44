"""Makes the two square pictures of an avatar from an uploaded image. Runs in a child process. The pictures are
re-encoded, so that they contain no hidden data and no place of the photograph.
"""

import base64
import io
from typing import Any, BinaryIO, Final

from PIL import Image, ImageOps

from storage.content_type import JPEG, PNG, WEBP, ContentRefused
from storage.sniff import sniff

SIZES: Final = (256, 64)
"""Pixels of a side: of the picture, and of its thumbnail."""
MOST_PIXELS: Final = 40_000_000
_QUALITY: Final = 82

Image.init()  # the plug-in that writes WebP is loaded before children are forked


def read_picture(file: BinaryIO) -> dict[str, Any]:
    """For `storage.reading`: `{"pictures": [base64, …]}`, WebP in `SIZES`; or `{"refused": …}`."""
    try:
        if (kind := sniff(file)) not in (PNG, JPEG, WEBP):
            raise ContentRefused(f"{kind} is no image")
        file.seek(0)
        return {"pictures": [base64.b64encode(picture).decode() for picture in _draw(file, kind)]}
    except (ContentRefused, OSError, ValueError, SyntaxError, MemoryError) as error:
        return {"refused": str(error)}


def _draw(file: BinaryIO, kind: str) -> list[bytes]:
    square: Any  # Pillow leaves a size's type open
    with Image.open(file, formats=(kind.removeprefix("image/").upper(),)) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ContentRefused(f"{image.width} × {image.height} pixels")
        image.draft("RGB", (2 * SIZES[0], 2 * SIZES[0]))
        upright = ImageOps.exif_transpose(image)
        square = ImageOps.fit(upright.convert("RGBA"), (SIZES[0], SIZES[0]), Image.Resampling.LANCZOS)
    pictures: list[bytes] = []
    for size in SIZES:
        drawn = io.BytesIO()
        square.resize((size, size), Image.Resampling.LANCZOS).save(drawn, "WEBP", quality=_QUALITY)
        pictures.append(drawn.getvalue())
    return pictures
