"""A session: the rows of mapped classes in one transaction, read and written in few round trips.

It does for commands what SQLAlchemy's session would, for a fraction of the CPU and of the waiting. A row is one record
in one session. What is added, changed or deleted is written before the next statement, in the same round trip; what is
written last travels with the commit. What PostgreSQL refuses is therefore raised where the session next waits for it.
"""

import contextlib
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast, overload
from uuid import UUID

from psycopg.pq.abc import PGresult
from sqlalchemy import Select
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.base import NO_VALUE

from database.mapped import Mapped, compiled, mapped
from database.positions import OF_PRIMARY, Position
from database.wire import PgConnection, Sent, rows

T = TypeVar("T")
R = TypeVar("R")

FOR_CHANGE = " for no key update"
"""Nobody else changes the row; those that refer to it may still be added, since its key does not change."""
FOR_REFERENCE = " for share"
"""Nobody changes the row."""


class Rows(Generic[R]):
    """What a statement brought back."""

    def __init__(self, rows: Sequence[R]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows)

    def all(self) -> Sequence[R]:
        """All rows."""
        return self._rows

    def first(self) -> R | None:
        """The first one, if there is any."""
        return self._rows[0] if self._rows else None

    def one_or_none(self) -> R | None:
        """The only one, if there is any."""
        if len(self._rows) > 1:
            raise LookupError(f"{len(self._rows)} rows where at most one is")
        return self.first()

    def one(self) -> R:
        """The only one."""
        [row] = self._rows
        return row

    def scalar_one_or_none(self) -> Any:
        """The first value of the only row, if there is any."""
        row = cast("Any", self.one_or_none())
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        """The first value of the only row."""
        return cast("Any", self.one())[0]


Read = Callable[[PGresult], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A statement that is to be sent, and who reads its result."""

    sent: Sent
    read: Read | None = None


class Later(Generic[T]):
    """The result of a statement that is sent with another one."""

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._result: T | None = None
        self.is_there = False

    def put(self, result: T) -> None:
        """It has come."""
        self._result, self.is_there = result, True

    async def get(self) -> T:
        """The result; the statement is sent now if it was not yet."""
        if not self.is_there:
            await self._session.send()
        if not self.is_there:
            raise LookupError("what this statement was sent with has failed")
        return cast("T", self._result)


class Watch(Protocol):
    """Whoever follows what a session writes."""

    def before_write(self, added: Sequence[Any], others: Sequence[Any]) -> None:
        """New records and others are about to be written; more may be changed now."""

    def after_rollback(self) -> None:
        """What was written may be undone."""


class Session:
    """The records of one transaction on one connection; `opening` begins it. Whoever makes the session ends it."""

    def __init__(self, connection: PgConnection, opening: Sequence[Sent]) -> None:
        self._connection = connection
        self._unsent = [_Step(sent) for sent in opening]
        self._behind: list[_Step] = []
        self._following: list[_Step] = []
        self._records: dict[tuple[Any, ...], Any] = {}
        self._states: dict[tuple[Any, ...], Any] = {}
        """SQLAlchemy's notes of what was changed, of each of the records."""
        self._new: dict[int, Any] = {}
        self._gone: list[Any] = []
        self._touched: set[int] = set()
        self._held: dict[tuple[Any, ...], str] = {}
        """The lock of each record that nobody else changes until the end."""
        self._inserts: dict[tuple[Any, ...], tuple[Mapped, dict[str, Any]]] = {}
        self._updates: dict[tuple[Any, ...], tuple[Mapped, dict[str, Any]]] = {}
        """What was taken down to be written."""
        self._part: _Part | None = None
        self._holds = False
        self.has_begun = False
        """Whether anything was sent."""
        self.watch: Watch | None = None

    # Reading

    @overload
    async def execute(self, statement: Select[tuple[T]]) -> Rows[tuple[T]]: ...
    @overload
    async def execute(self, statement: Any) -> Rows[Any]: ...
    async def execute(self, statement: Any) -> Rows[Any]:
        """The statement's rows."""
        return await self.soon(statement).get()

    async def scalars(self, statement: Any) -> Rows[Any]:
        """The first value of each of the statement's rows."""
        return Rows([row[0] for row in await self.execute(statement)])

    async def scalar(self, statement: Any) -> Any:
        """The first value of the first row, if there is any."""
        row = (await self.execute(statement)).first()
        return None if row is None else row[0]

    async def get(self, model: type[T], key: Any) -> T | None:
        """The row of this primary key, as the session has it or else the database."""
        of = mapped(model)
        values = cast("tuple[Any, ...]", key if isinstance(key, tuple) else (key,))
        known = self._records.get((model, *values))
        return known if known is not None else await self.find(model, dict(zip(of.key, values, strict=True)))

    async def get_one(self, model: type[T], key: Any) -> T:
        """As `get`, of a row that is there."""
        record = await self.get(model, key)
        if record is None:
            raise LookupError(f"{model.__name__} {key}")
        return record

    async def find(self, model: type[T], key: Mapping[str, Any], lock: str = "") -> T | None:
        """The row of these values, as the database has it now, locked as the words say. One that is held so, or better,
        is not asked for again; one that is locked for reference is held from then on."""
        known = model, *key.values()
        if (held := self._held.get(known)) and lock in ("", held, FOR_REFERENCE):
            return self._records[known]
        record = await self._find(model, key, lock)
        if lock == FOR_REFERENCE and record is not None:
            self._held[_key(_of(record), record)] = lock
        return record

    async def _find(self, model: type[T], key: Mapping[str, Any], lock: str = "") -> T | None:
        of = mapped(model)
        self._flush_for({of.table})
        later = Later[list[Any]](self)

        def read(result: PGresult) -> None:
            later.put([self._load(of, row) for row in rows(result)])

        sql = of.select(list(key), lock)
        self._queue(_Step((sql, list(key.values())), read))
        records = await later.get()
        return records[0] if records else None

    async def refresh(self, record: Any, names: Sequence[str]) -> None:
        """Takes these columns anew from the database."""
        of = _of(record)
        before = {name: getattr(record, name) for name in of.names if name not in names}
        await self._find(of.model, {name: getattr(record, name) for name in of.key})
        record.__dict__.update(before)

    def soon(self, statement: Any, check: Callable[[Rows[Any]], None] | None = None) -> Later[Rows[Any]]:
        """Sends the statement with what is sent next, before it. What `check` raises of its rows, whoever waits for
        that raises."""
        later = Later[Rows[Any]](self)
        self._queue(self._step(statement, later, check))
        return later

    def behind(self, statement: Any) -> Later[Rows[Any]]:
        """Sends the statement behind the next one, in the same round trip: it sees what that has locked."""
        later = Later[Rows[Any]](self)
        self._behind.append(self._step(statement, later))
        return later

    def follow(self, company_id: UUID, sent: Sent, read: Read, *, by_values: bool = False) -> None:
        """Reads behind the commit, in the same round trip and a transaction of its own within the company's wall. Where
        it fails nothing is read, and all is committed."""
        *context, reading = self._connection.reading(company_id, sent, by_values=by_values)
        self._following = [*map(_Step, context), _Step(reading, read)]

    def _step(self, statement: Any, later: Later[Rows[Any]], check: Callable[[Rows[Any]], None] | None = None) -> _Step:
        shape, values = compiled(statement)
        if shape.acts:
            self._act(shape.words)
        else:
            self._flush_for(shape.words)

        def read(result: PGresult) -> None:
            rows = Rows(shape.read(result, self._load))
            later.put(rows)
            if check:
                check(rows)

        return _Step((shape.sql, values), read)

    def _load(self, of: Mapped, row: Sequence[Any]) -> Any:
        """The record of a row. What it has that is not written yet stays."""
        key = of.model, *(row[place] for place in of.places)
        if None in key:
            return None
        record = self._records.get(key)
        if record is None:
            record = of.blank()
            self._keep(key, record)
        elif self._states[key].modified:
            return record
        record.__dict__.update(zip(of.names, of.values(row), strict=True))
        return record

    def holds(self, model: type[Any], key: Mapping[str, Any]) -> bool:
        """Whether the record of the key is locked to be changed."""
        return self._held.get((model, *key.values())) == FOR_CHANGE

    def hold(self, records: Iterable[Any]) -> None:
        """These records are locked, so that nobody else changes them until the end: `find` does not ask for them again,
        unless a statement of this session may have changed them."""
        self._held |= {_key(_of(record), record): FOR_CHANGE for record in records}

    # Writing

    @property
    def no_autoflush(self) -> contextlib.AbstractContextManager[None]:
        """Within, statements are sent without what was changed before."""
        return self._holding()

    @contextlib.contextmanager
    def _holding(self) -> Generator[None]:
        held, self._holds = self._holds, True
        try:
            yield
        finally:
            self._holds = held

    def record(self, model: type[T], *key: Any) -> T | None:
        """The session's record of the key, if it has it."""
        return self._records.get((model, *key))

    def add(self, record: Any) -> None:
        """A new row, unless it is one of the session's already."""
        if self._records.get(_key(_of(record), record)) is not record:
            self._new.setdefault(id(record), record)

    def add_all(self, records: Iterable[Any]) -> None:
        """New rows."""
        for record in records:
            self.add(record)

    def insert(self, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
        """Adds rows of equal columns by one statement, without records of them."""
        self._act(None)
        for sent in self._inserting(mapped(model), tuple(rows[0]), rows):
            self._queue(_Step(sent))

    async def delete(self, record: Any) -> None:
        """Removes a row."""
        self._gone.append(record)

    async def merge(self, record: Any) -> Any:
        """Writes the record's values into the row of its key, which is added if it is not there."""
        of = _of(record)
        key = tuple(getattr(record, name) for name in of.key)
        present = await self.get(of.model, key)
        if present is None:
            self.add(record)
            return record
        for name in of.names:
            if name in record.__dict__:
                setattr(present, name, getattr(record, name))
        return present

    def touch(self, record: Any) -> None:
        """Has the record's `updated_at` written though it may be the same."""
        self._touched.add(id(record))
        record.updated_at = record.updated_at  # now it counts among the changed ones

    def flush(self) -> None:
        """Makes the statements that write what was added, changed and deleted; they are sent with what is sent next."""
        if not self._holds:
            self.write()

    def _flush_for(self, words: Collection[str] | None) -> None:
        """As `flush`, if a statement of these words may read what would be written; None stands for all words."""
        if not self._holds and (words is None or not self._unwritten().isdisjoint(words)):
            self.write()

    def _unwritten(self) -> set[str]:
        """The tables of what is not written yet."""
        pending = (_of(each).table for each in (*self._new.values(), *self._gone, *self._changed().values()))
        return {*pending, *(of.table for of, _ in (*self._inserts.values(), *self._updates.values()))}

    def write(self) -> None:
        """As `flush`, even where it is held back."""
        if self._part and not self._part.is_marked and self._is_changed():
            self._mark()
        self._stage()
        self._emit()

    def _is_changed(self) -> bool:
        return bool(self._new or self._gone or self._changed())

    def _changed(self) -> Mapping[tuple[Any, ...], Any]:
        """The records to which something was assigned since they were read or written. Few of many are: a bulk mutation
        looks for them once a row."""
        return {key: self._records[key] for key, state in self._states.items() if state.modified}

    def _keep(self, key: tuple[Any, ...], record: Any) -> None:
        self._records[key], self._states[key] = record, instance_state(record)

    def _stage(self) -> None:
        """Takes down what was added and changed, to be written later; what was deleted is written now."""
        if not self._is_changed():
            return
        gone, self._gone = self._gone, []
        if self.watch:
            changed = [each for each in self._changed().values() if self._changes(each)]
            self.watch.before_write([*self._new.values()], [*gone, *changed])
        added, self._new = [*self._new.values()], {}
        going = {_key(_of(each), each) for each in gone}
        updates = [(key, each, changes) for key, each in self._changed().items() if (changes := self._changes(each))]
        for key, each, changes in sorted(updates, key=lambda update: (_of(update[1]).order, *update[0][1:])):
            if key in self._inserts:
                self._inserts[key][1].update(changes)
            elif key not in going:
                of = _of(each)
                own = {name: each.__dict__[name] for name in of.key}
                self._updates.setdefault(key, (of, own))[1].update(changes)
            _settled(each)
        for each in added:
            of = _of(each)
            self._inserts[_key(of, each)] = of, self._inserted(each)
        self._touched.clear()
        if gone:
            self._emit()
            self._delete(gone)

    def _delete(self, gone: Sequence[Any]) -> None:
        for each in sorted(gone, key=lambda record: -_of(record).order):
            of = _of(each)
            self._unsent += map(_Step, of.delete([each.__dict__]))
            key = _key(of, each)
            for known in (self._records, self._states):
                known.pop(key, None)
            self._held.pop(key, None)

    def _emit(self) -> None:
        """Makes the statements of what was taken down: of one table and with the same columns, one for all rows; what
        is referred to comes first, and changed rows before new ones."""
        updates, self._updates = [*self._updates.values()], {}
        inserts, self._inserts = [*self._inserts.values()], {}
        batches: dict[int, list[Sent]] = {}
        for of, names, values in _grouped(updates):
            batches.setdefault(of.order, []).extend(of.update(names[len(of.key) :], values))
        for of, names, values in _grouped(inserts):
            batches.setdefault(of.order, []).extend(self._inserting(of, names, values))
        for _, statements in sorted(batches.items()):
            self._unsent += map(_Step, statements)

    def _inserting(self, of: Mapped, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[Sent]:
        return of.insert(names, rows, arrays=self._connection.adds_arrays)

    def _changes(self, record: Any) -> dict[str, Any]:
        """The columns of a record that differ from what the database has."""
        state: Any = instance_state(record)
        if not state.modified:
            return {}
        values = record.__dict__
        former = state.committed_state
        changes = {name: values[name] for name in former if name in values and _differs(values[name], former[name])}
        if id(record) in self._touched:
            changes["updated_at"] = values["updated_at"]
        if not changes:
            _settled(record)
        return changes

    def _inserted(self, record: Any) -> dict[str, Any]:
        """The values of a new record that are stated. The others are what the database gives them."""
        of = _of(record)
        values = {name: record.__dict__[name] for name in of.names if name in record.__dict__}
        for name, default in of.defaults.items():
            record.__dict__.setdefault(name, default)
        self._keep(_key(of, record), record)
        _settled(record)
        return values

    # Sending

    def post(self, sql: str, arguments: Sequence[Any] = ()) -> None:
        """Sends the SQL with what is sent next, before it; it brings nothing back."""
        self._queue(_Step((sql, arguments)))

    def _queue(self, step: _Step) -> None:
        self._unsent += (step, *self._behind)
        self._behind = []

    def _act(self, words: Collection[str] | None) -> None:
        """A statement of these words, None for all, is about to change what the session may know."""
        self.flush()
        if self._part and not self._part.is_marked:
            self._mark()
        changed = {key for key in self._held if words is None or mapped(key[0]).table in words}
        self._held = {key: lock for key, lock in self._held.items() if key not in changed}

    async def send(self) -> None:
        """Sends what was not sent yet, and reads the results. Raises the first error."""
        await self._send()

    async def _send(self, *following: _Step) -> None:
        steps = (*self._unsent, *self._behind)
        self._unsent, self._behind = [], []
        if not steps:
            return
        self.has_begun = True
        sent = [step.sent for step in steps]
        if following:
            results = await self._connection.commit_and_read(sent, [step.sent for step in following])
        else:
            results = await self._connection.ask(sent)
        for step, result in zip((*steps, *following), results, strict=False):  # what follows may have none
            if step.read:
                step.read(result)

    async def end(self, *, keep: bool = True, locate: Callable[[Position], None] | None = None) -> None:
        """Writes what was not written yet, and commits or undoes it, in one round trip: what PostgreSQL refuses is told
        in both cases. `locate` is called with a position behind the commit, unless the connection is lost then."""
        self.write()
        self.post("commit" if keep else "rollback")
        following = [*self._following]
        if locate:
            following.insert(0, _Step((OF_PRIMARY, ()), lambda result: locate(Position(*rows(result)[0]))))
        await self._send(*(following if keep else ()))

    async def rollback(self) -> None:
        """Undoes it all."""
        self._forget()
        if self.has_begun:
            self.post("rollback")
            await self.send()

    @contextlib.asynccontextmanager
    async def part(self, *, alone: bool = False) -> AsyncGenerator[None]:
        """What is done within is undone if it raises. What it leaves to be written is written with what other parts
        leave; `alone`, it is sent at its end, and PostgreSQL refuses it there."""
        self._behind.clear()
        self._stage()
        outer = self._part
        self._part = _Part(depth=outer.depth + 1 if outer else 0)
        try:
            if alone:
                self._mark()
            yield
            if alone:
                self.write()
            if self._part.is_marked:
                self.write()
                self.post(f"release savepoint {self._part.name}")
            if alone:
                await self.send()
        except Exception:
            self._undo(self._part)
            raise
        finally:
            self._part = outer

    def _mark(self) -> None:
        self._emit()  # what earlier parts left is not undone with this one
        part = cast("_Part", self._part)
        part.mark = _Step((f"savepoint {part.name}", ()))
        self._unsent.append(part.mark)

    def _undo(self, part: "_Part") -> None:
        if part.mark is None:
            self._new, self._gone, self._behind = {}, [], []
            for record in self._changed().values():
                _restore(record)
            self._touched.clear()
        elif part.mark in self._unsent:
            earlier = self._unsent[: self._unsent.index(part.mark)]
            self._forget()
            self._unsent = earlier
        else:
            self._forget()
            self.post(f"rollback to savepoint {part.name}")

    def _forget(self) -> None:
        self._unsent, self._behind = [], []
        self._new, self._gone = {}, []
        self._inserts, self._updates = {}, {}
        self._records.clear()
        self._states.clear()
        self._held.clear()
        self._touched.clear()
        if self.watch:
            self.watch.after_rollback()


@dataclass(slots=True)
class _Part:
    """A part of what a session does, and the savepoint that it goes back to if it has written anything."""

    depth: int
    mark: _Step | None = None

    @property
    def name(self) -> str:
        """Of the savepoint. One that PostgreSQL went back to is still there: under a name in common, the part around
        would go back no further than to the last one within."""
        return f"part_{self.depth}"

    @property
    def is_marked(self) -> bool:
        return self.mark is not None


def _of(record: Any) -> Mapped:
    return mapped(cast("type[Any]", type(record)))


def _key(of: Mapped, record: Any) -> tuple[Any, ...]:
    return of.model, *(getattr(record, name) for name in of.key)


def _settled(record: Any) -> None:
    """It is as the database has it."""
    state: Any = instance_state(record)
    state._commit_all(record.__dict__)  # what SQLAlchemy's session does with a record it has written


def _differs(value: Any, former: Any) -> bool:
    return value is not former and value != former


def _restore(record: Any) -> None:
    """Undoes what was not written yet of a record's changes."""
    state: Any = instance_state(record)
    for name, former in state.committed_state.items():
        if former is NO_VALUE:
            record.__dict__.pop(name, None)
        else:
            record.__dict__[name] = former
    _settled(record)


def _grouped(
    rows_of: Iterable[tuple[Mapped, Mapping[str, Any]]],
) -> Iterator[tuple[Mapped, Sequence[str], list[Mapping[str, Any]]]]:
    """The rows of one table and with the same columns, in their order."""
    groups: dict[Any, tuple[Mapped, Sequence[str], list[Mapping[str, Any]]]] = {}
    for of, values in rows_of:
        names = tuple(values)
        groups.setdefault((of.table, names), (of, names, []))[2].append(values)
    return iter(groups.values())
