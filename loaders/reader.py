"""Sends an operation's statements: those requested in one tick of the event loop are sent together.

They go in one transaction and one round trip on a connection taken for just that long, so that an operation never
holds one while Python works.
"""

import asyncio
import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from psycopg import DataError
from psycopg.pq.abc import PGresult

from database.session import Session
from database.wire import Sent, Source
from errors import BadInput
from loaders.arrays import Instants
from loaders.statement import Statement
from models.history import hidden_kinds
from models.viewer import Viewer

Waiting = tuple[Statement, Sent, "asyncio.Future[Any]"]


class Reader:
    """Reads for one viewer at one instant; see `loaders.history` for `month_starts`. `statements` counts what it has
    sent."""

    def __init__(
        self,
        source: Source,
        viewer: Viewer,
        now: datetime.datetime,
        month_starts: Instants,
        here: str = "",
    ) -> None:
        self._source = source
        self._company = viewer.company_id
        self._common: Mapping[str, Any] = {
            "company_id": viewer.company_id,
            "viewer_id": viewer.collaborator_id,
            "sees_all": viewer.sees_all,
            "hidden_kinds": hidden_kinds(viewer.permissions),
            "now": now,
            "today": viewer.today(now),
            "month_starts": month_starts,
            "here": here,
        }
        self._waiting: list[Waiting] = []
        self._sending: set[asyncio.Task[None]] = set()
        self.statements = 0

    def run(self, statement: Statement, **values: Any) -> "asyncio.Future[Any]":
        """What the statement brings back, as it reads it."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        try:
            self._waiting.append((statement, self._filled(statement, values), answer))
        except BadInput as error:
            answer.set_exception(error)
            return answer
        if len(self._waiting) == 1:
            loop.call_soon(self._send_soon)
        return answer

    async def run_alone(self, statement: Statement, values: Mapping[str, Any]) -> Any:
        """The result of the statement, sent at once because no other will be requested in this tick."""
        [result] = await self.run_together([(statement, values)])
        return result

    async def run_together(self, statements: Sequence[tuple[Statement, Mapping[str, Any]]]) -> list[Any]:
        """The results of the statements with their values, sent at once."""
        self.statements += len(statements)
        sent = [self._filled(statement, values) for statement, values in statements]
        by_values = any(statement.by_values for statement, _ in statements)
        try:
            results = await self._ask(sent, by_values=by_values)
        except DataError:
            raise _out_of_range() from None
        return [statement.read(result) for (statement, _), result in zip(statements, results, strict=True)]

    def follow(
        self, session: Session, statement: Statement, values: Mapping[str, Any], read: Callable[[Any], None]
    ) -> None:
        """Has the session send the statement behind its commit. `read` is called with its result, unless it fails.
        BadInput for a value that cannot be sent."""
        self.statements += 1
        sent = self._filled(statement, values)
        session.follow(self._company, sent, lambda result: read(statement.read(result)), by_values=statement.by_values)

    def _filled(self, statement: Statement, values: Mapping[str, Any]) -> Sent:
        _check(values.values())
        return statement.sql, statement.arguments({**self._common, **values})

    async def _ask(self, statements: Iterable[Sent], *, by_values: bool) -> list[PGresult]:
        return await self._source.within(self._company, statements, read_only=True, by_values=by_values)

    def _send_soon(self) -> None:
        waiting, self._waiting = self._waiting, []
        task = asyncio.ensure_future(self._send(waiting))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def cancel(self) -> None:
        """Cancels the statements in progress; psycopg cancels them in PostgreSQL."""
        for task in self._sending:
            task.cancel()

    async def _send(self, waiting: "Sequence[Waiting]") -> None:
        self.statements += len(waiting)
        try:
            by_values = any(statement.by_values for statement, _, _ in waiting)
            results = await self._ask([sent for _, sent, _ in waiting], by_values=by_values)
        except DataError:
            # Its neighbours are not to suffer.
            if len(waiting) == 1:
                _reject(waiting, _out_of_range())
            for one in waiting if len(waiting) > 1 else ():
                await self._send([one])
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait are told
            _reject(waiting, error)
        except BaseException:
            for _, _, answer in waiting:
                answer.cancel()
            raise
        else:
            for (statement, _, answer), result in zip(waiting, results, strict=True):
                if not answer.done():
                    answer.set_result(statement.read(result))


def _out_of_range() -> BadInput:
    """What a DataError is: every value comes from the request."""
    return BadInput("BAD_VALUE", "Un valor está fuera de rango.")


def _reject(waiting: Iterable[Waiting], error: Exception) -> None:
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
