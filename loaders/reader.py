"""Sends an operation's statements: those that are asked for in one tick of the event loop travel together.

They go in one transaction and one round trip (psycopg's pipeline mode) on a connection taken for just that long, so
that an operation never holds one while Python works.
"""

import asyncio
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString, cast

from psycopg import AsyncConnection, AsyncRawCursor, DataError
from psycopg_pool import AsyncConnectionPool

from errors import BadInput
from loaders.instants import Instants
from loaders.statements import Statement
from models.history import hidden_kinds
from models.viewer import Viewer

Pool = AsyncConnectionPool[AsyncConnection[tuple[Any, ...]]]

_CONTEXT = "select set_config('ficha.company_id', $1, true), set_config('transaction_read_only', 'on', true)"
"""What goes before the statements of a tick. A pipeline is one transaction without saying so; both last to its end."""


class Reader:
    """Reads for one viewer at one instant; see `loaders.history` for `month_starts`. `statements` counts what it has
    sent."""

    def __init__(
        self,
        pool: Pool,
        viewer: Viewer,
        now: datetime.datetime,
        month_starts: Instants,
    ) -> None:
        self._pool = pool
        self._company = str(viewer.company_id)
        self._common: Mapping[str, Any] = {
            "company_id": viewer.company_id,
            "viewer_id": viewer.collaborator_id,
            "hidden_kinds": hidden_kinds(viewer),
            "now": now,
            "today": viewer.today(now),
            "month_starts": month_starts,
        }
        self._waiting: list[tuple[Statement, list[Any], asyncio.Future[Sequence[Any]]]] = []
        self._sending: set[asyncio.Task[None]] = set()
        self.statements = 0

    def run(self, statement: Statement, **values: Any) -> "asyncio.Future[Sequence[Any]]":
        """What the statement brings back, each result made by the statement's `make`."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[Any]] = loop.create_future()
        try:
            _check(values.values())
        except BadInput as error:
            answer.set_exception(error)
            return answer
        self._waiting.append((statement, statement.arguments({**self._common, **values}), answer))
        if len(self._waiting) == 1:
            loop.call_soon(self._send_soon)
        return answer

    def _send_soon(self) -> None:
        waiting, self._waiting = self._waiting, []
        task = asyncio.ensure_future(self._send(waiting))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def cancel(self) -> None:
        """Gives up what is under way; psycopg tells PostgreSQL to cancel it."""
        for task in self._sending:
            task.cancel()

    async def _send(self, waiting: Sequence[tuple[Statement, list[Any], asyncio.Future[Sequence[Any]]]]) -> None:
        self.statements += len(waiting)
        try:
            async with self._pool.connection() as connection:
                async with connection.pipeline():
                    await AsyncRawCursor(connection).execute(_CONTEXT, (self._company,))
                    cursors = [
                        await AsyncRawCursor(connection).execute(cast("LiteralString", statement.sql), arguments)
                        for statement, arguments, _ in waiting
                    ]
                results = [await cursor.fetchall() for cursor in cursors]
        except DataError:
            # Every value comes from the request: one is out of its type's range.
            _reject(waiting, BadInput("BAD_VALUE", "Un valor está fuera de rango."))
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait are told
            _reject(waiting, error)
        except BaseException:
            for _, _, answer in waiting:
                answer.cancel()
            raise
        else:
            for (statement, _, answer), rows in zip(waiting, results, strict=True):
                if not answer.done():
                    answer.set_result([statement.make(row) for row in rows])


def _reject(waiting: Iterable[tuple[Any, Any, "asyncio.Future[Sequence[Any]]"]], error: Exception) -> None:
    for _, _, answer in waiting:
        if not answer.done():
            answer.set_exception(error)


def _check(values: Iterable[Any]) -> None:
    """PostgreSQL's text cannot hold NUL."""
    for value in values:
        if isinstance(value, str) and "\0" in value:
            raise BadInput("BAD_TEXT", "Un texto no puede contener el carácter nulo (U+0000).")
        if isinstance(value, list):
            _check(value)  # pyright: ignore[reportUnknownArgumentType]
