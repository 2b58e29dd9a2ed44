"""Who may download a statement of account: the viewer for whom a link was made, or whoever has the secret of a link
that was handed out."""

import datetime
from dataclasses import dataclass
from uuid import UUID

from database.wire import Pool, rows
from domain.account_statement import Period
from domain.months import time_zone
from domain.secret import Secret
from models.collaborator import Locale, Role
from models.viewer import Permission, Viewer, bundle

# Each row is found by its primary key.
_VIEWER = """
select collaborator.role, company.role_permissions -> collaborator.role, company.time_zone,
    api_key.id, api_key.scopes, api_key.expires_at, api_key.revoked_at
from company
    join collaborator on collaborator.company_id = $1 and collaborator.id = $2
    left join api_key on api_key.company_id = $1 and api_key.id = $3
        and api_key.created_by_id = collaborator.id
where company.id = $1 and collaborator.active and company.suspended_at is null
"""
_LINK = """
select link.secret_hash, link.client_id, link.first_day, link.last_day, link.currency, link.locale, link.expires_on,
    link.revoked_at is not null, company.time_zone
from statement_link link
    join company on company.id = link.company_id
    join client on client.company_id = $1 and client.id = link.client_id
where link.company_id = $1 and link.id = $2 and company.suspended_at is null and client.deleted_at is null
"""
_SEES: frozenset[Permission] = frozenset(
    {Permission.CLIENTS_READ, Permission.CLIENTS_READ_ALL, Permission.BILLING_READ, Permission.SALES_READ}
)
"""What a link that was handed out lets its statement be made of."""
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A link that was handed out, as its row says it is now. `viewer` may see what its statement is made of."""

    viewer: Viewer
    client_id: UUID
    period: Period
    currency: str
    locale: Locale
    expires_on: datetime.date
    revoked: bool


async def viewer_of(
    pool: Pool, company_id: UUID, collaborator_id: UUID, api_key_id: UUID | None, now: datetime.datetime
) -> Viewer | None:
    """The viewer as they are now; None where they may not sign in any more."""
    values = (company_id, collaborator_id, api_key_id)
    [result] = await pool.within(company_id, [(_VIEWER, values)], read_only=True)
    row = next(iter(rows(result)), None)
    if row is None:
        return None
    role, changed, zone, key_id, scopes, expires_at, revoked_at = row
    permissions = bundle(Role(role), changed)
    if api_key_id:
        if key_id is None or revoked_at or expires_at <= now:
            return None
        permissions = frozenset(permission for permission in permissions if permission.value in scopes)
    return Viewer(company_id, collaborator_id, Role(role), time_zone(zone), permissions, api_key_id)


async def handed_out(pool: Pool, secret: Secret) -> HandedOut | None:
    """The link of the secret; None where there is none, or its client was deleted."""
    [result] = await pool.within(secret.company_id, [(_LINK, (secret.company_id, secret.id))], read_only=True)
    row = next(iter(rows(result)), None)
    if not secret.proves(bytes(row[0]) if row else bytes(32)) or row is None:
        return None
    _, client_id, first_day, last_day, currency, locale, expires_on, revoked, zone = row
    viewer = Viewer(secret.company_id, _NOBODY, Role.READ_ONLY, time_zone(zone), _SEES)
    return HandedOut(viewer, client_id, Period(first_day, last_day), currency, Locale(locale), expires_on, revoked)
