"""What a client owes, by age."""

from collections.abc import Mapping
from typing import Any

from strawberry import ID

from loaders.reads import Same
from resolvers.context import Context
from resolvers.reading import filled, resolver


@filled("client_id")
def receivables_id(_: Context, receivables: Mapping[str, Any]) -> ID:
    """One for each client."""
    return ID(f"rec_{receivables['client_id']}")


ageing = resolver(Same())
"""The same sums, those by age alone."""
