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


@filled("size")
def size_label(_: Context, document: Mapping[str, Any]) -> str:
    """The size as people read it."""
    return size_text(document["size"])


def _url(*, inline: bool = False, signed_in: bool = False) -> Any:
    """A field: where the file is downloaded under its name or, inline, shown where its type is safe to show; by who is
    signed in, or without further credentials."""

    @filled("id", "object_key", "name", "content_type")
    def url(context: Context, document: Mapping[str, Any]) -> str:
        context.disclosed["documentLinks"] += 1
        key, name, content_type = (document[column] for column in ("object_key", "name", "content_type"))
        file = LinkedFile(UUID(str(document["id"])), key, name, content_type, inline=inline)
        return context.address(file) if signed_in else context.link(file)

    return url


download_url = _url()
view_url = _url(inline=True)
signed_in_download_url = _url(signed_in=True)
signed_in_view_url = _url(inline=True, signed_in=True)


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
