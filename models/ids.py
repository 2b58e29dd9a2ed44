"""Row ids: UUIDv7 (RFC 9562), which index well because new ones sort after old ones."""

import random
import time
from uuid import UUID

_SYSTEM_RANDOM = random.SystemRandom()


def uuid7(milliseconds: int | None = None, source: random.Random = _SYSTEM_RANDOM) -> UUID:
    """A new id for the given Unix time, now by default. The demo data hands in its own seeded `source`.

    Python's own `uuid.uuid7` comes with 3.14, PostgreSQL's with 18; Ficha runs on 3.11 and 16.
    """
    if milliseconds is None:
        milliseconds = time.time_ns() // 1_000_000
    rand = source.getrandbits(74)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (rand >> 62) << 64 | 0b10 << 62 | rand & (1 << 62) - 1)
