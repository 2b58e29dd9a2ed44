"""What the subscribers to one client have in common: who is shown the same of a change reads and writes it once."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.viewer import Viewer

Payloads = Sequence[bytes]
"""What a subscriber is sent of one change, in order: the payloads of messages of the type `next`, as JSON."""


@dataclass(slots=True, eq=False)
class _Reading:
    """What is read, and how many wait for it."""

    task: "asyncio.Task[Any]"
    waiting: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Audience:
    """Those who subscribed to one client by the same operation and variables, in one language, with the same
    permissions and sight; of one change."""

    _reads: dict[Hashable, _Reading] = field(default_factory=dict[Hashable, _Reading])
    _shown: dict[Viewer | None, "asyncio.Future[Payloads | None]"] = field(
        default_factory=dict[Viewer | None, "asyncio.Future[Payloads | None]"]
    )

    async def read(self, what: Hashable, read: Callable[[], Awaitable[Any]]) -> Any:
        """What it reads, by whoever comes first; it is read to its end although they leave. When nobody waits for it
        any more its statement is cancelled. What fails is read again by whoever comes next."""
        reading = self._reads.get(what)
        if reading is None:
            reading = self._reads[what] = _Reading(asyncio.ensure_future(read()))
        reading.waiting += 1
        try:
            return await asyncio.shield(reading.task)
        except asyncio.CancelledError:
            if reading.waiting == 1:
                self._reads.pop(what, None)
                reading.task.cancel()
            raise
        except Exception:
            self._reads.pop(what, None)
            raise
        finally:
            reading.waiting -= 1

    async def find(self, viewer: Viewer) -> Payloads | None:
        """What all of them are shown, or else this viewer, once somebody has made it. None for whoever is to make it:
        the first, and everyone where it cannot be shared."""
        for whose in (None, viewer):
            if whose not in self._shown:
                self._shown[whose] = asyncio.get_running_loop().create_future()
                return None
            # Shielded, for who leaves while they wait must not cancel what the others wait for.
            if (payloads := await asyncio.shield(self._shown[whose])) is not None:
                return payloads
        return None

    def tell(self, viewer: Viewer, payloads: Payloads | None, *, personal: bool) -> None:
        """Whoever has made it tells what it came to; None where it did not succeed, or is of use to nobody else."""
        self._settle(None, None if personal else payloads)
        self._settle(viewer, payloads)

    def _settle(self, whose: Viewer | None, payloads: Payloads | None) -> None:
        shown = self._shown.setdefault(whose, asyncio.get_running_loop().create_future())
        if not shown.done():
            shown.set_result(payloads)
