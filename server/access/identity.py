"""From the credentials of a request to its viewer: a bearer token of an issuer, or an API key.

Errors do not disclose whether the signature, the company or the collaborator was wrong. Both kinds of credentials
are sent as `Authorization: Bearer …`; over a WebSocket, in the payload of `connection_init`.
"""

import asyncio
import datetime
import hashlib
import logging
import time
from collections.abc import AsyncGenerator, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from psycopg.errors import UniqueViolation

from database.wire import Pool, rows
from domain.months import time_zone
from domain.secret import KEY, Secret
from errors import CompanySuspended, Unauthenticated
from loaders.recent import Recent
from models.audit import AuditEventKind
from models.collaborator import Locale, Role
from models.viewer import Viewer, bundle
from server.access.addresses import Addresses
from server.access.audit import Audit
from server.access.companies import COMPANY_HEADER, CompanyDiffers, CompanyRequired, Membership, read_company
from server.access.issuers import Claims, Issuers
from server.access.jwks import Keys
from server.access.limits import Limit, RateLimited, address_block
from server.settings import Settings

log = logging.getLogger("ficha.identity")

LONGEST_HEADER = 8192
"""Maximum number of characters in Authorization; a longer header is refused unread."""
MOST_REMEMBERED = 10_000
"""Tokens, and callers."""
PROVEN_SECONDS = 600
"""How long a verified token is trusted without verifying its signature again, and how long accepted credentials are
distinguished from unknown ones."""
MOST_WAITING = 8
"""Credentials from one address that wait to be looked up, once too many others were refused."""

_NOBODY = "El token no corresponde a ningún colaborador activo."
_USED_AGAIN = datetime.timedelta(minutes=1)

# By the account, and by the address: two rows where those are two people's.
_COLLABORATOR = """
select collaborator.id, collaborator.active, collaborator.role, collaborator.locale, company.time_zone,
    company.role_permissions -> collaborator.role, company.suspended_at is not null,
    collaborator.issuer, collaborator.subject
from company
    left join collaborator on collaborator.company_id = $4 and (
        collaborator.issuer = $1 and collaborator.subject = $2
        or lower(collaborator.email collate "C") = lower($3::text collate "C"))
where company.id = $4
"""
# The row is locked meanwhile, so that of two who sign in at once one is the first. An invitation is needed no longer.
_BIND = """
with bound as (
    update collaborator set issuer = $3, subject = $4, joined_at = coalesce(joined_at, now())
    where company_id = $1 and id = $2 and subject is null and active
    returning id
)
update invitation set accepted_at = now()
where company_id = $1 and collaborator_id = (select id from bound) and accepted_at is null and revoked_at is null
"""
_MEMBERSHIPS = "select company_id, name, suspended from ficha_memberships($1, $2, $3, $4, $5)"
_NO_COMPANY = UUID(int=0)
_API_KEY = """
select collaborator.id, collaborator.active, collaborator.role, collaborator.locale, company.time_zone,
    company.role_permissions -> collaborator.role, company.suspended_at is not null,
    api_key.secret_hash, api_key.scopes, api_key.expires_at, api_key.revoked_at, api_key.last_used_at
from api_key
    join company on company.id = api_key.company_id
    join collaborator on collaborator.company_id = $1 and collaborator.id = api_key.created_by_id
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
        """Identifies the rate-limit budget; a key has one of its own."""
        return self.viewer.acting_id


class _Person(NamedTuple):
    """A row of `_COLLABORATOR`; all but the zone is None where nobody is found."""

    id: UUID | None
    active: bool
    role: str
    locale: str
    zone: str
    changed: Sequence[str] | None
    suspended: bool
    """The company is."""
    issuer: str | None
    subject: str | None


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
        self._values.drop_those(lambda entry: which(entry[1]))

    def put(self, key: K, value: V, until: float) -> None:
        """Remembers it."""
        self._values.put(key, (until, value))


@dataclass(slots=True)
class _Line:
    """The queue of one address: its lock, and how many wait."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where credentials come from. Not audited is what goes on after as many refusals as may be: they say it all."""

    address: str
    is_audited: bool


class Identity:
    """Authenticates requests."""

    def __init__(self, settings: Settings, pool: Pool, audit: Audit, failures: Limit, keys: Keys | None = None) -> None:
        self._settings = settings
        self._pool = pool
        self._audit = audit
        self._failures = failures
        self._issuers = Issuers.of(settings, keys)
        self._tokens: Remembered[bytes, Claims] = Remembered()
        self._callers: Remembered[tuple[bytes, str], Caller] = Remembered()
        self._memberships: Remembered[bytes, Sequence[Membership]] = Remembered()
        self._proven: Remembered[bytes, bool] = Remembered()
        self._addresses = Addresses()
        self._lines: dict[str, _Line] = {}
        self._looking: dict[tuple[bytes, str, str], asyncio.Task[Caller]] = {}
        """By digest, company and address."""

    async def caller(self, authorization: Sequence[str], address: str = "", company: str = "") -> Caller:
        """The caller whom the request's Authorization headers identify; `address` is the client's, `company` the id of
        the company that they want to work in, where they said so.

        Raises Unauthenticated for invalid credentials, RateLimited after too many of them from the address,
        IssuerUnreachable where they cannot be verified, CompanyRequired where the person belongs to several
        companies, CompanyDiffers where they do not belong to that one. Valid credentials are accepted whatever
        others at the address try.
        """
        credentials = _bearer(authorization)
        digest = _digest(credentials)
        caller = self._callers.get((digest, company))
        if caller is None:
            # When a client changes, all WebSockets of one person ask at the same moment: one look-up serves them all.
            sign_in = digest, company, address
            looking = self._looking.get(sign_in)
            if looking is None:
                looking = self._looking[sign_in] = asyncio.create_task(self._look_up(credentials, *sign_in))
                looking.add_done_callback(partial(self._looked_up, sign_in))
            caller = await asyncio.shield(looking)
        self._addresses.note(address, caller.budget)
        return caller

    async def _look_up(self, credentials: str, digest: bytes, company: str, address: str) -> Caller:
        chosen = read_company(company)
        async with self._refusing(digest, address):
            if credentials.startswith(KEY):
                caller = await self._by_key(credentials, digest, address)
            else:
                caller = await self._by_token(credentials, digest, address, chosen)
        now = time.time()
        self._proven.put(digest, True, now + PROVEN_SECONDS)
        if chosen and caller.viewer.company_id != chosen:
            raise CompanyDiffers
        self._callers.put((digest, company), caller, min(caller.expires_at, self._next_look_up(now)))
        return caller

    def _looked_up(self, sign_in: tuple[bytes, str, str], looking: "asyncio.Task[Caller]") -> None:
        """The next request is looked up anew. An error is reported to those who wait, if any are left."""
        del self._looking[sign_in]
        if not looking.cancelled():
            looking.exception()

    def forget_company(self, company_id: UUID) -> None:
        """Looks the company's viewers up again; other processes do when what they remember is too old."""
        self._callers.drop_those(lambda caller: caller.viewer.company_id == company_id)

    async def claims(self, authorization: Sequence[str], address: str = "") -> Claims:
        """The claims of the token in the Authorization headers, even if they match no collaborator. Raises what
        `caller` raises."""
        credentials = _bearer(authorization)
        digest = _digest(credentials)
        async with self._refusing(digest, address):
            return await self._verified(credentials, digest)

    def may_sign_for(self, claims: Claims, company_id: UUID) -> bool:
        """Whether such a token can be one for this company."""
        return claims.company_id in (None, company_id) and company_id in self._issuers.reach(claims)

    def forget(self, authorization: Sequence[str]) -> None:
        """Drops the cached memberships of an account that has just been bound to a collaborator."""
        self._memberships.drop(_digest(_bearer(authorization)))

    async def _verified(self, token: str, digest: bytes) -> Claims:
        claims = self._tokens.get(digest)
        if claims is None:
            # Verified even after many refusals: it costs less than reading the request.
            claims = await self._issuers.verify(token)
            self._tokens.put(digest, claims, min(claims.expires_at, time.time() + PROVEN_SECONDS))
        return claims

    async def _by_token(self, token: str, digest: bytes, address: str, chosen: UUID | None) -> Caller:
        claims = await self._verified(token, digest)
        async with self.turn(digest, address) as source:
            company_id = claims.company_id or chosen or await self._only_company(claims, digest)
            return Caller(await self._collaborator(claims, company_id, source), claims.expires_at)

    async def _only_company(self, claims: Claims, digest: bytes) -> UUID:
        """The only company that the account belongs to. CompanyRequired if there are several."""
        memberships = self._memberships.get(digest)
        if memberships is None:
            reach = self._issuers.reach(claims)
            only_in = None if reach.only_in is None else list(reach.only_in)
            values = (claims.issuer, claims.subject, claims.email, only_in, list(reach.not_in))
            memberships = [Membership(*row) for row in await self._rows(_NO_COMPANY, _MEMBERSHIPS, values)]
            self._memberships.put(digest, memberships, min(claims.expires_at, self._next_look_up(time.time())))
        match [each for each in memberships if not each.suspended] or memberships:
            case [membership]:
                return membership.company_id
            case []:
                raise Unauthenticated(_NOBODY)
            case several:
                raise CompanyRequired(several)

    def _next_look_up(self, now: float) -> float:
        return now + self._settings.viewer_cache_seconds

    async def _by_key(self, text: str, digest: bytes, address: str) -> Caller:
        secret = Secret.parse(text)
        if secret is None:
            raise Unauthenticated("La llave no es válida.")
        async with self.turn(digest, address) as source:
            return await self._key_holder(secret, source)

    @asynccontextmanager
    async def _refusing(self, digest: bytes, address: str) -> AsyncGenerator[None]:
        """Counts credentials that are refused within. RateLimited in place of Unauthenticated after too many."""
        try:
            yield
        except Unauthenticated as error:
            self._proven.drop(digest)
            await self.count_refusal(address, error.message)
            raise

    async def count_refusal(self, address: str, reason: str) -> None:
        """Counts a refusal for the address. RateLimited after too many."""
        log.info("sign-in refused from %s: %s", address or "-", reason)
        left = await self._failures.spend(address_block(address))
        if left and not left.remaining:
            log.warning("too many sign-ins were refused from %s", address or "-")
            self._addresses.refused(address)

    @asynccontextmanager
    async def turn(self, digest: bytes, address: str) -> AsyncGenerator["Source"]:
        """A context in which the database may be queried. After too many refusals from the address, credentials that
        were not accepted recently are looked up one at a time, so that guessing uses one connection and valid
        credentials are still accepted. RateLimited if too many are waiting."""
        block = address_block(address)
        over = None if self._proven.get(digest) else await self._failures.spent(block)
        if over is None:
            yield Source(address, is_audited=True)
            return
        line = self._lines.setdefault(block, _Line())
        if line.length > MOST_WAITING:
            raise RateLimited(over)
        line.length += 1
        try:
            async with line.turn:
                yield Source(address, is_audited=False)
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[block]

    async def connection(self, payload: Mapping[str, Any] | None, address: str = "") -> Caller:
        """The caller whom the payload of a WebSocket's `connection_init` names, as `{"Authorization": "Bearer …"}`, and
        perhaps `"X-Ficha-Company"`.

        The connection must end at `expires_at`. Raises what `caller` raises.
        """
        texts = [(name.lower(), value) for name, value in (payload or {}).items() if isinstance(value, str)]
        companies = [value for name, value in texts if name == COMPANY_HEADER]
        return await self.caller(
            [value for name, value in texts if name == "authorization"], address, companies[-1] if companies else ""
        )

    async def _collaborator(self, claims: Claims, company_id: UUID, source: "Source") -> Viewer:
        account = claims.issuer, claims.subject
        people = await self._people(claims, company_id)
        person = people[0] if len(people) == 1 and people[0].id else None
        if person and person.active and person.suspended and (person.issuer, person.subject) in (account, (None, None)):
            raise CompanySuspended
        if person and person.active and person.subject is None:
            person = await self._bind(person, claims, company_id)
        if person is None or not person.active or (person.issuer, person.subject) != account:
            # A stranger who names the company themselves is not written into its audit log.
            if people and (claims.company_id or people[0].id):
                # Of two, the one with the token's address.
                id = next((each.id for each in people if (each.issuer, each.subject) != account), people[0].id)
                self._audit_refusal(company_id, source, actor_id=id, details=_account_details(claims))
            raise Unauthenticated(_NOBODY)
        assert person.id  # noqa: S101  # a bound collaborator has an id
        role = Role(person.role)
        return Viewer(
            company_id,
            person.id,
            role,
            time_zone(person.zone),
            bundle(role, person.changed),
            credential=claims.credential,
            locale=Locale(person.locale),
        )

    async def _people(self, claims: Claims, company_id: UUID) -> list[_Person]:
        """The collaborators whom the token may identify, at most two. One row without id if there is none; no row if
        the company does not exist or belongs to another issuer."""
        if not self.may_sign_for(claims, company_id):
            return []
        values = (claims.issuer, claims.subject, claims.email, company_id)
        return [_Person(*row) for row in await self._rows(company_id, _COLLABORATOR, values)]

    async def _bind(self, person: _Person, claims: Claims, company_id: UUID) -> _Person | None:
        """Binds the collaborator to the account that signs in first; None if the account already belongs to another."""
        values = (company_id, person.id, claims.issuer, claims.subject)
        try:
            await self._pool.within(company_id, [(_BIND, values)])
        except UniqueViolation:
            return None
        people = await self._people(claims, company_id)
        return people[0] if len(people) == 1 else None

    def _audit_refusal(self, company_id: UUID, source: Source, **event: Any) -> None:
        if source.is_audited:
            kind = AuditEventKind.SIGN_IN_REFUSED
            self._audit.record(kind, company_id, address=source.address or None, **event)

    async def _key_holder(self, secret: Secret, source: Source) -> Caller:
        """Who made the key, with what its scopes leave of their permissions."""
        refused = Unauthenticated("La llave no es válida.")
        row = await self._find(secret.company_id, _API_KEY, (secret.company_id, secret.id))
        if row is None:
            raise refused
        (
            id,
            active,
            role,
            locale,
            zone,
            changed,
            suspended,
            secret_hash,
            scopes,
            expires_at,
            revoked_at,
            last_used_at,
        ) = row
        if not secret.proves(secret_hash):
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
            secret.company_id,
            id,
            Role(role),
            time_zone(zone),
            permissions,
            secret.id,
            credential=str(secret.id),
            locale=Locale(locale),
        )
        return Caller(viewer, expires_at.timestamp())

    async def _find(self, company_id: UUID, statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
        return next(iter(await self._rows(company_id, statement, values)), None)

    async def _rows(self, company_id: UUID, statement: str, values: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        [result] = await self._pool.within(company_id, [(statement, values)], read_only=True)
        return list(rows(result))


def _digest(credentials: str) -> bytes:
    return hashlib.sha256(credentials.encode(errors="surrogatepass")).digest()


def _account_details(claims: Claims) -> dict[str, str]:
    """What the audit log says of who was refused."""
    return {"email": claims.email} if claims.email else {"issuer": claims.issuer, "subject": claims.subject}


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
