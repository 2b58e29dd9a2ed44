"""Keys for other systems: how an administrator makes and revokes them. `domain.secret` says what one looks like."""

import datetime
from typing import Final

from domain.audit import audit
from domain.fields import Field, between, fields_of
from domain.inputs import ById, Input, Maybe
from domain.problem import PERMISSION_NOT_HELD, PERMISSION_UNKNOWN, reject
from domain.secret import Secret
from domain.text import TEXT_REQUIRED
from domain.work import UnitOfWork
from models import ApiKey
from models.audit import AuditEventKind
from models.viewer import Permission

MOST_DAYS: Final = 365


def _scopes(scopes: list[str]) -> list[str]:
    known = {permission.value for permission in Permission}
    unknown = [scope for scope in scopes if scope not in known]
    if unknown:
        raise reject(PERMISSION_UNKNOWN, permission=unknown[0])
    return sorted(set(scopes))


FIELDS = fields_of(ApiKey, "name", "scopes", scopes=Field(_scopes)) | {
    "days": Field(between(1, MOST_DAYS), required=True, default=90)
}


class CreateApiKey(Input):
    """A new key. `days` is how long it works, and no column."""

    days: Maybe[int]


async def create_api_key(work: UnitOfWork, input: CreateApiKey) -> tuple[ApiKey, Secret]:
    """`issue_api_key`, for administrators."""
    work.viewer.demand(Permission.ADMIN)
    return await issue_api_key(work, input)


async def issue_api_key(work: UnitOfWork, input: CreateApiKey) -> tuple[ApiKey, Secret]:
    """Creates a key that acts on the viewer's behalf, with permissions that they hold. The secret cannot be read
    again."""
    values = await work.read(FIELDS, input, creating=True)
    scopes: list[str] = values["scopes"] or []
    if not scopes:
        raise reject(TEXT_REQUIRED).at("scopes")
    for scope in scopes:
        if not work.viewer.may(Permission(scope)):
            raise reject(PERMISSION_NOT_HELD, permission=scope).at("scopes")
    secret = Secret.new(work.company_id)
    key = await work.add(
        work.new(
            ApiKey,
            id=secret.id,
            name=values["name"],
            secret_hash=secret.hash,
            scopes=scopes,
            created_by_id=work.viewer.collaborator_id,
            expires_at=work.now + datetime.timedelta(days=values["days"]),
        )
    )
    audit(work, AuditEventKind.API_KEY_CREATED, api_key_id=key.id, name=key.name, scopes=scopes)
    return key, secret


async def revoke_api_key(work: UnitOfWork, input: ById) -> ApiKey:
    """The key, which no longer opens anything; one that was revoked stays as it is."""
    work.viewer.demand(Permission.ADMIN)
    key = await work.named(ApiKey, input)
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by_id = work.now, work.viewer.collaborator_id
        audit(work, AuditEventKind.API_KEY_REVOKED, api_key_id=key.id, name=key.name)
    return key
