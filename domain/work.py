"""The unit of work: one transaction, in which a command reads, decides, writes, and records what it did.

Whoever begins it ends it: a command never commits. Every command on a client's record locks the client's row first, so
that what happens to one client happens in some order, and two commands cannot wait for each other.
"""

import contextlib
import datetime
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Protocol, TypeVar, cast
from uuid import UUID

from sqlalchemy import ARRAY, ColumnExpressionArgument, Select, Uuid, any_, bindparam, func, select, union_all

from database.mapped import mapped, often
from database.session import FOR_CHANGE, FOR_REFERENCE, Session
from domain import fields as values_of
from domain import policy
from domain.disclosures import Disclosures, Unbounded
from domain.fields import Fields
from domain.inputs import ById, Expecting, Input, OnRecord, known
from domain.policy import NOT_FOUND, Action, ClientAction, Rule
from domain.problem import Problem, Rejected, Severity, error, reject, reject_any
from models import Base, Client, Collaborator, HistoryEvent
from models.client import ClientKind
from models.history import HistoryEventKind
from models.ids import uuid7
from models.viewer import Permission, Viewer

CONFLICT: Final = error(
    "Alguien más lo cambió: la versión es {version}. Revise y vuelva a guardar.",
    "Somebody else changed it: the version is {version}. Review it and save again.",
)
NOTHING_TO_COMPARE: Final = error(
    "No hay con qué compararlo, pues el registro todavía no existe: quítelo, o indique el registro que cambia.",
    "There is nothing to compare it with, since the record does not exist yet: leave it out, or name the record that is"
    " changed.",
)
INACTIVE: Final = error("Ya no se puede elegir.", "It can no longer be chosen.")

M = TypeVar("M", bound=Base)

_TICK: Final = datetime.timedelta(microseconds=1)
"""The least time that PostgreSQL tells apart."""
_MOST_SKEW: Final = datetime.timedelta(hours=12)
"""By how much machines' clocks may differ: as much as one that was set to another zone's time."""


class Versioned(Protocol):
    """A record whose writes are counted."""

    version: Any
    updated_at: Any


class Stale(Rejected):
    """The record was changed since its version was read; `id` and `client_id` lead to what it is now."""

    def __init__(self, version: int, id: UUID | None, client_id: UUID | None) -> None:
        super().__init__(Problem(CONFLICT, ("expected_version",), {"version": version}))
        self.id = id
        self.client_id = client_id


def utc_now() -> datetime.datetime:
    """The instant by this machine's clock."""
    return datetime.datetime.now(datetime.UTC)


@dataclass(slots=True)
class UnitOfWork:
    """One transaction of one viewer."""

    session: Session
    viewer: Viewer
    now: datetime.datetime
    """The instant of what is done: that of the request, and once a record is locked, a later one; see `comes_after`."""
    clock: Callable[[], datetime.datetime] = utc_now
    warnings: list[Problem] = field(default_factory=list[Problem])
    """Saved, but possibly wrong."""
    is_discarded: bool = False
    """Whether it is rolled back at its end."""
    disclosures: Disclosures = field(default_factory=Unbounded)
    group: UUID | None = None
    """What the events that are recorded have in common, where they are of one form."""
    changed: set[UUID] = field(default_factory=set[UUID])
    """Clients of which a statement changed parts that the session does not know; see `domain.changes`."""
    memo: dict[Any, Any] = field(default_factory=dict[Any, Any])
    """What was read for all rows of a bulk mutation at once, and what they have become since."""
    company_changed: bool = False
    """Whether it changed what is known of each of the company's viewers, as the time zone."""

    @property
    def company_id(self) -> UUID:
        return self.viewer.company_id

    @property
    def today(self) -> datetime.date:
        """The day where the company is."""
        return self.viewer.today(self.now)

    def discard(self) -> None:
        """Lets it end without a trace."""
        self.is_discarded = True

    # Finding

    def of(self, model: type[M], *conditions: ColumnExpressionArgument[bool]) -> Select[M]:
        """The company's rows of this kind."""
        return select(model).where(cast("Any", model).company_id == self.company_id, *conditions)

    async def get(self, model: type[M], id: UUID, *, lock: bool = False) -> M | None:
        """The company's row with this id, as the database has it now."""
        record = await self.session.find(model, self._key(id), FOR_CHANGE if lock else "")
        if lock and record is not None:
            self.comes_after(record)
        return record

    def _key(self, id: UUID) -> Mapping[str, UUID]:
        return {"company_id": self.company_id, "id": id}

    def comes_after(self, *locked: Any) -> None:
        """From here on everything is done after the last change of these records, which are locked.

        The request's own instant would not do: of two that change a record at once, the later one may get the lock
        first. Nor does the clock alone, for processes on several machines have several. A record that was changed far
        in the future is not followed there: nothing that is done to it would have a true date again.
        """
        now = max(self.now, self.clock())
        changes = (record.updated_at + _TICK for record in locked if hasattr(record, "updated_at"))
        self.now = max([now, *(change for change in changes if change - now <= _MOST_SKEW)])

    async def client(self, id: UUID, action: ClientAction | Rule, path: str = "client_id") -> Client:
        """The client, locked until the end, on which the viewer may do this now."""
        client = await self.get(Client, id, lock=True)
        if client is None or not policy.sees(self.viewer, client):
            raise reject(NOT_FOUND).at(path)
        try:
            policy.check(self.viewer, action, client)
        except Rejected as rejected:
            raise rejected.at(path) from None
        return client

    async def lock_clients(
        self, ids: Collection[UUID], model: type[Base] = Client, parts: Collection[UUID] = ()
    ) -> None:
        """Locks them, and the clients of the records of the model in `parts`, until the end, in one order, whatever
        order they are then asked for in: two that have clients in common cannot wait for each other. What was locked
        is not read again."""
        if not (ids or parts):
            return
        of = {"company_id": self.company_id}
        clients, records = _locking(model, bool(parts))
        locked = self.session.soon(clients(**of, ids=[*ids], parts=[*parts]))
        rows = await self.session.scalars(records(**of, parts=[*parts])) if parts else ()
        held = {row[0].id: row[0] for row in await locked.get()}
        self.session.hold(held.values())
        self.session.hold(record for record in rows if record.client_id in held)

    async def named(self, model: type[M], input: ById) -> M:
        """The company's record that the input names, locked until the end, in the version that is expected."""
        record: Any = await self.get(model, input.id, lock=True)
        if record is None:
            raise reject(NOT_FOUND).at("id")
        self.expect(record, cast("Expecting", input))
        return record

    async def part_for(self, model: type[M], input: OnRecord, within: ClientAction, action: Action) -> tuple[Client, M]:
        """As `part`, in the version that is expected; the record's own state allows the action."""
        client, record = await self.part(model, input.id, within)
        with self.at("id"):
            policy.check(self.viewer, action, record)
        self.expect(cast("Any", record), input)
        return client, record

    async def part(self, model: type[M], id: UUID, action: ClientAction) -> tuple[Client, M]:
        """A record of a client, locked with the client, on which the viewer may do this now."""
        if not self.session.holds(model, self._key(id)):
            await self.lock_clients((), model, (id,))
        record = await self.get(model, id)
        if record is None:
            raise reject(NOT_FOUND).at("id")
        client = await self.client(cast("Any", record).client_id, action, "id")
        if not self.session.holds(model, self._key(id)):
            # It went to another client just now, of which nobody had the lock when it was read.
            record = await self.get(model, id)
            if record is None:
                raise reject(NOT_FOUND).at("id")
        self.comes_after(record)
        return client, record

    # Deciding

    def expect(self, record: Versioned, input: Expecting) -> None:
        """`Stale`, if another version of the record was expected."""
        expected = known(input.expected_version)
        if expected is not None and expected != record.version:
            id = getattr(record, "id", None)
            raise Stale(record.version, id, getattr(record, "client_id", id))

    def expect_any(self, record: Versioned | None, input: Expecting) -> None:
        """As `expect`, of what may not be there yet; `Rejected`, if a version was expected of it."""
        if record is not None:
            self.expect(record, input)
        elif known(input.expected_version) is not None:
            raise reject(NOTHING_TO_COMPARE).at("expected_version")

    async def read(self, fields: Fields, input: Input, *, creating: bool = False) -> dict[str, Any]:
        """The input's values in stored form; what they refer to is there. `Rejected` with every problem."""
        values, problems = await self.read_each(fields, input, creating=creating)
        reject_any(problems)
        return values

    async def read_each(
        self, fields: Fields, input: Input, *, creating: bool = False
    ) -> tuple[dict[str, Any], list[Problem]]:
        """As `read`: the values that can be, and what is wrong with the others."""
        values, problems = values_of.read_each(fields, input, creating=creating)
        for name, declared in fields.items():
            if (model := declared.refers) and not input.is_unparsed(name):
                id = known(getattr(input, name))
                wrong = await self._reference_problems(model, id) if id is not None else ()
                if wrong:
                    values.pop(name, None)
                    problems += [problem.at(name) for problem in wrong]
        if not problems:
            self.warnings += values_of.warnings(fields, values)
        return values, problems

    async def _reference_problems(self, model: type[Base], id: UUID) -> Sequence[Problem]:
        # A shared lock: they cannot be suspended, and their work handed over, before this is committed.
        lock = FOR_REFERENCE if model is Collaborator else ""
        record: Any = await self.session.find(model, self._key(id), lock)
        if record is None or getattr(record, "deleted_at", None) is not None:
            return (Problem(NOT_FOUND),)
        return () if getattr(record, "active", True) else (Problem(INACTIVE),)

    async def facts(self, statement: Select[Any]) -> Any:
        """The one row of a statement of `models.facts`."""
        return (await self.session.execute(statement)).one()

    def disclosed(self, permission: Permission, *values: object) -> str:
        """As `policy.disclosed`."""
        return policy.disclosed(self.viewer, permission, *values)

    def judge(self, problems: Sequence[Problem]) -> None:
        """`Rejected` with the errors, if there are any; otherwise the warnings are kept."""
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        reject_any(errors)
        self.warnings += [problem for problem in problems if problem.severity is Severity.WARNING]

    @staticmethod
    @contextlib.contextmanager
    def gathering(problems: list[Problem]) -> Generator[None]:
        """Within, being `Rejected` adds to the problems, so that all of them are found."""
        try:
            yield
        except Rejected as rejected:
            problems += rejected.problems

    @contextlib.contextmanager
    def at(self, *path: str | int) -> Generator[None]:
        """Within, problems are found in a part of the input."""
        before = len(self.warnings)
        try:
            yield
        except Rejected as rejected:
            raise rejected.at(*path) from None
        finally:
            self.warnings[before:] = [problem.at(*path) for problem in self.warnings[before:]]

    # Writing

    async def add(self, record: M) -> M:
        """Adds a row before what is added from now on, which can refer to it."""
        self.session.add(record)
        self.flush()
        return record

    def new(self, model: type[M], **values: Any) -> M:
        """A row of the company with an id of its own, not yet added."""
        of = mapped(model)
        stamps = {"created_at": self.now, "updated_at": self.now, "version": 1}
        own = {"company_id": self.company_id, "id": uuid7(), **stamps}
        return of.new({**{name: value for name, value in own.items() if name in of.into}, **values})

    def touch(self, record: Versioned) -> None:
        """Counts a write."""
        record.version += 1
        record.updated_at = max(self.now, record.updated_at)

    def flush(self) -> None:
        """Writes what is pending before what is done from now on."""
        self.session.flush()

    def record(
        self,
        kind: HistoryEventKind,
        client: Client,
        *,
        details: Mapping[str, Any] | None = None,
        occurred_at: datetime.datetime | None = None,
        **links: UUID,
    ) -> HistoryEvent:
        """Appends an event to the client's history; `links` are the event's ids, `details` the values of now.
        `occurred_at` is when it happened, where that was before."""
        event = self.new(
            HistoryEvent,
            client_id=client.id,
            occurred_at=occurred_at or self.now,
            recorded_at=self.now,
            kind=kind,
            actor_id=self.viewer.collaborator_id,
            api_key_id=self.viewer.api_key_id,
            as_prospect=_was_prospect(client, occurred_at or self.now),
            details=dict(details or {}) | ({"group": str(self.group)} if self.group else {}),
            **links,
        )
        self.session.add(event)
        return event


@cache
def _locking(model: Any, parts: bool) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What locks the clients of these `ids`, and those of the records of the model whose ids are `parts`; and what
    reads these records."""
    company, ids = bindparam("company_id", type_=Uuid()), bindparam("ids", type_=ARRAY(Uuid()))
    chosen: Any = Client.id == any_(ids)
    own = select(model).where(model.company_id == company, model.id == any_(bindparam("parts", type_=ARRAY(Uuid()))))
    if parts:
        chosen = Client.id.in_(union_all(select(func.unnest(ids)), own.with_only_columns(model.client_id)))
    clients = select(Client).where(Client.company_id == company, chosen).order_by(Client.id)
    return often(clients.with_for_update(key_share=True)), often(own)


def _was_prospect(client: Client, then: datetime.datetime) -> bool:
    """Whether the record was a prospect at that instant."""
    return client.kind == ClientKind.PROSPECT or (client.converted_at is not None and then < client.converted_at)
