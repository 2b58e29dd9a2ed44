"""Pictures that people send: read and drawn anew in a child process (`storage.picture`), never as they are."""

import base64
import binascii
import hashlib
import logging
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from domain.problem import FILE_TOO_LARGE, error, reject
from domain.wording import size_text
from storage.reading import Reader, Readers, UnreadableError

IMAGE_REFUSED: Final = error(
    "No es una imagen PNG, JPEG o WebP que se pueda leer.", "It is not a readable PNG, JPEG or WebP image."
)


log = logging.getLogger("ficha.pictures")

MOST_BYTES: Final = 512 << 10
"""Of an image as it is sent; a body with more would be refused as a whole."""


async def draw(readers: Readers, reader: Reader, text: str, company_id: UUID) -> Sequence[bytes]:
    """The pictures that the reader makes of an image in base64. `Rejected` if it is not an image or too large."""
    if len(text) > MOST_BYTES * 4 // 3 + 4:
        raise reject(FILE_TOO_LARGE, most=size_text(MOST_BYTES)).at("image")
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise reject(IMAGE_REFUSED).at("image") from None
    try:
        answer = await readers.read_content(reader, content, company_id)
    except UnreadableError as error:
        log.info("an image could not be read: %s", error)
        raise reject(IMAGE_REFUSED).at("image") from None
    if "refused" in answer:
        log.info("an image was refused: %s", answer["refused"])
        raise reject(IMAGE_REFUSED).at("image")
    return [base64.b64decode(picture) for picture in answer["pictures"]]


def digest(picture: bytes) -> str:
    """The first 128 bits of its SHA-256: the part of its URL that nobody guesses."""
    return hashlib.sha256(picture).hexdigest()[:32]
