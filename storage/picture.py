"""Draws uploaded images anew. Runs in a child process. What is drawn has no hidden data of the upload in it, and no
place of the photograph.
"""

import base64
import io
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, Final

from PIL import Image, ImageOps

from storage.content_type import JPEG, PNG, WEBP, ContentRefused
from storage.sniff import sniff

AVATAR_SIZES: Final = (256, 64)
"""Pixels of a side: of the picture, and of its thumbnail."""
LOGO_SIZE: Final = (600, 200)
"""Pixels that a logo has at most: width, height."""
MOST_PIXELS: Final = 40_000_000
_QUALITY: Final = 82

Draw = Callable[[Image.Image], Sequence[bytes]]

Image.init()  # the plug-ins that write PNG and WebP are loaded before children are forked


def read_avatar(file: BinaryIO) -> dict[str, Any]:
    """For `storage.reading`: `{"pictures": [base64, …]}`, WebP in `AVATAR_SIZES`; or `{"refused": …}`."""
    return _read(file, AVATAR_SIZES[0], _avatar)


def read_logo(file: BinaryIO) -> dict[str, Any]:
    """For `storage.reading`: `{"pictures": [base64]}`, one PNG within `LOGO_SIZE`; or `{"refused": …}`."""
    return _read(file, LOGO_SIZE[0], _logo)


def _read(file: BinaryIO, side: int, draw: Draw) -> dict[str, Any]:
    """What is drawn of the image, of which `side` pixels are needed."""
    try:
        if (kind := sniff(file)) not in (PNG, JPEG, WEBP):
            raise ContentRefused(f"{kind} is no image")
        file.seek(0)
        with Image.open(file, formats=(kind.removeprefix("image/").upper(),)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ContentRefused(f"{image.width} × {image.height} pixels")
            image.draft("RGB", (2 * side, 2 * side))
            upright = in_eight_bits(ImageOps.exif_transpose(image)).convert("RGBA")
            upright.info.clear()
            return {"pictures": [base64.b64encode(picture).decode() for picture in draw(upright)]}
    except (ContentRefused, OSError, ValueError, SyntaxError, MemoryError) as error:
        return {"refused": str(error)}


def in_eight_bits(image: Image.Image) -> Image.Image:
    """The same picture; of 16 bits of grey, which to convert would cut off, the upper eight."""
    if not image.mode.startswith("I"):
        return image
    grey: Any = image
    return grey.point(lambda value: value * (1 / 256)).convert("L")  # pyright: ignore[reportUnknownLambdaType]


def _avatar(image: Image.Image) -> Sequence[bytes]:
    square: Any  # Pillow leaves a size's type open
    square = ImageOps.fit(image, (AVATAR_SIZES[0], AVATAR_SIZES[0]), Image.Resampling.LANCZOS)
    return [
        _written(square.resize((size, size), Image.Resampling.LANCZOS), "WEBP", quality=_QUALITY)
        for size in AVATAR_SIZES
    ]


def _logo(image: Image.Image) -> Sequence[bytes]:
    """Whole, and never enlarged."""
    image.thumbnail(LOGO_SIZE, Image.Resampling.LANCZOS)
    return [_written(image, "PNG", optimize=True)]


def _written(image: Image.Image, kind: str, **options: Any) -> bytes:
    drawn = io.BytesIO()
    image.save(drawn, kind, **options)
    return drawn.getvalue()
