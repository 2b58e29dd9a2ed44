"""The trusted issuers of tokens, and the companies for which each may sign."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import jwt

from errors import Unauthenticated
from server.access import tokens
from server.access.jwks import ALGORITHMS, DiscoveredKeySet, Keys, KeySet, OneKey
from server.settings import Settings

LONGEST_SUBJECT: Final = 255
"""Characters (OIDC Core, 2)."""
LONGEST_EMAIL: Final = 320
"""Characters."""

_TOKEN_TYPES = ("jwt", "at+jwt")


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer, the keys that its tokens are verified with, and what its claims are called.

    `companies` are those that it may sign for; None: every one that no issuer names.
    """

    name: str
    audiences: Sequence[str]
    keys: Keys
    company_claim: str
    collaborator_claim: str
    companies: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says."""

    company_id: UUID | None
    """None where it leaves open in which of their companies the person wants to work."""
    email: str | None
    """An e-mail address that the issuer verified; no other is used to find a collaborator."""
    issuer: str
    subject: str
    expires_at: float

    @property
    def credential(self) -> str:
        """The same for every token of this issuer for this subject."""
        return hashlib.sha256(json.dumps([self.issuer, self.subject]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Reach:
    """The companies that an issuer may sign for: `only_in`, or if that is None, all except `not_in`."""

    only_in: frozenset[UUID] | None
    not_in: frozenset[UUID]

    def __contains__(self, company_id: UUID) -> bool:
        return company_id not in self.not_in if self.only_in is None else company_id in self.only_in


class Issuers:
    """The issuers of the settings. A token is verified with the keys of the issuer that it names, and no other's."""

    def __init__(self, issuers: Iterable[Issuer], clock_skew: float) -> None:
        self._issuers = {issuer.name: issuer for issuer in issuers}
        self._leeway = clock_skew
        named = frozenset(id for issuer in self._issuers.values() for id in issuer.companies or ())
        self._reach = {
            name: Reach(issuer.companies, frozenset() if issuer.companies is not None else named)
            for name, issuer in self._issuers.items()
        }

    @classmethod
    def of(cls, settings: Settings, keys: Keys | None = None) -> "Issuers":
        """The issuers of the settings, or the demo issuer if there are none; `keys` replaces the keys of the first."""
        claims = settings.jwt_company_claim, settings.jwt_collaborator_claim
        issuers = [
            Issuer(
                each.issuer,
                each.audiences,
                KeySet(each.jwks) if each.jwks else DiscoveredKeySet(each.issuer),
                each.company_claim or claims[0],
                each.collaborator_claim or claims[1],
                frozenset(each.companies) or None,
            )
            for each in settings.issuers
        ]
        if not issuers:
            key = OneKey(tokens.verification_key(settings.data_dir))
            issuers = [Issuer(tokens.ISSUER, (tokens.AUDIENCE,), key, *claims)]
        if keys:
            issuers[0] = replace(issuers[0], keys=keys)
        return cls(issuers, settings.jwt_clock_skew_seconds)

    def reach(self, claims: Claims) -> Reach:
        """The companies that the token's issuer may sign for."""
        return self._reach[claims.issuer]

    async def verify(self, token: str) -> Claims:
        """What the token says, if one of the issuers said it, to us, for now. Unauthenticated otherwise."""
        invalid = Unauthenticated("El token no es válido.")
        try:
            header = jwt.get_unverified_header(token)
            algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
            if not isinstance(algorithm, str) or algorithm not in ALGORITHMS or "crit" in header:
                raise invalid
            # An ID of another kind, as a logout token, is signed with the same key.
            if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in _TOKEN_TYPES:
                raise invalid
            issuer = self._named(token)
            key = await issuer.keys.find(kid, algorithm)
            if key is None:
                raise invalid
            said = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=issuer.name,
                audience=issuer.audiences,
                leeway=self._leeway,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
            if not isinstance(said["exp"], int | float):  # PyJWT takes the text of a number as well
                raise invalid
            return _claims(issuer, said, float(said["exp"]) + self._leeway)
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("El token venció.") from None
        except (jwt.PyJWTError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError):
            raise invalid from None

    def _named(self, token: str) -> Issuer:
        """The issuer that the unverified token names. LookupError for an unknown one."""
        if len(self._issuers) == 1:
            return next(iter(self._issuers.values()))
        return self._issuers[jwt.decode(token, options={"verify_signature": False})["iss"]]


def _claims(issuer: Issuer, said: Mapping[str, Any], expires_at: float) -> Claims:
    """ValueError where one of them cannot be used."""
    company = said.get(issuer.company_claim)
    if company is not None and not isinstance(company, str):
        raise ValueError("no company")
    company_id = UUID(company.removeprefix("com_")) if company is not None else None
    email = said.get(issuer.collaborator_claim)
    if email is not None:
        email = _text(email, LONGEST_EMAIL)
    if not _is_vouched_for(issuer, said):
        email = None
    return Claims(company_id, email, issuer.name, _text(said.get("sub"), LONGEST_SUBJECT), expires_at)


def _is_vouched_for(issuer: Issuer, said: Mapping[str, Any]) -> bool:
    """Whether somebody may be found by the claim that names the collaborator.

    OIDC Core, 5.1: anyone may claim an address that was never verified. An issuer that says which company it is vouches
    for what it says of its people, unless it says that it does not; otherwise it must say that it does.
    """
    verified = said.get("email_verified")
    if said.get(issuer.company_claim) is None:
        return issuer.collaborator_claim == "email" and verified is True
    return issuer.collaborator_claim != "email" or verified is True or "email_verified" not in said


def _text(value: object, longest: int) -> str:
    """A claim as text that PostgreSQL can store. ValueError otherwise."""
    if not isinstance(value, str) or not 0 < len(value) <= longest or "\0" in value:
        raise ValueError("no text")
    value.encode()  # JSON can write half of a surrogate pair, UTF-8 cannot
    return value
