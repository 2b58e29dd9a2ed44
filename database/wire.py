"""Connections that send prepared statements together: in one transaction and one round trip, at the least cost.

psycopg's own pipeline does so too, in several turns of the event loop and for four times the CPU, which is more than
PostgreSQL takes for most operations. Beneath are psycopg's `pq`, which wraps libpq, and its adapters.
"""

import asyncio
import re
import select
import selectors
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from itertools import takewhile
from typing import Any, ClassVar, Protocol, Self, cast
from uuid import UUID

from psycopg import AsyncConnection, Error, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, ReadOnlySqlTransaction, error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, PipelineStatus
from psycopg.pq.abc import PGresult

from database.circuit import Circuit
from database.effort import EFFORT, note
from database.faults import Silent, fault_of, unavailable
from database.line import Line
from errors import FichaError

APPLICATION = "ficha"
"""How PostgreSQL calls our connections, unless their URL says otherwise."""

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
SECONDS_TO_CANCEL = 3
"""How long PostgreSQL may take to accept that a statement is cancelled."""
LIFE_SECONDS = 3600
"""Age from which a connection is replaced: what a backend remembers grows."""
IDLE_SECONDS = 600
"""Seconds after which an idle connection is closed."""
_MANY = 2_000
"""Values in lists that take some milliseconds to write, so that nobody else may have to wait for them."""
_RESULT = object()
_SUCCESSES = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_WAIT_R, _WAIT_W = 1, 2
"""What psycopg's generators wait for: readable, writable."""

TCP: Mapping[str, int] = {
    "connect_timeout": 2,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""libpq's parameters with which no connection waits for a network that has gone silent."""

_Dumped = tuple[str, Sequence[Any], Sequence[int], Any]
"""SQL, the values of its binds as they are sent, their types (0 for PostgreSQL to tell) and their formats."""

_CONTEXT = ("set_config('ficha.company_id', $1, true)", "set_config('transaction_read_only', $2, true)")
_BY_VALUES = "set_config('plan_cache_mode', 'force_custom_plan', true)"

_WRITER = (
    "set_config('ficha.company_id', $1, true)",
    "set_config('ficha.collaborator_id', $2, true)",
    # What holds locks says for which request, in pg_stat_activity and where log_line_prefix has %a. A comment in the
    # SQL would have each statement prepared anew; and what only reads would take longer by it.
    "set_config('application_name', $3, true)",
)


SET_LOCAL = "set local "
"""What begins so has its value in its text, and is not prepared."""


@lru_cache(1000)
def _written(company_id: UUID) -> bytes:
    return str(company_id).encode()


class PgConnection(AsyncConnection[tuple[Any, ...]]):
    """A connection that can `ask`. Those that `of_pooler` makes do not `prepare`, and `begin` with their settings."""

    begin = f"select {', '.join(_CONTEXT)}"
    """What goes before the statements of a transaction; all of it ends with the transaction."""
    begin_by_values = f"{begin}, {_BY_VALUES}"
    """The same before statements that are planned for their values."""
    enter = f"select {', '.join(_WRITER)}"
    """The same of one that is written in."""
    prepares = True
    settings: Sequence[str] = ()
    """Expressions that make the session's settings in a transaction, where they do not last."""
    commits: ClassVar[bool] = False
    """Whether transactions that are sent in one go are begun and committed in words."""
    adds_arrays: ClassVar[bool] = True
    """Whether rows may be added by a statement that selects them from arrays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: OrderedDict[tuple[str, Any], bytes] = OrderedDict()
        self._characters = 0
        self._met: set[int] = set()
        """Hashes of the long statements that came once."""
        self._prepared_count = 0
        self._transformer = Transformer(self)
        self._watch: _Watch | None = None
        self._readable = select.poll()
        self._readable.register(self.pgconn.socket, select.POLLIN)
        self._abandoning: asyncio.Task[None] | None = None
        self._steps: list[Any] = []
        self._results: list[PGresult] = []
        """What has come of the steps in progress."""
        self.outcome: Sequence[PGresult] | None = None
        """What came of the statements in progress when it was abandoned; None where PostgreSQL has not said."""
        self.patience: Patience | None = None
        self.opened_at = self.used_at = time.monotonic()

    @classmethod
    async def open(cls, url: str, patience: "Patience | None" = None, *, standby: bool = False, **options: Any) -> Self:
        """A new connection; `patience` bounds what it waits for PostgreSQL. OperationalError where that is a standby,
        unless it may be one: an address may lead to a server that is no longer the primary."""
        connection = await cls.connect(url, **cast("Any", {"fallback_application_name": APPLICATION, **TCP, **options}))
        connection.patience = patience
        if connection.is_standby and not standby:
            connection.finish()
            raise OperationalError("the server is a standby")
        return connection

    @property
    def is_standby(self) -> bool:
        """Whether PostgreSQL has said that it is one. A pooler does not pass that on."""
        return self.pgconn.parameter_status(b"in_hot_standby") == b"on"

    @property
    def is_usable(self) -> bool:
        """Whether it can be used, as far as this side knows. PostgreSQL sends nothing to a connection that is idle but
        its farewell: one that has something to read is not used again."""
        return not (self._abandoning or self.closed or self._readable.poll(0))

    async def within(
        self, company_id: UUID, statements: Iterable[Sent], *, read_only: bool = False, by_values: bool = False
    ) -> list[PGresult]:
        """`ask`, within the company's wall. Plans are kept for all values, unless they are made `by_values`."""
        begin = self.begin_by_values if by_values else self.begin
        context = begin, (_written(company_id), b"on" if read_only else b"off"), (0, 0), None
        return (await self._exchange([context], await self._dumped(statements)))[1:]

    def reading(self, company_id: UUID, sent: Sent, *, by_values: bool = False) -> Sequence[Sent]:
        """The statement that reads within the company's wall, in a transaction of its own, and what goes before it."""
        return (self.begin_by_values if by_values else self.begin, (str(company_id), "on")), sent

    def entering(self, company_id: UUID | None, collaborator_id: UUID | None) -> list[Sent]:
        """What begins a transaction of several `ask`s within the company's wall, for the collaborator."""
        effort = EFFORT.get()
        name = f"{APPLICATION} {effort.request_id}" if effort else APPLICATION
        return [("begin", ()), (self.enter, (str(company_id or ""), str(collaborator_id or ""), name))]

    async def plan(self, company_id: UUID, sql: str) -> list[str]:
        """PostgreSQL's plan for a statement of the company, for whatever values: the lines of EXPLAIN."""
        within = f"set_config('ficha.company_id', '{company_id}', true)"
        # Several statements at once, without values: PostgreSQL takes the binds of the last one for granted.
        script = f"begin; select {', '.join([*self.settings, within])}; explain (generic_plan) {sql}"
        try:
            cursor = await self.execute(cast("Any", script), prepare=False)
            while cursor.nextset():
                pass
            return [line for (line,) in await cursor.fetchall()]
        finally:
            if not self.closed:
                await self.execute("rollback")

    async def ask(self, statements: Iterable[Sent]) -> list[PGresult]:
        """The result of each statement. Together they are one transaction.

        The error of the first one that fails is raised; then none has happened. Cancelling the caller also cancels
        the statements in PostgreSQL and closes the connection, in the background.
        """
        return await self._exchange([], await self._dumped(statements))

    async def commit_and_read(self, statements: Iterable[Sent], following: Iterable[Sent]) -> list[PGresult]:
        """As `ask`, of statements whose last one is a commit, and of those that follow it in the same round trip. Where
        one of these fails there are no results from it on, and nothing is raised: what was committed is so all the
        same."""
        dumped, more = await self._dumped(statements), await self._dumped(following)
        try:
            return await self._exchange([], [*dumped, *more], ends=self.commits)
        except Error:
            results = [*takewhile(lambda result: result.status in _SUCCESSES, self._came())]
            if len(results) < len(dumped):
                raise
            return results

    async def _exchange(
        self, context: Sequence[_Dumped], dumped: Sequence[_Dumped], *, ends: bool = False
    ) -> list[PGresult]:
        """The results of both; what is `dumped` is noted as what was asked. The transaction `ends` where it was begun
        in words and nothing is to follow."""
        began, results = time.perf_counter(), list[PGresult]()
        try:
            results = await self._exchanged([*context, *dumped], ends=ends)
            return results
        finally:
            note([sql for sql, *_ in dumped], results[len(context) :], time.perf_counter() - began)

    async def _exchanged(self, dumped: Iterable[_Dumped], *, ends: bool) -> list[PGresult]:
        steps, results = self._steps, self._results = list[Any](), list[PGresult]()
        self.pgconn.enter_pipeline_mode()
        try:
            self._watching()  # where that cannot be, nothing is sent
            steps += [step for statement in dumped for step in self._queue(*statement)]
            self.pgconn.pipeline_sync()
            if ends:
                # Behind a point of its own: it also ends a transaction that failed.
                self.pgconn.send_query_params(b"commit", None)
                self.pgconn.pipeline_sync()
                steps.append(None)
                await self._receive()
            await self._receive()
            self.pgconn.exit_pipeline_mode()
        except asyncio.CancelledError:
            self.abandon()
            raise
        except BaseException:
            await self.close()
            raise
        for step, result in zip(steps, results, strict=True):
            if step is not _RESULT and result.status != ExecStatus.COMMAND_OK:
                self._forget(step)
        for result in results:
            if result.status == ExecStatus.FATAL_ERROR:
                error = error_from_result(result)
                if error.sqlstate == FeatureNotSupported.sqlstate:
                    # A migration changed the result of a statement: all are prepared again.
                    self._known.clear()
                    self._characters = 0
                raise error
        return self._came()

    def _came(self) -> list[PGresult]:
        """What has come of the statements in progress, in their order."""
        came = zip(self._steps, self._results, strict=False)  # none of the others once the connection is lost
        return [result for step, result in came if step is _RESULT]

    async def _dumped(self, statements: Iterable[Sent]) -> list[_Dumped]:
        """The statements in wire format. Values that cannot be sent raise here, before anything is sent. Long lists are
        written in a thread: others are served meanwhile."""
        sent = [*statements]
        lists = [cast("list[Any]", value) for _, values in sent for value in values if isinstance(value, list)]
        if sum(map(len, lists)) < _MANY:
            return self._dump(sent)
        try:
            return await asyncio.to_thread(self._dump, sent)
        except asyncio.CancelledError:
            self.abandon()  # the thread goes on with what belongs to the connection
            raise

    def _dump(self, statements: Iterable[Sent]) -> list[_Dumped]:
        transformer, dumped = self._transformer, list[_Dumped]()
        for sql, arguments in statements:
            values = transformer.dump_sequence(arguments, [PyFormat.AUTO] * len(arguments))
            dumped.append((sql, values, transformer.types or (), transformer.formats))
        return dumped

    def _queue(self, sql: str, values: Sequence[Any], types: Any, formats: Any) -> Iterator[Any]:
        """Queues a statement. Yields what each result will be: the key of a prepared statement, _RESULT, or None."""
        if not self.prepares or sql.startswith(SET_LOCAL):
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
            self._prepared_count += 1
            name = self._known[key] = b"ficha_%d" % self._prepared_count
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

    async def _receive(self) -> None:
        """Adds one result of each step to those that have come."""
        pgconn, results = self.pgconn, self._results
        while pgconn.flush():
            await self._ready(writable=True)
        while True:
            while pgconn.is_busy():
                await self._ready()
            result = pgconn.get_result()
            if result is None:  # the end of a step
                if pgconn.status == ConnStatus.BAD:
                    raise OperationalError("the connection was lost")
                continue
            if result.status == ExecStatus.PIPELINE_SYNC:
                return
            if result.status == ExecStatus.FATAL_ERROR and _is_last(result):
                raise error_from_result(result)
            results.append(result)

    async def _ready(self, *, writable: bool = False) -> None:
        """Waits until there is something to read, or room to write, and reads what there is."""
        await self._watching().ready(writable=writable)
        self.pgconn.consume_input()

    def _watching(self) -> "_Watch":
        """Raises OperationalError where no descriptor is left to watch by."""
        if self._watch is None or self._watch.ended:
            try:
                self._watch = _Watch(self.pgconn.socket, self.patience)
            except OSError as error:
                raise OperationalError("the connection cannot be watched") from error
        return self._watch

    async def wait(self, gen: Any, interval: float = 0.0, timeout: float | None = None) -> Any:  # noqa: ASYNC109  # psycopg's
        """psycopg's own waiting, which `execute` goes through, by the same watch: psycopg's looks every tenth of a
        second whether it was interrupted, and under uvloop never learns that a socket was reset."""
        if timeout is not None:
            return await super().wait(gen, interval or 0.1, timeout)
        try:
            events = next(gen)
            while True:
                writable = bool(events & _WAIT_W)
                await self._watching().ready(writable=writable)
                can_write = writable and (not events & _WAIT_R or not self._readable.poll(0))
                events = gen.send(_WAIT_W if can_write else _WAIT_R)
        except StopIteration as done:
            return done.value
        except asyncio.CancelledError:
            self.abandon()
            raise
        except OperationalError:
            await self.close()
            raise

    def abandon(self) -> "asyncio.Task[None]":
        """Cancels the statements in progress and closes the connection, in the background."""
        if self._abandoning is None:
            self._abandoning = asyncio.create_task(self._abandon())
            _abandoning.add(self._abandoning)
            self._abandoning.add_done_callback(_abandoning.discard)
        return self._abandoning

    async def _abandon(self) -> None:
        try:
            await self.cancel_safe(timeout=SECONDS_TO_CANCEL)
            if self.pgconn.pipeline_status != PipelineStatus.OFF:
                async with asyncio.timeout(SECONDS_TO_CANCEL):
                    await self._receive()
                self.outcome = self._results
        except (Error, OSError) as error:  # TimeoutError is an OSError
            # It does not even take a cancellation: others need not wait to learn of that.
            if self.patience:
                self.patience.lost(error)
        finally:
            self.finish()

    async def close(self) -> None:
        if self._abandoning is None:  # else it is being closed
            self.finish()

    def finish(self) -> None:
        """Ends it at once."""
        if self._watch:
            self._watch.end()
        self.pgconn.finish()


_abandoning: set[asyncio.Task[None]] = set()
"""The event loop itself does not hold on to its tasks."""


def _is_last(error: PGresult) -> bool:
    """Whether PostgreSQL ends the connection with this error."""
    return error.error_field(DiagnosticField.SEVERITY_NONLOCALIZED) in (b"FATAL", b"PANIC")


class Patience:
    """How long PostgreSQL may be silent, on all connections together: longer than its own limit for a statement.
    `lost` is called when it does not answer. One timer serves all connections, set for the first one.
    """

    def __init__(self, seconds: float, lost: Callable[[Exception], None]) -> None:
        self._seconds = seconds
        self._waiting: dict[asyncio.Future[None], float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.lost = lost

    def begin(self, waiter: "asyncio.Future[None]") -> None:
        """The waiter waits from now on: Silent, where it is for too long."""
        loop = asyncio.get_running_loop()
        self._waiting[waiter] = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._end)

    def end(self, waiter: "asyncio.Future[None]") -> None:
        """It waits no longer."""
        self._waiting.pop(waiter, None)

    def lose(self, error: Exception) -> None:
        """It is known already that PostgreSQL does not answer: nobody waits any longer."""
        waiting, self._waiting = self._waiting, {}
        for waiter in waiting:
            if not waiter.done():
                waiter.set_exception(error)

    def _end(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        for waiter, due in list(self._waiting.items()):
            if due > loop.time():
                self._timer = loop.call_at(due, self._end)
                return
            del self._waiting[waiter]
            if not waiter.done():
                error = Silent(f"PostgreSQL has not answered for {self._seconds:g} s")
                waiter.set_exception(error)
                self.lost(error)


class _Watch:
    """Signals when a socket is ready. To tell the event loop for each wait anew takes as long as the reading: this goes
    on watching, until the socket has something to read that nobody here waits for, such as that the server has gone.

    What the event loop watches is a selector that watches the socket. So it is not in the way of psycopg's own
    waiting, and it sees a reset: libuv, beneath uvloop, stops to watch a socket that has an error, without a word.
    """

    def __init__(self, socket: int, patience: Patience | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._socket = socket
        self._patience = patience
        self._selector = selectors.DefaultSelector()
        self._selector.register(socket, selectors.EVENT_READ)
        self._descriptor = cast("selectors.EpollSelector", self._selector).fileno()
        self._waiter: asyncio.Future[None] | None = None
        self._loop.add_reader(self._descriptor, self._wake)
        self.ended = False

    async def ready(self, *, writable: bool) -> None:
        """Waits until the socket is readable or, on request, writable. Raises Silent after too long."""
        waiter = self._waiter = self._loop.create_future()
        if writable:
            self._selector.modify(self._socket, selectors.EVENT_READ | selectors.EVENT_WRITE)
        if self._patience:
            self._patience.begin(waiter)
        try:
            await waiter
        finally:
            self._waiter = None
            if self._patience:
                self._patience.end(waiter)
            if writable and not self.ended:
                self._selector.modify(self._socket, selectors.EVENT_READ)

    def _wake(self) -> None:
        if self._waiter is None:
            self.end()
        elif not self._waiter.done():
            self._waiter.set_result(None)

    def end(self) -> None:
        """Watches no longer."""
        if not self.ended:
            self.ended = True
            self._loop.remove_reader(self._descriptor)
            self._selector.close()
            if self._waiter and not self._waiter.done():
                self._waiter.set_exception(OperationalError("the connection was closed"))


class Source(Protocol):
    """Reads within a company's wall: a pool, or what decides where to."""

    async def within(
        self, company_id: UUID, statements: Iterable[Sent], *, read_only: bool = False, by_values: bool = False
    ) -> list[PGresult]:
        """The result of each statement. Unavailable, Overloaded or TimedOut where PostgreSQL is."""
        ...


class Pool:
    """At most `size` connections, each lent for one transaction.

    A connection is checked when it is lent, and opened by the caller that needs it, so that an outage and its end
    are noticed at once. psycopg's pool opens them in the background, with pauses that double.
    """

    def __init__(
        self,
        openings: Sequence[Callable[["Patience | None"], Awaitable[PgConnection]]],
        size: int,
        seconds: float = 0,
    ) -> None:
        """Each of the `openings` opens a connection to another host."""
        self.patience = Patience(seconds, self._lost) if seconds else None
        self.circuit = Circuit([partial(opening, self.patience) for opening in openings])
        self._size = size
        self._idle: list[PgConnection] = []  # the one that was used last is lent first
        self._line = Line(size)
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False
        self._returned_at = time.monotonic()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def numbers(self) -> Mapping[str, int]:
        """How many connections are lent (`lent`) and open without use (`idle`), how many there may be (`size`), and
        how many callers wait for one (`waiting`)."""
        line = self._line
        return {"lent": line.held, "idle": len(self._idle), "size": self._size, "waiting": line.waiting}

    @property
    def stuck_seconds(self) -> float:
        """For how long all connections have been lent, and none came back; 0 while there is one to lend."""
        return 0.0 if self._line.held < self._size else time.monotonic() - self._returned_at

    async def wait(self, seconds: float = 30) -> None:
        """Until PostgreSQL gives a connection. Unavailable, if it does not in this time."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                async with self.connection():
                    return
            except FichaError:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(0.1)

    async def close(self) -> None:
        """Closes the idle connections now, and the others when they are returned. It waits only for cancellations,
        which are bounded."""
        self._closed = True
        await self.circuit.close()
        self._drop()
        if self._ending:
            await asyncio.wait(self._ending, timeout=SECONDS_TO_CANCEL)

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[PgConnection]:
        """A connection for the time of the block."""
        await self._line.enter()
        connection: PgConnection | None = None
        try:
            connection = await self._take()
            yield connection
        except ReadOnlySqlTransaction:
            self._demoted(connection)
            raise
        finally:
            self._put(connection)

    async def within(
        self, company_id: UUID, statements: Iterable[Sent], *, read_only: bool = False, by_values: bool = False
    ) -> list[PGresult]:
        """`Connection.within`, on one of them. What only reads is tried once more on a new connection where its own
        is lost meanwhile. Unavailable, Overloaded or TimedOut where PostgreSQL is."""
        batch = list(statements)
        if not self._line.try_enter():
            await self._line.enter()
        connection: PgConnection | None = None
        try:
            connection = await self._take()
            try:
                return await connection.within(company_id, batch, read_only=read_only, by_values=by_values)
            except Error as error:
                if not (read_only and connection.closed) or isinstance(error, Silent):
                    raise
            connection = await self.circuit.connect()
            return await connection.within(company_id, batch, read_only=read_only, by_values=by_values)
        except Error as error:
            if isinstance(error, ReadOnlySqlTransaction):
                self._demoted(connection)
            if fault := fault_of(error):
                raise fault from error
            raise
        finally:
            self._put(connection)

    async def plan(self, company_id: UUID, sql: str) -> list[str]:
        """PostgreSQL's plan for a statement of the company, for whatever values: the lines of EXPLAIN."""
        async with self.connection() as connection:
            return await connection.plan(company_id, sql)

    async def _take(self) -> PgConnection:
        """One that can be used, an idle one or a new one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable:
                return connection
            await connection.close()
        return await self.circuit.connect()

    def _put(self, connection: PgConnection | None) -> None:
        """Takes it back, and gives its place to the next."""
        now = self._returned_at = time.monotonic()
        if connection is None:
            self._line.leave()
        elif connection._abandoning:  # pyright: ignore[reportPrivateUsage]
            # PostgreSQL may still work for it: its place is not free before that ends.
            self._later(connection.abandon())
        elif connection.closed:
            self._line.leave()
        else:
            connection.used_at = now
            if self._closed or connection.opened_at + LIFE_SECONDS < now:
                connection.finish()
            else:
                self._idle.append(connection)
                if self._idle[0].used_at + IDLE_SECONDS < now:
                    self._idle.pop(0).finish()
            self._line.leave()

    def _later(self, ending: "asyncio.Task[None]") -> None:
        self._ending.add(ending)

        def ended(task: asyncio.Task[None]) -> None:
            self._ending.discard(task)
            self._line.leave()

        ending.add_done_callback(ended)

    def _demoted(self, connection: PgConnection | None) -> None:
        """The server of this connection takes no writes: it is no longer the primary. The others may lead there too."""
        if connection:
            connection.finish()
        self._drop()

    def lose(self, error: Silent) -> None:
        """Somebody else has learned that PostgreSQL is silent: nobody waits for it any longer."""
        self._lost(error)
        if self.patience:
            self.patience.lose(error)

    def _lost(self, error: Exception) -> None:
        """PostgreSQL went silent: idle connections are closed."""
        self._drop()
        self.circuit.trip(unavailable(), error)

    def _drop(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.finish()


def of_pooler(settings: Mapping[str, str]) -> type[PgConnection]:
    """Connections to a pooler, as pgbouncer, that gives those to PostgreSQL to others between transactions: each
    transaction brings its settings along, and nothing is left behind. The settings are ours, and need no quoting."""

    class Shared(PgConnection):
        begin = f"select {', '.join([*local(settings), *_CONTEXT])}"
        begin_by_values = f"{begin}, {_BY_VALUES}"
        enter = f"select {', '.join([*local(settings), *_WRITER])}"
        prepares = False

    Shared.settings = local(settings)
    return Shared


class DistributedConnection(PgConnection):
    """A connection to a database whose tables Citus spreads over several servers by company.

    What a function sets, as `set_config` does, is set on one server alone: so the transaction is begun in words, and
    the wall is `set local`, which Citus tells each server that takes part (`citus.propagate_set_commands`). Citus
    plans a statement for its values to learn where they lead, unless the company is written in it.
    """

    commits = True
    # Citus adds rows that are selected by COPY, which PostgreSQL refuses below row-level security.
    adds_arrays = False

    async def within(
        self,
        company_id: UUID,
        statements: Iterable[Sent],
        *,
        read_only: bool = False,
        by_values: bool = False,  # noqa: ARG002  # see below
    ) -> list[PGresult]:
        """As that of `PgConnection`. A server plans what another one sends it for its values in any case."""
        context = self._opening(company_id, read_only=read_only)
        dumped = await self._dumped(_naming(company_id, sent) for sent in statements)
        return (await self._exchange(self._dump(context), dumped, ends=True))[len(context) :]

    def reading(self, company_id: UUID, sent: Sent, *, by_values: bool = False) -> Sequence[Sent]:  # noqa: ARG002  # as above
        """As that of `PgConnection`."""
        return *self._opening(company_id, read_only=True), _naming(company_id, sent)

    def entering(self, company_id: UUID | None, collaborator_id: UUID | None) -> list[Sent]:
        """As that of `PgConnection`."""
        effort = EFFORT.get()
        name = f"{APPLICATION} {effort.request_id}" if effort else APPLICATION
        context = {"ficha.company_id": company_id, "ficha.collaborator_id": collaborator_id, "application_name": name}
        return [("begin", ()), *((each, ()) for each in self.settings), *map(_set_local, context.items())]

    def _opening(self, company_id: UUID, *, read_only: bool) -> Sequence[Sent]:
        begin = "begin read only" if read_only else "begin"
        return (begin, ()), *((each, ()) for each in self.settings), _set_local(("ficha.company_id", company_id))


def _set_local(setting: tuple[str, object]) -> Sent:
    """The setting for the rest of the transaction. A quote in it is doubled, as it cannot be a bind."""
    name, value = setting
    written = str(value or "").replace("'", "''")
    return f"{SET_LOCAL}{name} = '{written}'", ()


def _naming(company_id: UUID, sent: Sent) -> Sent:
    """The statement with the company as a constant in the place of the binds that are it."""
    sql, arguments = sent
    others = tuple(
        number for number, value in enumerate(arguments, 1) if value != company_id and value != str(company_id)
    )
    return _named(sql, company_id, others), [arguments[number - 1] for number in others]


@lru_cache(500)
def _named(sql: str, company_id: UUID, others: Sequence[int]) -> str:
    """With these binds alone, numbered anew."""
    numbers = {str(old): f"${new}" for new, old in enumerate(others, 1)}
    return _BIND.sub(lambda bind: numbers.get(bind[1], f"'{company_id}'::uuid"), sql)


_BIND = re.compile(r"\$(\d+)")


def of_pooled_citus(settings: Mapping[str, str]) -> type[DistributedConnection]:
    """As `of_pooler`, where Citus is behind the pooler."""

    class Shared(DistributedConnection):
        prepares = False

    Shared.settings = [_set_local(setting)[0] for setting in settings.items()]
    return Shared


def local(settings: Mapping[str, str]) -> list[str]:
    """Expressions that make the settings, until the transaction ends."""
    return [f"set_config('{name}', '{value}', true)" for name, value in settings.items()]


def rows(result: PGresult) -> list[tuple[Any, ...]]:
    """The result's rows as Python's values."""
    transformer = Transformer()
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)
