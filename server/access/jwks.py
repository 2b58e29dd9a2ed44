"""The public keys that tokens are verified with: an issuer's JWK Set, by URL or from a file, or one key of our own.

A set is fetched when it is first needed, again when it has grown old, and at once for a key id that it does not have,
though no more often than every few seconds: a token can claim any key id. While the issuer cannot be reached, the keys
that are known keep working.
"""

import asyncio
import json
import logging
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.request import Request, urlopen

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from errors import Unavailable
from server.telemetry.observed import outgoing_headers

log = logging.getLogger("ficha.identity")

OLD_AFTER_SECONDS = 600
LEAST_INTERVAL_SECONDS = 10
TIMEOUT_SECONDS = 5
LONGEST_SET = 1_000_000
"""Bytes."""
LEAST_RSA_BITS = 2048
"""RFC 7518, 3.3."""

ALGORITHMS: Mapping[str, tuple[str, str | None]] = {
    "RS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "EdDSA": ("OKP", "Ed25519"),
}
"""The accepted algorithms, each with the type and curve of its keys. The key decides, never the token alone."""


class IssuerUnreachable(Unavailable):
    """No key is known yet and the issuer does not answer, so the token cannot be verified now."""


class Keys(Protocol):
    """Where a token's key is found."""

    async def find(self, kid: str | None, algorithm: str) -> Any | None:
        """The key with this id, if it is one for this algorithm."""
        ...


class OneKey:
    """The demo issuer's only key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    async def find(self, kid: str | None, algorithm: str) -> Any | None:
        """The key; it has no id."""
        return self._key if kid is None and algorithm == "EdDSA" else None


class KeySet:
    """An issuer's JWK Set; `source` is an http(s) URL or a file."""

    def __init__(self, source: str, *, least_interval: float = LEAST_INTERVAL_SECONDS) -> None:
        self._source = source
        self._least_interval = least_interval
        self._keys: dict[tuple[str | None, str], Any] | None = None
        self._fetched = self._tried = -float("inf")
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: str | None, algorithm: str) -> Any | None:
        """The key with this id; without one, the only key for the algorithm. IssuerUnreachable before the first set."""
        now = time.monotonic()
        if self._keys is not None and now - self._fetched > OLD_AFTER_SECONDS:
            self._refresh(now)  # in the background, for later requests; meanwhile the known keys are used
        key = self._pick(kid, algorithm)
        if key is None and (fetching := self._refresh(now)):
            await asyncio.shield(fetching)
            key = self._pick(kid, algorithm)
        if self._keys is None:
            raise IssuerUnreachable("El emisor de los tokens no responde; intente más tarde.", LEAST_INTERVAL_SECONDS)
        return key

    def _pick(self, kid: str | None, algorithm: str) -> Any | None:
        known = self._keys or {}
        if kid is not None:
            return known.get((kid, algorithm))
        fitting = [key for (_, its_algorithm), key in known.items() if its_algorithm == algorithm]
        return fitting[0] if len(fitting) == 1 else None

    def _refresh(self, now: float) -> "asyncio.Task[None] | None":
        """The fetch that is under way, or a new one; None where the last one was only just."""
        if self._fetching and not self._fetching.done():
            return self._fetching
        if now - self._tried < self._least_interval:
            return None
        self._tried = now
        self._fetching = asyncio.create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(2 * TIMEOUT_SECONDS):
                keys = read_keys(await asyncio.to_thread(self._document))
        except (OSError, ValueError, RecursionError) as error:  # TimeoutError is an OSError
            log.warning("the token issuer's keys could not be read: %s", error)
            return
        self._keys, self._fetched = keys, time.monotonic()

    def _document(self) -> bytes:
        return _read(self._source)


class DiscoveredKeySet(KeySet):
    """The JWK Set of an issuer that tells by OpenID Connect Discovery where it is."""

    def _document(self) -> bytes:
        issuer = self._source
        configuration: Any = json.loads(_read(f"{issuer.rstrip('/')}/.well-known/openid-configuration"))
        # Discovery, 4.3: another issuer's document leads to another issuer's keys.
        if not isinstance(configuration, dict) or cast("dict[str, Any]", configuration).get("issuer") != issuer:
            raise ValueError(f"the configuration of {issuer} is another issuer's")
        where: Any = cast("dict[str, Any]", configuration).get("jwks_uri")
        schemes = ("https://",) if issuer.startswith("https://") else ("http://", "https://")
        if not isinstance(where, str) or not where.startswith(schemes):
            raise ValueError(f"the configuration of {issuer} names no jwks_uri")
        return _read(where)


def _read(source: str) -> bytes:
    if source.startswith(("http://", "https://")):
        request = Request(source, headers=dict(outgoing_headers()))  # noqa: S310  # the scheme is one of these two
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310  # as said
            text = response.read(LONGEST_SET + 1)
    else:
        text = Path(source).read_bytes()
    if len(text) > LONGEST_SET:
        raise ValueError(f"a key set of more than {LONGEST_SET} bytes")
    return text


def read_keys(document: bytes) -> dict[tuple[str | None, str], Any]:
    """The usable keys of a JWK Set by key id and algorithm. Others are passed over: a set may hold keys for other uses.

    ValueError where it is no JWK Set.
    """
    decoded: Any = json.loads(document)
    listed: Any = cast("dict[str, Any]", decoded).get("keys") if isinstance(decoded, dict) else None
    if not isinstance(listed, list):
        raise ValueError("no JWK Set")
    return dict(_usable(cast("list[Any]", listed)))


def _usable(listed: Iterable[Any]) -> Iterable[tuple[tuple[str | None, str], Any]]:
    for each in listed:
        if not isinstance(each, dict):
            continue
        item = cast("dict[str, Any]", each)
        kind = (item.get("kty"), item.get("crv"))
        algorithm = next((name for name, its_kind in ALGORITHMS.items() if its_kind == kind), None)
        if algorithm is None or item.get("alg", algorithm) != algorithm or item.get("use", "sig") != "sig":
            continue
        # Only the public key, even if the private one was published too.
        public = {name: value for name, value in item.items() if name not in ("d", "p", "q", "dp", "dq", "qi", "oth")}
        try:
            key = jwt.PyJWK.from_dict(public, algorithm).key
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
        if isinstance(key, RSAPublicKey) and key.key_size < LEAST_RSA_BITS:
            continue
        kid = item.get("kid")
        yield (kid if isinstance(kid, str) else None, algorithm), key
