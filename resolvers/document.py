"""Links to a document's content, with and without credentials. Access is checked when they are opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.wording import size_text
from resolvers.context import Context
from resolvers.reading import filled
from storage.content_type import WEBP
from storage.keys import thumbnail_key
from storage.links import LinkedFile

_COLUMNS = ("id", "object_key", "name", "content_type")


def _file(context: Context, document: Mapping[str, Any], *, inline: bool) -> LinkedFile:
    context.disclosed["documentLinks"] += 1
    id, key, name, content_type = (document[column] for column in _COLUMNS)
    return LinkedFile(UUID(str(id)), key, name, content_type, inline=inline)


@filled("size")
def size_label(_: Context, document: Mapping[str, Any]) -> str:
    """The size as people read it."""
    return size_text(document["size"])


@filled(*_COLUMNS)
def download_url(context: Context, document: Mapping[str, Any]) -> str:
    """A link that downloads the file under its name."""
    return context.link(_file(context, document, inline=False))


@filled(*_COLUMNS)
def view_url(context: Context, document: Mapping[str, Any]) -> str:
    """A link that shows the file where its type is safe to show."""
    return context.link(_file(context, document, inline=True))


@filled(*_COLUMNS)
def signed_in_download_url(context: Context, document: Mapping[str, Any]) -> str:
    """As `download_url`, for whoever is signed in."""
    return context.address(_file(context, document, inline=False))


@filled(*_COLUMNS)
def signed_in_view_url(context: Context, document: Mapping[str, Any]) -> str:
    """As `view_url`, for whoever is signed in."""
    return context.address(_file(context, document, inline=True))


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A document's thumbnail: where it is, and its pixels."""

    url: str
    signed_in_url: str
    width: int
    height: int


@filled("id", "company_id", "name", "thumbnail_width", "thumbnail_height")
def thumbnail(context: Context, document: Mapping[str, Any]) -> Thumbnail | None:
    """The thumbnail; None until it is drawn, and where there is none."""
    width, height = document["thumbnail_width"], document["thumbnail_height"]
    if width is None:
        return None
    id, company_id = (UUID(str(document[name])) for name in ("id", "company_id"))
    file = LinkedFile(id, thumbnail_key(company_id, id), document["name"], WEBP, inline=True, thumbnail=True)
    context.disclosed["documentLinks"] += 1
    return Thumbnail(context.link(file), context.address(file), width, height)
