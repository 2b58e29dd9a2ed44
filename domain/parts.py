"""The parts of a client's record that people keep several of, in an order of their own: contacts, addresses, accounts.

They are created, updated, deleted, restored and reordered alike; a noun declares its fields and what else must hold.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import bindparam, func, select, update

from database.mapped import often
from domain import history
from domain.fields import Fields, shown
from domain.inputs import Input, OnClient, OnRecord, Reorder
from domain.policy import RECORD_DELETED, RECORD_NOT_DELETED, ClientAction
from domain.problem import TOO_MANY, Problem, Rejected, error, reject, reject_any
from domain.work import UnitOfWork
from models import Base, Client
from models.facts import MOST_PARTS
from models.history import Change, HistoryEventKind

ORDER_INCOMPLETE: Final = error(
    "El orden debe nombrar todos los registros, una vez cada uno.", "The order must name every record, once each."
)


P = TypeVar("P", bound=Base)
Path = tuple[str | int, ...]
Row = tuple[Path, Input]
"""What is stated of a part, and where it is in the input."""


async def nothing(_work: UnitOfWork, _part: Any) -> Sequence[Any]:
    """No further rule."""
    return ()


def as_it_is(input: Any, _part: Any) -> Any:
    """Each field of the input is one of the record."""
    return input


def never_leaves(_part: Any, _input: Any) -> bool:
    """It has no place that another one could take."""
    return False


def yields_nothing(_part: Any, _there: Sequence[Any]) -> None:
    """It is the same beside the parts of another client."""


@cache
def _places_of(model: Any) -> Callable[..., Any]:
    return often(
        select(func.count(), func.max(model.position)).where(
            model.company_id == bindparam("company_id"),
            model.client_id == bindparam("client_id"),
            model.deleted_at.is_(None),
        )
    )


MOST_KNOWN: Final = 2_000
"""How many parts of all clients of a bulk mutation are read before its first row."""


def _known(model: Any, client_id: UUID) -> Any:
    return "parts", model, client_id


def siblings(work: UnitOfWork, part: Any) -> Sequence[Any] | None:
    """The client's other parts of this kind that are not deleted, where all of them were read or the client is new;
    None where the database has to be asked."""
    known = work.memo.get(_known(type(part), part.client_id))
    return None if known is None else [each for each in known if each.id != part.id and each.deleted_at is None]


@dataclass(frozen=True, slots=True)
class Parts(Generic[P]):
    """A kind of part. `settle` checks the part as it would become, and returns the parts that gave way to it."""

    model: type[P]
    fields: Fields
    kind: HistoryEventKind
    label: Callable[[P], str]
    action: ClientAction = ClientAction.EDIT
    settle: Callable[[UnitOfWork, P], Awaitable[Sequence[P]]] = nothing
    compared: frozenset[str] = frozenset()
    """The values that `settle` compares with those of other parts; it reads these from the database."""
    split: Callable[[Any, P | None], Any] = as_it_is
    """The input with what is written in one field and kept in two; the part is the one that is changed."""
    flag: str = ""
    """What only one of them may be; a restored part is not, since another may have become it."""
    one_of_each: str = ""
    """The field by whose values there is one with the flag for each; without it, there is one among all."""
    leaves: Callable[[P, Any], bool] = never_leaves
    """Whether the input takes the part from a place that only one may have; another may be put there with it."""
    is_same: Callable[[P, Mapping[str, Any]], bool] = lambda _part, _values: False
    """Whether a part is that of which these values are stated, so that it is not to be there twice."""
    give_in: Callable[[P, Sequence[P]], None] = yields_nothing
    """What of a part gives way to the parts of the client that it comes to."""

    async def create(self, work: UnitOfWork, input: OnClient) -> P:
        """Adds a part at the end of the order."""
        known = (self.model, input.client_id)
        is_unknown = {known, _known(*known)}.isdisjoint(work.memo)
        later = work.session.behind(self._places(work, input.client_id)) if is_unknown else None
        client = await work.client(input.client_id, self.action)
        places = cast("Any", (await later.get()).one() if later else work.memo.get(known))
        problems: list[Problem] = []
        added = await self.insert(work, client, [((), input)], problems, in_history=True, places=places)
        reject_any(problems)
        part = added[0][1]
        if known in work.memo:
            work.memo[known] = work.memo[known][0] + 1, cast("Any", part).position
        return part

    def begin(self, work: UnitOfWork, client: Client) -> None:
        """The client is new, and has no parts yet."""
        work.memo[_known(self.model, client.id)] = []

    async def read_all(self, work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
        """Reads the parts of all clients of the rows of a bulk mutation, for `create` and `update`, unless they are
        more than MOST_KNOWN."""
        model = cast("Any", self.model)
        # What is not an id is a problem of its row.
        named = (id for row in rows if isinstance(id := row.get("id"), UUID))
        known = (work.session.record(model, work.company_id, id) for id in named)
        ids = {part.client_id for part in known if part}
        ids |= {id for row in rows if isinstance(id := row.get("client_id"), UUID)}
        query = work.of(self.model, model.client_id.in_(ids), model.deleted_at.is_(None)).limit(MOST_KNOWN + 1)
        parts = (await work.session.scalars(query)).all()
        if len(parts) <= MOST_KNOWN:
            work.memo |= {_known(model, id): [] for id in ids}
            for part in parts:
                work.memo[_known(model, part.client_id)].append(part)

    async def count(self, work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
        """Counts the parts of all clients of the rows of a bulk mutation, for `create`."""
        model = cast("Any", self.model)
        ids = {id for row in rows if isinstance(id := row.get("client_id"), UUID)}
        query = select(model.client_id, func.count(), func.max(model.position)).where(
            model.company_id == work.company_id, model.client_id.in_(ids), model.deleted_at.is_(None)
        )
        counted = {
            id: (number, last) for id, number, last in await work.session.execute(query.group_by(model.client_id))
        }
        work.memo |= {(self.model, id): counted.get(id, (0, None)) for id in ids}

    def _places(self, work: UnitOfWork, client_id: UUID) -> Any:
        """How many parts the client has, and the last place in their order."""
        return _places_of(self.model)(company_id=work.company_id, client_id=client_id)

    async def insert(
        self,
        work: UnitOfWork,
        client: Client,
        rows: Sequence[Row],
        problems: list[Problem],
        *,
        in_history: bool,
        places: tuple[int, int | None] | None = None,
    ) -> Sequence[tuple[Path, P]]:
        """Adds parts at the end of the order, with their events unless they are created together with their client.
        Returns those that can be; what is wrong with the others is added to the problems. Too many are not looked at.
        `places` are the number of the client's parts and the last place in their order, where they are known.
        """
        if not rows:
            return ()
        known = work.memo.get(_known(self.model, client.id))
        if known is not None:
            there = [part.position for part in known if part.deleted_at is None]
            places = len(there), max(there, default=None)
        number, last = places or cast("Any", (await work.session.execute(self._places(work, client.id))).one())
        if number + len(rows) > MOST_PARTS:
            problems.append(Problem(TOO_MANY, rows[0][0][:-1], {"most": MOST_PARTS}))
            return ()
        position = 0 if last is None else last + 1
        added: list[tuple[Path, P]] = []
        for path, input in rows:
            with work.gathering(problems), work.at(*path):
                values = await work.read(self.fields, self.split(input, None), creating=True)
                part = work.new(self.model, client_id=client.id, position=position + len(added), **values)
                yielding = await self.settle(work, part)
                work.session.add(part)
                added.append((path, part))
                if known is not None:
                    known.append(part)
                if in_history:
                    self.tell_yielding(work, client, yielding)
                    self.tell(work, client, Change.CREATED, part)
        return added

    async def update(self, work: UnitOfWork, input: OnRecord) -> P:
        """Changes what the input states."""
        client, part = await self._part(work, input, deleted=False)
        return await self.change(work, client, part, input)

    async def change(self, work: UnitOfWork, client: Client, part: P, input: Input) -> P:
        """Changes what the input states of a part that is there, with the event of what differs."""
        values = await work.read(self.fields, self.split(input, part))
        before = history.snapshot(part, self.fields)
        asks = siblings(work, part) is None
        if asks and self.compared & values.keys():
            work.flush()  # what has been changed of the others
        with work.session.no_autoflush:
            if await history.apply(work, part, self.fields, values):
                try:
                    self.tell_yielding(work, client, await self.settle(work, part))
                except Rejected:
                    # Whoever gathers problems goes on, and what is refused must not be sent with what comes then.
                    history.assign(part, before)
                    raise
        changes = await history.differences(work, self.fields, before, history.snapshot(part, self.fields))
        if changes:
            work.touch(cast("Any", part))
            self.tell(work, client, Change.UPDATED, part, changes)
        if asks and self.compared & {change["field"] for change in changes}:
            work.flush()
        return part

    async def delete(self, work: UnitOfWork, input: OnRecord) -> P:
        """Deletes the part; it can be restored."""
        client, part = await self._part(work, input, deleted=False)
        cast("Any", part).deleted_at = work.now
        work.touch(cast("Any", part))
        self.tell(work, client, Change.DELETED, part)
        return part

    async def restore(self, work: UnitOfWork, input: OnRecord) -> P:
        """Brings a deleted part back, at its old place in the order; at the end if another has that place."""
        client, part = await self._part(work, input, deleted=True)
        before = history.snapshot(part, self.fields)
        await self._find_place(work, client, part)
        cast("Any", part).deleted_at = None
        if self.flag:
            setattr(part, self.flag, False)
        with work.session.no_autoflush:
            self.tell_yielding(work, client, await self.settle(work, part))
        work.touch(cast("Any", part))
        changes = await history.differences(work, self.fields, before, history.snapshot(part, self.fields))
        self.tell(work, client, Change.RESTORED, part, changes)
        return part

    async def reorder(self, work: UnitOfWork, input: Reorder) -> Client:
        """Puts the client's parts in the order of `ids`, which names them all."""
        client = await work.client(input.client_id, self.action)
        parts = {cast("Any", part).id: part for part in await self.alive(work, client)}
        ids = input.ids
        if len(ids) != len(parts) or set(ids) != set(parts):
            raise reject(ORDER_INCOMPLETE).at("ids")
        moved = [(position, cast("Any", parts[id])) for position, id in enumerate(ids)]
        moved = [(position, part) for position, part in moved if part.position != position]
        # By way of places that nobody has: at no instant do two have the same.
        free = max((cast("Any", part).position for part in parts.values()), default=0) + 1
        for position, part in moved:
            part.position = free + position
        work.flush()
        for position, part in moved:
            part.position = position
            work.touch(part)
        if moved:
            label = ", ".join(self.label(parts[id]) for id in ids)
            history.note(work, self.kind, client, Change.REORDERED, label)
        return client

    async def hand_over(self, work: UnitOfWork, giver: Client, taker: Client) -> None:
        """Moves the parts to another client, behind its own. One that is there already completes it, and comes deleted;
        the deleted ones come as they are."""
        model = cast("Any", self.model)
        there = [*await self.alive(work, taker)]
        last = max((cast("Any", part).position for part in there), default=-1)
        moved = work.of(self.model, model.client_id == giver.id).order_by(model.position, model.id)
        for part in (await work.session.scalars(moved)).all():
            if part.deleted_at is None:
                before = history.snapshot(part, self.fields)
                self.give_in(part, there)
                values = history.snapshot(part, self.fields)
                if changes := await history.differences(work, self.fields, before, values):
                    self.tell(work, taker, Change.UPDATED, part, changes)
                twin: Any = next((each for each in there if self.is_same(each, values)), None)
                if twin is None:
                    last += 1
                    part.position = last
                else:
                    await self._complete(work, taker, twin, values)
                    part.deleted_at = work.now
            part.client_id = taker.id
            work.touch(part)
        work.flush()
        if len(await self.alive(work, taker)) > max(MOST_PARTS, len(there)):
            raise reject(TOO_MANY, most=MOST_PARTS)

    async def _complete(self, work: UnitOfWork, client: Client, part: P, values: Mapping[str, Any]) -> None:
        """Gives a part those of the values that it lacks."""
        lacking = {name: value for name, value in values.items() if getattr(part, name) is None and value is not None}
        await history.edit(work, client, part, self.fields, lacking, self.kind, self.label(part))

    async def alive(self, work: UnitOfWork, client: Any) -> Sequence[P]:
        """The client's parts that are not deleted, in their order."""
        model = cast("Any", self.model)
        query = work.of(self.model, model.client_id == client.id, model.deleted_at.is_(None))
        return (await work.session.scalars(query.order_by(model.position, model.id))).all()

    def tell(
        self, work: UnitOfWork, client: Client, change: Change, part: P, changes: list[dict[str, Any]] | None = None
    ) -> None:
        """Appends what was done to a part."""
        id = cast("Any", part).id
        history.note(work, self.kind, client, change, self.label(part), changes, subject_id=id)

    def tell_yielding(self, work: UnitOfWork, client: Client, yielding: Sequence[P]) -> None:
        """Appends what the parts that gave way to another one lost."""
        for part in yielding:
            lost = [{"field": self.flag, "from": shown(True), "to": shown(False)}]
            self.tell(work, client, Change.UPDATED, part, lost)

    async def _find_place(self, work: UnitOfWork, client: Client, part: Any) -> None:
        places = [cast("Any", other).position for other in await self.alive(work, client) if other is not part]
        if part.position in places:
            part.position = max(places) + 1

    async def _part(self, work: UnitOfWork, input: OnRecord, *, deleted: bool) -> tuple[Client, P]:
        """The part that is to be changed, and its client."""
        client, part = await work.part(self.model, input.id, self.action)
        if (cast("Any", part).deleted_at is not None) != deleted:
            raise reject(RECORD_NOT_DELETED if deleted else RECORD_DELETED).at("id")
        work.expect(cast("Any", part), input)
        return client, part


async def give_way(work: UnitOfWork, part: P, flag: str, one_of_each: str = "") -> Sequence[P]:
    """Takes the flag from the client's other parts, and returns these: only one may have it, or one of each value of a
    field.

    Sent at once, and before the part's own change: at no instant may there be two.
    """
    model: Any = type(part)
    own = cast("Any", part)
    known = siblings(work, part)
    same = [getattr(model, one_of_each) == getattr(part, one_of_each)] if one_of_each else []
    if known is not None and not any(
        getattr(each, flag) and (not one_of_each or getattr(each, one_of_each) == getattr(part, one_of_each))
        for each in known
    ):
        return ()
    others = update(model).where(
        model.company_id == work.company_id,
        model.client_id == own.client_id,
        model.id != own.id,
        model.deleted_at.is_(None),
        getattr(model, flag),
        *same,
    )
    values = {flag: False, "version": model.version + 1, "updated_at": func.greatest(model.updated_at, work.now)}
    former = others.values(values).returning(model).execution_options(populate_existing=True)
    return (await work.session.scalars(former)).all()
