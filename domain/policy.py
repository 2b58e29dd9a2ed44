"""Who may do what: the one place that the read side, the write side and the administrative panel all ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

from domain.problem import ProblemCode, reject
from models.client import ClientKind
from models.deal import DealState
from models.follow_up import FollowUpState
from models.sales_document import OWING, SalesDocumentState
from models.viewer import Permission, Viewer


class ClientAction(StrEnum):
    """What one can start from a client's record."""

    EDIT = "EDIT"
    CREATE_QUOTE = "CREATE_QUOTE"
    CREATE_SALES_NOTE = "CREATE_SALES_NOTE"
    CREATE_INVOICE = "CREATE_INVOICE"
    CREATE_DEAL = "CREATE_DEAL"
    SCHEDULE_FOLLOW_UP = "SCHEDULE_FOLLOW_UP"
    CONVERT_TO_CLIENT = "CONVERT_TO_CLIENT"
    DELETE = "DELETE"
    RESTORE = "RESTORE"
    EDIT_BILLING = "EDIT_BILLING"
    ATTACH_DOCUMENT = "ATTACH_DOCUMENT"
    ERASE = "ERASE"


class DealAction(StrEnum):
    """What one can do with a deal."""

    EDIT = "EDIT"
    FINISH = "FINISH"
    REOPEN = "REOPEN"


class FollowUpAction(StrEnum):
    """What one can do with a follow-up."""

    EDIT = "EDIT"
    FINISH = "FINISH"
    REOPEN = "REOPEN"
    DELETE = "DELETE"
    RESTORE = "RESTORE"


class DocumentAction(StrEnum):
    """What one can do with a document."""

    EDIT = "EDIT"
    RESTORE = "RESTORE"


class SalesDocumentAction(StrEnum):
    """What one can do with a sales document."""

    EDIT = "EDIT"
    SEND = "SEND"
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    CONVERT = "CONVERT"
    REGISTER_PAYMENT = "REGISTER_PAYMENT"
    CREDIT = "CREDIT"
    CANCEL = "CANCEL"


Action = ClientAction | DealAction | FollowUpAction | DocumentAction | SalesDocumentAction


class ClientLike(Protocol):
    """What the policy looks at: a row of the read side or a record of the write side."""

    @property
    def kind(self) -> str: ...
    @property
    def deleted_at(self) -> object | None: ...


class Owned(Protocol):
    """What decides over sight."""

    @property
    def owner_id(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """An action's permission, whether the record's state allows it, and what is wrong where it does not."""

    permission: Permission
    fits: Callable[[Any], bool]
    otherwise: ProblemCode


def _kept(record: Any) -> bool:
    return record.deleted_at is None


_on_client = partial(Rule, fits=_kept, otherwise=ProblemCode.CLIENT_DELETED)


CLIENT_RULES: dict[ClientAction, Rule] = {
    ClientAction.EDIT: _on_client(Permission.CLIENTS_WRITE),
    ClientAction.CREATE_QUOTE: _on_client(Permission.SALES_WRITE),
    ClientAction.CREATE_SALES_NOTE: _on_client(Permission.SALES_WRITE),
    ClientAction.CREATE_INVOICE: _on_client(
        Permission.SALES_WRITE,
        fits=lambda c: _kept(c) and c.kind == ClientKind.CLIENT,
        otherwise=ProblemCode.CLIENT_IS_PROSPECT,
    ),
    ClientAction.CREATE_DEAL: _on_client(Permission.DEALS_WRITE),
    ClientAction.SCHEDULE_FOLLOW_UP: _on_client(Permission.FOLLOW_UPS_WRITE),
    ClientAction.CONVERT_TO_CLIENT: _on_client(
        Permission.CLIENTS_WRITE, fits=lambda c: _kept(c) and c.kind == ClientKind.PROSPECT
    ),
    ClientAction.DELETE: _on_client(Permission.CLIENTS_WRITE),
    ClientAction.RESTORE: Rule(Permission.CLIENTS_WRITE, lambda c: not _kept(c), ProblemCode.RECORD_NOT_DELETED),
    ClientAction.EDIT_BILLING: _on_client(Permission.BILLING_WRITE),
    ClientAction.ATTACH_DOCUMENT: _on_client(Permission.DOCUMENTS_WRITE),
    ClientAction.ERASE: Rule(Permission.ADMIN, lambda _: True, ProblemCode.NOT_FOUND),
}
"""A deleted record takes nothing new; only a client is invoiced."""


def client_actions(viewer: Viewer, client: ClientLike) -> list[ClientAction]:
    """What this viewer may start from this record now, in the panel's order."""
    return [a for a, rule in CLIENT_RULES.items() if viewer.may(rule.permission) and rule.fits(client)]


def _open_deal(deal: Any) -> bool:
    return deal.state == DealState.OPEN


def _open_follow_up(follow_up: Any) -> bool:
    return _kept(follow_up) and follow_up.state in (FollowUpState.PENDING, FollowUpState.IN_PROGRESS)


DEAL_RULES: dict[DealAction, Rule] = {
    DealAction.EDIT: Rule(Permission.DEALS_WRITE, _open_deal, ProblemCode.DEAL_NOT_OPEN),
    DealAction.FINISH: Rule(Permission.DEALS_CLOSE, _open_deal, ProblemCode.DEAL_NOT_OPEN),
    DealAction.REOPEN: Rule(Permission.DEALS_CLOSE, lambda d: not _open_deal(d), ProblemCode.DEAL_OPEN),
}
"""Changing a deal's state asks for more than working on it."""

FOLLOW_UP_RULES: dict[FollowUpAction, Rule] = {
    FollowUpAction.EDIT: Rule(Permission.FOLLOW_UPS_WRITE, _open_follow_up, ProblemCode.FOLLOW_UP_NOT_OPEN),
    FollowUpAction.FINISH: Rule(Permission.FOLLOW_UPS_WRITE, _open_follow_up, ProblemCode.FOLLOW_UP_NOT_OPEN),
    FollowUpAction.REOPEN: Rule(
        Permission.FOLLOW_UPS_WRITE, lambda f: _kept(f) and not _open_follow_up(f), ProblemCode.FOLLOW_UP_OPEN
    ),
    FollowUpAction.DELETE: Rule(Permission.FOLLOW_UPS_WRITE, _kept, ProblemCode.RECORD_DELETED),
    FollowUpAction.RESTORE: Rule(Permission.FOLLOW_UPS_WRITE, lambda f: not _kept(f), ProblemCode.RECORD_NOT_DELETED),
}


def _in(**states: str) -> Callable[[Any], bool]:
    """Of one of these types, in one of its states."""
    return lambda document: document.state in states.get(document.type, "").split()


def _draft(document: Any) -> bool:
    return document.state == SalesDocumentState.DRAFT


def _not_ended(document: Any) -> bool:
    return document.state not in (
        SalesDocumentState.CANCELLED,
        SalesDocumentState.CONVERTED,
        SalesDocumentState.REJECTED,
    )


_OWED = " ".join(OWING)
_UNSENT = _in(QUOTE="DRAFT", SALES_NOTE="DRAFT", INVOICE="DRAFT STAMPED", CREDIT_NOTE="DRAFT STAMPED")
_CONVERTIBLE = _in(QUOTE="SENT ACCEPTED", SALES_NOTE="SENT PARTIALLY_PAID PAID")

_on_document = partial(Rule, otherwise=ProblemCode.DOCUMENT_STATE)

SALES_DOCUMENT_RULES: dict[SalesDocumentAction, Rule] = {
    SalesDocumentAction.EDIT: _on_document(Permission.SALES_WRITE, _draft),
    SalesDocumentAction.SEND: _on_document(Permission.SALES_WRITE, _UNSENT),
    SalesDocumentAction.ACCEPT: _on_document(Permission.SALES_WRITE, _in(QUOTE="SENT")),
    SalesDocumentAction.REJECT: _on_document(Permission.SALES_WRITE, _in(QUOTE="SENT")),
    SalesDocumentAction.CONVERT: _on_document(Permission.SALES_WRITE, _CONVERTIBLE),
    SalesDocumentAction.REGISTER_PAYMENT: _on_document(Permission.BILLING_WRITE, _in(SALES_NOTE=_OWED, INVOICE=_OWED)),
    SalesDocumentAction.CREDIT: _on_document(Permission.SALES_WRITE, _in(INVOICE=_OWED)),
    SalesDocumentAction.CANCEL: _on_document(Permission.SALES_WRITE, _not_ended),
}

DOCUMENT_RULES: dict[DocumentAction, Rule] = {
    DocumentAction.EDIT: Rule(
        Permission.DOCUMENTS_WRITE, lambda d: _kept(d) and d.replaced_at is None, ProblemCode.DOCUMENT_NOT_CURRENT
    ),
    DocumentAction.RESTORE: Rule(Permission.DOCUMENTS_WRITE, lambda d: not _kept(d), ProblemCode.RECORD_NOT_DELETED),
}
"""Replacing and deleting are edits."""

_RULES: dict[type[StrEnum], Mapping[Any, Rule]] = {
    ClientAction: CLIENT_RULES,
    DealAction: DEAL_RULES,
    FollowUpAction: FOLLOW_UP_RULES,
    SalesDocumentAction: SALES_DOCUMENT_RULES,
    DocumentAction: DOCUMENT_RULES,
}


def permission_of(action: Action) -> Permission:
    """What a viewer needs for the action, whatever the record's state."""
    return _RULES[type(action)][action].permission


def check(viewer: Viewer, action: Action, record: object) -> None:
    """Forbidden where the viewer may not do it to any record, `Rejected` where the record's state does not allow it."""
    rule = _RULES[type(action)][action]
    viewer.demand(rule.permission)
    if not rule.fits(record):
        deleted = isinstance(action, ClientAction) and not _kept(record)
        raise reject(ProblemCode.CLIENT_DELETED if deleted else rule.otherwise)


def allows(viewer: Viewer, action: Action, record: object) -> bool:
    """Whether `check` would pass."""
    rule = _RULES[type(action)][action]
    return viewer.may(rule.permission) and rule.fits(record)


def reads(viewer: Viewer, client: Owned) -> bool:
    """Whether the viewer may know what is recorded of the client."""
    return viewer.may(Permission.CLIENTS_READ) and sees(viewer, client)


def reads_all(viewer: Viewer) -> bool:
    """Whether the viewer may know that of every client."""
    return viewer.may(Permission.CLIENTS_READ) and viewer.sees_all


def sees(viewer: Viewer, client: Owned) -> bool:
    """Whether the client is within the viewer's sight: all are, or only those assigned to them."""
    return viewer.sees_all or client.owner_id == viewer.collaborator_id
