"""Secrets that Ficha gives out, each shown once: API keys, invitations, links to statements of account.

    <kind: fk_, fi_, fs_><company and row id: 64 hex digits>_<secret: 40 hex digits><CRC-32 of all before it: 8 digits>

The prefix is for scanners of leaked secrets; the check digits tell a mistyped secret from a wrong one without a
look-up. A secret names its company, so that looking it up is as walled off as any other statement. It has 160 random
bits: a plain SHA-256 keeps it as well as a slow hash would.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from models.ids import uuid7

KEY: Final = "fk_"
"""What an API key begins with."""
INVITATION: Final = "fi_"
"""What an invitation begins with."""
STATEMENT: Final = "fs_"
"""What the secret of a link to a statement of account begins with."""

_FORM = re.compile(r"(f[kis]_)([0-9a-f]{32})([0-9a-f]{32})_([0-9a-f]{40})([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as it is sent: the ids of its row, and the random part that proves it."""

    company_id: UUID
    id: UUID
    text: str

    @classmethod
    def new(cls, company_id: UUID, kind: str = KEY) -> "Secret":
        """A new secret, for a row of the company with a new id."""
        id = uuid7()
        body = f"{kind}{company_id.hex}{id.hex}_{secrets.token_hex(20)}"
        return cls(company_id, id, body + check_digits(body))

    @classmethod
    def parse(cls, text: str, kind: str = KEY) -> "Secret | None":
        """The secret that the text is, if it has the form of one of this kind."""
        match = _FORM.fullmatch(text)
        if match is None or match[1] != kind or check_digits(text[:-8]) != match[5]:
            return None
        return cls(UUID(match[2]), UUID(match[3]), text)

    @property
    def hash(self) -> bytes:
        """The hash that is stored."""
        return hashlib.sha256(self.text.encode()).digest()

    def proves(self, stored_hash: bytes) -> bool:
        """Whether it is the secret with this hash. Takes constant time."""
        return hmac.compare_digest(self.hash, stored_hash)


def check_digits(body: str) -> str:
    """The last eight characters of the secret that begins so."""
    return f"{zlib.crc32(body.encode()):08x}"
