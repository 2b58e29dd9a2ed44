"""Row ids: UUIDv7 (RFC 9562), which index well because new ones sort after old ones.

Those that one process makes sort in the order in which it made them, within a millisecond too: what a command writes at
one instant, such as two events of a history, keeps its order.
"""

import random
import threading
import time
from uuid import UUID

_RANDOM = random.SystemRandom()


def uuid7(milliseconds: int | None = None, source: random.Random | None = None) -> UUID:
    """A new id for now, or for a given Unix time. The demo data hands in its own seeded `source`.

    Python's own `uuid.uuid7` comes with 3.14, PostgreSQL's with 18; Ficha runs on 3.11 and 16.
    """
    source = source or _RANDOM
    if milliseconds is None:
        milliseconds, counter = _clock.tick()
        rand = counter << 62 | source.getrandbits(62)
    else:
        rand = source.getrandbits(74)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (rand >> 62) << 64 | 0b10 << 62 | rand & (1 << 62) - 1)


class _Clock:
    """Milliseconds with a counter of 12 bits, that only go forward (RFC 9562, 6.2, method 1)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._counter = 0

    def tick(self) -> tuple[int, int]:
        """The next place: later than every one before, even where the system's clock was set back."""
        with self._lock:
            now = time.time_ns() // 1_000_000
            if now > self._last:
                self._last, self._counter = now, _RANDOM.getrandbits(11)
            elif self._counter < 0xFFF:
                self._counter += 1
            else:
                self._last, self._counter = self._last + 1, _RANDOM.getrandbits(11)
            return self._last, self._counter


_clock = _Clock()
