"""Sales documents: what can be done with them, and the taxes of their lines."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from strawberry import Info

from domain.policy import SalesDocumentAction, allows
from loaders.reads import Filled, Same, reads
from resolvers.context import Context, viewer


def _actions(context: Context, columns: Mapping[str, Any]) -> list[SalesDocumentAction]:
    document = SimpleNamespace(**columns)
    return [action for action in SalesDocumentAction if allows(context.viewer, action, document)]


@reads(Filled(("type", "state"), _actions))
def available_actions(root: Any, info: Info) -> list[SalesDocumentAction]:
    """What the viewer may do with the document now."""
    return [action for action in SalesDocumentAction if allows(viewer(info), action, root)]


@reads(Same())
def itself(root: Any) -> Any:
    """The row, as the document that it is."""
    return root
