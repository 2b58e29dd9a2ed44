"""From the credentials of a request to its viewer: a bearer token of the issuer, or an API key.

Nothing here tells whether it was the signature, the company or the collaborator that was wrong. Both kinds of
credentials come in one way, `Authorization: Bearer …`; over a WebSocket it stands in the payload of `connection_init`.
"""

import asyncio
import datetime
import hashlib
import json
import logging
import time
from collections.abc import AsyncGenerator, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

import jwt
from psycopg.errors import UniqueViolation

from database.wire import Pool, rows
from domain.api_key import PREFIX, Secret
from domain.months import time_zone
from errors import CompanySuspended, Unauthenticated
from loaders.recent import Recent
from models.audit import AuditEventKind
from models.collaborator import Role
from models.viewer import Viewer, bundle
from server.access import tokens
from server.access.addresses import Addresses
from server.access.audit import Audit
from server.access.jwks import ALGORITHMS, Keys, KeySet, OneKey
from server.access.limits import Limit, RateLimited, address_block
from server.settings import Settings

log = logging.getLogger("ficha.identity")

LONGEST_HEADER = 8192
"""Characters of Authorization. What is longer is refused before anybody looks into it."""
MOST_REMEMBERED = 10_000
"""Tokens, and callers."""
PROVEN_SECONDS = 600
"""How long a token that was verified is trusted without looking at its signature again, and how long credentials that
were let in are told from those that never were."""
LONGEST_SUBJECT = 255
"""Characters (OIDC Core, 2)."""
LONGEST_EMAIL = 320
"""Characters."""
MOST_WAITING = 8
"""Credentials from one address that wait to be looked up, once too many others were refused."""

_TOKEN_TYPES = ("jwt", "at+jwt")
_USED_AGAIN = datetime.timedelta(minutes=1)

_COLLABORATOR = """
select collaborator.id, collaborator.active, collaborator.role, company.time_zone,
    company.role_permissions -> collaborator.role, company.suspended_at is not null,
    collaborator.issuer, collaborator.subject
from company
    left join collaborator on collaborator.company_id = company.id
        and lower(collaborator.email collate "C") = lower($1::text collate "C")
where company.id = $2
"""
# The row is locked meanwhile, so that of two who sign in at once one is the first.
_BIND = """
update collaborator set issuer = $3, subject = $4
where company_id = $1 and id = $2 and subject is null
returning id
"""
_API_KEY = """
select collaborator.id, collaborator.active, collaborator.role, company.time_zone,
    company.role_permissions -> collaborator.role, company.suspended_at is not null,
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
    issuer: str
    subject: str
    expires_at: float

    @property
    def credential(self) -> str:
        """The same for every token of this issuer for this subject."""
        return hashlib.sha256(json.dumps([self.issuer, self.subject]).encode()).hexdigest()


K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """The last few thousand values, each until its time (`time.time`); what was not asked for longest goes first."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._values: Recent[K, tuple[float, V]] = Recent(most)

    def get(self, key: K) -> V | None:
        """The value, while it holds."""
        until, value = self._values.get(key) or (0.0, None)
        if until > time.time():
            return value
        self._values.drop(key)
        return None

    def drop(self, key: K) -> None:
        """Forgets it."""
        self._values.drop(key)

    def drop_those(self, which: Callable[[V], bool]) -> None:
        """Forgets all of them."""
        self._values.drop_those(lambda kept: which(kept[1]))

    def put(self, key: K, value: V, until: float) -> None:
        """Remembers it."""
        self._values.put(key, (until, value))


@dataclass(slots=True)
class _Line:
    """Of one address: whose turn it is, and how many there are."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0


@dataclass(frozen=True, slots=True)
class _Source:
    """Where credentials come from. Not audited is what goes on after as many refusals as may be: they say it all."""

    address: str
    is_audited: bool


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
        self._proven: Remembered[bytes, bool] = Remembered()
        self._addresses = Addresses()
        self._lines: dict[str, _Line] = {}

    async def caller(self, authorization: Sequence[str], address: str = "") -> Caller:
        """The caller that the request's Authorization headers stand for; `address` is the client's.

        Unauthenticated where they stand for nobody, RateLimited where too many from the address did,
        IssuerUnreachable where nobody can tell. Credentials that hold are let in, whatever others at the address try.
        """
        credentials = _bearer(authorization)
        digest = hashlib.sha256(credentials.encode(errors="surrogatepass")).digest()
        caller = self._callers.get(digest)
        if caller is None:
            find = self._by_key if credentials.startswith(PREFIX) else self._by_token
            async with self._refusing(digest, address):
                caller = await find(credentials, digest, address)
            now = time.time()
            self._proven.put(digest, True, now + PROVEN_SECONDS)
            self._callers.put(digest, caller, min(caller.expires_at, now + self._settings.viewer_cache_seconds))
        self._addresses.note(address, caller.budget)
        return caller

    def forget(self, company_id: UUID) -> None:
        """Looks the company's viewers up again; other processes do when what they remember is too old."""
        self._callers.drop_those(lambda caller: caller.viewer.company_id == company_id)

    async def _by_token(self, token: str, digest: bytes, address: str) -> Caller:
        claims = self._tokens.get(digest)
        if claims is None:
            # Looked at whatever was refused before: it costs less than reading the request did.
            claims = await self._verify(token)
            self._tokens.put(digest, claims, min(claims.expires_at, time.time() + PROVEN_SECONDS))
        async with self._turn(digest, address) as source:
            return Caller(await self._collaborator(claims, source), claims.expires_at)

    async def _by_key(self, text: str, digest: bytes, address: str) -> Caller:
        secret = Secret.parse(text)
        if secret is None:
            raise Unauthenticated("La llave no es válida.")
        async with self._turn(digest, address) as source:
            return await self._key_holder(secret, source)

    @asynccontextmanager
    async def _refusing(self, digest: bytes, address: str) -> AsyncGenerator[None]:
        """Counts credentials that are refused within. RateLimited in place of Unauthenticated after too many."""
        try:
            yield
        except Unauthenticated as error:
            log.info("sign-in refused from %s: %s", address or "-", error.message)
            self._proven.drop(digest)
            left = await self._failures.spend(address_block(address))
            if left and not left.remaining:
                log.warning("too many sign-ins were refused from %s", address or "-")
                self._addresses.refused(address)
            raise

    @asynccontextmanager
    async def _turn(self, digest: bytes, address: str) -> AsyncGenerator["_Source"]:
        """Within, the database is asked. After too many refusals from the address, credentials that were not let in of
        late wait for each other, so that whoever tries out credentials takes one connection, and those that hold are
        still let in. RateLimited where too many wait already."""
        block = address_block(address)
        over = None if self._proven.get(digest) else await self._failures.spent(block)
        if over is None:
            yield _Source(address, is_audited=True)
            return
        line = self._lines.setdefault(block, _Line())
        if line.length > MOST_WAITING:
            raise RateLimited(over)
        line.length += 1
        try:
            async with line.turn:
                yield _Source(address, is_audited=False)
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[block]

    async def connection(self, payload: Mapping[str, Any] | None, address: str = "") -> Caller:
        """The caller whom the payload of a WebSocket's `connection_init` names, as `{"Authorization": "Bearer …"}`.

        The connection must end at `expires_at`. Raises what `caller` raises.
        """
        given = [value for name, value in (payload or {}).items() if name.lower() == "authorization"]
        return await self.caller([value for value in given if isinstance(value, str)], address)

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
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
            if not isinstance(said["exp"], int | float):  # PyJWT takes the text of a number as well
                raise invalid
            return self._claims(said, float(said["exp"]) + leeway)
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("El token venció.") from None
        except (jwt.PyJWTError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError):
            raise invalid from None

    def _claims(self, said: Mapping[str, Any], expires_at: float) -> Claims:
        """ValueError where one of them cannot be used."""
        company = said.get(self._settings.jwt_company_claim)
        if not isinstance(company, str):
            raise ValueError("no company")
        # OIDC Core, 5.1: anyone may claim an address that was never verified.
        if self._settings.jwt_collaborator_claim == "email" and said.get("email_verified", True) is not True:
            raise ValueError("an address that was not verified")
        email = _text(said.get(self._settings.jwt_collaborator_claim), LONGEST_EMAIL)
        subject = _text(said.get("sub"), LONGEST_SUBJECT)
        return Claims(UUID(company.removeprefix("com_")), email, self._issuer, subject, expires_at)

    async def _collaborator(self, claims: Claims, source: _Source) -> Viewer:
        nobody = Unauthenticated("El token no corresponde a ningún colaborador activo.")
        found = await self._find(claims.company_id, _COLLABORATOR, (claims.email, claims.company_id))
        if found is None:
            raise nobody
        id, active, role, zone, changed, suspended, *bound = found
        if active and suspended and bound in ([None, None], [claims.issuer, claims.subject]):
            raise CompanySuspended
        if active and bound == [None, None]:
            bound = await self._bind(id, claims)
        if not active or bound != [claims.issuer, claims.subject]:
            self._audit_refusal(claims.company_id, source, actor_id=id, details={"email": claims.email})
            raise nobody
        role, permissions = Role(role), bundle(Role(role), changed)
        return Viewer(claims.company_id, id, role, time_zone(zone), permissions, credential=claims.credential)

    async def _bind(self, id: UUID, claims: Claims) -> list[str | None]:
        """Binds the collaborator to who signs in first. The issuer and subject that they are bound to; null where the
        subject is another collaborator already."""
        values = (claims.company_id, id, claims.issuer, claims.subject)
        try:
            await self._pool.within(claims.company_id, [(_BIND, values)])
        except UniqueViolation:
            return [None, None]
        found = await self._find(claims.company_id, _COLLABORATOR, (claims.email, claims.company_id))
        return list(found[-2:]) if found else [None, None]

    def _audit_refusal(self, company_id: UUID, source: _Source, **event: Any) -> None:
        if source.is_audited:
            kind = AuditEventKind.SIGN_IN_REFUSED
            self._audit.record(kind, company_id, address=source.address or None, **event)

    async def _key_holder(self, secret: Secret, source: _Source) -> Caller:
        """Who made the key, with what its scopes leave of their permissions."""
        refused = Unauthenticated("La llave no es válida.")
        found = await self._find(secret.company_id, _API_KEY, (secret.company_id, secret.id))
        if not found:
            raise refused
        id, active, role, zone, changed, suspended, kept, scopes, expires_at, revoked_at, last_used_at = found
        if not secret.proves(kept):
            raise refused
        now = datetime.datetime.now(datetime.UTC)
        if not active or revoked_at or expires_at <= now:
            self._audit_refusal(secret.company_id, source, actor_id=id, api_key_id=secret.id)
            raise refused
        if suspended:
            raise CompanySuspended
        if last_used_at is None or now - last_used_at >= _USED_AGAIN:
            self._audit.key_used(secret.company_id, secret.id, zone, source.address or None)
        held = bundle(Role(role), changed)
        permissions = frozenset(permission for permission in held if permission.value in scopes)
        viewer = Viewer(
            secret.company_id, id, Role(role), time_zone(zone), permissions, secret.id, credential=str(secret.id)
        )
        return Caller(viewer, expires_at.timestamp())

    async def _find(self, company_id: UUID, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        [result] = await self._pool.within(company_id, [(statement, values)], read_only=True)
        return next(iter(rows(result)), None)


def _text(value: object, longest: int) -> str:
    """A claim that PostgreSQL can keep. ValueError where it is none."""
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\0" in value:
        raise ValueError("no text")
    value.encode()  # JSON can write half of a surrogate pair, UTF-8 cannot
    return value


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
