"""Links to files: who holds one may read that file under that name until it expires, and nothing else.

A link is `<what it opens>.<expiry>.<signature>`, opaque to those who hold it. All that is needed to serve the file is
in it and signed, so that to make or to read one asks nobody.
"""

import base64
import hmac
from typing import Final, NamedTuple

import orjson

_PURPOSE: Final = b"ficha: links to files"


class LinkError(Exception):
    """It opens nothing: it was not made here, or was changed."""


class LinkExpiredError(LinkError):
    """Its time is over."""


class LinkedFile(NamedTuple):
    """An object as a link opens it; `size` in bytes, `sha256` in hexadecimal. `inline` shows it where that is safe."""

    key: str
    name: str
    content_type: str
    size: int
    sha256: str
    inline: bool


class Signer:
    """Makes and reads links. Signers of the same secret read each other's."""

    def __init__(self, secret: str) -> None:
        # A key of its own, so that no signature that the secret makes elsewhere passes for one of these.
        self._key = hmac.digest(secret.encode(), _PURPOSE, "sha256")

    def sign(self, file: LinkedFile, expires_at: int) -> str:
        """The link, in characters that stand in a URL's path as they are; good until `expires_at` (Unix time)."""
        said = f"{_text(orjson.dumps([*file]))}.{expires_at}"
        return f"{said}.{self._signature(said)}"

    def read(self, link: str, now: float) -> LinkedFile:
        """What the link opens. Raises LinkError, LinkExpiredError."""
        said, _, signature = link.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(said).encode()):
            raise LinkError
        given, _, expires_at = said.rpartition(".")
        if now >= int(expires_at):
            raise LinkExpiredError
        return LinkedFile(*orjson.loads(base64.urlsafe_b64decode(given + "==")))

    def _signature(self, said: str) -> str:
        return _text(hmac.digest(self._key, said.encode(), "sha256"))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
