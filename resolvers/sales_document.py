"""A sales document that is owed, as it is listed in what a client owes."""

from typing import Any

from loaders.reads import Same, reads


@reads(Same())
def itself(root: Any) -> Any:
    """The row, as the document that it is."""
    return root
