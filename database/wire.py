"""Connections that send prepared statements together: in one transaction and one round trip, at the least cost.

psycopg's own pipeline does so too, in several turns of the event loop and for four times the CPU, which is more than
PostgreSQL takes for most operations. Beneath are psycopg's `pq`, which wraps libpq, and its adapters.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, Error
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from psycopg_pool import AsyncConnectionPool

Sent = tuple[str, Sequence[Any]]
"""SQL with binds `$1`, `$2`, …, and their values."""

_MOST_PREPARED = 200
"""Statements that a connection keeps prepared; it forgets the one that was not used for longest."""
_MOST_CHARACTERS = 1 << 20
"""Of all statements that a connection keeps prepared: PostgreSQL's plan of one takes up some twenty times its text."""
_LONG = 4_000
"""Characters of a statement that is prepared only when it comes for the second time: filters of any shape make long
ones that never do."""
_MOST_MET = 1_000
_SECONDS_TO_CANCEL = 5
_RESULT = object()

_Dumped = tuple[str, Sequence[Any], Sequence[int], Any]
"""SQL, the values of its binds as they are sent, their types (0 for PostgreSQL to tell) and their formats."""

_CONTEXT = ("set_config('ficha.company_id', $1, true)", "set_config('transaction_read_only', $2, true)")


@lru_cache(1000)
def _written(company_id: UUID) -> bytes:
    return str(company_id).encode()


class Connection(AsyncConnection[tuple[Any, ...]]):
    """A connection that can `ask`. Those that `of_pooler` makes do not `prepare`, and `begin` with their settings."""

    begin = f"select {', '.join(_CONTEXT)}"
    """What goes before the statements of a transaction; all of it ends with the transaction."""
    prepares = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: OrderedDict[tuple[str, Any], bytes] = OrderedDict()
        self._characters = 0
        self._met: set[int] = set()
        """Hashes of the long statements that came once."""
        self._made = 0
        self._transformer = Transformer(self)
        self._watch: _Watch | None = None

    async def within(self, company_id: UUID, statements: Iterable[Sent], *, read_only: bool = False) -> list[PGresult]:
        """`ask`, within the company's wall."""
        context = self.begin, (_written(company_id), b"on" if read_only else b"off"), (0, 0), None
        return (await self._exchange([context, *self._dumped(statements)]))[1:]

    async def ask(self, statements: Iterable[Sent]) -> list[PGresult]:
        """What each statement brings back. They are one transaction, which ends with them.

        The error of the first one that fails is raised; then none has happened. Whoever is cancelled meanwhile has
        PostgreSQL cancel as well, and ends the connection.
        """
        return await self._exchange(self._dumped(statements))

    async def _exchange(self, dumped: Iterable[_Dumped]) -> list[PGresult]:
        self.pgconn.enter_pipeline_mode()
        try:
            steps = [step for statement in dumped for step in self._queue(*statement)]
            self.pgconn.pipeline_sync()
            results = await self._results()
            self.pgconn.exit_pipeline_mode()
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                with suppress(Error):
                    await self.cancel_safe(timeout=_SECONDS_TO_CANCEL)
            await self.close()
            raise
        for step, result in zip(steps, results, strict=True):
            if step is not _RESULT and result.status != ExecStatus.COMMAND_OK:
                self._forget(step)
        for result in results:
            if result.status == ExecStatus.FATAL_ERROR:
                error = error_from_result(result)
                if error.sqlstate == FeatureNotSupported.sqlstate:
                    # A migration changed what a statement brings back: all are prepared anew.
                    self._known.clear()
                    self._characters = 0
                raise error
        return [result for step, result in zip(steps, results, strict=True) if step is _RESULT]

    def _dumped(self, statements: Iterable[Sent]) -> list[_Dumped]:
        """The statements as they are sent. Whatever cannot be shows here, before anything is."""
        transformer, dumped = self._transformer, list[_Dumped]()
        for sql, arguments in statements:
            values = transformer.dump_sequence(arguments, [PyFormat.AUTO] * len(arguments))
            dumped.append((sql, values, transformer.types or (), transformer.formats))
        return dumped

    def _queue(self, sql: str, values: Sequence[Any], types: Any, formats: Any) -> Iterator[Any]:
        """Queues a statement. Tells what each result will be: the key of what is prepared, or _RESULT, or nothing."""
        if not self.prepares:
            self.pgconn.send_query_params(sql.encode(), values, types, formats)
            yield _RESULT
            return
        key = sql, types
        name = self._known.get(key)
        if name:
            self._known.move_to_end(key)
        elif len(sql) > _LONG and self._is_new(key):
            self.pgconn.send_query_params(sql.encode(), values, types, formats)
            yield _RESULT
            return
        else:
            self._characters += len(sql)
            while len(self._known) >= _MOST_PREPARED or (self._known and self._characters > _MOST_CHARACTERS):
                (forgotten, _), oldest = self._known.popitem(last=False)
                self._characters -= len(forgotten)
                self.pgconn.send_close_prepared(oldest)
                yield None
            self._made += 1
            name = self._known[key] = b"ficha_%d" % self._made
            self.pgconn.send_prepare(name, sql.encode(), types)
            yield key
        self.pgconn.send_query_prepared(name, values, formats)
        yield _RESULT

    def _is_new(self, key: tuple[str, Any]) -> bool:
        """Whether a statement comes for the first time."""
        met = hash(key)
        if met in self._met:
            self._met.discard(met)
            return False
        if len(self._met) >= _MOST_MET:
            self._met.clear()
        self._met.add(met)
        return True

    def _forget(self, key: Any) -> None:
        """It was not prepared after all."""
        if self._known.pop(key, None):
            self._characters -= len(key[0])

    async def _results(self) -> list[PGresult]:
        """One result of each step."""
        pgconn, results = self.pgconn, list[PGresult]()
        while pgconn.flush():
            await self._ready(writable=True)
        while True:
            while pgconn.is_busy():
                await self._ready()
            result = pgconn.get_result()
            if result is None:  # the end of a step
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)

    async def _ready(self, *, writable: bool = False) -> None:
        """Waits until there is something to read, or room to write, and reads what there is."""
        if self._watch is None or self._watch.ended:
            self._watch = _Watch(self.pgconn.socket)
        await self._watch.ready(writable=writable)
        self.pgconn.consume_input()

    async def close(self) -> None:
        if self._watch:
            self._watch.end()
        await super().close()


class _Watch:
    """Tells when a socket is ready. To tell the event loop for each wait anew takes as long as the reading: this goes
    on watching, until the socket has something to read that nobody here waits for, such as that the server has gone.

    What is watched is a duplicate of the descriptor, so that it is not in the way of psycopg's own waiting.
    """

    def __init__(self, socket: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._socket = os.dup(socket)
        self._waiter: asyncio.Future[None] | None = None
        self._loop.add_reader(self._socket, self._wake)
        self.ended = False

    async def ready(self, *, writable: bool) -> None:
        """Waits until the socket can be read or, if asked for, written."""
        self._waiter = self._loop.create_future()
        if writable:
            self._loop.add_writer(self._socket, self._wake)
        try:
            await self._waiter
        finally:
            self._waiter = None
            if writable and not self.ended:
                self._loop.remove_writer(self._socket)

    def _wake(self) -> None:
        if self._waiter is None:
            self.end()
        elif not self._waiter.done():
            self._waiter.set_result(None)

    def end(self) -> None:
        """Watches no longer."""
        if not self.ended:
            self.ended = True
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            os.close(self._socket)


class Pool(AsyncConnectionPool[Connection]):
    """Connections, lent for one transaction each."""

    def __init__(self, url: str, *, max_size: int, **options: Any) -> None:
        super().__init__(url, max_size=max_size, **options)
        # Whoever waits does so here, for a fraction of what it costs in the line of psycopg's pool.
        self._line = asyncio.Semaphore(max_size)

    async def within(self, company_id: UUID, statements: Iterable[Sent], *, read_only: bool = False) -> list[PGresult]:
        """`Connection.within`, on one of them."""
        async with self._line:
            connection = await self.getconn()
            try:
                return await connection.within(company_id, statements, read_only=read_only)
            finally:
                await self.putconn(connection)


def of_pooler(settings: Mapping[str, str]) -> type[Connection]:
    """Connections to a pooler, as pgbouncer, that gives those to PostgreSQL to others between transactions: each
    transaction brings its settings along, and nothing is left behind. The settings are ours, and need no quoting."""

    class Shared(Connection):
        begin = f"select {', '.join([*local(settings), *_CONTEXT])}"
        prepares = False

    return Shared


def local(settings: Mapping[str, str]) -> list[str]:
    """Expressions that make the settings, until the transaction ends."""
    return [f"set_config('{name}', '{value}', true)" for name, value in settings.items()]


def rows(result: PGresult) -> list[tuple[Any, ...]]:
    """The result's rows as Python's values."""
    transformer = Transformer()
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)
