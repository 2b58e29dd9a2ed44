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
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from domain.audit import audit
from domain.problem import ProblemCode, Rejected, reject
from domain.text import single_line
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
