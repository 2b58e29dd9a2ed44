"""Links to statements of account, given out with a secret that is shown once."""

from strawberry import Info

from domain.statement_link import create_statement_link
from loaders.statement_link import StatementLinkEntity
from resolvers.context import context
from resolvers.mutation import record
from resolvers.secret import Issued, issuing

shown = record(StatementLinkEntity)
creating = issuing(create_statement_link, StatementLinkEntity)


def url(root: Issued, info: Info) -> str | None:
    """The address to hand over, where the secret is shown."""
    return context(info).statement_page(root.secret) if root.secret else None
