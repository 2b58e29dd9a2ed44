"""Budgets of requests: spent one by one, each viewer's own, said in HTTP's terms."""

import asyncio
import time

import pytest
from limits.errors import StorageError

from server.access.limits import Budget, Limit, ProcessMemory, RateLimited, address_block, open_storage


class Broken(ProcessMemory):
    """A store that cannot be reached."""

    async def incr(self, key: str, expiry: float) -> int:  # noqa: ARG002  # it does not come to that
        raise StorageError(ConnectionError(key))

    async def get(self, key: str) -> int:
        raise StorageError(ConnectionError(key))


def test_a_budget_is_spent_one_by_one() -> None:
    async def spend() -> None:
        limit = Limit("viewer", "3/minute", open_storage("memory://"))
        budgets = [await limit.spend("a") for _ in range(3)]
        assert [budget and (budget.limit, budget.window, budget.remaining) for budget in budgets] == [
            (3, 60, 2),
            (3, 60, 1),
            (3, 60, 0),
        ]
        with pytest.raises(RateLimited) as raised:
            await limit.spend("a")
        assert raised.value.extensions == {"code": "RATE_LIMITED", "retryAfterSeconds": 60}
        other = await limit.spend("b")
        assert other is not None
        assert other.remaining == 2

    asyncio.run(spend())


def test_limits_of_one_store_do_not_mix() -> None:
    async def spend() -> None:
        counts = ProcessMemory()
        await Limit("viewer", "1/minute", counts).spend("a")
        assert await Limit("sign-in", "1/minute", counts).spent("a") is None
        spent = await Limit("viewer", "1/minute", counts).spent("a")
        assert spent is not None
        assert spent.remaining == 0

    asyncio.run(spend())


@pytest.mark.claims(
    "docs/security.md",
    "Windows are fixed: at the turn of one, up to twice the number can pass.",
)
def test_a_new_window_is_a_new_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    async def spend() -> None:
        limit = Limit("viewer", "1/second", ProcessMemory())
        now = time.time()
        monkeypatch.setattr("server.access.limits.time.time", lambda: now)
        await limit.spend("a")
        with pytest.raises(RateLimited):
            await limit.spend("a")
        monkeypatch.setattr("server.access.limits.time.time", lambda: now + 1)
        await limit.spend("a")

    asyncio.run(spend())


def test_old_counts_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    async def count() -> None:
        counts = ProcessMemory()
        now = time.time()
        await counts.incr("old", 1)
        monkeypatch.setattr("server.access.limits.time.time", lambda: now + ProcessMemory.SWEEP_SECONDS + 1)
        await counts.incr("new", 1)
        assert set(counts._counts) == {"new"}

    asyncio.run(count())


def test_off_limits_nobody() -> None:
    async def spend() -> None:
        limit = Limit("viewer", "off", ProcessMemory())
        assert await limit.spend("a") is None
        assert await limit.spent("a") is None

    asyncio.run(spend())


@pytest.mark.claims(
    "docs/security.md",
    "When the store fails, all requests are let through, and the log says so.",
)
def test_a_store_that_fails_lets_everybody_through() -> None:
    async def spend() -> None:
        limit = Limit("viewer", "1/minute", Broken())
        assert await limit.spend("a") is None
        assert await limit.spent("a") is None

    asyncio.run(spend())


def test_a_budget_in_the_words_of_http() -> None:
    budget = Budget(6000, 60, 5999, time.time() + 29.5)
    assert budget.headers == {"RateLimit-Policy": '"viewer";q=6000;w=60', "RateLimit": '"viewer";r=5999;t=30'}
    assert budget.extension == {"limit": 6000, "remaining": 5999, "resetsInSeconds": 30}


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_who_has_an_address(address: str, block: str) -> None:
    assert address_block(address) == block
