"""Links to a document's bytes. They are signed here; the store is not asked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from strawberry import Info

from loaders.reads import Filled, reads
from resolvers.context import Context, context

LINK_LIFE = timedelta(minutes=5)
_COLUMNS = ("object_key", "name", "content_type")


def _link(context: Context, document: Mapping[str, Any], *, inline: bool) -> str:
    context.disclosed["documentLinks"] += 1
    return context.store.presign_get(
        document["object_key"],
        filename=document["name"],
        content_type=document["content_type"],
        inline=inline,
        expires=LINK_LIFE,
    )


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
