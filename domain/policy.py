"""Who may do what: the one place that the read side, the write side and the administrative panel all ask."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from models.client import ClientKind
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


class ClientLike(Protocol):
    """What the policy looks at: a row of the read side or a record of the write side."""

    @property
    def kind(self) -> str: ...
    @property
    def deleted_at(self) -> object | None: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """An action's permission, and whether the record's state allows it."""

    permission: Permission
    fits: Callable[[ClientLike], bool]


def _kept(client: ClientLike) -> bool:
    return client.deleted_at is None


CLIENT_RULES: dict[ClientAction, Rule] = {
    ClientAction.EDIT: Rule(Permission.CLIENTS_WRITE, _kept),
    ClientAction.CREATE_QUOTE: Rule(Permission.SALES_WRITE, _kept),
    ClientAction.CREATE_SALES_NOTE: Rule(Permission.SALES_WRITE, _kept),
    ClientAction.CREATE_INVOICE: Rule(Permission.SALES_WRITE, lambda c: _kept(c) and c.kind == ClientKind.CLIENT),
    ClientAction.CREATE_DEAL: Rule(Permission.DEALS_WRITE, _kept),
    ClientAction.SCHEDULE_FOLLOW_UP: Rule(Permission.FOLLOW_UPS_WRITE, _kept),
    ClientAction.CONVERT_TO_CLIENT: Rule(
        Permission.CLIENTS_WRITE, lambda c: _kept(c) and c.kind == ClientKind.PROSPECT
    ),
    ClientAction.DELETE: Rule(Permission.CLIENTS_WRITE, _kept),
    ClientAction.RESTORE: Rule(Permission.CLIENTS_WRITE, lambda c: not _kept(c)),
}
"""A deleted record takes nothing new; only a client is invoiced."""


def client_actions(viewer: Viewer, client: ClientLike) -> list[ClientAction]:
    """What this viewer may start from this record now, in the panel's order."""
    return [a for a, rule in CLIENT_RULES.items() if viewer.may(rule.permission) and rule.fits(client)]
