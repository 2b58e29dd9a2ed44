"""Links to statements of account: listed, and given out with a secret that is shown once."""

from collections.abc import Mapping
from typing import Any

from strawberry import Info

from loaders.page import Order
from loaders.statement_link import StatementLinkEntity
from models.viewer import Viewer
from resolvers.context import context
from resolvers.mutation import record
from resolvers.reading import paged
from resolvers.secret import Issue, Issued, issuing


@paged
def statement_links(_: Viewer) -> Mapping[str, Any]:
    """The client's links, newest first, revoked and expired ones among them."""
    return {"order": (Order("CREATED_AT", descending=True),)}


shown = record(StatementLinkEntity)


def creating(create: Issue) -> Any:
    """Makes a resolver of input type and payload, for the command that creates a link."""
    return issuing(create, StatementLinkEntity)


def url(root: Issued, info: Info) -> str | None:
    """The address to hand over, where the secret is shown."""
    return context(info).statement_page(root.secret) if root.secret else None
