"""Whether the viewer can do something to a record now: asked of the policy that the mutations ask."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from strawberry import Info

from domain.policy import ClientAction, DealAction, FollowUpAction, allows
from loaders.reads import Filled, reads
from models.viewer import Permission, Viewer
from resolvers.context import Context, operation, viewer


def _client(action: ClientAction) -> Any:
    def compute(context: Context, columns: Mapping[str, Any]) -> bool:
        return allows(context.viewer, action, SimpleNamespace(**columns))

    @reads(Filled(("kind", "deleted_at"), compute))
    def resolve(root: Any, info: Info) -> bool:
        return allows(viewer(info), action, root)

    return resolve


_PART = ("state", "deleted_at")
_CLIENT = ("kind", "deleted_at")


def _of_client(within: ClientAction, action: DealAction | FollowUpAction) -> Any:
    """Of a record that is part of a client's; `within` is what its commands ask of the client."""

    def can(asking: Viewer, part: Any, client: Any) -> bool:
        there = part.deleted_at is None or action is FollowUpAction.RESTORE
        return there and allows(asking, action, part) and allows(asking, within, client)

    def compute(context: Context, columns: Mapping[str, Any]) -> bool:
        part = SimpleNamespace(**{name: columns[name] for name in _PART})
        client = SimpleNamespace(**{name: columns[f"client.{name}"] for name in _CLIENT})
        return can(context.viewer, part, client)

    @reads(Filled((*_PART, *(f"client.{name}" for name in _CLIENT)), compute))
    async def resolve(root: Any, info: Info) -> bool:
        # Without the permission the client's state is not theirs to know: that it is deleted they learn when they try.
        knows = viewer(info).may(Permission.CLIENTS_READ)
        client = await operation(info).load(root, "client") if knows else _KEPT
        return can(viewer(info), root, client)

    return resolve


_KEPT = SimpleNamespace(kind="CLIENT", deleted_at=None)


def _deal(action: DealAction) -> Any:
    return _of_client(ClientAction.CREATE_DEAL, action)


def _follow_up(action: FollowUpAction) -> Any:
    return _of_client(ClientAction.SCHEDULE_FOLLOW_UP, action)


update_client = _client(ClientAction.EDIT)
update_client_billing = _client(ClientAction.EDIT_BILLING)
convert_client = _client(ClientAction.CONVERT_TO_CLIENT)
delete_client = _client(ClientAction.DELETE)
restore_client = _client(ClientAction.RESTORE)
erase_client = _client(ClientAction.ERASE)

update_deal = _deal(DealAction.EDIT)
finish_deal = _deal(DealAction.FINISH)
reopen_deal = _deal(DealAction.REOPEN)

update_follow_up = _follow_up(FollowUpAction.EDIT)
finish_follow_up = _follow_up(FollowUpAction.FINISH)
reopen_follow_up = _follow_up(FollowUpAction.REOPEN)
delete_follow_up = _follow_up(FollowUpAction.DELETE)
restore_follow_up = _follow_up(FollowUpAction.RESTORE)
