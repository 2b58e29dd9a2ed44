"""How often one may ask: a budget of requests for each viewer and key, one of failed sign-ins for each address.

A store that fails lets everybody through: the limits protect the API, they are not part of what it promises.
"""

import logging
import math
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.errors import StorageError
from limits.storage import storage_from_string

from errors import FichaError

log = logging.getLogger("ficha.limits")

PATIENCE: Mapping[str, Any] = {"socket_timeout": 0.25, "socket_connect_timeout": 0.25}
"""How long a Redis may take to answer, in seconds: one that hangs must not hang the API."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of `limit` requests in `window` seconds, of which a new one begins at `resets_at` (Unix time)."""

    limit: int
    window: int
    remaining: int
    resets_at: float
    policy: str = "viewer"
    """What the limit is of, as `Limit` is named."""

    @property
    def seconds_left(self) -> int:
        """Until the next window, rounded up."""
        return max(1, math.ceil(self.resets_at - time.time()))

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers writes it."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={self.window}',
            "RateLimit": f'"{self.policy}";r={self.remaining};t={self.seconds_left}',
        }

    @property
    def extension(self) -> dict[str, int]:
        """As `extensions.rateLimit`."""
        return {"limit": self.limit, "remaining": self.remaining, "resetsInSeconds": self.seconds_left}


class RateLimited(FichaError):
    """The budget is spent."""

    code = "RATE_LIMITED"

    def __init__(self, budget: Budget) -> None:
        super().__init__(f"Demasiadas solicitudes: intente en {budget.seconds_left} s.")
        self.budget = budget

    @property
    def extensions(self) -> dict[str, object]:
        return super().extensions | {"retryAfterSeconds": self.budget.seconds_left}


class ProcessMemory:
    """Counters in this process. The memory storage of `limits` looks through all of its counters at every hit."""

    SWEEP_SECONDS = 60

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, float]] = {}
        self._swept = time.time()

    async def incr(self, key: str, expiry: float) -> int:
        """Counts, in the window that the first count opened."""
        now = time.time()
        if now - self._swept > self.SWEEP_SECONDS:
            self._counts = {name: window for name, window in self._counts.items() if window[1] > now}
            self._swept = now
        count, until = self._current(key, now)
        count += 1
        self._counts[key] = (count, until or now + expiry)
        return count

    async def get(self, key: str) -> int:
        """The count in the current window."""
        return self._current(key, time.time())[0]

    async def get_expiry(self, key: str) -> float:
        """When the window ends."""
        now = time.time()
        return self._current(key, now)[1] or now

    def _current(self, key: str, now: float) -> tuple[int, float]:
        count, until = self._counts.get(key, (0, 0.0))
        return (count, until) if until > now else (0, 0.0)


class Limit:
    """One limit, as `6000/minute`, counted per key in fixed windows that begin with the first request; `off` for no
    limit."""

    def __init__(self, name: str, rule: str, storage: Storage | ProcessMemory) -> None:
        self._name = name
        self._item: RateLimitItem | None = None if rule == "off" else parse(rule)
        self._storage = storage

    async def spend(self, who: Hashable) -> Budget | None:
        """Spends one request of the budget and returns what is left; None without a limit. RateLimited if nothing
        was left."""
        item = self._item
        if item is None:
            return None
        key = item.key_for(self._name, str(who))
        try:
            count = await self._storage.incr(key, item.get_expiry())
            budget = await self._budget(item, key, count)
        except StorageError as error:
            log.warning("the rate limit's store failed: %s", error)
            return None
        if count > item.amount:
            raise RateLimited(budget)
        return budget

    async def spent(self, who: Hashable) -> Budget | None:
        """The budget, where nothing is left of it; takes nothing."""
        item = self._item
        if item is None:
            return None
        key = item.key_for(self._name, str(who))
        try:
            budget = await self._budget(item, key, await self._storage.get(key))
        except StorageError as error:
            log.warning("the rate limit's store failed: %s", error)
            return None
        return None if budget.remaining else budget

    async def _budget(self, item: RateLimitItem, key: str, count: int) -> Budget:
        resets_at = await self._storage.get_expiry(key)
        return Budget(item.amount, item.get_expiry(), max(0, item.amount - count), resets_at, self._name)


def open_storage(url: str) -> Storage | ProcessMemory:
    """Where the counts are kept: `memory://` for each process its own, or a Redis URL for all together."""
    if url == "memory://":
        return ProcessMemory()
    storage: Any = storage_from_string(f"async+{url}", implementation="redispy", wrap_exceptions=True, **PATIENCE)
    return storage


async def check_storage(storage: Storage | ProcessMemory) -> None:
    """Raises StorageError where it does not answer."""
    if not isinstance(storage, ProcessMemory) and not await storage.check():
        raise StorageError(OSError("Redis does not answer"))


async def close_storage(storage: Any) -> None:
    """Ends its connections, for which `limits` has no call of its own."""
    if not isinstance(storage, ProcessMemory):
        await storage.bridge.storage.aclose(close_connection_pool=True)


def address_block(address: str) -> str:
    """Who an address belongs to: one has a whole /64 of IPv6 addresses as easily as one of them."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return address
