"""Links to a document's content. They are signed here; access is checked when they are opened."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.wording import size_text
from resolvers.context import Context
from resolvers.reading import filled
from storage.links import LinkedFile

_COLUMNS = ("id", "object_key", "name", "content_type")


def _link(context: Context, document: Mapping[str, Any], *, inline: bool) -> str:
    context.disclosed["documentLinks"] += 1
    id, key, name, content_type = (document[column] for column in _COLUMNS)
    return context.link(LinkedFile(UUID(str(id)), key, name, content_type, inline=inline))


@filled("size")
def size_label(_: Context, document: Mapping[str, Any]) -> str:
    """The size as people read it."""
    return size_text(document["size"])


@filled(*_COLUMNS)
def download_url(context: Context, document: Mapping[str, Any]) -> str:
    """A link that downloads the file under its name."""
    return _link(context, document, inline=False)


@filled(*_COLUMNS)
def view_url(context: Context, document: Mapping[str, Any]) -> str:
    """A link that shows the file where its type is safe to show."""
    return _link(context, document, inline=True)
