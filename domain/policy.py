"""Who may do what: the one place that the read side, the write side and the administrative panel all ask."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final, Protocol

from domain.problem import ProblemCode, error, reject
from models.client import ClientKind
from models.deal import DealState
from models.follow_up import FollowUpState
from models.sales_document import OWING, SalesDocumentState
from models.viewer import Permission, Viewer

NOT_FOUND: Final = error("No existe, o no está a su alcance.", "Not found, or not visible to you.")
RECORD_DELETED: Final = error("Está eliminado: restáurelo primero.", "It is deleted: restore it first.")
RECORD_NOT_DELETED: Final = error("No está eliminado.", "It is not deleted.")
CLIENT_DELETED: Final = error(
    "El cliente está eliminado: no admite cambios ni registros nuevos.",
    "The client is deleted: it cannot be changed, and nothing can be added to it.",
)
CLIENT_NOT_PROSPECT: Final = error("Ya es cliente.", "It is already a client.")
CONVERTED_INTO_CLIENT: Final = error(
    "Este prospecto ya es parte de otro cliente: trabaje en ese.",
    "This prospect has become part of another client: work on that one.",
)
DEAL_NOT_OPEN: Final = error("El trato no está abierto.", "The deal is not open.")
DEAL_OPEN: Final = error("El trato ya está abierto.", "The deal is already open.")
FOLLOW_UP_NOT_OPEN: Final = error("El seguimiento ya no está abierto.", "The follow-up is no longer open.")
FOLLOW_UP_OPEN: Final = error("El seguimiento ya está abierto.", "The follow-up is already open.")
CLIENT_IS_PROSPECT: Final = error(
    "Solo a un cliente se le factura: conviértalo primero.", "Only clients can be invoiced: convert it first."
)
DOCUMENT_STATE: Final = error(
    "El tipo o el estado del documento no lo permite.", "The document's type or state does not allow it."
)
DOCUMENT_NOT_CURRENT: Final = error(
    "El documento está eliminado, o un archivo más nuevo lo sustituye.",
    "The document is deleted, or a newer file replaces it.",
)


class ClientAction(StrEnum):
    """What one can start from a client's record."""

    EDIT = "EDIT"
    CREATE_QUOTE = "CREATE_QUOTE"
    CREATE_SALES_NOTE = "CREATE_SALES_NOTE"
    CREATE_INVOICE = "CREATE_INVOICE"
    CREATE_DEAL = "CREATE_DEAL"
    SCHEDULE_FOLLOW_UP = "SCHEDULE_FOLLOW_UP"
    CONVERT_TO_CLIENT = "CONVERT_TO_CLIENT"
    SET_PROSPECT_STATE = "SET_PROSPECT_STATE"
    DELETE = "DELETE"
    RESTORE = "RESTORE"
    EDIT_BILLING = "EDIT_BILLING"
    ATTACH_DOCUMENT = "ATTACH_DOCUMENT"
    ERASE = "ERASE"
    ADD_CONTACT = "ADD_CONTACT"
    ADD_ADDRESS = "ADD_ADDRESS"
    ADD_BANK_ACCOUNT = "ADD_BANK_ACCOUNT"


class ContactAction(StrEnum):
    """What one can do with a contact."""

    EDIT = "EDIT"
    DELETE = "DELETE"
    RESTORE = "RESTORE"


class AddressAction(StrEnum):
    """What one can do with an address."""

    EDIT = "EDIT"
    DELETE = "DELETE"
    RESTORE = "RESTORE"


class BankAccountAction(StrEnum):
    """What one can do with a bank account."""

    EDIT = "EDIT"
    DELETE = "DELETE"
    RESTORE = "RESTORE"


class DealAction(StrEnum):
    """What one can do with a deal."""

    EDIT = "EDIT"
    ASSIGN = "ASSIGN"
    MOVE = "MOVE"
    WIN = "WIN"
    LOSE = "LOSE"
    CLOSE = "CLOSE"
    REOPEN = "REOPEN"
    DELETE = "DELETE"
    RESTORE = "RESTORE"


class FollowUpAction(StrEnum):
    """What one can do with a follow-up."""

    EDIT = "EDIT"
    ASSIGN = "ASSIGN"
    COMPLETE = "COMPLETE"
    CANCEL = "CANCEL"
    REOPEN = "REOPEN"
    DELETE = "DELETE"
    RESTORE = "RESTORE"


class DocumentAction(StrEnum):
    """What one can do with a document."""

    EDIT = "EDIT"
    REPLACE = "REPLACE"
    DELETE = "DELETE"
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
    REGISTER_STAMP = "REGISTER_STAMP"
    CANCEL = "CANCEL"
    WITHDRAW_CANCELLATION = "WITHDRAW_CANCELLATION"
    REPORT_CANCELLATION = "REPORT_CANCELLATION"


Action = (
    ClientAction
    | ContactAction
    | AddressAction
    | BankAccountAction
    | DealAction
    | FollowUpAction
    | DocumentAction
    | SalesDocumentAction
)


class Asking(Protocol):
    """The viewer and the day in the company's time zone: a unit of work, or a request."""

    @property
    def viewer(self) -> Viewer: ...
    @property
    def today(self) -> datetime.date: ...


def disclosed(viewer: Viewer, permission: Permission, *values: object) -> str:
    """What a message may repeat of a record: the values in brackets; nothing to who lacks the permission to read
    them."""
    return f" ({', '.join(map(str, values))})" if viewer.may(permission) else ""


class Owned(Protocol):
    """What decides over sight."""

    @property
    def owner_id(self) -> Any: ...


Refused = Callable[[Any], ProblemCode | None]
"""What is wrong with doing something to a record as it is; None where nothing is."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An action's permission, and what the record's own state has against it."""

    permission: Permission
    refused: Refused


def _not_deleted(record: Any) -> bool:
    return record.deleted_at is None


def _unless(fits: Callable[[Any], bool], otherwise: ProblemCode) -> Refused:
    return lambda record: None if fits(record) else otherwise


_alive = _unless(_not_deleted, RECORD_DELETED)
_deleted = _unless(lambda record: not _not_deleted(record), RECORD_NOT_DELETED)


def _is_whole(client: Any) -> ProblemCode | None:
    return CONVERTED_INTO_CLIENT if client.converted_into_id else None


def _takes_changes(client: Any) -> ProblemCode | None:
    return _is_whole(client) or (None if _not_deleted(client) else CLIENT_DELETED)


def _of_kind(kind: ClientKind, otherwise: ProblemCode) -> Refused:
    return lambda client: _takes_changes(client) or (None if client.kind == kind else otherwise)


_on_client = partial(Rule, refused=_takes_changes)

CLIENT_RULES: dict[ClientAction, Rule] = {
    ClientAction.EDIT: _on_client(Permission.CLIENTS_WRITE),
    ClientAction.CREATE_QUOTE: _on_client(Permission.SALES_WRITE),
    ClientAction.CREATE_SALES_NOTE: _on_client(Permission.SALES_WRITE),
    ClientAction.CREATE_INVOICE: Rule(Permission.SALES_WRITE, _of_kind(ClientKind.CLIENT, CLIENT_IS_PROSPECT)),
    ClientAction.CREATE_DEAL: _on_client(Permission.DEALS_WRITE),
    ClientAction.SCHEDULE_FOLLOW_UP: _on_client(Permission.FOLLOW_UPS_WRITE),
    ClientAction.CONVERT_TO_CLIENT: Rule(Permission.CLIENTS_WRITE, _of_kind(ClientKind.PROSPECT, CLIENT_NOT_PROSPECT)),
    ClientAction.SET_PROSPECT_STATE: Rule(Permission.CLIENTS_WRITE, _of_kind(ClientKind.PROSPECT, CLIENT_NOT_PROSPECT)),
    ClientAction.DELETE: _on_client(Permission.CLIENTS_WRITE),
    ClientAction.RESTORE: Rule(Permission.CLIENTS_WRITE, lambda client: _is_whole(client) or _deleted(client)),
    ClientAction.EDIT_BILLING: _on_client(Permission.BILLING_WRITE),
    ClientAction.ATTACH_DOCUMENT: _on_client(Permission.DOCUMENTS_WRITE),
    ClientAction.ERASE: Rule(Permission.ADMIN, lambda _: None),
    ClientAction.ADD_CONTACT: _on_client(Permission.CLIENTS_WRITE),
    ClientAction.ADD_ADDRESS: _on_client(Permission.CLIENTS_WRITE),
    ClientAction.ADD_BANK_ACCOUNT: _on_client(Permission.BILLING_WRITE),
}
"""A deleted record takes nothing new; only a client is invoiced. A prospect that became part of a client takes nothing
new and stays deleted: what it had is with that client."""

RECORDING: Final = _on_client(Permission.HISTORY_WRITE)
"""What puts events on a client's history from outside. It is no action: no screen offers it."""
RECORDED: Final = Rule(Permission.HISTORY_WRITE, lambda _: None)
"""To be answered with an event that was put there: whatever became of the client."""


def _is_open(deal: Any) -> bool:
    return deal.state == DealState.OPEN


def _on_deal(permission: Permission, refused: Refused) -> Rule:
    """A deleted deal is restored first."""
    return Rule(permission, lambda deal: _alive(deal) or refused(deal))


_open_deal = _unless(_is_open, DEAL_NOT_OPEN)

DEAL_RULES: dict[DealAction, Rule] = {
    DealAction.EDIT: _on_deal(Permission.DEALS_WRITE, _open_deal),
    DealAction.ASSIGN: _on_deal(Permission.DEALS_WRITE, _open_deal),
    DealAction.MOVE: _on_deal(Permission.DEALS_WRITE, _open_deal),
    DealAction.WIN: _on_deal(Permission.DEALS_CLOSE, _open_deal),
    DealAction.LOSE: _on_deal(Permission.DEALS_CLOSE, _open_deal),
    DealAction.CLOSE: _on_deal(Permission.DEALS_CLOSE, _open_deal),
    DealAction.REOPEN: _on_deal(Permission.DEALS_CLOSE, _unless(lambda deal: not _is_open(deal), DEAL_OPEN)),
    DealAction.DELETE: Rule(Permission.DEALS_WRITE, _alive),
    DealAction.RESTORE: Rule(Permission.DEALS_WRITE, _deleted),
}
"""Changing a deal's state asks for more than working on it."""


def _to_do(follow_up: Any) -> bool:
    return _not_deleted(follow_up) and follow_up.state in (FollowUpState.PENDING, FollowUpState.IN_PROGRESS)


_on_follow_up = partial(Rule, Permission.FOLLOW_UPS_WRITE)
_open_follow_up = _unless(_to_do, FOLLOW_UP_NOT_OPEN)
_ended_follow_up = _unless(lambda each: not _to_do(each), FOLLOW_UP_OPEN)

FOLLOW_UP_RULES: dict[FollowUpAction, Rule] = {
    FollowUpAction.EDIT: _on_follow_up(_open_follow_up),
    FollowUpAction.ASSIGN: _on_follow_up(_open_follow_up),
    FollowUpAction.COMPLETE: _on_follow_up(_open_follow_up),
    FollowUpAction.CANCEL: _on_follow_up(_open_follow_up),
    FollowUpAction.REOPEN: _on_follow_up(lambda each: _alive(each) or _ended_follow_up(each)),
    FollowUpAction.DELETE: _on_follow_up(_alive),
    FollowUpAction.RESTORE: _on_follow_up(_deleted),
}


def _in(**states: str) -> Refused:
    """Of one of these types, in one of its states."""
    return _unless(lambda document: document.state in states.get(document.type, "").split(), DOCUMENT_STATE)


_draft = _unless(lambda document: document.state == SalesDocumentState.DRAFT, DOCUMENT_STATE)


def _not_ended(document: Any) -> bool:
    return document.state not in (
        SalesDocumentState.CANCELLED,
        SalesDocumentState.CONVERTED,
        SalesDocumentState.REJECTED,
    )


_OWED = " ".join(OWING)
_UNSENT = _in(QUOTE="DRAFT", SALES_NOTE="DRAFT", INVOICE="DRAFT STAMPED", CREDIT_NOTE="DRAFT STAMPED")
_PAYABLE = _in(SALES_NOTE=_OWED, INVOICE=f"{_OWED} PAID")
# What was cancelled before its stamp came is in force at the SAT all the same.
_STAMPABLE = _in(INVOICE=f"{_OWED} PAID CANCELLED", CREDIT_NOTE="STAMPED SENT CANCELLED")
_CONVERTIBLE = _in(QUOTE="SENT ACCEPTED", SALES_NOTE="SENT PARTIALLY_PAID PAID")

SALES_DOCUMENT_RULES: dict[SalesDocumentAction, Rule] = {
    SalesDocumentAction.EDIT: Rule(Permission.SALES_WRITE, _draft),
    SalesDocumentAction.SEND: Rule(Permission.SALES_WRITE, _UNSENT),
    SalesDocumentAction.ACCEPT: Rule(Permission.SALES_WRITE, _in(QUOTE="SENT")),
    SalesDocumentAction.REJECT: Rule(Permission.SALES_WRITE, _in(QUOTE="SENT")),
    SalesDocumentAction.CONVERT: Rule(Permission.SALES_WRITE, _CONVERTIBLE),
    SalesDocumentAction.REGISTER_PAYMENT: Rule(Permission.BILLING_WRITE, _PAYABLE),
    SalesDocumentAction.CREDIT: Rule(Permission.SALES_WRITE, _in(INVOICE=f"{_OWED} PAID")),
    SalesDocumentAction.REGISTER_STAMP: Rule(Permission.CFDI_STAMP, _STAMPABLE),
    SalesDocumentAction.CANCEL: Rule(Permission.SALES_WRITE, _unless(_not_ended, DOCUMENT_STATE)),
    SalesDocumentAction.WITHDRAW_CANCELLATION: Rule(Permission.SALES_WRITE, lambda _: None),
    SalesDocumentAction.REPORT_CANCELLATION: Rule(Permission.CFDI_REPORT, lambda _: None),
}

_current = _unless(lambda file: _not_deleted(file) and file.replaced_at is None, DOCUMENT_NOT_CURRENT)

DOCUMENT_RULES: dict[DocumentAction, Rule] = {
    DocumentAction.EDIT: Rule(Permission.DOCUMENTS_WRITE, _current),
    DocumentAction.REPLACE: Rule(Permission.DOCUMENTS_WRITE, _current),
    DocumentAction.DELETE: Rule(Permission.DOCUMENTS_WRITE, _current),
    DocumentAction.RESTORE: Rule(Permission.DOCUMENTS_WRITE, _deleted),
}


def _rules_of_part(actions: Any, permission: Permission) -> Mapping[Any, Rule]:
    """A part of the client's record, as a contact: one that is there is edited and deleted, a deleted one restored."""
    alive = Rule(permission, _alive)
    return {actions.EDIT: alive, actions.DELETE: alive, actions.RESTORE: Rule(permission, _deleted)}


_RULES: dict[type[StrEnum], Mapping[Any, Rule]] = {
    ClientAction: CLIENT_RULES,
    ContactAction: _rules_of_part(ContactAction, Permission.CLIENTS_WRITE),
    AddressAction: _rules_of_part(AddressAction, Permission.CLIENTS_WRITE),
    BankAccountAction: _rules_of_part(BankAccountAction, Permission.BILLING_WRITE),
    DealAction: DEAL_RULES,
    FollowUpAction: FOLLOW_UP_RULES,
    SalesDocumentAction: SALES_DOCUMENT_RULES,
    DocumentAction: DOCUMENT_RULES,
}


def rule_of(action: Action) -> Rule:
    """What the action asks for."""
    return _RULES[type(action)][action]


def permission_of(action: Action) -> Permission:
    """What a viewer needs for the action, whatever the record's state."""
    return rule_of(action).permission


def check(viewer: Viewer, action: Action | Rule, record: object) -> None:
    """Forbidden where the viewer may not do it to any record, `Rejected` where the record's state does not allow it."""
    rule = action if isinstance(action, Rule) else rule_of(action)
    viewer.demand(rule.permission)
    if code := rule.refused(record):
        raise reject(code)


def allows(viewer: Viewer, action: Action, record: object) -> bool:
    """Whether `check` would pass."""
    rule = rule_of(action)
    return viewer.may(rule.permission) and rule.refused(record) is None


def reads(viewer: Viewer, client: Owned) -> bool:
    """Whether the viewer may know what is recorded of the client."""
    return viewer.may(Permission.CLIENTS_READ) and sees(viewer, client)


def reads_all(viewer: Viewer) -> bool:
    """Whether the viewer may know that of every client."""
    return viewer.may(Permission.CLIENTS_READ) and viewer.sees_all


def sees(viewer: Viewer, client: Owned) -> bool:
    """Whether the client is within the viewer's sight: all are, or only those assigned to them."""
    return viewer.sees_all or client.owner_id == viewer.collaborator_id
