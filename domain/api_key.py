"""Keys for other systems: what one looks like, and how an administrator makes and revokes them.

    fk_<company and key id: 64 hex digits>_<secret: 40 hex digits><CRC-32 of all before it: 8 hex digits>

The prefix is for scanners of leaked secrets; the check digits tell a mistyped key from a wrong one without a look-up.
The key names its company, so that looking it up is as walled off as any other statement. The secret has 160 random
bits: a plain SHA-256 keeps it as well as a slow hash would.
"""

import datetime
import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from domain.audit import audit
from domain.fields import Field, between, fields_of
from domain.inputs import ById, Input, Maybe
from domain.problem import ProblemCode, reject
from domain.work import UnitOfWork
from models import ApiKey
from models.audit import AuditEventKind
from models.ids import uuid7
from models.viewer import Permission

PREFIX: Final = "fk_"
MOST_DAYS: Final = 365
_FORM = re.compile(r"fk_([0-9a-f]{32})([0-9a-f]{32})_([0-9a-f]{40})([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Secret:
    """A key as it is sent: whose it is, and what proves it."""

    company_id: UUID
    id: UUID
    text: str

    @classmethod
    def new(cls, company_id: UUID) -> "Secret":
        """A new key."""
        id = uuid7()
        body = f"{PREFIX}{company_id.hex}{id.hex}_{secrets.token_hex(20)}"
        return cls(company_id, id, body + _check(body))

    @classmethod
    def parse(cls, text: str) -> "Secret | None":
        """The key that the text is, if it has a key's form."""
        match = _FORM.fullmatch(text)
        if match is None or _check(text[:-8]) != match[4]:
            return None
        return cls(UUID(match[1]), UUID(match[2]), text)

    @property
    def hash(self) -> bytes:
        """What is kept of it."""
        return hashlib.sha256(self.text.encode()).digest()

    def proves(self, kept: bytes) -> bool:
        """Whether it is the key of which this is kept."""
        return hmac.compare_digest(self.hash, kept)


def _check(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"


def _scopes(scopes: list[str]) -> list[str]:
    known = {permission.value for permission in Permission}
    unknown = [scope for scope in scopes if scope not in known]
    if unknown:
        raise reject(ProblemCode.PERMISSION_UNKNOWN, permission=unknown[0])
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
    """A key that asks in the viewer's name, with permissions that they hold. The secret is not to be had again."""
    values = await work.read(FIELDS, input, creating=True)
    scopes: list[str] = values["scopes"] or []
    if not scopes:
        raise reject(ProblemCode.TEXT_REQUIRED).at("scopes")
    for scope in scopes:
        if not work.viewer.may(Permission(scope)):
            raise reject(ProblemCode.PERMISSION_NOT_HELD, permission=scope).at("scopes")
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
    key = await work.get(ApiKey, input.id, lock=True)
    if key is None:
        raise reject(ProblemCode.NOT_FOUND).at("id")
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by_id = work.now, work.viewer.collaborator_id
        audit(work, AuditEventKind.API_KEY_REVOKED, api_key_id=key.id, name=key.name)
    return key
