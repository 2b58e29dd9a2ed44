"""API keys by command line, for the operator of the server, who may create one for any collaborator."""

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

import psycopg

from domain.api_key import CreateApiKey, issue_api_key, revoke_api_key
from domain.collaborator import unbind_collaborator
from domain.inputs import ById
from domain.invitation import ResendInvitation, resend_invitation
from domain.months import time_zone
from domain.problem import Rejected
from domain.work import UnitOfWork
from errors import CommandRefused
from models.collaborator import Role
from models.viewer import BUNDLES, Viewer, bundle
from server.settings import Settings
from server.work import UnitsOfWork

T = TypeVar("T")

_COLLABORATORS = """
select company.id, collaborator.id, collaborator.role, company.time_zone,
    company.role_permissions -> collaborator.role
from collaborator join company on company.id = collaborator.company_id
where lower(collaborator.email collate "C") = lower(%s::text collate "C") and collaborator.active
"""
_KEYS = """
select 'key_' || api_key.id, company.name, collaborator.email,
    case
        when api_key.revoked_at is not null then 'revoked'
        when api_key.expires_at <= now() then 'expired'
        else 'until ' || to_char(api_key.expires_at at time zone 'UTC', 'YYYY-MM-DD')
    end,
    coalesce(to_char(api_key.last_used_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), 'never used'),
    array_to_string(api_key.scopes, ' '), api_key.name
from api_key
    join company on company.id = api_key.company_id
    join collaborator on (collaborator.company_id, collaborator.id) = (api_key.company_id, api_key.created_by_id)
order by api_key.company_id, api_key.id
"""
_MAKER = "select company_id, created_by_id from api_key where id = %s"


class KeyRefusedError(CommandRefused):
    """The key cannot be made or found. The text is one line, for a person."""


def create(settings: Settings, email: str, name: str, scopes: Sequence[str], days: int) -> str:
    """A new key in the name of the active collaborator with this address, whatever their company."""
    viewer = collaborator(settings, email)
    input = CreateApiKey(name=name, scopes=list(scopes), days=days)
    _, secret = _run(settings, viewer, lambda work: issue_api_key(work, input))
    return secret.text


def collaborator(settings: Settings, email: str) -> Viewer:
    """The active collaborator with this address, whatever their company."""
    with psycopg.connect(settings.direct_url) as connection:
        matches = connection.execute(_COLLABORATORS, (email,)).fetchall()
    if len(matches) != 1:
        raise KeyRefusedError(f"{'no' if not matches else 'more than one'} active collaborator has the address {email}")
    company, id, role, zone, changed = matches[0]
    return Viewer(company, id, Role(role), time_zone(zone), bundle(Role(role), changed))


def listed(settings: Settings) -> Iterator[str]:
    """The keys, one a line, columns apart by tabs."""
    with psycopg.connect(settings.direct_url) as connection:
        yield from ("\t".join(row) for row in connection.execute(_KEYS))


def revoke(settings: Settings, global_id: str) -> None:
    """Revokes the key, in the name of who made it."""
    try:
        id = UUID(global_id.removeprefix("key_"))
    except ValueError:
        raise KeyRefusedError(f"{global_id} is no id of a key: see `ficha key list`") from None
    with psycopg.connect(settings.direct_url) as connection:
        maker = connection.execute(_MAKER, (id,)).fetchone()
    if maker is None:
        raise KeyRefusedError(f"there is no key {global_id}")
    viewer = Viewer(maker[0], maker[1], Role.ADMIN, time_zone("UTC"), BUNDLES[Role.ADMIN])
    _run(settings, viewer, lambda work: revoke_api_key(work, ById(id=id)))


def unbind(settings: Settings, email: str) -> None:
    """Unbinds the active collaborator with this address from the issuer's subject, whatever their company."""
    viewer = collaborator(settings, email)
    administrator = replace(viewer, permissions=BUNDLES[Role.ADMIN])
    _run(settings, administrator, lambda work: unbind_collaborator(work, ById(id=viewer.collaborator_id)))


def invite(settings: Settings, email: str) -> str:
    """The secret of a new invitation for the active collaborator with this address, who is bound to no account."""
    viewer = collaborator(settings, email)
    administrator = replace(viewer, permissions=BUNDLES[Role.ADMIN])
    input = ResendInvitation(id=viewer.collaborator_id)
    _, secret = _run(settings, administrator, lambda work: resend_invitation(work, input))
    return secret.text


def _run(settings: Settings, viewer: Viewer, do: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    from database.opening import open_pool

    async def run() -> T:
        pool = open_pool(settings.direct_url, 1)
        try:
            return await UnitsOfWork(pool).run(viewer, datetime.datetime.now(datetime.UTC), do)
        finally:
            await pool.close()

    try:
        return asyncio.run(run())
    except Rejected as rejected:
        problem = rejected.problems[0]
        raise KeyRefusedError(f"{'.'.join(map(str, problem.path))}: {problem.message_en}") from None
