"""Price lists."""

from collections.abc import Mapping
from typing import Any

from domain.taxes import Tax
from resolvers.context import Context
from resolvers.reading import filled


@filled("taxes")
def taxes(_: Context, item: Mapping[str, Any]) -> list[Tax]:
    """The taxes that a line of the item has."""
    return [Tax.of(tax) for tax in item["taxes"]]
