"""Whether the viewer can do something to a record now: asked of the policy that the mutations ask."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from strawberry import Info

from domain.policy import (
    Action,
    ClientAction,
    DealAction,
    DocumentAction,
    FollowUpAction,
    SalesDocumentAction,
    allows,
)
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


_CLIENT = ("kind", "deleted_at")
_KEPT = SimpleNamespace(kind="CLIENT", deleted_at=None)
_RESTORING = (FollowUpAction.RESTORE, DocumentAction.RESTORE)


def _of_client(within: ClientAction, action: Action, columns: tuple[str, ...]) -> Any:
    """Of a record that is part of a client's; `within` is what its commands ask of the client, `columns` what the
    action's rule looks at."""

    def can(asking: Viewer, part: Any, client: Any) -> bool:
        there = getattr(part, "deleted_at", None) is None or action in _RESTORING
        return there and allows(asking, action, part) and allows(asking, within, client)

    def compute(context: Context, given: Mapping[str, Any]) -> bool:
        part = SimpleNamespace(**{name: given[name] for name in columns})
        client = SimpleNamespace(**{name: given[f"client.{name}"] for name in _CLIENT})
        return can(context.viewer, part, client)

    @reads(Filled((*columns, *(f"client.{name}" for name in _CLIENT)), compute))
    async def resolve(root: Any, info: Info) -> bool:
        # Without the permission the client's state is not theirs to know: that it is deleted they learn when they try.
        knows = viewer(info).may(Permission.CLIENTS_READ)
        client = await operation(info).load(root, "client") if knows else _KEPT
        return can(viewer(info), root, client)

    return resolve


def _deal(action: DealAction) -> Any:
    return _of_client(ClientAction.CREATE_DEAL, action, ("state", "deleted_at"))


def _follow_up(action: FollowUpAction) -> Any:
    return _of_client(ClientAction.SCHEDULE_FOLLOW_UP, action, ("state", "deleted_at"))


def _sales_document(action: SalesDocumentAction, within: ClientAction = ClientAction.CREATE_QUOTE) -> Any:
    return _of_client(within, action, ("type", "state"))


def _document(action: DocumentAction) -> Any:
    return _of_client(ClientAction.ATTACH_DOCUMENT, action, ("replaced_at", "deleted_at"))


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

update_sales_document = _sales_document(SalesDocumentAction.EDIT)
send_sales_document = _sales_document(SalesDocumentAction.SEND)
convert_sales_document = _sales_document(SalesDocumentAction.CONVERT)
register_payment = _sales_document(SalesDocumentAction.REGISTER_PAYMENT, ClientAction.EDIT_BILLING)
cancel_sales_document = _sales_document(SalesDocumentAction.CANCEL)

update_document = _document(DocumentAction.EDIT)
restore_document = _document(DocumentAction.RESTORE)
