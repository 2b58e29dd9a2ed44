"""Whether the viewer can do something to a record now: asked of the policy that the mutations ask."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from domain.policy import (
    Action,
    ClientAction,
    DealAction,
    DocumentAction,
    FollowUpAction,
    SalesDocumentAction,
    allows,
)
from models.viewer import Viewer
from resolvers.context import Context
from resolvers.reading import filled


def _client(action: ClientAction) -> Any:
    @filled("kind", "deleted_at")
    def answer(context: Context, client: Mapping[str, Any]) -> bool:
        return allows(context.viewer, action, SimpleNamespace(**client))

    return answer


_CLIENT = ("kind", "deleted_at")
# Without the permission the client's state is not theirs to know: that it is deleted they learn when they try.
_UNSEEN = {"client.kind": "CLIENT", "client.deleted_at": None}
_RESTORING = (FollowUpAction.RESTORE, DocumentAction.RESTORE)


def _can(asking: Viewer, within: ClientAction, action: Action, part: Any, client: Any) -> bool:
    there = getattr(part, "deleted_at", None) is None or action in _RESTORING
    return there and allows(asking, action, part) and allows(asking, within, client)


def _of_client(columns: tuple[str, ...], answer: Callable[[Viewer, Any, Any], Any]) -> Any:
    """Answers for a record that is part of a client's, of the viewer, the record's `columns` and its client."""

    @filled(*columns, *_UNSEEN, unseen=_UNSEEN)
    def compute(context: Context, values: Mapping[str, Any]) -> Any:
        part = SimpleNamespace(**{name: values[name] for name in columns})
        client = SimpleNamespace(**{name: values[f"client.{name}"] for name in _CLIENT})
        return answer(context.viewer, part, client)

    return compute


def _part(within: ClientAction, action: Action, columns: tuple[str, ...]) -> Any:
    """`within` is what the action's commands ask of the client, `columns` what the action's rule looks at."""
    return _of_client(columns, lambda asking, part, client: _can(asking, within, action, part, client))


def _deal(action: DealAction) -> Any:
    return _part(ClientAction.CREATE_DEAL, action, ("state", "deleted_at"))


def _follow_up(action: FollowUpAction) -> Any:
    return _part(ClientAction.SCHEDULE_FOLLOW_UP, action, ("state", "deleted_at"))


_SALES_DOCUMENT = ("type", "state")
_WITHIN: Mapping[SalesDocumentAction, ClientAction] = dict.fromkeys(SalesDocumentAction, ClientAction.CREATE_QUOTE) | {
    SalesDocumentAction.REGISTER_PAYMENT: ClientAction.EDIT_BILLING,
    SalesDocumentAction.CREDIT: ClientAction.CREATE_INVOICE,
}


def _sales_document(action: SalesDocumentAction) -> Any:
    return _part(_WITHIN[action], action, _SALES_DOCUMENT)


def _actions(asking: Viewer, document: Any, client: Any) -> list[SalesDocumentAction]:
    return [action for action, within in _WITHIN.items() if _can(asking, within, action, document, client)]


def _document(action: DocumentAction) -> Any:
    return _part(ClientAction.ATTACH_DOCUMENT, action, ("replaced_at", "deleted_at"))


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
register_payment = _sales_document(SalesDocumentAction.REGISTER_PAYMENT)
sales_document_actions = _of_client(_SALES_DOCUMENT, _actions)
cancel_sales_document = _sales_document(SalesDocumentAction.CANCEL)

update_document = _document(DocumentAction.EDIT)
restore_document = _document(DocumentAction.RESTORE)
