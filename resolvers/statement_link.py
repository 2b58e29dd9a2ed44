"""Links to statements of account: listed, and given out with a secret that is shown once."""

from typing import Any

from strawberry import Info

from loaders.statement_link import StatementLinkEntity
from resolvers.context import context
from resolvers.mutation import record
from resolvers.relation import newest_first
from resolvers.secret import Issue, Issued, issuing

statement_links = newest_first()
shown = record(StatementLinkEntity)


def creating(create: Issue) -> Any:
    """Makes a resolver of input type and payload, for the command that creates a link."""
    return issuing(create, StatementLinkEntity)


def url(root: Issued, info: Info) -> str | None:
    """The address to hand over, where the secret is shown."""
    return context(info).statement_page(root.secret) if root.secret else None
