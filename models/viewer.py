"""The viewer: a collaborator of one company, and their permissions."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from errors import DeclarationError, Forbidden
from models.collaborator import Locale, Role
from models.labels import Label, declare_enum


class Permission(StrEnum):
    """A thing that a collaborator may do, with what people call it in Spanish and in English; roles bundle them."""

    label: Label

    def __new__(cls, value: str, es: str = "", en: str = "") -> Self:
        if not (es and en):
            raise DeclarationError(f'models/viewer.py: permission {value} has no label: write "{value}", "…", "…"')
        permission = str.__new__(cls, value)
        permission._value_ = value
        permission.label = Label(es, en)
        return permission

    CLIENTS_READ = "clients:read", "Ver sus clientes", "See their own clients"
    CLIENTS_READ_ALL = "clients:read_all", "Ver todos los clientes", "See all clients"
    CLIENTS_WRITE = "clients:write", "Cambiar clientes", "Change clients"
    DEALS_READ = "deals:read", "Ver tratos", "See deals"
    DEALS_WRITE = "deals:write", "Cambiar tratos", "Change deals"
    DEALS_CLOSE = "deals:close", "Cerrar tratos", "Close deals"
    FOLLOW_UPS_READ = "follow_ups:read", "Ver seguimientos", "See follow-ups"
    FOLLOW_UPS_WRITE = "follow_ups:write", "Cambiar seguimientos", "Change follow-ups"
    SALES_READ = "sales:read", "Ver documentos de venta", "See sales documents"
    SALES_WRITE = "sales:write", "Cambiar documentos de venta", "Change sales documents"
    CFDI_REPORT = "cfdi:report", "Informar cancelaciones del SAT", "Report cancellations by the SAT"
    BILLING_READ = "billing:read", "Ver saldos y cobranza", "See balances and receivables"
    BILLING_WRITE = "billing:write", "Registrar pagos y cambiar condiciones", "Register payments and change terms"
    CREDIT_OVERRIDE = "credit:override", "Autorizar ventas sobre el límite de crédito", "Go over the credit limit"
    CFDI_OVERRIDE = "cfdi:override", "Emitir sin datos de CFDI completos", "Issue without complete CFDI data"
    CFDI_STAMP = "cfdi:stamp", "Registrar timbres", "Register stamps"
    DOCUMENTS_READ = "documents:read", "Ver archivos", "See files"
    DOCUMENTS_WRITE = "documents:write", "Cambiar archivos", "Change files"
    HISTORY_READ = "history:read", "Ver el historial", "See the history"
    HISTORY_WRITE = "history:write", "Agregar al historial", "Add to the history"
    COMPANY_WRITE = "company:write", "Cambiar la empresa", "Change the company"
    ADMIN = "admin", "Administrar colaboradores, roles y llaves", "Manage collaborators, roles and keys"


declare_enum(Permission, "FichaPermission", {each.value: each.label for each in Permission})

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
