"""The keys of objects: opaque, prefixed by their company, and never made from a name that a person typed."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final
from uuid import UUID

WHOLE: Final = 0
"""The number of the part that is the whole file."""
_TRASH: Final = "trash/"
_ID_DIGITS: Final = 32


def company_prefix(company_id: UUID) -> str:
    """What every key of the company begins with."""
    return f"{company_id.hex}/"


def document_key(company_id: UUID, document_id: UUID) -> str:
    """The key of a document's bytes. A document has its own object: equal files are stored twice, deleted apart."""
    return f"{company_prefix(company_id)}{document_id.hex}"


def thumbnail_key(company_id: UUID, document_id: UUID) -> str:
    """The key of a document's thumbnail, which is there as long as the document may have one."""
    return f"{company_prefix(company_id)}thumbnails/{document_id.hex}"


def upload_key(company_id: UUID, upload_id: UUID, part: int) -> str:
    """Where a part of an upload arrives, counted from 1; the file sent as one whole is part `WHOLE`. No document is
    there: its sender may write again."""
    return f"{upload_prefix(company_id, upload_id)}{part}"


def upload_prefix(company_id: UUID, upload_id: UUID) -> str:
    """What the keys of an upload's objects begin with."""
    return f"{company_prefix(company_id)}uploads/{upload_id.hex}/"


def trash_prefix(company_id: UUID) -> str:
    """What the keys of the company's objects in the trash begin with; none of them begins with `company_prefix`."""
    return f"{_TRASH}{company_prefix(company_id)}"


def trash_key(key: str) -> str:
    """Where the object of this key is in the trash."""
    return f"{_TRASH}{key}"


def restored_key(key: str) -> str:
    """Where the object of this key was before it came into the trash; where it is, if it never did."""
    return key.removeprefix(_TRASH)


def ids_of(key: str) -> Iterator[UUID]:
    """The ids in a key: of a document, or of an upload."""
    for part in key.split("/")[1:]:
        if len(part) == _ID_DIGITS:
            with suppress(ValueError):  # an object that is not ours
                yield UUID(part)
