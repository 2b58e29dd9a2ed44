"""Channels that carry the news of a commit to all processes: PostgreSQL's NOTIFY, or Redis (`database.redis_channel`).

News are texts; who announces them knows what is in them.
"""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, cast

import psycopg

from database.wire import PgConnection

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

    async def check(self) -> None:
        """Raises what `lost` names where news cannot be announced now."""

    async def close(self) -> None:
        """Nothing more is announced."""


class ByPostgreSQL:
    """NOTIFY, which is part of the transaction."""

    lost: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, url: str = "", options: str = "") -> None:
        self._url = url
        self._options = options

    def announce(self, post: Post, news: Sequence[str]) -> None:
        if len(news) == 1:  # most often; an array takes more of both sides
            post("select pg_notify($1, $2)", (NAME, news[0]))
        else:
            post("select pg_notify($1, news) from unnest($2::text[]) news", (NAME, list(news)))

    async def committed(self, news: Sequence[str]) -> None:
        """PostgreSQL has sent it."""

    @contextlib.asynccontextmanager
    async def hearing(self) -> AsyncGenerator[AsyncIterator[str]]:
        async with await PgConnection.open(self._url, autocommit=True, options=self._options) as connection:
            await connection.execute(cast("Any", f"listen {NAME}"))
            yield (notice.payload async for notice in connection.notifies())

    async def check(self) -> None:
        """It is there with PostgreSQL."""

    async def close(self) -> None:
        """There is nothing to close."""
