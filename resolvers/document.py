"""Links to a document's bytes. They are signed here; whether they may be opened is asked when they are."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from strawberry import Info

from loaders.reads import Filled, reads
from resolvers.context import Context, context
from storage.links import LinkedFile

_COLUMNS = ("id", "object_key", "name", "content_type")


def _link(context: Context, document: Mapping[str, Any], *, inline: bool) -> str:
    context.disclosed["documentLinks"] += 1
    id, key, name, content_type = (document[column] for column in _COLUMNS)
    return context.link(LinkedFile(UUID(str(id)), key, name, content_type, inline=inline))


def _download(context: Context, document: Mapping[str, Any]) -> str:
    return _link(context, document, inline=False)


def _view(context: Context, document: Mapping[str, Any]) -> str:
    return _link(context, document, inline=True)


@reads(Filled(_COLUMNS, _download))
def download_url(root: Any, info: Info) -> str:
    """A link that downloads the file under its name."""
    return _download(context(info), root._asdict())


@reads(Filled(_COLUMNS, _view))
def view_url(root: Any, info: Info) -> str:
    """A link that shows the file where its type is safe to show."""
    return _view(context(info), root._asdict())
