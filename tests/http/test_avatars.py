"""Pictures of collaborators: drawn anew of what was sent, at an address that nobody guesses; initials without one."""

import base64
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from sqlalchemy import Connection

import models
from models.collaborator import Role
from tests.fixtures import Company, global_id
from tests.writing import rows

SET = """
mutation ($input: SetCollaboratorAvatarInput!) {
  setCollaboratorAvatar(input: $input) {
    collaborator { avatarUrl avatarThumbnailUrl version } userErrors { code path }
  }
}
"""


@pytest.fixture
def mine(company: Callable[..., Company]) -> Company:
    """A company of the test's own."""
    return company()


def image(kind: str = "PNG", size: tuple[int, int] = (600, 400), mode: str = "RGB", **options: Any) -> bytes:
    """An image: red on the left, blue on the right."""
    drawn = Image.new(mode, size, "red")
    drawn.paste("blue", (size[0] // 2, 0, *size))
    content = io.BytesIO()
    drawn.save(content, kind, **options)
    return content.getvalue()


def give(company: Company, content: bytes | str | None, role: Role = Role.ADMIN, whose: Role = Role.SALES) -> Any:
    """The payload."""
    text = base64.b64encode(content).decode() if isinstance(content, bytes) else content
    given = {"id": global_id(models.Collaborator, company.people[whose]), "image": text}
    return company.ask(SET, role, input=given).data["setCollaboratorAvatar"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_a_square_of_the_middle(mine: Company, kind: str) -> None:
    shown = give(mine, image(kind))["collaborator"]
    assert shown["version"] == 2
    for url, size in ((shown["avatarUrl"], 256), (shown["avatarThumbnailUrl"], 64)):
        assert url.startswith(f"{mine.ficha.url}/avatars/")
        answer = mine.ficha.http.get(urlsplit(url).path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        drawn = Image.open(io.BytesIO(answer.content)).convert("RGB")
        assert drawn.size == (size, size)
        left, right = drawn.getpixel((2, size // 2)), drawn.getpixel((size - 3, size // 2))
        assert (left[0] > 200, left[2] < 60, right[2] > 200, right[0] < 60) == (True,) * 4


def test_it_stands_upright_and_tells_nothing_of_where_it_was_taken(mine: Company) -> None:
    marks = Image.Exif()
    marks[0x0112] = 6  # turned by a quarter
    marks[0x010F] = "CAMARA SECRETA"
    shown = give(mine, image("JPEG", exif=marks))["collaborator"]
    content = mine.ficha.http.get(urlsplit(shown["avatarUrl"]).path).content
    assert b"SECRETA" not in content
    drawn = Image.open(io.BytesIO(content)).convert("RGB")
    top, bottom = drawn.getpixel((128, 2)), drawn.getpixel((128, 253))
    assert (top[0] > 200, bottom[2] > 200) == (True, True)


PROGRAMS = {
    "ELF": b"\x7fELF\x02\x01\x01" + bytes(100),
    "PE": b"MZ" + bytes(200),
    "script": b"#!/bin/sh\nrm -rf /\n",
    "HTML": b"<html><script>alert(1)</script></html>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "PDF": b"%PDF-1.7\n",
    "ZIP": b"PK\x03\x04" + bytes(100),
    "GIF": b"GIF89a" + bytes(100),
    "half an image": image()[:200],
    "an image and an archive": image() + b"PK\x05\x06" + bytes(18),
    "nothing": b"\0",
}


@pytest.mark.parametrize("content", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_what_is_no_image_is_refused(mine: Company, owner: Connection, content: bytes) -> None:
    assert give(mine, content) == {"collaborator": None, "userErrors": [{"code": "IMAGE_REFUSED", "path": ["image"]}]}
    assert rows(owner, mine, models.Avatar, "digest") == []


@pytest.mark.parametrize("text", ["x", "%%%%", "a" * 5, "ñ", "\u202e", "data:image/png;base64,AAAA", " "])
def test_what_is_no_base64_is_refused(mine: Company, text: str) -> None:
    assert give(mine, text)["userErrors"] == [{"code": "IMAGE_REFUSED", "path": ["image"]}]


def test_large_images_are_refused(mine: Company) -> None:
    assert give(mine, "A" * 720_000)["userErrors"] == [{"code": "FILE_TOO_LARGE", "path": ["image"]}]
    # A bomb: forty megapixels and more in some kilobytes.
    assert give(mine, image(size=(8000, 5001)))["userErrors"] == [{"code": "IMAGE_REFUSED", "path": ["image"]}]


def test_everybody_changes_their_own_and_administrators_all(mine: Company) -> None:
    assert give(mine, image(), Role.SALES)["userErrors"] == []
    given = {"id": global_id(models.Collaborator, mine.people[Role.SALES]), "image": None}
    assert mine.ask(SET, Role.BILLING, input=given).errors == [("FORBIDDEN", "setCollaboratorAvatar")]


def test_without_a_picture_there_are_initials(mine: Company) -> None:
    names = {
        "Valeria Núñez Ortega": "vn",
        "Ñandú": "n",
        "  Úrsula  de la Cota": "ud",
        "李小龍": "x",
        "O'Farrill, Ana": "oa",
        "3M México": "mm",
    }
    for name, letters in names.items():
        mine.change(models.Collaborator, mine.people[Role.SALES], name=name)
        query = "{ collaborators(filter: {role: {eq: SALES}}) { nodes { avatarUrl avatarThumbnailUrl } } }"
        [shown] = mine.ask(query).data["collaborators"]["nodes"]
        assert shown == dict.fromkeys(("avatarUrl", "avatarThumbnailUrl"), f"{mine.ficha.url}/avatars/{letters}.svg")
        answer = mine.ficha.http.get(f"/avatars/{letters}.svg")
        assert f">{letters.upper()}</text>" in answer.text


def test_another_picture_has_another_address_and_the_last_is_gone(mine: Company) -> None:
    urls = [give(mine, image(kind))["collaborator"]["avatarUrl"] for kind in ("PNG", "JPEG")]
    assert len(set(urls)) == 2
    assert [mine.ficha.http.get(urlsplit(url).path).status_code for url in urls] == [404, 200]
    assert give(mine, None)["collaborator"]["avatarUrl"] == f"{mine.ficha.url}/avatars/s.svg"
    assert mine.ficha.http.get(urlsplit(urls[1]).path).status_code == 404


@pytest.mark.claims(
    "docs/security.md",
    "Pictures of collaborators (`/avatars/…`) need no credentials; their addresses cannot be guessed,",
)
def test_nobody_guesses(mine: Company, company: Callable[..., Company]) -> None:
    path = urlsplit(give(mine, image())["collaborator"]["avatarUrl"]).path
    _, _, owner_part, name = path.split("/")
    other = company()
    wrong = [
        f"/avatars/{owner_part}/{'0' * 32}.webp",
        f"/avatars/{other.id.hex}{owner_part[32:]}/{name}",
        f"/avatars/{owner_part[:32]}{other.people[Role.SALES].hex}/{name}",
        f"/avatars/{owner_part.upper()}/{name}",
        f"/avatars/{owner_part}/{name[:-5]}-256.webp",
        f"/avatars/{owner_part}/%00.webp",
    ]
    assert {mine.ficha.http.get(each).status_code for each in wrong} == {404}
