"""Links to a document's bytes. They are signed here; the store is not asked."""

from datetime import timedelta
from typing import Any

from strawberry import Info

from resolvers.context import context

LINK_LIFE = timedelta(minutes=5)


def _link(root: Any, info: Info, *, inline: bool) -> str:
    return context(info).store.presign_get(
        root.object_key, filename=root.name, content_type=root.content_type, inline=inline, expires=LINK_LIFE
    )


def download_url(root: Any, info: Info) -> str:
    """A link that downloads the file under its name."""
    return _link(root, info, inline=False)


def view_url(root: Any, info: Info) -> str:
    """A link that shows the file where its type is safe to show."""
    return _link(root, info, inline=True)
