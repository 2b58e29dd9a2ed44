"""The channel through Redis. Its package takes up 6 MB, so it is imported only where the settings name a Redis."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from database.channels import NAME, Post

log = logging.getLogger("ficha.channels")


class ByRedis:
    """PUBLISH, after the commit: changes committed while Redis is down are not announced."""

    lost: tuple[type[Exception], ...] = (RedisError, OSError)

    def __init__(self, url: str, patience: Mapping[str, Any]) -> None:
        """`patience` are redis-py's timeouts for sending: a Redis that hangs must not delay commits."""
        self._sender: Any = Redis.from_url(url, **patience)  # pyright: ignore[reportUnknownMemberType]
        self._url = url

    def announce(self, post: Post, news: Sequence[str]) -> None:
        """Nothing yet: it may be rolled back."""

    async def committed(self, news: Sequence[str]) -> None:
        try:
            for one in news:
                await self._sender.publish(NAME, one)
        except self.lost as error:
            log.warning("subscribers were not told of a change: %s", error)

    @contextlib.asynccontextmanager
    async def hearing(self) -> AsyncGenerator[AsyncIterator[str]]:
        # Without the client's own attempts to connect again: what was sent meanwhile would be missing, and nobody told.
        never = Retry(NoBackoff(), 0)
        client: Any = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
            self._url, retry=never, health_check_interval=25, decode_responses=True
        )
        subscription = client.pubsub()
        try:
            await subscription.subscribe(NAME)
            await subscription.get_message(timeout=None)  # that it is subscribed
            # The client may drop a cancellation that comes while it connects.
            if (task := asyncio.current_task()) and task.cancelling():
                raise asyncio.CancelledError
            yield _published(subscription)
        finally:
            await subscription.aclose()
            await client.aclose()

    async def check(self) -> None:
        await self._sender.ping()

    async def close(self) -> None:
        await self._sender.aclose()


async def _published(subscription: Any) -> AsyncIterator[str]:
    while True:
        message = await subscription.get_message(timeout=None)
        if message is not None and message["type"] == "message":
            yield message["data"]
