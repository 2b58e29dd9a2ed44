"""The viewer: a collaborator of one company, and their permissions."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from errors import DeclarationError, Forbidden
from models.collaborator import Locale, Role


class Permission(StrEnum):
    """A thing that a collaborator may do; roles bundle them."""

    CLIENTS_READ = "clients:read"
    CLIENTS_READ_ALL = "clients:read_all"
    CLIENTS_WRITE = "clients:write"
    DEALS_READ = "deals:read"
    DEALS_WRITE = "deals:write"
    DEALS_CLOSE = "deals:close"
    FOLLOW_UPS_READ = "follow_ups:read"
    FOLLOW_UPS_WRITE = "follow_ups:write"
    SALES_READ = "sales:read"
    SALES_WRITE = "sales:write"
    CFDI_REPORT = "cfdi:report"
    BILLING_READ = "billing:read"
    BILLING_WRITE = "billing:write"
    CREDIT_OVERRIDE = "credit:override"
    CFDI_OVERRIDE = "cfdi:override"
    CFDI_STAMP = "cfdi:stamp"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    HISTORY_READ = "history:read"
    HISTORY_WRITE = "history:write"
    COMPANY_WRITE = "company:write"
    ADMIN = "admin"


_READING = frozenset(
    {
        Permission.CLIENTS_READ,
        Permission.DEALS_READ,
        Permission.FOLLOW_UPS_READ,
        Permission.SALES_READ,
        Permission.DOCUMENTS_READ,
        Permission.HISTORY_READ,
    }
)
_SELLING = _READING | {
    Permission.CLIENTS_WRITE,
    Permission.DEALS_WRITE,
    Permission.FOLLOW_UPS_WRITE,
    Permission.SALES_WRITE,
    Permission.DOCUMENTS_WRITE,
}

BUNDLES = {
    Role.ADMIN: frozenset(Permission),
    Role.SALES_MANAGER: _SELLING | {Permission.CLIENTS_READ_ALL, Permission.DEALS_CLOSE, Permission.BILLING_READ},
    Role.SALES: _SELLING,
    Role.BILLING: _READING
    | {
        Permission.CLIENTS_READ_ALL,
        Permission.SALES_WRITE,
        Permission.CFDI_REPORT,
        Permission.BILLING_READ,
        Permission.BILLING_WRITE,
        Permission.CFDI_STAMP,
        Permission.DOCUMENTS_WRITE,
    },
    Role.READ_ONLY: _READING | {Permission.CLIENTS_READ_ALL},
}
"""What each role may do unless its company says otherwise."""

ADMINS_ALONE = frozenset(
    {
        Permission.ADMIN,
        Permission.COMPANY_WRITE,
        Permission.CREDIT_OVERRIDE,
        Permission.CFDI_OVERRIDE,
        Permission.HISTORY_WRITE,
    }
)
"""What no other role may do unless its company says so."""

if _nobodys := set(Permission) - ADMINS_ALONE.union(*(BUNDLES[role] for role in Role if role is not Role.ADMIN)):
    raise DeclarationError(
        f"models/viewer.py: permission {min(_nobodys)} is in no role's bundle: add it to one in BUNDLES, or to"
        " ADMINS_ALONE"
    )


def bundle(role: Role, changed: Sequence[str] | None) -> frozenset[Permission]:
    """The permissions of the role in a company that changed them to `changed`; None for the default ones.
    Administrators always have all of them, so that a company cannot lock itself out.
    """
    if changed is None or role is Role.ADMIN:
        return BUNDLES[role]
    # A permission that a later version no longer knows is none.
    return frozenset(permission for permission in Permission if permission.value in changed)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The collaborator whom the request's credentials identify."""

    company_id: UUID
    collaborator_id: UUID
    role: Role
    time_zone: ZoneInfo
    permissions: frozenset[Permission] = field(default_factory=frozenset[Permission])
    api_key_id: UUID | None = None
    """The API key that acts on the collaborator's behalf; None if they act themselves."""
    credential: str = ""
    """Identifies the credentials: the id of a key, or a hash of a token's `iss` and `sub`, which is the same for
    each of their tokens."""
    locale: Locale = Locale.ES_MX

    @property
    def acting_id(self) -> UUID:
        """Of whoever acts: an API key is somebody of its own, beside the collaborator who made it."""
        return self.api_key_id or self.collaborator_id

    def may(self, permission: Permission) -> bool:
        """Whether the viewer holds the permission."""
        return permission in self.permissions

    def demand(self, permission: Permission | None) -> None:
        """Raises Forbidden unless the viewer has the permission; None requires nothing."""
        if permission is not None and permission not in self.permissions:
            raise Forbidden(f"Su rol no incluye el permiso {permission.value}.", permission.value)

    @property
    def sees_all(self) -> bool:
        """Whether the viewer sees the company's every client, or only those assigned to them."""
        return Permission.CLIENTS_READ_ALL in self.permissions

    def today(self, now: datetime.datetime) -> datetime.date:
        """The calendar day that `now` falls on where the company is; that of UTC at the calendar's own ends."""
        try:
            return now.astimezone(self.time_zone).date()
        except OverflowError:
            return now.date()
