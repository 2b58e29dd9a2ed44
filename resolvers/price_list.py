"""Price lists."""

from collections.abc import Mapping
from typing import Any

from domain.taxes import Tax
from loaders.reads import Filled, reads


def _taxes(_: Any, item: Mapping[str, Any]) -> list[Tax]:
    return [Tax.of(tax) for tax in item["taxes"]]


@reads(Filled(("taxes",), _taxes))
def taxes(root: Any) -> list[Tax]:
    """The taxes that a line of the item has."""
    return _taxes(None, {"taxes": root.taxes})
