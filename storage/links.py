"""Links to files: who holds one may read that file until it expires or the viewer for whom it was made may not.

A link is `<what it opens, for whom it was made>.<expiry>.<signature>`, opaque to those who hold it. What the file is
called, and whether it may still be read, is looked up when the link is opened.
"""

import base64
import hmac
from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

_PURPOSE: Final = b"ficha: links to files"
_NO_KEY: Final = UUID(int=0)


class LinkError(Exception):
    """It opens nothing: it was not made here, or was changed."""


class LinkExpiredError(LinkError):
    """Its time is over."""


class LinkedFile(NamedTuple):
    """A document's file or its thumbnail, as a link is made to it. `inline` shows it where that is safe."""

    document_id: UUID
    key: str
    name: str
    content_type: str
    inline: bool
    thumbnail: bool = False


class Link(NamedTuple):
    """What a link says: the document, and the collaborator (with the API key, if it was one) for whom it was made."""

    company_id: UUID
    document_id: UUID
    collaborator_id: UUID
    api_key_id: UUID | None
    inline: bool
    thumbnail: bool = False


class Seal:
    """Signs texts that whoever holds them can read and cannot change, with a key of the secret for one purpose: no
    signature that the secret makes elsewhere passes for one of these. The first secret signs, and all of them open:
    what an earlier one has signed."""

    def __init__(self, secrets: Sequence[str], purpose: bytes) -> None:
        self._keys = [hmac.digest(secret.encode(), purpose, "sha256") for secret in secrets]

    def seal(self, content: bytes, expires_at: int) -> str:
        """The content and its signature, in characters that stand in a URL's path as they are; good until `expires_at`
        (Unix time)."""
        said = f"{_text(content)}.{expires_at}"
        return f"{said}.{_signature(self._keys[0], said)}"

    def open(self, sealed: str, now: float) -> bytes:
        """The content. Raises LinkError, LinkExpiredError."""
        said, _, signature = sealed.rpartition(".")
        signatures = [_signature(key, said).encode() for key in self._keys]
        if not any([hmac.compare_digest(signature.encode(), each) for each in signatures]):  # noqa: C419  # in one time
            raise LinkError
        content, _, expires_at = said.rpartition(".")
        if now >= int(expires_at):
            raise LinkExpiredError
        return base64.urlsafe_b64decode(content + "==")


def _signature(key: bytes, said: str) -> str:
    return _text(hmac.digest(key, said.encode(), "sha256"))


class Signer:
    """Makes and reads links. Signers that share a secret read each other's; see `Seal`."""

    def __init__(self, *secrets: str) -> None:
        self._seal = Seal(secrets, _PURPOSE)

    def sign(self, link: Link, expires_at: int) -> str:
        """The link, in characters that stand in a URL's path as they are; good until `expires_at` (Unix time)."""
        return self._seal.seal(_packed(link), expires_at)

    def read(self, link: str, now: float) -> Link:
        """What the link opens. Raises LinkError, LinkExpiredError."""
        return _unpacked(self._seal.open(link, now))


def _packed(link: Link) -> bytes:
    ids = (link.company_id, link.document_id, link.collaborator_id, link.api_key_id or _NO_KEY)
    return bytes([link.inline | link.thumbnail << 1]) + b"".join(id.bytes for id in ids)


def _unpacked(packed: bytes) -> Link:
    if len(packed) != 65:
        raise LinkError  # of an earlier version
    company, document, collaborator, key = (UUID(bytes=packed[start : start + 16]) for start in range(1, 65, 16))
    inline, thumbnail = bool(packed[0] & 1), bool(packed[0] & 2)
    return Link(company, document, collaborator, None if key == _NO_KEY else key, inline, thumbnail)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
