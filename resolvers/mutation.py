"""How every mutation is resolved: its command runs in a unit of work with the input, and the record is read back
after the commit."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, TypeVar, cast, get_args
from uuid import UUID

from psycopg import IntegrityError
from strawberry import Info
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryContainer, StrawberryOptional

from domain import idempotency
from domain.inputs import Input
from domain.problem import BULK_REJECTED, TOO_MANY, Problem, Rejected, problem_codes
from domain.refusals import reading_refusals
from domain.unparsed import problems_of, with_unparsed
from domain.work import Stale, UnitOfWork
from errors import FichaError
from loaders.client import ClientEntity
from loaders.entity import Entity
from loaders.reads import Result
from models import Client
from models.viewer import Permission, Viewer
from resolvers.context import Context, context
from resolvers.inputs import OWN, as_coerced, reader_of, references
from resolvers.reading import resolver

Command = Callable[[UnitOfWork, Any], Awaitable[Any]]
"""Does something in a unit of work, by a `domain.inputs.Input`, and returns the record that it was done to."""

Around = Callable[[Context, Any], AbstractAsyncContextManager[Mapping[str, Any]]]
"""What surrounds a command outside of its transaction: yields more input for it, and tidies up after it."""

Ahead = Callable[[UnitOfWork, Sequence[Mapping[str, Any]]], Awaitable[None]]
"""Locks or reads for all rows of a bulk mutation at once what each would lock or read by itself; their values may be of
any kind."""

MOST_ROWS = 200
"""Rows of one bulk mutation."""


class ErrorPolicy(StrEnum):
    """What to do with the valid rows of a bulk mutation if some are invalid."""

    REJECT_ALL = "REJECT_ALL"
    REJECT_FAILED_ROWS = "REJECT_FAILED_ROWS"
    IGNORE_FAILED = "IGNORE_FAILED"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mutation did: to which record, of which client; what was wrong, and what may be."""

    id: UUID | None = None
    client_id: UUID | None = None
    user_errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    cfdi: Any = field(default=None, compare=False)
    """The CFDI that was read, of what takes one."""

    @property
    def results(self) -> "Sequence[Outcome]":
        """Those of a bulk mutation's rows."""
        return ()


Done = TypeVar("Done", bound=Outcome)


@dataclass(frozen=True, slots=True)
class Outcomes(Outcome):
    """What a bulk mutation did, row by row."""

    rows: tuple[Outcome, ...] = ()

    @property
    def results(self) -> Sequence[Outcome]:
        return self.rows


@dataclass(frozen=True)
class Demanding(Viewer):
    """A viewer of whom it is remembered what was demanded."""

    demanded: set[Permission] = field(default_factory=set[Permission], compare=False)

    @classmethod
    def of(cls, viewer: Viewer) -> "Demanding":
        """The same viewer."""
        return cls(**{each.name: getattr(viewer, each.name) for each in fields(viewer)})

    def demand(self, permission: Permission | None) -> None:
        super().demand(permission)
        if permission is not None:
            self.demanded.add(permission)


def mutation(do: Command, entity: type[Entity], input_type: Any, payload: Any, around: Around | None = None) -> Any:
    """A resolver that does the command with its input."""
    as_coerced(input_type)

    async def resolve(info: Info, input: Any) -> Any:
        values = reader_of(input_type, entity)(input)
        if around and (done := await recalled(info)):
            return done

        async def transacted(more: Mapping[str, Any]) -> Outcome:
            async def attempt(work: UnitOfWork) -> Outcome:
                with reading_refusals():
                    outcome = await _do(work, do, {**values, **more})
                return _discard_if(work, outcome, validate_only=values["validate_only"])

            return await transact(info, attempt, validate_only=values["validate_only"])

        read = None
        try:
            if around is None:
                return await transacted({})
            async with around(context(info), Input(**values)) as more:
                read = more.get("cfdi")
                return replace(await transacted(more), cfdi=read)
        except Rejected as rejected:
            return replace(_failed(rejected, values), cfdi=read)

    resolve.__annotations__ |= {"input": input_type, "return": payload}
    return resolve


def bulk(do: Command, entity: type[Entity], input_type: Any, payload: Any, ahead: Ahead | None = None) -> Any:
    """A resolver that does the command with each row of its input, in one unit of work. `ahead` is called before the
    first row, after the clients of all rows were locked."""
    as_coerced(input_type)
    row_type = get_args(input_type.__annotations__["rows"])[0]

    async def resolve(info: Info, input: Any) -> Any:
        if len(input["rows"]) > MOST_ROWS:
            await recalled(info)  # the key may be another request's
            return Outcomes(user_errors=(Problem(TOO_MANY, ("rows",), {"most": MOST_ROWS}),))
        values = reader_of(input_type, entity)(input)
        rows = values["rows"]
        policy = ErrorPolicy(values["error_policy"])
        # A row of a dry run cannot be saved with the others.
        validate_only = values["validate_only"] or any(row["validate_only"] for row in rows)

        async def attempt(work: UnitOfWork) -> Outcome:
            await _lock_clients(work, rows, row_type, entity)
            if ahead:
                await ahead(work, rows)
            outcomes = await _do_rows(work, do, rows, policy, row_type)
            if policy is ErrorPolicy.REJECT_ALL and any(outcome.user_errors for outcome in outcomes):
                work.discard()
                others = Outcome(user_errors=(Problem(BULK_REJECTED),))
                outcomes = [outcome if outcome.user_errors else others for outcome in outcomes]
            return _discard_if(work, Outcomes(rows=tuple(outcomes)), validate_only=validate_only)

        return await transact(info, attempt, validate_only=validate_only)

    resolve.__annotations__ |= {"input": input_type, "return": payload}
    return resolve


async def transact(
    info: Info, attempt: Callable[[UnitOfWork], Awaitable[Done]], *, validate_only: bool
) -> Done | Outcome:
    """Does it once, however often the request is sent under one `Idempotency-Key`."""
    request = context(info)
    field, token = _response_name(info), request.token

    async def once(work: UnitOfWork) -> Done | Outcome:
        outcome = await attempt_once(work)
        if request.results and not work.is_discarded:
            request.results.follow(work.session, field, (outcome, *outcome.results))
        return outcome

    async def attempt_once(work: UnitOfWork) -> Done | Outcome:
        if token is None:
            return await attempt(work)
        claim = idempotency.Claim(work, token, field)
        demanding = work.viewer = Demanding.of(work.viewer)
        try:
            outcome = await attempt(work)
        except FichaError:
            if not work.session.has_begun:
                await claim.check()  # what was done before comes first
            raise
        if not work.is_discarded:
            needed = sorted(permission.value for permission in demanding.demanded)
            await claim.keep(work, _dumped(outcome) | {"permissions": needed})
        await claim.check()
        return outcome

    try:
        # When repeated, it finds by its token that it was done.
        try:
            outcome = await request.transact(once, repeatable=bool(token) or validate_only)
        except idempotency.Recalled as before:
            outcome = _replay(request, before.outcomes[field])
        except Rejected:
            # What the request itself did when it came before may be in its way, as a name that is taken.
            done = await recalled(info)
            if done is None:
                raise
            outcome = done
        request.committed = request.committed or not validate_only
        return outcome
    finally:
        # Cached reads are outdated.
        request.operation = None


async def recalled(info: Info) -> Outcome | None:
    """What the field did when the request came before, for what must not be begun again: a command itself learns of it
    with its first statement. Forbidden where the viewer might not do it now."""
    request = context(info)
    if (token := request.token) is None:
        return None
    outcomes = await request.transact(lambda work: idempotency.recall(work, token), repeatable=True)
    done = outcomes.get(_response_name(info))
    return _replay(request, done) if done else None


def _replay(request: Context, done: Mapping[str, Any]) -> Outcome:
    request.replayed = True
    for permission in done.get("permissions", ()):
        request.viewer.demand(Permission(permission))
    return _loaded(done)


def _response_name(info: Info) -> str:
    return str(cast("Any", info).path.key)


async def _do(work: UnitOfWork, do: Command, values: Mapping[str, Any]) -> Outcome:
    work.warnings.clear()
    record = await do(work, Input(**values))
    if unparsed := tuple(problems_of(values)):
        raise Rejected(*unparsed)  # none of them was the command's concern
    id = getattr(record, "id", None)
    client_id = id if isinstance(record, Client) else getattr(record, "client_id", None)
    return Outcome(id, client_id, warnings=tuple(work.warnings))


async def _lock_clients(
    work: UnitOfWork, rows: Sequence[Mapping[str, Any]], row_type: type, entity: type[Entity]
) -> None:
    """Locks the clients that the rows name, and those of the records that they name, in one order: two requests that
    name the same ones in different orders do not wait for each other."""
    own = entity is ClientEntity
    of_client = {"Client", OWN} if own else {"Client"}
    names = [name for name, reference in references(row_type).items() if reference.type_name in of_client]
    ids = {id for row in rows for name in names if isinstance(id := row.get(name), UUID)}
    parts = () if own else {row["id"] for row in rows if isinstance(row.get("id"), UUID)}
    await work.lock_clients(ids, cast("Any", entity.model), parts)


async def _do_rows(
    work: UnitOfWork, do: Command, rows: Sequence[Mapping[str, Any]], policy: ErrorPolicy, row_type: type
) -> list[Outcome]:
    """Does the rows, and writes what they leave to be written together. Where PostgreSQL refuses that, it does not say
    whose it is: then each row is done again, and written by itself."""
    try:
        async with work.session.part(alone=True):
            return [await _do_row(work, do, row, policy, row_type) for row in rows]
    except IntegrityError:
        work.memo.clear()
    return [await _do_row(work, do, row, policy, row_type, alone=True) for row in rows]


async def _do_row(
    work: UnitOfWork,
    do: Command,
    row: Mapping[str, Any],
    policy: ErrorPolicy,
    row_type: type,
    *,
    alone: bool = False,
) -> Outcome:
    async def attempt(values: Mapping[str, Any]) -> Outcome:
        with reading_refusals() if alone else nullcontext():
            try:
                async with work.session.part(alone=alone):
                    return await _do(work, do, values)
            except Rejected:
                work.memo.clear()
                raise

    try:
        return await attempt(row)
    except Rejected as rejected:
        failed = _failed(rejected, row)
        rest = _without(row, [problem.path for problem in failed.user_errors], row_type)
        if policy is not ErrorPolicy.IGNORE_FAILED or rest is None:
            return failed
    try:
        return replace(await attempt(rest), user_errors=failed.user_errors)
    except Rejected:
        return failed


def _without(
    row: Mapping[str, Any], paths: Iterable[tuple[str | int, ...]], row_type: type
) -> Mapping[str, Any] | None:
    """The row without the values at these paths, or None where it cannot do without them."""
    rest = _copied(row)
    for path in paths:
        if not path or not _is_optional(row_type, path):
            return None
        parent: Any = rest
        try:
            for step in path[:-1]:
                parent = parent[step]
            del parent[path[-1]]
        except (LookupError, TypeError):
            return None
    return rest


def _is_optional(kind: Any, path: tuple[str | int, ...]) -> bool:
    """Whether an input of the type may lack the value at the path: it is nullable, or an item of a list. The version
    that is expected is no value of the record: without it, the row would overwrite what its sender has not seen."""
    if path[-1] == "expected_version":
        return False
    optional = True
    for step in path:
        while isinstance(kind, StrawberryContainer):
            kind = kind.of_type
        if isinstance(step, int):
            optional = True
        else:
            definition = get_object_definition(kind, strict=True)
            kind = next(field.type for field in definition.fields if field.python_name == step)
            optional = isinstance(kind, StrawberryOptional)
    return optional


def _copied(value: Any) -> Any:
    match value:
        case dict():
            return {name: _copied(part) for name, part in cast("dict[str, Any]", value).items()}
        case list():
            return [_copied(part) for part in cast("list[Any]", value)]
        case _:
            return value


def _discard_if(work: UnitOfWork, outcome: Outcome, *, validate_only: bool) -> Outcome:
    if validate_only:
        work.discard()
        return _without_record(outcome)
    return outcome


def _without_record(outcome: Outcome) -> Outcome:
    """The outcome of a dry run, which has no record."""
    if isinstance(outcome, Outcomes):
        return replace(outcome, rows=tuple(_without_record(row) for row in outcome.rows))
    return replace(outcome, id=None, client_id=None)


def _failed(rejected: Rejected, values: Mapping[str, Any]) -> Outcome:
    problems = with_unparsed(tuple(problems_of(values)), rejected.problems)
    if isinstance(rejected, Stale):
        return Outcome(rejected.id, rejected.client_id, problems)
    return Outcome(user_errors=problems)


# An outcome in JSON, kept with the request's Idempotency-Key.


def _dumped(outcome: Outcome) -> dict[str, Any]:
    dumped = {name: value and str(value) for name, value in (("id", outcome.id), ("client_id", outcome.client_id))} | {
        name: [
            asdict(problem)
            | {"code": problem.code.name, "records": [str(id) for id in problem.records]}
            | {"values": {key: str(value) for key, value in problem.values.items()}}
            for problem in problems
        ]
        for name, problems in (("user_errors", outcome.user_errors), ("warnings", outcome.warnings))
    }
    return dumped | ({"rows": [_dumped(row) for row in outcome.rows]} if isinstance(outcome, Outcomes) else {})


def _loaded(dumped: Mapping[str, Any]) -> Outcome:
    id, client_id = (UUID(text) if (text := dumped[name]) else None for name in ("id", "client_id"))
    errors, warnings = (
        tuple(
            Problem(
                problem_codes()[problem["code"]],
                tuple(problem["path"]),
                problem["values"],
                tuple(problem["allowed"]),
                problem["suggestion"],
                tuple(UUID(text) for text in problem["records"]),
            )
            for problem in dumped[name]
        )
        for name in ("user_errors", "warnings")
    )
    if "rows" in dumped:
        return Outcomes(id, client_id, errors, warnings, rows=tuple(_loaded(row) for row in dumped["rows"]))
    return Outcome(id, client_id, errors, warnings)


# What a payload shows.


def record(entity: type[Entity]) -> Any:
    """A resolver: the outcome's record, as a query would show it now."""
    return resolver(Result(entity))


client = resolver(Result(ClientEntity, "client_id"))
"""The client whose record it is."""
