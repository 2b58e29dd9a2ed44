"""Positions of viewers in a Redis that all processes share."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from database.positions import UNKNOWN, OfProcess, Position

log = logging.getLogger("ficha.replicas")


class ByRedis:
    """Beside those of the process itself, for as long. Where Redis is away, nobody knows what other processes wrote."""

    def __init__(self, url: str, seconds: float, patience: Mapping[str, Any]) -> None:
        """`patience` are redis-py's timeouts."""
        self._own = OfProcess(seconds)
        self._seconds = round(seconds)
        self._redis: Any = Redis.from_url(url, decode_responses=True, **patience)  # pyright: ignore[reportUnknownMemberType]

    async def note(self, who: UUID, position: Position) -> None:
        await self._own.note(who, position)
        try:
            # In a sorted set, as of two processes the one that wrote first may come last. All have one score: then the
            # order is that of the texts.
            async with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.zadd(_key(who), {str(position): 0})
                pipeline.expire(_key(who), self._seconds)
                await pipeline.execute()
        except (RedisError, OSError) as error:
            log.warning("other processes were not told where a viewer wrote: %s", error)

    async def find(self, who: UUID) -> Position | None:
        try:
            noted: list[str] = await self._redis.zrevrange(_key(who), 0, 0)
        except (RedisError, OSError):
            return UNKNOWN
        others = [position for position in map(Position.read, noted) if position]
        own = await self._own.find(who)
        return max([*others, *([own] if own else [])], default=None)

    async def close(self) -> None:
        """Ends its connections."""
        await self._redis.aclose()


def _key(who: UUID) -> str:
    return f"ficha:position:{who}"
