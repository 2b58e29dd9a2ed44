"""The accepted types of files, and the detection of a file's type from its content, in a child process.

    await detect(readers, file, company_id) -> "application/pdf"

Only types in `ACCEPTED` are accepted. The detection is in `storage.sniff`.
"""

from collections.abc import Mapping, Sequence
from typing import BinaryIO, Final
from uuid import UUID

from storage.reading import Reader, Readers, UnreadableError

PDF: Final = "application/pdf"
XML: Final = "application/xml"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
WEBP: Final = "image/webp"
HEIC: Final = "image/heic"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT: Final = "text/plain"
CSV: Final = "text/csv"

ACCEPTED: Final[Sequence[str]] = (PDF, XML, PNG, JPEG, WEBP, HEIC, DOCX, XLSX, TEXT, CSV)
"""The accepted types. Archives, web pages, programs and files with macros are not accepted."""

REFUSED: Final = frozenset(
    {"text/html", "application/xhtml+xml", "image/svg+xml", "application/zip", "application/x-zip-compressed"}
    | {"application/x-msdownload", "application/javascript", "text/javascript", "application/x-sh"}
)
"""What a sender may as well not send, by its own word; anything else unknown is judged by its bytes."""

ALIASES: Final[Mapping[str, str]] = {"text/xml": XML, "image/jpg": JPEG, "image/heif": HEIC, "application/csv": CSV}


class ContentRefused(Exception):
    """The file's type is not accepted, or it is damaged or unsafe. The text says why, in English, for the log."""


def known_type(declared: str) -> str | None:
    """The accepted type that a declared media type means; any other is ignored."""
    name = declared.partition(";")[0].strip().lower()
    name = ALIASES.get(name, name)
    return name if name in ACCEPTED else None


def agrees(declared: str, detected: str) -> bool:
    """Whether the word of a sender goes with the bytes. A table may be called text: that is what it is."""
    named = known_type(declared)
    return named is None or named == detected or {named, detected} == {TEXT, CSV}


async def detect(readers: Readers, file: BinaryIO, company_id: UUID) -> str:
    """The file's type, one of `ACCEPTED`; text of any kind is `text/plain`. Raises ContentRefused, and what
    `Readers.read` raises when the file is not at fault."""
    try:
        answer = await readers.read(_SNIFF, file, company_id)
    except UnreadableError as error:
        raise ContentRefused(str(error)) from None
    if "refused" in answer:
        raise ContentRefused(answer["refused"])
    return answer["type"]


_SNIFF: Final = Reader("storage.sniff:read_type")
