"""From the credentials of a request to its viewer: a bearer token of the issuer, or an API key.

Nothing here tells whether it was the signature, the company or the collaborator that was wrong. Both kinds of
credentials come in one way, `Authorization: Bearer …`; over a WebSocket it stands in the payload of `connection_init`.
"""

import datetime
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import jwt

from database.wire import Pool, rows
from domain.api_key import PREFIX, Secret
from domain.months import time_zone
from errors import Unauthenticated
from models.audit import AuditEventKind
from models.collaborator import Role
from models.viewer import Viewer, bundle
from server.access import tokens
from server.access.audit import Audit
from server.access.jwks import ALGORITHMS, Keys, KeySet, OneKey
from server.access.limits import Limit, RateLimited, address_block
from server.settings import Settings

log = logging.getLogger("ficha.identity")

LONGEST_HEADER = 8192
"""Characters of Authorization. What is longer is refused before anybody looks into it."""
MOST_REMEMBERED = 10_000
"""Tokens, and callers."""
TOKEN_SECONDS = 600
"""How long a token that was verified is trusted without looking at its signature again."""

_TOKEN_TYPES = ("jwt", "at+jwt")
_USED_AGAIN = datetime.timedelta(minutes=1)

_COLLABORATOR = """
select collaborator.id, collaborator.active, collaborator.role, company.time_zone,
    company.role_permissions -> collaborator.role
from company left join collaborator on collaborator.company_id = company.id and lower(collaborator.email) = lower($1)
where company.id = $2
"""
_API_KEY = """
select collaborator.id, collaborator.active, collaborator.role, company.time_zone,
    company.role_permissions -> collaborator.role,
    api_key.secret_hash, api_key.scopes, api_key.expires_at, api_key.revoked_at, api_key.last_used_at
from api_key
    join company on company.id = api_key.company_id
    join collaborator on collaborator.company_id = api_key.company_id and collaborator.id = api_key.created_by_id
where api_key.company_id = $1 and api_key.id = $2
"""


class HeaderTooLong(Unauthenticated):
    """The Authorization header is longer than any token or key of ours."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A viewer, and until when their credentials say so (Unix time)."""

    viewer: Viewer
    expires_at: float

    @property
    def budget(self) -> UUID:
        """Whose budget of requests it is: a key has one of its own."""
        return self.viewer.api_key_id or self.viewer.collaborator_id


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says."""

    company_id: UUID
    email: str
    expires_at: float


K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """The last few thousand values, each until its time (`time.time`); what was not asked for longest goes first."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, while it holds."""
        found = self._values.get(key)
        if found is None:
            return None
        if found[0] <= time.time():
            del self._values[key]
            return None
        self._values.move_to_end(key)
        return found[1]

    def put(self, key: K, value: V, until: float) -> None:
        """Remembers it."""
        self._values[key] = (until, value)
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)


class Identity:
    """Tells who asks."""

    def __init__(self, settings: Settings, pool: Pool, audit: Audit, failures: Limit, keys: Keys | None = None) -> None:
        self._settings = settings
        self._pool = pool
        self._audit = audit
        self._failures = failures
        if settings.jwt_issuer:
            self._issuer, self._audience = settings.jwt_issuer, settings.jwt_audience
            self._keys = keys or KeySet(settings.jwt_jwks)
        else:
            self._issuer, self._audience = tokens.ISSUER, tokens.AUDIENCE
            self._keys = keys or OneKey(tokens.verification_key(settings.data_dir))
        self._tokens: Remembered[bytes, Claims] = Remembered()
        self._callers: Remembered[bytes, Caller] = Remembered()

    async def caller(self, authorization: Sequence[str], address: str = "") -> Caller:
        """The caller that the request's Authorization headers stand for; `address` is the client's.

        Unauthenticated where they stand for nobody, RateLimited where too many from the address did,
        IssuerUnreachable where nobody can tell.
        """
        credentials = _bearer(authorization)
        digest = hashlib.sha256(credentials.encode()).digest()
        if known := self._callers.get(digest):
            return known
        claims = self._tokens.get(digest)
        if claims is None:
            await self._failures.demand(address_block(address))
        try:
            if credentials.startswith(PREFIX):
                caller = await self._key_holder(credentials, address)
            else:
                if claims is None:
                    claims = await self._verify(credentials)
                    self._tokens.put(digest, claims, min(claims.expires_at, time.time() + TOKEN_SECONDS))
                caller = Caller(await self._collaborator(claims, address), claims.expires_at)
        except Unauthenticated as error:
            log.info("sign-in refused from %s: %s", address or "-", error.message)
            await self._count_failure(address)
            raise
        self._callers.put(digest, caller, min(caller.expires_at, time.time() + self._settings.viewer_cache_seconds))
        return caller

    async def connection(self, payload: Mapping[str, Any] | None, address: str = "") -> Caller:
        """The caller whom the payload of a WebSocket's `connection_init` names, as `{"Authorization": "Bearer …"}`.

        The connection must end at `expires_at`. Raises what `caller` raises.
        """
        given = [value for name, value in (payload or {}).items() if name.lower() == "authorization"]
        return await self.caller([value for value in given if isinstance(value, str)], address)

    async def _count_failure(self, address: str) -> None:
        try:
            await self._failures.spend(address_block(address))
        except RateLimited:
            # Others from the address failed in the meantime; this one learns of it the next time.
            log.warning("too many sign-ins were refused from %s", address or "-")

    async def _verify(self, token: str) -> Claims:
        """What the token says, if the issuer said it, to us, for now."""
        invalid = Unauthenticated("El token no es válido.")
        leeway = self._settings.jwt_clock_skew_seconds
        try:
            header = jwt.get_unverified_header(token)
            algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
            if not isinstance(algorithm, str) or algorithm not in ALGORITHMS or "crit" in header:
                raise invalid
            # An ID of another kind, as a logout token, is signed with the same key.
            if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in _TOKEN_TYPES:
                raise invalid
            key = await self._keys.find(kid, algorithm)
            if key is None:
                raise invalid
            said = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=self._issuer,
                audience=self._audience,
                leeway=leeway,
                options={"require": ["exp", "iss", "aud"]},
            )
            return self._claims(said, float(said["exp"]) + leeway)
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("El token venció.") from None
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
            raise invalid from None

    def _claims(self, said: Mapping[str, Any], expires_at: float) -> Claims:
        company, email = (
            said.get(name) for name in (self._settings.jwt_company_claim, self._settings.jwt_collaborator_claim)
        )
        if not isinstance(company, str) or not isinstance(email, str):
            raise ValueError("no company or no collaborator")
        # OIDC Core, 5.1: anyone may claim an address that was never verified.
        if self._settings.jwt_collaborator_claim == "email" and said.get("email_verified", True) is not True:
            raise ValueError("an address that was not verified")
        if "\0" in email:
            raise ValueError("no address")
        return Claims(UUID(company.removeprefix("com_")), email, expires_at)

    async def _collaborator(self, claims: Claims, address: str) -> Viewer:
        nobody = Unauthenticated("El token no corresponde a ningún colaborador activo.")
        found = await self._find(claims.company_id, _COLLABORATOR, (claims.email, claims.company_id))
        if found is None:
            raise nobody
        id, active, role, zone, changed = found
        if not active:
            self._audit.record(
                AuditEventKind.SIGN_IN_REFUSED,
                claims.company_id,
                actor_id=id,
                address=address or None,
                details={"email": claims.email[:320]},
            )
            raise nobody
        return Viewer(claims.company_id, id, Role(role), time_zone(zone), bundle(Role(role), changed))

    async def _key_holder(self, credentials: str, address: str) -> Caller:
        """Who made the key, with what its scopes leave of their permissions."""
        refused = Unauthenticated("La llave no es válida.")
        secret = Secret.parse(credentials)
        found = secret and await self._find(secret.company_id, _API_KEY, (secret.company_id, secret.id))
        if not secret or not found:
            raise refused
        id, active, role, zone, changed, kept, scopes, expires_at, revoked_at, last_used_at = found
        if not secret.proves(kept):
            raise refused
        now = datetime.datetime.now(datetime.UTC)
        if not active or revoked_at or expires_at <= now:
            self._audit.record(
                AuditEventKind.SIGN_IN_REFUSED,
                secret.company_id,
                actor_id=id,
                api_key_id=secret.id,
                address=address or None,
            )
            raise refused
        if last_used_at is None or now - last_used_at >= _USED_AGAIN:
            self._audit.key_used(secret.company_id, secret.id, zone, address or None)
        held = bundle(Role(role), changed)
        permissions = frozenset(permission for permission in held if permission.value in scopes)
        viewer = Viewer(secret.company_id, id, Role(role), time_zone(zone), permissions, secret.id)
        return Caller(viewer, expires_at.timestamp())

    async def _find(self, company_id: UUID, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        [result] = await self._pool.within(company_id, [(statement, values)], read_only=True)
        return next(iter(rows(result)), None)


def _bearer(authorization: Sequence[str]) -> str:
    """The credentials in the one Authorization header there may be."""
    if len(authorization) > 1:
        raise Unauthenticated("El encabezado Authorization viene repetido.")
    scheme, _, credentials = (authorization[0] if authorization else "").partition(" ")
    credentials = credentials.strip()
    if scheme.lower() != "bearer" or not credentials:
        raise Unauthenticated("Falta el encabezado Authorization: Bearer <token>.")
    if len(credentials) > LONGEST_HEADER:
        raise HeaderTooLong(f"El encabezado Authorization excede {LONGEST_HEADER} caracteres.")
    return credentials
