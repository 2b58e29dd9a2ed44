"""Channels that carry the news of a commit to all processes: PostgreSQL's NOTIFY, or Redis.

News are texts; who announces them knows what is in them.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, cast

import psycopg
from psycopg import AsyncConnection
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = logging.getLogger("ficha.channels")

NAME = "ficha_changes"

Post = Callable[[str, Sequence[Any]], None]
"""Sends SQL within a transaction."""


class Channel(Protocol):
    """A way for news. `lost` are the errors with which hearing ends where some may have been missed."""

    lost: tuple[type[Exception], ...]

    def announce(self, post: Post, news: Sequence[str]) -> None:
        """Announces the news when the transaction commits in which `post` sends."""

    async def committed(self, news: Sequence[str]) -> None:
        """It was committed."""

    def hearing(self) -> AbstractAsyncContextManager[AsyncIterator[str]]:
        """All news from the moment on in which the context is entered."""
        ...

    async def close(self) -> None:
        """Nothing more is announced."""


class ByPostgreSQL:
    """NOTIFY, which is part of the transaction."""

    lost: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, url: str = "", options: str = "") -> None:
        self._url = url
        self._options = options

    def announce(self, post: Post, news: Sequence[str]) -> None:
        post("select pg_notify($1, news) from unnest($2::text[]) news", (NAME, list(news)))

    async def committed(self, news: Sequence[str]) -> None:
        """PostgreSQL has sent it."""

    @contextlib.asynccontextmanager
    async def hearing(self) -> AsyncGenerator[AsyncIterator[str]]:
        connection: AsyncConnection[Any] = await AsyncConnection.connect(
            self._url, autocommit=True, options=self._options, keepalives_idle=30
        )
        async with connection:
            await connection.execute(cast("Any", f"listen {NAME}"))
            yield (notice.payload async for notice in connection.notifies())

    async def close(self) -> None:
        """There is nothing to close."""


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

    async def close(self) -> None:
        await self._sender.aclose()


async def _published(subscription: Any) -> AsyncIterator[str]:
    while True:
        message = await subscription.get_message(timeout=None)
        if message is not None and message["type"] == "message":
            yield message["data"]
