"""Thumbnails: what is drawn of which file, and that nothing else of it is in the picture."""

import base64
import io
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfWriter

from demo.files import pdf
from storage.thumbnail import read_thumbnail

HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAA"
    "AAAERAAAIAAQAAAAAB7AABAAAAAAAAACUAAgAAAAACEQABAAAAAAAAADgAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVp"
    "bmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGE"
    "ABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA"
    "AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAIAAAAAEAAAAAAAAAAv///+AAAAACAAAAEH"
    "BpeGkAAAAAAwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAGVtZGF0AAAA"
    "ISgBrxmA70mlv//wryEfdlG/hrIXhfLxR/4kd+fW5ENtbwAAAAZFeGlmAABNTQAqAAAACAACAQ8AAgAAAAgAAAAmARIAAwAAAAEABgAAAAAAAF"
    "NFQ1JFVE8A"
)
"""64 × 32 pixels, the left half blue, the right one red, turned a quarter to the right; its EXIF says SECRETO."""
RED, BLUE, WHITE, BLACK = (255, 0, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def halves(mode: str = "RGB", size: tuple[int, int] = (1200, 600), left: Any = BLUE, right: Any = RED) -> Image.Image:
    """An image of two colours."""
    image = Image.new(mode, size, right)
    image.paste(left, (0, 0, size[0] // 2, size[1]))
    return image


def drawn(content: bytes) -> Image.Image:
    answer = read_thumbnail(io.BytesIO(content))
    picture = Image.open(io.BytesIO(base64.b64decode(answer["picture"])))
    assert (picture.format, picture.mode, picture.size) == ("WEBP", "RGB", (answer["width"], answer["height"]))
    assert not {"exif", "xmp", "icc_profile"} & picture.info.keys()
    return picture


def colours(picture: Image.Image) -> list[tuple[int, ...]]:
    """Those of the left, right, upper and lower ends, each of its parts rounded: a WebP is not exact."""
    width, height = picture.size
    places = [(2, height // 2), (width - 3, height // 2), (width // 2, 2), (width // 2, height - 3)]
    pixels: list[Any] = [picture.getpixel(place) for place in places]
    return [tuple(round(part / 51) * 51 for part in pixel) for pixel in pixels]


def turned(orientation: int, **more: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SECRETO"
    exif.get_ifd(0x8825)[1] = "N"
    return encoded(halves(), "JPEG", exif=exif, **more)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_image_is_drawn_smaller_in_its_proportions(kind: str) -> None:
    picture = drawn(encoded(halves(), kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert (picture.size, colours(picture)[:2]) == ((512, 256), [BLUE, RED])


def test_a_small_image_is_not_enlarged() -> None:
    assert drawn(encoded(halves(size=(40, 20)), "PNG")).size == (40, 20)


@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 5000), (3000, 7)])
def test_an_image_of_odd_proportions_has_a_pixel_at_least(size: tuple[int, int]) -> None:
    picture = drawn(encoded(Image.new("RGB", size, "red"), "PNG"))
    assert max(picture.size) <= 512
    assert min(picture.size) >= 1


@pytest.mark.parametrize(
    ("orientation", "size", "ends"),
    [
        (1, (512, 256), {0: BLUE, 1: RED}),
        (2, (512, 256), {0: RED, 1: BLUE}),
        (3, (512, 256), {0: RED, 1: BLUE}),
        (6, (256, 512), {2: BLUE, 3: RED}),
        (8, (256, 512), {2: RED, 3: BLUE}),
        (99, (512, 256), {0: BLUE, 1: RED}),
    ],
)
def test_a_photograph_is_upright_and_says_nothing_of_its_place(
    orientation: int, size: tuple[int, int], ends: dict[int, Any]
) -> None:
    content = turned(orientation, icc_profile=b"SECRETO" * 20, comment=b"SECRETO")
    picture = drawn(content)
    shown = colours(picture)
    assert (picture.size, {place: shown[place] for place in ends}) == (size, ends)
    assert b"SECRETO" in content
    assert b"SECRETO" not in base64.b64decode(read_thumbnail(io.BytesIO(content))["picture"])


def test_a_heic_is_upright_too() -> None:
    picture = drawn(HEIC)
    assert (picture.size, colours(picture)[2:]) == ((32, 64), [BLUE, RED])


@pytest.mark.parametrize(
    ("image", "options"),
    [
        (halves("RGBA", left=(0, 0, 0, 0), right=(255, 0, 0, 255)), {}),
        (halves("LA", left=(0, 0), right=(0, 255)), {}),
        (halves("P", left=0, right=1), {"transparency": 0}),
        (halves("RGB", left=(1, 2, 3), right=RED), {"transparency": (1, 2, 3)}),
        (halves("L", left=7, right=0), {"transparency": 7}),
    ],
    ids=["RGBA", "LA", "palette", "RGB", "grey"],
)
def test_what_is_transparent_is_white(image: Image.Image, options: dict[str, Any]) -> None:
    left, right = colours(drawn(encoded(image, "PNG", **options)))[:2]
    assert left == WHITE
    assert right != WHITE


def test_cmyk_is_drawn_in_its_colours() -> None:
    content = encoded(halves("CMYK", left=(255, 255, 0, 0), right=(0, 255, 255, 0)), "JPEG", quality=95)
    assert colours(drawn(content))[:2] == [BLUE, RED]


def test_16_bits_of_grey_are_scaled_and_not_cut_off() -> None:
    grey = Image.frombytes("I;16", (600, 300), (b"\x00\x80" * 300 + b"\xff\xff" * 300) * 300)
    assert colours(drawn(encoded(grey, "PNG")))[:2] == [(153, 153, 153), WHITE]


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16"])
def test_images_of_all_modes_are_drawn(mode: str) -> None:
    image = Image.new(mode, (900, 450))
    assert drawn(encoded(image, "PNG")).size == (512, 256)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_drawn(kind: str) -> None:
    frames = encoded(halves(), kind, save_all=True, append_images=[Image.new("RGB", (1200, 600))] * 20)
    assert colours(drawn(frames))[:2] == [BLUE, RED]


def test_of_a_pdf_the_first_page_is_drawn_on_white() -> None:
    picture = drawn(pdf(["hola"] * 3))
    assert picture.size == (396, 512)
    assert picture.getpixel((5, 5)) == WHITE
    darkest: Any = picture.convert("L").getextrema()[0]
    assert darkest < 100  # the text


def pages(*sizes: tuple[float, float], rotation: int = 0) -> PdfWriter:
    writer = PdfWriter()
    for width, height in sizes:
        page = writer.add_blank_page(width, height)
        page.rotation = rotation
    return writer


def written(writer: PdfWriter) -> bytes:
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("size", "rotation", "expected"),
    [
        ((612, 792), 0, (396, 512)),
        ((612, 792), 90, (512, 396)),
        ((14_400, 14_400), 0, (512, 512)),
        ((1_000_000_000, 1_000_000_000), 0, (512, 512)),
        ((1e9, 1), 0, (512, 1)),
        ((3, 3), 0, (512, 512)),
    ],
)
def test_however_large_a_page_is_its_picture_is_not(
    size: tuple[float, float], rotation: int, expected: tuple[int, int]
) -> None:
    assert drawn(written(pages(size, (100, 100), rotation=rotation))).size == expected


def locked() -> bytes:
    writer = pages((612, 792))
    writer.encrypt("secreto", algorithm="RC4-128")
    return written(writer)


@pytest.mark.parametrize(
    "content",
    [
        locked(),
        pdf(["hola"])[:200],
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script></html>",
        b"\x89PNG\r\n\x1a\n<svg xmlns='http://www.w3.org/2000/svg'/>",
        encoded(halves(), "PNG")[:500],
        encoded(halves(), "GIF"),
        encoded(halves(), "TIFF"),
        HEIC[:300],
        b"",
        b"hola",
    ],
    ids=[
        "locked",
        "cut PDF",
        "empty PDF",
        "SVG",
        "HTML",
        "SVG as PNG",
        "cut PNG",
        "GIF",
        "TIFF",
        "cut HEIC",
        "",
        "text",
    ],
)
def test_of_what_cannot_be_drawn_there_is_none(content: bytes) -> None:
    assert read_thumbnail(io.BytesIO(content)).keys() == {"refused"}
